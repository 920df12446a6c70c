-- @noindex
-- REAPER around the project: settings, messages, the clock, the way to the bridge, one script run after the other.

local mail = require("mail")
local place = require("place")
local reasons = require("reasons")
local udp = require("udp")

local host = {}

-- `macnet install reaper` writes down here how the bridge is started on this machine; ReaPack does not.
local has_installed, installed = pcall(require, "installed")
if not has_installed then installed = {} end

local SECTION = "MAC-Net"
local MAILBOX = "mailbox"

local function number_in(low, high, is_whole)
  return function(text)
    local value = tonumber(text)
    if not value or value < low or value > high then return nil end
    if is_whole then return math.tointeger(value) end
    return value
  end
end

local function one_of(...)
  local allowed = { ... }
  return function(text)
    for _, word in ipairs(allowed) do
      if text:lower() == word then return word end
    end
  end
end

local function any_text(text)
  return text
end

--- Every setting: key, caption, default, what it may be (for the user), how it is read.
host.MUSIC = {
  { "variations", "Variations (1-8)", "4", "1 to 8", number_in(1, 8, true) },
  { "bars", "Length in bars (1-64)", "8", "1 to 64", number_in(1, 64, true) },
  { "temperature", "Temperature (0-2)", "1.0", "0 to 2", number_in(0, 2) },
  { "key", "Stay in the item's key (auto/off)", "auto", "auto or off", one_of("auto", "off") },
  { "similarity", "Similarity (0-1)", "0.5", "0 to 1", number_in(0, 1) },
  { "feel", "Feel (0 straight - 1)", "1.0", "0 to 1", number_in(0, 1) },
  { "rhythm", "Rhythm (free/keep)", "free", "free or keep", one_of("free", "keep") },
  { "voices", "Voices (both/melody/accompaniment)", "both", "both, melody or accompaniment",
    one_of("both", "melody", "accompaniment") },
  { "role", "The item is (auto/ask/melody/accompaniment)", "auto", "auto, ask, melody or accompaniment",
    one_of("auto", "ask", "melody", "accompaniment") },
}
host.SYSTEM = {
  { "track", "Accompaniment track (empty: a new one)", "", "a track's name", any_text },
  { "lanes", "Fixed lanes on REAPER 7 (yes/no)", "no", "yes or no", one_of("yes", "no") },
  { "model", "Model (empty: the bridge's own)", "", "a model's name", any_text },
  { "port", "Port of the bridge", "9471", "1024 to 65535", number_in(1024, 65535, true) },
  { "command", "Command that starts the bridge", installed.command or "", "a command", any_text },
  { "data", "Data folder of the bridge (empty: as usual)", installed.data or "", "a folder", any_text },
}

