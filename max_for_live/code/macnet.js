// The script of the device: one inlet, what comes in by its selector (face.json), and what follows from it.

inlets = 1;
outlets = 4;

var device = (function () {
  var TICK_MS = 50;
  var LOOK_EVERY = 10; // ticks between two looks at which clip is open
  var QUEUED_MS = 1500; // accepted for so long and not begun: others are before us
  var ECHO_MS = 1000; // within which the pattr gives back what it was given
  var BRIDGE = 0;
  var LISTEN = 1;
  var FACE = 2;
  var ECHO = 3;
  var REPLY_FIRST = 40000;
  var REPLY_LAST = 48999;
  var STORED_AT_MOST = 24000;

  var settings = {
    variations: 4, bars: 4, temperature: 1, similarity: 0.5, feel: 1, key: 0, role: 0, port: 9471, reply: 0
  };
  var it = {
    talk: null, task: null, isReady: false, ticks: 0, status: "", clip: -1, models: [], model: null, target: { kind: "new" },
    choices: [], trackNames: "", job: null, sentAt: 0, answer: null, stored: "", echoes: [], waitingState: null, isQuiet: false
  };

  function now() {
    return new Date().getTime();
  }

  // --- to the patch ---------------------------------------------------------------------------------------------------

  function show() {
    outlet(FACE, Array.prototype.slice.call(arguments));
  }

  function status(text) {
    it.isQuiet = false;
    if (text === it.status) { return; }
    it.status = text;
    show("status", text);
  }

  function say() {
    status(texts.say.apply(null, arguments));
  }

  function progress(share) {
    show("progress", share);
  }

  function busy(isBusy) {
    show("busy", isBusy ? 1 : 0);
  }

  function showAnswer() {
    var shown = it.answer && it.answer.variations[Math.max(0, it.answer.shown)];
    show("shown", listen.label(it.answer));
    show("star_shown", shown && shown.star ? 1 : 0);
  }

  function store() {
    var text = state.pack({ model: it.model, target: it.target, answer: it.answer });
    if (text.length > STORED_AT_MOST) { text = state.pack({ model: it.model, target: it.target, answer: null }); }
    if (text === it.stored) { return; }
    it.stored = text;
    it.echoes.push({ text: text, until: now() + ECHO_MS });
    show("store", text);
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

  // --- the bridge -----------------------------------------------------------------------------------------------------

  var io = {
    send: function (message) { outlet(BRIDGE, message); },
    bridgePort: function (port) { outlet(BRIDGE, ["port", port]); },
    listen: function (port) { outlet(LISTEN, ["port", port]); },
    echo: function (port, nonce) {
      outlet(ECHO, ["port", port]);
      outlet(ECHO, ["/macnet/echo", nonce]);
    },
    random: Math.random
  };

  function isNewer(version, than) {
    var mine = than.split(/[.-]/);
    return version.split(".").slice(0, 2).some(function (part, at) {
      return Number(part) > Number(mine[at]) && (at === 0 || version.split(".")[0] === mine[0]);
    });
  }

  function greeted(welcome) {
    show("bridge", texts.say("bridge_short", welcome.model, welcome.version));
    showModels();
    if (it.job || auto.isOn()) { return; }
    if (it.autoWasOn) {
      it.autoWasOn = false;
      say("auto_was_on");
    } else if (isNewer(welcome.version, BUILD)) {
      say("newer_works", welcome.version, BUILD);
    } else {
      it.clip = -1;
      it.isQuiet = true;
      lookAtClip();
    }
  }

  var wasOnline = -1;
  var on = {
    online: function (level, welcome) {
      var isNews = level !== wasOnline;
      wasOnline = level;
      show("online", level);
      if (level === 2 && isNews) {
        greeted(welcome);
      } else if (level === 2) {
        show("bridge", texts.say("bridge_short", welcome.model, welcome.version));
      } else {
        show("bridge", texts.say(level === 1 ? "looking_short" : "no_bridge_short", settings.port));
        if (!it.job && !auto.isOn()) { say(level === 1 ? "starting" : "no_bridge", settings.port); }
      }
    },
    models: function (list) {
      it.models = list;
      showModels();
    },
    trouble: function () { say.apply(null, arguments); },
    silent: function () { say("waiting_for_bridge"); },
    progress: function (share, isAccepted) {
      progress(share);
      if (share > 0) {
        say("composing", Math.floor(share * 100));
      } else if (isAccepted && now() - it.sentAt > QUEUED_MS) {
        say("queued");
      }
    },
    music: function (conversation) { ended(conversation); }
  };

  // --- menus ----------------------------------------------------------------------------------------------------------

  function item(text) {
    return texts.cut(text || "?", 30);
  }

  function showModels() {
    var names = it.models.map(function (model) { return model.name; });
    var wanted = it.model || (it.talk.welcome && it.talk.welcome.model);
    if (wanted && names.indexOf(wanted) < 0) { names.push(wanted); }
    if (names.length === 0) { names.push(texts.say("bridges_choice")); }
    it.modelNames = names;
    show.apply(null, ["model_items"].concat(names.map(item)));
    show("model_shown", Math.max(0, names.indexOf(wanted)));
  }

  function sameTarget(one) {
    return one.kind === it.target.kind && (one.kind !== "track" || one.id === it.target.id);
  }

  function showTracks() {
    var choices = [{ kind: "new", text: texts.say("new_track") }, { kind: "nowhere", text: texts.say("nowhere") }];
    live.tracks().forEach(function (id, at) {
      var name = live.trackName(id);
      if (live.isMidiTrack(id)) { choices.push({ kind: "track", id: id, name: name, text: (at + 1) + " " + name }); }
    });
    var names = JSON.stringify(choices);
    if (names === it.trackNames) { return; }
    it.trackNames = names;
    it.choices = choices;
    show.apply(null, ["track_items"].concat(choices.map(function (one) { return item(one.text); })));
    var chosen = choices.filter(sameTarget)[0];
    if (chosen) { it.target = chosen; }
    show("track_shown", Math.max(0, choices.indexOf(chosen)));
  }

  // --- what is meant, while nothing else is going on ------------------------------------------------------------------

  function lookAtClip() {
    if (!it.isQuiet || it.job || auto.isOn() || it.talk.level !== 2) { return; }
    var id = live.detailClip();
    if (id === it.clip) { return; }
    it.clip = id;
    status(question.summary(settings));
    it.isQuiet = true;
  }

  // --- asking ---------------------------------------------------------------------------------------------------------

  function send(job, whenLanded) {
    it.job = job;
    it.whenLanded = whenLanded;
    it.sentAt = now();
    busy(true);
    progress(0);
    it.talk.wanted = it.model;
    it.talk.ask(question.conversation(it.talk.ids, job, Math.random()), now());
  }

  function ask(kind) {
    if (it.job || auto.isOn()) {
      say("busy");
      return;
    }
    var found = question.job(kind, settings, it.target, 0);
    if (found.reason) {
      status(found.reason);
      return;
    }
    say("asking");
    send(found.job, landed);
  }

  function another() {
    if (it.job || auto.isOn()) {
      say("busy");
    } else if (!it.answer) {
      say("no_answer");
    } else if (!live.exists(it.answer.primer, "Clip")) {
      say("clip_gone");
    } else {
      askAgain(it.answer);
    }
  }

  // The same question as before; after the set was opened again it is put together anew.
  function askAgain(answer) {
    var found = answer.job ? { job: answer.job } : question.job(answer.kind, withOf(answer), it.target, answer.primer);
    if (found.reason) {
      status(found.reason);
      return;
    }
    found.job.offset = answer.variations.length;
    say("asking");
    send(found.job, landedMore);
  }

  function withOf(answer) {
    var copy = {};
    Object.keys(settings).forEach(function (name) { copy[name] = settings[name]; });
    copy.bars = answer.bars;
    copy.variations = answer.count;
    return copy;
  }

  function noteOf(conversation) {
    var notices = conversation.of("/macnet/notice");
    return notices.length > 0 ? String(notices[0].args[2]) : "";
  }

  // A conversation about music is over.
  function ended(conversation) {
    var job = it.job;
    var whenLanded = it.whenLanded;
    it.job = null;
    busy(false);
    progress(0);
    if (!job) { return; }
    if (conversation.state !== "done") {
      failed(conversation.failure);
      return;
    }
    whenLanded(job, conversation.answer(), noteOf(conversation));
  }

  function failed(failure) {
    var text = failure.code === "request.cancelled" ? texts.say("cancelled") : texts.say("failed", failure.message, failure.hint);
    post("MAC-Net: " + failure.code + ": " + failure.message + " " + failure.hint + "\n");
    if (auto.isOn()) {
      auto.failed(text);
    } else {
      status(text);
    }
  }

  function landed(job, answer, note) {
    job.offset = 0;
    job.below = undefined;
    var result = landing.land(job, answer);
    if (result.landed) {
      remember(job, result.landed);
    }
    tell(result.status, note);
  }

  function remember(job, result) {
    it.answer = {
      at: result.at, title: job.primer.title, kind: job.kind, bars: job.bars, count: job.variations, primer: job.primer.id,
      job: job, variations: result.variations, shown: result.at === "arrangement" ? 0 : -1
    };
    showTracks();
    showAnswer();
    store();
  }

  function landedMore(job, answer, note) {
    var result = landing.land(job, answer);
    if (result.landed && it.answer) {
      it.answer.variations = it.answer.variations.concat(result.landed.variations);
      it.answer.job = job;
      showAnswer();
      store();
    }
    tell(result.status, note);
  }

  function tell(text, note) {
    status(note ? texts.say("landed_note", text, note) : text);
  }

  // --- listening ------------------------------------------------------------------------------------------------------

  function step(by) {
    if (!it.answer) {
      say("no_answer");
      return;
    }
    status(listen.step(it.answer, by).status);
    showAnswer();
    store();
  }

  function keep() {
    if (!it.answer) {
      say("no_answer");
      return;
    }
    var result = listen.keep(it.answer);
    it.answer = result.answer;
    status(result.status);
    showAnswer();
    store();
  }

  function star(value) {
    var shown = it.answer && it.answer.variations[Math.max(0, it.answer.shown)];
    if (!shown) {
      show("star_shown", 0);
      say("no_answer");
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

  // --- controls -------------------------------------------------------------------------------------------------------

  function setting(name) {
    return function (value) {
      if (isFinite(value)) { settings[name] = Number(value); }
      it.clip = -1;
    };
  }

  var controls = {
    "continue": function () { ask("continue"); },
    accompany: function () { ask("accompany"); },
    vary: function () { ask("vary"); },
    another: another,
    cancel: function () { if (!it.talk.cancel(now())) { say("nothing_to_cancel"); } },
    previous: function () { step(-1); },
    next: function () { step(1); },
    keep: keep,
    star: star,
    auto: function (value) {
      if (value && it.job && !auto.isOn()) {
        show("auto_shown", 0);
        say("busy");
      } else {
        auto.turn(value === 1);
      }
    },
    selftest: function () { selftest.run(); },
    model: function (index) {
      it.model = it.modelNames && it.modelNames[index] !== texts.say("bridges_choice") ? it.modelNames[index] : null;
      it.talk.wanted = it.model;
      store();
    },
    track: function (index) {
      if (it.choices[index]) { it.target = it.choices[index]; }
      store();
    },
    port: function (value) {
      if (value === settings.port) { return; }
      settings.port = value;
      it.talk.setBridge(value, now());
    },
    reply: function (value) {
      if (value === settings.reply) { return; }
      settings.reply = value;
      it.talk.open(value, now());
    }
  };
  ["variations", "bars", "temperature", "similarity", "feel", "key", "role"].forEach(function (name) {
    controls[name] = setting(name);
  });

  // --- beginning, time, and the set's own memory ----------------------------------------------------------------------

  function restore(text) {
    if (!it.isReady) {
      it.waitingState = text;
      return;
    }
    if (isEcho(text)) { return; }
    var found = state.unpack(text);
    if (!found) { return; }
    it.stored = text;
    it.model = found.model;
    it.talk.wanted = found.model;
    it.answer = found.answer;
    adoptTarget(found.target);
    showModels();
    showAnswer();
  }

  function adoptTarget(target) {
    var known = it.choices.filter(function (one) { return one.kind === target.kind && (one.kind !== "track" || one.name === target.name); });
    if (known.length > 0) {
      it.target = known[0];
      show("track_shown", it.choices.indexOf(known[0]));
    }
  }

  function ready() {
    if (it.isReady) { return; }
    live.start();
    it.talk = new talk.Talk(io, on, { name: "live", replyFirst: REPLY_FIRST, replyLast: REPLY_LAST, bridgePort: settings.port });
    it.isReady = true;
    show("build", BUILD);
    show("auto_shown", 0);
    showAnswer();
    showTracks();
    it.talk.setLevel(1);
    io.bridgePort(settings.port);
    it.talk.open(settings.reply, now());
    show("refresh");
    show("recall");
    if (it.waitingState !== null) { restore(it.waitingState); }
    it.task = new Task(tick);
    it.task.interval = TICK_MS;
    it.task.repeat();
  }

  function beat() {
    it.talk.tick(now());
    it.ticks += 1;
    if (auto.isOn() && it.ticks % 2 === 0) { auto.tick(); }
    if (selftest.isOn()) { selftest.tick(now()); }
    if (it.ticks % LOOK_EVERY === 0) {
      lookAtClip();
      showTracks();
    }
  }

  function tick() {
    guarded(beat);
  }

  function heard(parts) {
    var address = String(parts[0]);
    if (address === "/macnet/echo" && selftest.isOn() && selftest.heard(parts.slice(1))) { return; }
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
      busy(false);
      if (auto.isOn()) { auto.turn(false); }
      say("fault", error.message || error);
    }
  }

  // A message into the inlet. What comes before Live is there is remembered, or is nothing to be done about.
  function receive(selector, parts) {
    if (selector === "ready") {
      guarded(ready);
    } else if (selector === "restore") {
      guarded(function () { restore(String(parts[0])); });
    } else if (!it.isReady) {
      if (settings.hasOwnProperty(selector) && isFinite(parts[0])) { settings[selector] = Number(parts[0]); }
      if (selector === "auto" && parts[0] === 1) { it.autoWasOn = true; }
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
    receive: receive, stop: stop, status: status, say: say, show: show, settings: settings, now: now, send: send, io: io,
    target: function () { return it.target; }, talk: function () { return it.talk; }, isBusy: function () { return it.job !== null; },
    showTracks: showTracks, cancel: function () { return it.talk.cancel(now()); }
  };
}());

function anything() {
  device.receive(messagename, arrayfromargs(arguments));
}

function notifydeleted() {
  device.stop();
}
