-- @noindex
-- Where project time, quarter notes and bars meet. All musical positions here are quarter notes counted from the
-- project's start whatever its measures ("abs" in REAPER), so that differences are what is heard.

local clock = {}

local NEAR_QN = 1 / 240 -- an item that ends this near to a bar line ends on it
local DENOMINATORS = { [1] = 1, [2] = 2, [4] = 4, [8] = 8, [16] = 16, [32] = 32, [64] = 64 }

function clock.qn(project, time)
  return reaper.TimeMap_timeToQN_abs(project, time)
end

function clock.time(project, qn)
  return reaper.TimeMap_QNToTime_abs(project, qn)
end

-- The meter that holds just before a time, with a bar line of it (line_qn); nil and the reason where the bridge
-- cannot count it.
function clock.meter_before(project, time)
  local qn = clock.qn(project, time) - NEAR_QN
  local just_before = clock.time(project, qn)
  local numerator, denominator = reaper.TimeMap_GetTimeSigAtTime(project, just_before)
  local beats, _, _, _, beat_denominator = reaper.TimeMap2_timeToBeats(project, just_before)
  if not DENOMINATORS[denominator] then
    return nil, ("The meter %d/%d cannot be counted: its lower number is not 1, 2, 4 ... 64."):format(
      numerator,
      denominator
    )
  end
  return { numerator = numerator, denominator = denominator, line_qn = qn - beats * 4 / beat_denominator }
end

-- Quarter notes a minute just before a time.
function clock.tempo_before(project, time)
  local qn = clock.qn(project, time) - NEAR_QN
  local seconds = clock.time(project, qn + NEAR_QN) - clock.time(project, qn)
  return 60 * NEAR_QN / seconds
end

return clock
