// The self test, for a person with Live: tries what differs, or may differ, between versions of Live and Max, and writes a
// report. It works on a track of its own at the end of the set, which it takes away again.

var selfcheck = (function () {
  var ECHO_MS = 500;
  var MOST_UNDOS = 6;
  var UNDO_MS = 200; // within which Live has undone
  var TITLE = "MAC-Net self test";
  var SIZES = [256, 1024, 1400, 2048, 4096, 8192, 9000, 16384, 32768];
  var it = null;

  function line(what, found) {
    it.lines.push(what + ": " + found);
  }

  function show() {
    face.show("report_text", it.lines.join("\n"));
  }

  // A step that must not stop the others.
  function tried(what, call) {
    try {
      line(what, call());
    } catch (error) {
      line(what, "FAILED, " + (error.message || error));
    }
  }

  // --- what can be read -----------------------------------------------------------------------------------------------

  function readVersions() {
    tried("device", function () { return BUILD; });
    tried("Live", live.version);
    tried("Max", function () { return typeof max === "undefined" ? "unknown" : max.version; });
    tried("script", function () { return jsarguments[0]; });
    tried("bridge", function () {
      var welcome = device.talk().welcome;
      return welcome ? welcome.model + ", " + welcome.version + ", protocol " + welcome.protocol : "none on port " + device.settings.port;
    });
    tried("reply port", function () { return device.talk().reply; });
  }

  function readForms() {
    tried("binding an object by id", function () {
      var api = new LiveAPI("live_set");
      var track = live.tracks()[0];
      api.id = track;
      return +api.id === track ? "works, id is a " + typeof api.id : "does not work";
    });
    tried("get gives", function () {
      var value = live.song().get("tempo");
      return (value instanceof Array ? "an array of " : typeof value + " of ") + typeof value[0];
    });
    tried("info names functions", function () { return live.has(live.song(), "create_scene") ? "yes" : "no"; });
    tried("scale_mode", function () { return live.has(live.song(), "scale_mode") ? live.one(live.song(), "scale_mode") : "not known"; });
    tried("root_note, scale", function () {
      return live.one(live.song(), "root_note") + ", " + Array.prototype.join.call(live.song().get("scale_intervals"), " ");
    });
  }

  // --- what can be written --------------------------------------------------------------------------------------------

  function writeTrack() {
    it.track = 0;
    tried("a MIDI track", function () {
      it.track = live.addTrack(live.tracks().length, TITLE, 0x808080);
      return it.track ? "made" : "NOT made";
    });
    if (!it.track) { return; }
    tried("a clip", function () {
      it.slot = live.slots(it.track)[0].id;
      live.at(it.slot).call("create_clip", 4);
      it.clip = live.clipIn(it.slot) || 0;
      return it.clip ? "made, found by get(\"clip\")" : "NOT found by get(\"clip\")";
    });
    if (it.clip) { writeNotes(); }
  }

  function counted(dictionary) {
    var before = live.noteList(it.clip).length;
    live.at(it.clip).call("add_new_notes", dictionary);
    return live.noteList(it.clip).length > before ? "works" : "does nothing";
  }

  function aNote(at, more) {
    var note = { pitch: 60, start_time: at, duration: 0.25, velocity: 77, mute: 0, probability: 0.5, velocity_deviation: 3, release_velocity: 40 };
    Object.keys(more || {}).forEach(function (name) { note[name] = more[name]; });
    return note;
  }

  function writeNotes() {
    tried("notes as an object", function () { return counted({ notes: [aNote(0)] }); });
    tried("notes as text", function () { return counted(JSON.stringify({ notes: [aNote(0.5)] })); });
    tried("a pitch of 60.5", function () { return counted({ notes: [aNote(1, { pitch: 60.5 })] }); });
    tried("a note with note_id", function () { return counted({ notes: [aNote(1.5, { note_id: 9 })] }); });
    tried("a note's fields come back", function () {
      var found = live.noteList(it.clip).filter(function (note) { return note.start === 0; })[0];
      return found ? JSON.stringify(found) : "no note at 0";
    });
    tried("notes come as", function () {
      var raw = live.at(it.clip).call("get_notes_extended", 0, 128, 0, 4);
      return typeof raw + (raw && raw.length === 1 && typeof raw !== "string" ? " of one " + typeof raw[0] : "");
    });
    ["launch_mode", "launch_quantization", "legato", "velocity_amount"].forEach(function (name) {
      tried(name, function () { return live.has(live.at(it.clip), name) ? live.one(live.at(it.clip), name) : "not known"; });
    });
  }

  function writeArrangement() {
    if (!it.track) { return; }
    var about = { name: TITLE, length: 4, look: { looping: false, launch: {} }, notes: [] };
    tried("a clip in the Arrangement", function () {
      var id = live.writeArrangement(it.track, 0, about);
      var way = live.has(live.at(it.track), "create_midi_clip") ? "create_midi_clip" : "duplicate_clip_to_arrangement";
      return "made by " + way + ", at " + live.startOf(id);
    });
    tried("take lanes", function () {
      if (!live.lanes(it.track)) { return "not known"; }
      var id = live.writeArrangement(live.addLane(it.track, TITLE), 0, about);
      return "made, a clip lies at " + live.startOf(id);
    });
  }

  // All in one turn, as an answer is written: how many steps of undo is that?
  function write() {
    writeTrack();
    writeArrangement();
  }

  // What there is of ours in the set: changes with every step of undo that takes some of it back.
  function ours() {
    if (live.trackIndex(it.track) < 0) { return "nothing"; }
    var clips = live.slots(it.track).filter(function (slot) { return slot.isFull; }).map(function (slot) { return live.clipIn(slot.id); });
    var arranged = live.arrangement(it.track).map(function (clip) { return clip.id; });
    return JSON.stringify([live.trackName(it.track), live.lanes(it.track), arranged].concat(clips.map(live.noteList)));
  }

  // One step of undo a turn, and a look at what came of it: a step that took back nothing of ours was the user's, and is done
  // again at once.
  function undo() {
    it.before = it.track ? ours() : "nothing";
    if (it.before === "nothing") { return; }
    live.song().call("undo");
    it.undone += 1;
    it.wait = device.now() + UNDO_MS;
  }

  function undone() {
    if (it.before === "nothing") { return; }
    var after = ours();
    if (after === it.before) {
      live.song().call("redo");
      it.undone -= 1;
      endUndo("took nothing more back after " + it.undone + " steps");
    } else if (after === "nothing") {
      endUndo(it.undone + (it.undone === 1 ? " step took" : " steps took") + " all of it back");
    } else if (it.undone >= MOST_UNDOS) {
      endUndo("did not take it all back in " + it.undone + " steps");
    }
  }

  function endUndo(text) {
    line("undo", text);
    live.removeTrack(it.track);
    live.select(it.selection);
    it.track = 0;
  }

  // --- the wire, by packets to ourselves ------------------------------------------------------------------------------

  function echo(args) {
    it.heard = null;
    it.nonce = device.talk().ids.next();
    it.wait = device.now() + ECHO_MS;
    face.io.echo(device.talk().reply, it.nonce, args);
  }

  function typesOf(values) {
    return values.map(function (value) { return typeof value + " " + value; }).join(", ");
  }

  function filler(size) {
    var args = [];
    for (var at = 0; at < Math.floor((size - 40) / 5); at += 1) { args.push(at); }
    return args;
  }

  function echoTypes() {
    echo([7, 1.5, 16777217, -1, "text", "two words", "101011010101"]);
  }

  function echoedTypes() {
    line("numbers and texts come back as", it.heard ? typesOf(it.heard) : "nothing came back");
  }

  function sizeStep(size) {
    return {
      start: function () { echo(filler(size)); },
      finish: function () {
        var whole = it.heard && it.heard.length === filler(size).length;
        line("a packet of about " + size + " bytes", whole ? "whole" : it.heard ? "CUT to " + it.heard.length : "lost");
      }
    };
  }

  // The bridge's port is taken: does a udpreceive that wants it too say so, or hear anything?
  function takenPort() {
    face.io.listen(device.settings.port);
    it.heard = null;
    it.nonce = device.talk().ids.next();
    it.wait = device.now() + ECHO_MS;
    face.io.echo(device.settings.port, it.nonce);
  }

  function takenPortDone() {
    line("udpreceive on a taken port", it.heard ? "hears all the same" : "stays deaf");
    // While we listened there, another may have taken the port that was ours.
    device.talk().open(device.talk().fixed, device.now());
  }

  function steps() {
    var all = [
      { start: readVersions }, { start: readForms }, { start: write }
    ];
    for (var at = 0; at < MOST_UNDOS; at += 1) { all.push({ start: undo, finish: undone }); }
    all.push({ start: echoTypes, finish: echoedTypes });
    all = all.concat(SIZES.map(sizeStep));
    all.push({ start: takenPort, finish: takenPortDone });
    return all;
  }

  // --- one step a turn ------------------------------------------------------------------------------------------------

  function isOn() {
    return it !== null;
  }

  function run() {
    if (device.isBusy()) {
      device.say(endless.isOn() ? "busy_auto" : "busy");
      return;
    }
    it = { lines: [TITLE], steps: steps(), at: -1, wait: 0, heard: null, nonce: -1, track: 0, undone: 0, before: "", selection: live.selection() };
    show();
    face.show("report_show");
  }

  function tick(now) {
    if (it.wait && !it.heard && now < it.wait) { return; }
    if (it.at >= 0 && it.steps[it.at].finish) { it.steps[it.at].finish(); }
    it.wait = 0;
    it.at += 1;
    if (it.at >= it.steps.length) {
      show();
      it = null;
      device.say("tested");
      return;
    }
    device.say("testing", Math.floor(100 * it.at / it.steps.length) + " %");
    it.steps[it.at].start();
    show();
  }

  // An echo of ours; whether it was.
  function heard(args) {
    if (args[0] !== it.nonce) { return false; }
    it.heard = args.slice(1);
    return true;
  }

  return { isOn: isOn, run: run, tick: tick, heard: heard };
}());
