// The protocol's room by itself: golden messages that all languages share, lost, doubled and late packets, without a socket.
"use strict";

const { test } = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const osc = require("./osc.js");
const { modules, ours } = require("./modules.js");

const { wire } = modules();
const VECTORS = path.join(__dirname, "..", "..", "tests", "wire_vectors");

function golden(file) {
  return JSON.parse(fs.readFileSync(path.join(VECTORS, `${file}.json`), "utf8")).messages;
}

/** A clip of the golden `clip` and `clip/notes` messages of a request id. */
function clipOf(messages, id) {
  const mine = messages.filter((each) => each.args[0] === id);
  const head = mine.find((each) => each.address === "/macnet/clip");
  const notes = mine.filter((each) => each.address === "/macnet/clip/notes").flatMap((each) => {
    const rows = [];
    for (let at = 3; at < each.args.length; at += 4) {
      const [pitch, onset, duration, velocity] = each.args.slice(at);
      rows.push({ pitch, onset, duration, velocity });
    }
    return rows;
  });
  const [, role, length, numerator, denominator, , , name] = head.args;
  return { role, length, numerator, denominator, name, notes };
}

/** Ids that begin with a given one. */
function idsFrom(id) {
  return new wire.Ids(id - 1);
}

test("the bytes of every golden message are written and read as they should", () => {
  for (const file of ["requests", "answers"]) {
    for (const { name, address, types, args, hex } of golden(file)) {
      assert.equal(osc.encode(address, args, { types }).toString("hex"), hex, name);
      const read = osc.decode(Buffer.from(hex, "hex"));
      assert.equal(read.address, address);
      assert.deepEqual(read.args.map((arg) => (typeof arg === "number" ? Math.fround(arg) : arg)),
        args.map((arg) => (typeof arg === "number" ? Math.fround(arg) : arg)), name);
    }
  }
});

test("a golden clip of two packets is sent in the very bytes of the golden messages", () => {
  const messages = golden("requests");
  const id = messages.find((each) => each.address === "/macnet/clip" && each.args[6] > 0 && each.args[5] <= 45).args[0];
  const expected = messages.filter((each) => each.args[0] === id && each.address.startsWith("/macnet/clip")).map((each) => each.hex);
  const asked = wire.request(idsFrom(id), { kind: "continue", clips: [clipOf(messages, id)], length: 960, variations: 1, rngSeed: 1, options: {} });
  asked.ask(0);
  const sent = ours(asked.taken()).map((message) => osc.encode(message[0], message.slice(1)).toString("hex"));
  assert.deepEqual(sent.slice(0, expected.length), expected);
});

test("hello, models, star and cancel are spelled as in the golden messages", () => {
  const messages = golden("requests");
  for (const address of ["/macnet/hello", "/macnet/models", "/macnet/model/use", "/macnet/take/star", "/macnet/cancel"]) {
    const known = messages.find((each) => each.address === address);
    const [id, ...args] = known.args;
    const conversation = wire.message(idsFrom(id), address, args);
    conversation.ask(0);
    const [message] = conversation.taken();
    assert.equal(osc.encode(message[0], message.slice(1)).toString("hex"), known.hex, address);
  }
});

test("every golden answer is understood", () => {
  for (const { name, address, args } of golden("answers")) {
    const conversation = wire.message(idsFrom(args[0] < 1 ? 1 : args[0]), "/macnet/models", []);
    conversation.ask(0);
    if (args[0] >= 1) assert.equal(conversation.receive(address, args, 1), true, name);
  }
});

// --- lost, doubled, late ------------------------------------------------------------------------------------------------

const NOTES = Array.from({ length: 100 }, (_, at) => ({ pitch: 60, onset: at * 960, duration: 960, velocity: 90 }));
const CLIP = { role: "melody", name: "verse", numerator: 4, denominator: 4, length: 96000, notes: NOTES };

function asking(clips = [CLIP]) {
  const it = wire.request(idsFrom(2), { kind: "continue", clips, length: 7680, variations: 2, rngSeed: 5, options: { temperature: 0.5 } });
  it.ask(0);
  it.taken();
  return it;
}

function answer(variation, role, takeId, count = 50) {
  const rows = (from, to) => Array.from({ length: to - from }, (_, at) => [60 + variation, (from + at) * 10, 10, 90]).flat();
  const packets = [["/macnet/take/notes", [2, variation, role, 0, ...rows(0, Math.min(45, count))]]];
  if (count > 45) packets.push(["/macnet/take/notes", [2, variation, role, 1, ...rows(45, count)]]);
  return [["/macnet/take", [2, variation, takeId, role, 7680, count, packets.length, 5 + variation, "verse"]], ...packets];
}

const WHOLE = [...answer(0, "melody", 7), ...answer(0, "accompaniment", 7), ...answer(1, "melody", 8), ...answer(1, "accompaniment", 8),
  ["/macnet/done", [2, 2, 4]]];

function shuffled(list, random) {
  return list.map((value) => [random(), value]).sort((a, b) => a[0] - b[0]).map(([, value]) => value);
}

