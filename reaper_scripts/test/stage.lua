-- What the scenes share: a world with a tune in it, ways to act, and claims.

local fake = require("fake")
local memo = require("memo")

local stage = {
  COMMON = { { qn = 0, bpm = 120, numerator = 4, denominator = 4 } },
}

local TUNE = {}
for index, pitch in ipairs({ 60, 64, 67, 72, 71, 67, 62, 65, 69, 74, 72, 69, 67, 65, 64, 62 }) do
  TUNE[index] = { index - 1, index - 0.1, pitch, 70 + index }
end

function stage.equal(found, wanted, what)
  if found ~= wanted then error(string.format("%s: %s, not %s", what, tostring(found), tostring(wanted)), 2) end
end

function stage.near(found, wanted, what)
  if math.abs(found - wanted) > 1e-6 then error(string.format("%s: %s, not %s", what, found, wanted), 2) end
end

function stage.says(world, text)
  if not world:say():find(text, 1, true) then error("it says " .. world:say() .. ", not " .. text, 2) end
end

function stage.new_world(options)
  local given = { version = stage.VERSION, seed = 7, resource = stage.DATA }
  for name, value in pairs(options or {}) do given[name] = value end
  local world = fake.new(given)
  world.reaper.SetExtState("MAC-Net", "port", stage.PORT, true)
  world.reaper.SetExtState("MAC-Net", "data", stage.DATA, true)
  world.reaper.SetExtState("MAC-Net", "bars", "2", true)
  world.reaper.SetExtState("MAC-Net", "variations", "3", true)
  return world
end

function stage.tune_project(options)
  local world = stage.new_world(options)
  local project = world:add_project(options and options.markers or stage.COMMON)
  local track = world:add_track(project, "Lead")
  local given = { first = 4, last = 20, notes = TUNE, name = "Verse" }
  for name, value in pairs(options and options.item or {}) do given[name] = value end
  local item = world:add_item(project, track, given)
  item.selected = true
  return world, project, track, item
end

function stage.act(world, name)
  world:run(stage.ACTIONS .. name .. ".lua")
  world:settle()
end

function stage.extent(project, item)
  return project.tempo:qn(item.position), project.tempo:qn(item.position + item.length)
end

--- What is kept with the active take of an answer; nil of another item.
function stage.memo(item)
  return memo.parse(item.takes[item.active].ext["P_EXT:macnet"])
end

--- The clip that was sent for an answer.
function stage.clip(item, role)
  return memo.parse_clip(stage.memo(item)["clip." .. role])
end

function stage.made_items(project)
  local found = {}
  for _, item in ipairs(fake.all_items(project)) do
    if item.takes[1].ext["P_EXT:macnet"] then found[#found + 1] = item end
  end
  return found
end

function stage.check_takes(world, project, item)
  local first, last = stage.extent(project, item)
  for _, take in ipairs(item.takes) do
    local ends = {}
    for _, note in ipairs(take.source.notes) do
      local start, stop = fake.qn_of(world, take, note.first), fake.qn_of(world, take, note.last)
      if start < first - 1e-6 or stop > last + 1e-3 or stop <= start then error("a note outside of its item") end
      if (ends[note.pitch] or -1) > start + 1e-6 then error("notes of one pitch overlap") end
      ends[note.pitch] = stop
    end
  end
end

function stage.steps_named(world, name)
  local count = 0
  for _, step in ipairs(world.undo) do
    if step.name == name then count = count + 1 end
    if step.is_changed == false then error("an undo step that changed nothing: " .. step.name) end
  end
  return count
end

return stage
