-- @noindex
-- The variations of an answer, whose melody and accompaniment go together: listen, choose, mark, ask for more.

local compose = require("compose")
local host = require("host")
local memo = require("memo")
local reasons = require("reasons")
local take = require("take")
local talk = require("talk")
local wire = require("wire")

local variations = {}

-- The items of the answer that is meant: those selected that are ours, with the other voice of the same answer; or the
-- latest answer to the selected item. An array; nil and the reason.
local function answer_items(project)
  local meant = take.meant(project)
  for _, item in ipairs(meant) do
    local kept = take.memo(item)
    if kept then return take.find(project, function(other) return other.group == kept.group end) end
  end
  if #meant == 0 then return nil, reasons.no_answer_here end
  local primer = take.is_midi(meant[1]) and take.guid(meant[1])
  local latest
  for _, item in ipairs(take.find(project, function(other) return other.primer == primer end)) do
    local kept = take.memo(item)
    if not latest or kept.group > latest then latest = kept.group end
  end
  if not latest then return nil, reasons.no_answer_yet end
  return take.find(project, function(other) return other.group == latest end)
end

local function refuse(reason)
  host.say(reason)
  host.leave_no_trace()
end

--- Show the next (1) or previous (-1) variation, in both voices.
function variations.step(title, by)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local ours, index = take.variations(items[1])
  if #ours < 2 then return refuse(reasons.only_one) end
  local wanted = ours[((index or 1) - 1 + by) % #ours + 1].memo
  take.as_one_step(project, title, function()
    for _, item in ipairs(items) do
      for _, each in ipairs(take.ours(item)) do
        if each.memo.variation == wanted.variation and each.memo.round == wanted.round then take.show(item, each) end
      end
    end
  end)
  host.say(reasons.variation:format(((index or 1) - 1 + by) % #ours + 1, #ours))
end

--- Keep the variation that is shown; the others go, but for takes that were edited by hand.
function variations.keep(title)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local others, edited = 0, 0
  for _, item in ipairs(items) do
    local ours, index = take.variations(item)
    for number, each in ipairs(ours) do
      if number ~= index then
        others = others + 1
        if take.is_edited(each) then edited = edited + 1 end
      end
    end
  end
  if others - edited == 0 then return refuse(others == 0 and reasons.nothing_to_drop or reasons.edited_kept) end
  take.as_one_step(project, title, function()
    for _, item in ipairs(items) do
      take.drop(project, item, function(each) return not take.is_edited(each) end)
    end
  end)
  host.say(edited > 0 and reasons.edited_kept or reasons.kept)
end

local STAR = "★ "

local function mark(project, title, items, shown, starred)
  take.as_one_step(project, title, function()
    for _, item in ipairs(items) do
      for _, each in ipairs(take.ours(item)) do
        if each.memo.variation == shown.variation and each.memo.round == shown.round then
          local name = take.take_name(each):gsub("^" .. STAR, "")
          take.rename(each, starred and STAR .. name or name)
          each.memo.starred = starred and 1 or 0
          take.remember(each, each.memo)
        end
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
  local ours, index = take.variations(items[1])
  if not index then return refuse(reasons.no_answer_here) end
  local shown = ours[index].memo
  local starred = shown.starred ~= "1"
  local take_id = math.tointeger(tonumber(shown.take_id))
  talk.hold_or_start({
    function() return wire.message("/macnet/take/star", { take_id, starred and 1 or 0 }) end,
  }, {
    settings = host.settings(),
    failed = function(failure)
      if failure then host.say(reasons.failed:format(failure.message, failure.hint or "")) end
    end,
    done = function()
      if not take.is_open(project) or not take.is_alive(project, items[1]) then return host.say(reasons.item_gone) end
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
    for _, each in ipairs(take.ours(item)) do round = math.max(round, tonumber(each.memo.round) or 1) end
  end
  return round
end

--- More variations of the same request, as further takes of the same items.
function variations.another(title)
  local project = take.project()
  local items, reason = answer_items(project)
  if not items then return refuse(reason) end
  local kept, into = take.memo(items[1]), {}
  local clips = clips_in(kept)
  if #clips == 0 then return refuse(reasons.no_answer_here) end
  for _, item in ipairs(items) do into[take.memo(item).role] = item end
  compose.run(title, {
    project = project, kind = kept.kind, settings = host.settings(), items = into, into = into, name = kept.name,
    role = kept.role, primer = kept.primer, clips = clips, options = options_in(kept),
    ticks = math.tointeger(tonumber(kept.ticks)), variations = math.tointeger(tonumber(kept.variations)),
    first = take.extent(project, items[1]).first, group = kept.group, round = latest_round(items) + 1,
  })
end

return variations
