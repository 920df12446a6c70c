-- A REAPER for tests, stricter than the real one: unknown functions, wrong counts and types of arguments, void pointers,
-- edits outside an undo block, unbalanced undo blocks and UI locks, notes read before they are sorted: all raise.
-- What REAPER leaves open (the order of imploded takes) is left to chance, from a seed.

local socket = require("socket")
local api = require("api")
local tempo = require("tempo")

local PPQ = 960
local fake = {}

local World = {}
World.__index = World

-- ---------------------------------------------------------------------------------------------- projects as values

local function pointer(kind, values)
  values.kind, values.alive = kind, true
  return values
end

local function copy_source(source)
  local copied = { length = source.length, notes = {}, sorted = source.sorted, is_midi = source.is_midi, pool = source.pool }
  for index, note in ipairs(source.notes) do
    local other = {}
    for name, value in pairs(note) do other[name] = value end
    copied.notes[index] = other
  end
  return copied
end

local function copy_take(world, take, item)
  local ext = {}
  for key, value in pairs(take.ext) do ext[key] = value end
  return world:_pointer("MediaItem_Take*", {
    item = item, source = copy_source(take.source), name = take.name, ext = ext, rate = take.rate,
    offset = take.offset, guid = take.guid, can_hold_notes = take.can_hold_notes,
  })
end

local function copy_item(world, item, track)
  local copied = world:_pointer("MediaItem*", {
    track = track, position = item.position, length = item.length, loops = item.loops, selected = item.selected,
    lane = item.lane, takes = {}, active = item.active,
  })
  for index, take in ipairs(item.takes) do copied.takes[index] = copy_take(world, take, copied) end
  return copied
end

local function copy_tracks(world, tracks)
  local copied = {}
  for index, track in ipairs(tracks) do
    local other = world:_pointer("MediaTrack*", {
      name = track.name, free_mode = track.free_mode, lane = track.lane, lanes = track.lanes, items = {},
      selected = track.selected,
    })
    for number, item in ipairs(track.items) do other.items[number] = copy_item(world, item, other) end
    copied[index] = other
  end
  return copied
end

local function kill_all(tracks)
  for _, track in ipairs(tracks) do
    track.alive = false
    for _, item in ipairs(track.items) do
      item.alive = false
      for _, take in ipairs(item.takes) do take.alive = false end
    end
  end
end

local function note_line(note)
  return string.format(
    "%.6f %.6f %d %d %d %s", note.first, note.last, note.channel, note.pitch, note.velocity, tostring(note.muted)
  )
end

local function notes_text(source)
  local lines = {}
  for index, note in ipairs(source.notes) do lines[index] = note_line(note) end
  table.sort(lines)
  return table.concat(lines, "|")
end

