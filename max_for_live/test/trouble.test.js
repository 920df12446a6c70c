// Whatever stands in the way: no error window, no half clip, nothing overwritten, a line in the status that says what to do.
"use strict";

const { test, before, after, afterEach } = require("node:test");
const assert = require("node:assert/strict");
const { Bridge, BadLine } = require("./bridges.js");
const osc = require("./osc.js");
const { session, arrangement, deviceIn, pressed, faults, removeAll, rows, tracks, rising } = require("./sets.js");

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

// --- where it lands -----------------------------------------------------------------------------------------------------

test("full slots are passed over, in both tracks; nothing is overwritten", async () => {
  const { world, keys } = session("12.2", { scenes: 6 });
  const pads = world.track("Pads");
  world.clip(keys, 2, { name: "Mine" });
  world.clip(pads, 3, { name: "Also mine" });
  const device = await deviceIn(world, bridge, { values: { variations: 3 } });
  await device.choose("track", "2 Pads");
  await pressed(device, "continue");
  assert.deepEqual(rows(world, keys), ["Verse", "Verse › 1/3", "Mine", "", "Verse › 2/3", "Verse › 3/3"]);
  assert.deepEqual(rows(world, pads), ["", "Verse › 1/3", "", "Also mine", "Verse › 2/3", "Verse › 3/3"]);
  assert.equal(tracks(world).length, 2);
  assert.deepEqual(faults(world, device), []);
});

test("Nowhere asks for the clip's own voice alone", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge);
  await device.choose("track", "Nowhere");
  await pressed(device, "continue");
  assert.equal(tracks(world).length, 1);
  device.press("accompany");
  assert.match(device.status, /^Accompany needs somewhere to write/);
});

