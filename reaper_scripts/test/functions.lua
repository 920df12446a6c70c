-- What each function of REAPER's API does in the fake. Arguments have been checked before (fake.lua).

local commands = require("commands")
local project = require("project")
local socket = require("socket")
local api = require("api")

local ITEM_VALUES = {
  D_POSITION = function(item) return item.position end,
  D_LENGTH = function(item) return item.length end,
  B_LOOPSRC = function(item) return item.loops and 1.0 or 0.0 end,
  I_FIXEDLANE = function(item) return item.lane + 0.0 end,
}

local function midi_of(take)
  if not take.source.is_midi then error("a MIDI function on an audio take", 5) end
  return take.source
end

local function add_project_functions(world, f)
  function f.CountMediaItems(of) return #project.all_items(world:_project(of)) end
  function f.CountTracks(of) return #world:_project(of).tracks end
  function f.EnumProjects(index)
    if index ~= -1 then return world.projects[index + 1], "" end
    return world.active, ""
  end
  function f.GetMediaItem(of, index) return project.all_items(world:_project(of))[index + 1] end
  function f.GetTrack(of, index) return world:_project(of).tracks[index + 1] end
  function f.SelectAllMediaItems(of, selected)
    for _, item in ipairs(project.all_items(world:_project(of))) do item.selected = selected end
  end
  function f.TimeMap2_QNToTime(of, qn) return world:_project(of).tempo:time(qn) end
  function f.TimeMap2_timeToQN(of, time) return world:_project(of).tempo:qn(time) end
  function f.TimeMap_GetTimeSigAtTime(of, time) return world:_project(of).tempo:meter(time) end
  function f.TimeMap_QNToMeasures(of, qn) return world:_project(of).tempo:bar(qn) end
  function f.ValidatePtr2(of, object, kind)
    if object.kind ~= kind or not object.alive then return false end
    if kind == "ReaProject*" then return true end
    return world:_project_of(object) == world:_project(of)
  end
  function f.UpdateArrange() world.is_stale = false end
end

local function add_track_functions(world, f)
  function f.GetMediaTrackInfo_Value(track, key)
    if key == "I_FREEMODE" then return track.free_mode + 0.0 end
    local lane = key:match("^C_LANEPLAYS:(%d+)$")
    if not lane then error("track value " .. key, 4) end
    return tonumber(lane) == track.lane and 1.0 or 0.0
  end
  function f.SetMediaTrackInfo_Value(track, key, value)
    world:_edits(track)
    local lane = tonumber(key:match("^C_LANEPLAYS:(%d+)$"))
    if not lane or value ~= 1 then error("track value " .. key .. " to " .. value, 4) end
    if track.free_mode ~= 2 or lane >= track.lanes then return false end
    track.lane = lane
    return true
  end
  function f.GetSetMediaTrackInfo_String(track, key, value, is_set)
    if key ~= "P_NAME" then error("track string " .. key, 4) end
    if is_set then
      world:_edits(track)
      track.name = value
    end
    return true, track.name
  end
  function f.GetTrackName(track) return true, track.name end
  function f.InsertTrackAtIndex(index)
    world:_edits()
    table.insert(world.active.tracks, index + 1, project.new_track(""))
  end
  function f.MarkTrackItemsDirty() end
end

