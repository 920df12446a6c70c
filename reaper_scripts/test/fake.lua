-- A REAPER for tests, stricter than the real one: unknown functions, wrong counts and types of arguments and of what is
-- returned, void pointers, edits outside an undo block or in a project that is not in front, unbalanced undo blocks and
-- UI locks, notes that are never sorted or read before they are, a window that still shows the project of before: all
-- raise. What REAPER leaves open (the order of imploded takes, whether they keep P_EXT) is left to chance, from a seed.

local socket = require("socket")
local api = require("api")
local functions = require("functions")
local project = require("project")

local fake = {}

local World = {}
World.__index = World

-- ---------------------------------------------------------------------------------------------------- the checker

local is_of = {
  P = function(v) return v == 0 or v == nil or (type(v) == "table" and v.kind == "ReaProject*") end,
  n = function(v) return type(v) == "number" end,
  i = function(v) return type(v) == "number" and math.tointeger(v) ~= nil end,
  s = function(v) return type(v) == "string" end,
  b = function(v) return type(v) == "boolean" end,
  f = function(v) return type(v) == "function" end,
  A = function(v) return type(v) == "table" and v.kind ~= nil end,
}
for letter, kind in pairs({ I = "MediaItem*", T = "MediaItem_Take*", K = "MediaTrack*", H = "HWND" }) do
  is_of[letter] = function(v) return type(v) == "table" and v.kind == kind and v.alive end
end

local function check(name, args)
  local letters, is_optional, position = api[name][1], false, 0
  for letter in letters:gmatch(".") do
    if letter == "?" then
      is_optional = true
    else
      position = position + 1
      local is_left_out = is_optional and position > args.n
      if not is_left_out and (position > args.n or not is_of[letter](args[position])) then
        error(string.format("%s: argument %d is no (or a void) %s: %s", name, position, letter,
          tostring(args[position])), 4)
      end
    end
  end
  if args.n > position then error(name .. ": too many arguments", 4) end
end

local function returned(name, ...)
  local count = select("#", ...)
  if count ~= api[name][2] then error("the fake's own " .. name .. " returns " .. count .. " values") end
  return ...
end

function World:_make_reaper()
  local known, checked = functions(self), {}
  for name, call in pairs(known) do
    if not api[name] then error("the fake knows " .. name .. ", the table does not") end
    if (api[name].since or 0) <= self.options.version then
      checked[name] = function(...)
        check(name, table.pack(...))
        return returned(name, call(...))
      end
    end
  end
  for name in pairs(api) do
    if not known[name] then error("the table knows " .. name .. ", the fake does not") end
  end
  return setmetatable(checked, {
    __index = function(_, name) error("reaper." .. tostring(name) .. " does not exist", 2) end,
    __newindex = function(_, name) error("writing to reaper." .. tostring(name), 2) end,
  })
end

-- ------------------------------------------------------------------------------------------------------ the world

--- @param options version (6 or 7), seed, resource (folder), os, trim_behind
function fake.new(options)
  local world = setmetatable({
    options = options, projects = {}, ext = {}, tips = {}, boxes = {}, answers = {}, executed = {}, deferred = {},
    undo = {}, undo_depth = 0, ui_locks = 0, toggles = {}, playing = 0, position = 0, skipped = 0, skipped_a_tick = 0, scripts = {},
    next_guid = 0, libraries = nil, random = options.seed or 1, editor = nil, trim_behind = options.trim_behind or false, unsorted = {},
    unseen = {},
    on_box = function() return 2 end,
  }, World)
  world.reaper = world:_make_reaper()
  return world
end

function World:_chance(count)
  self.random = (self.random * 1103515245 + 12345) % 2147483648
  return self.random // 65536 % count + 1
end

function World:_guid()
  self.next_guid = self.next_guid + 1
  return string.format("{%08X}", self.next_guid)
end