test("the clip's own track, and a track that is gone, are refused as the other voice's", async () => {
  const { world, keys } = session();
  const pads = world.track("Pads");
  const device = await deviceIn(world, bridge);
  await device.choose("track", "1 Keys");
  device.press("continue");
  assert.match(device.status, /names the clip's own track/);
  await device.choose("track", "2 Pads");
  world.call(world.song, "delete_track", [tracks(world).indexOf(pads)]);
  const before = world.picture();
  device.press("continue");
  assert.match(device.status, /is gone: choose another/);
  unchanged(world, device, before);
  assert.equal(rows(world, keys).filter(Boolean).length, 1);
});

test("an edition of Live without more scenes or tracks: nothing is left behind", async () => {
  for (const [limits, says] of [[{ scenes: 2, mostScenes: 3 }, /^No room: no free slot below “Verse”/], [{ mostTracks: 1 }, /^Live lets no track be added/]]) {
    const { world } = session("12.2", limits);
    const device = await deviceIn(world, bridge);
    const before = world.picture();
    assert.match(await pressed(device, "continue"), says);
    assert.equal(world.picture(), before);
    assert.deepEqual(device.errors, []);
    assert.equal(world.errors.length, 1, "Live itself complained once");
  }
});

test("where Live refuses in the middle of writing, what was written is taken back", async () => {
  for (const make of [session, arrangement]) {
    const { world } = make();
    const device = await deviceIn(world, bridge);
    const before = world.picture();
    let left = 5;
    const call = world.call;
    world.call = function (id, name, args) {
      if (name === "add_new_notes" && (left -= 1) === 0) this.refuse("no more");
      return call.call(this, id, name, args);
    };
    assert.match(await pressed(device, "continue"), /^Live refused to write the clips \(no more\): nothing was left behind/);
    const lanes = JSON.parse(before).length;
    if (make === session) assert.equal(world.picture(), before);
    else assert.equal([...world.objects.values()].filter((it) => it.type === "Clip").length, 1, `of ${lanes} objects no clip is left`);
    assert.deepEqual(device.errors, []);
  }
});

test("a Live that takes notes as text only gets them so", async () => {
  const { world, keys } = session("11.0", { noteForm: "text" });
  const device = await deviceIn(world, bridge);
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.ok(world.seen(world.clipIn(keys, 1)).notes.length > 0);
  assert.deepEqual(faults(world, device), []);
});

test("in the Arrangement it says what is in the way before it asks", async () => {
  const { world, keys } = arrangement();
  world.arrangementClip(keys, 20, { name: "Chorus" });
  const device = await deviceIn(world, bridge);
  const before = world.picture();
  device.press("continue");
  assert.match(device.status, /^No room after “Verse”: something starts at beat 20 on “Keys”/);
  unchanged(world, device, before);
  device.turn("bars", 2);
  assert.match(await pressed(device, "continue"), /^1 of 4 right after/);
});

test("what gets in the way meanwhile is not overwritten either: the answer lands below in Session", async () => {
  const { world, keys } = arrangement();
  const device = await deviceIn(world, bridge);
  device.press("continue");
  world.arrangementClip(keys, 16, { name: "Chorus" });
  await device.says(/landed below in Session instead/);
  assert.equal(rows(world, keys).filter(Boolean).length, 4);
  assert.deepEqual(faults(world, device), []);
  device.press("next");
  assert.match(device.status, /is launched/);
});

test("take lanes of ours are used again where there is room in them", async () => {
  const { world, keys } = arrangement();
  const device = await deviceIn(world, bridge, { values: { variations: 3 } });
  await pressed(device, "continue");
  await device.choose("track", "2 Verse › accompaniment");
  world.open(world.of(keys).arrangement_clips.find((id) => world.of(id).start_time === 12));
  await pressed(device, "continue");
  assert.equal(world.of(keys).take_lanes.length, 2);
  assert.equal(tracks(world).length, 2);
  assert.deepEqual(faults(world, device), []);
});

// --- while it waits -----------------------------------------------------------------------------------------------------

test("a clip deleted while waiting: nothing is written", async () => {
  const { world, verse } = session();
  const device = await deviceIn(world, bridge);
  device.press("continue");
  world.deleteClip(verse);
  const before = world.picture();
  await device.says(/^The clip was deleted while MAC-Net composed/);
  unchanged(world, device, before);
});

test("Cancel ends it at once, and what still comes is ignored", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, { values: { bars: 32, variations: 8 } });
  const before = world.picture();
  device.press("continue");
  await device.says(/^Composing/);
  device.press("cancel");
  assert.equal(device.status, "Cancelled: nothing was written.");
  assert.equal(device.face.busy[0], 0);
  await pressed(device, "cancel");
  assert.equal(device.status, "Nothing is being composed.");
  await new Promise((resolve) => setTimeout(resolve, 300));
  unchanged(world, device, before);
  device.turn("bars", 1);
  device.turn("variations", 1);
  assert.match(await pressed(device, "continue"), /^One variation/);
});

test("a second press while it composes says so, and changes nothing", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  device.press("continue");
  for (const button of ["continue", "vary", "another", "selftest"]) {
    device.press(button);
    assert.match(device.status, /^Still composing/);
  }
  device.turn("auto", 1);
  assert.equal(device.face.auto_shown[0], 0);
  await device.says(/^4 variations/);
  assert.equal(rows(world, keys).filter(Boolean).length, 5);
});

test("buttons without an answer say what to do", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge);
  for (const button of ["next", "previous", "keep", "another"]) {
    device.press(button);
    assert.match(device.status, /^There is no answer yet/);
  }
  device.turn("star", 1);
  assert.equal(device.face.star_shown[0], 0);
});

test("Keep and Star mean the variation that plays, whoever launched it, and ask where none does", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  const before = world.picture();
  device.press("keep");
  assert.match(device.status, /^Which one\?/);
  device.turn("star", 1);
  assert.match(device.status, /^Which one\?/);
  assert.equal(device.face.star_shown[0], 0);
  assert.equal(world.picture(), before);
  world.of(world.clipIn(keys, 3)).is_playing = 1; // the user clicked on it
  device.turn("star", 1);
  await device.says(/^Starred/);
  device.press("keep");
  assert.match(device.status, /^Kept variation 3/);
  assert.deepEqual(rows(world, keys), ["Verse", "", "", "Verse › 3/4", ""]);
  assert.deepEqual(faults(world, device), []);
});

