-- Projects by chance keep what every project must.

local fake = require("fake")
local stage = require("stage")
local act = stage.act
local check_takes = stage.check_takes
local equal = stage.equal
local extent = stage.extent
local made_items = stage.made_items
local near = stage.near
local new_world = stage.new_world
local scenes = {}

local function random_project(random)
  local function pick(list) return list[random(#list)] end
  local meters = { { 2, 4 }, { 3, 4 }, { 4, 4 }, { 5, 4 }, { 6, 8 }, { 7, 8 }, { 9, 8 }, { 12, 8 } }
  local markers, qn = {}, 0
  for index = 1, random(3) do
    local meter = pick(meters)
    markers[index] = { qn = qn, bpm = 60 + random(120), numerator = meter[1], denominator = meter[2] }
    qn = qn + meter[1] * 4 / meter[2] * (1 + random(4))
  end
  local world = new_world({ seed = random(1000000), trim_behind = random(2) == 1 })
  world.reaper.SetExtState("MAC-Net", "variations", tostring(pick({ 1, 1, 2, 3 })), true)
  world.reaper.SetExtState("MAC-Net", "bars", tostring(pick({ 1, 1, 1, 2 })), true)
  world.reaper.SetExtState("MAC-Net", "voices", pick({ "both", "both", "melody", "accompaniment" }), true)
  local project = world:add_project(markers)
  local track = world:add_track(project, "A")
  local first = random(0, 24) / pick({ 1, 2, 4 })
  local length = random(4, 40) / pick({ 1, 2 })
  local source, notes, at = math.max(1, length / pick({ 1, 1, 2, 3 })), {}, 0
  while at < source - 0.2 do
    local duration = pick({ 0.25, 0.5, 1 / 3, 1, 2 })
    for _ = 1, pick({ 1, 1, 1, 3 }) do
      notes[#notes + 1] = { at, math.min(source, at + duration), 40 + random(50), random(127), muted = random(12) == 1 }
    end
    at = at + duration
  end
  notes[1].muted = false
  local given = {
    first = first, last = first + length, notes = notes, loops = source < length, source_qn = source, name = "x",
    rate = pick({ 1, 1, 1, 0.5, 2 }), offset = pick({ 0, 0, 0, 0.5 }),
  }
  local item = world:add_item(project, track, given)
  item.selected = true
  if random(4) == 1 then
    local chords = {}
    for _, pitch in ipairs({ 40, 47, 52 }) do chords[#chords + 1] = { 0, length, pitch } end
    local second =
      world:add_item(project, world:add_track(project, "B"), { first = first, last = first + length, notes = chords, channel = 2 })
    second.selected = true
  end
  if random(3) == 1 then
    world:add_item(project, track, { first = first + length + random(0, 12), last = first + length + 14, notes = { { 0, 1, 60 } } })
  end
  return world, project, item
end

function scenes.two_hundred_projects_by_chance()
  local seed = tonumber(os.getenv("MACNET_SEED") or "") or os.time()
  local count = tonumber(os.getenv("MACNET_PROJECTS") or "") or 200
  print("seed " .. seed)
  math.randomseed(seed)
  local refused = 0
  for number = 1, count do
    local world, project, item = random_project(math.random)
    local kind = ({ "Continue", "Continue", "Vary", "Accompany" })[math.random(4)]
    local before = fake.describe(project, true)
    local others = {}
    for _, other in ipairs(fake.all_items(project)) do others[other] = fake.describe_item(other, true) end
    local _, item_last = extent(project, item)
    act(world, kind .. " selected item")
    local made = made_items(project)
    for _, answer in ipairs(made) do
      check_takes(world, project, answer)
      local first = extent(project, answer)
      if kind ~= "Accompany" then near(first, item_last, "start, project " .. number) end
    end
    for other, text in pairs(others) do
      equal(other.alive, true, "an item of before, project " .. number)
      equal(fake.describe_item(other, true), text, "what it holds, project " .. number)
    end
    if #made == 0 then
      refused = refused + 1
      equal(#world.undo, 0, "undo steps of a refusal, project " .. number .. ": " .. world:say())
      if not world:say():find("no note", 1, true) then error("project " .. number .. ": " .. world:say()) end
    else
      equal(#world.undo, 1, "undo steps, project " .. number)
      world:undo_step()
    end
    equal(fake.describe(project, true), before, "undone, project " .. number)
  end
  if refused > count / 5 then error("too many refused: " .. refused) end
end

return scenes
