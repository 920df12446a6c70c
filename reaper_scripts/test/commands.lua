-- The actions of REAPER that the scripts run by number (facts of REAPER's own list of actions).

local project = require("project")

local function selected_by_track(of)
  local by_track = {}
  for _, track in ipairs(of.tracks) do
    for _, item in ipairs(track.items) do
      if item.selected then
        by_track[track] = by_track[track] or {}
        table.insert(by_track[track], item)
      end
    end
  end
  return by_track
end

-- What nothing says, chance decides: the order of the takes, which is active, whether P_EXT and GUIDs survive.
local function implode_track(world, track, items)
  local takes, length = {}, items[1].length
  for _, item in ipairs(items) do
    if math.abs(item.length - length) > 1e-9 then error("imploding items of unlike lengths", 5) end
    for _, take in ipairs(item.takes) do table.insert(takes, world:_chance(#takes + 1), take) end
  end
  local made = project.pointer("MediaItem*", {
    track = track, position = items[1].position, length = length, loops = items[1].loops, selected = true, takes = {},
    active = world:_chance(#takes), lane = 0,
  })
  local copies, has_forgotten = {}, world:_chance(3) == 1
  for index, take in ipairs(takes) do
    made.takes[index] = project.copy_take(world, take, made, copies, has_forgotten)
  end
  for _, item in ipairs(items) do project.kill_item(track, item) end
  track.items[#track.items + 1] = made
end

local function implode(world)
  for track, items in pairs(selected_by_track(world.active)) do
    if track.free_mode ~= 0 then error("what imploding does on fixed lanes is not known", 5) end
    if #items > 1 then implode_track(world, track, items) end
  end
end

local function item_to_lanes(world, track, item)
  track.free_mode, track.lanes = 2, math.max(track.lanes, #item.takes)
  track.lane = item.active - 1
  for index, take in ipairs(item.takes) do
    local made = project.pointer("MediaItem*", {
      track = track, position = item.position, length = item.length, loops = item.loops, selected = true, takes = {},
      active = 1, lane = index - 1,
    })
    made.takes[1] = project.copy_take(world, take, made, {})
    track.items[#track.items + 1] = made
  end
  project.kill_item(track, item)
end

local function to_lanes(world)
  if world.options.version < 7 then error("REAPER 6 has no fixed lanes", 5) end
  for track, items in pairs(selected_by_track(world.active)) do
    for _, item in ipairs(items) do item_to_lanes(world, track, item) end
  end
end

local function delete_active_takes(world)
  for _, item in ipairs(project.all_items(world.active)) do
    if item.selected and #item.takes > 1 then
      table.remove(item.takes, item.active).alive = false
      item.active = math.min(item.active, #item.takes)
      project.renew_takes(world, item)
    end
  end
end

--- Number -> what it does, and whether that is an edit.
return {
  [40129] = { delete_active_takes, is_edit = true },
  [40543] = { implode, is_edit = true },
  [41120] = { function(world) world.trim_behind = true end },
  [41121] = { function(world) world.trim_behind = false end },
  [42661] = { to_lanes, is_edit = true },
}
