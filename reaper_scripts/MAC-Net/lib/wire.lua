-- @noindex
-- One conversation with the bridge, protocol 1 (docs/OSC.md): what to send, what came, what got lost. Pure: packets
-- come in and go out as values, and so does the time, in seconds.

local osc = require("osc")

local wire = {}

wire.PROTOCOL = 1
wire.NOTES_A_PACKET = 45
local QUIET_S = 0.15 -- after this long without a packet, what is missing is asked for
local PATIENCE_S = 6 -- no sign of life for this long: the bridge is not there. Progress counts as life.
local REFUSED_S = 1 -- the same, where the system says that nothing listens on the port
local MOST_RESTARTS = 3
local TICKS_A_BEAT = 960

local Conversation = {}
Conversation.__index = Conversation

local ids = math.floor((os.time() % 4000) * 4096 + (os.clock() * 1e6) % 4096)

--- A request id that this script has not used, and a script that ran before it hardly can have.
function wire.next_id()
  ids = ids + 1
  return ids
end

local function notes_packet(id, clip, number)
  local args = { id, clip.role, number }
  for index = number * wire.NOTES_A_PACKET + 1, math.min(#clip.notes, (number + 1) * wire.NOTES_A_PACKET) do
    local note = clip.notes[index]
    for _, value in ipairs({ note.pitch, note.onset, note.duration, note.velocity }) do args[#args + 1] = value end
  end
  return { address = "/macnet/clip/notes", role = clip.role, number = number, args = args }
end

local function clip_packets(id, clip)
  local total = (#clip.notes + wire.NOTES_A_PACKET - 1) // wire.NOTES_A_PACKET
  local head =
    { id, clip.role, clip.length, clip.numerator, clip.denominator, #clip.notes, total, clip.name or "" }
  local packets = { { address = "/macnet/clip", role = clip.role, args = head } }
  for number = 0, total - 1 do packets[#packets + 1] = notes_packet(id, clip, number) end
  return packets
end

local function with_options(args, request)
  local options = { clips = #request.clips > 0 and #request.clips or nil }
  for name, value in pairs(request.options or {}) do options[name] = value end
  local names = {}
  for name in pairs(options) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    args[#args + 1] = name
    args[#args + 1] = options[name]
  end
  return args
end

local function ask_packet(id, request)
  local args = { id }
  if request.kind == "continue" then args[2] = request.length / TICKS_A_BEAT end
  args[#args + 1] = request.variations
  args[#args + 1] = request.rng_seed
  return { address = "/macnet/" .. request.kind, args = with_options(args, request) }
end

local function new(id, packets)
  return setmetatable({
    id = id, packets = packets, outgoing = {}, others = {}, progress = 0, state = "waiting", restarts = 0, preface = {},
    takes = {}, -- variation -> role -> { take_id, length, count, packets, rng_seed, name, parts }
  }, Conversation)
end

--- A conversation that asks for music.
-- @param request kind ("continue", "accompany", "vary"), clips, variations, rng_seed, options, length in ticks, and the model
-- that was asked for, if any
function wire.request(request)
  local id, packets = wire.next_id(), {}
  for _, clip in ipairs(request.clips) do
    for _, packet in ipairs(clip_packets(id, clip)) do packets[#packets + 1] = packet end
  end
  packets[#packets + 1] = ask_packet(id, request)
  local conversation = new(id, packets)
  if request.model then
    conversation.preface = { { address = "/macnet/model/use", args = { wire.next_id(), request.model } } }
  end
  return conversation
end

--- A conversation of one message, such as "/macnet/models" or "/macnet/take/star".
-- @param args those after the id
function wire.message(address, args)
  local id = wire.next_id()
  return new(id, { { address = address, args = { id, table.unpack(args) } } })
end

--- @param client the program that speaks, for the bridge's log
function wire.hello(client)
  return wire.message("/macnet/hello", { wire.PROTOCOL, client, 0 })
end

function Conversation:_queue(packet)
  self.outgoing[#self.outgoing + 1] = osc.encode(packet.address, packet.args)
end

--- Begin: everything is sent once.
function Conversation:start(now)
  self.heard, self.asked = now, now
  for _, packet in ipairs(self.packets) do self:_queue(packet) end
end

function Conversation:cancel()
  if self.state ~= "waiting" then return end
  self.is_cancelling = true
  self:_queue({ address = "/macnet/cancel", args = { self.id } })
end

local function is_wanted(packet, role, numbers)
  if role ~= "auto" and packet.role ~= role then return false end
  return not next(numbers) or (packet.number ~= nil and numbers[packet.number] == true)
end

local function missing_parts(take)
  local missing = {}
  for number = 0, take.packets - 1 do
    if not take.parts[number] then missing[#missing + 1] = number end
  end
  return missing
end

local handlers = {}

handlers["/macnet/missing"] = function(self, args)
  local numbers = {}
  for index = 3, #args do numbers[args[index]] = true end
  for _, packet in ipairs(self.packets) do
    if is_wanted(packet, args[2], numbers) then self:_queue(packet) end
  end
end

handlers["/macnet/progress"] = function(self, args)
  self.progress = math.max(self.progress, tonumber(args[2]) or 0)
end

local function take_of(self, variation, role)
  local voices = self.takes[variation] or {}
  self.takes[variation] = voices
  voices[role] = voices[role] or { parts = {} }
  return voices[role]
end

handlers["/macnet/take"] = function(self, args)
  local take = take_of(self, args[2], args[4])
  if take.take_id and take.take_id ~= args[3] then -- made anew by a bridge that was started again
    self.takes[args[2]][args[4]] = nil
    take = take_of(self, args[2], args[4])
  end
  take.take_id, take.length, take.count, take.packets = args[3], args[5], args[6], args[7]
  take.rng_seed, take.name = args[8], args[9]
end

handlers["/macnet/take/notes"] = function(self, args)
  local notes = {}
  for index = 5, #args - 3, 4 do
    notes[#notes + 1] =
      { pitch = args[index], onset = args[index + 1], duration = args[index + 2], velocity = args[index + 3] }
  end
  take_of(self, args[2], args[3]).parts[args[4]] = notes
end

handlers["/macnet/done"] = function(self, args)
  self.done = { variations = args[2], announcements = args[3] or 0 }
end

-- What a bridge says that has been started again, and knows nothing of us, or is about to stop.
local RESTARTED = { ["request.unknown"] = true, ["request.cancelled"] = true }

-- The rng seed is ours, so the same music is composed again; what came of it before is asked for anew all the same.
function Conversation:_start_over()
  self.takes, self.done, self.restarts = {}, nil, self.restarts + 1
  for _, packet in ipairs(self.preface) do self:_queue(packet) end
  for _, packet in ipairs(self.packets) do self:_queue(packet) end
end

handlers["/macnet/fail"] = function(self, args)
  if RESTARTED[args[2]] and not self.is_cancelling and self.restarts < MOST_RESTARTS then return self:_start_over() end
  self.state = "failed"
  self.failure = { code = args[2], message = args[3], hint = args[4] }
end

-- What is answered again from memory comes twice, and counts once.
local function remember(self, args, address)
  for _, other in ipairs(self.others) do
    if other.address == address and other.args[2] == args[2] and other.args[3] == args[3] then return end
  end
  self.others[#self.others + 1] = { address = address, args = args }
end

handlers["/macnet/welcome"] = remember
handlers["/macnet/model"] = remember
handlers["/macnet/notice"] = remember

function Conversation:_is_whole()
  local count = 0
  for _, voices in pairs(self.takes) do
    for _, take in pairs(voices) do
      if not take.length or #missing_parts(take) > 0 then return false end
      count = count + 1
    end
  end
  for _, other in ipairs(self.others) do
    if other.address ~= "/macnet/notice" then count = count + 1 end
  end
  return count >= self.done.announcements
end

--- Take in a packet. What belongs to other conversations, or is no message, is left alone.
function Conversation:receive(packet, now)
  local message = osc.decode(packet)
  if not message or message.args[1] ~= self.id or self.state ~= "waiting" then return end
  self.heard, self.asked, self.is_answered = now, now, true
  local handle = handlers[message.address]
  if handle then handle(self, message.args, message.address) end
  if self.state == "waiting" and self.done and self:_is_whole() then self.state = "done" end
end

-- What is known to be missing is asked for by its numbers; what is not known, by asking everything again: the
-- bridge answers it from memory.
function Conversation:_ask_again()
  local has_asked = false
  for variation, voices in pairs(self.takes) do
    for role, take in pairs(voices) do
      local missing = self.done and take.length and missing_parts(take) or {}
      if #missing > 0 then
        self:_queue({ address = "/macnet/resend", args = { self.id, variation, role, table.unpack(missing, 1, 180) } })
        has_asked = true
      end
    end
  end
  if not has_asked then self:_queue(self.packets[#self.packets]) end
end

--- The system says that nobody listens. A bridge that was heard may be starting again; another is not there.
function Conversation:refuse(now)
  if self.state == "waiting" and not self.is_answered and now - self.heard > REFUSED_S then self.state = "lost" end
end

--- Let time pass; after it, `outgoing` may hold more, and `state` may be "lost".
function Conversation:tick(now)
  if self.state ~= "waiting" then return end
  if now - self.heard > PATIENCE_S then
    self.state = "lost"
  elseif now - self.asked > QUIET_S then
    self.asked = now
    self:_ask_again()
  end
end

--- The packets to send now; they count as sent.
function Conversation:take_outgoing()
  local packets = self.outgoing
  self.outgoing = {}
  return packets
end

local function notes_of(take)
  local notes = {}
  for number = 0, take.packets - 1 do
    for _, note in ipairs(take.parts[number]) do notes[#notes + 1] = note end
  end
  return notes
end

--- The answer: an array of variations, each { rng_seed, take_id, name, clips = { melody = clip, ... } }.
function Conversation:answer()
  local answer = {}
  for variation = 0, (self.done and self.done.variations or 0) - 1 do
    local found = { clips = {} }
    for role, take in pairs(self.takes[variation] or {}) do
      found.clips[role] = { role = role, length = take.length, notes = notes_of(take) }
      found.rng_seed, found.take_id, found.name = take.rng_seed, take.take_id, take.name
    end
    if next(found.clips) then answer[#answer + 1] = found end
  end
  return answer
end

return wire
