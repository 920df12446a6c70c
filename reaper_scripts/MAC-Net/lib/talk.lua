-- @noindex
-- Conversations with the bridge while REAPER goes on: sent once, looked after at every tick, and one of three ends.

local host = require("host")
local reasons = require("reasons")
local wire = require("wire")

local talk = {}

local RETRY_S = 0.5 -- between two looks for a bridge that was just started
local STARTING_S = 20 -- a bridge that was just started may take this long to answer

local function pump(transport, conversation)
  for _, packet in ipairs(conversation:take_outgoing()) do transport:send(packet) end
  local packet, refused = transport:receive()
  while packet do
    conversation:receive(packet, host.now())
    packet, refused = transport:receive()
  end
  if refused then conversation:refuse(host.now()) end
  conversation:tick(host.now())
  for _, more in ipairs(conversation:take_outgoing()) do transport:send(more) end
end

local function failure_of(conversation, settings)
  if conversation.state == "lost" then
    return { code = "bridge.unreachable", message = reasons.no_bridge:format(settings.port) }
  end
  return conversation.failure
end

-- One conversation to its end; then `done(conversation)` or `failed(failure)`, of which the last tick is told.
local function converse(transport, conversation, on)
  conversation:start(host.now())
  return function()
    if on.should_stop and on.should_stop() and not conversation.is_cancelled then
      conversation.is_cancelled = true
      conversation:cancel()
    end
    pump(transport, conversation)
    if conversation.state == "waiting" then
      if on.progress then on.progress(conversation.progress) end
      return false
    end
    if conversation.state == "done" then return true, conversation end
    return true, nil, failure_of(conversation, on.settings)
  end
end

local function check_welcome(hello)
  for _, message in ipairs(hello.others) do
    if message.address == "/macnet/welcome" then
      local protocol, version, model = message.args[2], message.args[3], message.args[4]
      if protocol == wire.PROTOCOL then return { version = version, model = model } end
      return nil, { code = "server.protocol", message = reasons.newer:format(protocol, wire.PROTOCOL) }
    end
  end
  return nil, { code = "server.protocol", message = reasons.newer:format("?", wire.PROTOCOL) }
end

local function close(transport, finish)
  return function(...)
    transport:close()
    return finish(...)
  end
end

--- Say hello, then hold the conversations that `makers` make, one by one.
-- @param makers array of functions from the welcome ({ version, model }) to a conversation
-- @param on { settings, progress(share), should_stop(), done(conversation, welcome, transport name), failed(failure) };
-- `done` gets the last conversation
function talk.hold(makers, on)
  local transport, reason = host.connect(on.settings)
  if not transport then
    on.failed({ code = "bridge.unreachable", message = reason })
    return
  end
  local done, failed = close(transport, on.done), close(transport, on.failed)
  local step, next_maker, welcome = converse(transport, wire.hello("reaper"), on), 1, nil
  host.every_tick(function()
    local is_over, finished, failure = step()
    if not is_over then return false end
    if not failure and not welcome then
      welcome, failure = check_welcome(finished)
    end
    if failure then
      failed(failure)
      return true
    end
    local make = makers[next_maker]
    if not make then
      done(finished, welcome, transport.name)
      return true
    end
    next_maker = next_maker + 1
    step = converse(transport, make(welcome), on)
    return false
  end)
end

local function later(call)
  local due = host.now() + RETRY_S
  host.every_tick(function()
    if host.now() < due then return false end
    call()
    return true
  end)
end

--- The same; a bridge that is not there is offered to be started, and waited for.
function talk.hold_or_start(makers, on)
  local again, failed = nil, on.failed
  local deadline
  local patient = {}
  for name, value in pairs(on) do patient[name] = value end
  patient.failed = function(failure)
    if failure.code ~= "bridge.unreachable" then return failed(failure) end
    if deadline then
      if host.now() < deadline then return later(again) end
      return failed(failure)
    end
    if host.start_bridge(on.settings) then
      deadline = host.now() + STARTING_S
      return later(again)
    end
    host.say(failure.message)
    return failed(nil)
  end
  again = function() talk.hold(makers, patient) end
  again()
end

return talk
