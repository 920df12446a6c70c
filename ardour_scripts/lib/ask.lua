-- What the actions do: the selected regions are read, the bridge is asked, its answer is written. Ardour waits meanwhile.

local line = require("line")
local notes = require("notes")
local region = require("region")
local texts = require("texts")
local wire = require("wire")

local BARS = 8
local VOICES = { "melody", "accompaniment" }
local SAME_PLACE = 1e-3 -- quarter notes

local function source_of(selected)
  if not region.is_midi(selected) then error(texts.not_midi, 0) end
  local extent = region.extent(selected)
  local span = notes.span(region.bar, extent.first, extent.last)
  local all = region.read(selected)
  local heard = notes.heard(all, math.max(extent.first, span.first), extent.last)
  if #heard == 0 then -- the last meter has no notes: what came before it still is music
    heard = notes.heard(all, extent.first, extent.last)
  end
  if #heard == 0 then error(texts.no_notes, 0) end
  local name = region.name(selected):gsub(" > .- #%d+$", "") -- of an answer: of what it was made for
  if notes.are_drums(heard) or notes.is_drum_name(name) then error(texts.only_drums, 0) end
  if heard[1].start < span.first then span.first = region.bar(heard[1].start).first end
  return { region = selected, extent = extent, span = span, heard = heard, name = name }
end

local function with_roles(sources)
  if #sources == 1 then
    sources[1].role = notes.role(sources[1].heard)
    return sources
  end
  local first, second = sources[1], sources[2]
  local is_same_place = math.abs(first.extent.first - second.extent.first) < SAME_PLACE
    and math.abs(first.extent.last - second.extent.last) < SAME_PLACE
  if not is_same_place then error(texts.two_lengths, 0) end
  local melody = notes.melody_of(first.heard, second.heard)
  sources[melody].role, sources[3 - melody].role = "melody", "accompaniment"
  first.span.first = math.min(first.span.first, second.span.first)
  second.span.first = first.span.first
  return sources
end

local function sources_of(editor)
  local selected = region.selected(editor)
  if #selected == 0 then error(texts.nothing_selected, 0) end
  if #selected > 2 then error(texts.too_many, 0) end
  local sources = {}
  for index, each in ipairs(selected) do sources[index] = source_of(each) end
  return with_roles(sources)
end

local function request_of(kind, sources, length)
  local clips = {}
  for index, source in ipairs(sources) do
    clips[index] = notes.clip(source.heard, source.span, source.role, source.name)
  end
  return wire.request({
    kind = kind, clips = clips, length = notes.round(length * notes.TICKS), variations = 1,
    rng_seed = line.now_us() // 1 % 16777216, options = { tempo_bpm = region.tempo_bpm(sources[1].extent.first) },
  })
end

-- Where the answer lies, in quarter notes.
local function place_of(kind, source)
  local span, extent = source.span, source.extent
  if kind == "accompany" then return { first = span.first, length = span.last - span.first } end
  local bar = span.numerator * 4 / span.denominator
  return { first = extent.last, length = BARS * bar + notes.to_bar_line(extent.last, span.bar) }
end

-- The regions of an answer and where they go, one a voice.
local function placed(session, kind, sources, place, answer, model)
  local by_role, found = {}, {}
  for _, source in ipairs(sources) do by_role[source.role] = source end
  for _, role in ipairs(VOICES) do
    if answer.clips[role] then
      local own = by_role[role]
      local source = own or sources[1]
      local made = region.make(session, {
        from = source.region, first = place.first, length = place.length,
        name = string.format("%s > %s #%d", sources[1].name, model, answer.rng_seed),
        notes = notes.fitted(answer.clips[role], notes.round(place.length * notes.TICKS)),
        channel = notes.channel(source.heard),
      })
      local beside = kind == "continue" and own and own.region
      local playlist = region.playlist(session, beside, sources[1].name .. " " .. role, place.first, place.length)
      found[#found + 1] = { region = made, playlist = playlist, first = place.first }
    end
  end
  return found
end

--- Continue or accompany what is selected. An error is a text for the user.
return function(kind, session, editor)
  local sources = sources_of(editor)
  local place = place_of(kind, sources[1])
  local welcome, answer = line.ask(request_of(kind, sources, place.length), region.data_folder(session))
  region.add(session, "MAC-Net: " .. kind, placed(session, kind, sources, place, answer, welcome.model))
end
