-- The way to the bridge: its packet folder, as Ardour's Lua can send OSC but not receive it. Conversations are held to
-- their end, one after the other.

local mail = require("mail")
local texts = require("texts")
local wire = require("wire")

local line = {}

local PAUSE_US = 5000 -- between two looks into the folder

--- Microseconds since some moment.
function line.now_us()
  return ARDOUR.LuaAPI.monotonic_time()
end

local function quoted(path)
  return "'" .. path:gsub("'", "'\\''") .. "'"
end

-- Ardour cannot list a folder; the system can.
local function list_files(folder)
  local is_windows = folder:match("^%a:") ~= nil
  local command = is_windows and 'dir /b "' .. folder:gsub("/", "\\") .. '" 2>nul' or "ls " .. quoted(folder) .. " 2>/dev/null"
  local pipe, names = io.popen(command), {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

local function exchange(transport, conversation, now_s)
  for _, packet in ipairs(conversation:take_outgoing()) do transport:send(packet) end
  local packet = transport:receive()
  while packet do
    conversation:receive(packet, now_s)
    packet = transport:receive()
  end
  conversation:tick(now_s)
end

local function hold(transport, conversation)
  conversation:start(line.now_us() / 1e6)
  while conversation.state == "waiting" do
    exchange(transport, conversation, line.now_us() / 1e6)
    if conversation.state == "waiting" then ARDOUR.LuaAPI.usleep(PAUSE_US) end
  end
  if conversation.state == "lost" then error(texts.no_bridge, 0) end
  if conversation.failure then error(conversation.failure.message .. " " .. conversation.failure.hint, 0) end
  return conversation
end

local function welcome_of(hello)
  for _, message in ipairs(hello.others) do
    if message.address == "/macnet/welcome" then
      local protocol = message.args[2]
      if protocol == wire.PROTOCOL then return { version = message.args[3], model = message.args[4] } end
      error(texts.newer:format(protocol, wire.PROTOCOL), 0)
    end
  end
  error(texts.newer:format("?", wire.PROTOCOL), 0)
end

--- Ask the bridge. An error is a text for the user.
-- @param request a conversation that asks for one variation
-- @param data the bridge's data folder
-- @return { version, model } of the bridge, and the answer: see `wire`'s Conversation:answer
function line.ask(request, data)
  local folder = data .. "/mailbox"
  local transport = mail.open(folder, list_files, string.format("%x", line.now_us() // 1))
  if not transport then error(texts.no_mailbox:format(folder), 0) end
  local welcome = welcome_of(hold(transport, wire.hello("ardour")))
  return welcome, hold(transport, request):answer()[1]
end

return line