test("Previous goes on backwards while another variation still plays, and Keep means the one that is about to", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  for (const track of tracks(world)) world.of(world.clipIn(track, 4)).is_playing = 1;
  device.press("previous");
  assert.equal(device.face.shown[0], "3/4");
  device.press("previous");
  assert.equal(device.face.shown[0], "2/4");
  device.press("keep");
  assert.match(device.status, /^Kept variation 2/);
  assert.deepEqual(rows(world, keys), ["Verse", "", "Verse › 2/4", "", ""]);
  assert.deepEqual(faults(world, device), []);
});

test("in the Arrangement Next without the clip in front says so, and loses nothing", async () => {
  const { world, keys } = arrangement();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  for (const track of tracks(world)) world.deleteClip(world.of(track).arrangement_clips.at(-1));
  const before = world.picture();
  device.press("next");
  assert.match(device.status, /^The clip that stood right after is gone/);
  assert.equal(world.picture(), before);
  assert.equal(world.of(keys).take_lanes.length, 3);
  assert.deepEqual(faults(world, device), []);
});

test("a clip that was moved while it was continued is found where it is", async () => {
  const { world, keys } = arrangement();
  const device = await deviceIn(world, bridge, { values: { variations: 1 } });
  device.press("continue");
  world.of(world.of(keys).arrangement_clips[0]).start_time = 40;
  await device.says(/right after “Verse”/);
  assert.equal(world.of(world.of(keys).arrangement_clips[1]).start_time, 48);
});

test("the status follows what is drawn into the clip", async () => {
  const { world, verse } = session("12.2", {}, { notes: [] });
  const device = await deviceIn(world, bridge, { clock: 4 });
  await device.says(/^No note to go on from/);
  world.of(verse).notes = rising().map((note, at) => ({ ...note, mute: 0, note_id: at }));
  await device.says(/^Ready. “Verse”/);
  world.of(verse).selected = [0, 1];
  await device.says(/2 selected notes/);
});

test("an edited variation stays when another is kept", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  world.of(world.clipIn(keys, 3)).notes[0].pitch += 1;
  device.press("next");
  device.press("keep");
  assert.equal(device.status, "Kept variation 1, and 1 that you had edited.");
  assert.deepEqual(rows(world, keys), ["Verse", "Verse › 1/4", "", "Verse › 3/4", ""]);
  assert.deepEqual(faults(world, device), []);
});

test("variations that the user deleted are passed over; undo of everything is noticed", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  world.deleteClip(world.clipIn(keys, 1));
  world.deleteClip(world.clipIn(tracks(world)[1], 1));
  device.press("next");
  assert.equal(device.face.shown[0], "2/4");
  while (world.undo());
  device.press("next");
  assert.match(device.status, /^The clips of the last answer are gone/);
  device.press("keep");
  device.press("another");
  assert.deepEqual(faults(world, device), []);
});

test("what stands beside the clip, or a frozen track, is named before it asks", async () => {
  const { world } = arrangement();
  const pads = world.track("Pads");
  world.arrangementClip(pads, 16, { name: "Mine" });
  const device = await deviceIn(world, bridge);
  await device.choose("track", "2 Pads");
  const before = world.picture();
  device.press("continue");
  assert.match(device.status, /^No room beside “Verse” on “Pads”: something lies at beat 16/);
  assert.equal(world.picture(), before);
  world.of(pads).is_frozen = 1;
  device.press("continue");
  assert.match(device.status, /^Track “Pads” is frozen/);
  assert.deepEqual(faults(world, device), []);
});

