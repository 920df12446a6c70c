-- @noindex
-- From notes in project time to a clip on the wire, and back. Pure: quarter notes in, ticks out.

local notes = {}

notes.TICKS = 960 -- a quarter note
local SNAP = 1 / 1920 -- quarter notes: half a tick; what is nearer to a bar line than this lies on it
local NUDGE = 1e-6 -- quarter notes: just before a bar line
local DRUM_CHANNEL = 9

function notes.round(x)
  return math.floor(x + 0.5)
end

--- The notes that start inside [from, to) quarter notes, each cut off at the end.
function notes.inside(all, from, to)
  local inside = {}
  for _, note in ipairs(all) do
    if note.start >= from - SNAP and note.start < to - SNAP then
      note.stop = math.min(note.stop, to)
      inside[#inside + 1] = note
    end
  end
  return inside
end

--- The notes that count: unmuted, starting inside [from, to) quarter notes; the selected ones if any are selected.
function notes.heard(all, from, to)
  local inside, selected = {}, {}
  for _, note in ipairs(all) do
    if not note.muted and note.start >= from - SNAP and note.start < to - SNAP then
      inside[#inside + 1] = note
      if note.selected then selected[#selected + 1] = note end
    end
  end
  return #selected > 0 and selected or inside, #selected > 0
end

function notes.are_drums(heard)
  for _, note in ipairs(heard) do
    if note.channel ~= DRUM_CHANNEL then return false end
  end
  return #heard > 0
end

--- The MIDI channel that most of the notes are on, 0 to 15; of several alike the lowest.
function notes.channel(heard)
  local counts, found = {}, 0
  for _, note in ipairs(heard) do counts[note.channel] = (counts[note.channel] or 0) + 1 end
  for channel = 15, 0, -1 do
    if (counts[channel] or 0) >= (counts[found] or 0) then found = channel end
  end
  return found
end

local DRUM_NAMES = { "drum", "percussion", "snare", "hihat", "hi-hat", "kick" }

--- Whether a take or track is called drums.
function notes.is_drum_name(name)
  for _, word in ipairs(DRUM_NAMES) do
    if name:lower():find(word, 1, true) then return true end
  end
  return false
end

--- Quarter notes from `qn` to the next bar line; 0 on one.
-- @param bar { first, last } of the bar that holds the moment just before `qn`, in quarter notes
function notes.to_bar_line(qn, bar)
  local left = bar.last - qn
  return left > SNAP and left or 0
end

--- The part of [first, last) that has the meter of its end: { first = a bar line, last, numerator, denominator, bar }.
-- The first bar may begin before `first`: music that starts off the bar is a pickup.
-- @param bar_of function from a moment in quarter notes to its bar: { first, last, numerator, denominator }
function notes.span(bar_of, first, last)
  local final = bar_of(last - NUDGE)
  local bar = final
  while bar.first > first + NUDGE do
    local before = bar_of(bar.first - NUDGE)
    if before.numerator ~= final.numerator or before.denominator ~= final.denominator then break end
    bar = before
  end
  return {
    first = bar.first, last = last, numerator = final.numerator, denominator = final.denominator, bar = final,
  }
end

--- A clip for the wire. It starts on the bar line at or before the first note that counts (so that the bridge knows
-- where in the bar the music stands) and ends where the item ends.
-- @param heard notes { start, stop, pitch, velocity } in quarter notes
-- @param span { first = bar line, last = end of the item, numerator, denominator } in quarter notes
function notes.clip(heard, span, role, name)
  local clip = {
    role = role, name = name, numerator = span.numerator, denominator = span.denominator,
    length = math.max(1, notes.round((span.last - span.first) * notes.TICKS)), notes = {},
  }
  for _, note in ipairs(heard) do
    local onset = math.max(0, notes.round((note.start - span.first) * notes.TICKS))
    local stop = math.min(clip.length, notes.round((note.stop - span.first) * notes.TICKS))
    if onset < clip.length then
      clip.notes[#clip.notes + 1] =
        { onset = onset, pitch = note.pitch, duration = math.max(1, stop - onset), velocity = note.velocity }
    end
  end
  table.sort(clip.notes, function(a, b)
    if a.onset ~= b.onset then return a.onset < b.onset end
    return a.pitch < b.pitch
  end)
  return clip
end

--- How much of what is heard sounds together with an earlier note, 0 to 1.
local function chordal(heard)
  local sorted = { table.unpack(heard) }
  table.sort(sorted, function(a, b) return a.start < b.start end)
  local together, latest = 0, -math.huge
  for _, note in ipairs(sorted) do
    if note.start < latest - 0.1 * (note.stop - note.start) then together = together + 1 end
    latest = math.max(latest, note.stop)
  end
  return #sorted > 0 and together / #sorted or 0
end

local function middle(heard)
  local sum = 0
  for _, note in ipairs(heard) do sum = sum + note.pitch end
  return sum / math.max(1, #heard)
end

--- Which voice some notes are: chords and basses are accompaniment.
function notes.role(heard)
  return (chordal(heard) > 0.3 or middle(heard) < 48) and "accompaniment" or "melody"
end

--- Which of two is the melody: 1 or 2. The one with fewer chords; of two alike, the higher.
function notes.melody_of(first, second)
  local difference = chordal(first) - chordal(second)
  if math.abs(difference) > 0.15 then return difference < 0 and 1 or 2 end
  return middle(first) >= middle(second) and 1 or 2
end

local function moved(note, by)
  return { onset = note.onset + by, pitch = note.pitch, duration = note.duration, velocity = note.velocity }
end

--- The last `ticks` of a clip, in whole bars.
function notes.tail(clip, ticks)
  local bar = clip.numerator * 4 * notes.TICKS // clip.denominator
  local cut = math.max(0, clip.length - ticks) // bar * bar
  local kept = {}
  for _, note in ipairs(clip.notes) do
    if note.onset >= cut then kept[#kept + 1] = moved(note, -cut) end
  end
  return {
    role = clip.role, name = clip.name, numerator = clip.numerator, denominator = clip.denominator,
    length = clip.length - cut, notes = kept,
  }
end

--- One clip after another, in the first one's role and meter.
function notes.joined(first, second)
  local whole = notes.tail(first, first.length)
  for _, note in ipairs(second.notes) do whole.notes[#whole.notes + 1] = moved(note, first.length) end
  whole.length = first.length + second.length
  return whole
end

--- The notes of an answer as they are written: inside [0, length), none overlapping another of its pitch.
function notes.fitted(clip, length)
  local sorted = { table.unpack(clip.notes) }
  table.sort(sorted, function(a, b) return a.onset < b.onset end)
  local last, result = {}, {}
  for _, note in ipairs(sorted) do
    local before = last[note.pitch]
    if before then before.stop = math.min(before.stop, note.onset) end
    if note.onset < length and not (before and before.onset == note.onset) then
      local stop = math.min(length, note.onset + note.duration)
      local fitted = { onset = note.onset, stop = stop, pitch = note.pitch, velocity = note.velocity }
      result[#result + 1], last[note.pitch] = fitted, fitted
    end
  end
  return result
end

return notes
