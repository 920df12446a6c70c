-- What of an item is heard: bars, meters, pickups, pools, channels, roles.

local fake = require("fake")
local stage = require("stage")
local act = stage.act
local equal = stage.equal
local made_items = stage.made_items
local near = stage.near
local says = stage.says
local tune_project = stage.tune_project

local scenes = {}

function scenes.an_item_that_starts_off_the_bar_is_a_pickup()
  local world, project = tune_project({ item = { first = 7, last = 20, notes = { { 0, 1, 67 }, { 1, 5, 72 } } } })
  act(world, "Continue selected item")
  local clip = stage.clip(made_items(project)[1], "melody")
  equal(clip.length, 16 * 960, "from the bar line before it")
  equal(clip.notes[1].onset, 3 * 960, "the pickup is on the fourth beat")
  near(stage.extent(project, made_items(project)[1]), 20, "start")
end

function scenes.an_item_that_ends_off_the_bar_is_filled_up_first()
  local world, project = tune_project({ item = { first = 4, last = 18, notes = { { 0, 4, 67 }, { 4, 13, 72 } } } })
  act(world, "Continue selected item")
  local first, last = stage.extent(project, made_items(project)[1])
  near(first, 18, "start")
  near(last, 28, "end: the rest of the bar, and two more")
end

function scenes.the_meter_and_tempo_at_the_end_of_the_item_count()
  local world, project = tune_project({
    markers = {
      { qn = 0, bpm = 120, numerator = 4, denominator = 4 }, { qn = 8, bpm = 90, numerator = 3, denominator = 4 },
    },
    item = { first = 4, last = 20 },
  })
  act(world, "Continue selected item")
  local clip = stage.clip(made_items(project)[1], "melody")
  equal(clip.numerator, 3, "beats in a bar")
  equal(clip.length, 12 * 960, "the bars of the last meter")
  local first, last = stage.extent(project, made_items(project)[1])
  near(last - first, 6, "two bars of it")
end

function scenes.a_pooled_item_is_heard_and_none_of_the_pool_changes()
  local world, project, track, item = tune_project()
  local twin = world:add_item(project, track, { first = 40, last = 56, pool = item.takes[1].source, name = "Verse" })
  local before, twin_before = fake.describe_item(item, true), fake.describe_item(twin, true)
  act(world, "Continue selected item")
  equal(fake.describe_item(item, true), before, "the item")
  equal(fake.describe_item(twin, true), twin_before, "its twin")
  for _, answer in ipairs(made_items(project)) do
    for _, take in ipairs(answer.takes) do
      if take.source == item.takes[1].source then error("an answer is in the item's pool") end
    end
  end
end

function scenes.answers_are_on_the_channel_of_what_they_answer()
  local world, project, _, item = tune_project({ item = { channel = 4 } })
  item.takes[1].source.notes[1].channel = 9
  local chords = world:add_track(project, "Keys")
  local second = world:add_item(project, chords, {
    first = 4, last = 20, notes = { { 0, 16, 48 }, { 0, 16, 52 }, { 0, 16, 55 } }, channel = 11, name = "Chords",
  })
  second.selected = true
  act(world, "Continue selected item")
  act(world, "Another")
  for _, answer in ipairs(made_items(project)) do
    equal(#answer.takes, 6, "takes")
    for _, take in ipairs(answer.takes) do
      for _, note in ipairs(take.source.notes) do
        equal(note.channel, stage.memo(answer).role == "melody" and 4 or 11, "channel")
      end
    end
  end
end

function scenes.roles_are_asked_for_if_the_settings_say_so()
  local world, project, _, item = tune_project()
  local second = world:add_item(project, world:add_track(project, "Other"), { first = 4, last = 20, notes = { { 0, 16, 40 } } })
  second.selected = true
  world.reaper.SetExtState("MAC-Net", "role", "ask", true)
  act(world, "Continue selected item")
  says(world, "nothing was asked for")
  equal(#made_items(project) + #world.undo, 0, "made")
  world.on_box = function() return 7 end -- No: the second one
  act(world, "Continue selected item")
  equal(world.boxes[1]:find("Yes: Verse (Lead)\nNo: Other", 1, true) ~= nil, true, "both are named: " .. world.boxes[1])
  for _, answer in ipairs(made_items(project)) do
    equal(stage.memo(answer).role, answer.track == item.track and "accompaniment" or "melody", "role")
  end
end

function scenes.an_answer_that_is_continued_keeps_its_roles_and_its_name()
  local world, project, track = tune_project()
  world.reaper.SetExtState("MAC-Net", "role", "accompaniment", true)
  act(world, "Continue selected item") -- the answer is selected now
  world.reaper.SetExtState("MAC-Net", "role", "ask", true)
  act(world, "Continue selected item")
  equal(#world.boxes, 0, "nothing is asked")
  equal(#project.tracks, 2, "no new track")
  equal(#track.items, 3, "the voice goes on where it was")
  for _, answer in ipairs(track.items) do
    if stage.memo(answer) then equal(stage.memo(answer).role, "accompaniment", "role") end
  end
  local name = track.items[3].takes[1].name
  if not name:find("^Verse › %d/3 ") then error("take name " .. name) end
end

function scenes.several_items_of_a_track_are_heard_as_one()
  local world, project, track, item = tune_project()
  local second = world:add_item(project, track, { first = 20, last = 28, notes = { { 0, 4, 76 }, { 6, 20, 79 } }, name = "End" })
  second.selected = true
  act(world, "Continue selected item")
  local answer = track.items[3]
  near(stage.extent(project, answer), 28, "after the last of them")
  local clip = stage.clip(answer, "melody")
  equal(#clip.notes, 18, "the notes of both")
  equal(clip.length, 24 * 960, "their bars")
  equal(clip.notes[18].onset + clip.notes[18].duration, clip.length, "no note outlasts its item")
  equal(stage.memo(answer).name, "End", "named after the last")
  for _, each in ipairs(fake.all_items(project)) do each.selected = each == item or each == second end
  act(world, "Next variation")
  says(world, "variation 2 of 3")
end

function scenes.what_lies_on_two_tracks_must_end_together()
  local world, project = tune_project()
  local before = fake.describe(project)
  local other = world:add_item(project, world:add_track(project, "Keys"), { first = 4, last = 12, notes = { { 0, 1, 48 } } })
  other.selected = true
  act(world, "Continue selected item")
  says(world, "start and end together")
  equal(#world.undo, 0, "undo steps")
  local third = world:add_item(project, world:add_track(project, "Bass"), { first = 4, last = 20, notes = { { 0, 1, 36 } } })
  third.selected = true
  act(world, "Continue selected item")
  says(world, "of one track, or of two")
  equal(fake.describe(project):sub(1, #before), before, "the tune")
end

return scenes
