-- @noindex
-- The two ways for packets between here and the bridge: a UDP port, or a folder of files. Pure but for sockets and
-- files; what lists a folder comes in.

local link = {}

local HOST = "127.0.0.1"
local REMEMBERED = 400 -- files that are taken back where nobody has read them
local LARGEST = 65507 -- LuaSocket cuts a datagram at 8,192 bytes unless a size is passed

local Udp = {}
Udp.__index = Udp

-- A port of the bridge; `core` is LuaSocket's. Nil where the system gives no socket.
function link.udp(core, port)
  local socket = core.udp()
  if not socket then return nil end
  socket:settimeout(0)
  -- Connected, so that the system tells when nothing listens and lets no other program answer.
  if not socket:setpeername(HOST, port) then return nil end
  return setmetatable({ socket = socket, name = ("UDP, port %d"):format(port) }, Udp)
end

function Udp:send(packet)
  return self.socket:send(packet) ~= nil
end

-- The next packet; nil where there is none now, with true where the system says that nothing listens.
function Udp:receive()
  local packet, reason = self.socket:receive(LARGEST)
  if packet then return packet end
  return nil, reason == "refused" or reason == "connection refused"
end

function Udp:close()
  self.socket:close()
end

local Folder = {}
Folder.__index = Folder

-- The bridge's packet folder. `list` gives the names of the files in a folder; `client` tells this script from
-- others; `first` is a number above that of any packet sent under that name before.
function link.folder(path, client, first, list)
  return setmetatable({
    inbox = ("%s/in/%s-"):format(path, client),
    outbox = ("%s/out/%s"):format(path, client),
    number = first,
    list = list,
    waiting = {},
    sent = {},
    is_there = true,
    name = "packet folder " .. path,
  }, Folder)
end

-- Written under another ending and renamed, so that half a packet is never read.
function Folder:send(packet)
  self.number = self.number + 1
  local path = ("%s%09d"):format(self.inbox, self.number)
  local file = io.open(path .. ".tmp", "wb")
  self.is_there = file ~= nil
  if not file then return false end
  local is_written = file:write(packet) and file:close()
  if not is_written or not os.rename(path .. ".tmp", path .. ".osc") then
    os.remove(path .. ".tmp")
    return false
  end
  self.sent[#self.sent + 1] = path .. ".osc"
  if #self.sent > REMEMBERED then table.remove(self.sent, 1) end
  return true
end

local function take(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local packet = file:read("a")
  file:close()
  os.remove(path)
  return packet
end

function Folder:_look()
  for _, name in ipairs(self.list(self.outbox)) do
    if name:find("%.osc$") then self.waiting[#self.waiting + 1] = name end
  end
  table.sort(self.waiting)
end

-- The next packet; nil where there is none now, with true where there is no folder to write into. The folder is
-- listed once, and again only after a nil.
function Folder:receive()
  if not self.waiting[1] then
    if self.is_listed then
      self.is_listed = false
      return nil, not self.is_there
    end
    self:_look()
  end
  local name = table.remove(self.waiting, 1)
  self.is_listed = name ~= nil and not self.waiting[1]
  if not name then return nil, not self.is_there end
  return take(self.outbox .. "/" .. name)
end

-- What nobody has read by now is taken back.
function Folder:close()
  for _, path in ipairs(self.sent) do
    os.remove(path)
  end
  os.remove(self.outbox)
end

return link
