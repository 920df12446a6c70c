-- @noindex
-- The variations of an answer, whose melody and accompaniment go together: listen, choose, mark, ask for more.

local change = require("change")
local compose = require("compose")
local host = require("host")
local memo = require("memo")
local notes = require("notes")
local reasons = require("reasons")
local take = require("take")
local talk = require("talk")
local wire = require("wire")

local variations = {}

local SAME_PLACE = 1e-4 -- quarter notes

-- An answer's item with the other voice of the same answer. Copies of both may lie elsewhere: what lies in the same
-- place belongs together; the other voice alone may have been moved, if there is no copy of it.
local function together(project, item)
  local kept = take.memo(item)
  local others = take.find(project, function(other) return other.group == kept.group end)
  local here = take.extent(project, item)
  local found, elsewhere = {}, {}
  for _, other in ipairs(others) do
    local is_here = math.abs(take.extent(project, other).first - here.first) < SAME_PLACE
    if is_here then found[#found + 1] = other end
    if not is_here and take.memo(other).role ~= kept.role then elsewhere[#elsewhere + 1] = other end
  end
  if #found == 1 and #elsewhere == 1 then found[2] = elsewhere[1] end
  return found
end

-- The items of the answer that is meant: those selected that are ours, with the other voice of the same answer; or the
-- latest answer to the selected item. An array; nil and the reason.
local function answer_items(project)
  local meant = take.meant(project)
  for _, item in ipairs(meant) do
    if take.memo(item) then return together(project, item) end
  end
  if #meant == 0 then return nil, reasons.no_answer_here end
  local primers = {}
  for _, item in ipairs(meant) do
    if take.is_midi(item) then primers[take.guid(item)] = true end
  end
  local latest, group
  for _, item in ipairs(take.find(project, function(other) return primers[other.primer] end)) do
    local kept = take.memo(item)
    if not group or kept.group > group then latest, group = item, kept.group end
  end
  if not latest then return nil, reasons.no_answer_yet end
  return together(project, latest)
end

local refuse = host.say

local function is_alike(first, second)
  return first.memo.round == second.memo.round and first.memo.variation == second.memo.variation
end

-- The variations of an answer, one entry each (its voices may be two takes), and the number of the one that is shown.
local function numbered(takes)
  local list, shown = {}, nil
  for _, each in ipairs(takes) do
    if #list == 0 or not is_alike(list[#list], each) then list[#list + 1] = each end
    if each.is_shown and not shown then shown = #list end
  end
  return list, shown
end

--- Show the next (1) or previous (-1) variation, in both voices.
function variations.step(title, by)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local takes = take.variations(items)
  local list, shown = numbered(takes)
  if #list < 2 then return refuse(reasons.only_one) end
  local number = ((shown or 1) - 1 + by) % #list + 1
  change.as_one_step(project, title, function()
    for _, each in ipairs(takes) do
      if is_alike(each, list[number]) then change.show(each) end
    end
  end)
  host.say(reasons.variation:format(number, #list))
end

--- Keep the variation that is shown; the others go, but for takes that were edited by hand.
function variations.keep(title)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local dropped, has_edited = {}, false
  for _, each in ipairs(take.variations(items)) do
    if not each.is_shown and take.is_edited(each) then
      has_edited = true
    elseif not each.is_shown then
      dropped[#dropped + 1] = each
    end
  end
  if #dropped == 0 then return refuse(has_edited and reasons.edited_kept or reasons.nothing_to_drop) end
  change.as_one_step(project, title, function() change.drop(project, dropped) end)
  host.say(has_edited and reasons.edited_kept or reasons.kept)
end

local STAR = "★ "

local function mark(project, title, items, shown, starred)
  change.as_one_step(project, title, function()
    for _, each in ipairs(take.variations(items)) do
      if is_alike(each, shown) then
        local name = take.take_name(each):gsub("^" .. STAR, "")
        change.rename(each, starred and STAR .. name or name)
        each.memo.starred = starred and 1 or 0
        change.remember(each, each.memo)
      end
    end
  end)
  host.say(starred and reasons.starred or reasons.unstarred)
end

--- Mark the variation that is shown as a favourite, in the bridge's history and by its name; or no longer.
function variations.star(title)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local list, number = numbered(take.variations(items))
  if not number then return refuse(reasons.no_answer_here) end
  local shown = list[number]
  local starred = shown.memo.starred ~= "1"
  local take_id = math.tointeger(tonumber(shown.memo.take_id))
  talk.hold_or_start({
    function() return wire.message("/macnet/take/star", { take_id, starred and 1 or 0 }) end,
  }, {
    settings = host.settings(),
    failed = function(failure)
      if failure then host.say(reasons.failed:format(failure.message, failure.hint or "")) end
    end,
    done = function()
      for _, item in ipairs(items) do
        if not take.is_open(project) or not take.is_alive(project, item) then return host.say(reasons.item_gone) end
      end
      mark(project, title, items, shown, starred)
    end,
  })
end

local function options_in(kept)
  local options = {}
  for name, value in pairs(kept) do
    local option = name:match("^option%.(.+)$")
    if option then options[option] = tonumber(value) or value end
  end
  return options
end

local function clips_in(kept)
  local clips = {}
  for _, role in ipairs({ "melody", "accompaniment" }) do
    local clip = memo.parse_clip(kept["clip." .. role], kept.name)
    if clip then clips[#clips + 1] = clip end
  end
  return clips
end

local function latest_round(items)
  local round = 1
  for _, item in ipairs(items) do
    for _, each in ipairs(take.ours(item)) do round = math.max(round, tonumber(each.memo.round)) end
  end
  return round
end

local function was_cut(project, items, kept)
  for _, item in ipairs(items) do
    local extent = take.extent(project, item)
    local ticks = (extent.last - extent.first) * notes.TICKS
    if math.abs(ticks - tonumber(kept.ticks)) > 1 then return true end
  end
  return false
end

local function channels_of(into, kept)
  local channels = {}
  for _, role in ipairs({ "melody", "accompaniment" }) do
    local here = into[role] and take.memo(into[role]) or kept
    channels[role] = math.tointeger(tonumber(here.channel)) or 0
  end
  return channels
end

--- More variations of the same request, as further takes of the same items.
function variations.another(title)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local kept, into = take.ours(items[1])[1].memo, {}
  local clips = clips_in(kept)
  if #clips == 0 then return refuse(reasons.no_answer_here) end
  if take.has_lanes(take.track(items[1])) then return refuse(reasons.lanes_are_full) end
  if was_cut(project, items, kept) then return refuse(reasons.was_cut) end
  for _, item in ipairs(items) do into[take.memo(item).role] = item end
  compose.run(title, {
    project = project, kind = kept.kind, settings = host.settings(), items = into, into = into, name = kept.name,
    role = kept.role, primer = kept.primer, clips = clips, channels = channels_of(into, kept), options = options_in(kept),
    ticks = math.tointeger(tonumber(kept.ticks)), variations = math.tointeger(tonumber(kept.variations)),
    first = take.extent(project, items[1]).first, group = kept.group, round = latest_round(items) + 1,
  })
end

return variations