local function every_setting()
  local all = { table.unpack(host.MUSIC) }
  for _, setting in ipairs(host.SYSTEM) do all[#all + 1] = setting end
  return all
end

--- All settings by key, as values.
function host.settings()
  local values = {}
  for _, setting in ipairs(every_setting()) do
    local key, _, default, _, read = table.unpack(setting)
    local stored = reaper.HasExtState(SECTION, key) and reaper.GetExtState(SECTION, key) or default
    values[key] = read(stored)
    if values[key] == nil then values[key] = read(default) end
  end
  return values
end

local function split(text)
  local parts = {}
  for part in (text .. ","):gmatch("(.-),") do parts[#parts + 1] = part:match("^%s*(.-)%s*$") end
  return parts
end

-- REAPER's dialog joins all fields with commas: one in a value is shown as a blank.
local function shown(value)
  return (tostring(value):gsub(",", " "))
end

-- What was typed, as values. A field that was left as it was keeps its value, commas and all.
local function read_all(settings, values, texts)
  if #texts ~= #settings then return nil, reasons.no_commas end
  local given = {}
  for index, setting in ipairs(settings) do
    local key, caption, _, allowed, read = table.unpack(setting)
    given[key] = texts[index] == shown(values[key]) and values[key] or read(texts[index])
    if given[key] == nil then return nil, reasons.bad_setting:format(caption, allowed) end
  end
  return given
end

local function ask_once(title, settings, texts)
  local captions = {}
  for index, setting in ipairs(settings) do captions[index] = setting[2] end
  captions[#captions + 1] = "extrawidth=160"
  local fine, answers = reaper.GetUserInputs(title, #settings, table.concat(captions, ","), table.concat(texts, ","))
  return fine and split(answers) or nil
end

--- Ask for some settings in one dialog, which opens again with what was typed until all of it can be used. Gives them
-- as values; nil when the user cancels.
function host.ask(title, settings, values)
  local before = {}
  for index, setting in ipairs(settings) do before[index] = shown(values[setting[1]]) end
  local texts = before
  while true do
    local typed = ask_once(title, settings, texts)
    if not typed then return nil end
    local given, wrong = read_all(settings, values, typed)
    if given then return given end
    host.alert(wrong)
    texts = #typed == #settings and typed or before
  end
end

--- Ask which of two it is: 1, 2, or nil when the user cancels.
function host.choose(question)
  local YES, NO = 6, 7
  local answer = reaper.ShowMessageBox(question, "MAC-Net", 3)
  return answer == YES and 1 or answer == NO and 2 or nil
end

function host.store(values)
  for key, value in pairs(values) do reaper.SetExtState(SECTION, key, tostring(value), true) end
end

--- Short-lived memory between scripts, gone when REAPER ends.
function host.note(key, value)
  if value then
    reaper.SetExtState(SECTION, key, tostring(value), false)
  else
    reaper.DeleteExtState(SECTION, key, false)
  end
end

function host.noted(key)
  return reaper.HasExtState(SECTION, key) and reaper.GetExtState(SECTION, key) or nil
end

--- A line beside the mouse; it does not take the focus. REAPER calls the text a format, so no percent sign may be in it.
function host.say(text)
  text = text:gsub(" ?%%", " percent")
  local x, y = reaper.GetMousePosition()
  reaper.TrackCtl_SetToolTip(text, x + 16, y + 16, true)
end

function host.alert(text)
  reaper.ShowMessageBox(text, "MAC-Net", 0)
end

function host.now()
  return reaper.time_precise()
end

--- A seed of chance that the bridge takes.
function host.rng_seed()
  return math.floor(reaper.time_precise() * 1e5) % 16777216
end

local function list_files(folder)
  local names, index = {}, 0
  reaper.EnumerateFiles(folder, -1) -- forget what was listed before
  local name = reaper.EnumerateFiles(folder, index)
  while name and name ~= "" do -- at the end REAPER 7 gives nil, older versions an empty string
    names[#names + 1] = name
    index = index + 1
    name = reaper.EnumerateFiles(folder, index)
  end
  return names
end

local function token()
  return string.format("%x", math.floor(reaper.time_precise() * 1e6) % 2 ^ 48 // 1)
end

local function mailboxes(settings)
  local folders = { settings.data }
  if settings.data == "" then folders = place.data_folders(reaper.GetOS(), os.getenv, reaper.GetResourcePath()) end
  for index, folder in ipairs(folders) do folders[index] = folder .. "/" .. MAILBOX end
  return folders
end

--- The way to the bridge: sockets where there are some, else the packet folder. nil and the reason when neither.
function host.connect(settings)
  local core = udp.library(reaper.GetResourcePath() .. "/Scripts")
  local transport = core and udp.open(core, settings.port)
  if transport then return transport end
  local folders = mailboxes(settings)
  for _, folder in ipairs(folders) do
    transport = mail.open(folder, list_files, token())
    if transport then return transport end
  end
  return nil, reasons.no_mailbox:format(folders[1])
end

--- Offer to start the bridge; true when it was started.
function host.start_bridge(settings)
  if settings.command == "" then
    host.alert(reasons.how_to_start:format(settings.port))
    return false
  end
  local question = reasons.ask_to_start:format(settings.port, settings.command)
  if reaper.ShowMessageBox(question, "MAC-Net", 1) ~= 1 then return false end
  reaper.ExecProcess(settings.command, -2)
  host.say(reasons.starting)
  return true
end

--- Call `step` at every tick until it gives true. An error ends it with a line, not with a window full of Lua.
function host.every_tick(step)
  local function tick()
    local fine, is_over = pcall(step)
    if not fine then
      host.say(reasons.strange_error:format(tostring(is_over)))
    elseif not is_over then
      reaper.defer(tick)
    end
  end
  reaper.defer(tick)
end

--- End without an undo point of REAPER's own: a script that has deferred once makes none.
function host.leave_no_trace()
  reaper.defer(function() end)
end

function host.transport_state(project)
  return reaper.GetPlayStateEx(project) & 1 == 1, reaper.GetPlayPositionEx(project)
end

function host.version()
  return tonumber(reaper.GetAppVersion():match("^%d+"))
end

--- REAPER 7: run the action again to end it, and show it as on. REAPER 6 asks its user instead.
function host.toggle_on()
  if host.version() >= 7 then reaper.set_action_options(1 | 4) end
end

function host.toggle_off()
  if host.version() >= 7 then reaper.set_action_options(8) end
end

function host.at_exit(call)
  reaper.atexit(call)
end

return host
