-- @noindex
-- Items and takes: the only file that reads or writes a project. Notes are in quarter notes of project time, so tempo,
-- meter, item offsets and play rates are REAPER's business, through its own conversions.

local memo = require("memo")
local notes = require("notes")

local reasons = require("reasons")

local take = {}

local KEY = "P_EXT:macnet"
local NUDGE = 1e-6 -- quarter notes: just before the end of an item
local TRIM_BEHIND_ON, TRIM_BEHIND_OFF = 41120, 41121
local TRIM_BEHIND = 41117
local IMPLODE = 40543
local TO_LANES = 42661
local DELETE_TAKE = 40129
local FIXED_LANES = 2 -- a track's I_FREEMODE

--- The active project, to hold on to while waiting.
function take.project()
  local project = reaper.EnumProjects(-1)
  return project
end

function take.is_open(project)
  return reaper.ValidatePtr2(0, project, "ReaProject*")
end

function take.is_alive(project, item)
  return reaper.ValidatePtr2(project, item, "MediaItem*")
end

local function item_value(item, name)
  return reaper.GetMediaItemInfo_Value(item, name)
end

--- Where an item lies: { first, last } in quarter notes.
function take.extent(project, item)
  local start = item_value(item, "D_POSITION")
  return {
    first = reaper.TimeMap2_timeToQN(project, start),
    last = reaper.TimeMap2_timeToQN(project, start + item_value(item, "D_LENGTH")),
  }
end

