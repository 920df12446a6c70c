-- Scenes of work in REAPER, each on the fake and a real bridge.
--   lua scenes.lua PORT TRANSPORT(udp|files) DATA_FOLDER VERSION [scene ...]

local here = arg[0]:match("^(.*[/\\])") or "./"
package.path = here .. "?.lua;" .. here .. "../MAC-Net/lib/?.lua;" .. package.path

local stage = require("stage")

stage.PORT, stage.TRANSPORT, stage.DATA, stage.VERSION = arg[1], arg[2], arg[3], tonumber(arg[4])
stage.ACTIONS = here .. "../MAC-Net/MAC-Net_"

if stage.TRANSPORT == "files" then
  package.preload["socket.core"] = function() error("no sockets in this REAPER") end
  package.loaded["socket.core"] = nil
end

local FILES = { "answers", "chance", "choosing", "endless", "heard", "refusals", "settings", "strictness", "wire" }

-- Asked for by name: behind a proxy, or with somebody at hand who kills the bridge and starts it again.
local ELSEWHERE = {
  every_request_ends_on_a_bad_line = true, a_bridge_killed_in_the_middle_of_an_answer = true,
  a_bridge_that_the_action_starts_answers = true,
}

local scenes, names = {}, {}
for _, file in ipairs(FILES) do
  for name, scene in pairs(require("scenes." .. file)) do
    if scenes[name] then error("two scenes are called " .. name) end
    scenes[name] = scene
    if not ELSEWHERE[name] then names[#names + 1] = name end
  end
end
table.sort(names)

local wanted, failed = { table.unpack(arg, 5) }, 0
for _, name in ipairs(#wanted > 0 and wanted or names) do
  local scene = scenes[name] or error("no scene is called " .. name)
  local fine, problem = xpcall(scene, debug.traceback)
  print((fine and "ok   " or "FAIL ") .. name)
  if not fine then
    failed = failed + 1
    print(problem)
  end
end
os.exit(failed == 0 and 0 or 1)
