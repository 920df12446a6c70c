-- @noindex
-- Notes and clips in the bridge's ticks, 960 to the quarter note. Pure.
--
-- A note is { pitch, onset, duration, velocity } by name, onsets counted from its clip's start. REAPER's side is in
-- quarter notes (qn) of project time, counted from the project's start.

local notes = { TICKS = 960 }

local function rounded(number)
  return math.floor(number + 0.5)
end

function notes.ticks(qn)
  return rounded(qn * notes.TICKS)
end

local function by_onset(a, b)
  if a.onset ~= b.onset then return a.onset < b.onset end
  if a.pitch ~= b.pitch then return a.pitch < b.pitch end
  return a.duration > b.duration
end

-- The same notes in order, doubles out, none of which sounds while another of its pitch begins.
function notes.without_overlaps(list)
  local sorted, kept, last = table.move(list, 1, #list, 1, {}), {}, {}
  table.sort(sorted, by_onset)
  for _, note in ipairs(sorted) do
    local before = last[note.pitch]
    if not (before and before.onset == note.onset) then
      if before then before.duration = math.min(before.duration, note.onset - before.onset) end
      local copy = {
        pitch = note.pitch,
        onset = note.onset,
        duration = note.duration,
        velocity = note.velocity,
      }
      kept[#kept + 1], last[note.pitch] = copy, copy
    end
  end
  return kept
end

-- The part of the notes that lies in [from, to), counted from `from`.
function notes.cut(list, from, to)
  local kept = {}
  for _, note in ipairs(list) do
    local onset = math.max(note.onset, from)
    local stop = math.min(note.onset + note.duration, to)
    if stop > onset then
      kept[#kept + 1] =
        { pitch = note.pitch, onset = onset - from, duration = stop - onset, velocity = note.velocity }
    end
  end
  return kept
end

-- What is sounding between two quarter notes, as a clip's notes. `heard`: on_qn, off_qn, pitch, velocity.
function notes.from_qn(heard, start_qn, length)
  local list = {}
  for _, note in ipairs(heard) do
    local onset = notes.ticks(note.on_qn - start_qn)
    local stop = math.min(notes.ticks(note.off_qn - start_qn), length)
    if onset < length then
      local duration = math.max(1, stop - onset)
      list[#list + 1] =
        { pitch = note.pitch, onset = onset, duration = duration, velocity = note.velocity }
    end
  end
  return notes.without_overlaps(list)
end

-- Where clips begin and end for the bridge, which counts bars from a clip's start. `span`: start_qn, end_qn;
-- `meter`: numerator, denominator, line_qn (a bar line of the meter in which the span ends). Bars are counted back
-- from that line, through meters before it, and the clip begins on the one at or before the span's start: `pad`
-- ticks of silence come first.
function notes.frame(span, meter)
  local bar_qn = meter.numerator * 4 / meter.denominator
  local bars = math.ceil((meter.line_qn - span.start_qn) / bar_qn - 1e-4)
  local first_qn = meter.line_qn - bars * bar_qn
  local pad = math.max(0, notes.ticks(span.start_qn - first_qn))
  return {
    start_qn = span.start_qn - pad / notes.TICKS,
    pad = pad,
    length = pad + math.max(1, notes.ticks(span.end_qn - span.start_qn)),
    bar_qn = bar_qn,
  }
end

-- The frame without the whole bars at both ends in which nothing sounds: for notes that were picked out. Whole bars
-- go, so that what follows still falls on the same beat of the bar.
function notes.tightened(frame, heard)
  local first, last = math.huge, -math.huge
  for _, note in ipairs(heard) do
    first, last = math.min(first, note.on_qn), math.max(last, note.off_qn)
  end
  local length_qn = frame.length / notes.TICKS
  local front = math.max(0, math.floor((first - frame.start_qn) / frame.bar_qn + 1e-4))
  local back = math.max(0, math.floor((frame.start_qn + length_qn - last) / frame.bar_qn + 1e-4))
  return {
    start_qn = frame.start_qn + front * frame.bar_qn,
    pad = 0,
    length = frame.length - notes.ticks((front + back) * frame.bar_qn),
    bar_qn = frame.bar_qn,
  }
end

-- The beats of an answer: `bars` bars, or as many beats as the clip has with `most` bars at most.
function notes.beats(bars, most, frame)
  if bars > 0 then return bars * frame.bar_qn end
  return math.min((frame.length - frame.pad) / notes.TICKS, most * frame.bar_qn)
end

return notes