local function selected_items(project)
  local items = {}
  for index = 0, reaper.CountMediaItems(project) - 1 do
    local item = reaper.GetMediaItem(project, index)
    if reaper.IsMediaItemSelected(item) then items[#items + 1] = item end
  end
  return items
end

local function edited_item()
  local editor = reaper.MIDIEditor_GetActive()
  local open = editor and reaper.MIDIEditor_GetTake(editor)
  return open and reaper.GetMediaItemTake_Item(open)
end

--- The items meant: the selected ones, else the one in the MIDI editor.
function take.meant(project)
  local items = selected_items(project)
  if #items == 0 then items = { edited_item() } end
  return items
end

-- A source's length in ppq: its events' offsets together, up to the end-of-item event that closes every source.
local function source_length(midi)
  local fine, events = reaper.MIDI_GetAllEvts(midi)
  local length, at = 0, 1
  while fine and at <= #events do
    local offset, _, _, after = string.unpack("i4Bs4", events, at)
    length, at = length + offset, after
  end
  return length
end

local function read_note(midi, index, shift)
  local _, selected, muted, first, last, channel, pitch, velocity = reaper.MIDI_GetNote(midi, index)
  return {
    start = reaper.MIDI_GetProjQNFromPPQPos(midi, first + shift),
    stop = reaper.MIDI_GetProjQNFromPPQPos(midi, last + shift),
    selected = selected, muted = muted, channel = channel, pitch = pitch, velocity = velocity,
  }
end

-- How often a looped source begins inside its item; once for one that is not looped.
local function rounds(item, midi, length, last)
  if item_value(item, "B_LOOPSRC") == 0 or length <= 0 then return 1 end
  local stop = reaper.MIDI_GetPPQPosFromProjQN(midi, last)
  return math.max(1, math.ceil((stop - 1e-3) / length))
end

--- Every note that an item plays, a looped source's as often as it comes round.
function take.read(project, item)
  local midi = reaper.GetActiveTake(item)
  local length, all = source_length(midi), {}
  local _, count = reaper.MIDI_CountEvts(midi)
  for round = 0, rounds(item, midi, length, take.extent(project, item).last) - 1 do
    for index = 0, count - 1 do all[#all + 1] = read_note(midi, index, round * length) end
  end
  return all
end

function take.is_midi(item)
  local active = reaper.GetActiveTake(item)
  return active ~= nil and reaper.TakeIsMIDI(active)
end

function take.track(item)
  return reaper.GetMediaItem_Track(item)
end

function take.track_name(item)
  local _, name = reaper.GetTrackName(reaper.GetMediaItem_Track(item))
  return name
end

function take.name(item)
  local active = reaper.GetActiveTake(item)
  local _, name = reaper.GetSetMediaItemTakeInfo_String(active, "P_NAME", "", false)
  return name
end

--- What an item is called by a musician: an answer of ours by the item that it was made for.
function take.title(item)
  local kept = take.memo(item)
  return kept and kept.name or take.name(item)
end

local function guid_of(midi)
  local _, guid = reaper.GetSetMediaItemTakeInfo_String(midi, "GUID", "", false)
  return guid
end

function take.guid(item)
  return guid_of(reaper.GetActiveTake(item))
end

--- The bar that holds a moment: { first, last, numerator, denominator }, in quarter notes.
function take.bar(project, qn)
  local _, first, last = reaper.TimeMap_QNToMeasures(project, qn)
  local numerator, denominator = reaper.TimeMap_GetTimeSigAtTime(project, reaper.TimeMap2_QNToTime(project, qn))
  return { first = first, last = last, numerator = numerator, denominator = denominator }
end

--- The part of [first, last) that has the meter of its end: see `notes.span`.
function take.span(project, first, last)
  return notes.span(function(qn) return take.bar(project, qn) end, first, last)
end

--- The memo of a take of ours, nil of any other.
local function memo_of(active)
  if not active then return nil end
  local found, text = reaper.GetSetMediaItemTakeInfo_String(active, KEY, "", false)
  return found and memo.parse(text) or nil
end

function take.memo(item)
  return memo_of(reaper.GetActiveTake(item))
end

local function each_take(item)
  local takes = {}
  for index = 0, reaper.CountTakes(item) - 1 do
    local found = reaper.GetTake(item, index)
    if found then takes[#takes + 1] = found end -- an empty take has no pointer
  end
  return takes
end

--- The takes of an item that are ours: { take, memo, guid }.
function take.ours(item)
  local found = {}
  for _, each in ipairs(each_take(item)) do
    local kept = memo_of(each)
    if kept then found[#found + 1] = { take = each, memo = kept, guid = guid_of(each) } end
  end
  return found
end

--- Every item whose active take fits: `fits(memo)`.
function take.find(project, fits)
  local found = {}
  for index = 0, reaper.CountMediaItems(project) - 1 do
    local item = reaper.GetMediaItem(project, index)
    local kept = take.memo(item)
    if kept and fits(kept) then found[#found + 1] = item end
  end
  return found
end

local function track_number(project, track)
  for index = 0, reaper.CountTracks(project) - 1 do
    if reaper.GetTrack(project, index) == track then return index end
  end
end

local function new_track(project, number, name)
  reaper.InsertTrackAtIndex(number, true)
  local track = reaper.GetTrack(project, number)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  return track
end

--- A new track right below another.
function take.track_below(project, track, name)
  return new_track(project, track_number(project, track) + 1, name)
end

--- The track of a name, or nil.
function take.track_named(project, name)
  if name == "" then return nil end
  for index = 0, reaper.CountTracks(project) - 1 do
    local track = reaper.GetTrack(project, index)
    local _, found = reaper.GetTrackName(track)
    if found == name then return track end
  end
end

--- Whether nothing lies on a track in [first, last) quarter notes, and takes can be made there.
function take.is_free(project, track, first, last)
  for index = 0, reaper.CountMediaItems(project) - 1 do
    local item = reaper.GetMediaItem(project, index)
    if reaper.GetMediaItem_Track(item) == track then
      local extent = take.extent(project, item)
      if extent.first < last - NUDGE * 10 and extent.last > first + NUDGE * 10 then return false end
    end
  end
  return true
end

function take.has_lanes(track)
  return reaper.GetMediaTrackInfo_Value(track, "I_FREEMODE") == FIXED_LANES
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
  reaper.GetSetMediaItemTakeInfo_String(midi, KEY, memo.format(written.memo), true)
  return item
end

--- Whether a take of ours has been edited since it was made.
function take.is_edited(ours)
  local _, hash = reaper.MIDI_GetHash(ours.take, true)
  return ours.memo.hash ~= nil and hash ~= ours.memo.hash
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
  for _, each in ipairs(each_take(item)) do
    local kept = memo_of(each)
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
  for _, each in ipairs(each_take(item)) do
    local _, name = reaper.GetSetMediaItemTakeInfo_String(each, "P_NAME", "", false)
    if by_name[name] and not memo_of(each) then
      reaper.GetSetMediaItemTakeInfo_String(each, KEY, memo.format(by_name[name]), true)
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
  local item = selected_items(project)[1]
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
function take.write(project, place, written, into)
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

--- Whether this REAPER has fixed lanes.
function take.knows_lanes()
  return tonumber(reaper.GetAppVersion():match("^%d+")) >= 7
end

--- Each take in a lane of its own. The items' pointers are void afterwards.
function take.to_lanes(project, items)
  select_only(project, items)
  reaper.Main_OnCommand(TO_LANES, 0)
end

local function is_playing(item)
  local track = reaper.GetMediaItem_Track(item)
  if not take.has_lanes(track) then return true end
  local lane = math.tointeger(item_value(item, "I_FIXEDLANE"))
  return reaper.GetMediaTrackInfo_Value(track, "C_LANEPLAYS:" .. lane) ~= 0
end

--- Every take of ours in some items, by round and variation: { item, take, memo, is_shown }.
function take.variations(items)
  local found = {}
  for _, item in ipairs(items) do
    local active = reaper.GetActiveTake(item)
    for _, each in ipairs(take.ours(item)) do
      each.item, each.is_shown = item, each.take == active and is_playing(item)
      each.order = tonumber(each.memo.round) * 1000 + tonumber(each.memo.variation)
      found[#found + 1] = each
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end

local PLAYS_ALONE = 1

local function play_lane(item)
  local lane = math.tointeger(item_value(item, "I_FIXEDLANE"))
  reaper.SetMediaTrackInfo_Value(reaper.GetMediaItem_Track(item), "C_LANEPLAYS:" .. lane, PLAYS_ALONE)
end

function take.show(each)
  if take.has_lanes(reaper.GetMediaItem_Track(each.item)) then
    play_lane(each.item)
  else
    reaper.SetActiveTake(each.take)
    reaper.UpdateItemInProject(each.item)
  end
end

local function with_guid(item, guid)
  for _, each in ipairs(each_take(item)) do
    if guid_of(each) == guid then return each end
  end
end

-- Other takes' pointers need not outlive the command: each is found again by its GUID.
local function drop_take(project, each)
  local shown = guid_of(reaper.GetActiveTake(each.item))
  local dropped = with_guid(each.item, each.guid)
  if not dropped then return end
  select_only(project, { each.item })
  reaper.SetActiveTake(dropped)
  reaper.Main_OnCommand(DELETE_TAKE, 0)
  local back = with_guid(each.item, shown)
  if back then reaper.SetActiveTake(back) end
end

--- Remove takes of ours that are not shown, and the items that nothing is left of.
function take.drop(project, dropped)
  for _, each in ipairs(dropped) do
    if reaper.CountTakes(each.item) > 1 then
      drop_take(project, each)
    else
      reaper.DeleteTrackMediaItem(reaper.GetMediaItem_Track(each.item), each.item)
    end
  end
end

function take.rename(ours, name)
  reaper.GetSetMediaItemTakeInfo_String(ours.take, "P_NAME", name, true)
end

function take.take_name(ours)
  local _, name = reaper.GetSetMediaItemTakeInfo_String(ours.take, "P_NAME", "", false)
  return name
end

function take.remember(ours, values)
  reaper.GetSetMediaItemTakeInfo_String(ours.take, KEY, memo.format(values), true)
end

--- Project time of a moment, in seconds.
function take.seconds(project, qn)
  return reaper.TimeMap2_QNToTime(project, qn)
end

function take.tempo_bpm(project, qn)
  local _, _, tempo = reaper.TimeMap_GetTimeSigAtTime(project, reaper.TimeMap2_QNToTime(project, qn))
  return tempo
end

local is_changed = false

--- Whether this run has made an undo step.
function take.has_changed()
  return is_changed
end

local function with_trim_off(change)
  local was_on = reaper.GetToggleCommandStateEx(0, TRIM_BEHIND) == 1
  if was_on then reaper.Main_OnCommand(TRIM_BEHIND_OFF, 0) end
  local results = table.pack(pcall(change))
  if was_on then reaper.Main_OnCommand(TRIM_BEHIND_ON, 0) end
  return results
end

local function take_up(project, kept)
  reaper.SelectAllMediaItems(project, false)
  for _, item in ipairs(kept) do
    if take.is_alive(project, item) then reaper.SetMediaItemSelected(item, true) end
  end
end

--- Change the project in one undo step of a name. The selection stays unless `change` gives items to select. An error
-- inside closes the step and is passed on.
function take.as_one_step(project, name, change)
  local selected = selected_items(project)
  reaper.Undo_BeginBlock2(project)
  reaper.PreventUIRefresh(1)
  local results = with_trim_off(change)
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

return take
