-- ardour7-lua list.lua FOLDER NAME: what Ardour itself finds in a session, a line a region and a line a note.

local session = assert(load_session(arg[1], arg[2]))
for route in session:get_tracks():iter() do
  for region in route:to_track():playlist():region_list():iter() do
    local first, length = region:position():ticks(), region:length():ticks()
    io.stderr:write(string.format("REGION\t%s\t%s\t%d\t%d\n", route:name(), region:name(), first, length))
    for note in ARDOUR.LuaAPI.note_list(region:to_midiregion():midi_source(0):model()):iter() do
      io.stderr:write(string.format(
        "NOTE\t%s\t%s\t%d\t%d\t%d\n", tostring(note:time()), tostring(note:length()), note:note(), note:velocity(),
        note:channel()
      ))
    end
  end
end
close_session()
quit()
