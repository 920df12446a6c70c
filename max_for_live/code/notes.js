// From Live's notes, in beats, to the wire's, in ticks, and back; roles, names, scales. Pure.

var notes = (function () {
  var TICKS = wire.TICKS;
  var MOST_NOTES = 8192; // of a clip that the bridge reads
  var MOST_BEATS = 4096;
  // What Live takes for a note besides pitch, start_time and duration, and what it means where it is left out.
  var FIELDS = { velocity: 100, mute: 0, probability: 1, velocity_deviation: 0, release_velocity: 64 };
  var NAMES = Object.keys(FIELDS);
  var DRUMS = words(["drums?", "drumkit", "drumset", "percussions?", "percs?", "kicks?", "snares?", "hi-?hats?", "hats?", "hh", "claps?",
    "cymbals?", "toms", "shaker", "congas?", "bongos?", "cajon", "808", "schlagzeug", "batterie", "bateria", "batteria"]);
  var MELODY = words(["melody", "melodie", "melodia", "mel", "leads?", "vocals?", "vox", "voice", "topline", "hook", "tune", "theme",
    "solo", "gesang", "stimme", "chant", "voix", "canto", "voz"]);
  var ACCOMPANIMENT = words(["accompaniment", "accomp", "acc", "chords?", "harmony", "backing", "comping", "pads?", "bass", "bassline",
    "sub", "arp", "begleitung", "akkorde?", "basse", "accords", "basso", "accordi", "bajo", "acordes"]);
  var BASS_BELOW = 48;
  var CHORDAL = 0.3; // the share of notes sounding together above which it is no melody

  // Words that stand for themselves in a name, "Drums_02" included.
  function words(alternatives) {
    return new RegExp("(^|[^a-z0-9])(" + alternatives.join("|") + ")([^a-z]|$)", "i");
  }

  function number(value, otherwise) {
    var it = Number(value);
    return isFinite(it) && value !== null && value !== "" ? it : otherwise;
  }

  function read(raw) {
    var note = { pitch: Math.round(number(raw.pitch, 60)), start: number(raw.start_time, 0), duration: number(raw.duration, 0) };
    for (var at = 0; at < NAMES.length; at += 1) { note[NAMES[at]] = number(raw[NAMES[at]], FIELDS[NAMES[at]]); }
    return note;
  }

  // What a note call of Live gives: JSON as a string, an object, or something with `stringify`. null: text that breaks off.
  function parse(result) {
    var value = result;
    if (value && value.length === 1 && typeof value !== "string") { value = value[0]; }
    if (value && typeof value.stringify === "function") { value = value.stringify(); }
    if (typeof value === "string" && value !== "") {
      try { value = JSON.parse(value); } catch (error) { return null; }
    }
    return value && value.notes ? value.notes.map(read) : [];
  }

  // A note as Live's add_new_notes takes it: no other key, note_id above all.
  function spec(note) {
    var it = { pitch: note.pitch, start_time: note.start, duration: note.duration };
    for (var at = 0; at < NAMES.length; at += 1) { it[NAMES[at]] = note[NAMES[at]]; }
    return it;
  }

  function byTime(a, b) {
    return a.start - b.start || a.pitch - b.pitch;
  }

  function audible(all) {
    return all.filter(function (note) { return !note.mute; });
  }

  // The notes that start in [from, to) beats and are not muted.
  function heard(all, from, to) {
    var slack = 0.5 / TICKS;
    return audible(all).filter(function (note) { return note.start >= from - slack && note.start < to - slack; });
  }

  function ticks(beats) {
    return Math.round(beats * TICKS);
  }

  // The beats of a bar: a bar of 7/8 has 3.5.
  function barBeats(numerator, denominator) {
    return numerator * 4 / denominator;
  }

  // The bars that hold these notes, from the bar line before the first to the one after the last.
  function barsOf(some, bar) {
    var first = Infinity;
    var last = -Infinity;
    some.forEach(function (note) {
      first = Math.min(first, note.start);
      last = Math.max(last, note.start);
    });
    var from = Math.floor(first / bar + 1e-6) * bar;
    return { from: from, to: Math.max(from + bar, Math.floor(last / bar + 1e-6) * bar + bar) };
  }

  // A clip of the wire. Notes sound at most to its end.
  function clip(some, span, about) {
    var length = Math.max(1, ticks(span.to - span.from));
    var result = { role: about.role, name: about.name, numerator: about.numerator, denominator: about.denominator, length: length };
    result.notes = some.slice().sort(byTime).map(function (note) {
      var onset = Math.min(length - 1, Math.max(0, ticks(note.start - span.from)));
      var end = Math.min(length, ticks(note.start + note.duration - span.from));
      var velocity = Math.min(127, Math.max(1, Math.round(note.velocity)));
      return { pitch: note.pitch, onset: onset, duration: Math.max(1, end - onset), velocity: velocity };
    });
    return result;
  }

  function isNote(note) {
    return note.pitch >= 0 && note.pitch <= 127 && note.onset >= 0 && note.duration >= 1;
  }

  // The notes of an answer as they are written, in beats: in order, inside of `length`, none running into another of its
  // pitch (Live would shorten or drop one of them).
  function fitted(some, length) {
    var last = {};
    var result = [];
    some.filter(isNote).sort(function (a, b) { return a.onset - b.onset || a.pitch - b.pitch; }).forEach(function (note) {
      var before = last[note.pitch];
      if (note.onset >= length || (before && before.onset === note.onset)) { return; }
      if (before) { before.end = Math.min(before.end, note.onset); }
      var kept = { pitch: note.pitch, onset: note.onset, end: Math.min(length, note.onset + note.duration), velocity: note.velocity };
      last[note.pitch] = kept;
      result.push(kept);
    });
    return result.map(function (note) {
      return read({ pitch: note.pitch, start_time: note.onset / TICKS, duration: (note.end - note.onset) / TICKS, velocity: note.velocity });
    });
  }

  // A rewritten clip keeps what the wire does not carry (probability, deviation, release velocity) where a note is still there.
  function dressed(written, primer, from) {
    var known = {};
    primer.forEach(function (note) { known[note.pitch + " " + ticks(note.start - from)] = note; });
    return written.map(function (note) {
      var before = known[note.pitch + " " + ticks(note.start)];
      if (!before) { return note; }
      var it = read(spec(note));
      ["probability", "velocity_deviation", "release_velocity"].forEach(function (name) { it[name] = before[name]; });
      return it;
    });
  }

  function moved(some, by) {
    return some.map(function (note) {
      var it = read(spec(note));
      it.start = note.start + by;
      return it;
    });
  }

  // A mark of what a clip holds, to tell later whether somebody edited it. FNV-1a over ticks, so that floats may tremble.
  function mark(all) {
    var text = all.slice().sort(byTime).map(function (note) {
      return [note.pitch, ticks(note.start), ticks(note.duration), Math.round(note.velocity), note.mute ? 1 : 0].join(" ");
    }).join(",");
    var low = 0x9dc5;
    var high = 0x811c;
    for (var at = 0; at < text.length; at += 1) {
      low ^= text.charCodeAt(at) & 0xffff;
      var product = low * 0x193;
      high = (high * 0x193 + (product >>> 16) + (low << 8)) & 0xffff;
      low = product & 0xffff;
    }
    return high * 0x10000 + low;
  }

  // --- roles ----------------------------------------------------------------------------------------------------------

  function chordal(some) {
    var sorted = some.slice().sort(byTime);
    var latest = -Infinity;
    var together = 0;
    sorted.forEach(function (note) {
      if (note.start < latest - 0.1 * note.duration) { together += 1; }
      latest = Math.max(latest, note.start + note.duration);
    });
    return sorted.length ? together / sorted.length : 0;
  }

  function middle(some) {
    var sum = 0;
    some.forEach(function (note) { sum += note.pitch; });
    return some.length ? sum / some.length : 60;
  }

  function isDrums(name) {
    return DRUMS.test(name) && !MELODY.test(name) && !ACCOMPANIMENT.test(name);
  }

  // Which voice some notes play: by name if it says so, else chords and basses are accompaniment.
  function role(some, name) {
    if (MELODY.test(name)) { return "melody"; }
    if (ACCOMPANIMENT.test(name)) { return "accompaniment"; }
    return chordal(some) > CHORDAL || middle(some) < BASS_BELOW ? "accompaniment" : "melody";
  }

  function otherRole(one) {
    return one === "melody" ? "accompaniment" : "melody";
  }

  // --- clips of the wire, one after another ---------------------------------------------------------------------------

  function shifted(some, by) {
    return some.map(function (note) {
      return { pitch: note.pitch, onset: note.onset + by, duration: note.duration, velocity: note.velocity };
    });
  }

  function like(one, length, some) {
    return { role: one.role, name: one.name, numerator: one.numerator, denominator: one.denominator, length: length, notes: some };
  }

  // The last `length` ticks of a clip, in whole bars.
  function tail(one, length) {
    var bar = ticks(barBeats(one.numerator, one.denominator));
    var from = Math.floor(Math.max(0, one.length - length) / bar) * bar;
    var some = one.notes.filter(function (note) { return note.onset >= from; });
    return like(one, one.length - from, shifted(some, -from));
  }

  function joined(first, second) {
    return like(first, first.length + second.length, first.notes.concat(shifted(second.notes, first.length)));
  }

  // --- names and scales -----------------------------------------------------------------------------------------------

  function variationName(base, at, total) {
    return base + " \u203a " + (at + 1) + "/" + total;
  }

  // What a clip is called that an answer is named after: "Verse" for "Verse › 2/4" too.
  function baseName(name) {
    return String(name || "").replace(/ \u203a [^\u203a]*$/, "") || "clip";
  }

  // The options of a scale: its root, and which of the twelve semitones above it are in it.
  function scaleOptions(root, intervals) {
    var marks = ["0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"];
    intervals.forEach(function (interval) { marks[((interval % 12) + 12) % 12] = "1"; });
    return { key: ((root % 12) + 12) % 12, scale: marks.join("") };
  }

  return {
    TICKS: TICKS, MOST_NOTES: MOST_NOTES, MOST_BEATS: MOST_BEATS, FIELDS: FIELDS, parse: parse, read: read, spec: spec,
    audible: audible, heard: heard, ticks: ticks, barBeats: barBeats, barsOf: barsOf, clip: clip, fitted: fitted,
    dressed: dressed, moved: moved, mark: mark, isDrums: isDrums, role: role, otherRole: otherRole, tail: tail, joined: joined,
    like: like, variationName: variationName, baseName: baseName, scaleOptions: scaleOptions
  };
}());
