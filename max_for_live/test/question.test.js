// Which clip is meant, which of its notes are heard, and how the controls travel to the bridge.
"use strict";

const { test, before, after, afterEach } = require("node:test");
const assert = require("node:assert/strict");
const { Bridge, BadLine } = require("./bridges.js");
const osc = require("./osc.js");
const { session, deviceIn, pressed, faults, removeAll, rising } = require("./sets.js");

const bridge = new Bridge();
const cleanups = [];
before(() => bridge.start());
after(() => bridge.end());
afterEach(async () => {
  removeAll();
  for (const clean of cleanups.splice(0)) await clean();
});

function cleanly(thing, how = "close") {
  cleanups.push(() => thing[how]());
  return thing;
}

async function line(tap) {
  const it = cleanly(await new BadLine(bridge.port, Math.random, 0).open());
  it.tap = tap;
  return it;
}

/** What the device sends while `act` goes on: messages by address. */
async function overheard(world, options, act) {
  const heard = [];
  const wire = await line((way, packet) => way === "out" && heard.push(osc.decode(packet)));
  const device = await deviceIn(world, wire, options);
  await act(device);
  return heard;
}

function options(message) {
  const first = message.address === "/macnet/continue" ? 4 : 3;
  const pairs = {};
  for (let at = first; at < message.args.length; at += 2) pairs[message.args[at]] = message.args[at + 1];
  return pairs;
}

function unchanged(world, device, before) {
  assert.equal(world.picture(), before, "nothing was written");
  assert.deepEqual(faults(world, device), []);
}

// --- what is selected ---------------------------------------------------------------------------------------------------

const NOTHING = [
  ["no clip at all", ({ world }) => world.open(0), /^Select a MIDI clip first/],
  ["an empty slot", ({ world, keys }) => (world.open(0), world.highlight(keys, 2)), /^The highlighted slot is empty/],
  ["an audio clip", ({ world, verse }) => (world.of(verse).is_audio_clip = 1), /^This is an audio clip/],
  ["a frozen track", ({ world, keys }) => (world.of(keys).is_frozen = 1), /“Keys” is frozen: unfreeze/],
  ["a clip without notes", ({ world, verse }) => (world.of(verse).notes = []), /^No note to go on from in “Verse”/],
  ["muted notes", ({ world, verse }) => world.of(verse).notes.forEach((note) => (note.mute = 1)), /^No note to go on from/],
  ["notes outside the loop", ({ world, verse }) => Object.assign(world.of(verse), { loop_start: 100, loop_end: 104 }), /^No note to go on from/],
  ["a clip called drums", ({ world, verse }) => (world.of(verse).name = "Drums_02"), /is drums/],
  ["a track called drums", ({ world, keys }) => (world.of(keys).name = "Perc"), /is drums/],
  ["a drum rack", ({ world, keys }) => world.of(keys).devices.push(world.add("Device", keys, { can_have_drum_pads: 1 })), /is drums/],
  ["a recording", ({ world, verse }) => (world.of(verse).is_recording = 1), /is being recorded: stop/],
  ["a clip too long", ({ world, verse }) => (world.of(verse).loop_end = 5000), /is 5000 beats long/],
];

for (const [what, change, says] of NOTHING) {
  test(`${what}: the device says so and does nothing`, async () => {
    const set = session();
    const device = await deviceIn(set.world, bridge);
    change(set);
    const before = set.world.picture();
    for (const button of ["continue", "accompany", "vary"]) {
      device.press(button);
      assert.match(device.status, says);
    }
    unchanged(set.world, device, before);
  });
}

test("the highlighted slot is taken where no clip is open", async () => {
  const { world, keys } = session();
  world.open(0);
  world.highlight(keys, 0);
  const device = await deviceIn(world, bridge);
  assert.match(await pressed(device, "continue"), /^4 variations/);
});

test("the status follows the clip that is opened", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  await device.says(/^Ready. “Verse”: melody, 2 bars/);
  world.open(world.clip(keys, 2, { name: "Pad chords", notes: rising(4) }));
  await device.says(/^Ready. “Pad chords”: accompaniment, 2 bars/);
  world.open(0);
  await device.says(/^Select a MIDI clip/);
});

test("drums are continued when the user says that they are a melody", async () => {
  const { world } = session("12.2", {}, { name: "Steel drums" });
  const device = await deviceIn(world, bridge, { values: { role: 1 } });
  assert.match(await pressed(device, "continue"), /^4 variations/);
});

