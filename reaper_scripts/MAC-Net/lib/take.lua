-- @noindex
-- Items and takes as they are: the only file that reads a project; `change` alone writes one. Notes are in quarter notes
-- of project time, so tempo, meter, item offsets and play rates are REAPER's business, through its own conversions.

local memo = require("memo")
local notes = require("notes")

local take = {}

--- Under what name a take keeps its memo.
take.KEY = "P_EXT:macnet"
local NUDGE = 1e-6 -- quarter notes: just before the end of an item
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

--- The items that are selected.
function take.selected(project)
  local items = {}
  for index = 0, reaper.CountMediaItems(project) - 1 do
    local item = reaper.GetMediaItem(project, index)
    if reaper.IsMediaItemSelected(item) then items[#items + 1] = item end
  end
  return items
end

local function edited_take()
  local editor = reaper.MIDIEditor_GetActive()
  return editor and reaper.MIDIEditor_GetTake(editor)
end

local function edited_item()
  local open = edited_take()
  return open and reaper.GetMediaItemTake_Item(open)
end

-- The take of an item that is meant: the active one, but of an item that is meant because it is open in the MIDI editor
-- the one that is open there.
local function meant_take(item)
  if not reaper.IsMediaItemSelected(item) and edited_item() == item then return edited_take() end
  return reaper.GetActiveTake(item)
end

--- The items meant: the selected ones, else the one in the MIDI editor.
function take.meant(project)
  local items = take.selected(project)
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
  local midi = meant_take(item)
  local length, all = source_length(midi), {}
  local _, count = reaper.MIDI_CountEvts(midi)
  for round = 0, rounds(item, midi, length, take.extent(project, item).last) - 1 do
    for index = 0, count - 1 do all[#all + 1] = read_note(midi, index, round * length) end
  end
  return all
end

function take.is_midi(item)
  local active = meant_take(item)
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
  local active = meant_take(item)
  local _, name = reaper.GetSetMediaItemTakeInfo_String(active, "P_NAME", "", false)
  return name
end

--- What an item is called by a musician: an answer of ours by the item that it was made for.
function take.title(item)
  local kept = take.memo(item)
  return kept and kept.name or take.name(item)
end

--- What a take is known by, whatever its pointer is.
function take.guid_of(midi)
  local _, guid = reaper.GetSetMediaItemTakeInfo_String(midi, "GUID", "", false)
  return guid
end

function take.guid(item)
  return take.guid_of(meant_take(item))
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
function take.memo_of(active)
  if not active then return nil end
  local found, text = reaper.GetSetMediaItemTakeInfo_String(active, take.KEY, "", false)
  return found and memo.parse(text) or nil
end

function take.memo(item)
  return take.memo_of(reaper.GetActiveTake(item))
end

--- The takes of an item, but for empty ones, which have no pointer.
function take.each(item)
  local takes = {}
  for index = 0, reaper.CountTakes(item) - 1 do
    local found = reaper.GetTake(item, index)
    if found then takes[#takes + 1] = found end
  end
  return takes
end

--- The takes of an item that are ours: { take, memo, guid }.
function take.ours(item)
  local found = {}
  for _, each in ipairs(take.each(item)) do
    local kept = take.memo_of(each)
    if kept then found[#found + 1] = { take = each, memo = kept, guid = take.guid_of(each) } end
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

--- Which of the project's tracks it is, from 0.
function take.track_number(project, track)
  for index = 0, reaper.CountTracks(project) - 1 do
    if reaper.GetTrack(project, index) == track then return index end
  end
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

--- Whether a take of ours has been edited since it was made.
function take.is_edited(ours)
  local _, hash = reaper.MIDI_GetHash(ours.take, true)
  return ours.memo.hash ~= nil and hash ~= ours.memo.hash
end

--- Whether this REAPER has fixed lanes.
function take.knows_lanes()
  return tonumber(reaper.GetAppVersion():match("^%d+")) >= 7
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

function take.take_name(ours)
  local _, name = reaper.GetSetMediaItemTakeInfo_String(ours.take, "P_NAME", "", false)
  return name
end

--- Project time of a moment, in seconds.
function take.seconds(project, qn)
  return reaper.TimeMap2_QNToTime(project, qn)
end

function take.tempo_bpm(project, qn)
  local _, _, tempo = reaper.TimeMap_GetTimeSigAtTime(project, reaper.TimeMap2_QNToTime(project, qn))
  return tempo
end

return take
