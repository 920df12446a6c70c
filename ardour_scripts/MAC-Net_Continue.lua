ardour {
  ["type"] = "EditorAction",
  name = "MAC-Net: Continue",
  license = "MIT",
  author = "MAC-Net Bridge",
  description = [[
Melody and accompaniment that go on from the selected MIDI region, right after it; the accompaniment on a new track.
Select two regions, a melody and its accompaniment, to go on with both.

Needs the bridge, a program on your own machine: start it with "macnet serve". docs/ARDOUR.md has the rest.]],
}

-- Ardour keeps nothing of this file but the function below, and gives it neither `require` nor `package`.
function factory()
  return function()
    local folder, loaded = ARDOUR.user_config_directory(-1) .. "/macnet/", {}
    local function need(name)
      if loaded[name] == nil then
        local surroundings = setmetatable({ require = need }, { __index = _ENV })
        local chunk, problem = loadfile(folder .. name .. ".lua", "t", surroundings)
        if not chunk then error(problem .. " (run: macnet install ardour)", 0) end
        loaded[name] = chunk()
      end
      return loaded[name]
    end
    local fine, problem = pcall(function() need("ask")("continue", Session, Editor) end)
    if not fine then
      LuaDialog.Message("MAC-Net", problem, LuaDialog.MessageType.Warning, LuaDialog.ButtonType.Close):run()
    end
  end
end