test("an answer is whole whatever the order of its packets, and doubled ones", () => {
  const { seeded } = require("./bridges.js");
  const seed = Number(process.env.MACNET_SEED) || Date.now() % 2 ** 31;
  const random = seeded(seed);
  for (let round = 0; round < 200; round += 1) {
    const it = asking();
    const packets = shuffled([...WHOLE, ...WHOLE.filter(() => random() < 0.3)], random);
    packets.forEach(([address, args], at) => it.receive(address, args, at));
    assert.equal(it.state, "done", `seed ${seed}`);
    const [first, second] = ours(it.answer());
    assert.equal(first.takeId, 7);
    assert.equal(second.clips.accompaniment.notes.length, 50);
    assert.deepEqual(second.clips.melody.notes[49], { pitch: 61, onset: 490, duration: 10, velocity: 90 });
  }
});

test("each single lost packet of an answer is asked for by its number", () => {
  WHOLE.slice(0, -1).forEach((lost, at) => {
    const it = asking();
    WHOLE.filter((_, index) => index !== at).forEach(([address, args]) => it.receive(address, args, 10));
    assert.equal(it.state, "waiting");
    assert.equal(it.isQuiet(10 + wire.QUIET_MS + 1), true);
    it.ask(500);
    const [message] = ours(it.taken());
    if (lost[0] === "/macnet/take") assert.deepEqual(message.slice(0, 2), ["/macnet/continue", 2], "an unknown voice: all again");
    else assert.deepEqual(message, ["/macnet/resend", 2, lost[1][1], lost[1][2], lost[1][3]]);
    it.receive(lost[0], lost[1], 600);
    assert.equal(it.state, "done");
  });
});

test("what the bridge misses is sent again, and only that", () => {
  const it = asking([CLIP, { ...CLIP, role: "accompaniment" }]);
  it.receive("/macnet/missing", [2, "melody", 1], 1);
  assert.deepEqual(ours(it.taken()).map((message) => [message[0], message[2], message[3]]), [["/macnet/clip/notes", "melody", 1]]);
  it.receive("/macnet/missing", [2, "accompaniment"], 2);
  assert.equal(it.taken().length, 4);
  it.receive("/macnet/missing", [2, "auto", 0, 2], 3);
  assert.equal(it.taken().length, 4);
});

test("a bridge that was started again is asked anew, and parts of two answers are never mixed", () => {
  const it = asking();
  WHOLE.slice(0, 2).forEach(([address, args]) => it.receive(address, args, 1));
  const again = WHOLE.map(([address, args]) => [address, address === "/macnet/take" ? args.map((arg, at) => (at === 2 ? arg + 100 : arg)) : args]);
  again.forEach(([address, args]) => it.receive(address, args, 2));
  assert.equal(it.state, "done");
  assert.equal(it.answer()[0].takeId, 107);

  const failed = asking();
  failed.receive("/macnet/fail", [2, "request.unknown", "not known", ""], 1);
  assert.equal(failed.state, "waiting");
  assert.equal(failed.isQuiet(2), true);
  failed.ask(3);
  const sent = failed.taken();
  assert.equal(sent.length, 5, "everything is sent again");
  assert.ok(sent.every((message) => message[1] === failed.id && message[1] !== 2), "under an id of its own");
  assert.equal(failed.receive("/macnet/done", [2, 1, 0], 4), false, "what comes for the old one is not meant");
});

test("a failure ends it once, with code, text and hint", () => {
  const it = asking();
  it.receive("/macnet/fail", [2, "clip.empty", "the clip has no notes", "Select a clip that has notes."], 1);
  assert.deepEqual(ours(it.failure), { code: "clip.empty", message: "the clip has no notes", hint: "Select a clip that has notes." });
  WHOLE.forEach(([address, args]) => assert.equal(it.receive(address, args, 2), false));
});

test("what cannot be is left alone, and costs no time", () => {
  const it = asking();
  for (const [address, args] of [["/macnet/take", [2, "__proto__", 7, "melody", 1, 1, 1, 1, ""]], ["/macnet/take", [2, 0, 7, "melody", 1, 1, 1e9, 1, ""]],
    ["/macnet/take", [2, 0, 7, "constructor", 1, 1, 1, 1, ""]], ["/macnet/take/notes", [2, 0, "melody", 0.5, 1, 2, 3, 4]], ["/macnet/take/notes", [2]],
    ["/macnet/done", [2, 1e9, 1]], ["/macnet/done", [2]], ["/macnet/take", [2]], ["/macnet/progress", [2, "x"]], ["/macnet/missing", [2]]]) {
    it.receive(address, args, 1);
    assert.equal(it.state, "waiting");
  }
  WHOLE.forEach(([address, args]) => it.receive(address, args, 2));
  assert.equal(it.state, "done");
  assert.equal(it.answer().length, 2);
});

test("ids count up, stay within what a float holds exactly, and begin again at 1", () => {
  const ids = new wire.Ids(wire.LARGEST_ID - 1);
  assert.deepEqual([ids.next(), ids.next(), ids.next()], [16777215, 1, 2]);
});
