-- @noindex
-- Open Sound Control: one message to bytes and back. Pure; runs in Lua 5.3 and 5.4.

local osc = {}

local READERS = { i = ">i4", f = ">f", h = ">i8", d = ">d" }
local MAX_INT = 2 ^ 31

local function padded(text)
  return text .. ("\0"):rep(4 - #text % 4)
end

local WRITERS = {
  i = function(value) return (">i4"):pack(math.tointeger(value)) end,
  f = function(value) return (">f"):pack(value) end,
  s = padded,
}

-- The text that ends at the first zero byte, and where the next field begins.
local function read_text(packet, at)
  local zero = packet:find("\0", at, true)
  if not zero then return nil end
  return packet:sub(at, zero - 1), at + (zero - at) // 4 * 4 + 4
end

local function read_argument(packet, at, letter)
  if letter == "s" then return read_text(packet, at) end
  local form = READERS[letter]
  if not form or at + form:packsize() - 1 > #packet then return nil end
  return form:unpack(packet, at)
end

-- Floats that are whole are ints: programs that know only floats send 60 as 60.0.
local function plain(value)
  local whole = math.type(value) == "float" and math.tointeger(value)
  return whole or value
end

-- The bytes of a message; `types` holds one letter of i, f, s for each argument.
function osc.encode(address, types, args)
  local parts = { padded(address), padded("," .. types) }
  for at = 1, #types do
    parts[#parts + 1] = WRITERS[types:sub(at, at)](args[at])
  end
  return table.concat(parts)
end

-- The address and arguments of a packet, or nil where it is not one whole message.
function osc.decode(packet)
  local address, at = read_text(packet, 1)
  if not address or address:sub(1, 1) ~= "/" then return nil end
  local types
  types, at = read_text(packet, at)
  if not types or types:sub(1, 1) ~= "," then return nil end
  local args = {}
  for index = 2, #types do
    local value
    value, at = read_argument(packet, at, types:sub(index, index))
    if value == nil then return nil end
    args[index - 1] = plain(value)
  end
  return address, args
end

-- The type letter under which a value travels.
function osc.letter(value)
  if type(value) == "string" then return "s" end
  local whole = math.tointeger(value)
  return whole and whole >= -MAX_INT and whole < MAX_INT and "i" or "f"
end

return osc
