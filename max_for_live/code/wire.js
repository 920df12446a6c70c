// Protocol 1 (docs/OSC.md): one conversation as a value; what to send, what came, what got lost. Pure: messages are arrays
// [address, argument ...], and times are given, in milliseconds.

var wire = (function () {
  var PROTOCOL = 1;
  var NOTES_A_PACKET = 45;
  var TICKS = 960; // a quarter note
  var LARGEST_ID = 16777215; // counted so that a program which makes floats of our ints still tells them apart
  var QUIET_MS = 300; // after this long without a packet of the conversation, what is missing is asked for
  var SLOWEST_MS = 1200; // while nothing new comes it is asked for less and less often, down to this
  var STALL_MS = 120000; // that long alive and no further: something is wrong
  var MOST_RESENT = 180;
  var MOST_PACKETS = 20000; // of one voice
  var MOST_NOTES = MOST_PACKETS * NOTES_A_PACKET;
  // What a bridge says that was started again and knows nothing of us, that is about to stop, or that lost too much.
  var RESTARTED = { "request.unknown": true, "request.cancelled": true, "request.incomplete": true };
  var MOST_RESTARTS = 8;

  // A counter of request ids, from somewhere unlikely to be used by another device.
  function Ids(first) {
    this.last = Math.floor(first) % LARGEST_ID;
  }
  Ids.prototype.next = function () {
    this.last = this.last % LARGEST_ID + 1;
    return this.last;
  };

  function notesPacket(id, clip, number) {
    var message = ["/macnet/clip/notes", id, clip.role, number];
    var end = Math.min(clip.notes.length, (number + 1) * NOTES_A_PACKET);
    for (var at = number * NOTES_A_PACKET; at < end; at += 1) {
      var note = clip.notes[at];
      message.push(note.pitch, note.onset, note.duration, note.velocity);
    }
    return { role: clip.role, number: number, message: message };
  }

  function clipPackets(id, clip) {
    var total = Math.ceil(clip.notes.length / NOTES_A_PACKET);
    var packets = [{
      role: clip.role, number: -1,
      message: ["/macnet/clip", id, clip.role, clip.length, clip.numerator, clip.denominator, clip.notes.length, total,
        clip.name || "clip"]
    }];
    for (var number = 0; number < total; number += 1) { packets.push(notesPacket(id, clip, number)); }
    return packets;
  }

  function askMessage(id, request) {
    var message = ["/macnet/" + request.kind, id];
    if (request.kind === "continue") { message.push(request.length / TICKS); }
    message.push(request.variations, request.rngSeed, "clips", request.clips.length);
    for (var name in request.options) {
      if (request.options.hasOwnProperty(name)) { message.push(name, request.options[name]); }
    }
    return message;
  }

  function Conversation(ids, id, packets) {
    this.ids = ids;
    this.id = id;
    this.packets = packets; // { role, number, message }; the last one asks
    this.outgoing = [];
    this.state = "waiting"; // done, failed
    this.failure = null; // { code, message, hint }
    this.progress = 0;
    this.isAccepted = false;
    this.isSent = false;
    this.heardAt = 0;
    this.quietMs = QUIET_MS;
    this.movedAt = 0;
    this.wantsGreeting = false;
    this.restarts = 0;
    this.others = []; // welcome, model and notice messages
    this.takes = {}; // variation -> role -> { takeId, length, count, packets, rngSeed, name, parts }
    this.ended = null; // { variations, announcements } once `done` came
  }

  // A conversation that asks for music. request: kind, clips, variations, rngSeed, options, length (ticks, for continue).
  function request(ids, asked) {
    var id = ids.next();
    var packets = [];
    for (var at = 0; at < asked.clips.length; at += 1) { packets = packets.concat(clipPackets(id, asked.clips[at])); }
    packets.push({ role: "", number: -2, message: askMessage(id, asked) });
    return new Conversation(ids, id, packets);
  }

  // A conversation of one message; the id is put in.
  function message(ids, address, args) {
    var id = ids.next();
    return new Conversation(ids, id, [{ role: "", number: -2, message: [address, id].concat(args) }]);
  }

  Conversation.prototype.queue = function (packet) {
    this.outgoing.push(packet.message);
  };

  // Send everything, or once that is done only the message that asks: whatever else is lacking will be asked for.
  Conversation.prototype.ask = function (now) {
    this.heardAt = now;
    this.wantsGreeting = false;
    if (this.isSent) { this.quietMs = Math.min(SLOWEST_MS, this.quietMs * 1.5); }
    if (!this.isSent) {
      this.movedAt = now;
      this.packets.forEach(this.queue, this);
    } else if (!this.askMissing()) {
      this.queue(this.packets[this.packets.length - 1]);
    }
    this.isSent = true;
  };

  function missingParts(take) {
    var missing = [];
    for (var number = 0; number < take.packets; number += 1) {
      if (!take.parts[number]) { missing.push(number); }
    }
    return missing;
  }

  Conversation.prototype.eachTake = function (call) {
    var variations = Object.keys(this.takes);
    for (var at = 0; at < variations.length; at += 1) {
      var voices = this.takes[variations[at]];
      var roles = Object.keys(voices);
      for (var index = 0; index < roles.length; index += 1) {
        call.call(this, voices[roles[index]], Number(variations[at]), roles[index]);
      }
    }
  };

  // Ask for what is known to be missing of the answer. Whether there was any.
  Conversation.prototype.askMissing = function () {
    var asked = false;
    if (!this.ended) { return false; }
    this.eachTake(function (take, variation, role) {
      var missing = take.isAnnounced ? missingParts(take) : [];
      if (missing.length > 0) {
        this.outgoing.push(["/macnet/resend", this.id, variation, role].concat(missing.slice(0, MOST_RESENT)));
        asked = true;
      }
    });
    return asked;
  };

  var handlers = {};

  handlers["/macnet/accepted"] = function () {
    this.isAccepted = true;
  };

  handlers["/macnet/missing"] = function (args) {
    var role = args[1];
    var numbers = args.slice(2);
    this.packets.forEach(function (packet) {
      var isOfRole = packet.role !== "" && (role === "auto" || packet.role === role);
      if (isOfRole && (numbers.length === 0 || numbers.indexOf(packet.number) >= 0)) { this.queue(packet); }
    }, this);
  };

  handlers["/macnet/progress"] = function (args) {
    this.isAccepted = true;
    this.progress = Math.max(this.progress, Number(args[1]) || 0);
  };

  Conversation.prototype.take = function (variation, role) {
    var voices = this.takes[variation] || {};
    this.takes[variation] = voices;
    voices[role] = voices[role] || { parts: {}, packets: 0, isAnnounced: false };
    return voices[role];
  };

  // What cannot be is left alone, as if it had not come: nothing that arrives may keep Live busy.
  function isWhole(value, most) {
    return typeof value === "number" && value >= 0 && value <= most && Math.floor(value) === value;
  }

  function isVoice(variation, role) {
    return isWhole(variation, 15) && (role === "melody" || role === "accompaniment");
  }

  handlers["/macnet/take"] = function (args) {
    if (!isVoice(args[1], args[3]) || !isWhole(args[5], MOST_NOTES) || !isWhole(args[6], MOST_PACKETS)) { return; }
    var take = this.take(args[1], args[3]);
    if (take.isAnnounced && take.takeId !== args[2]) { // composed anew by a bridge that was started again
      take.parts = {};
    }
    take.isAnnounced = true;
    take.takeId = args[2];
    take.length = args[4];
    take.count = args[5];
    take.packets = args[6];
    take.rngSeed = args[7];
    take.name = args[8] === undefined ? "" : String(args[8]);
  };

  handlers["/macnet/take/notes"] = function (args) {
    if (!isVoice(args[1], args[2]) || !isWhole(args[3], MOST_PACKETS)) { return; }
    var notes = [];
    for (var at = 4; at + 3 < args.length; at += 4) {
      notes.push({ pitch: args[at], onset: args[at + 1], duration: args[at + 2], velocity: args[at + 3] });
    }
    this.take(args[1], args[2]).parts[args[3]] = notes;
  };

  handlers["/macnet/done"] = function (args) {
    if (isWhole(args[1], 16)) { this.ended = { variations: args[1], announcements: args[2] || 0 }; }
  };

  // Under a new id: the bridge may remember how the old one ended, and what still comes for it is not meant any more.
  Conversation.prototype.startOver = function () {
    this.restarts += 1;
    this.id = this.ids.next();
    this.packets.forEach(function (packet) { packet.message[1] = this.id; }, this);
    this.isSent = false;
    this.takes = {};
    this.ended = null;
    this.isAccepted = false;
    this.wantsGreeting = true;
  };

  handlers["/macnet/fail"] = function (args) {
    if (RESTARTED[args[1]] && this.restarts < MOST_RESTARTS) {
      this.startOver();
      return;
    }
    this.fail(String(args[1]), String(args[2]), args[3] === undefined ? "" : String(args[3]));
  };

  Conversation.prototype.fail = function (code, text, hint) {
    this.state = "failed";
    this.failure = { code: code, message: text, hint: hint || "" };
  };

  // What is answered again from memory comes twice, and counts once.
  function remember(args, address) {
    for (var at = 0; at < this.others.length; at += 1) {
      var other = this.others[at];
      if (other.address === address && other.args[1] === args[1] && other.args[2] === args[2]) { return; }
    }
    this.others.push({ address: address, args: args });
  }
  handlers["/macnet/welcome"] = remember;
  handlers["/macnet/model"] = remember;
  handlers["/macnet/notice"] = remember;

  function countOfNotes(take) {
    var count = 0;
    for (var number = 0; number < take.packets; number += 1) { count += take.parts[number].length; }
    return count;
  }

  Conversation.prototype.isWhole = function () {
    var count = this.of("/macnet/welcome").length + this.of("/macnet/model").length;
    var lacks = false;
    this.eachTake(function (take) {
      count += 1;
      if (!take.isAnnounced || missingParts(take).length > 0) {
        lacks = true;
      } else if (countOfNotes(take) !== take.count) { // parts of two different answers: both are asked for again
        take.parts = {};
        lacks = true;
      }
    });
    return !lacks && count >= this.ended.announcements;
  };

  Conversation.prototype.of = function (address) {
    return this.others.filter(function (other) { return other.address === address; });
  };

  // Take in a message. Whether it belonged to this conversation.
  Conversation.prototype.receive = function (address, args, now) {
    if (args[0] !== this.id || this.state !== "waiting" || !handlers.hasOwnProperty(address)) { return false; }
    var before = this.progress;
    this.heardAt = now;
    handlers[address].call(this, args, address);
    if (address !== "/macnet/accepted" && address !== "/macnet/notice") { this.quietMs = QUIET_MS; } // said again, they are no news
    if (this.progress > before || address.indexOf("/macnet/take") === 0) { this.movedAt = now; }
    if (this.state === "waiting" && this.ended && this.isWhole()) { this.state = "done"; }
    return true;
  };

  // Whether it is time to ask again.
  Conversation.prototype.isQuiet = function (now) {
    return this.state === "waiting" && (this.wantsGreeting || now - this.heardAt > this.quietMs);
  };

  Conversation.prototype.isStalled = function (now) {
    return this.isSent && now - this.movedAt > STALL_MS;
  };

  // The messages to send now; they count as sent.
  Conversation.prototype.taken = function () {
    var messages = this.outgoing;
    this.outgoing = [];
    return messages;
  };

  function notesOf(take) {
    var notes = [];
    for (var number = 0; number < take.packets; number += 1) { notes = notes.concat(take.parts[number]); }
    return notes;
  }

  // The answer: an array of { takeId, rngSeed, clips: { melody: { length, notes }, ... } }.
  Conversation.prototype.answer = function () {
    var answer = [];
    for (var variation = 0; variation < this.ended.variations; variation += 1) {
      var voices = this.takes[variation] || {};
      var found = { takeId: -1, rngSeed: -1, clips: {} };
      for (var role in voices) {
        if (voices.hasOwnProperty(role)) {
          found.clips[role] = { length: voices[role].length, notes: notesOf(voices[role]) };
          found.takeId = voices[role].takeId;
          found.rngSeed = voices[role].rngSeed;
        }
      }
      if (found.takeId >= 0) { answer.push(found); }
    }
    return answer;
  };

  return {
    PROTOCOL: PROTOCOL, TICKS: TICKS, LARGEST_ID: LARGEST_ID, NOTES_A_PACKET: NOTES_A_PACKET, QUIET_MS: QUIET_MS,
    Ids: Ids, request: request, message: message
  };
}());
