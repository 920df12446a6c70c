-- The line to the bridge.

local memo = require("memo")
local stage = require("stage")
local act = stage.act
local check_takes = stage.check_takes
local equal = stage.equal
local made_items = stage.made_items
local near = stage.near
local tune_project = stage.tune_project
local scenes = {}

function scenes.the_wire_is_the_same_in_every_language()
  local osc = require("osc")
  for line in io.lines(assert(os.getenv("MACNET_VECTORS"))) do
    local address, types, hex, args = line:match("^(%S+) (%S+) (%x+)(.*)$")
    local packet = hex:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)
    local message = assert(osc.decode(packet))
    equal(message.address, address, "address")
    equal(message.types, types, "types")
    equal(osc.encode(message.address, message.args, message.types), packet, "bytes of " .. line)
    for index, value in ipairs(message.args) do
      local wanted = args:match("^ (%S+)")
      args = args:sub(#wanted + 2)
      local text = wanted:gsub("%%(%x%x)", function(byte) return string.char(tonumber(byte, 16)) end)
      if type(value) == "number" then near(value, tonumber(text), "argument " .. index) else equal(value, text, "argument " .. index) end
    end
  end
  equal(osc.decode("/a"), nil, "no message")
  equal(osc.decode("\255\0\0\0"), nil, "no address")
end

function scenes.a_bridge_that_starts_again_midway_mixes_nothing()
  local osc, wire = require("osc"), require("wire")
  local function note(pitch) return { pitch, 0, 960, 90 } end
  local conversation = wire.request({ kind = "vary", clips = {}, variations = 1, rng_seed = 3, model = "folk" })
  conversation:start(0)
  conversation:take_outgoing()
  local id = conversation.id
  local function hear(address, ...) conversation:receive(osc.encode(address, { id, ... }), 1) end
  hear("/macnet/take", 0, 7, "melody", 3840, 2, 2, 3, "x")
  hear("/macnet/take/notes", 0, "melody", 0, table.unpack(note(60)))
  hear("/macnet/fail", "request.unknown", "no such request", "")
  equal(conversation.state, "waiting", "it goes on")
  local first = osc.decode(conversation:take_outgoing()[1])
  equal(first.address, "/macnet/model/use", "the model is named again")
  hear("/macnet/take", 0, 8, "melody", 3840, 2, 2, 3, "x")
  hear("/macnet/take/notes", 0, "melody", 1, table.unpack(note(72)))
  hear("/macnet/done", 1, 1)
  equal(conversation.state, "waiting", "the old packet does not count")
  hear("/macnet/take/notes", 0, "melody", 0, table.unpack(note(71)))
  equal(conversation.state, "done", "whole")
  equal(conversation:answer()[1].clips.melody.notes[1].pitch, 71, "the new note")
end

function scenes.every_request_ends_on_a_bad_line()
  for number = 1, 12 do
    local world, project = tune_project({ seed = number })
    act(world, "Continue selected item")
    equal(#made_items(project), 2, "items of request " .. number .. ": " .. world:say())
    for _, item in ipairs(made_items(project)) do
      equal(#item.takes, 3, "takes of request " .. number)
      check_takes(world, project, item)
    end
  end
end

-- Everything that the bridge sends passes here first.
local function overhear(heard)
  if stage.TRANSPORT == "files" then
    local mail = require("mail")
    local open = mail.open
    mail.open = function(...)
      local line = open(...)
      return line and setmetatable({ receive = function(self)
        return heard(line.receive(self))
      end }, { __index = line, __newindex = line })
    end
    return function() mail.open = open end, { mail = mail }
  end
  local core = require("socket.core")
  local listening = { udp = function()
    local socket = core.udp()
    return {
      setpeername = function(_, ...) return socket:setpeername(...) end,
      settimeout = function(_, ...) return socket:settimeout(...) end,
      send = function(_, ...) return socket:send(...) end,
      receive = function(_, ...) return heard(socket:receive(...)) end,
      close = function() return socket:close() end,
    }
  end }
  package.loaded["socket.core"] = listening
  return function() package.loaded["socket.core"] = core end, {}
end

-- Whoever runs these scenes kills the bridge when told so, and starts it, always on the same port.
local function tell(what)
  print(what)
  io.stdout:flush()
  assert(io.read() == "done")
end

-- The bridge is killed when a packet of a kind has come, and started again.
local function killed_at(address)
  local osc = require("osc")
  local is_killed = false
  local away, libraries = overhear(function(packet, ...)
    local message = packet and osc.decode(packet)
    if message and message.address == address and not is_killed then
      is_killed = true
      tell("KILL")
      tell("START")
    end
    return packet, ...
  end)
  local world, project = tune_project()
  world.reaper.SetExtState("MAC-Net", "variations", "8", true)
  world.libraries = libraries
  act(world, "Continue selected item")
  away()
  equal(is_killed, true, "killed at " .. address)
  equal(#made_items(project), 2, "items, killed at " .. address .. ": " .. world:say())
  local ids = {}
  for _, item in ipairs(made_items(project)) do
    equal(#item.takes, 8, "takes, killed at " .. address)
    check_takes(world, project, item)
    for _, take in ipairs(item.takes) do
      local kept = memo.parse(take.ext["P_EXT:macnet"])
      ids[kept.variation] = ids[kept.variation] or kept.take_id
      equal(kept.take_id, ids[kept.variation], "both voices are of one answer")
    end
  end
  equal(#world.undo, 1, "undo steps")
end

function scenes.a_bridge_killed_in_the_middle_of_an_answer()
  for _, address in ipairs({ "/macnet/welcome", "/macnet/accepted", "/macnet/take", "/macnet/take/notes" }) do
    killed_at(address)
  end
end

function scenes.a_bridge_that_the_action_starts_answers()
  tell("KILL")
  local world, project = tune_project()
  world.reaper.SetExtState("MAC-Net", "command", "start the bridge", true)
  world.on_box = function() return 1 end
  world.on_exec = function() tell("START") end
  act(world, "Continue selected item")
  equal(#world.executed, 1, "the command")
  equal(#made_items(project), 2, "items: " .. world:say())
  equal(#world.undo, 1, "undo steps")
end

return scenes
