-- What the Lua of this repository may know of REAPER: exactly the functions of reaper_scripts/test/api.lua, which the
-- fake REAPER lives by as well.
std = "lua53"
max_line_length = 140 -- prose in tables of texts and cases

local fields = {}
for name in pairs(dofile("reaper_scripts/test/api.lua")) do
  fields[name] = {}
end

files["reaper_scripts/MAC-Net"] = { read_globals = { reaper = { fields = fields } } }
