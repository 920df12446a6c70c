-- A project's tempo and meter map: markers { qn, bpm, numerator, denominator }, each in force until the next.

local tempo = {}
tempo.__index = tempo

--- @param markers array in order, the first at qn 0; meters change on bar lines
function tempo.new(markers)
  local map, seconds = {}, 0
  for index, marker in ipairs(markers) do
    local before = map[index - 1]
    if before then seconds = before.time + (marker.qn - before.qn) * 60 / before.bpm end
    map[index] = {
      qn = marker.qn, time = seconds, bpm = marker.bpm, numerator = marker.numerator, denominator = marker.denominator,
    }
  end
  return setmetatable(map, tempo)
end

function tempo:_at(name, value)
  local found = self[1]
  for _, marker in ipairs(self) do
    if marker[name] <= value + 1e-9 then found = marker end
  end
  return found
end

function tempo:qn(time)
  local marker = self:_at("time", time)
  return marker.qn + (time - marker.time) * marker.bpm / 60
end

function tempo:time(qn)
  local marker = self:_at("qn", qn)
  return marker.time + (qn - marker.qn) * 60 / marker.bpm
end

function tempo:meter(time)
  local marker = self:_at("time", time)
  return marker.numerator, marker.denominator, marker.bpm
end

--- The bar that holds a moment: its number, first and last quarter note.
function tempo:bar(qn)
  local number = 0
  for index, marker in ipairs(self) do
    local after = self[index + 1]
    local size = marker.numerator * 4 / marker.denominator
    if not after or qn < after.qn - 1e-9 then
      local inside = math.floor((qn - marker.qn) / size + 1e-9)
      local first = marker.qn + inside * size
      return number + inside, first, math.min(first + size, after and after.qn or math.huge)
    end
    number = number + math.ceil((after.qn - marker.qn) / size - 1e-9)
  end
end

return tempo
