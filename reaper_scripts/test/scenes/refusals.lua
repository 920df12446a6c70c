-- What is refused, taken back or waited for, and what it leaves: nothing.

local fake = require("fake")
local stage = require("stage")
local act = stage.act
local equal = stage.equal
local made_items = stage.made_items
local says = stage.says
local tune_project = stage.tune_project
local scenes = {}

function scenes.reasons_are_said_and_leave_no_trace()
  local cases = {
    { "Select a MIDI item", function(_, _, _, item) item.selected = false end },
    { "audio", function(_, _, _, item) item.takes[1].source.is_midi = false end },
    { "no note", function(_, _, _, item) item.takes[1].source.notes = {} end },
    { "no note", function(_, _, _, item)
      for _, note in ipairs(item.takes[1].source.notes) do note.muted = true end
    end },
    { "drums", function(_, _, _, item)
      for _, note in ipairs(item.takes[1].source.notes) do note.channel = 9 end
    end },
  }
  for _, case in ipairs(cases) do
    local world, project, track, item = tune_project()
    case[2](world, project, track, item)
    local before = fake.describe(project)
    act(world, "Continue selected item")
    says(world, case[1])
    equal(#world.undo, 0, "undo steps after: " .. case[1])
    equal(fake.describe(project), before, "the project after: " .. case[1])
  end
  for _, name in ipairs({ "Another", "Next variation", "Keep this variation", "Star this variation" }) do
    local world, project = tune_project()
    local before = fake.describe(project)
    act(world, name)
    says(world, "run Continue first")
    equal(#world.undo, 0, "undo steps of " .. name)
    equal(fake.describe(project), before, "the project after " .. name)
  end
end

function scenes.an_item_that_goes_while_waiting_changes_nothing()
  local world, project, track, item = tune_project()
  world:run(stage.ACTIONS .. "Continue selected item.lua")
  table.remove(track.items, 1)
  item.alive = false
  local before = fake.describe(project)
  world:settle()
  says(world, "deleted while")
  equal(fake.describe(project), before, "the project")
  equal(#world.undo, 0, "undo steps")
end

function scenes.another_tab_in_front_is_waited_for()
  local world, project = tune_project()
  world:run(stage.ACTIONS .. "Continue selected item.lua")
  world.active = world:add_project(stage.COMMON)
  local turns = 0
  world:settle(function()
    turns = turns + 1
    return turns > 700
  end)
  equal(#made_items(project) + #fake.all_items(world.active), 0, "nothing lands meanwhile")
  world.active = project
  world:settle()
  equal(#made_items(project), 2, "items made")
end

function scenes.what_goes_wrong_halfway_is_taken_back()
  local world, project = tune_project()
  local before, calls = fake.describe(project, true), 0
  local sort = rawget(world.reaper, "MIDI_Sort")
  rawset(world.reaper, "MIDI_Sort", function(...)
    calls = calls + 1
    if calls == 3 then error("a fault") end
    return sort(...)
  end)
  act(world, "Continue selected item")
  says(world, "fault of its own")
  equal(fake.describe(project, true), before, "the project")
  equal(#world.undo, 0, "undo steps")
end

function scenes.a_bridge_that_is_not_there_is_offered_to_be_started()
  local world, project = tune_project()
  world.reaper.SetExtState("MAC-Net", "port", "9", true)
  world.reaper.SetExtState("MAC-Net", "data", stage.DATA .. "/nowhere", true)
  local before = fake.describe(project)
  act(world, "Continue selected item")
  equal(world.boxes[1]:find("macnet serve", 1, true) ~= nil, true, "how to start it")
  world.reaper.SetExtState("MAC-Net", "command", "start the bridge", true)
  world.on_box = function() return 1 end
  world.on_exec = function() world.skipped_a_tick = 0.2 end -- it never comes up
  act(world, "Continue selected item")
  equal(world.executed[1][1], "start the bridge", "the command")
  equal(world.executed[1][2], -2, "REAPER does not wait for it")
  equal(#world.executed, 1, "it is started once")
  says(world, "macnet serve")
  equal(fake.describe(project), before, "the project")
  equal(#world.undo, 0, "undo steps")
end

function scenes.the_command_that_came_with_the_scripts_is_offered()
  local world = tune_project()
  package.preload.installed = function() return { command = '"/there/python" -m bridge serve', data = stage.DATA } end
  world.reaper.SetExtState("MAC-Net", "port", "9", true)
  world.reaper.SetExtState("MAC-Net", "data", stage.DATA .. "/nowhere", true)
  act(world, "Check connection")
  package.preload.installed = nil
  equal(world.boxes[1]:find('"/there/python" -m bridge serve', 1, true) ~= nil, true, "what is offered: " .. world.boxes[1])
end

local function close(world, project)
  project.alive = false
  for _, item in ipairs(fake.all_items(project)) do item.alive, item.takes[1].alive = false, false end
  for _, track in ipairs(project.tracks) do track.alive = false end
  table.remove(world.projects, 1)
  world.active = world:add_project(stage.COMMON)
end

function scenes.a_project_that_is_closed_while_waiting_is_left_alone()
  for _, name in ipairs({ "Continue selected item", "Endless" }) do
    local world, project = tune_project()
    world.playing, world.position = 1, 6
    world:run(stage.ACTIONS .. name .. ".lua")
    close(world, project)
    world:settle()
    says(world, "project was closed")
    equal(#world.undo + #fake.all_items(world.active), 0, "made by " .. name)
  end
end

function scenes.a_second_item_that_goes_while_waiting_changes_nothing()
  local world, project, track = tune_project()
  local first = world:add_item(project, track, { first = 0, last = 4, notes = { { 0, 4, 55 } } })
  first.selected = true
  world:run(stage.ACTIONS .. "Continue selected item.lua")
  table.remove(track.items, 2)
  first.alive = false
  local before = fake.describe(project)
  world:settle()
  says(world, "deleted while")
  equal(fake.describe(project), before, "the project")
  equal(#world.undo, 0, "undo steps")
end

return scenes
