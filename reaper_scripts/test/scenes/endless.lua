-- Endless.

local fake = require("fake")
local stage = require("stage")
local check_takes = stage.check_takes
local equal = stage.equal
local extent = stage.extent
local made_items = stage.made_items
local near = stage.near
local says = stage.says
local tune_project = stage.tune_project
local scenes = {}

function scenes.endless_goes_on_until_it_is_run_again()
  local world, project, track = tune_project()
  world.playing, world.position = 1, 6
  world:run(stage.ACTIONS .. "Endless.lua")
  world:settle(function() return #track.items >= 3 end)
  local before = 20
  for index = 2, #track.items do
    local first, last = extent(project, track.items[index])
    near(first, before, "start of part " .. index)
    before = last
  end
  local ahead = project.tempo:time(before) - world.position
  world.position = world.position + ahead
  world:settle(function() return #track.items >= 5 end)
  world:run(stage.ACTIONS .. "Endless.lua")
  world:settle()
  says(world, "endless")
  local count = #track.items
  world:settle()
  equal(#track.items, count, "nothing more comes")
  equal(world.reaper.HasExtState("MAC-Net", "endless"), false, "it is off")
  for _, answer in ipairs(made_items(project)) do check_takes(world, project, answer) end
end

function scenes.endless_stops_before_what_is_there()
  local world, project, track = tune_project()
  world:add_item(project, track, { first = 30, last = 34, notes = { { 0, 1, 60 } } })
  world.playing, world.position = 1, 6
  world:run(stage.ACTIONS .. "Endless.lua")
  world:settle()
  says(world, "in the way")
  equal(#track.items, 3, "one part fits")
end

function scenes.reaper_7_ends_endless_by_itself()
  if stage.VERSION < 7 then return end
  local world = tune_project()
  world.playing, world.position = 1, 6
  world:run(stage.ACTIONS .. "Endless.lua")
  world:tick()
  equal(world.toggles[1], 1 | 4, "ends when run again, and is shown as on")
  world:run(stage.ACTIONS .. "Endless.lua")
  equal(#world.deferred, 0, "it is over at once")
  says(world, "endless stops")
  equal(world.toggles[#world.toggles], 8, "shown as off")
  equal(world.reaper.HasExtState("MAC-Net", "endless"), false, "forgotten")
end

function scenes.endless_is_undone_part_by_part()
  local world, project, track = tune_project()
  world.playing, world.position = 1, 6
  local before = fake.describe(project, true)
  world:run(stage.ACTIONS .. "Endless.lua")
  world:settle(function() return #track.items >= 3 end)
  world:run(stage.ACTIONS .. "Endless.lua")
  world:settle()
  equal(#world.undo, #made_items(project) // 2, "an undo step a part")
  while #world.undo > 0 do equal(world:undo_step().name, "MAC-Net: Endless", "its name") end
  equal(fake.describe(project, true), before, "the project")
end

return scenes