function World:add_project(markers)
  local made = project.new(markers)
  self.projects[#self.projects + 1] = made
  self.active = self.active or made
  return made
end

function World.add_track(_, of, name)
  local track = project.new_track(name)
  of.tracks[#of.tracks + 1] = track
  return track
end

local function source_of(given)
  if given.pool then return given.pool end
  local source = {
    length = math.floor((given.source_qn or given.last - given.first) * project.PPQ + 0.5), notes = {}, sorted = true,
    is_midi = not given.is_audio,
  }
  for _, note in ipairs(given.notes or {}) do
    source.notes[#source.notes + 1] = {
      first = note[1] * project.PPQ, last = note[2] * project.PPQ, pitch = note[3], velocity = note[4] or 90,
      channel = note.channel or given.channel or 0, muted = note.muted or false, selected = note.selected or false,
    }
  end
  return source
end

--- An item of a test's making. Notes are { first, last, pitch, velocity } in quarter notes of the source.
-- @param given { first, last } quarter notes of the project; notes, loops, rate, offset, source_qn, name, is_audio,
-- channel, pool (a source that another take plays as well)
function World:add_item(of, track, given)
  local item = project.pointer("MediaItem*", {
    track = track, position = of.tempo:time(given.first), loops = given.loops or false, selected = false,
    takes = {}, active = 1, lane = 0,
  })
  item.length = of.tempo:time(given.last) - item.position
  item.takes[1] = project.pointer("MediaItem_Take*", {
    item = item, source = source_of(given), name = given.name or "", ext = {}, rate = given.rate or 1,
    offset = given.offset or 0, guid = self:_guid(), can_hold_notes = true,
  })
  track.items[#track.items + 1] = item
  return item
end

function World:_project(of)
  if of == 0 or of == nil then return self.active end
  if not of.alive then error("a project that is closed", 4) end
  return of
end

--- The project that a track, an item or a take is in.
function World:_project_of(object)
  local item = object.item or object
  local track = item.track or item
  for _, each in ipairs(self.projects) do
    for _, other in ipairs(each.tracks) do
      if other == track then return each end
    end
  end
end

--- An edit is about to be made: of a track, an item or a take, or of the project in front.
function World:_edits(object)
  if self.undo_depth == 0 then error("an edit outside of any undo block", 4) end
  local edited = object and object.kind ~= "ReaProject*" and self:_project_of(object) or self.active
  if edited ~= self.before.project then error("an edit in another project than the undo block's", 4) end
  self.is_stale = true
end

function World:_trim_behind(track, position, length)
  if not self.trim_behind then return end
  for _, other in ipairs({ table.unpack(track.items) }) do
    local overlap = math.min(other.position + other.length, position + length) - math.max(other.position, position)
    if overlap > 1e-9 then project.kill_item(track, other) end -- the real one cuts; losing all of it is louder
  end
end

function World:_begin_undo(of)
  if self.undo_depth == 0 then
    of = self:_project(of)
    self.before =
      { project = of, text = project.describe(of, true), tracks = project.copy_tracks(self, of.tracks) }
  end
  self.undo_depth = self.undo_depth + 1
end

function World:_end_undo(of, name, flags)
  self.undo_depth = self.undo_depth - 1
  if self.undo_depth < 0 then error("an undo block ends that never began", 4) end
  if self.undo_depth > 0 then return end
  if self.before.project ~= self:_project(of) then error("an undo block ends in another project", 4) end
  local is_changed = project.describe(self.before.project, true) ~= self.before.text
  self.undo[#self.undo + 1] = { name = name, flags = flags, is_changed = is_changed, before = self.before }
end

--- Take back the last undo step.
function World:undo_step()
  local step = table.remove(self.undo)
  self.unsorted, self.unseen = {}, {}
  project.kill_all(step.before.project.tracks)
  step.before.project.tracks = step.before.tracks
  return step
end

-- ------------------------------------------------------------------------------------------------ running scripts

local LIBRARIES = { "actions", "change", "compose", "endless", "host", "installed", "mail", "memo", "notes", "osc", "place",
  "reasons", "sources", "take", "talk", "udp", "variations", "wire" }

local function swap_libraries(script)
  for _, name in ipairs(LIBRARIES) do
    script.loaded[name], package.loaded[name] = package.loaded[name], script.loaded[name]
  end
end

function World:_check_tick()
  if self.undo_depth ~= 0 then error("an undo block is still open") end
  if self.ui_locks ~= 0 then error("the UI is still locked") end
  if next(self.unsorted) then error("notes were written and never sorted") end
  for item in pairs(self.unseen) do
    if item.alive then error("an item's notes were written, and UpdateItemInProject was not called") end
  end
  self.unseen = {}
  if self.is_stale then error("the window still shows the project of before") end
end

function World:_guarded(script, call)
  self.running = script
  rawset(_G, "reaper", self.reaper)
  local before, path = getmetatable(_G), package.path
  setmetatable(_G, {
    __index = function(_, name) error("the global " .. tostring(name) .. " does not exist", 2) end,
    __newindex = function(_, name) error("a script made the global " .. tostring(name), 2) end,
  })
  swap_libraries(script)
  local fine, problem = xpcall(call, debug.traceback)
  package.path = path
  swap_libraries(script)
  setmetatable(_G, before)
  if not fine then error(problem, 0) end
  self:_check_tick()
end

function World:_is_waiting(script)
  for _, entry in ipairs(self.deferred) do
    if entry[1] == script then return true end
  end
  return false
end

-- A script ends when nothing of it is deferred any more; then what it gave to `atexit` is called.
function World:_end_scripts()
  for index = #self.scripts, 1, -1 do
    local script = self.scripts[index]
    if not self:_is_waiting(script) then
      table.remove(self.scripts, index)
      for _, call in ipairs(script.exits) do self:_guarded(script, call) end
    end
  end
end

-- REAPER 7: a script that asked for it is ended when its action runs again, and does not run again.
function World:_ends_other(path)
  for _, script in ipairs(self.scripts) do
    if script.path == path and script.ends_when_run_again then
      for index = #self.deferred, 1, -1 do
        if self.deferred[index][1] == script then table.remove(self.deferred, index) end
      end
      self:_end_scripts()
      return true
    end
  end
  return false
end

--- Start an action's file as REAPER does: in a state of its own.
function World:run(path)
  if self:_ends_other(path) then return end
  local script = { path = path, loaded = {}, exits = {} }
  for name, library in pairs(self.libraries or {}) do script.loaded[name] = library end
  local chunk = assert(loadfile(path))
  local steps = #self.undo
  self.scripts[#self.scripts + 1] = script
  self:_guarded(script, chunk)
  if not script.has_deferred and #self.undo == steps then
    self.undo[#self.undo + 1] = { name = "ReaScript: Run", is_automatic = true, is_changed = false }
  end
  self:_end_scripts()
end

--- One turn of REAPER's loop.
function World:tick()
  local due = self.deferred
  self.deferred, self.skipped = {}, self.skipped + self.skipped_a_tick
  for _, entry in ipairs(due) do self:_guarded(entry[1], entry[2]) end
  self:_end_scripts()
  if #self.deferred > 0 then socket.select(nil, nil, 0.002) end
end

--- Turn until nothing is deferred any more, or `is_over()`.
function World:settle(is_over)
  local turns = 0
  while #self.deferred > 0 and not (is_over and is_over()) do
    self:tick()
    turns = turns + 1
    if turns > 20000 then error("a script never ends; last it said: " .. tostring(self.tips[#self.tips])) end
  end
end

function World:say()
  return self.tips[#self.tips] or ""
end

fake.all_items = project.all_items
fake.describe = project.describe
fake.describe_item = project.describe_item

--- Where a tick of a take lies, in quarter notes of its project.
function fake.qn_of(world, take, ppq)
  return project.qn_of(world:_project_of(take), take, ppq)
end

return fake
