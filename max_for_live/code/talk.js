// One connection with the bridge: a reply port of our own, hello, models, one request for music at a time. Knows neither Max
// nor Live: what is to be sent goes to `io`, what happened to `on`; time is given, in milliseconds.
//
// io: send(message), bridgePort(port), listen(port), echo(port, nonce), random() 0 to 1
// on: online(level, version, model), models(list), trouble(name of a text, ...), silent(), progress(share, isAccepted),
//     music(conversation) once it has ended

var talk = (function () {
  var ECHO_MS = 100; // between two tries to hear ourselves
  var CLAIM_MS = 700; // not heard for that long: the port is another's
  var MOST_CLAIMS = 6;
  var RETRY_MS = 300; // between two hellos while somebody waits
  var LOOK_MS = 1500; // between two hellos while nobody answers
  var IDLE_MS = 5000; // between two hellos while all is well
  var AWAY_MS = 3200; // unanswered for that long: nobody is there
  var PATIENCE_MS = 3000; // a request that nobody ever answered
  var LONG_PATIENCE_MS = 30000; // a request that was answered once: the bridge may be starting again
  var MOST_HELLOS = 20;
  var SILENT_MS = 2000; // then the user is told

  function Talk(io, on, settings) {
    this.io = io;
    this.on = on;
    this.name = settings.name;
    this.first = settings.replyFirst;
    this.last = settings.replyLast;
    this.ids = new wire.Ids(io.random() * wire.LARGEST_ID);
    this.bridge = settings.bridgePort;
    this.wanted = null; // name of the model that the user chose
    this.claim = null;
    this.isBlocked = false; // another has the port that we were told to use
    this.isDeaf = false; // we do not hear ourselves on any port
    this.reply = 0;
    this.fixed = 0;
    this.hellos = []; // ids of hellos under way, the newest ones
    this.helloAt = 0;
    this.askedAt = 0; // the first hello since the last answer
    this.level = -1;
    this.welcome = null; // { version, model }
    this.side = []; // small conversations
    this.music = null;
    this.phase = ""; // of the music: greeting, model, asking
    this.choosing = null; // the conversation of model/use
    this.aliveAt = 0;
  }

  // --- the port that we listen on -------------------------------------------------------------------------------------

  // Take a port: `fixed`, or with 0 any that proves to be ours.
  Talk.prototype.open = function (fixed, now) {
    this.fixed = fixed;
    this.isBlocked = false;
    this.claim = { tries: 0, again: 0 };
    this.tryPort(now);
  };

  Talk.prototype.tryPort = function (now) {
    var span = this.last - this.first + 1;
    this.reply = this.fixed || this.first + Math.floor(this.io.random() * span);
    this.claim.tries += 1;
    this.claim.again = 0;
    this.claim.since = now;
    this.claim.nonce = this.ids.next();
    this.claim.echoAt = 0;
    this.io.listen(this.reply);
  };

  Talk.prototype.tickClaim = function (now) {
    if (this.claim.again) {
      if (now > this.claim.again) { this.tryPort(now); }
    } else if (now - this.claim.since > CLAIM_MS) {
      this.portNotOurs(now);
    } else if (now - this.claim.echoAt >= ECHO_MS) {
      this.claim.echoAt = now;
      this.io.echo(this.reply, this.claim.nonce);
    }
  };

  // A fixed port that another has is tried again now and then. Where no port at all proves to be ours, packets to ourselves may
  // be what does not work: the bridge is greeted all the same.
  Talk.prototype.portNotOurs = function (now) {
    if (this.fixed) {
      this.isBlocked = true;
      this.claim.again = now + IDLE_MS;
      this.setLevel(0);
      this.on.trouble("port_taken", this.fixed);
    } else if (this.claim.tries >= MOST_CLAIMS) {
      this.claim = null;
      this.isDeaf = true;
      this.look(now);
    } else {
      this.tryPort(now);
    }
  };

  Talk.prototype.heardEcho = function (nonce, now) {
    if (this.claim && nonce === this.claim.nonce) {
      this.claim = null;
      this.isDeaf = false;
      this.isBlocked = false;
      this.look(now);
    }
  };

  // --- hello ----------------------------------------------------------------------------------------------------------

  Talk.prototype.setBridge = function (port, now) {
    this.bridge = port;
    this.io.bridgePort(port);
    this.welcome = null;
    if (!this.claim) { this.look(now); }
  };

  Talk.prototype.look = function (now) {
    this.setLevel(1);
    this.askedAt = 0;
    this.hello(now);
  };

  Talk.prototype.setLevel = function (level) {
    if (level === this.level && level !== 2) { return; }
    this.level = level;
    this.on.online(level, this.welcome);
  };

  Talk.prototype.hello = function (now) {
    var id = this.ids.next();
    this.hellos = this.hellos.slice(-MOST_HELLOS).concat(id);
    this.helloAt = now;
    this.askedAt = this.askedAt || now;
    this.io.send(["/macnet/hello", id, wire.PROTOCOL, this.name, this.reply]);
  };

  Talk.prototype.tickHello = function (now) {
    var wait = this.music && this.phase === "greeting" ? RETRY_MS : this.level === 2 ? IDLE_MS : LOOK_MS;
    if (this.level === 2 && this.askedAt) { wait = RETRY_MS; }
    if (now - this.helloAt >= wait) { this.hello(now); }
    if (this.askedAt && now - this.askedAt > AWAY_MS && this.level !== 0) {
      this.welcome = null;
      this.setLevel(0);
    }
  };

  Talk.prototype.heardWelcome = function (args, now) {
    var before = this.welcome;
    this.hellos = [];
    this.askedAt = 0;
    this.welcome = { protocol: args[1], version: String(args[2]), model: String(args[3]) };
    if (args[1] !== wire.PROTOCOL) {
      this.refused(args[1] > wire.PROTOCOL ? "newer" : "older", this.welcome.version);
      return;
    }
    this.setLevel(2);
    if (!before || before.version !== this.welcome.version) { this.listModels(now); }
    if (this.music && this.phase === "greeting") { this.prepare(now); }
  };

  // Bridge and device do not understand each other: said as trouble, and to whoever waits.
  Talk.prototype.refused = function (name, detail) {
    this.setLevel(1);
    if (this.music) {
      this.music.fail("server.protocol", texts.say(name, detail), "");
      this.endMusic();
      return;
    }
    this.on.trouble(name, detail);
  };

  // --- models ---------------------------------------------------------------------------------------------------------

  Talk.prototype.listModels = function (now) {
    var self = this;
    this.hold(wire.message(this.ids, "/macnet/models", []), now, function (ended) {
      if (ended.state !== "done") { return; }
      self.on.models(ended.of("/macnet/model").map(function (other) {
        return { name: String(other.args[1]), isInUse: other.args[4] === 1 };
      }));
    });
  };

  // --- small conversations --------------------------------------------------------------------------------------------

  Talk.prototype.hold = function (conversation, now, whenEnded) {
    conversation.whenEnded = whenEnded;
    conversation.since = now;
    this.side.push(conversation);
    conversation.ask(now);
    this.flush(conversation);
  };

  Talk.prototype.star = function (takeId, starred, now, whenEnded) {
    this.hold(wire.message(this.ids, "/macnet/take/star", [takeId, starred]), now, whenEnded);
  };

  Talk.prototype.flush = function (conversation) {
    conversation.taken().forEach(this.io.send);
  };

  Talk.prototype.tickSide = function (conversation, now) {
    if (conversation.state === "waiting" && now - conversation.since > PATIENCE_MS) {
      conversation.fail("bridge.unreachable", texts.say("no_bridge", this.bridge), "");
    } else if (conversation.isQuiet(now)) {
      conversation.isSent = false; // one message: it is all there is to send again
      this.hello(now);
      conversation.ask(now);
    }
    this.flush(conversation);
  };

  Talk.prototype.sweep = function () {
    var ended = this.side.filter(function (one) { return one.state !== "waiting"; });
    this.side = this.side.filter(function (one) { return one.state === "waiting"; });
    ended.forEach(function (one) { if (one.whenEnded) { one.whenEnded(one); } });
  };

  // --- music ----------------------------------------------------------------------------------------------------------

  // Hold a conversation of `wire.request` to its end: greet, choose the model, ask.
  Talk.prototype.ask = function (conversation, now) {
    this.music = conversation;
    this.aliveAt = now;
    this.wasSilent = false;
    if (this.isBlocked) {
      conversation.fail("reply.taken", texts.say("port_taken", this.fixed), "");
      this.endMusic();
      return;
    }
    this.greet(now);
  };

  // Before every question: a bridge that was started again knows neither our reply port nor our model.
  Talk.prototype.greet = function (now) {
    this.phase = "greeting";
    this.hello(now);
  };

  Talk.prototype.prepare = function (now) {
    if (this.wanted && this.welcome.model !== this.wanted) {
      this.phase = "model";
      this.choosing = wire.message(this.ids, "/macnet/model/use", [this.wanted]);
      this.choosing.ask(now);
      this.flush(this.choosing);
      return;
    }
    this.phase = "asking";
    this.music.ask(now);
    this.flush(this.music);
  };

  Talk.prototype.chosen = function (now) {
    if (this.choosing.state === "failed") {
      var failure = this.choosing.failure;
      this.music.fail(failure.code, failure.message, failure.hint);
      this.endMusic();
    } else if (this.choosing.state === "done") {
      this.welcome.model = this.wanted;
      this.on.online(this.level, this.welcome);
      this.prepare(now);
    }
  };

  Talk.prototype.tickMusic = function (now) {
    var music = this.music;
    var quiet = now - this.aliveAt;
    if (quiet > (music.isSent || music.restarts > 0 ? LONG_PATIENCE_MS : PATIENCE_MS)) {
      music.fail("bridge.unreachable", texts.say(music.isSent ? "lost" : "no_bridge", this.bridge), "");
      this.endMusic();
    } else if (music.isStalled(now)) {
      this.sendCancel(now);
      music.fail("bridge.stalled", texts.say("stalled"), "");
      this.endMusic();
    } else {
      if (quiet > SILENT_MS && !this.wasSilent) {
        this.wasSilent = true;
        this.on.silent();
      }
      if (this.phase === "model" && this.choosing.isQuiet(now)) { this.greet(now); }
      if (this.phase === "asking" && music.isQuiet(now)) { this.greet(now); }
    }
  };

  Talk.prototype.sendCancel = function (now) {
    if (!this.music.isSent) { return; }
    var cancel = wire.message(this.ids, "/macnet/cancel", []);
    cancel.id = this.music.id;
    cancel.packets[0].message[1] = cancel.id;
    cancel.restarts = Infinity; // its `fail` is what it wants to hear
    this.hold(cancel, now, null);
  };

  Talk.prototype.cancel = function (now) {
    if (!this.music) { return false; }
    this.sendCancel(now);
    this.music.fail("request.cancelled", texts.say("cancelled"), "");
    this.endMusic();
    return true;
  };

  Talk.prototype.endMusic = function () {
    var music = this.music;
    this.music = null;
    this.choosing = null;
    this.phase = "";
    this.on.music(music);
  };

  // --- what comes in, and time ----------------------------------------------------------------------------------------

  // A message that arrived at our reply port; anything at all.
  Talk.prototype.heard = function (address, args, now) {
    if (address === "/macnet/echo") {
      this.heardEcho(args[0], now);
      return;
    }
    if (this.hellos.indexOf(args[0]) >= 0) {
      this.heardOfHello(address, args, now);
      return;
    }
    this.side.forEach(function (one) { if (one.receive(address, args, now)) { this.flush(one); } }, this);
    this.sweep();
    this.heardOfMusic(address, args, now);
  };

  Talk.prototype.heardOfHello = function (address, args, now) {
    if (address === "/macnet/welcome") {
      this.alive(now);
      this.heardWelcome(args, now);
    } else if (address === "/macnet/fail") {
      this.alive(now);
      this.hellos = [];
      this.refused("other_protocol", args[2]);
    }
  };

  Talk.prototype.alive = function (now) {
    this.aliveAt = now;
    this.wasSilent = false;
  };

  Talk.prototype.heardOfMusic = function (address, args, now) {
    if (this.choosing && this.choosing.receive(address, args, now)) {
      this.alive(now);
      if (this.phase === "model") { this.chosen(now); }
    } else if (this.music && this.music.receive(address, args, now)) {
      this.alive(now);
      this.flush(this.music);
      if (this.music.state !== "waiting") {
        this.endMusic();
      } else {
        this.on.progress(this.music.progress, this.music.isAccepted);
      }
    }
  };

  Talk.prototype.tick = function (now) {
    if (this.claim) {
      this.tickClaim(now);
      return;
    }
    this.tickHello(now);
    this.side.forEach(function (one) { this.tickSide(one, now); }, this);
    this.sweep();
    if (this.music) { this.tickMusic(now); }
  };

  return { Talk: Talk };
}());
