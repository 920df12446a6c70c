-- @noindex
-- OSC 1.0 messages <-> bytes: ints, floats and strings, one message a packet. Pure.
-- Runs on Lua 5.3 (REAPER 6) and 5.4 (REAPER 7).

local osc = {}

local function padded(text)
  return text .. string.rep("\0", 4 - #text % 4)
end

local encoders = {
  i = function(value) return string.pack(">i4", math.floor(value)) end,
  f = function(value) return string.pack(">f", value) end,
  s = function(value) return padded((tostring(value):gsub("%z.*", ""))) end,
}

local function type_of(value)
  if type(value) == "string" then return "s" end
  if type(value) ~= "number" then error("an OSC argument is a number or a string, not a " .. type(value), 3) end
  local is_whole = math.tointeger(value) ~= nil and value >= -2147483648 and value <= 2147483647
  return is_whole and "i" or "f"
end

--- The packet of a message. Whole numbers travel as ints, others as 32-bit floats.
-- @param address such as "/macnet/hello"
-- @param args array of numbers and strings
-- @param types one letter an argument, for those who must choose; found out when left out
function osc.encode(address, args, types)
  local letters, bytes = {}, {}
  for index, value in ipairs(args) do
    letters[index] = types and types:sub(index, index) or type_of(value)
    bytes[index] = encoders[letters[index]](value)
  end
  return padded(address) .. padded("," .. table.concat(letters)) .. table.concat(bytes)
end

local function read_string(packet, at)
  local stop = packet:find("\0", at, true)
  if not stop then error("a string without an end") end
  return packet:sub(at, stop - 1), at + (stop - at) // 4 * 4 + 4
end

local decoders = {
  i = function(packet, at) return string.unpack(">i4", packet, at) end,
  f = function(packet, at) return string.unpack(">f", packet, at) end,
  h = function(packet, at) return string.unpack(">i8", packet, at) end,
  d = function(packet, at) return string.unpack(">d", packet, at) end,
  s = read_string,
}

local function decode(packet)
  local address, at = read_string(packet, 1)
  if address:sub(1, 1) ~= "/" then error("no address") end
  local types
  types, at = read_string(packet, at)
  if types:sub(1, 1) ~= "," then error("no types") end
  local args = {}
  for letter in types:sub(2):gmatch(".") do
    local read = decoders[letter]
    if not read then error("type " .. letter) end
    args[#args + 1], at = read(packet, at)
  end
  return { address = address, types = types:sub(2), args = args }
end

--- The message in a packet: `address`, `types`, `args`; or nil and what is wrong. Never raises.
function osc.decode(packet)
  local fine, result = pcall(decode, packet)
  if fine then return result end
  return nil, tostring(result)
end

return osc
