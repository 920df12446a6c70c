// Endless music: part after part, asked for while the clip plays and appended before it ends.
//
// In Session a clip of its own grows below the primer, one a voice; it takes over where the primer's loop ends. It loops over
// its last part, so that an answer that comes late costs a repetition and never silence. In the Arrangement part after part
// is laid ahead of the playhead. Everything is done in turns of the script's own clock; nothing waits.

var endless = (function () {
  var HEARD_BARS = 16; // of what was written last, that the next part goes on from
  var AHEAD_S = 10; // the music reaches at least this far beyond the playhead
  var CLIP_BARS = 128; // of one growing clip; then another begins, or the clip would make Live slow
  var ONE_BAR = 5; // of launch_quantization
  var MARGIN = 0.1; // beats: too near to a bar line Live may already be past it
  var it = null;

  function isOn() {
    return it !== null;
  }

  function turn(wanted) {
    if (wanted === isOn()) { return; }
    if (wanted) {
      begin();
    } else {
      end(texts.say("auto_off"));
    }
  }

  function begin() {
    var settings = {};
    Object.keys(device.settings).forEach(function (name) { settings[name] = device.settings[name]; });
    settings.variations = 1;
    var found = question.job("continue", settings, 0);
    if (found.reason) {
      end(found.reason);
      return;
    }
    var job = found.job;
    it = {
      job: job, bar: notes.barBeats(job.primer.look.numerator, job.primer.look.denominator), voices: {}, source: job.primer.id,
      title: job.primer.title, leg: null, phase: "first", end: job.primer.end || 0, bars: 0, isArrangement: job.primer.isArrangement
    };
    job.clips.forEach(function (clip) { it.voices[clip.role] = clip; });
    device.say("auto_first", it.title);
    ask(firstLanded);
  }

  function end(text) {
    var wasAsking = it !== null && device.isAsking();
    it = null;
    if (wasAsking) { device.cancel(); }
    face.show("auto_shown", 0);
    device.status(text);
  }

  function failed(text) {
    end(texts.say("auto_stopped", text));
  }

  // --- asking ---------------------------------------------------------------------------------------------------------

  function clipsToSend() {
    return ["melody", "accompaniment"].map(function (role) { return it.voices[role]; }).filter(function (clip) {
      return clip && clip.notes.length > 0;
    });
  }

  function ask(whenLanded) {
    var job = {};
    Object.keys(it.job).forEach(function (name) { job[name] = it.job[name]; });
    job.clips = clipsToSend();
    job.label = "Auto";
    job.offset = 0;
    if (it.phase !== "first") { job.beats = device.settings.bars * it.bar; }
    it.beats = job.beats;
    device.send(job, function (asked, answer, note) {
      if (it === null) { return; }
      if (answer.length === 0) {
        failed(texts.say("nothing_came"));
        return;
      }
      whenLanded(asked, answer, note);
    });
  }

  // What was heard so far and what was written now, the last bars of it.
  function remember(answer) {
    var length = notes.ticks(it.beats);
    ["melody", "accompaniment"].forEach(function (role) {
      var voice = answer.clips[role];
      var before = it.voices[role];
      if (!voice && !before) { return; }
      var other = it.voices[notes.otherRole(role)];
      before = before || notes.like({ role: role, name: other.name, numerator: other.numerator, denominator: other.denominator },
        other.length, []);
      var after = notes.like(before, length, voice ? voice.notes : []);
      it.next = it.next || {};
      it.next[role] = notes.tail(notes.joined(before, after), HEARD_BARS * notes.ticks(it.bar));
    });
    it.voices = it.next || it.voices;
    it.next = null;
    it.bars += Math.round(it.beats / it.bar);
  }

  // --- writing --------------------------------------------------------------------------------------------------------

  function firstLanded(job, answer) {
    var result = landing.land(job, answer);
    if (!result.landed) {
      end(result.status);
      return;
    }
    var clips = result.landed.variations[0].clips;
    it.job.into = job.into;
    it.job.below = job.below;
    menus.showTracks();
    remember(answer[0]);
    if (it.isArrangement) {
      laid(clips);
    } else {
      it.leg = { clips: clips, main: clips[it.job.role], end: it.beats, bars: Math.round(it.beats / it.bar) };
      it.phase = "armed";
      it.quantum = quantumFor(it.leg);
    }
  }

  function laid(clips) {
    it.phase = "laying";
    it.end += it.beats;
    it.job.primer = live.read(clips[it.job.role]);
    it.job.primer.title = it.title;
    it.source = it.job.primer.id;
  }

  // How the growing clips are launched: as the primer is, unless that could not meet the end of its loop.
  function quantumFor(leg) {
    var quantum = live.quantum(it.source);
    if (quantum >= 1) { return quantum; }
    Object.keys(leg.clips).forEach(function (role) { live.setLaunch(leg.clips[role], "launch_quantization", ONE_BAR); });
    return it.bar;
  }

  function moreLanded(job, answer) {
    var leg = it.leg;
    var roles = Object.keys(leg.clips);
    if (!roles.every(function (role) { return live.exists(leg.clips[role], "Clip"); })) {
      end(texts.say("auto_clip_gone"));
      return;
    }
    roles.forEach(function (role) {
      var voice = answer[0].clips[role];
      var list = voice ? notes.fitted(voice.notes, notes.ticks(it.beats)) : [];
      live.extend(leg.clips[role], leg.end + it.beats, leg.end, notes.moved(list, leg.end));
    });
    leg.end += it.beats;
    leg.bars += Math.round(it.beats / it.bar);
    remember(answer[0]);
  }

  // A clip that has grown long enough is what the next one takes over from.
  function askForMore() {
    if (!it.isArrangement && it.leg.bars < CLIP_BARS) {
      ask(moreLanded);
      return;
    }
    if (!it.isArrangement) {
      it.job.primer = live.read(it.leg.main);
      it.job.primer.title = it.title;
      it.source = it.leg.main;
    }
    ask(firstLanded);
  }

  // --- time -----------------------------------------------------------------------------------------------------------

  function aheadBeats() {
    return Math.max(2 * it.bar, AHEAD_S * live.tempo() / 60);
  }

  function fire() {
    Object.keys(it.leg.clips).forEach(function (role) { live.fire(it.leg.clips[role]); });
  }

  // The growing clip is ready: it is launched in the last quantum of the loop that it follows.
  function tickArmed() {
    var leg = live.playing(it.leg.main);
    if (leg.isPlaying) {
      it.phase = "playing";
      return;
    }
    if (!live.exists(it.source, "Clip")) {
      device.say("auto_waits", live.clipName(it.leg.main));
      return;
    }
    var source = live.playing(it.source);
    if (!source.isPlaying) {
      device.say("auto_waits", it.title);
    } else if (!leg.isTriggered) {
      device.say("auto_soon", it.title);
      var left = source.to - source.position;
      if (left < it.quantum - MARGIN && left > MARGIN) { fire(); }
    }
  }

  function tickPlaying() {
    var leg = live.playing(it.leg.main);
    var ahead = it.leg.end - leg.position;
    if (!leg.isPlaying) {
      device.say("auto_waits", live.clipName(it.leg.main));
    } else if (ahead < aheadBeats()) {
      askForMore();
    } else {
      device.say("auto_plays", it.bars, Math.floor(ahead / it.bar));
    }
  }

  function tickLaying() {
    var song = live.transport();
    var ahead = it.end - song.time;
    if (ahead >= aheadBeats()) {
      if (song.isPlaying) {
        device.say("auto_plays", it.bars, Math.floor(ahead / it.bar));
      } else {
        device.say("auto_waits_song");
      }
    } else if (isBlocked()) {
      return;
    } else {
      askForMore();
    }
  }

  function isBlocked() {
    var beats = device.settings.bars * it.bar;
    var tracks = [it.job.primer.track].concat(it.job.into || (it.job.target.kind === "track" ? it.job.target.id : []));
    return tracks.some(function (track) {
      if (live.trackIndex(track) < 0) { return false; }
      var beat = place.obstacle(live.arrangement(track), it.end, it.end + beats);
      if (beat !== null) { end(texts.say("auto_blocked", Math.round(beat * 100) / 100, live.trackName(track))); }
      return beat !== null;
    });
  }

  var phases = { armed: tickArmed, playing: tickPlaying, laying: tickLaying };

  function tick() {
    if (device.isAsking() || !phases[it.phase]) { return; }
    var clip = it.isArrangement ? it.source : it.leg.main;
    if (!live.exists(clip, "Clip")) {
      end(texts.say("auto_clip_gone"));
      return;
    }
    phases[it.phase]();
  }

  return { isOn: isOn, turn: turn, tick: tick, failed: failed };
}());
