-- @noindex
-- Items, takes and tracks as REAPER has them: finding, naming, remembering. Changes nothing but names and notes of
-- ours on takes and tracks.

local memo = require("memo")

local items = {}

local MEMO = "P_EXT:macnet"
local LANES = 2 -- I_FREEMODE of a track with fixed lanes

function items.is_there(project, item)
  return item ~= nil and reaper.ValidatePtr2(project, item, "MediaItem*")
end

function items.is_track(project, track)
  return track ~= nil and reaper.ValidatePtr2(project, track, "MediaTrack*")
end

-- All items of a project, one after the other.
function items.all(project)
  local at = -1
  return function()
    at = at + 1
    return at < reaper.CountMediaItems(project) and reaper.GetMediaItem(project, at) or nil
  end
end

function items.takes(item)
  local at = -1
  return function()
    at = at + 1
    return at < reaper.CountTakes(item) and reaper.GetTake(item, at) or nil
  end
end

function items.selected(project)
  local list = {}
  for item in items.all(project) do
    if reaper.IsMediaItemSelected(item) then list[#list + 1] = item end
  end
  return list
end

-- The items of `list` that still exist are selected, all others are not.
function items.select(project, list)
  reaper.SelectAllMediaItems(project, false)
  for _, item in ipairs(list) do
    if items.is_there(project, item) then reaper.SetMediaItemSelected(item, true) end
  end
end

function items.span(item)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  return start, start + reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
end

local function take_text(take, key)
  local is_set, text = reaper.GetSetMediaItemTakeInfo_String(take, key, "", false)
  return is_set and text or ""
end

function items.guid(take)
  return take_text(take, "GUID")
end

function items.name(take)
  return take_text(take, "P_NAME")
end

function items.rename(take, name)
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
end

-- What we remember with a take; nil where it is not ours.
function items.recall(take)
  return memo.parse(take_text(take, MEMO))
end

function items.remember(take, fields)
  reaper.GetSetMediaItemTakeInfo_String(take, MEMO, memo.format(fields), true)
end

-- The take of that GUID and its item, which may have changed since; nil where it is gone.
function items.take_of_guid(project, guid)
  for item in items.all(project) do
    for take in items.takes(item) do
      if items.guid(take) == guid then return take, item end
    end
  end
  return nil
end

function items.track_name(track)
  local is_named, name = reaper.GetTrackName(track)
  return is_named and name or ""
end

local function track_text(track, key)
  local is_set, text = reaper.GetSetMediaTrackInfo_String(track, key, "", false)
  return is_set and text or ""
end

function items.track_guid(track)
  return track_text(track, "GUID")
end

-- The GUID of the track that a track of ours was made for; "" for any other.
function items.made_for(track)
  return track_text(track, MEMO)
end

function items.name_track(track, name, made_for)
  reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
  reaper.GetSetMediaTrackInfo_String(track, MEMO, made_for, true)
end

function items.track_index(track)
  return math.tointeger(reaper.GetMediaTrackInfo_Value(track, "IP_TRACKNUMBER")) - 1
end

function items.has_lanes(track)
  return reaper.GetMediaTrackInfo_Value(track, "I_FREEMODE") == LANES
end

function items.can_have_lanes()
  return (tonumber(reaper.GetAppVersion():match("^%d+")) or 0) >= 7
end

-- Whether a track is free between two times, `but` (an item) aside.
function items.is_free(track, start, stop, but)
  local near = (stop - start) * 1e-6
  for at = 0, reaper.CountTrackMediaItems(track) - 1 do
    local item = reaper.GetTrackMediaItem(track, at)
    local from, to = items.span(item)
    if item ~= but and from < stop - near and to > start + near then return false end
  end
  return true
end

return items
