-- ardour7-lua make.lua FOLDER NAME TRACK ...: a session with empty MIDI tracks. METER and TEMPO at quarter note 8 are
-- taken from the environment, where there are some.

local folder, name = arg[1], arg[2]
local session = assert(create_session(folder, name, 48000))
local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
for index = 3, #arg do
  session:new_midi_track(
    midi, midi, true, ARDOUR.PluginInfo(), nil, nil, 1, arg[index], ARDOUR.PresentationInfo.max_order,
    ARDOUR.TrackMode.Normal, true
  )
end
if os.getenv("METER") then
  local numerator, denominator = os.getenv("METER"):match("(%d+)/(%d+)")
  local at = Temporal.timepos_t.from_ticks(8 * 1920)
  local map = Temporal.TempoMap.fetch_writable()
  map:set_tempo(Temporal.Tempo(tonumber(os.getenv("TEMPO")), tonumber(os.getenv("TEMPO")), 4), at)
  map:set_meter(Temporal.Meter(tonumber(numerator), tonumber(denominator)), at)
  Temporal.TempoMap.update(map)
end
collectgarbage()
session:save_state("", false, false, false, false, false)
close_session()
quit()
