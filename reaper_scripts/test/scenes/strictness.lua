-- The fake itself refuses what REAPER refuses or suffers from: a script that gets away with it here would not there.

local fake = require("fake")
local stage = require("stage")
local equal = stage.equal
local tune_project = stage.tune_project

local scenes = {}

local function refuses(text, call, ...)
  local fine, problem = pcall(call, ...)
  if fine then error("it let pass: " .. text, 2) end
  if not tostring(problem):find(text, 1, true) then error(problem .. ", not " .. text, 2) end
end

function scenes.calls_that_reaper_does_not_know_raise()
  local world, _, _, item = tune_project()
  local r, midi = world.reaper, item.takes[1]
  refuses("does not exist", function() return r.MIDI_InsertNotes end)
  refuses("does not exist", function() return r.CreateNewMIDIItemInProject end)
  refuses("writing to reaper", function() r.something = 1 end)
  refuses("argument 2", r.MIDI_GetNote, midi)
  refuses("too many arguments", r.MIDI_CountEvts, midi, 0)
  refuses("argument 1", r.MIDI_CountEvts, item)
  refuses("argument 2", r.GetMediaItemInfo_Value, item, 5)
  refuses("argument 2", r.GetTrack, 0, 0.5)
  equal(select("#", r.MIDI_GetNote(midi, 0)), 8, "returns of MIDI_GetNote")
  if stage.VERSION < 7 then refuses("does not exist", function() return r.set_action_options end) end
end

function scenes.pointers_that_are_void_raise()
  local world, project, track, item = tune_project()
  local r, midi = world.reaper, item.takes[1]
  local other = world:add_item(project, track, { first = 30, last = 46, notes = { { 0, 1, 60 } } })
  other.selected = true
  r.Undo_BeginBlock2(0)
  r.Main_OnCommand(40543, 0)
  refuses("void", r.GetActiveTake, item)
  refuses("void", r.MIDI_CountEvts, midi)
  equal(r.ValidatePtr2(0, item, "MediaItem*"), false, "the item of before")
  equal(r.CountTakes(r.GetMediaItem(0, 0)), 2, "takes")
  r.UpdateArrange()
  r.Undo_EndBlock2(0, "x", -1)
end

function scenes.takes_that_cannot_hold_notes_refuse_them()
  local world, _, _, item = tune_project()
  local r = world.reaper
  r.Undo_BeginBlock2(0)
  local added = r.AddTakeToMediaItem(item)
  equal(r.MIDI_GetPPQPosFromProjQN(added, 4), -1.0, "no position")
  equal(r.MIDI_InsertNote(added, false, false, 0, 960, 0, 60, 90, true), false, "no note")
  refuses("sorts at every note", r.MIDI_InsertNote, item.takes[1], false, false, 0, 960, 0, 60, 90)
  r.MIDI_InsertNote(item.takes[1], false, false, 0, 960, 0, 60, 90, true)
  refuses("before MIDI_Sort", r.MIDI_GetNote, item.takes[1], 0)
  refuses("undo block is still open", world._check_tick, world)
  r.Undo_EndBlock2(0, "x", -1)
  refuses("never sorted", world._check_tick, world)
  r.MIDI_Sort(item.takes[1])
  refuses("UpdateItemInProject", world._check_tick, world)
  r.UpdateItemInProject(item)
  refuses("window still shows", world._check_tick, world)
  r.UpdateArrange()
  world:_check_tick()
end

function scenes.edits_in_the_wrong_place_raise()
  local world, project, track, item = tune_project()
  local r = world.reaper
  refuses("outside of any undo block", r.SetActiveTake, item.takes[1])
  refuses("outside of any undo block", r.CreateNewMIDIItemInProj, track, 0, 4, true)
  refuses("never began", r.Undo_EndBlock2, 0, "x", -1)
  world.undo_depth = 0
  local other = world:add_project(stage.COMMON)
  world.active = other
  r.Undo_BeginBlock2(project)
  refuses("another project", r.InsertTrackAtIndex, 0, true)
  refuses("another project", r.Main_OnCommand, 40543, 0)
  r.Undo_EndBlock2(project, "x", -1)
  equal(r.ValidatePtr2(other, item, "MediaItem*"), false, "an item of another project")
  r.PreventUIRefresh(1)
  refuses("UI is still locked", world._check_tick, world)
  r.PreventUIRefresh(-1)
  refuses("more UI unlocks", r.PreventUIRefresh, -1)
end

function scenes.trim_behind_takes_what_lies_there()
  local world, project, track, item = tune_project({ trim_behind = true })
  local r = world.reaper
  r.Undo_BeginBlock2(0)
  r.CreateNewMIDIItemInProj(track, 18, 22, true)
  equal(item.alive, false, "the item beneath")
  r.UpdateArrange()
  r.Undo_EndBlock2(0, "x", -1)
  world:undo_step()
  equal(#fake.all_items(project), 1, "undo brings it back")
end

return scenes
