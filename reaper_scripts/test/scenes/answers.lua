-- What lands where, and what is heard.

local fake = require("fake")
local stage = require("stage")
local act = stage.act
local check_takes = stage.check_takes
local equal = stage.equal
local extent = stage.extent
local made_items = stage.made_items
local near = stage.near
local says = stage.says
local steps_named = stage.steps_named
local tune_project = stage.tune_project
local scenes = {}

function scenes.continue_keeps_the_item_and_lands_after_it()
  local world, project, track, item = tune_project()
  local before = fake.describe(project, true)
  act(world, "Continue selected item")
  says(world, "3 variations")
  equal(steps_named(world, "MAC-Net: Continue selected item"), 1, "undo steps")
  local made = made_items(project)
  equal(#made, 2, "items made")
  for _, answer in ipairs(made) do
    equal(#answer.takes, 3, "takes")
    local first, last = extent(project, answer)
    near(first, 20, "start")
    near(last, 28, "end")
    check_takes(world, project, answer)
    local name = answer.takes[answer.active].name
    if not name:find("^Verse › 1/3 %S+ #%d+$") then error("take name " .. name) end
  end
  equal(made[1].track, track, "the melody's track")
  equal(project.tracks[2].name, "Verse › accompaniment", "the other voice's track")
  equal(item.alive, true, "the item lives")
  equal(item.selected, false, "the answer is selected instead")
  world:undo_step()
  equal(fake.describe(project, true), before, "after undo")
end

function scenes.accompany_lies_below_the_item()
  local world, project = tune_project()
  act(world, "Accompany selected item")
  local made = made_items(project)
  equal(#made, 1, "items made")
  local first, last = extent(project, made[1])
  near(first, 4, "start")
  near(last, 20, "end")
  equal(made[1].track, project.tracks[2], "a track below")
  check_takes(world, project, made[1])
end

function scenes.vary_gives_the_same_length_right_after()
  local world, project, track = tune_project()
  act(world, "Vary selected item")
  local made = made_items(project)
  local first, last = extent(project, made[1])
  near(first, 20, "start")
  near(last, 36, "end")
  equal(made[1].track, track, "the same track")
end

function scenes.the_chosen_track_takes_the_accompaniment()
  local world, project = tune_project()
  world:add_track(project, "Drums")
  local piano = world:add_track(project, "Piano")
  world.reaper.SetExtState("MAC-Net", "track", "Piano", true)
  act(world, "Continue selected item")
  equal(#project.tracks, 3, "no new track")
  equal(#piano.items, 1, "on the piano")
end

function scenes.nothing_is_ever_overwritten()
  local world, project, track = tune_project({ trim_behind = true })
  local there = world:add_item(project, track, { first = 22, last = 24, notes = { { 0, 1, 50 } }, name = "Bridge" })
  local notes_before = fake.describe(project, true):match("take Bridge.*$")
  act(world, "Continue selected item")
  says(world, "new track below")
  equal(there.alive, true, "what was there")
  equal(#track.items, 2, "its track")
  equal(fake.describe(project, true):find(notes_before, 1, true) ~= nil, true, "unchanged")
  equal(world.trim_behind, true, "trim behind is on again")
  equal(#made_items(project), 2, "items made")
end

function scenes.selected_notes_alone_are_the_primer()
  local world, project, _, item = tune_project()
  for index, note in ipairs(item.takes[1].source.notes) do note.selected = index > 12 end
  act(world, "Continue selected item")
  local memo = made_items(project)[1].takes[1].ext["P_EXT:macnet"]
  local numbers = memo:match("clip%.melody%%?3?D?=melody ([%d ]+)")
  local count = select(2, numbers:gsub("%d+", ""))
  equal(count, 3 + 4 * 4, "four notes are heard")
  equal(numbers:match("^%d+"), "3840", "from their bar line")
end

function scenes.melody_and_accompaniment_go_together()
  local world, project, track, item = tune_project()
  local chords = world:add_track(project, "Keys")
  local notes = {}
  for bar = 0, 3 do
    for _, pitch in ipairs({ 48, 52, 55 }) do notes[#notes + 1] = { bar * 4, bar * 4 + 4, pitch } end
  end
  local second = world:add_item(project, chords, { first = 4, last = 20, notes = notes, name = "Chords" })
  second.selected = true
  act(world, "Continue selected item")
  equal(#project.tracks, 2, "no new track")
  equal(#track.items, 2, "the melody goes on")
  equal(#chords.items, 2, "the chords go on")
  equal(item.alive and second.alive, true, "both live")
  equal(chords.items[2].takes[1].ext["P_EXT:macnet"]:match("[;]role=(%a+)"), "accompaniment", "the voice")
end

function scenes.the_editor_s_take_is_used_when_nothing_is_selected()
  local world, project, _, item = tune_project()
  local open = world:add_item(project, world:add_track(project, "x"), { first = 4, last = 20, notes = { { 0, 8, 50 } } }).takes[1]
  project.tracks[2].items, open.item, item.takes[2] = {}, item, open
  item.selected = false
  world.editor = { window = { kind = "HWND", alive = true }, take = open }
  act(world, "Continue selected item")
  equal(#made_items(project), 2, "items made")
  equal(stage.clip(made_items(project)[1], "melody").notes[1].pitch, 50, "the take that is open, though another is active")
end

function scenes.loops_offsets_and_rates_are_heard_as_they_sound()
  local loop = { { 0, 1, 60 }, { 1, 2, 64 }, { 2, 3, 67 }, { 3, 4, 72 } }
  local world, project = tune_project({ item = { notes = loop, loops = true, source_qn = 4, rate = 1, first = 4, last = 20 } })
  act(world, "Continue selected item")
  local memo = made_items(project)[1].takes[1].ext["P_EXT:macnet"]
  local _, count = memo:match("clip%.melody=melody ([%d ]+)"):gsub("%d+", "")
  equal(count, 3 + 16 * 4, "four rounds of four notes")
  local half = tune_project({ item = { rate = 2, offset = 8, first = 4, last = 8 } })
  act(half, "Continue selected item")
  memo = made_items(half.active)[1].takes[1].ext["P_EXT:macnet"]
  local _, heard = memo:match("clip%.melody=melody ([%d ]+)"):gsub("%d+", "")
  equal(heard, 3 + 8 * 4, "the second half of the notes, twice as fast")
end

return scenes
