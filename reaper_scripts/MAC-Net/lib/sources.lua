-- @noindex
-- What an action is about: the items that are meant, read, and which of them is the melody.

local host = require("host")
local notes = require("notes")
local reasons = require("reasons")
local take = require("take")

local SAME_PLACE = 1e-4 -- quarter notes

-- The notes that some items of one track play, and where these lie together. nil and the reason if one is no MIDI item.
local function played_by(project, items)
  local all, extent = {}, { first = math.huge, last = -math.huge }
  for _, item in ipairs(items) do
    if not take.is_midi(item) then return nil, reasons.not_midi end
    local own = take.extent(project, item)
    for _, note in ipairs(notes.inside(take.read(project, item), own.first, own.last)) do all[#all + 1] = note end
    extent.first, extent.last = math.min(extent.first, own.first), math.max(extent.last, own.last)
  end
  return all, extent
end

local function last_of(project, items)
  local last, stop = items[1], -math.huge
  for _, item in ipairs(items) do
    local own = take.extent(project, item)
    if own.last > stop then last, stop = item, own.last end
  end
  return last
end

local function are_drums(items, heard)
  for _, item in ipairs(items) do
    if notes.is_drum_name(take.name(item)) or notes.is_drum_name(take.track_name(item)) then return true end
  end
  return notes.are_drums(heard)
end

--- What is read of the items of one track: the notes that count, in the bars of the last meter. nil and the reason if
-- there are none.
local function heard_of(project, items)
  local all, extent = played_by(project, items)
  if not all then return nil, extent end
  local span = take.span(project, extent.first, extent.last)
  local heard, is_selection = notes.heard(all, math.max(extent.first, span.first), extent.last)
  if #heard == 0 then -- the last meter has no notes: what came before it still is music
    heard, is_selection = notes.heard(all, extent.first, extent.last)
  end
  if #heard == 0 then return nil, reasons.no_notes end
  if are_drums(items, heard) then return nil, reasons.only_drums end
  local earliest = math.huge
  for _, note in ipairs(heard) do earliest = math.min(earliest, note.start) end
  if is_selection or earliest < span.first then span.first = take.bar(project, earliest + 1e-6).first end
  local item = last_of(project, items)
  local kept = take.memo(item)
  return {
    item = item, items = items, extent = extent, span = span, heard = heard, name = take.title(item),
    role = kept and kept.role,
  }
end

local function is_same_place(first, second)
  return math.abs(first.extent.first - second.extent.first) < SAME_PLACE
    and math.abs(first.extent.last - second.extent.last) < SAME_PLACE
end

local function called(source)
  local track = take.track_name(source.item)
  return source.name ~= "" and string.format("%s (%s)", source.name, track) or track
end

-- Which of two is the melody, 1 or 2: an answer of ours knows its role, of others it is found, or asked for. nil when
-- the user cancels.
local function melody_of(first, second, wanted)
  if first.role ~= second.role then
    return (first.role == "melody" or second.role == "accompaniment") and 1 or 2
  end
  if wanted == "ask" then return host.choose(reasons.which_melody:format(called(first), called(second))) end
  return notes.melody_of(first.heard, second.heard)
end

local function role_of(source, wanted)
  if source.role then return source.role end
  if wanted == "ask" then
    return ({ "melody", "accompaniment" })[host.choose(reasons.which_role:format(called(source)))]
  end
  return wanted ~= "auto" and wanted or notes.role(source.heard)
end

-- The sources with their roles; nil when the user was asked and cancels.
local function with_roles(sources, wanted)
  if #sources == 1 then
    sources[1].role = role_of(sources[1], wanted)
    return sources[1].role and sources
  end
  local melody = melody_of(sources[1], sources[2], wanted)
  if not melody then return nil end
  sources[melody].role, sources[3 - melody].role = "melody", "accompaniment"
  local first = math.min(sources[1].span.first, sources[2].span.first)
  sources[1].span.first, sources[2].span.first = first, first
  return sources
end

local function by_track(items)
  local tracks, groups = {}, {}
  for _, item in ipairs(items) do
    local track = take.track(item)
    if not groups[track] then
      groups[track] = {}
      tracks[#tracks + 1] = track
    end
    table.insert(groups[track], item)
  end
  for index, track in ipairs(tracks) do tracks[index] = groups[track] end
  return tracks
end

--- The items that are meant, read and with their roles, one source a track; nil and the reason.
return function(project, role)
  local groups = by_track(take.meant(project))
  if #groups == 0 then return nil, reasons.nothing_selected end
  if #groups > 2 then return nil, reasons.too_many_tracks end
  local sources = {}
  for index, items in ipairs(groups) do
    local source, reason = heard_of(project, items)
    if not source then return nil, reason end
    sources[index] = source
  end
  if #sources == 2 and not is_same_place(sources[1], sources[2]) then return nil, reasons.two_lengths end
  sources = with_roles(sources, role)
  return sources, not sources and reasons.not_asked or nil
end
