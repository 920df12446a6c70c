// The only file that touches LiveAPI. Nothing here may run before live.thisdevice has said that Live is there.

var live = (function () {
  var EARLIEST = -16000; // beats; notes may start before 1.1.1
  var SPAN = 1048576;
  var SHORTEST = 0.01; // beats; that short a stretch cannot hold too many notes to be read
  var NOTES_A_CALL = 100; // what their text comes to stays well below Max's 32,767 characters
  var LAUNCH = ["launch_mode", "launch_quantization", "legato", "velocity_amount"];
  var song = null;
  var view = null;
  var known = {}; // what a type of object knows, by its `info`
  var asText = false; // whether this Live wants notes as JSON text

  function start() {
    song = new LiveAPI("live_set");
    view = new LiveAPI("live_set view");
    known = {};
  }

  // The object of that id. Bound by `id`, as every path that is spelled out stays in Max's symbol table for good.
  function at(id) {
    var api = new LiveAPI("live_set");
    api.id = id;
    if (+api.id !== +id) { api = new LiveAPI("id " + id); }
    return api;
  }

  function exists(id, type) {
    if (!id) { return false; }
    var api = at(id);
    return +api.id === +id && api.type === type;
  }

  function one(api, name) {
    var value = api.get(name);
    return value instanceof Array || (value && typeof value === "object") ? value[0] : value;
  }

  function whole(api, name) {
    return Math.round(Number(one(api, name))) || 0;
  }

  function beats(api, name) {
    return Number(one(api, name)) || 0;
  }

  function isOn(api, name) {
    return Number(one(api, name)) === 1;
  }

  // A name; one with spaces may come as several words.
  function name(api) {
    var value = api.get("name");
    var text = typeof value === "string" ? value : Array.prototype.join.call(value || [], " ");
    return text.replace(/^"(.*)"$/, "$1");
  }

  function idsIn(value) {
    var ids = [];
    for (var index = 0; value && index < value.length; index += 1) {
      if (value[index] !== "id" && +value[index] > 0) { ids.push(+value[index]); }
    }
    return ids;
  }

  function ids(api, list) {
    return idsIn(api.get(list));
  }

  function child(api, property) {
    return ids(api, property)[0] || 0;
  }

  // Whether Live knows a function or property of an object of that type, so that nothing is tried that it complains about.
  function has(api, member) {
    var type = api.type;
    if (!known[type]) { known[type] = " " + String(api.info).replace(/\s+/g, " ") + " "; }
    return known[type].indexOf(" " + member + " ") >= 0;
  }

  // --- what is there --------------------------------------------------------------------------------------------------

  function above(api, type) {
    var it = api;
    for (var steps = 0; steps < 12 && it.type !== type; steps += 1) {
      var parent = child(it, "canonical_parent");
      if (!parent) { return null; }
      it = at(parent);
    }
    return it.type === type ? it : null;
  }

  // The clip that is meant: { id }, or { reason, id 0 }.
  function meant() {
    var id = child(view, "detail_clip");
    if (exists(id, "Clip")) { return { id: id }; }
    var slot = child(view, "highlighted_clip_slot");
    if (!slot) { return { id: 0, reason: "no_clip" }; }
    return isOn(at(slot), "has_clip") ? { id: child(at(slot), "clip") } : { id: 0, reason: "empty_slot" };
  }

  // Something that changes when another clip is meant.
  function meantMark() {
    return child(view, "detail_clip") + " " + child(view, "highlighted_clip_slot");
  }

  // What the user has selected, and how to select it again where making tracks and clips has changed that.
  function selection() {
    return { track: child(view, "selected_track"), clip: child(view, "detail_clip") };
  }

  function select(before) {
    if (before.track && child(view, "selected_track") !== before.track) { view.set("selected_track", "id", before.track); }
    if (before.clip && child(view, "detail_clip") !== before.clip) { view.set("detail_clip", "id", before.clip); }
  }

  function trackOf(id) {
    var track = above(at(id), "Track");
    return track ? +track.id : 0;
  }

  function tracks() {
    return ids(song, "tracks");
  }

  function trackIndex(id) {
    return tracks().indexOf(id);
  }

  function trackName(id) {
    return name(at(id));
  }

  function isMidiTrack(id) {
    var track = at(id);
    return isOn(track, "has_midi_input") && !isOn(track, "is_foldable");
  }

  function isFrozen(id) {
    return isOn(at(id), "is_frozen");
  }

  function hasDrumRack(id) {
    return ids(at(id), "devices").some(function (device) { return isOn(at(device), "can_have_drum_pads"); });
  }

  // The slots of a track, from the first scene down: { id, isFull }.
  function slots(track) {
    return ids(at(track), "clip_slots").map(function (id) { return { id: id, isFull: isOn(at(id), "has_clip") }; });
  }

  function slotClip(track, row) {
    var slot = slots(track)[row];
    return slot && slot.isFull ? child(at(slot.id), "clip") : 0;
  }

  function clipIn(slot) {
    return child(at(slot), "clip");
  }

  function startOf(id) {
    return beats(at(id), "start_time");
  }

  function clipAt(id) {
    var clip = at(id);
    return { id: id, from: beats(clip, "start_time"), to: beats(clip, "end_time") };
  }

  function arrangement(holder) {
    return ids(at(holder), "arrangement_clips").map(clipAt);
  }

  function lanes(track) {
    var api = at(track);
    return has(api, "take_lanes") && has(api, "create_take_lane") ? ids(api, "take_lanes") : null;
  }

  // The row of a clip in Session, -1 in the Arrangement.
  function rowOf(clip) {
    var slot = child(at(clip), "canonical_parent");
    return ids(at(trackOf(clip)), "clip_slots").indexOf(slot);
  }

  // The notes of a clip. Where the text of many notes breaks off, they are read in parts.
  function noteList(id) {
    return notesWithin(at(id), EARLIEST, SPAN);
  }

  function notesWithin(clip, from, span) {
    var found = notes.parse(clip.call("get_notes_extended", 0, 128, from, span));
    if (found) { return found; }
    if (span < SHORTEST) { throw new Error("get_notes_extended"); }
    return notesWithin(clip, from, span / 2).concat(notesWithin(clip, from + span / 2, span / 2));
  }

  function selectedNotes(id) {
    return notes.parse(at(id).call("get_selected_notes_extended")) || [];
  }

  function look(clip) {
    var it = {
      color: whole(clip, "color"), looping: isOn(clip, "looping"), numerator: whole(clip, "signature_numerator"),
      denominator: whole(clip, "signature_denominator"), launch: {}
    };
    LAUNCH.forEach(function (property) { if (has(clip, property)) { it.launch[property] = one(clip, property); } });
    return it;
  }

  // Everything that matters of a clip, as a value.
  function read(id) {
    var clip = at(id);
    var it = { id: id, name: name(clip), isAudio: isOn(clip, "is_audio_clip"), isArrangement: isOn(clip, "is_arrangement_clip") };
    it.track = trackOf(id);
    it.isRecording = isOn(clip, "is_recording");
    it.look = look(clip);
    it.from = beats(clip, "loop_start");
    it.to = beats(clip, "loop_end");
    it.startMarker = beats(clip, "start_marker");
    if (it.isArrangement) {
      it.start = beats(clip, "start_time");
      it.end = beats(clip, "end_time");
      if (!it.look.looping) { it.to = it.from + it.end - it.start; }
    } else {
      it.row = rowOf(id);
    }
    if (!it.isAudio) {
      it.notes = noteList(id);
      it.selected = selectedNotes(id);
    }
    return it;
  }

  // The set's scale as options of a request; null where Live has it switched off.
  function scale() {
    if (has(song, "scale_mode") && !isOn(song, "scale_mode")) { return null; }
    var intervals = Array.prototype.map.call(song.get("scale_intervals"), Number);
    return intervals.length > 0 ? notes.scaleOptions(whole(song, "root_note"), intervals) : null;
  }

  function tempo() {
    return beats(song, "tempo");
  }

  // Where the song is, and how it launches: beats of a quantum, 0 for none.
  var QUANTA = [0, "8", "4", "2", "1", 2, 4 / 3, 1, 2 / 3, 0.5, 1 / 3, 0.25, 1 / 6, 0.125];
  function transport() {
    var bar = notes.barBeats(whole(song, "signature_numerator") || 4, whole(song, "signature_denominator") || 4);
    var quantum = QUANTA[whole(song, "clip_trigger_quantization")] || 0;
    return {
      isPlaying: isOn(song, "is_playing"), time: beats(song, "current_song_time"), bar: bar,
      quantum: typeof quantum === "string" ? Number(quantum) * bar : quantum
    };
  }

  // Beats of the quantum in which a clip is launched, 0 for none.
  function quantum(id) {
    var own = whole(at(id), "launch_quantization");
    var song = transport();
    if (own === 0) { return song.quantum; }
    var found = QUANTA[own - 1] || 0;
    return typeof found === "string" ? Number(found) * song.bar : found;
  }

  function playing(id) {
    var clip = at(id);
    return {
      isPlaying: isOn(clip, "is_playing"), isTriggered: isOn(clip, "is_triggered"), position: beats(clip, "playing_position"),
      from: beats(clip, "loop_start"), to: beats(clip, "loop_end")
    };
  }

  function version() {
    var app = new LiveAPI("live_app");
    return ["get_major_version", "get_minor_version", "get_bugfix_version"].map(function (call) {
      return Number(app.call(call));
    }).join(".");
  }

  // --- what is changed ------------------------------------------------------------------------------------------------

  function setIf(api, property, value) {
    if (value !== undefined && one(api, property) !== value) { api.set(property, value); }
  }

  function addNotes(clip, list) {
    for (var index = 0; index < list.length; index += NOTES_A_CALL) { addSome(clip, list.slice(index, index + NOTES_A_CALL)); }
  }

  // As an object, or where Live does not take that, as JSON text.
  function addSome(clip, list) {
    var before = noteList(clip.id).length;
    var dictionary = { notes: list.map(notes.spec) };
    if (!asText) { clip.call("add_new_notes", dictionary); }
    if (noteList(clip.id).length === before && list.length > 0) {
      clip.call("add_new_notes", JSON.stringify(dictionary));
      if (noteList(clip.id).length === before) { throw new Error("add_new_notes"); }
      asText = true;
    }
  }

  function dress(clip, written) {
    var it = written.look;
    clip.set("name", written.name);
    setIf(clip, "color", it.color);
    setIf(clip, "signature_numerator", it.numerator);
    setIf(clip, "signature_denominator", it.denominator);
    Object.keys(it.launch).forEach(function (property) {
      if (has(clip, property)) { setIf(clip, property, it.launch[property]); }
    });
  }

  function fill(id, written) {
    var clip = at(id);
    dress(clip, written);
    addNotes(clip, written.notes);
    setIf(clip, "looping", written.look.looping ? 1 : 0);
    if (written.startMarker > 0) { clip.set("start_marker", written.startMarker); }
    return id;
  }

  // Write a clip into an empty slot. written: { name, length (beats), look, notes }. Its id.
  function writeSlot(slot, written) {
    var api = at(slot);
    if (isOn(api, "has_clip")) { throw new Error("slot is taken"); }
    api.call("create_clip", written.length);
    var id = child(api, "clip") || +new LiveAPI(api.unquotedpath + " clip").id;
    if (!id) { throw new Error("create_clip"); }
    try {
      return fill(id, written);
    } catch (error) {
      api.call("delete_clip");
      throw error;
    }
  }

  function newAmong(before, holder, list) {
    return ids(holder, list).filter(function (id) { return before.indexOf(id) < 0; })[0] || 0;
  }

  // Write a clip into the Arrangement, on a track or a take lane, where nothing may lie.
  function writeArrangement(holder, start, written) {
    var api = at(holder);
    var before = ids(api, "arrangement_clips");
    if (has(api, "create_midi_clip")) {
      api.call("create_midi_clip", start, written.length);
      var id = newAmong(before, at(holder), "arrangement_clips");
      if (!id) { throw new Error("create_midi_clip"); }
      return filled(holder, id, written);
    }
    return writeThroughSlot(holder, start, written);
  }

  function filled(track, id, written) {
    try {
      return fill(id, written);
    } catch (error) {
      remove(id);
      throw error;
    }
  }

  // Before Live 12.2 a clip can only get into the Arrangement as the copy of one in a slot.
  function writeThroughSlot(track, start, written) {
    var free = slots(track).filter(function (slot) { return !slot.isFull; })[0];
    var scene = free ? -1 : addScene();
    var slot = free ? free.id : slots(track).pop().id;
    var before = ids(at(track), "arrangement_clips");
    try {
      var id = writeSlot(slot, written);
      at(track).call("duplicate_clip_to_arrangement", "id " + id, start);
      at(slot).call("delete_clip");
      var landed = newAmong(before, at(track), "arrangement_clips");
      if (!landed) { throw new Error("duplicate_clip_to_arrangement"); }
      return landed;
    } finally {
      if (scene >= 0) { song.call("delete_scene", scene); }
    }
  }

  // The number of a new scene at the end; throws where Live has no more.
  function addScene() {
    var before = ids(song, "scenes").length;
    song.call("create_scene", -1);
    var after = ids(song, "scenes").length;
    if (after === before) { throw new Error("create_scene"); }
    return after - 1;
  }

  function removeScene(index) {
    song.call("delete_scene", index);
  }

  // The id of a new MIDI track at that index; 0 where this edition of Live has no more.
  function addTrack(index, title, color) {
    var before = tracks();
    try {
      song.call("create_midi_track", index);
    } catch (error) {
      return 0;
    }
    var id = newAmong(before, song, "tracks");
    if (id) {
      at(id).set("name", title);
      at(id).set("color", color);
    }
    return id;
  }

  function removeTrack(id) {
    var index = trackIndex(id);
    if (index >= 0) { song.call("delete_track", index); }
  }

  function addLane(track, title) {
    var before = lanes(track);
    at(track).call("create_take_lane");
    var id = newAmong(before, at(track), "take_lanes");
    if (!id) { throw new Error("create_take_lane"); }
    at(id).set("name", title);
    return id;
  }

  function laneName(id) {
    return name(at(id));
  }

  function remove(id) {
    var clip = at(id);
    var parent = at(child(clip, "canonical_parent"));
    if (parent.type === "ClipSlot") {
      parent.call("delete_clip");
    } else {
      above(clip, "Track").call("delete_clip", "id " + id);
    }
  }

  function fire(id) {
    at(id).call("fire");
  }

  // Whether a clip in a slot is about to play, or plays.
  function launchState(id) {
    var clip = at(id);
    if (isOn(clip, "is_triggered")) { return "triggered"; }
    return isOn(clip, "is_playing") ? "playing" : "";
  }

  function clipName(id) {
    return name(at(id));
  }

  function replaceNotes(id, list, title) {
    var clip = at(id);
    clip.call("remove_notes_extended", 0, 128, EARLIEST, SPAN);
    addNotes(clip, list);
    clip.set("name", title);
  }

  // Make a clip longer and write what its new part holds: first the end, so that a playing clip never runs out of it, then
  // the notes, then the loop's start, so that what comes late finds the last part repeated and not silence.
  function extend(id, end, loopStart, list) {
    var clip = at(id);
    if (beats(clip, "end_marker") < end) { clip.set("end_marker", end); }
    clip.set("loop_end", end);
    addNotes(clip, list);
    clip.set("loop_start", loopStart);
  }

  function setLaunch(id, property, value) {
    var clip = at(id);
    if (has(clip, property)) { setIf(clip, property, value); }
  }

  return {
    start: start, at: at, exists: exists, one: one, ids: ids, has: has, isOn: isOn, meant: meant, meantMark: meantMark,
    selection: selection, select: select, trackOf: trackOf, tracks: tracks, trackIndex: trackIndex, trackName: trackName,
    isMidiTrack: isMidiTrack, isFrozen: isFrozen, hasDrumRack: hasDrumRack, slots: slots, slotClip: slotClip, rowOf: rowOf,
    clipIn: clipIn, startOf: startOf, arrangement: arrangement, lanes: lanes, read: read, noteList: noteList, scale: scale,
    tempo: tempo, transport: transport, quantum: quantum, playing: playing, version: version, writeSlot: writeSlot,
    writeArrangement: writeArrangement, addScene: addScene, removeScene: removeScene, addTrack: addTrack,
    removeTrack: removeTrack, addLane: addLane, laneName: laneName, remove: remove, fire: fire, launchState: launchState,
    clipName: clipName, replaceNotes: replaceNotes, extend: extend, setLaunch: setLaunch,
    song: function () { return song; }
  };
}());
