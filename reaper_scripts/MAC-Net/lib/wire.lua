-- @noindex
-- Protocol 1 of the bridge: what its messages are called and what they hold. The only file here that spells an
-- address. Pure.

local osc = require("osc")

local wire = { PROTOCOL = 1, PORT = 9471, NOTES_A_PACKET = 45, NUMBERS_A_PACKET = 180 }

-- A message's address, the letters of its arguments (n: int or float, as it comes) and their names. `rest` names
-- what repeats after them: its letters and how many of them make one entry.
local MESSAGES = {
  hello = { "/macnet/hello", "iisi", { "id", "protocol", "client", "reply_port" } },
  clip = {
    "/macnet/clip",
    "isiiiiis",
    { "id", "role", "length", "numerator", "denominator", "notes", "packets", "name" },
  },
  clip_notes = { "/macnet/clip/notes", "isi", { "id", "role", "packet" }, rest = 4 },
  continue = { "/macnet/continue", "inii", { "id", "beats", "variations", "rng_seed" }, rest = 2 },
  accompany = { "/macnet/accompany", "iii", { "id", "variations", "rng_seed" }, rest = 2 },
  vary = { "/macnet/vary", "iii", { "id", "variations", "rng_seed" }, rest = 2 },
  generate = { "/macnet/generate", "inii", { "id", "beats", "variations", "rng_seed" }, rest = 2 },
  cancel = { "/macnet/cancel", "i", { "id" } },
  resend = { "/macnet/resend", "iis", { "id", "variation", "role" }, rest = 1 },
  models = { "/macnet/models", "i", { "id" } },
  use_model = { "/macnet/model/use", "is", { "id", "name" } },
  star = { "/macnet/take/star", "iii", { "id", "take", "starred" } },
  welcome = { "/macnet/welcome", "iiss", { "id", "protocol", "version", "model" } },
  accepted = { "/macnet/accepted", "i", { "id" } },
  missing = { "/macnet/missing", "is", { "id", "role" }, rest = 1 },
  progress = { "/macnet/progress", "in", { "id", "fraction" } },
  take = {
    "/macnet/take",
    "iiisiiiis",
    { "id", "variation", "take", "role", "length", "notes", "packets", "rng_seed", "name" },
  },
  take_notes = { "/macnet/take/notes", "iisi", { "id", "variation", "role", "packet" }, rest = 4 },
  model = { "/macnet/model", "isssi", { "id", "name", "version", "description", "in_use" } },
  notice = { "/macnet/notice", "iss", { "id", "code", "text" } },
  done = { "/macnet/done", "iii", { "id", "variations", "announcements" } },
  fail = { "/macnet/fail", "isss", { "id", "code", "message", "hint" } },
}

local KINDS = {}
for kind, message in pairs(MESSAGES) do
  KINDS[message[1]] = kind
end

local function fits(letter, value)
  if letter == "s" then return type(value) == "string" end
  if letter == "i" then return math.type(value) == "integer" end
  return type(value) == "number"
end

local function append_rest(letters, args, rest)
  for _, entry in ipairs(rest or {}) do
    for _, value in ipairs(entry) do
      letters[#letters + 1] = osc.letter(value)
      args[#args + 1] = value
    end
  end
end

-- The packet of a message: `fields` by name, `rest` a list of entries (notes, numbers or pairs).
function wire.encode(kind, fields, rest)
  local message = MESSAGES[kind]
  local letters, args = {}, {}
  for at, name in ipairs(message[3]) do
    local letter = message[2]:sub(at, at)
    letters[at] = letter == "n" and osc.letter(fields[name]) or letter
    args[at] = fields[name]
  end
  append_rest(letters, args, rest)
  return osc.encode(message[1], table.concat(letters), args)
end

local function read_fields(message, args)
  local fields = {}
  for at, name in ipairs(message[3]) do
    if not fits(message[2]:sub(at, at), args[at]) then return nil end
    fields[name] = args[at]
  end
  return fields
end

-- Entries of `size` arguments each from position `first` on; nil where the last is not whole.
local function read_rest(args, first, size)
  local entries = {}
  if (#args - first + 1) % size ~= 0 then return nil end
  for at = first, #args, size do
    entries[#entries + 1] = { table.unpack(args, at, at + size - 1) }
  end
  return entries
end

-- What a packet says: a table with its `kind`, its fields and its `rest`; nil for anything that is not ours.
function wire.decode(packet)
  local address, args = osc.decode(packet)
  local message = address and MESSAGES[KINDS[address]]
  local fields = message and read_fields(message, args)
  if not fields then return nil end
  fields.kind = KINDS[address]
  if message.rest then
    fields.rest = read_rest(args, #message[3] + 1, message.rest)
    if not fields.rest then return nil end
  end
  return fields
end

-- A text that the wire carries: valid UTF-8 of at most `size` bytes.
function wire.text(text, size)
  if not utf8.len(text) then text = text:gsub("[\128-\255]", "?") end
  if #text <= size then return text end
  return text:sub(1, utf8.offset(text, 0, size + 1) - 1)
end

local function packets_of(notes)
  local packets = {}
  for first = 1, #notes, wire.NOTES_A_PACKET do
    local rows = {}
    for at = first, math.min(first + wire.NOTES_A_PACKET - 1, #notes) do
      local note = notes[at]
      rows[#rows + 1] = { note.pitch, note.onset, note.duration, note.velocity }
    end
    packets[#packets + 1] = rows
  end
  return packets
end

-- The packets that hand a clip over, each with the role and number by which the bridge asks for it again; the
-- announcement has number -1. `clip`: length, numerator, denominator, notes, name.
function wire.clip_packets(id, role, clip)
  local notes = packets_of(clip.notes)
  local head = {
    id = id,
    role = role,
    length = clip.length,
    numerator = clip.numerator,
    denominator = clip.denominator,
    notes = #clip.notes,
    packets = #notes,
    name = wire.text(clip.name, 200),
  }
  local parts = { { role = role, number = -1, packet = wire.encode("clip", head) } }
  for at, rows in ipairs(notes) do
    local fields = { id = id, role = role, packet = at - 1 }
    parts[#parts + 1] = { role = role, number = at - 1, packet = wire.encode("clip_notes", fields, rows) }
  end
  return parts
end

return wire
