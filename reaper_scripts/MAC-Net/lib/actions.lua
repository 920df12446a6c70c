-- @noindex
-- What each action does; an action's file only names itself. A fault of ours ends in a line, never in a window.

local change = require("change")
local compose = require("compose")
local endless = require("endless")
local host = require("host")
local reasons = require("reasons")
local talk = require("talk")
local variations = require("variations")
local wire = require("wire")

local function composing(kind)
  return function(title) compose.action(title, kind, host.settings()) end
end

local function with_options(title)
  local settings = host.settings()
  local given = host.ask("MAC-Net: continue with these", host.MUSIC, settings)
  if not given then return end
  for key, value in pairs(given) do settings[key] = value end
  compose.action(title, "continue", settings)
end

local function change_settings()
  for _, group in ipairs({ { "MAC-Net settings: music", host.MUSIC }, { "MAC-Net settings: system", host.SYSTEM } }) do
    local given = host.ask(group[1], group[2], host.settings())
    if not given then break end
    host.store(given)
  end
end

local function model_names(conversation)
  local names = {}
  for _, message in ipairs(conversation.others) do
    if message.address == "/macnet/model" then names[#names + 1] = message.args[2] end
  end
  return table.concat(names, ", ")
end

local function check_connection()
  talk.hold_or_start({ function() return wire.message("/macnet/models", {}) end }, {
    settings = host.settings(),
    failed = function(failure)
      if failure then host.alert(failure.message .. " " .. (failure.hint or "")) end
    end,
    done = function(conversation, welcome, transport)
      host.alert(reasons.connected:format(welcome.version, welcome.model, transport, model_names(conversation)))
    end,
  })
end

local actions = {
  ["Continue selected item"] = composing("continue"),
  ["Continue with options"] = with_options,
  ["Accompany selected item"] = composing("accompany"),
  ["Vary selected item"] = composing("vary"),
  ["Another"] = variations.another,
  ["Next variation"] = function(title) variations.step(title, 1) end,
  ["Previous variation"] = function(title) variations.step(title, -1) end,
  ["Keep this variation"] = variations.keep,
  ["Star this variation"] = variations.star,
  ["Endless"] = endless.toggle,
  ["Settings"] = change_settings,
  ["Check connection"] = check_connection,
}

--- Run the action of a name; its undo step is called "MAC-Net: " and the name.
return function(name)
  local fine, problem = pcall(actions[name], "MAC-Net: " .. name)
  if not fine then host.say(reasons.strange_error:format(tostring(problem))) end
  if not change.has_changed() then host.leave_no_trace() end
end
