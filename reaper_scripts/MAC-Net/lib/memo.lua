-- @noindex
-- What is remembered with a take of ours, as one line of text: name=value, joined by &. Pure.

local memo = {}

local NUMBERS = { "v", "n", "variation", "take", "rng", "beats", "starred", "count", "made" }
local IS_NUMBER = {}
for _, name in ipairs(NUMBERS) do
  IS_NUMBER[name] = true
end

local function escaped(text)
  return (text:gsub("[^%w%.%-_{}]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local function plain(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- One line for a table of texts and numbers.
function memo.format(fields)
  local parts = {}
  for name, value in pairs(fields) do
    parts[#parts + 1] = escaped(name) .. "=" .. escaped(tostring(value))
  end
  table.sort(parts)
  return table.concat(parts, "&")
end

-- The table that a line holds; nil where it is none of ours.
function memo.parse(line)
  local fields = {}
  for name, value in line:gmatch("([^&=]+)=([^&]*)") do
    name, value = plain(name), plain(value)
    if IS_NUMBER[name] then
      fields[name] = math.tointeger(tonumber(value)) or tonumber(value)
    else
      fields[name] = value
    end
  end
  return fields.answer and fields.v and fields or nil
end

return memo
