-- @noindex
-- What has arrived of one answer: in any order, twice, or not at all. Pure.

local wire = require("wire")

local Gathering = {}
Gathering.__index = Gathering

local VOICES = { "melody", "accompaniment" }

local function new()
  return setmetatable({ heads = {}, notes = {}, others = {}, notices = {}, announced = 0 }, Gathering)
end

local function voice_of(message)
  return message.variation .. "/" .. message.role
end

function Gathering:_add_head(message)
  local voice = voice_of(message)
  local known = self.heads[voice]
  -- A bridge that was started anew keeps the same notes under another number; old and new are not mixed.
  if known and known.take ~= message.take then self.notes[voice] = nil end
  if not known then self.announced = self.announced + 1 end
  self.heads[voice] = message
end

function Gathering:_add_notes(message)
  local voice = voice_of(message)
  self.notes[voice] = self.notes[voice] or {}
  self.notes[voice][message.packet] = message.rest
end

function Gathering:_add_other(message)
  local key = message.kind .. "/" .. tostring(message.name or message.code or "")
  if not self.others[key] then self.announced = self.announced + (message.kind == "notice" and 0 or 1) end
  self.others[key] = message
end

local ADD = {
  take = Gathering._add_head,
  take_notes = Gathering._add_notes,
  welcome = Gathering._add_other,
  model = Gathering._add_other,
  notice = Gathering._add_other,
  done = function(self, message) self.done = message end,
}

-- Take in a message; one that is there already changes nothing.
function Gathering:add(message)
  local add = ADD[message.kind]
  if add then add(self, message) end
end

-- The first message of a kind that belongs to no take.
function Gathering:other(kind)
  for _, message in pairs(self.others) do
    if message.kind == kind then return message end
  end
  return nil
end

function Gathering:_roles()
  if self.done.announcements > self.done.variations then return VOICES end
  local roles = {}
  for _, role in ipairs(VOICES) do
    for variation = 0, self.done.variations - 1 do
      local voice = variation .. "/" .. role
      if self.heads[voice] or self.notes[voice] then
        roles[#roles + 1] = role
        break
      end
    end
  end
  return roles
end

-- The numbers of the packets that a voice lacks; nil when it is whole.
function Gathering:_lacking(voice)
  local head = self.heads[voice]
  if not head then return {} end
  local there, numbers = self.notes[voice] or {}, {}
  for number = 0, head.packets - 1 do
    if not there[number] and #numbers < wire.NUMBERS_A_PACKET then numbers[#numbers + 1] = { number } end
  end
  return numbers[1] and numbers or nil
end

-- What to ask for once the bridge says that all has been sent: variation, role and packet numbers of each voice.
function Gathering:missing()
  local missing = {}
  if not self.done or self.done.variations == 0 then return missing end
  for _, role in ipairs(self:_roles()) do
    for variation = 0, self.done.variations - 1 do
      local numbers = self:_lacking(variation .. "/" .. role)
      if numbers then
        missing[#missing + 1] = { variation = variation, role = role, numbers = numbers }
      end
    end
  end
  return missing
end

function Gathering:is_complete()
  return self.done ~= nil and self.announced >= self.done.announcements and not self:missing()[1]
end

local function notes_of(head, packets)
  local notes = {}
  for number = 0, head.packets - 1 do
    for _, row in ipairs(packets[number]) do
      notes[#notes + 1] = { pitch = row[1], onset = row[2], duration = row[3], velocity = row[4] }
    end
  end
  return notes
end

-- The takes in order of their variation: id, rng seed and the clips by role.
function Gathering:takes()
  local takes = {}
  for variation = 0, self.done.variations - 1 do
    local take = { variation = variation, clips = {} }
    for _, role in ipairs(VOICES) do
      local head = self.heads[variation .. "/" .. role]
      if head then
        take.take, take.rng_seed = head.take, head.rng_seed
        local packets = self.notes[variation .. "/" .. role] or {}
        take.clips[role] = { length = head.length, notes = notes_of(head, packets) }
      end
    end
    takes[#takes + 1] = take
  end
  return takes
end

return { new = new }
