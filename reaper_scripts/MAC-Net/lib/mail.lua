-- @noindex
-- The same packets as files in the bridge's packet folder, for a REAPER without sockets: docs/OSC.md, "Files instead
-- of UDP". A file is written under another ending and renamed, so nobody reads half of one.

local mail = {}

local Mail = {}
Mail.__index = Mail

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- A transport through a packet folder; nil where the bridge has made none.
-- @param folder the bridge's folder `mailbox`
-- @param list function from a folder to an array of its files' names
-- @param token letters and digits that no other script has
function mail.open(folder, list, token)
  local probe = folder .. "/in/probe-" .. token .. ".tmp"
  local file = io.open(probe, "wb")
  if not file then return nil end
  file:close()
  os.remove(probe)
  return setmetatable(
    { folder = folder, list = list, client = "reaper_" .. token, number = 0, waiting = {}, name = "files" },
    Mail
  )
end

function Mail:send(packet)
  self.number = self.number + 1
  local path = string.format("%s/in/%s-%06d", self.folder, self.client, self.number)
  local file = io.open(path .. ".tmp", "wb")
  if not file then return end -- lost, as a packet may be: it is asked for again
  file:write(packet)
  file:close()
  os.rename(path .. ".tmp", path .. ".osc")
end

local function by_number(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

function Mail:_fetch()
  local inbox = self.folder .. "/out/" .. self.client
  for _, name in ipairs(self.list(inbox)) do
    if name:match("^%d+%.osc$") then self.waiting[#self.waiting + 1] = inbox .. "/" .. name end
  end
  table.sort(self.waiting, by_number)
end

--- The next packet, or nil. The folder is listed once a tick: `receive` is called until it gives nil.
function Mail:receive()
  if #self.waiting == 0 then self:_fetch() end
  while #self.waiting > 0 do
    local path = table.remove(self.waiting, 1)
    local file = io.open(path, "rb")
    local packet = file and file:read("a")
    if file then file:close() end
    os.remove(path)
    if packet and #packet > 0 then return packet, false end
  end
  return nil, false
end

--- Whether the bridge has ever made this folder.
function mail.is_there(folder)
  return exists(folder .. "/owner")
end

function Mail.close() end

return mail
