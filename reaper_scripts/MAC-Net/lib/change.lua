-- @noindex
-- What is changed in a project, each change one undo step: the only file that writes one.

local memo = require("memo")
local notes = require("notes")
local reasons = require("reasons")
local take = require("take")

local change = {}

local TRIM_BEHIND, TRIM_BEHIND_ON, TRIM_BEHIND_OFF = 41117, 41120, 41121
local IMPLODE = 40543
local TO_LANES = 42661
local DELETE_TAKE = 40129

local function new_track(project, number, name)
  reaper.InsertTrackAtIndex(number, true)
  local track = reaper.GetTrack(project, number)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  return track
end

--- A new track right below another.
function change.track_below(project, track, name)
  return new_track(project, take.track_number(project, track) + 1, name)
end

local function write_notes(midi, first, clip, channel, length)
  for _, note in ipairs(notes.fitted(clip, length)) do
    local start = reaper.MIDI_GetPPQPosFromProjQN(midi, first + note.onset / notes.TICKS)
    local stop = reaper.MIDI_GetPPQPosFromProjQN(midi, first + note.stop / notes.TICKS)
    reaper.MIDI_InsertNote(
      midi, false, false, notes.round(start), notes.round(stop), channel, note.pitch, note.velocity, true
    )
  end
  reaper.MIDI_Sort(midi)
end

local function new_item(place, written)
  local item = reaper.CreateNewMIDIItemInProj(place.track, place.first, place.last, true)
  local midi = reaper.GetActiveTake(item)
  write_notes(midi, place.first, written.clip, written.channel, notes.round((place.last - place.first) * notes.TICKS))
  local _, hash = reaper.MIDI_GetHash(midi, true)
  written.memo.hash = hash
  reaper.GetSetMediaItemTakeInfo_String(midi, "P_NAME", written.name, true)
  reaper.GetSetMediaItemTakeInfo_String(midi, take.KEY, memo.format(written.memo), true)
  return item
end

local function select_only(project, items)
  reaper.SelectAllMediaItems(project, false)
  for _, item in ipairs(items) do reaper.SetMediaItemSelected(item, true) end
end

-- A memo that was read holds texts, one that is about to be written numbers.
local function is_alike(kept, wanted)
  for _, name in ipairs({ "group", "round", "variation" }) do
    if tostring(kept[name]) ~= tostring(wanted[name]) then return false end
  end
  return true
end

local function activate(item, wanted)
  for _, each in ipairs(take.each(item)) do
    local kept = take.memo_of(each)
    if kept and is_alike(kept, wanted) then
      reaper.SetActiveTake(each)
      return
    end
  end
end

-- Whether REAPER keeps P_EXT when it makes takes of items is not documented: a take that has lost its memo is known by
-- its name, which no other has.
local function remember_again(item, written)
  local by_name = {}
  for _, each in ipairs(written) do by_name[each.name] = each.memo end
  for _, each in ipairs(take.each(item)) do
    local _, name = reaper.GetSetMediaItemTakeInfo_String(each, "P_NAME", "", false)
    if by_name[name] and not take.memo_of(each) then
      reaper.GetSetMediaItemTakeInfo_String(each, take.KEY, memo.format(by_name[name]), true)
    end
  end
end

local function count_takes(items)
  local count = 0
  for _, item in ipairs(items) do count = count + reaper.CountTakes(item) end
  return count
end

-- All items into takes of one. The pointers are void afterwards, and the order of the takes is REAPER's: what is
-- wanted is found again by its memo.
local function imploded(project, items, known, wanted)
  if #items == 1 then return items[1] end
  local count = count_takes(items)
  select_only(project, items)
  reaper.Main_OnCommand(IMPLODE, 0)
  local item = take.selected(project)[1]
  if not item or reaper.CountTakes(item) ~= count then error(reasons.no_takes, 0) end
  remember_again(item, known)
  activate(item, wanted)
  return item
end

