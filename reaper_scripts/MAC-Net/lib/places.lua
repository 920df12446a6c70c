-- @noindex
-- Where the bridge keeps its data, as Python's platformdirs has it; and what starts the bridge. Pure: the system's
-- name, as REAPER tells it, and a function that reads the environment come in.

local places = {}

local APP = "macnet-bridge"

-- The system: "windows", "macos" or "linux", of what REAPER calls it.
function places.system(os_name)
  if os_name:find("^Win") then return "windows" end
  if os_name:find("^OSX") or os_name:find("^macOS") then return "macos" end
  return "linux"
end

local function set(value)
  return value and value:find("%S") and value or nil
end

local function expanded(path, getenv)
  local home = set(getenv("HOME")) or set(getenv("USERPROFILE")) or ""
  return (path:gsub("^~", function() return home end))
end

local function xdg(getenv)
  local path = set(getenv("XDG_DATA_HOME"))
  return path and path:sub(1, 1) == "/" and path:gsub("(.)/+$", "%1") or nil
end

local BASES = {
  windows = function(getenv)
    local local_data = set(getenv("LOCALAPPDATA"))
    return local_data or (set(getenv("USERPROFILE")) or "") .. "\\AppData\\Local"
  end,
  macos = function(getenv)
    return xdg(getenv) or (getenv("HOME") or "") .. "/Library/Application Support"
  end,
  linux = function(getenv) return xdg(getenv) or (getenv("HOME") or "") .. "/.local/share" end,
}

-- The bridge's data folder: as the environment names it, else where the system keeps such things.
function places.data_folder(system, getenv)
  local named = set(getenv("MACNET_DATA_DIR"))
  if named then return expanded(named, getenv) end
  return BASES[system](getenv) .. (system == "windows" and "\\" or "/") .. APP
end

-- A command line for REAPER's ExecProcess, which looks programs up in no path: the system's shell does that where
-- a command does not begin with a whole path.
function places.start_command(system, command, getenv)
  if command:find('^"') or command:find("^/") or command:find("^%a:[/\\]") then return command end
  if system == "windows" then
    return (set(getenv("ComSpec")) or "C:\\Windows\\System32\\cmd.exe") .. " /c " .. command
  end
  local shell = set(getenv("SHELL")) or "/bin/sh"
  return ('%s -lc "%s"'):format(shell, (command:gsub('["\\$`]', "\\%0")))
end

return places
