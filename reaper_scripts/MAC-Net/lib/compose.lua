-- @noindex
-- Continue, Accompany, Vary, Another: from the items that are meant to items of takes.

local change = require("change")
local host = require("host")
local memo = require("memo")
local notes = require("notes")
local reasons = require("reasons")
local sources_of = require("sources")
local take = require("take")
local talk = require("talk")
local wire = require("wire")

local compose = {}

local function clips_of(sources)
  local clips = {}
  for index, source in ipairs(sources) do
    clips[index] = notes.clip(source.heard, source.span, source.role, source.name)
  end
  return clips
end

-- Each voice answers on the channel that its source is on; a voice that is new on the one of the other.
local function channels_of(sources)
  local first, channels = notes.channel(sources[1].heard), {}
  for _, role in ipairs({ "melody", "accompaniment" }) do channels[role] = first end
  for _, source in ipairs(sources) do channels[source.role] = notes.channel(source.heard) end
  return channels
end

local function options_of(project, settings, at)
  return {
    temperature = settings.temperature, key = settings.key, similarity = settings.similarity, feel = settings.feel,
    rhythm = settings.rhythm, voices = settings.voices, tempo_bpm = take.tempo_bpm(project, at),
  }
end

--- What Continue, Accompany or Vary ask for, and where the answer is to lie.
function compose.job(project, kind, settings, sources)
  local first = sources[1]
  local bar = first.span.numerator * 4 / first.span.denominator
  local rest = notes.to_bar_line(first.extent.last, first.span.bar)
  local length = kind == "continue" and settings.bars * bar + rest or first.span.last - first.span.first
  local items, heard = {}, {}
  for _, source in ipairs(sources) do
    items[source.role] = source.item
    for _, item in ipairs(source.items) do heard[#heard + 1] = item end
  end
  return {
    project = project, kind = kind, settings = settings, items = items, heard = heard, name = first.name, role = first.role,
    primer = take.guid(first.item), channels = channels_of(sources), clips = clips_of(sources),
    options = options_of(project, settings, first.extent.first),
    ticks = notes.round(length * notes.TICKS), variations = settings.variations,
    -- Accompany and Vary answer the whole clip, which may begin on the bar line before the item does.
    first = kind == "accompany" and first.span.first or first.extent.last,
  }
end

local function request_of(job)
  return wire.request({
    kind = job.kind, clips = job.clips, length = job.ticks, variations = job.variations, options = job.options,
    rng_seed = host.rng_seed(), model = job.settings.model ~= "" and job.settings.model or nil,
  })
end

local function take_name(job, answer, number, total, welcome)
  local base = job.name ~= "" and job.name or "MAC-Net"
  return string.format("%s › %d/%d %s #%d", base, number, total, welcome.model, answer.rng_seed)
end

local function memo_of(job, answer, number, role, group)
  local kept = {
    macnet = 1, group = group, round = job.round or 1, variation = number, role = role, take_id = answer.take_id,
    rng_seed = answer.rng_seed, kind = job.kind, ticks = job.ticks, primer = job.primer, name = job.name,
    variations = job.variations, primer_role = job.role, channel = job.channels[role],
  }
  for name, value in pairs(job.options) do kept["option." .. name] = value end
  for _, clip in ipairs(job.clips) do kept["clip." .. clip.role] = memo.format_clip(clip) end
  return kept
end

-- What is written of one voice: an array of { clip, name, memo }.
local function written_of(job, answers, role, welcome)
  local written = {}
  for number, answer in ipairs(answers) do
    local clip = answer.clips[role]
    if clip then
      written[#written + 1] = {
        clip = clip,
        channel = job.channels[role],
        name = take_name(job, answer, number, #answers, welcome),
        memo = memo_of(job, answer, number, role, job.group),
      }
    end
  end
  return written
end

local function track_of(job, role)
  local item = job.items[role]
  if item then return take.track(item) end
  return take.track_named(job.project, job.settings.track)
end

-- The track for a voice: its own, if there is room; else a new one below `beside`. Also whether it is a substitute.
local function room_for(job, role, last, beside)
  local track = track_of(job, role)
  local wants_lanes = job.settings.lanes == "yes" and take.knows_lanes()
  if track and not wants_lanes and not take.has_lanes(track) and take.is_free(job.project, track, job.first, last) then
    return track, false
  end
  local name = (job.name ~= "" and job.name or "MAC-Net") .. " › " .. role
  return change.track_below(job.project, beside, name), job.items[role] ~= nil
end

local VOICES = { "melody", "accompaniment" }

local function place_of(job, track, into)
  local first = into and take.extent(job.project, into).first or job.first
  return { track = track, first = first, last = first + job.ticks / notes.TICKS }
end

local function land(job, answers, welcome)
  local last = job.first + job.ticks / notes.TICKS
  local items, is_elsewhere = {}, false
  local beside = take.track(job.items[job.role] or select(2, next(job.items)))
  for _, role in ipairs(VOICES) do
    local written = written_of(job, answers, role, welcome)
    if #written > 0 then
      local into = job.into and job.into[role]
      local track, is_substitute
      if into then
        track = take.track(into)
      else
        track, is_substitute = room_for(job, role, last, beside)
      end
      is_elsewhere = is_elsewhere or is_substitute == true
      items[#items + 1] = change.write(job.project, place_of(job, track, into), written, into)
      if not job.items[role] then beside = track end
    end
  end
  if job.settings.lanes == "yes" and take.knows_lanes() and not job.into and #answers > 1 then
    change.to_lanes(job.project, items)
    items = take.find(job.project, function(memo_found) return memo_found.group == job.group end)
  end
  return items, is_elsewhere
end

local function still_there(job)
  if not take.is_open(job.project) then return false, reasons.project_gone end
  for _, items in ipairs({ job.items, job.heard or {}, job.into or {} }) do
    for _, item in pairs(items) do
      if not take.is_alive(job.project, item) then return false, reasons.item_gone end
    end
  end
  return true
end

local function report(count, is_elsewhere)
  if is_elsewhere then return reasons.landed_elsewhere end
  return count == 1 and reasons.landed_one or reasons.landed:format(count)
end

local function makers_of(job)
  local makers = {}
  if job.settings.model ~= "" then
    makers[1] = function() return wire.message("/macnet/model/use", { job.settings.model }) end
  end
  makers[#makers + 1] = function() return request_of(job) end
  return makers
end

--- Ask for a job's music and write it, in one undo step called `title`.
-- @param on optional { landed(items, answers), failed(text or nil), should_stop(), is_patient }
function compose.run(title, job, on)
  job.group = job.group or string.format("%x-%x", os.time(), wire.next_id())
  local failed = on and on.failed or function(text) if text then host.say(text) end end
  host.say(reasons.asking)
  talk[(on and on.is_patient) and "hold" or "hold_or_start"](makers_of(job), {
    settings = job.settings,
    should_stop = on and on.should_stop,
    progress = function(share)
      if share > 0 then host.say(reasons.composing:format(math.floor(share * 100))) end
    end,
    failed = function(failure)
      if failure and failure.code == "request.cancelled" then return failed(nil) end -- who cancelled knows
      failed(failure and reasons.failed:format(failure.message, failure.hint or ""))
    end,
    done = function(conversation, welcome)
      if job.settings.model ~= "" then welcome.model = job.settings.model end
      local answers = conversation:answer()
      -- Several of REAPER's functions only know the active project: another tab in front has to go first.
      host.every_tick(function()
        local fine, reason = still_there(job)
        if not fine then
          failed(reason)
          return true
        end
        if take.project() ~= job.project then return false end
        local items, is_elsewhere = change.as_one_step(job.project, title, function()
          return land(job, answers, welcome)
        end)
        host.say(report(#answers, is_elsewhere))
        if on and on.landed then on.landed(items, answers) end
        return true
      end)
    end,
  })
end

--- The action: what is meant, asked, written.
function compose.action(title, kind, settings)
  local project = take.project()
  local sources, reason = sources_of(project, settings.role)
  if not sources then
    return host.say(reason)
  end
  compose.run(title, compose.job(project, kind, settings, sources))
end

return compose
