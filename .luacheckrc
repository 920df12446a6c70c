-- What the Lua of this repository may know. Of REAPER: exactly the functions of reaper_scripts/test/api.lua, which the
-- fake REAPER lives by as well.
std = "lua53"
max_line_length = 140 -- prose in tables of texts and cases

local fields = {}
for name in pairs(dofile("reaper_scripts/test/api.lua")) do
  fields[name] = {}
end

files["reaper_scripts/MAC-Net"] = { read_globals = { reaper = { fields = fields } } }

-- Ardour: its editor gives an action these, and takes its factory.
files["ardour_scripts"] = {
  read_globals = { "ardour", "ARDOUR", "Temporal", "Session", "Editor", "LuaDialog" }, globals = { "factory" },
}
-- Its interpreter for the terminal gives these; a test plays the editor's part.
files["tests/ardour_scripts"] = {
  read_globals = { "ARDOUR", "Temporal", "create_session", "load_session", "close_session", "quit", "os" },
  globals = { "Session", "Editor", "LuaDialog", "ardour", "factory", "dofile", "require", "package", "debug", "rawget",
    "rawset", "coroutine", "module", "os.exit", "os.setlocale" },
}
