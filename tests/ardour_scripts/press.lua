-- ardour7-lua press.lua FOLDER NAME ACTION REGION ...: opens a session, selects regions and runs an action's file
-- as Ardour's editor does: with nothing left of the file but its factory, and without what Ardour takes away from actions.
-- Everything is Ardour's own but the editor's selection and its message box.

local folder, name, path = arg[1], arg[2], arg[3]
local wanted = { table.unpack(arg, 4) }
local report = io.stderr

Session = assert(load_session(folder, name))

local function selected()
  local found = {}
  for route in Session:get_tracks():iter() do
    for each in route:to_track():playlist():region_list():iter() do
      for _, one in ipairs(wanted) do
        if each:name() == one then found[#found + 1] = each end
      end
    end
  end
  return found
end

local function list_of(found)
  return { iter = function()
    local index = 0
    return function()
      index = index + 1
      return found[index]
    end
  end }
end

Editor = { get_selection = function()
  return { regions = { regionlist = function() return list_of(selected()) end } }
end }

LuaDialog = {
  MessageType = { Warning = 1 }, ButtonType = { Close = 1 },
  Message = function(title, text)
    return { run = function() report:write("DIALOG " .. title .. ": " .. text .. "\n") end }
  end,
}

function ardour(about)
  report:write("ACTION " .. about.name .. " (" .. about["type"] .. ")\n")
end

local close, quit_ardour, dump = close_session, quit, string.dump
local factory_of = loadfile(path)
dofile, require, package, debug, rawget, rawset, coroutine, module = nil, nil, nil, nil, nil, nil, nil, nil
os.exit, os.setlocale = nil, nil
factory_of()
local action = load(dump(factory(), true)) -- Ardour keeps an action as bytes, without what it closed over
factory = nil
action()
collectgarbage()
Session:save_state("", false, false, false, false, false)
Session = nil
close()
quit_ardour()