local function add_item_functions(world, f)
  function f.AddTakeToMediaItem(item)
    world:_edits(item)
    local take = project.pointer("MediaItem_Take*", {
      item = item, source = { length = 0, notes = {}, sorted = true, is_midi = true }, name = "", ext = {}, rate = 1,
      offset = 0, guid = world:_guid(), can_hold_notes = false,
    })
    item.takes[#item.takes + 1] = take
    return take
  end
  function f.CountTakes(item) return #item.takes end
  function f.CreateNewMIDIItemInProj(track, first, last, in_qn)
    world:_edits(track)
    local of = world:_project_of(track)
    if in_qn then first, last = of.tempo:time(first), of.tempo:time(last) end
    world:_trim_behind(track, first, last - first)
    local given = { first = of.tempo:qn(first), last = of.tempo:qn(last), name = "untitled MIDI item", loops = true }
    return world:add_item(of, track, given)
  end
  function f.DeleteTrackMediaItem(track, item)
    world:_edits(track)
    if item.track ~= track then return false end
    project.kill_item(track, item)
    return true
  end
  function f.GetActiveTake(item) return item.takes[item.active] end
  function f.GetMediaItemInfo_Value(item, key)
    if not ITEM_VALUES[key] then error("item value " .. key, 4) end
    return ITEM_VALUES[key](item)
  end
  function f.GetMediaItemTake_Item(take) return take.item end
  function f.GetMediaItem_Track(item) return item.track end
  function f.GetSetMediaItemTakeInfo_String(take, key, value, is_set)
    if key == "GUID" and not is_set then return true, take.guid end
    if is_set then world:_edits(take) end
    if key == "P_NAME" then
      if is_set then take.name = value end
      return true, take.name
    end
    if not key:match("^P_EXT:%w+$") then error("take string " .. key, 4) end
    if is_set then take.ext[key] = value end
    return take.ext[key] ~= nil, take.ext[key] or ""
  end
  function f.GetTake(item, index) return item.takes[index + 1] end
  function f.IsMediaItemSelected(item) return item.selected end
  function f.SetActiveTake(take)
    world:_edits(take)
    for index, other in ipairs(take.item.takes) do
      if other == take then take.item.active = index end
    end
  end
  function f.SetMediaItemSelected(item, selected) item.selected = selected end
  function f.TakeIsMIDI(take) return take.source.is_midi end
  function f.UpdateItemInProject(item) world.unseen[item] = nil end
end

local function add_midi_functions(world, f)
  function f.MIDIEditor_GetActive() return world.editor and world.editor.window end
  function f.MIDIEditor_GetTake() return world.editor.take end
  function f.MIDI_CountEvts(take)
    local count = #midi_of(take).notes
    return count, count, 0, 0
  end
  function f.MIDI_GetAllEvts(take) return true, project.packed_events(midi_of(take)) end
  function f.MIDI_GetHash(take) return true, project.notes_text(midi_of(take)) end
  function f.MIDI_GetNote(take, index)
    if not midi_of(take).sorted then error("notes are read before MIDI_Sort", 4) end
    local note = take.source.notes[index + 1]
    if not note then return false, false, false, 0.0, 0.0, 0, 0, 0 end
    return true, note.selected, note.muted, note.first + 0.0, note.last + 0.0, note.channel, note.pitch, note.velocity
  end
  function f.MIDI_GetPPQPosFromProjQN(take, qn)
    return midi_of(take) and take.can_hold_notes and project.ppq_of(world:_project_of(take), take, qn) or -1.0
  end
  function f.MIDI_GetProjQNFromPPQPos(take, ppq)
    return midi_of(take) and project.qn_of(world:_project_of(take), take, ppq)
  end
  function f.MIDI_InsertNote(take, selected, muted, first, last, channel, pitch, velocity, no_sort)
    world:_edits(take)
    if not take.can_hold_notes then return false end
    if not no_sort then error("MIDI_InsertNote sorts at every note unless it is told not to", 4) end
    if pitch < 0 or pitch > 127 or velocity < 1 or velocity > 127 or channel < 0 or channel > 15 or last <= first then
      error("a note out of range", 4)
    end
    table.insert(midi_of(take).notes, {
      first = first, last = last, pitch = pitch, velocity = velocity, channel = channel, muted = muted, selected = selected,
    })
    take.source.sorted, world.unsorted[take.source], world.unseen[take.item] = false, true, true
    return true
  end
  function f.MIDI_Sort(take)
    table.sort(midi_of(take).notes, function(a, b)
      if a.first ~= b.first then return a.first < b.first end
      return a.pitch < b.pitch
    end)
    take.source.sorted, world.unsorted[take.source] = true, nil
  end
end

local function ext_key(section, key)
  return section .. "\0" .. key
end

local function count_fields(text)
  return select(2, text:gsub(",", "")) + 1
end

local function add_dialog_functions(world, f)
  function f.DeleteExtState(section, key) world.ext[ext_key(section, key)] = nil end
  function f.GetExtState(section, key) return world.ext[ext_key(section, key)] or "" end
  function f.GetMousePosition() return 100, 200 end
  function f.GetUserInputs(title, count, captions, defaults)
    world.asked = { title = title, count = count, captions = captions, defaults = defaults }
    if count > 16 then error("more than 16 fields", 4) end
    if count_fields(captions:gsub(",extrawidth=%d+$", "")) ~= count then error("captions are not one a field", 4) end
    if count_fields(defaults) ~= count then error("defaults are not one a field", 4) end
    local answer = table.remove(world.answers, 1)
    if answer == nil then return false, "" end
    return true, type(answer) == "function" and answer(defaults) or answer
  end
  function f.HasExtState(section, key) return world.ext[ext_key(section, key)] ~= nil end
  function f.SetExtState(section, key, value) world.ext[ext_key(section, key)] = value end
  function f.ShowMessageBox(text, title, kind)
    world.boxes[#world.boxes + 1] = text
    return world.on_box(text, title, kind)
  end
  function f.TrackCtl_SetToolTip(text)
    if text:find("%", 1, true) then error("a tooltip is a format, and this one wants values", 4) end
    world.tips[#world.tips + 1] = text
  end
end

local function list_files(folder)
  local names, pipe = { folder = folder }, io.popen("ls -1 '" .. folder .. "' 2>/dev/null")
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

local function add_system_functions(world, f)
  function f.APIExists(name) return api[name] ~= nil and (api[name].since or 0) <= world.options.version end
  function f.EnumerateFiles(folder, index)
    if index == -1 then
      world.listed = nil
    elseif not world.listed or world.listed.folder ~= folder then
      world.listed = list_files(folder)
    end
    local at_end = world.options.version < 7 and "" or nil
    return world.listed and world.listed[index + 1] or at_end
  end
  function f.ExecProcess(command, ms)
    world.executed[#world.executed + 1] = { command, ms }
    if world.on_exec then world.on_exec(command) end
    return nil
  end
  function f.GetAppVersion() return world.options.version .. ".0/x64" end
  function f.GetOS() return world.options.os or "Other" end
  function f.GetPlayPositionEx() return world.position end
  function f.GetPlayStateEx() return world.playing end
  function f.GetResourcePath() return world.options.resource end
  function f.GetToggleCommandStateEx(_, id)
    if id ~= 41117 then error("toggle state of " .. id, 4) end
    return world.trim_behind and 1 or 0
  end
  function f.Main_OnCommand(id)
    local command = commands[id] or error("command " .. id, 4)
    if command.is_edit then world:_edits(world.active) end
    command[1](world)
  end
  function f.atexit(call)
    local script = world.running
    script.exits[#script.exits + 1] = call
    return true
  end
  function f.defer(call)
    world.deferred[#world.deferred + 1] = { world.running, call }
    world.running.has_deferred = true
    return true
  end
  function f.get_action_context() return true, world.running.path, 0, 1, -1, -1, -1, "" end
  function f.set_action_options(flags)
    world.toggles[#world.toggles + 1] = flags
    if flags & 1 == 1 then world.running.ends_when_run_again = true end
  end
  function f.time_precise() return socket.gettime() + world.skipped end
end

local function add_undo_functions(world, f)
  function f.PreventUIRefresh(by)
    world.ui_locks = world.ui_locks + by
    if world.ui_locks < 0 then error("more UI unlocks than locks", 4) end
  end
  function f.Undo_BeginBlock2(of) world:_begin_undo(of) end
  function f.Undo_EndBlock2(of, name, flags) world:_end_undo(of, name, flags) end
  function f.Undo_DoUndo2(of)
    local step = world:undo_step()
    if step.before.project ~= world:_project(of) then error("the last step was another project's", 4) end
    return 1
  end
end

--- Every function by name, for one world.
return function(world)
  local f = {}
  for _, add in ipairs({
    add_project_functions, add_track_functions, add_item_functions, add_midi_functions, add_dialog_functions,
    add_system_functions, add_undo_functions,
  }) do add(world, f) end
  return f
end