test("before Live 12.2 a track without a free slot still gets its clip into the Arrangement, and no scene is left over", async () => {
  const { world, keys } = arrangement("11.0", { scenes: 2 });
  world.clip(keys, 0, { name: "Mine" });
  world.clip(keys, 1, { name: "Also mine" });
  const device = await deviceIn(world, bridge, { values: { variations: 1 } });
  assert.match(await pressed(device, "continue"), /^One variation right after “Verse”. Another makes more/);
  assert.deepEqual(rows(world, keys), ["Mine", "Also mine"]);
  assert.equal(world.of(keys).arrangement_clips.length, 2);
  assert.deepEqual(faults(world, device), []);
});

test("Another without its clip says so", async () => {
  const { world, verse } = session();
  const device = await deviceIn(world, bridge);
  await pressed(device, "continue");
  world.deleteClip(verse);
  device.press("another");
  assert.match(device.status, /^The clip of that question is gone/);
  assert.deepEqual(faults(world, device), []);
});

test("a fault of its own is said, and the next press works", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge);
  const get = world.get;
  world.get = function (id, name) {
    if (name === "tempo") throw new Error("something nobody thought of");
    return get.call(this, id, name);
  };
  device.press("continue");
  assert.match(device.status, /^MAC-Net met a fault of its own and stopped: something nobody thought of/);
  world.get = get;
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.deepEqual(faults(world, device), []);
});

// --- one thing after another --------------------------------------------------------------------------------------------

test("a chain of Continues stays on two tracks, hears both voices, and can go back to the first", async () => {
  const { world, keys } = session("12.2", { scenes: 8 });
  const sent = [];
  const wire = await line((way, packet) => way === "out" && sent.push(osc.decode(packet)));
  const device = await deviceIn(world, wire, { values: { variations: 1 } });
  await pressed(device, "continue");
  const other = tracks(world)[1];
  world.open(world.clipIn(keys, 1));
  sent.length = 0;
  await pressed(device, "continue");
  assert.deepEqual(sent.filter((each) => each.address === "/macnet/clip").map((each) => each.args[1]), ["melody", "accompaniment"]);
  assert.equal(options(sent.find((each) => each.address === "/macnet/continue")).clips, 2);
  world.open(world.clipIn(other, 1));
  await pressed(device, "continue");
  assert.equal(tracks(world).length, 2);
  const again = await deviceIn(world, wire, { stored: device.stored, values: { variations: 1 } });
  await pressed(again, "continue");
  assert.deepEqual(rows(world, keys).slice(0, 5), ["Verse", "Verse › 1/1", "Verse › 1/1", "Verse › 1/1", "Verse › 1/1"]);
  assert.deepEqual(rows(world, other).slice(0, 5), ["", "Verse › 1/1", "Verse › 1/1", "Verse › 1/1", "Verse › 1/1"]);
  assert.deepEqual(faults(world, device), []);
});

test("an accompaniment starts where its clip starts, and its own loop is the clip's", async () => {
  const { world, verse } = session("12.2", {}, { start_marker: 4 });
  Object.assign(world.of(verse), { loop_start: 2, loop_end: 8 });
  const device = await deviceIn(world, bridge, { values: { variations: 1 } });
  await pressed(device, "accompany");
  const landed = world.seen(world.clipIn(tracks(world)[1], 0));
  assert.deepEqual([landed.start_marker, landed.loop_start, landed.loop_end], [2, 0, 6]);
  assert.deepEqual(faults(world, device), []);
});

test("many answers to one question: what is stored stays small, and the newest is remembered", async () => {
  const { world, keys } = session("12.2", { scenes: 4 }, { name: "A rather long name of a clip, as producers give them at night" });
  const device = await deviceIn(world, bridge, { values: { variations: 8, bars: 1 } });
  await pressed(device, "continue");
  for (let more = 0; more < 11; more += 1) await pressed(device, "another");
  assert.equal(device.face.shown[0], "-/96");
  assert.ok(device.stored.length <= 24000, `${device.stored.length}`);
  const again = await deviceIn(world, bridge, { stored: device.stored });
  again.press("previous");
  assert.equal(world.of(world.clipIn(keys, 96)).is_triggered, 1);
  assert.deepEqual(faults(world, again), []);
});
