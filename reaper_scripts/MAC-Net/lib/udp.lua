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

-- These libraries hold a Lua of their own. One made for another Lua than REAPER's would not fail to load: it would work on
-- memory that it misunderstands. So its bytes have to name the version.
local function is_fit(path, version, read)
  local content = read(path)
  return content ~= nil and content:find(version, 1, true) ~= nil
end

--- The places for `package.cpath` whose library was made for a version of Lua.
-- @param scripts REAPER's folder Scripts
-- @param version such as "Lua 5.4"
-- @param read function from a path to the file's bytes, or nil
function udp.places(scripts, version, read)
  local places = {}
  for _, folder in ipairs(FOLDERS) do
    for _, ending in ipairs({ ".dll", ".so" }) do
      local base = scripts .. "/" .. folder
      if is_fit(base .. "/socket/core" .. ending, version, read) then places[#places + 1] = base .. "/?" .. ending end
    end
  end
  return places
end

local function read_file(path)
  local file = io.open(path, "rb")
  local content = file and file:read("a")
  if file then file:close() end
  return content
end

--- LuaSocket's core, or nil.
-- @param scripts REAPER's folder Scripts
function udp.library(scripts)
  local cpath, places = package.cpath, udp.places(scripts, _VERSION, read_file)
  places[#places + 1] = cpath
  package.cpath = table.concat(places, ";")
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