--- Everything that undo must bring back, as text.
function fake.describe(project, is_without_selection)
  local lines = {}
  for _, track in ipairs(project.tracks) do
    lines[#lines + 1] = string.format("track %s %d %d", track.name, track.free_mode, track.lanes)
    local items = { table.unpack(track.items) }
    table.sort(items, function(a, b) return a.position < b.position end)
    for _, item in ipairs(items) do
      lines[#lines + 1] = string.format(
        " item %.9f %.9f %s %s active %d lane %d", item.position, item.length, tostring(item.loops),
        is_without_selection and "" or tostring(item.selected), item.active, item.lane
      )
      for _, take in ipairs(item.takes) do
        local ext = {}
        for key, value in pairs(take.ext) do ext[#ext + 1] = key .. "=" .. value end
        table.sort(ext)
        lines[#lines + 1] = string.format("  take %s %s %s", take.name, take.guid, table.concat(ext, ","))
        lines[#lines + 1] = "  " .. take.source.length .. " " .. notes_text(take.source)
      end
    end
  end
  return table.concat(lines, "\n")
end

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
      if not is_left_out and not is_of[letter](args[position]) then
        error(string.format("%s: argument %d is no (or a void) %s: %s", name, position, letter,
          tostring(args[position])), 4)
      end
    end
  end
  if args.n > position then error(name .. ": too many arguments", 4) end
end

-- ------------------------------------------------------------------------------------------------------ the world

--- @param options version (6 or 7), seed, has_sockets, resource (folder), os, getenv
function fake.new(options)
  local world = setmetatable({
    options = options, projects = {}, ext = {}, tips = {}, boxes = {}, answers = {}, executed = {}, deferred = {},
    exits = {}, undo = {}, undo_depth = 0, ui_locks = 0, toggles = {}, playing = 0, position = 0, skipped = 0,
    pointers = 0, next_guid = 0, random = options.seed or 1, editor = nil, trim_behind = options.trim_behind or false,
    on_box = function() return 2 end,
  }, World)
  world.reaper = world:_make_reaper()
  return world
end

function World:_pointer(kind, values)
  self.pointers = self.pointers + 1
  return pointer(kind, values)
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
  local project = self:_pointer("ReaProject*", { tracks = {}, tempo = tempo.new(markers) })
  self.projects[#self.projects + 1] = project
  self.active = self.active or project
  return project
end

function World:add_track(project, name)
  local track = self:_pointer("MediaTrack*", { name = name, free_mode = 0, lane = 0, lanes = 0, items = {} })
  project.tracks[#project.tracks + 1] = track
  return track
end

--- An item of a test's making. Notes are { first, last, pitch, velocity } in quarter notes of the source.
-- @param given { first, last } quarter notes of the project; notes, loops, rate, offset, source_qn, name, is_audio
function World:add_item(project, track, given)
  local item = self:_pointer("MediaItem*", {
    track = track, position = project.tempo:time(given.first), loops = given.loops or false, selected = false,
    takes = {}, active = 1, lane = 0,
  })
  item.length = project.tempo:time(given.last) - item.position
  local source = {
    length = math.floor((given.source_qn or given.last - given.first) * PPQ + 0.5), notes = {}, sorted = true,
    is_midi = not given.is_audio,
  }
  for _, note in ipairs(given.notes or {}) do
    source.notes[#source.notes + 1] = {
      first = note[1] * PPQ, last = note[2] * PPQ, pitch = note[3], velocity = note[4] or 90, channel = note.channel or 0,
      muted = note.muted or false, selected = note.selected or false,
    }
  end
  item.takes[1] = self:_pointer("MediaItem_Take*", {
    item = item, source = source, name = given.name or "", ext = {}, rate = given.rate or 1, offset = given.offset or 0,
    guid = self:_guid(), can_hold_notes = true,
  })
  track.items[#track.items + 1] = item
  return item
end

function World:_project(project)
  if project == 0 or project == nil then return self.active end
  if not project.alive then error("a project that is closed", 4) end
  return project
end

function World:_project_of_track(track)
  for _, project in ipairs(self.projects) do
    for _, other in ipairs(project.tracks) do
      if other == track then return project end
    end
  end
end

function World:_edits()
  if self.undo_depth == 0 then error("an edit outside of any undo block", 4) end
end

local function qn_of(world, take, ppq)
  local project = world:_project_of_track(take.item.track)
  return project.tempo:qn(take.item.position) + (ppq / PPQ - take.offset) / take.rate
end

local function ppq_of(world, take, qn)
  local project = world:_project_of_track(take.item.track)
  return ((qn - project.tempo:qn(take.item.position)) * take.rate + take.offset) * PPQ
end

local function kill_item(track, item)
  for index, other in ipairs(track.items) do
    if other == item then table.remove(track.items, index) end
  end
  item.alive = false
  for _, take in ipairs(item.takes) do take.alive = false end
end

function World:_trim_behind(track, position, length)
  if not self.trim_behind then return end
  for _, other in ipairs({ table.unpack(track.items) }) do
    local overlap = math.min(other.position + other.length, position + length) - math.max(other.position, position)
    if overlap > 1e-9 then kill_item(track, other) end -- the real one cuts; losing all of it is louder
  end
end

function World:_implode(project)
  local by_track = {}
  for _, track in ipairs(project.tracks) do
    for _, item in ipairs(track.items) do
      if item.selected then
        by_track[track] = by_track[track] or {}
        table.insert(by_track[track], item)
      end
    end
  end
  for track, items in pairs(by_track) do
    if #items > 1 then
      local takes = {}
      local length = items[1].length
      for _, item in ipairs(items) do
        if math.abs(item.length - length) > 1e-9 then error("imploding items of unlike lengths", 4) end
        for _, take in ipairs(item.takes) do table.insert(takes, self:_chance(#takes + 1), take) end
      end
      local made = self:_pointer("MediaItem*", {
        track = track, position = items[1].position, length = length, loops = false, selected = true, takes = {},
        active = self:_chance(#takes), lane = 0,
      })
      for index, take in ipairs(takes) do made.takes[index] = copy_take(self, take, made) end
      for _, item in ipairs(items) do kill_item(track, item) end
      track.items[#track.items + 1] = made
    end
  end
end

function World:_to_lanes(project)
  for _, track in ipairs(project.tracks) do
    for _, item in ipairs({ table.unpack(track.items) }) do
      if item.selected then
        track.free_mode, track.lanes = 2, math.max(track.lanes, #item.takes)
        track.lane = item.active - 1
        for index, take in ipairs(item.takes) do
          local made = self:_pointer("MediaItem*", {
            track = track, position = item.position, length = item.length, loops = false, selected = true, takes = {},
            active = 1, lane = index - 1,
          })
          made.takes[1] = copy_take(self, take, made)
          track.items[#track.items + 1] = made
        end
        kill_item(track, item)
      end
    end
  end
end

local function delete_active_takes(project)
  for _, track in ipairs(project.tracks) do
    for _, item in ipairs(track.items) do
      if item.selected and #item.takes > 1 then
        table.remove(item.takes, item.active).alive = false
        item.active = math.min(item.active, #item.takes)
      end
    end
  end
end

local function step_lane(project, by)
  for _, track in ipairs(project.tracks) do
    if track.selected and track.lanes > 0 then track.lane = (track.lane + by) % track.lanes end
  end
end

local commands = {
  [40129] = function(world) world:_edits() delete_active_takes(world.active) end,
  [40543] = function(world) world:_edits() world:_implode(world.active) end,
  [41120] = function(world) world.trim_behind = true end,
  [41121] = function(world) world.trim_behind = false end,
  [42661] = function(world)
    if world.options.version < 7 then error("REAPER 6 has no fixed lanes", 4) end
    world:_edits()
    world:_to_lanes(world.active)
  end,
  [42481] = function(world) world:_edits() step_lane(world.active, -1) end,
  [42482] = function(world) world:_edits() step_lane(world.active, 1) end,
}

local function events_of(source)
  local events, packed, at = {}, {}, 0
  for _, note in ipairs(source.notes) do
    local flags = (note.selected and 1 or 0) | (note.muted and 2 or 0)
    events[#events + 1] = { note.first, flags, string.char(0x90 | note.channel, note.pitch, note.velocity) }
    events[#events + 1] = { note.last, flags, string.char(0x80 | note.channel, note.pitch, 0) }
  end
  table.sort(events, function(a, b) return a[1] < b[1] end)
  events[#events + 1] = { source.length, 0, "\xB0\x7B\x00" }
  for index, event in ipairs(events) do
    local offset = math.floor(event[1] - at + 0.5)
    packed[index], at = string.pack("i4Bs4", offset, event[2], event[3]), at + offset
  end
  return table.concat(packed)
end

local function all_items(project)
  local items = {}
  for _, track in ipairs(project.tracks) do
    for _, item in ipairs(track.items) do items[#items + 1] = item end
  end
  return items
end

local ITEM_VALUES = {
  D_POSITION = function(item) return item.position end,
  D_LENGTH = function(item) return item.length end,
  B_LOOPSRC = function(item) return item.loops and 1.0 or 0.0 end,
  I_FIXEDLANE = function(item) return item.lane + 0.0 end,
}

local function ext_key(section, key)
  return section .. "\0" .. key
end

function World:_functions()
  local world, f = self, {}
  function f.APIExists(name) return api[name] ~= nil and (api[name].since or 0) <= world.options.version end
  function f.AddTakeToMediaItem(item)
    world:_edits()
    local take = world:_pointer("MediaItem_Take*", {
      item = item, source = { length = 0, notes = {}, sorted = true, is_midi = true }, name = "", ext = {}, rate = 1,
      offset = 0, guid = world:_guid(), can_hold_notes = false,
    })
    item.takes[#item.takes + 1] = take
    return take
  end
  function f.CountMediaItems(project) return #all_items(world:_project(project)) end
  function f.CountTakes(item) return #item.takes end
  function f.CountTracks(project) return #world:_project(project).tracks end
  function f.CreateNewMIDIItemInProj(track, first, last, in_qn)
    world:_edits()
    local project = world:_project_of_track(track)
    if in_qn then first, last = project.tempo:time(first), project.tempo:time(last) end
    world:_trim_behind(track, first, last - first)
    local qn_first, qn_last = project.tempo:qn(first), project.tempo:qn(last)
    return world:add_item(project, track, { first = qn_first, last = qn_last, name = "untitled MIDI item" })
  end
  function f.DeleteExtState(section, key) world.ext[ext_key(section, key)] = nil end
  function f.DeleteTrackMediaItem(track, item)
    world:_edits()
    kill_item(track, item)
    return true
  end
  function f.EnumProjects(index)
    if index ~= -1 then return world.projects[index + 1], "" end
    return world.active, ""
  end
  function f.EnumerateFiles(folder, index)
    if index == -1 then world.listed = nil return nil end
    if not world.listed or world.listed.folder ~= folder then
      local names = { folder = folder }
      local pipe = io.popen("ls -1 '" .. folder .. "' 2>/dev/null")
      for name in pipe:lines() do names[#names + 1] = name end
      pipe:close()
      world.listed = names
    end
    return world.listed[index + 1]
  end
  function f.ExecProcess(command, ms)
    world.executed[#world.executed + 1] = { command, ms }
    if world.on_exec then world.on_exec(command) end
    return nil
  end
  function f.GetAppVersion() return world.options.version .. ".0/x64" end
  function f.GetActiveTake(item) return item.takes[item.active] end
  function f.GetExtState(section, key) return world.ext[ext_key(section, key)] or "" end
  function f.GetMediaItem(project, index) return all_items(world:_project(project))[index + 1] end
  function f.GetMediaItemInfo_Value(item, key)
    if not ITEM_VALUES[key] then error("item value " .. key, 4) end
    return ITEM_VALUES[key](item)
  end
  function f.GetMediaItemTake_Item(take) return take.item end
  function f.GetMediaItem_Track(item) return item.track end
  function f.GetMediaTrackInfo_Value(track, key)
    if key == "I_FREEMODE" then return track.free_mode + 0.0 end
    if key == "I_NUMFIXEDLANES" then return track.lanes + 0.0 end
    local lane = key:match("^C_LANEPLAYS:(%d+)$")
    if not lane then error("track value " .. key, 4) end
    return tonumber(lane) == track.lane and 1.0 or 0.0
  end
  function f.GetMousePosition() return 100, 200 end
  function f.GetOS() return world.options.os or "Other" end
  function f.GetPlayPositionEx() return world.position end
  function f.GetPlayStateEx() return world.playing end
  function f.GetResourcePath() return world.options.resource end
  function f.GetSetMediaItemTakeInfo_String(take, key, value, is_set)
    if key == "GUID" and not is_set then return true, take.guid end
    if is_set then world:_edits() end
    if key == "P_NAME" then
      if is_set then take.name = value end
      return true, take.name
    end
    if not key:match("^P_EXT:%w+$") then error("take string " .. key, 4) end
    if is_set then take.ext[key] = value end
    return take.ext[key] ~= nil, take.ext[key] or ""
  end
  function f.GetSetMediaTrackInfo_String(track, key, value, is_set)
    if key ~= "P_NAME" then error("track string " .. key, 4) end
    if is_set then
      world:_edits()
      track.name = value
    end
    return true, track.name
  end
  function f.GetTake(item, index) return item.takes[index + 1] end
  function f.GetToggleCommandStateEx(_, id)
    if id ~= 41117 then error("toggle state of " .. id, 4) end
    return world.trim_behind and 1 or 0
  end
  function f.GetTrack(project, index) return world:_project(project).tracks[index + 1] end
  function f.GetTrackName(track) return true, track.name end
  function f.GetUserInputs(title, count, captions, defaults)
    world.asked = { title = title, count = count, captions = captions, defaults = defaults }
    if count > 16 then error("more than 16 fields", 4) end
    local answer = table.remove(world.answers, 1)
    if answer == nil then return false, "" end
    return true, type(answer) == "function" and answer(defaults) or answer
  end
  function f.HasExtState(section, key) return world.ext[ext_key(section, key)] ~= nil end
  function f.InsertTrackAtIndex(index)
    world:_edits()
    local track = world:_pointer("MediaTrack*", { name = "", free_mode = 0, lane = 0, lanes = 0, items = {} })
    table.insert(world.active.tracks, index + 1, track)
  end
  function f.IsMediaItemSelected(item) return item.selected end
  function f.MIDIEditor_GetActive() return world.editor and world.editor.window end
  function f.MIDIEditor_GetTake() return world.editor.take end
  function f.MIDI_CountEvts(take) return #take.source.notes, #take.source.notes, 0, 0 end
  function f.MIDI_GetAllEvts(take) return take.source.is_midi, events_of(take.source) end
  function f.MIDI_GetHash(take) return true, notes_text(take.source) end
  function f.MIDI_GetNote(take, index)
    if not take.source.sorted then error("notes are read before MIDI_Sort", 4) end
    local note = take.source.notes[index + 1]
    if not note then return false, false, false, 0.0, 0.0, 0, 0, 0 end
    return true, note.selected, note.muted, note.first + 0.0, note.last + 0.0, note.channel, note.pitch, note.velocity
  end
  function f.MIDI_GetPPQPosFromProjQN(take, qn) return take.can_hold_notes and ppq_of(world, take, qn) or -1.0 end
  function f.MIDI_GetProjQNFromPPQPos(take, ppq) return qn_of(world, take, ppq) end
  function f.MIDI_InsertNote(take, selected, muted, first, last, channel, pitch, velocity, no_sort)
    world:_edits()
    if not take.can_hold_notes then return false end
    if not no_sort then error("MIDI_InsertNote sorts at every note unless it is told not to", 4) end
    if pitch < 0 or pitch > 127 or velocity < 1 or velocity > 127 then error("a note out of range", 4) end
    table.insert(take.source.notes, {
      first = first, last = last, pitch = pitch, velocity = velocity, channel = channel, muted = muted, selected = selected,
    })
    take.source.sorted = false
    return true
  end
  function f.MIDI_Sort(take)
    table.sort(take.source.notes, function(a, b)
      if a.first ~= b.first then return a.first < b.first end
      return a.pitch < b.pitch
    end)
    take.source.sorted = true
  end
  function f.Main_OnCommand(id)
    if not commands[id] then error("command " .. id, 4) end
    commands[id](world)
  end
  function f.MarkTrackItemsDirty() end
  function f.PreventUIRefresh(by)
    world.ui_locks = world.ui_locks + by
    if world.ui_locks < 0 then error("more UI unlocks than locks", 4) end
  end
  function f.SelectAllMediaItems(project, selected)
    for _, item in ipairs(all_items(world:_project(project))) do item.selected = selected end
  end
  function f.SetActiveTake(take)
    world:_edits()
    for index, other in ipairs(take.item.takes) do
      if other == take then take.item.active = index end
    end
  end
  function f.SetExtState(section, key, value) world.ext[ext_key(section, key)] = value end
  function f.SetMediaItemSelected(item, selected) item.selected = selected end
  function f.SetOnlyTrackSelected(track)
    for _, other in ipairs(world:_project_of_track(track).tracks) do other.selected = other == track end
  end
  function f.ShowMessageBox(text, title, kind)
    world.boxes[#world.boxes + 1] = text
    return world.on_box(text, title, kind)
  end
  function f.TakeIsMIDI(take) return take.source.is_midi end
  function f.TimeMap2_QNToTime(project, qn) return world:_project(project).tempo:time(qn) end
  function f.TimeMap2_timeToQN(project, time) return world:_project(project).tempo:qn(time) end
  function f.TimeMap_GetTimeSigAtTime(project, time) return world:_project(project).tempo:meter(time) end
  function f.TimeMap_QNToMeasures(project, qn) return world:_project(project).tempo:bar(qn) end
  function f.TrackCtl_SetToolTip(text) world.tips[#world.tips + 1] = text end
  function f.Undo_BeginBlock2(project)
    if world.undo_depth == 0 then
      project = world:_project(project)
      world.before = { project = project, text = fake.describe(project, true), tracks = copy_tracks(world, project.tracks) }
    end
    world.undo_depth = world.undo_depth + 1
  end
  function f.Undo_EndBlock2(project, name, flags)
    world.undo_depth = world.undo_depth - 1
    if world.undo_depth < 0 then error("an undo block ends that never began", 4) end
    if world.undo_depth > 0 then return end
    if world.before.project ~= world:_project(project) then error("an undo block ends in another project", 4) end
    local is_changed = fake.describe(world.before.project, true) ~= world.before.text
    world.undo[#world.undo + 1] = { name = name, flags = flags, is_changed = is_changed, before = world.before }
  end
  function f.Undo_DoUndo2(project)
    local step = world:undo_step()
    if step.before.project ~= world:_project(project) then error("the last step was another project's", 4) end
    return 1
  end
  function f.UpdateArrange() end
  function f.UpdateItemInProject() end
  function f.ValidatePtr2(project, object, kind)
    if not world:_project(project) then return false end
    return object.kind == kind and object.alive
  end
  function f.atexit(call) world.exits[#world.exits + 1] = { world.running, call } return true end
  function f.defer(call)
    world.deferred[#world.deferred + 1] = { world.running, call }
    world.running.has_deferred = true
    return true
  end
  function f.get_action_context() return true, world.running.path, 0, 1, -1, -1, -1, "" end
  function f.set_action_options(flags) world.toggles[#world.toggles + 1] = flags end
  function f.time_precise() return socket.gettime() + world.skipped end
  return f
end

local function returned(name, ...)
  local count = select("#", ...)
  if count > api[name][2] then error("the fake's own " .. name .. " returns too much") end
  return ...
end

function World:_make_reaper()
  local functions, checked = self:_functions(), {}
  for name, call in pairs(functions) do
    if not api[name] then error("the fake knows " .. name .. ", the table does not") end
    if (api[name].since or 0) <= self.options.version then
      checked[name] = function(...)
        check(name, table.pack(...))
        return returned(name, call(...))
      end
    end
  end
  for name in pairs(api) do
    if not functions[name] then error("the table knows " .. name .. ", the fake does not") end
  end
  return setmetatable(checked, {
    __index = function(_, name) error("reaper." .. tostring(name) .. " does not exist", 2) end,
    __newindex = function(_, name) error("writing to reaper." .. tostring(name), 2) end,
  })
end

-- ------------------------------------------------------------------------------------------------ running scripts

local LIBRARIES = { "actions", "compose", "endless", "host", "mail", "memo", "notes", "osc", "place", "reasons", "take",
  "talk", "udp", "variations", "wire" }

function World:_guarded(script, call)
  self.running = script
  rawset(_G, "reaper", self.reaper)
  local before = getmetatable(_G)
  setmetatable(_G, {
    __index = function(_, name) error("the global " .. tostring(name) .. " does not exist", 2) end,
    __newindex = function(_, name) error("a script made the global " .. tostring(name), 2) end,
  })
  local loaded = {}
  for _, name in ipairs(LIBRARIES) do
    loaded[name], package.loaded[name] = package.loaded[name], script.loaded[name]
  end
  local path = package.path
  local fine, problem = xpcall(call, debug.traceback)
  package.path = path
  for _, name in ipairs(LIBRARIES) do
    script.loaded[name], package.loaded[name] = package.loaded[name], loaded[name]
  end
  setmetatable(_G, before)
  if not fine then error(problem, 0) end
  if self.undo_depth ~= 0 then error("an undo block is still open") end
  if self.ui_locks ~= 0 then error("the UI is still locked") end
end

--- Start an action's file as REAPER does: in a state of its own.
function World:run(path)
  local script = { path = path, loaded = {} }
  local chunk = assert(loadfile(path))
  local steps = #self.undo
  self:_guarded(script, chunk)
  if not script.has_deferred and #self.undo == steps then
    self.undo[#self.undo + 1] = { name = "ReaScript: Run", is_automatic = true }
  end
  return script
end

--- One turn of REAPER's loop.
function World:tick()
  local due = self.deferred
  self.deferred = {}
  for _, entry in ipairs(due) do self:_guarded(entry[1], entry[2]) end
  if #self.deferred > 0 then socket.select(nil, nil, 0.002) end
end

--- Turn until nothing is deferred any more, or `is_over()`.
function World:settle(is_over)
  local turns = 0
  while #self.deferred > 0 and not (is_over and is_over()) do
    self:tick()
    turns = turns + 1
    if turns > 60000 then error("a script never ends; last it said: " .. tostring(self.tips[#self.tips])) end
  end
end

--- Take back the last undo step that is not an automatic one.
function World:undo_step()
  local step = table.remove(self.undo)
  kill_all(step.before.project.tracks)
  step.before.project.tracks = step.before.tracks
  return step
end

function World:say()
  return self.tips[#self.tips] or ""
end

fake.PPQ = PPQ
fake.qn_of = qn_of
fake.all_items = all_items

return fake
