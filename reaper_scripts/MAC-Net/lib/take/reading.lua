-- @noindex
-- What is selected, as clips for the bridge. Reads, and changes nothing.

local clock = require("take.clock")
local items = require("take.items")
local notes = require("notes")
local roles = require("roles")

local reading = {}

local MOST_NOTES = 8192 -- of one clip, in the bridge
local DRUM_CHANNEL = 9
local NEAR_PPQ = 0.5

-- Ticks of the take to a quarter note of its source, which is not 960 everywhere.
local function ticks_per_qn(take)
  local qn = reaper.MIDI_GetProjQNFromPPQPos(take, 0)
  local here, next = reaper.MIDI_GetPPQPosFromProjQN(take, qn), reaper.MIDI_GetPPQPosFromProjQN(take, qn + 1)
  return (next - here) / reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
end

-- The length of the take's source in its ticks.
local function source_ticks(take, start)
  local length, is_qn = reaper.GetMediaSourceLength(reaper.GetMediaItemTake_Source(take))
  if is_qn then return math.floor(length * ticks_per_qn(take) + 0.5) end
  local stop = start + length / reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  local ticks = reaper.MIDI_GetPPQPosFromProjTime(take, stop) - reaper.MIDI_GetPPQPosFromProjTime(take, start)
  return math.floor(ticks + 0.5)
end

