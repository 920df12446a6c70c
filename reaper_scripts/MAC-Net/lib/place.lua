-- @noindex
-- Where the bridge keeps its data on each system: the same folders as the bridge itself finds (platformdirs). Pure.

local place = {}

local FOLDER = "macnet-bridge"

--- The bridge's data folder.
-- @param system what reaper.GetOS() says: "Win64", "OSX64", "macOS-arm64", "Other" ...
-- @param getenv function from the name of an environment variable to its value or nil
function place.data_folder(system, getenv)
  local named = getenv("MACNET_DATA_DIR")
  if named and named ~= "" then return named end
  if system:find("^Win") then
    local base = getenv("LOCALAPPDATA") or (getenv("USERPROFILE") or "") .. "\\AppData\\Local"
    return base .. "\\" .. FOLDER
  end
  local home = getenv("HOME") or ""
  if system:find("^OSX") or system:find("^macOS") then return home .. "/Library/Application Support/" .. FOLDER end
  local data = getenv("XDG_DATA_HOME")
  if not data or data:match("^%s*$") then data = home .. "/.local/share" end
  return data .. "/" .. FOLDER
end

--- Every folder that may be it, the likeliest first. On Windows the environment may spell a name with accents in another
-- way than files are opened by; REAPER's own folder lies beside ours.
-- @param resources REAPER's resource folder
function place.data_folders(system, getenv, resources)
  local folders = { place.data_folder(system, getenv) }
  local beside = system:find("^Win") and resources:match("^(.*)[/\\][Rr]oaming[/\\]")
  if beside then folders[2] = beside .. "\\Local\\" .. FOLDER end
  return folders
end

return place
