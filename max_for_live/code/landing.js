// From an answer to clips in the set, in one go: all of them, or none and the reason.
//
// What has landed is a value: { kind, at: session | arrangement, title, role, primer, variations, shown, job } with, for each
// variation, { takeId, rngSeed, star, clips: role -> id, marks: role -> what it held when it was written }.

var landing = (function () {
  // Everything that was written so far, to be taken back if Live refuses the rest.
  function Work() {
    this.undos = [];
  }
  Work.prototype.done = function (undo) {
    this.undos.push(undo);
  };
  Work.prototype.takeBack = function () {
    while (this.undos.length > 0) {
      try { this.undos.pop()(); } catch (error) { post("MAC-Net: could not take back a step: " + error + "\n"); }
    }
  };

  // A reason to stop that is said to the user as it is.
  function Refusal(text) {
    this.text = text;
  }

  function refuse() {
    throw new Refusal(texts.say.apply(null, arguments));
  }

  // --- what is to be written ------------------------------------------------------------------------------------------

  function written(job, voice, role, number) {
    var length = Math.min(voice.length, notes.ticks(job.beats));
    var some = notes.fitted(voice.notes, length);
    if (job.kind === "vary" && role === job.role) { some = notes.dressed(some, job.heard.heard, job.heard.span.from); }
    var name = job.label ? job.primer.title + " \u203a " + job.label : notes.variationName(job.primer.title, number, job.total);
    return { name: name, length: job.beats, look: job.primer.look, notes: some, startMarker: startMarker(job) };
  }

  function ownVoice(job) {
    return job.kind === "accompany" ? null : job.role;
  }

  // What plays beside the primer, or in its place, starts where it starts: not always at the beginning of its loop.
  function startMarker(job) {
    var from = job.primer.startMarker - job.heard.span.from;
    return job.kind !== "continue" && from > 0 && from < job.beats ? from : 0;
  }

  // The roles that are written: the clip's own one, and the other unless it goes nowhere.
  function rolesOf(job, answer) {
    var own = ownVoice(job);
    var other = notes.otherRole(job.role);
    return [own, job.target.kind === "nowhere" ? null : other].filter(function (role) {
      return role && answer.some(function (one) { return one.clips[role]; });
    });
  }

  function hasNotes(answer, roles) {
    return answer.some(function (one) {
      return roles.some(function (role) { return one.clips[role] && one.clips[role].notes.length > 0; });
    });
  }

  // The track of a role: the clip's own, the one that the user picked, or a new one to the right.
  function trackFor(job, role, work) {
    if (role === job.role) { return job.primer.track; }
    if (job.into) { return job.into; }
    if (job.target.kind === "track") { return job.target.id; }
    var id = live.addTrack(live.trackIndex(job.primer.track) + 1, job.primer.title + " \u203a " + role, job.primer.look.color);
    if (!id) { refuse("no_track"); }
    work.done(function () { live.removeTrack(id); });
    job.into = id; // Another goes to the same track
    menus.pair(job.primer.track, id);
    return id;
  }

  function checkTracks(job) {
    if (!live.exists(job.primer.id, "Clip")) { refuse("primer_gone"); }
    var now = live.read(job.primer.id); // it may have been moved
    ["track", "row", "start", "end"].forEach(function (name) { job.primer[name] = now[name]; });
    if (job.into && live.trackIndex(job.into) < 0) { job.into = 0; }
    if (job.target.kind === "track" && live.trackIndex(job.target.id) < 0) { refuse("track_gone"); }
  }

  // --- Session --------------------------------------------------------------------------------------------------------

  function isFullOf(slots) {
    return slots.map(function (slot) { return slot.isFull; });
  }

  function makeRows(rows, scenes, title, work) {
    var needed = Math.max.apply(null, rows) + 1 - scenes;
    for (var more = 0; more < needed; more += 1) {
      try {
        addScene(work);
      } catch (error) {
        refuse("no_room_session", title, rows.length);
      }
    }
  }

  function addScene(work) {
    var index = live.addScene();
    work.done(function () { live.removeScene(index); });
  }

  // The rows that an answer goes to, made where they are not there yet.
  function rowsFor(tracks, first, count, title, work) {
    var slots = tracks.map(live.slots);
    var scenes = slots[0].length;
    var rows = place.rows(slots.map(isFullOf), scenes, first, count);
    makeRows(rows, scenes, title, work);
    return rows;
  }

  function firstRow(job) {
    if (job.below !== undefined) { return job.below; }
    if (job.primer.isArrangement) { return 0; }
    return job.kind === "accompany" ? job.primer.row : job.primer.row + 1;
  }

  // From here on `act` is what is going on: { job, answer, roles, landed, work }, and `numbers` which variations are meant.

  function tracksFor(act) {
    return act.roles.map(function (role) { return trackFor(act.job, role, act.work); });
  }

  // Write clips of one voice, by `write(written)`, and note down what came of it.
  function writeVoice(act, role, number, write) {
    var voice = act.answer[number].clips[role];
    if (!voice) { return; }
    var id = write(written(act.job, voice, role, number + act.job.offset));
    act.work.done(function () { live.remove(id); });
    act.landed[number].clips[role] = id;
    act.landed[number].marks[role] = notes.mark(live.noteList(id));
  }

  // Into rows below, the same one for both voices. The first of them.
  function intoSession(act, numbers) {
    var tracks = tracksFor(act);
    var rows = rowsFor(tracks, firstRow(act.job), numbers.length, act.job.primer.title, act.work);
    var slots = tracks.map(live.slots);
    numbers.forEach(function (number, at) {
      act.roles.forEach(function (role, index) {
        writeVoice(act, role, number, function (clip) { return live.writeSlot(slots[index][rows[at]].id, clip); });
      });
    });
    act.job.below = Math.max.apply(null, rows) + 1;
    return rows[0];
  }

  // --- Arrangement ----------------------------------------------------------------------------------------------------

  function isBlocked(job, tracks) {
    var start = question.arrangementStart(job);
    return tracks.some(function (track) { return place.obstacle(live.arrangement(track), start, start + job.beats) !== null; });
  }

  function writeAt(act, role, number, holder) {
    var start = question.arrangementStart(act.job);
    writeVoice(act, role, number, function (clip) { return live.writeArrangement(holder, start, clip); });
  }

  // A take lane of ours in which nothing lies there; a new one if there is none.
  function laneFor(track, job, used) {
    var start = question.arrangementStart(job);
    var free = live.lanes(track).filter(function (lane) {
      return used.indexOf(lane) < 0 && live.laneName(lane).indexOf("MAC-Net") === 0 &&
        place.obstacle(live.arrangement(lane), start, start + job.beats) === null;
    });
    var lane = free[0] || live.addLane(track, "MAC-Net " + (used.length + 1));
    used.push(lane);
    return lane;
  }

  function intoLanes(act, numbers) {
    var tracks = tracksFor(act);
    act.roles.forEach(function (role, index) {
      var used = [];
      numbers.forEach(function (number) {
        if (act.answer[number].clips[role]) { writeAt(act, role, number, laneFor(tracks[index], act.job, used)); }
      });
    });
  }

  // The first variation right after the clip, the others in take lanes, or where Live has none in Session.
  function intoArrangement(act, numbers) {
    var job = act.job;
    var tracks = tracksFor(act);
    var isFirst = job.offset === 0;
    if (job.isElsewhere || (isFirst && isBlocked(job, tracks))) {
      job.isElsewhere = true; // Another goes there too
      return { at: "elsewhere", row: intoSession(act, numbers) };
    }
    if (isFirst) {
      act.roles.forEach(function (role, index) { writeAt(act, role, 0, tracks[index]); });
    }
    return intoRest(act, isFirst ? numbers.slice(1) : numbers, tracks.every(live.lanes));
  }

  function intoRest(act, numbers, hasLanes) {
    if (hasLanes) {
      intoLanes(act, numbers);
    } else if (numbers.length > 0) {
      intoSession(act, numbers);
    }
    return { at: hasLanes || numbers.length === 0 ? "lanes" : "session" };
  }

  // --- all of it ------------------------------------------------------------------------------------------------------

  function emptyVariations(answer) {
    return answer.map(function (one) {
      return { takeId: one.takeId, rngSeed: one.rngSeed, star: 0, clips: {}, marks: {} };
    });
  }

  function numbersOf(answer) {
    return answer.map(function (_, number) { return number; });
  }

  function write(job, answer, work) {
    checkTracks(job);
    var act = { job: job, answer: answer, roles: rolesOf(job, answer), landed: emptyVariations(answer), work: work };
    if (act.roles.length === 0 || !hasNotes(answer, act.roles)) { refuse("nothing_came"); }
    var numbers = numbersOf(answer);
    var where = job.primer.isArrangement ? intoArrangement(act, numbers) : { at: "session", row: intoSession(act, numbers) };
    return { variations: act.landed, where: where };
  }

  function capital(text) {
    return text.charAt(0).toUpperCase() + text.substr(1);
  }

  // What the status says of clips in the Arrangement.
  function reportArrangement(job, where, count) {
    var side = texts.say(job.kind === "accompany" ? "beside" : "after");
    if (count === 1) { return texts.say("landed_arrangement", job.primer.title, side); }
    return texts.say(where.at === "lanes" ? "landed_lanes" : "landed_other", texts.say("first_of", count), job.primer.title, side);
  }

  function report(job, where, count, isTrackNew) {
    var title = job.primer.title;
    var all = count === 1 ? texts.say("one_variation") : texts.say("variations", count);
    if (where.at === "elsewhere") { return texts.say("landed_elsewhere", all, title); }
    if (job.primer.isArrangement) { return reportArrangement(job, where, count); }
    if (job.kind === "accompany") {
      return texts.say("landed_row", capital(all), live.trackName(job.into || job.target.id), where.row + 1);
    }
    if (isTrackNew) { return texts.say("landed_new_track", capital(all), title, live.trackName(job.into)); }
    return count === 1 ? texts.say("landed_one", title) : texts.say("landed", count, title);
  }

  // Write an answer. { landed, status } or, with nothing written, { status }.
  function land(job, answer) {
    var work = new Work();
    var tracks = live.tracks().length;
    var selection = live.selection();
    job.offset = job.offset || 0;
    job.total = job.offset + answer.length;
    try {
      var done = write(job, answer, work);
      live.select(selection);
      var at = done.where.at === "lanes" || done.where.at === "session" && job.primer.isArrangement ? "arrangement" : "session";
      return { landed: { at: at, variations: done.variations }, status: report(job, done.where, answer.length, live.tracks().length > tracks) };
    } catch (error) {
      work.takeBack();
      live.select(selection);
      if (error instanceof Refusal) { return { status: error.text }; }
      post("MAC-Net: " + error + "\n");
      return { status: texts.say("not_written", error.message || error) };
    }
  }

  return { land: land, Work: Work };
}());
