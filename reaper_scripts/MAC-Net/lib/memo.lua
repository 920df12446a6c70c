-- @noindex
-- What is kept with a take (its P_EXT) so that Another, Star and a reopened project know how it came about: flat
-- names and values as one line of text. Pure.

local memo = {}

local function escape(text)
  return (tostring(text):gsub("[%%;=%c]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- A table of strings and numbers as text, the names in order.
function memo.format(values)
  local names, parts = {}, {}
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do parts[#parts + 1] = escape(name) .. "=" .. escape(values[name]) end
  return table.concat(parts, ";")
end

--- The table back, all values strings; nil where the text is none of ours.
function memo.parse(text)
  if not text or not text:find("macnet=", 1, true) then return nil end
  local values = {}
  for part in text:gmatch("[^;]+") do
    local name, value = part:match("^([^=]*)=(.*)$")
    if not name then return nil end
    values[unescape(name)] = unescape(value)
  end
  return values
end

--- A clip as text: head, then the numbers of its notes.
function memo.format_clip(clip)
  local numbers = { clip.length, clip.numerator, clip.denominator }
  for _, note in ipairs(clip.notes) do
    for _, name in ipairs({ "onset", "pitch", "duration", "velocity" }) do numbers[#numbers + 1] = note[name] end
  end
  for index, number in ipairs(numbers) do numbers[index] = string.format("%d", number) end
  return clip.role .. " " .. table.concat(numbers, " ")
end

--- The clip back; nil where the text is damaged.
function memo.parse_clip(text, name)
  local role, rest = (text or ""):match("^(%a+) ([%d ]+)$")
  if not role then return nil end
  local numbers = {}
  for number in rest:gmatch("%d+") do numbers[#numbers + 1] = math.tointeger(tonumber(number)) end
  if #numbers < 3 or (#numbers - 3) % 4 ~= 0 then return nil end
  local clip = {
    role = role, name = name, length = numbers[1], numerator = numbers[2], denominator = numbers[3], notes = {},
  }
  for index = 4, #numbers, 4 do
    clip.notes[#clip.notes + 1] = {
      onset = numbers[index], pitch = numbers[index + 1], duration = numbers[index + 2], velocity = numbers[index + 3],
    }
  end
  return clip
end

return memo