-- The takes of ours that an item has already, as `written` ones: name and memo.
local function known_of(item)
  local known = {}
  for _, each in ipairs(item and take.ours(item) or {}) do
    known[#known + 1] = { name = take.take_name(each), memo = each.memo }
  end
  return known
end

--- Write variations as takes of one item.
-- @param place { track, first, last } in quarter notes
-- @param written array of { clip, name, memo }, the first of them active
-- @param into an item of ours whose takes they join, or nil
function change.write(project, place, written, into)
  local items, known = { into }, known_of(into)
  for _, each in ipairs(written) do
    items[#items + 1] = new_item(place, each)
    known[#known + 1] = each
  end
  local item = imploded(project, items, known, written[1].memo)
  reaper.UpdateItemInProject(item)
  reaper.MarkTrackItemsDirty(place.track, item)
  return item
end

--- Each take in a lane of its own. The items' pointers are void afterwards.
function change.to_lanes(project, items)
  select_only(project, items)
  reaper.Main_OnCommand(TO_LANES, 0)
end

local PLAYS_ALONE = 1

local function play_lane(item)
  local lane = math.tointeger(reaper.GetMediaItemInfo_Value(item, "I_FIXEDLANE"))
  reaper.SetMediaTrackInfo_Value(reaper.GetMediaItem_Track(item), "C_LANEPLAYS:" .. lane, PLAYS_ALONE)
end

function change.show(each)
  if take.has_lanes(reaper.GetMediaItem_Track(each.item)) then
    play_lane(each.item)
  else
    reaper.SetActiveTake(each.take)
    reaper.UpdateItemInProject(each.item)
  end
end

local function with_guid(item, guid)
  for _, each in ipairs(take.each(item)) do
    if take.guid_of(each) == guid then return each end
  end
end

-- Other takes' pointers need not outlive the command: each is found again by its GUID.
local function drop_take(project, each)
  local shown = take.guid_of(reaper.GetActiveTake(each.item))
  local dropped = with_guid(each.item, each.guid)
  if not dropped then return end
  select_only(project, { each.item })
  reaper.SetActiveTake(dropped)
  reaper.Main_OnCommand(DELETE_TAKE, 0)
  local back = with_guid(each.item, shown)
  if back then reaper.SetActiveTake(back) end
end

--- Remove takes of ours that are not shown, and the items that nothing is left of.
function change.drop(project, dropped)
  for _, each in ipairs(dropped) do
    if reaper.CountTakes(each.item) > 1 then
      drop_take(project, each)
    else
      reaper.DeleteTrackMediaItem(reaper.GetMediaItem_Track(each.item), each.item)
    end
  end
end

function change.rename(ours, name)
  reaper.GetSetMediaItemTakeInfo_String(ours.take, "P_NAME", name, true)
end

function change.remember(ours, values)
  reaper.GetSetMediaItemTakeInfo_String(ours.take, take.KEY, memo.format(values), true)
end

local is_changed = false

--- Whether this run has made an undo step.
function change.has_changed()
  return is_changed
end

local function with_trim_off(make)
  local was_on = reaper.GetToggleCommandStateEx(0, TRIM_BEHIND) == 1
  if was_on then reaper.Main_OnCommand(TRIM_BEHIND_OFF, 0) end
  local results = table.pack(pcall(make))
  if was_on then reaper.Main_OnCommand(TRIM_BEHIND_ON, 0) end
  return results
end

local function take_up(project, kept)
  reaper.SelectAllMediaItems(project, false)
  for _, item in ipairs(kept) do
    if take.is_alive(project, item) then reaper.SetMediaItemSelected(item, true) end
  end
end

--- Change the project in one undo step of a name. The selection stays unless `make` gives items to select. An error
-- inside closes the step and is passed on.
function change.as_one_step(project, name, make)
  local selected = take.selected(project)
  reaper.Undo_BeginBlock2(project)
  reaper.PreventUIRefresh(1)
  local results = with_trim_off(make)
  take_up(project, results[1] and results[2] or selected)
  reaper.PreventUIRefresh(-1)
  reaper.UpdateArrange()
  reaper.Undo_EndBlock2(project, name, -1)
  is_changed = true
  if not results[1] then
    reaper.Undo_DoUndo2(project) -- half an answer is none
    error(results[2], 0)
  end
  return table.unpack(results, 2, results.n)
end

return change
