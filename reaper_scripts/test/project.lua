-- A REAPER project as values: tracks, items, takes and the sources that takes play; copied, described, changed.

local tempo = require("tempo")

local project = {}

local PPQ = 960
project.PPQ = PPQ

local function pointer(kind, values)
  values.kind, values.alive = kind, true
  return values
end

project.pointer = pointer

-- Pooled takes share one source, in a copy as well: `copies` remembers which source has become which.
local function copy_source(source, copies)
  if copies[source] then return copies[source] end
  local copied = { length = source.length, notes = {}, sorted = source.sorted, is_midi = source.is_midi }
  for index, note in ipairs(source.notes) do
    local other = {}
    for name, value in pairs(note) do other[name] = value end
    copied.notes[index] = other
  end
  copies[source] = copied
  return copied
end

--- @param has_forgotten the copy has a GUID of its own and no P_EXT
function project.copy_take(world, take, item, copies, has_forgotten)
  local ext = {}
  for key, value in pairs(has_forgotten and {} or take.ext) do ext[key] = value end
  return pointer("MediaItem_Take*", {
    item = item, source = copy_source(take.source, copies), name = take.name, ext = ext, rate = take.rate,
    offset = take.offset, guid = has_forgotten and world:_guid() or take.guid, can_hold_notes = take.can_hold_notes,
  })
end

local function copy_item(world, item, track, copies)
  local copied = pointer("MediaItem*", {
    track = track, position = item.position, length = item.length, loops = item.loops, selected = item.selected,
    lane = item.lane, takes = {}, active = item.active,
  })
  for index, take in ipairs(item.takes) do copied.takes[index] = project.copy_take(world, take, copied, copies) end
  return copied
end

function project.copy_tracks(world, tracks)
  local copied, copies = {}, {}
  for index, track in ipairs(tracks) do
    local other = pointer("MediaTrack*", {
      name = track.name, free_mode = track.free_mode, lane = track.lane, lanes = track.lanes, items = {},
    })
    for number, item in ipairs(track.items) do other.items[number] = copy_item(world, item, other, copies) end
    copied[index] = other
  end
  return copied
end

local function kill_takes(item)
  for _, take in ipairs(item.takes) do take.alive = false end
end

function project.kill_all(tracks)
  for _, track in ipairs(tracks) do
    track.alive = false
    for _, item in ipairs(track.items) do
      item.alive = false
      kill_takes(item)
    end
  end
end

function project.kill_item(track, item)
  for index, other in ipairs(track.items) do
    if other == item then table.remove(track.items, index) end
  end
  item.alive = false
  kill_takes(item)
end

--- Every pointer to a take of an item becomes void, though the takes stay.
function project.renew_takes(world, item)
  kill_takes(item)
  local copies = {}
  for index, take in ipairs(item.takes) do
    copies[take.source] = take.source
    item.takes[index] = project.copy_take(world, take, item, copies)
  end
end

local function note_line(note)
  return string.format(
    "%.6f %.6f %d %d %d %s", note.first, note.last, note.channel, note.pitch, note.velocity, tostring(note.muted)
  )
end

--- A source's notes as text.
function project.notes_text(source)
  local lines = {}
  for index, note in ipairs(source.notes) do lines[index] = note_line(note) end
  table.sort(lines)
  return table.concat(lines, "|")
end

local function describe_take(take)
  local ext = {}
  for key, value in pairs(take.ext) do ext[#ext + 1] = key .. "=" .. value end
  table.sort(ext)
  return string.format(
    "  take %s %s %s rate %g offset %g\n  %d %s", take.name, take.guid, table.concat(ext, ","), take.rate, take.offset,
    take.source.length, project.notes_text(take.source)
  )
end

--- An item as text.
function project.describe_item(item, is_without_selection)
  local lines = { string.format(
    " item %.9f %.9f %s %s active %d lane %d", item.position, item.length, tostring(item.loops),
    is_without_selection and "" or tostring(item.selected), item.active, item.lane
  ) }
  for _, take in ipairs(item.takes) do lines[#lines + 1] = describe_take(take) end
  return table.concat(lines, "\n")
end

--- Everything that undo must bring back, as text.
function project.describe(of, is_without_selection)
  local lines = {}
  for _, track in ipairs(of.tracks) do
    lines[#lines + 1] = string.format("track %s %d %d", track.name, track.free_mode, track.lanes)
    local items = { table.unpack(track.items) }
    table.sort(items, function(a, b) return a.position < b.position end)
    for _, item in ipairs(items) do lines[#lines + 1] = project.describe_item(item, is_without_selection) end
  end
  return table.concat(lines, "\n")
end

function project.all_items(of)
  local items = {}
  for _, track in ipairs(of.tracks) do
    for _, item in ipairs(track.items) do items[#items + 1] = item end
  end
  return items
end

function project.new(markers)
  return pointer("ReaProject*", { tracks = {}, tempo = tempo.new(markers) })
end

function project.new_track(name)
  return pointer("MediaTrack*", { name = name, free_mode = 0, lane = 0, lanes = 0, items = {} })
end

-- Where a take's ticks lie depends on its item's start, its offset and its play rate.
function project.qn_of(of, take, ppq)
  return of.tempo:qn(take.item.position) + (ppq / PPQ - take.offset) / take.rate
end

function project.ppq_of(of, take, qn)
  return ((qn - of.tempo:qn(take.item.position)) * take.rate + take.offset) * PPQ
end

--- MIDI_GetAllEvts: offsets, flags and messages, up to the event that ends the item.
function project.packed_events(source)
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

return project