-- The notes as the take holds them that are not muted; only the selected ones where there are any.
local function written_notes(take)
  local all, picked = {}, {}
  local _, count = reaper.MIDI_CountEvts(take)
  for index = 0, count - 1 do
    local is_note, is_selected, is_muted, start, stop, channel, pitch, velocity =
      reaper.MIDI_GetNote(take, index)
    if is_note and not is_muted then
      local note = { start = start, stop = stop, channel = channel, pitch = pitch, velocity = velocity }
      all[#all + 1] = note
      if is_selected then picked[#picked + 1] = note end
    end
  end
  if picked[1] then return picked, true end
  return all, false
end

-- What the item plays of them: a looped source over and over, everything cut at the item's edges.
local function played_notes(written, window)
  local played = {}
  for turn = window.first_turn, window.last_turn do
    local shift = turn * window.period
    for _, note in ipairs(written) do
      local start, stop = note.start + shift, math.min(note.stop, window.period) + shift
      local is_heard = start >= window.from - NEAR_PPQ and start < window.to - NEAR_PPQ and stop > start
      if is_heard and note.start < window.period then
        played[#played + 1] = { note = note, start = start, stop = math.min(stop, window.to) }
        if #played > MOST_NOTES then return nil end
      end
    end
  end
  return played
end

local function window_of(item, take)
  local start, stop = items.span(item)
  local window = {
    from = reaper.MIDI_GetPPQPosFromProjTime(take, start),
    to = reaper.MIDI_GetPPQPosFromProjTime(take, stop),
    period = math.huge,
    first_turn = 0,
    last_turn = 0,
  }
  if reaper.GetMediaItemInfo_Value(item, "B_LOOPSRC") == 0 then return window end
  local period = source_ticks(take, start)
  if period <= 0 then return window end
  window.period = period
  window.first_turn = math.floor((window.from + NEAR_PPQ) / period)
  window.last_turn = math.ceil((window.to - NEAR_PPQ) / period) - 1
  return window
end

local function in_qn(project, take, played)
  local heard = {}
  for at, one in ipairs(played) do
    local on = reaper.MIDI_GetProjTimeFromPPQPos(take, one.start)
    local off = reaper.MIDI_GetProjTimeFromPPQPos(take, one.stop)
    heard[at] = {
      on_qn = clock.qn(project, on),
      off_qn = clock.qn(project, off),
      pitch = one.note.pitch,
      velocity = math.max(1, one.note.velocity),
      channel = one.note.channel,
    }
  end
  return heard
end

-- What one item plays: heard notes in quarter notes, its span, names; nil and the reason where there is nothing.
function reading.item(project, item, take)
  local window = window_of(item, take)
  -- A MIDI take with no sense of time (made from a bare source) gives -1 for every position.
  if window.to <= window.from then return nil, "The item is too short, or REAPER cannot read its take." end
  local turns = window.last_turn - window.first_turn + 1
  local written, is_picked = written_notes(take)
  local played = turns <= MOST_NOTES and played_notes(written, window) or nil
  if not played then return nil, ("The item plays more than %d notes: select a part of it."):format(MOST_NOTES) end
  local start, stop = items.span(item)
  return {
    item = item,
    guid = items.guid(take),
    name = items.name(take),
    track = reaper.GetMediaItem_Track(item),
    heard = in_qn(project, take, played),
    is_picked = is_picked,
    start_qn = clock.qn(project, start),
    end_qn = clock.qn(project, stop),
    stop = stop,
  }
end

local function edited_item()
  local editor = reaper.MIDIEditor_GetActive()
  local take = editor and reaper.MIDIEditor_GetTake(editor)
  return take and { item = reaper.GetMediaItemTake_Item(take), take = take } or nil
end

-- The MIDI takes that are meant: the active takes of the selected items, else the take in the MIDI editor.
local function meant_takes(project)
  local meant, selected = {}, items.selected(project)
  for _, item in ipairs(selected) do
    local take = reaper.GetActiveTake(item)
    if take and reaper.TakeIsMIDI(take) then meant[#meant + 1] = { item = item, take = take } end
  end
  if meant[1] then return meant end
  if selected[1] then return nil, "The selected item is not MIDI: select a MIDI item." end
  local edited = edited_item()
  if edited then return { edited } end
  return nil, "Select a MIDI item, or open one in the MIDI editor."
end

reading.meant_takes = meant_takes

local function new_voice(one)
  return {
    track = one.track,
    track_name = items.track_name(one.track),
    parts = {},
    heard = {},
    name = one.name,
    start_qn = math.huge,
    end_qn = -math.huge,
    stop = -math.huge,
    is_picked = false,
  }
end

local function add_to_voice(voice, one)
  voice.parts[#voice.parts + 1] = one
  table.move(one.heard, 1, #one.heard, #voice.heard + 1, voice.heard)
  voice.start_qn = math.min(voice.start_qn, one.start_qn)
  voice.end_qn = math.max(voice.end_qn, one.end_qn)
  voice.stop = math.max(voice.stop, one.stop)
  voice.is_picked = voice.is_picked or one.is_picked
end

-- Items of one track are one voice.
local function voices_of(read)
  local voices, by_track = {}, {}
  for _, one in ipairs(read) do
    local voice = by_track[one.track]
    if not voice then
      voice = new_voice(one)
      by_track[one.track], voices[#voices + 1] = voice, voice
    end
    add_to_voice(voice, one)
  end
  return voices
end

local function all_on_drums(voice)
  for _, note in ipairs(voice.heard) do
    if note.channel ~= DRUM_CHANNEL then return false end
  end
  return voice.heard[1] ~= nil
end

local function why_not(voices)
  if #voices > 2 then return "Select items of one or two tracks: a melody and its accompaniment." end
  local sounding = 0
  for _, voice in ipairs(voices) do
    if voice.heard[1] then sounding = sounding + 1 end
    if all_on_drums(voice) then return "The item plays on channel 10, drums: select a clip with pitches." end
  end
  if sounding == 0 then return "There are no notes that sound in the selected item." end
  if sounding < #voices then return "One of the selected items has no notes that sound: leave it out." end
  local one, two = voices[1], voices[2]
  if two and (one.end_qn <= two.start_qn or two.end_qn <= one.start_qn) then
    return "The selected items of the two tracks do not sound together."
  end
  return nil
end

-- The channel on which a voice mostly plays.
local function channel_of(heard)
  local counts, best = {}, 0
  for _, note in ipairs(heard) do
    counts[note.channel] = (counts[note.channel] or 0) + 1
    if counts[note.channel] > (counts[best] or 0) then best = note.channel end
  end
  return best
end

local function named_voice(voice)
  local role = roles.of_name(voice.name)
  return role and voice.name or voice.track_name
end

local function clip_of(voice, frame, meter)
  return {
    length = frame.length,
    numerator = meter.numerator,
    denominator = meter.denominator,
    notes = notes.from_qn(voice.heard, frame.start_qn, frame.length),
    name = voice.name ~= "" and voice.name or voice.track_name,
  }
end

local function two_roles(project_ask, one, two)
  local first, second, is_open = roles.of_two(one, two)
  if not is_open then return first, second end
  local answer = project_ask(one.name)
  if not answer then return nil end
  if answer == "melody" then return "melody", "accompaniment" end
  return "accompaniment", "melody"
end

-- Give each voice its role; the reason where that cannot be.
local function assign_roles(voices, wanted, ask)
  for _, voice in ipairs(voices) do
    voice.notes = notes.from_qn(voice.heard, voice.start_qn, math.maxinteger)
  end
  local named = {}
  for at, voice in ipairs(voices) do
    named[at] = { name = named_voice(voice), notes = voice.notes }
  end
  if voices[2] then
    voices[1].role, voices[2].role = two_roles(ask, named[1], named[2])
    if not voices[1].role then return "" end
  elseif wanted ~= "auto" then
    voices[1].role = wanted
  else
    voices[1].role = roles.of_clip(named[1].name, voices[1].notes)
  end
  for at, voice in ipairs(voices) do
    if voice.role == "drums" then
      return ("%q is drums by its name: rename it, or choose its role in Continue with options."):format(
        named[at].name
      )
    end
  end
  return nil
end

local function span_of(voices)
  local span = { start_qn = math.huge, end_qn = -math.huge, stop = -math.huge, is_picked = false }
  for _, voice in ipairs(voices) do
    span.start_qn = math.min(span.start_qn, voice.start_qn)
    span.end_qn = math.max(span.end_qn, voice.end_qn)
    span.stop = math.max(span.stop, voice.stop)
    span.is_picked = span.is_picked or voice.is_picked
  end
  return span
end

local function all_heard(voices)
  local heard = {}
  for _, voice in ipairs(voices) do
    table.move(voice.heard, 1, #voice.heard, #heard + 1, heard)
  end
  return heard
end

-- The source of a request from takes ({ item, take } each): voices with role, clip and channel, the frame and the
-- span; nil and the reason where there is none ("" where the user said no). `wanted`: the role of a single voice,
-- or auto. `ask(name)` asks whether that is the melody. `is_whole`: the answer lies over the clip, which then is
-- not tightened around notes that were picked out.
function reading.source(project, takes, settings)
  local read = {}
  for at, meant in ipairs(takes) do
    local one, reason = reading.item(project, meant.item, meant.take)
    if not one then return nil, reason end
    read[at] = one
  end
  local voices = voices_of(read)
  local reason = why_not(voices) or assign_roles(voices, settings.wanted, settings.ask)
  if reason then return nil, reason end
  local span = span_of(voices)
  local meter, why = clock.meter_before(project, span.stop)
  if not meter then return nil, why end
  local frame = notes.frame(span, meter)
  if span.is_picked and not settings.is_whole then frame = notes.tightened(frame, all_heard(voices)) end
  for _, voice in ipairs(voices) do
    voice.clip = clip_of(voice, frame, meter)
    voice.channel = channel_of(voice.heard)
  end
  return {
    voices = voices,
    frame = frame,
    span = span,
    meter = meter,
    tempo_bpm = clock.tempo_before(project, span.stop),
  }
end

return reading
