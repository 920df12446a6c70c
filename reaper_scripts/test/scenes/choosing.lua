-- Choosing among the variations of an answer, and asking for more.

local fake = require("fake")
local stage = require("stage")
local act = stage.act
local check_takes = stage.check_takes
local equal = stage.equal
local extent = stage.extent
local made_items = stage.made_items
local near = stage.near
local new_world = stage.new_world
local says = stage.says
local tune_project = stage.tune_project
local scenes = {}

function scenes.next_previous_keep_and_star()
  local world, project = tune_project()
  act(world, "Continue selected item")
  local function shown()
    local numbers = {}
    for _, item in ipairs(made_items(project)) do
      numbers[#numbers + 1] = item.takes[item.active].ext["P_EXT:macnet"]:match("variation=(%d+)")
    end
    return table.concat(numbers, " ")
  end
  equal(shown(), "1 1", "first")
  act(world, "Next variation")
  equal(shown(), "2 2", "next")
  says(world, "variation 2 of 3")
  act(world, "Previous variation")
  act(world, "Previous variation")
  equal(shown(), "3 3", "before the first comes the last")
  act(world, "Star this variation")
  says(world, "starred")
  for _, item in ipairs(made_items(project)) do
    if not item.takes[item.active].name:find("^★ Verse › 3/3") then error("a star in the name: " .. item.takes[item.active].name) end
  end
  local edited = made_items(project)[1]
  local other = edited.active == 1 and 2 or 1
  edited.takes[other].source.notes[1].pitch = 1
  act(world, "Keep this variation")
  says(world, "edited by hand")
  equal(#made_items(project)[1].takes, 2, "the edited take stays")
  equal(#made_items(project)[2].takes, 1, "the others go")
  equal(shown(), "3 3", "what is shown stays")
  act(world, "Star this variation")
  says(world, "no longer")
end

function scenes.another_adds_takes_even_after_reopening()
  local world, project, _, item = tune_project()
  act(world, "Continue selected item")
  local reopened = new_world()
  reopened.ext = world.ext
  reopened.projects, reopened.active, reopened.next_guid = { project }, project, 100
  for _, each in ipairs(fake.all_items(project)) do each.selected = each == item end
  act(reopened, "Another")
  for _, answer in ipairs(made_items(project)) do
    equal(#answer.takes, 6, "takes")
    local memo = answer.takes[answer.active].ext["P_EXT:macnet"]
    equal(memo:match("round=(%d+)") .. memo:match("variation=(%d+)"), "21", "the first new one is shown")
    check_takes(reopened, project, answer)
  end
  equal(#made_items(project), 2, "still two items")
end

function scenes.lanes_on_reaper_7()
  if stage.VERSION < 7 then return end
  local world, project, track = tune_project()
  world.reaper.SetExtState("MAC-Net", "lanes", "yes", true)
  act(world, "Continue selected item")
  equal(track.free_mode, 0, "the item's own track stays as it is")
  local function playing()
    local numbers = {}
    for _, item in ipairs(made_items(project)) do
      if item.lane == item.track.lane then
        numbers[#numbers + 1] = item.takes[1].ext["P_EXT:macnet"]:match("variation=(%d+)")
      end
    end
    return table.concat(numbers, " ")
  end
  equal(#made_items(project), 6, "an item a lane")
  equal(playing(), "1 1", "first")
  act(world, "Next variation")
  equal(playing(), "2 2", "both voices go on")
  act(world, "Keep this variation")
  equal(#made_items(project), 2, "one is left")
  equal(playing(), "2 2", "the one that was shown")
end

function scenes.a_copy_of_an_answer_is_an_answer_of_its_own()
  local world, project, track = tune_project()
  act(world, "Continue selected item")
  for _, answer in ipairs(made_items(project)) do
    local copy = world:add_item(project, answer.track, { first = 60, last = 68, pool = answer.takes[1].source })
    copy.takes[1].ext, copy.takes[1].name = answer.takes[1].ext, answer.takes[1].name
    answer.selected, copy.selected = false, answer.track == track
  end
  local before = {}
  for index, answer in ipairs(made_items(project)) do before[index] = fake.describe_item(answer, true) end
  act(world, "Another")
  for _, answer in ipairs(made_items(project)) do
    local first = extent(project, answer)
    equal(#answer.takes, first > 50 and 4 or 3, "takes at " .. first)
    if first < 50 then
      local is_unchanged = false
      for _, text in ipairs(before) do is_unchanged = is_unchanged or text == fake.describe_item(answer, true) end
      equal(is_unchanged, true, "the other copy is left alone")
    end
  end
end

function scenes.an_answer_that_was_cut_is_not_added_to()
  local world, project = tune_project()
  act(world, "Continue selected item")
  made_items(project)[1].length = 1
  local before, steps = fake.describe(project, true), #world.undo
  act(world, "Another")
  says(world, "cut or stretched")
  equal(fake.describe(project, true), before, "the project")
  equal(#world.undo, steps, "undo steps")
end

function scenes.a_moved_voice_gets_its_takes_where_it_lies()
  local world, project = tune_project()
  act(world, "Continue selected item")
  made_items(project)[2].position = project.tempo:time(40)
  act(world, "Another")
  local firsts = {}
  for index, answer in ipairs(made_items(project)) do
    equal(#answer.takes, 6, "takes")
    check_takes(world, project, answer)
    firsts[index] = extent(project, answer)
  end
  near(firsts[1], 20, "the melody")
  near(firsts[2], 40, "the accompaniment")
end

function scenes.takes_that_forget_where_they_come_from_are_reminded()
  for seed = 1, 6 do -- some of these REAPERs lose P_EXT when they make takes of items
    local world, project = tune_project({ seed = seed })
    act(world, "Continue selected item")
    for _, answer in ipairs(made_items(project)) do
      for _, take in ipairs(answer.takes) do
        if not take.ext["P_EXT:macnet"] then error("a take without its request, seed " .. seed) end
      end
      equal(stage.memo(answer).variation, "1", "the first is shown, seed " .. seed)
    end
  end
end

function scenes.a_whole_afternoon_is_undone_step_by_step()
  local world, project, _, item = tune_project()
  world.playing, world.position = 1, 2
  local befores = {}
  local function step(name)
    befores[#befores + 1] = { name = "MAC-Net: " .. name, text = fake.describe(project, true) }
    act(world, name)
    equal(#world.undo, #befores, "undo steps after " .. name .. ": " .. world:say())
    equal(world.undo[#world.undo].name, befores[#befores].name, "its name")
  end
  for _, name in ipairs({ "Continue selected item", "Next variation", "Another", "Previous variation", "Star this variation",
    "Keep this variation", "Vary selected item", "Accompany selected item" }) do
    if name:find("^Vary") then -- the tune again, not the answer that is selected
      for _, each in ipairs(fake.all_items(project)) do each.selected = each.takes[1].name == "Verse" end
    end
    step(name)
  end
  for number = #befores, 1, -1 do
    equal(world:undo_step().name, befores[number].name, "what is undone")
    equal(fake.describe(project, true), befores[number].text, "before " .. befores[number].name)
  end
  equal(item.alive, false, "undo has made every item anew")
  equal(#fake.all_items(project), 1, "the tune alone is left")
end

return scenes
