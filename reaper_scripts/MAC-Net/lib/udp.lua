-- @noindex
-- Packets over UDP, where a LuaSocket for REAPER is installed. Nothing here waits.

local udp = {}

local LARGEST = 65507 -- LuaSocket reads 8192 bytes unless told otherwise, and drops the rest without a word

-- Where packages put a LuaSocket that REAPER can load, under the resource folder's Scripts.
local FOLDERS = {
  "Mavriq ReaScript Repository/Various/Mavriq-Lua-Sockets",
  "mavriq-lua-sockets",
  "Daniel Lumertz Scripts/LUA Sockets/socket module",
}

--- LuaSocket's core, or nil.
-- @param scripts REAPER's folder Scripts
function udp.library(scripts)
  local cpath = package.cpath
  for _, folder in ipairs(FOLDERS) do
    local base = scripts .. "/" .. folder .. "/"
    package.cpath = base .. "?.dll;" .. base .. "?.so;" .. package.cpath
  end
  local fine, core = pcall(require, "socket.core")
  package.cpath = cpath
  return fine and type(core) == "table" and core or nil
end

local Udp = {}
Udp.__index = Udp

--- A transport to the bridge on this machine; nil where no socket can be had.
function udp.open(core, port)
  local socket = core.udp()
  if not socket or not socket:setpeername("127.0.0.1", port) then return nil end
  socket:settimeout(0)
  return setmetatable({ socket = socket, name = "UDP" }, Udp)
end

function Udp:send(packet)
  self.socket:send(packet)
end

--- The next packet, or nil; then also whether the system says that nobody listens.
function Udp:receive()
  local packet, why = self.socket:receive(LARGEST)
  return packet, why == "connection refused"
end

function Udp:close()
  self.socket:close()
end

return udp