test("selected notes are heard alone, in their own bars; notes before 1.1.1 and all fields survive in the primer", async () => {
  const { world, verse } = session("11.0", {}, { notes: [{ pitch: 59, start_time: -0.5, duration: 0.5 }, ...rising()] });
  const before = JSON.stringify(world.of(verse));
  world.of(verse).selected = [6, 7, 8];
  const expected = JSON.stringify({ ...JSON.parse(before), selected: [6, 7, 8] });
  const heard = await overheard(world, {}, (device) => pressed(device, "continue"));
  const [clip] = heard.filter((each) => each.address === "/macnet/clip");
  const [notes] = heard.filter((each) => each.address === "/macnet/clip/notes");
  assert.deepEqual(clip.args.slice(1), ["melody", 3840, 4, 4, 3, 1, "Verse"]);
  assert.deepEqual(notes.args.slice(3), [67, 0, 960, 84, 69, 960, 960, 85, 71, 1920, 960, 86]);
  assert.equal(JSON.stringify(world.of(verse)), expected);
});

// --- what is asked ------------------------------------------------------------------------------------------------------

test("the controls travel as options, and those at their defaults stay unsaid", async () => {
  const { world } = session();
  const heard = await overheard(world, { values: { variations: 1, bars: 2 } }, async (device) => {
    await pressed(device, "continue");
    for (const [name, value] of Object.entries({ temperature: 1.25, similarity: 0.75, feel: 0.25, key: 1 })) device.turn(name, value);
    await pressed(device, "continue");
    device.turn("key", 2);
    await pressed(device, "continue");
  });
  const [plain, full, off] = heard.filter((each) => each.address === "/macnet/continue").map(options);
  assert.deepEqual(plain, { clips: 1, tempo_bpm: 120 });
  assert.deepEqual(full, { clips: 1, key: 2, scale: "101101010110", temperature: 1.25, similarity: 0.75, feel: 0.25, tempo_bpm: 120 });
  assert.equal(off.key, "off");
});

test("the set's scale is followed where it is on; before Live 12 there is no switch", async () => {
  for (const [version, mode, expected] of [["12.2", 0, undefined], ["12.2", 1, 2], ["11.0", 0, 2]]) {
    const { world } = session(version);
    world.of(world.song).scale_mode = mode;
    const heard = await overheard(world, { values: { key: 1, variations: 1 } }, (device) => pressed(device, "continue"));
    assert.equal(options(heard.find((each) => each.address === "/macnet/continue")).key, expected);
  }
});

test("a similarity that is set reaches the bridge, which has nothing to remark on it", async () => {
  const { world } = session();
  let status = "";
  const heard = await overheard(world, { values: { similarity: 0.9 } }, async (device) => { status = await pressed(device, "continue"); });
  assert.ok(Math.abs(options(heard.find((each) => each.address === "/macnet/continue")).similarity - 0.9) < 1e-6);
  assert.equal(status, "4 variations below \u201cVerse\u201d. Next launches them. Put an instrument on the new track \u201cVerse › accompaniment\u201d.");
});

test("a clip of many notes goes in packets of at most 1024 bytes", async () => {
  const notes = Array.from({ length: 400 }, (_, at) => ({ pitch: 60 + (at % 12), start_time: at / 16, duration: 1 / 16, velocity: 100 }));
  const { world } = session("12.2", {}, { notes, length: 32, name: "ä".repeat(300) });
  const device = await deviceIn(world, bridge);
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.ok(device.sent.largest <= 1024, `${device.sent.largest} bytes`);
});

test("where the text of many notes breaks off they are read in parts, and none is lost", async () => {
  const notes = Array.from({ length: 1500 }, (_, at) => ({ pitch: 48 + (at % 24), start_time: at / 4, duration: 1 / 4, velocity: 100 }));
  const { world } = session("11.0", { longest: 32767 }, { notes, length: 375 });
  const heard = await overheard(world, { values: { variations: 1, bars: 1 } }, (device) => pressed(device, "continue"));
  assert.equal(heard.find((each) => each.address === "/macnet/clip").args[5], 1500);
  const sent = heard.filter((each) => each.address === "/macnet/clip/notes").flatMap((each) => each.args.slice(3));
  assert.deepEqual(new Set(sent.filter((_, at) => at % 4 === 1)).size, 1500, "every onset once");
  assert.deepEqual(world.errors, []);
});

test("a Max that makes floats of all numbers is understood", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, { allFloats: true });
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.deepEqual(faults(world, device), []);
});

test("meter, launch settings and loop are the primer's", async () => {
  const clip = { length: 7, signature_numerator: 7, signature_denominator: 8, launch_mode: 2, launch_quantization: 3, legato: 1,
    velocity_amount: 0.5, looping: 0 };
  const { world, keys } = session("12.2", {}, clip);
  const device = await deviceIn(world, bridge, { values: { bars: 3, variations: 1 } });
  await pressed(device, "continue");
  const landed = world.seen(world.clipIn(keys, 1));
  const { length, ...same } = clip;
  for (const [name, value] of Object.entries(same)) assert.equal(landed[name], value, name);
  assert.equal(landed.end_marker, 10.5);
  assert.deepEqual(faults(world, device), []);
});
