-- Regions, tracks and the tempo map: the only file that reads or writes a session. Times are quarter notes, which is what
-- Ardour counts in as well, 1920 ticks each.

local notes = require("notes")
local place = require("place")

local region = {}

local TICKS = 1920 -- Ardour's, a quarter note

local function position(qn)
  return Temporal.timepos_t.from_ticks(notes.round(qn * TICKS))
end

local function beats(qn)
  local ticks = notes.round(qn * TICKS)
  return Temporal.Beats(ticks // TICKS, ticks % TICKS)
end

-- Ardour shows a length in beats as "beats:ticks", and has no other way to its numbers.
local function quarters(shown)
  local sign, whole, ticks = tostring(shown):match("^(-?)(%d+):(%d+)$")
  return (sign == "-" and -1 or 1) * (tonumber(whole) + tonumber(ticks) / TICKS)
end

--- The regions that are selected, in no order.
function region.selected(editor)
  local found = {}
  for each in editor:get_selection().regions:regionlist():iter() do found[#found + 1] = each end
  return found
end

function region.is_midi(each)
  return not each:to_midiregion():isnil()
end

function region.name(each)
  return each:name()
end

--- Where a region lies: { first, last } in quarter notes.
function region.extent(each)
  return { first = each:position():ticks() / TICKS, last = (each:position() + each:length()):ticks() / TICKS }
end

local function model_of(each)
  return each:to_midiregion():midi_source(0):model()
end

--- The notes that a region shows, in quarter notes of the session.
function region.read(each)
  local extent, start, found = region.extent(each), each:start():ticks() / TICKS, {}
  for note in ARDOUR.LuaAPI.note_list(model_of(each)):iter() do
    local first = extent.first + quarters(note:time()) - start
    found[#found + 1] = {
      start = first, stop = first + quarters(note:length()), pitch = note:note(), velocity = note:velocity(),
      channel = note:channel(), muted = false, selected = false,
    }
  end
  table.sort(found, function(a, b) return a.start < b.start end)
  return found
end

--- The bar that holds a moment: { first, last, numerator, denominator } in quarter notes.
function region.bar(qn)
  local map, ticks = Temporal.TempoMap.read(), math.floor(qn * TICKS + 1e-6)
  local bbt = map:bbt_at(Temporal.timepos_t.from_ticks(ticks))
  local is_on_bar_line = bbt.beats == 1 and bbt.ticks == 0 -- there the map still tells the meter of the bar before
  local meter = map:meter_at(Temporal.timepos_t.from_ticks(is_on_bar_line and ticks + 1 or ticks))
  local numerator, denominator = meter:divisions_per_bar() // 1, meter:note_value() // 1
  local first = ticks / TICKS - ((bbt.beats - 1) * 4 / denominator + bbt.ticks / TICKS)
  return { first = first, last = first + numerator * 4 / denominator, numerator = numerator, denominator = denominator }
end

function region.tempo_bpm(qn)
  return Temporal.TempoMap.read():quarters_per_minute_at(position(qn))
end

local function track_of(session, each)
  local id = each:to_stateful():id()
  for route in session:get_tracks():iter() do
    local track = route:to_track()
    if not track:isnil() and not track:playlist():region_by_id(id):isnil() then return track end
  end
  error("the region is on no track")
end

local function is_free(playlist, first, last)
  for other in playlist:region_list():iter() do
    local extent = region.extent(other)
    if extent.first < last - 1e-3 and extent.last > first + 1e-3 then return false end
  end
  return true
end

local function new_track(session, name)
  local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  local made = session:new_midi_track(
    midi, midi, true, ARDOUR.PluginInfo(), nil, nil, 1, name, ARDOUR.PresentationInfo.max_order,
    ARDOUR.TrackMode.Normal, true
  )
  return made:front()
end

local function write_notes(session, each, written, channel)
  local model = model_of(each)
  local command = model:new_note_diff_command("MAC-Net: notes")
  for note in ARDOUR.LuaAPI.note_list(model):iter() do command:remove(note) end
  for _, note in ipairs(written) do
    local onset, length = note.onset / notes.TICKS, (note.stop - note.onset) / notes.TICKS
    command:add(ARDOUR.LuaAPI.new_noteptr(channel, beats(onset), beats(length), note.pitch, note.velocity))
  end
  model:apply_command(session, command)
end

--- Make a region with a source of its own, which is on no track yet: Lua cannot make one from nothing, but it can clone
-- one and empty it.
-- @param wanted { from = a region to clone, first, length (quarter notes), name, notes (from `notes.fitted`), channel }
function region.make(session, wanted)
  local made = ARDOUR.RegionFactory.clone_region(wanted.from, true, false)
  made:set_start(Temporal.timepos_t.from_ticks(0))
  write_notes(session, made, wanted.notes, wanted.channel)
  made:set_length(Temporal.timecnt_t.from_ticks(notes.round(wanted.length * TICKS), position(wanted.first)))
  made:set_name(wanted.name)
  return made
end

local function track_named(session, name)
  local route = session:route_by_name(name)
  local track = not route:isnil() and route:to_track()
  return track and not track:isnil() and not track:to_midi_track():isnil() and track or nil
end

--- The playlist that a region goes to: another region's, if there is room, else that of the track of a name, which is
-- made where there is none.
-- @param beside the other region, or nil
function region.playlist(session, beside, name, first, length)
  local tracks = { beside and track_of(session, beside) or nil }
  tracks[#tracks + 1] = track_named(session, name)
  for _, track in ipairs(tracks) do
    if is_free(track:playlist(), first, first + length) then return track:playlist() end
  end
  return new_track(session, name):playlist()
end

--- Put regions into playlists, in one undo step. (Notes are written before: Ardour makes a step of its own of them, and
-- knows no step within a step.)
-- @param placed array of { region, playlist, first in quarter notes }
function region.add(session, name, placed)
  session:begin_reversible_command(name)
  for _, each in ipairs(placed) do
    each.playlist:to_stateful():clear_changes()
    each.playlist:add_region(each.region, position(each.first), 1, false)
    session:add_stateful_diff_command(each.playlist:to_statefuldestructible())
  end
  session:commit_reversible_command(nil)
end

--- The data folder of the bridge: as `macnet install ardour` has written down, else where it usually is.
function region.data_folder(session)
  local has_installed, installed = pcall(require, "installed")
  if has_installed and installed.data then return installed.data end
  local home = os.getenv("HOME") or ""
  local system = session:path():match("^%a:") and "Win64" or home:match("^/Users/") and "OSX64" or "Other"
  return place.data_folder(system, os.getenv)
end

return region
