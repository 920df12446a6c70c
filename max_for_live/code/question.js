// From the clip that is meant and the controls to a question for the bridge: a job as a value, or the reason why not.

var question = (function () {
  var KEYS = { AUTO: 0, SET: 1, OFF: 2 };
  var ROLES = ["auto", "melody", "accompaniment"];

  function no() {
    return { reason: texts.say.apply(null, arguments) };
  }

  function fine(number) {
    return Math.round(number * 1000) / 1000;
  }

  // What is wrong with a clip before its notes are looked at; null if nothing is.
  function objection(primer, settings) {
    if (primer.isAudio) { return no("audio_clip"); }
    if (live.isFrozen(primer.track)) { return no("frozen", live.trackName(primer.track)); }
    if (primer.isRecording) { return no("recording", primer.title); }
    var isCalledDrums = notes.isDrums(primer.name) || notes.isDrums(live.trackName(primer.track));
    if (settings.role === 0 && (isCalledDrums || live.hasDrumRack(primer.track))) { return no("drums", primer.title); }
    return null;
  }

  // The clip that is meant, read: { primer } or { reason }.
  function primer(settings, id) {
    var meant = id ? { id: id } : live.meant();
    if (!meant.id) { return no(meant.reason); }
    var read = live.read(meant.id);
    read.title = notes.baseName(read.name || live.trackName(read.track));
    return objection(read, settings) || { primer: read };
  }

  // Which notes are heard, and the span that they stand in. Continue and Vary go on from selected notes in their own bars;
  // an accompaniment has to fit the loop, whatever was selected.
  function hearing(kind, read) {
    var bar = notes.barBeats(read.look.numerator, read.look.denominator);
    var selected = notes.audible(read.selected);
    if (selected.length > 0 && kind !== "accompany") {
      return { heard: selected, span: notes.barsOf(selected, bar), isSelection: true };
    }
    var inLoop = notes.heard(read.notes, read.from, read.to);
    var both = notes.heard(selected, read.from, read.to);
    return { heard: both.length > 0 ? both : inLoop, span: { from: read.from, to: read.to }, isSelection: both.length > 0 };
  }

  function sizeObjection(read, hearing) {
    var beats = hearing.span.to - hearing.span.from;
    if (hearing.heard.length === 0) { return no("no_notes", read.title); }
    if (hearing.heard.length > notes.MOST_NOTES) { return no("too_many_notes", read.title, hearing.heard.length, notes.MOST_NOTES); }
    return beats > notes.MOST_BEATS ? no("too_long", read.title, Math.round(beats), notes.MOST_BEATS) : null;
  }

  function keyOptions(settings) {
    if (settings.key === KEYS.OFF) { return { key: "off" }; }
    return (settings.key === KEYS.SET && live.scale()) || {};
  }

  // Options that are at their defaults stay unsaid: the bridge's own hold.
  function options(kind, settings, role, target) {
    var it = keyOptions(settings);
    if (settings.temperature !== 1) { it.temperature = fine(settings.temperature); }
    if (settings.similarity !== 0.5) { it.similarity = fine(settings.similarity); }
    if (settings.feel !== 1) { it.feel = fine(settings.feel); }
    if (target.kind === "nowhere") { it.voices = role; }
    var tempo = live.tempo();
    if (tempo >= 1) { it.tempo_bpm = fine(tempo); }
    return it;
  }

  // Where the other voice goes has to be fit for it: null, or what is wrong.
  function targetObjection(kind, read, target) {
    if (target.kind === "nowhere") { return kind === "accompany" ? no("track_is_nowhere") : null; }
    if (target.kind !== "track") { return null; }
    if (live.trackIndex(target.id) < 0) { return no("track_gone"); }
    if (target.id === read.track) { return no("same_track"); }
    return live.isFrozen(target.id) ? no("frozen", live.trackName(target.id)) : null;
  }

  function lengthBeats(kind, read, hearing, settings) {
    if (kind !== "continue") { return hearing.span.to - hearing.span.from; }
    var bar = notes.barBeats(read.look.numerator, read.look.denominator);
    return settings.bars * bar + (read.isArrangement ? place.toBarLine(read.end, bar) : 0);
  }

  // What stands in the way in the Arrangement; null if nothing does.
  function roomObjection(job) {
    if (!job.primer.isArrangement) { return null; }
    var start = arrangementStart(job);
    var end = start + job.beats;
    if (job.kind !== "accompany") {
      var beat = place.obstacle(live.arrangement(job.primer.track), start, end);
      if (beat !== null) { return no("no_room_arrangement", job.primer.title, fine(beat), live.trackName(job.primer.track)); }
    }
    if (job.target.kind !== "track") { return null; }
    var other = place.obstacle(live.arrangement(job.target.id), start, end);
    return other === null ? null : no("no_room_beside", job.primer.title, fine(other), live.trackName(job.target.id));
  }

  function arrangementStart(job) {
    return job.kind === "accompany" ? job.primer.start : job.primer.end;
  }

  // The clip that plays together with the primer on the other voice's track: in the same row, or at the same place in the
  // Arrangement, and as long. It is heard too, so that the other voice goes on as well. 0 if there is none.
  function besides(read, target) {
    if (target.kind !== "track") { return 0; }
    if (!read.isArrangement) { return live.slotClip(target.id, read.row); }
    return live.arrangement(target.id).filter(function (clip) {
      return Math.abs(clip.from - read.start) < 1e-3 && Math.abs(clip.to - read.end) < 1e-3;
    }).map(function (clip) { return clip.id; })[0] || 0;
  }

  function companion(kind, read, heard, target) {
    var id = kind === "continue" && !heard.isSelection ? besides(read, target) : 0;
    var other = id ? live.read(id) : null;
    if (!other || other.isAudio || Math.abs(other.to - other.from - (read.to - read.from)) > 1e-3) { return null; }
    var some = notes.heard(other.notes, other.from, other.to);
    return some.length > 0 && some.length <= notes.MOST_NOTES ? { some: some, span: { from: other.from, to: other.to } } : null;
  }

  function clipsOf(kind, read, heard, role, target) {
    var about = { role: role, name: texts.cut(read.title, 60), numerator: read.look.numerator, denominator: read.look.denominator };
    var clips = [notes.clip(heard.heard, heard.span, about)];
    var other = companion(kind, read, heard, target);
    if (other) {
      about.role = notes.otherRole(role);
      clips.push(notes.clip(other.some, other.span, about));
    }
    return clips;
  }

  function roleOf(read, heard, settings) {
    var chosen = ROLES[settings.role];
    return chosen === "auto" ? notes.role(heard.heard, read.name + " " + live.trackName(read.track)) : chosen;
  }

  // A job: everything that asking and landing need. kind: continue, accompany, vary. id: of the primer, or 0: what is meant.
  function job(kind, settings, id) {
    var found = primer(settings, id);
    if (found.reason) { return found; }
    var read = found.primer;
    var heard = hearing(kind, read);
    var target = menus.targetFor(read.track);
    var wrong = sizeObjection(read, heard) || targetObjection(kind, read, target);
    if (wrong) { return wrong; }
    var role = roleOf(read, heard, settings);
    var it = {
      kind: kind, primer: read, heard: heard, role: role, target: target, variations: settings.variations, bars: settings.bars,
      beats: lengthBeats(kind, read, heard, settings), options: options(kind, settings, role, target),
      clips: clipsOf(kind, read, heard, role, target)
    };
    return roomObjection(it) || { job: it };
  }

  // The conversation that asks it.
  function conversation(ids, job, random) {
    return wire.request(ids, {
      kind: job.kind, clips: job.clips, length: notes.ticks(job.beats), variations: job.variations, options: job.options,
      rngSeed: Math.floor(random * wire.LARGEST_ID)
    });
  }

  // One line about what is meant, for the status while nothing goes on.
  function summary(settings) {
    var found = primer(settings, 0);
    if (found.reason) { return found.reason; }
    var read = found.primer;
    var heard = hearing("continue", read);
    if (heard.heard.length === 0) { return texts.say("no_notes", read.title); }
    var bars = fine((heard.span.to - heard.span.from) / notes.barBeats(read.look.numerator, read.look.denominator));
    var role = roleOf(read, heard, settings);
    var what = heard.isSelection ? texts.say("selected", heard.heard.length) : texts.say(bars === 1 ? "bar" : "bars", bars);
    return texts.say("ready", read.title, texts.say(role), what);
  }

  return { job: job, conversation: conversation, summary: summary, arrangementStart: arrangementStart };
}());
