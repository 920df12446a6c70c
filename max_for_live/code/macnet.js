// The script of the device: one inlet, what comes in by its selector (face.json), and what follows from it.

inlets = 1;
outlets = 4;

var device = (function () {
  var TICK_MS = 50;
  var LOOK_EVERY = 10; // ticks between two looks at which clip is open
  var READ_EVERY = 200; // ticks between two looks at what the tracks are called
  var LOOK_AGAIN_MS = 2000;
  var SETTLE_MS = 200; // after a menu was filled
  var QUEUED_MS = 1500; // accepted for so long and not begun: others are before us
  var ECHO_MS = 1000; // within which the pattr gives back what it was given
  var REPLY_FIRST = 40000; // reply ports, as face.json says
  var REPLY_LAST = 48999;

  var settings = {
    variations: 4, bars: 4, temperature: 1, similarity: 0.5, feel: 1, key: 0, role: 0, port: 9471, reply: 0
  };
  var it = {
    talk: null, task: null, isReady: false, autoWasOn: false, ticks: 0, level: -1,
    isIdle: false, lookedFor: "", lookedAt: 0, lookMs: 0,
    job: null, whenLanded: null, sentAt: 0, answer: null, stored: "", echoes: [], early: null
  };

  function now() {
    return new Date().getTime();
  }

  // Something happened that the status tells of; it stays until something else does.
  function status(text) {
    it.isIdle = false;
    face.status(text);
  }

  function say() {
    status(texts.say.apply(null, arguments));
  }

  // --- what the set keeps ---------------------------------------------------------------------------------------------

  function shownVariation() {
    return it.answer ? it.answer.variations[listen.current(it.answer)] : undefined;
  }

  function showAnswer() {
    var shown = shownVariation();
    face.show("shown", listen.label(it.answer));
    face.show("star_shown", shown && shown.star ? 1 : 0);
  }

  function store() {
    var text = state.pack({ model: menus.model(), target: menus.target(), pairs: menus.partners(), answer: it.answer });
    if (text === it.stored) { return; }
    it.stored = text;
    it.echoes.push({ text: text, until: now() + ECHO_MS });
    face.show("store", text);
  }

  // Whether a text from the pattr only gives back what it was given: that says nothing new, and may come late.
  function isEcho(text) {
    it.echoes = it.echoes.filter(function (one) { return one.until > now(); });
    for (var at = 0; at < it.echoes.length; at += 1) {
      if (it.echoes[at].text === text) {
        it.echoes.splice(at, 1);
        return true;
      }
    }
    return text === it.stored;
  }

  // From the pattr: what a saved set held, or what Live's undo brought back.
  function restore(text) {
    if (!it.isReady) {
      it.early = text;
      return;
    }
    var found = isEcho(text) ? null : state.unpack(text);
    if (!found) { return; }
    it.stored = text;
    it.answer = found.answer;
    menus.useModel(found.model);
    menus.useTarget(found.target);
    found.pairs.forEach(function (pair) { menus.pair(pair[0], pair[1]); });
    it.talk.wanted = found.model;
    showModels();
    showAnswer();
  }

  // --- the bridge -----------------------------------------------------------------------------------------------------

  function showModels() {
    menus.showModels(it.talk.welcome ? it.talk.welcome.model : null);
  }

  function isBusy() {
    return it.job !== null || endless.isOn() || selfcheck.isOn();
  }

  // Whether the bridge's version is a newer one than the device's, of which only the first two numbers count.
  function isNewer(version) {
    var bridges = version.split(".");
    var ours = BUILD.split(".");
    if (Number(bridges[0]) !== Number(ours[0])) { return Number(bridges[0]) > Number(ours[0]); }
    return Number(bridges[1]) > Number(ours[1]);
  }

  function greeted(welcome) {
    if (isBusy()) { return; }
    if (it.autoWasOn) {
      it.autoWasOn = false;
      say("auto_was_on");
    } else if (isNewer(welcome.version)) {
      say("newer_works", welcome.version, BUILD);
    } else {
      look("");
    }
  }

  function online(level, welcome) {
    var isNews = level !== it.level;
    it.level = level;
    face.show("online", level);
    if (level === 2) {
      face.show("bridge", texts.cut(texts.say("bridge_short", welcome.model, welcome.version), 40));
      showModels();
      if (isNews) { greeted(welcome); }
      return;
    }
    face.show("bridge", texts.say(level === 1 ? "looking_short" : "no_bridge_short", settings.port));
    if (!isBusy()) { say(level === 1 ? "starting" : it.talk.isDeaf ? "deaf" : "no_bridge", settings.port); }
  }

  function progress(share, isAccepted) {
    face.progress(share);
    if (endless.isOn()) { return; } // it tells of the music, not of each part
    if (share > 0) {
      say("composing", Math.floor(share * 100));
    } else if (isAccepted && now() - it.sentAt > QUEUED_MS) {
      say("queued");
    }
  }

  var on = {
    online: online,
    models: function (list) { menus.setModels(list, it.talk.welcome ? it.talk.welcome.model : null); },
    trouble: say,
    silent: function () { say("waiting_for_bridge"); },
    progress: progress,
    music: function (conversation) { ended(conversation); }
  };

  // One line about the clip that is meant: when another is opened, and while nothing else is told now and then anew, as its
  // notes may change. Clips that take long to read are read less often.
  function lookAtClip() {
    if (isBusy() || it.talk.level !== 2) { return; }
    var meant = live.meantMark();
    if (meant !== it.lookedFor || (it.isIdle && now() - it.lookedAt > LOOK_AGAIN_MS + 100 * it.lookMs)) { look(meant); }
  }

  function look(meant) {
    it.lookedAt = now();
    it.lookedFor = meant || live.meantMark();
    face.status(question.summary(settings));
    it.isIdle = true;
    it.lookMs = now() - it.lookedAt;
  }

  // --- asking ---------------------------------------------------------------------------------------------------------

  // Ask the bridge; `whenLanded(job, answer, note)` writes what comes. What else may come is told here.
  function send(job, whenLanded) {
    it.job = job;
    it.whenLanded = whenLanded;
    it.sentAt = now();
    face.busy(true);
    face.progress(0);
    it.talk.wanted = menus.model();
    it.talk.ask(question.conversation(it.talk.ids, job, Math.random()), now());
  }

  function ask(found, whenLanded) {
    if (found.reason) {
      status(found.reason);
      return;
    }
    say("asking");
    send(found.job, whenLanded);
  }

  function sayBusy() {
    say(endless.isOn() ? "busy_auto" : "busy");
  }

  function asker(kind) {
    return function () {
      if (isBusy()) {
        sayBusy();
      } else {
        ask(question.job(kind, settings, 0), landed);
      }
    };
  }

  function another() {
    if (isBusy()) {
      sayBusy();
    } else if (!it.answer) {
      say("no_answer");
    } else if (!live.exists(it.answer.primer, "Clip")) {
      say("clip_gone");
    } else {
      var found = it.answer.job ? { job: it.answer.job } : questionOf(it.answer);
      if (found.job) { found.job.offset = it.answer.variations.length; }
      ask(found, landedMore);
    }
  }

  // After a set was opened again, the question is put together anew from what was stored of it.
  function questionOf(answer) {
    var copy = {};
    Object.keys(settings).forEach(function (name) { copy[name] = settings[name]; });
    copy.bars = answer.bars;
    copy.variations = answer.count;
    return question.job(answer.kind, copy, answer.primer);
  }

  function noteOf(conversation) {
    var notices = conversation.of("/macnet/notice");
    return notices.length > 0 ? String(notices[0].args[2]) : "";
  }

  // A conversation about music is over.
  function ended(conversation) {
    var job = it.job;
    it.job = null;
    face.busy(false);
    face.progress(0);
    if (!job) { return; }
    if (conversation.state === "done") {
      it.whenLanded(job, conversation.answer(), noteOf(conversation));
    } else {
      failed(conversation.failure);
    }
  }

  function failed(failure) {
    var isCancelled = failure.code === "request.cancelled";
    var text = isCancelled ? texts.say("cancelled") : texts.say("failed", failure.message, failure.hint);
    post("MAC-Net: " + failure.code + ": " + failure.message + " " + failure.hint + "\n");
    if (endless.isOn()) {
      endless.failed(text);
    } else {
      status(text);
    }
  }

  function tell(text, note) {
    status(note ? texts.say("landed_note", texts.firstSentence(text), note) : text);
  }

  function landed(job, answer, note) {
    job.offset = 0;
    job.below = undefined;
    var result = landing.land(job, answer);
    if (result.landed) {
      it.answer = {
        at: result.landed.at, title: job.primer.title, kind: job.kind, bars: job.bars, count: job.variations, primer: job.primer.id,
        job: job, variations: result.landed.variations, shown: result.landed.at === "arrangement" ? 0 : -1
      };
      keepAnswer();
    }
    tell(result.status, note);
  }

  function landedMore(job, answer, note) {
    var result = landing.land(job, answer);
    if (result.landed && it.answer) {
      it.answer.variations = it.answer.variations.concat(result.landed.variations);
      it.answer.job = job;
      keepAnswer();
    }
    tell(result.status, note);
  }

  function keepAnswer() {
    menus.showTracks();
    showAnswer();
    store();
  }

  // --- listening ------------------------------------------------------------------------------------------------------

  // What listen.js does with the last answer, if there is one.
  function listening(call) {
    return function () {
      if (!it.answer) {
        say("no_answer");
        return;
      }
      status(call(it.answer).status);
      showAnswer();
      store();
    };
  }

  function star(value) {
    var shown = shownVariation();
    if (!shown) {
      face.show("star_shown", 0);
      say(it.answer ? "which" : "no_answer");
      return;
    }
    it.talk.star(shown.takeId, value ? 1 : 0, now(), function (conversation) {
      if (conversation.state === "done") {
        shown.star = value ? 1 : 0;
        say(value ? "starred" : "unstarred");
        store();
      } else {
        say("star_failed", conversation.failure.message);
      }
      showAnswer();
    });
  }

  function turnAuto(value) {
    if (value && isBusy() && !endless.isOn()) {
      face.show("auto_shown", 0);
      say("busy");
    } else {
      endless.turn(value === 1);
    }
  }

  // --- controls -------------------------------------------------------------------------------------------------------

  function setPort(value) {
    if (value === settings.port) { return; }
    settings.port = value;
    it.talk.setBridge(value, now());
  }

  function setReply(value) {
    if (value === settings.reply) { return; }
    settings.reply = value;
    it.talk.open(value, now());
  }

  // A menu that is filled anew may speak for itself: that is nobody's choice.
  function isSettled() {
    return now() - menus.filledAt() > SETTLE_MS;
  }

  function setModel(index) {
    if (!isSettled()) { return; }
    it.talk.wanted = menus.pickModel(index);
    store();
  }

  function setTrack(index) {
    if (!isSettled()) { return; }
    menus.pickTrack(index);
    store();
  }

  function setting(name) {
    return function (value) {
      if (isFinite(value)) { settings[name] = Number(value); }
    };
  }

  var controls = {
    "continue": asker("continue"), accompany: asker("accompany"), vary: asker("vary"), another: another,
    cancel: function () { if (!it.talk.cancel(now())) { say("nothing_to_cancel"); } },
    previous: listening(function (answer) { return listen.step(answer, -1); }),
    next: listening(function (answer) { return listen.step(answer, 1); }),
    keep: listening(listen.keep), star: star, auto: turnAuto, selftest: function () { selfcheck.run(); },
    model: setModel, track: setTrack, port: setPort, reply: setReply
  };
  ["variations", "bars", "temperature", "similarity", "feel", "key", "role"].forEach(function (name) {
    controls[name] = setting(name);
  });

  // --- beginning, and time --------------------------------------------------------------------------------------------

  function ready() {
    if (it.isReady) { return; }
    live.start();
    it.talk = new talk.Talk(face.io, on, { name: "live " + BUILD, replyFirst: REPLY_FIRST, replyLast: REPLY_LAST, bridgePort: settings.port });
    it.isReady = true;
    face.show("build", BUILD);
    face.show("auto_shown", 0);
    face.busy(false);
    face.progress(0);
    showAnswer();
    menus.showTracks();
    it.talk.setLevel(1);
    face.io.bridgePort(settings.port);
    it.talk.open(settings.reply, now());
    face.show("refresh");
    face.show("recall");
    if (it.early !== null) { restore(it.early); }
    it.task = new Task(tick);
    it.task.interval = TICK_MS;
    it.task.repeat();
  }

  function beat() {
    it.talk.tick(now());
    it.ticks += 1;
    if (endless.isOn() && it.ticks % 2 === 0) { endless.tick(); }
    if (selfcheck.isOn()) { selfcheck.tick(now()); }
    if (it.ticks % LOOK_EVERY === 0) {
      lookAtClip();
      menus.followTracks();
    }
    if (it.ticks % READ_EVERY === 0) { menus.showTracks(); }
  }

  function tick() {
    guarded(beat);
  }

  function heard(parts) {
    var address = String(parts[0]);
    if (address === "/macnet/echo" && selfcheck.isOn() && selfcheck.heard(parts.slice(1))) { return; }
    it.talk.heard(address, parts.slice(1), now());
  }

  // A fault of ours is said in the status line; nothing else breaks.
  function guarded(call) {
    try {
      call();
    } catch (error) {
      post("MAC-Net: " + error + (error.stack ? "\n" + error.stack : "") + "\n");
      it.job = null;
      if (it.talk) { it.talk.music = null; }
      face.busy(false);
      if (endless.isOn()) { endless.turn(false); }
      say("fault", error.message || error);
    }
  }

  // Before Live is there nothing can be done, but what a saved set says is remembered.
  function receiveEarly(selector, value) {
    if (settings.hasOwnProperty(selector) && isFinite(value)) { settings[selector] = Number(value); }
    if (selector === "auto" && value === 1) { it.autoWasOn = true; }
  }

  // A message into the inlet.
  function receive(selector, parts) {
    if (selector === "ready") {
      guarded(ready);
    } else if (selector === "restore") {
      guarded(function () { restore(parts.join(" ")); });
    } else if (!it.isReady) {
      receiveEarly(selector, parts[0]);
    } else if (selector === "heard") {
      guarded(function () { heard(parts); });
    } else if (controls.hasOwnProperty(selector)) {
      guarded(function () { controls[selector](parts[0]); });
    }
  }

  function stop() {
    if (it.task) { it.task.cancel(); }
  }

  return {
    receive: receive, stop: stop, status: status, say: say, send: send, now: now, settings: settings, isBusy: isBusy,
    isAsking: function () { return it.job !== null; }, talk: function () { return it.talk; },
    cancel: function () { return it.talk.cancel(now()); }
  };
}());

function anything() {
  device.receive(messagename, arrayfromargs(arguments));
}

function notifydeleted() {
  device.stop();
}
