-- @noindex
-- Endless: item after item ahead of the play cursor, each going on from those before it, until the action runs again.

local compose = require("compose")
local host = require("host")
local notes = require("notes")
local reasons = require("reasons")
local sources_of = require("sources")
local take = require("take")

local endless = {}

local RUNNING = "endless" -- what a second run of the action finds, and turns off
local AHEAD_S = 12 -- the music reaches at least this far beyond the cursor
local HEARD_BARS = 16 -- how much of what has been played the next part goes on from

local function ahead_s(project, last)
  local _, position = host.transport_state(project)
  return take.seconds(project, last) - position
end

local function lengthened(clips, answer)
  local longer = {}
  for _, role in ipairs({ "melody", "accompaniment" }) do
    local before, after = clips[role], answer.clips[role]
    if after and not before then
      local other = clips.melody or clips.accompaniment
      before = { role = role, name = other.name, numerator = other.numerator, denominator = other.denominator,
        length = other.length, notes = {} }
    end
    if before then
      local whole = after and notes.joined(before, after) or before
      local bar = whole.numerator * 4 * notes.TICKS // whole.denominator
      longer[role] = notes.tail(whole, HEARD_BARS * bar)
    end
  end
  return longer
end

local function by_role(clips)
  local found = {}
  for _, clip in ipairs(clips) do found[clip.role] = clip end
  return found
end

local function as_list(clips)
  local list = {}
  for _, role in ipairs({ "melody", "accompaniment" }) do
    local clip = clips[role]
    if clip and #clip.notes > 0 then list[#list + 1] = clip end
  end
  return list
end

local function items_by_role(items)
  local found = {}
  for _, item in ipairs(items) do found[take.memo(item).role] = item end
  return found
end

local function is_blocked(job)
  local last = job.first + job.ticks / notes.TICKS
  for _, item in pairs(job.items) do
    local track = take.track(item)
    if not take.is_free(job.project, track, job.first, last) or take.has_lanes(track) then return true end
  end
  return false
end

local function loop(title, job)
  local self = { job = job, clips = by_role(job.clips), is_asking = false, is_over = false }

  local function stop(text)
    self.is_over = true
    if text then host.say(text) end
  end

  local function landed(items, answers)
    self.is_asking = false
    if #items == 0 then return stop(reasons.endless_off) end
    self.clips = lengthened(self.clips, answers[1])
    local bar = job.clips[1].numerator * 4 * notes.TICKS // job.clips[1].denominator
    job.first = job.first + job.ticks / notes.TICKS
    job.ticks = job.settings.bars * bar
    job.items, job.heard, job.clips = items_by_role(items), nil, as_list(self.clips)
    job.group, job.round = nil, nil
  end

  local function ask()
    if is_blocked(job) then return stop(reasons.endless_blocked) end
    self.is_asking = true
    compose.run(title, job, {
      is_patient = self.has_begun,
      landed = landed,
      failed = function(text) stop(text or reasons.endless_off) end,
      should_stop = function() return host.noted(RUNNING) ~= self.token end,
    })
    self.has_begun = true
  end

  self.token = tostring(host.now())
  host.note(RUNNING, self.token)
  host.every_tick(function()
    if host.noted(RUNNING) ~= self.token and not self.is_over then stop(reasons.endless_off) end
    if self.is_over then
      if host.noted(RUNNING) == self.token then host.note(RUNNING, nil) end
      host.toggle_off()
      return true
    end
    if not take.is_open(job.project) then
      stop(reasons.project_gone)
    elseif not self.is_asking and ahead_s(job.project, job.first) < AHEAD_S then
      ask()
    end
    return false
  end)
end

--- Begin; or, while it runs, stop.
function endless.toggle(title)
  if host.noted(RUNNING) then
    host.note(RUNNING, nil)
    return host.say(reasons.endless_off)
  end
  local project, settings = take.project(), host.settings()
  local sources, reason = sources_of(project, settings.role)
  if not sources then
    return host.say(reason)
  end
  settings.variations, settings.lanes = 1, "no"
  host.toggle_on()
  host.at_exit(function() -- REAPER 7 ends this run when the action runs again, without starting another
    if host.noted(RUNNING) then host.say(reasons.endless_off) end
    host.note(RUNNING, nil)
    host.toggle_off()
  end)
  host.say(reasons.endless_on:format(settings.bars))
  loop(title, compose.job(project, "continue", settings, sources))
end

return endless
