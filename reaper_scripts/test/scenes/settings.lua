-- Dialogs and settings.

local stage = require("stage")
local act = stage.act
local equal = stage.equal
local extent = stage.extent
local made_items = stage.made_items
local near = stage.near
local tune_project = stage.tune_project
local scenes = {}

function scenes.options_are_asked_once()
  local world, project = tune_project()
  world.answers = { "2,1,0.5,off,0.5,1,free,melody,auto" }
  act(world, "Continue with options")
  local made = made_items(project)
  equal(#made, 1, "one voice")
  equal(#made[1].takes, 2, "two variations")
  local first, last = extent(project, made[1])
  near(last - first, 4, "one bar")
  equal(world.reaper.GetExtState("MAC-Net", "bars"), "2", "the settings stay")
  world.answers = { "9,1,0.5,off,0.5,1,free,melody,auto", function(shown) return (shown:gsub("^9", "1")) end }
  act(world, "Continue with options")
  equal(world.boxes[#world.boxes]:find("1 to 8", 1, true) ~= nil, true, "what is wrong is said")
  equal(world.asked.defaults:sub(1, 4), "9,1,", "and what was typed stays to be mended")
  equal(#world.answers, 0, "the dialog opens again")
end

function scenes.settings_are_kept()
  local world = tune_project()
  world.answers = { "5,4,1.2,auto,0.3,0,free,both,auto", function(defaults) return (defaults:gsub("^[^,]*", "Piano")) end }
  act(world, "Settings")
  equal(world.reaper.GetExtState("MAC-Net", "variations"), "5", "variations")
  equal(world.reaper.GetExtState("MAC-Net", "track"), "Piano", "track")
  equal(#world.undo, 0, "undo steps")
end

function scenes.a_comma_in_a_setting_survives_the_dialog()
  local world = tune_project()
  local music = "4,4,1.0,auto,0.5,1.0,free,both,auto"
  world.reaper.SetExtState("MAC-Net", "data", "/music, mine/bridge", true)
  world.answers = { music, function(shown) return shown end }
  act(world, "Settings")
  equal(world.reaper.GetExtState("MAC-Net", "data"), "/music, mine/bridge", "the folder")
  world.answers = { music, function(shown) return shown .. ",more" end, function(shown) return shown end }
  act(world, "Settings")
  equal(world.boxes[1]:find("comma", 1, true) ~= nil, true, "a comma that is typed is refused")
end

function scenes.the_connection_is_told()
  local world = tune_project()
  act(world, "Check connection")
  local told = world.boxes[1]
  equal(told:find("folk", 1, true) ~= nil, true, "models are named: " .. tostring(told))
  equal(told:find(stage.TRANSPORT == "udp" and "UDP" or "files", 1, true) ~= nil, true, "the way is named")
end

function scenes.the_data_folder_is_the_bridge_s()
  local place = require("place")
  equal(place.data_folder("Other", os.getenv), os.getenv("MACNET_FOLDER"), "on this system")
  equal(place.data_folder("Win64", function() return "D:/mine" end), "D:/mine", "where MACNET_DATA_DIR says")
  local homes = { HOME = "/Users/x", LOCALAPPDATA = "C:\\Users\\x\\AppData\\Local" }
  local function getenv(name) return homes[name] end
  equal(place.data_folder("macOS-arm64", getenv), "/Users/x/Library/Application Support/macnet-bridge", "on a Mac")
  equal(place.data_folder("Win64", getenv), "C:\\Users\\x\\AppData\\Local\\macnet-bridge", "on Windows")
end

function scenes.the_data_folder_is_looked_for_beside_reaper_s_own_on_windows()
  local place = require("place")
  local function getenv(name) return ({ LOCALAPPDATA = "C:\\Users\\J\246rg\\AppData\\Local" })[name] end
  local folders = place.data_folders("Win64", getenv, "C:\\Users\\J\195\182rg\\AppData\\Roaming\\REAPER")
  equal(folders[1], "C:\\Users\\J\246rg\\AppData\\Local\\macnet-bridge", "as the environment spells it")
  equal(folders[2], "C:\\Users\\J\195\182rg\\AppData\\Local\\macnet-bridge", "as REAPER spells it")
  equal(#place.data_folders("Win64", getenv, "D:\\REAPER portable"), 1, "a portable REAPER tells nothing")
  equal(#place.data_folders("Other", getenv, "/home/x/.config/REAPER"), 1, "elsewhere")
end

function scenes.a_socket_library_for_another_lua_is_never_loaded()
  local udp = require("udp")
  local files = {
    ["S/mavriq-lua-sockets/socket/core.so"] = "\0$LuaVersion: Lua 5.4.6  Copyright\0",
    ["S/Daniel Lumertz Scripts/LUA Sockets/socket module/socket/core.dll"] = "\0Lua 5.3\0",
  }
  local function read(path) return files[path] end
  equal(table.concat(udp.places("S", "Lua 5.4", read), ";"), "S/mavriq-lua-sockets/?.so", "in REAPER 7")
  equal(table.concat(udp.places("S", "Lua 5.3", read), ";"),
    "S/Daniel Lumertz Scripts/LUA Sockets/socket module/?.dll", "in REAPER 6")
  equal(#udp.places("S", "Lua 5.5", read), 0, "in one that is to come")
end

return scenes
