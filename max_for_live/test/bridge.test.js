// The bridge comes, goes and comes again; ports, versions, strangers, and what a set remembers.
"use strict";

const dgram = require("node:dgram");
const { test, before, after, afterEach } = require("node:test");
const assert = require("node:assert/strict");
const { BUNDLED, DEFAULT, Bridge, BadLine } = require("./bridges.js");
const { Device, FACE } = require("./fake_max.js");
const { World } = require("./fake_live.js");
const osc = require("./osc.js");
const { session, deviceIn, pressed, faults, removeAll, rows, tracks } = require("./sets.js");

const { reply_first: REPLY_FIRST, reply_last: REPLY_LAST } = FACE.ports;
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

// A port that another program holds, of those that a device takes. Which are free is not known beforehand: programs that ask for
// any port get these, too.
async function held() {
  for (let tries = 0; tries < 100; tries += 1) {
    const holder = dgram.createSocket("udp4");
    const at = Math.random();
    const port = REPLY_FIRST + Math.floor(at * (REPLY_LAST - REPLY_FIRST + 1));
    const isHeld = await new Promise((resolve) => holder.on("error", () => resolve(false)).bind(port, "127.0.0.1", () => resolve(true)));
    if (isHeld) return { port, at, release: () => holder.close() };
  }
  throw new Error("no free port among those of a device");
}

function unchanged(world, device, before) {
  assert.equal(world.picture(), before, "nothing was written");
  assert.deepEqual(faults(world, device), []);
}

test("without a bridge it says how to start one, and finds it once it is there", async () => {
  const { world } = session();
  const own = cleanly(await new Bridge().start(), "end");
  await own.kill();
  const device = cleanly(new Device(world, { bridge: own.port, clock: 4 }), "remove");
  device.recall().start();
  await device.says(new RegExp(`^No bridge on port ${own.port}: start it with “macnet serve”`));
  assert.equal(device.face.online[0], 0);
  const before = world.picture();
  assert.match(await pressed(device, "continue"), /^No bridge on port/);
  unchanged(world, device, before);
  await own.start();
  await device.connected();
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.deepEqual(faults(world, device), []);
});

test("a bridge killed in the middle and started again: one whole answer", async () => {
  const { world, keys } = session();
  const own = cleanly(await new Bridge().start(), "end");
  const device = await deviceIn(world, own, { values: { bars: 16, variations: 8 } });
  device.press("continue");
  await device.says(/^Composing/);
  await own.kill();
  await own.start();
  await device.says(/^8 variations/);
  assert.deepEqual(rows(world, keys), ["Verse", ...Array.from({ length: 8 }, (_, at) => `Verse › ${at + 1}/8`)]);
  assert.equal(tracks(world).length, 2);
  assert.deepEqual(faults(world, device), []);
});

test("a bridge that is stopped in the middle and stays away: one clear line, nothing written", async () => {
  const { world } = session();
  const own = cleanly(await new Bridge().start(), "end");
  const device = await deviceIn(world, own, { values: { bars: 32, variations: 8 }, clock: 8, pace: 2 });
  const before = world.picture();
  device.press("continue");
  await device.says(/^Composing/);
  await own.kill("SIGINT");
  await device.says(/^The bridge went silent: waiting for it/);
  await device.says(/stopped answering|No bridge on port/);
  unchanged(world, device, before);
  assert.equal(device.face.busy[0], 0);
});

test("two devices in a set, and a second set, do not disturb each other", async () => {
  const first = session();
  const second = session();
  const devices = [await deviceIn(first.world, bridge), await deviceIn(first.world, bridge), await deviceIn(second.world, bridge)];
  assert.equal(new Set(devices.map((device) => device.listening)).size, 3);
  devices[0].press("continue");
  devices[2].press("vary");
  await Promise.all([devices[0].says(/^4 variations/), devices[2].says(/^4 variations/)]);
  assert.equal(rows(first.world, first.keys).filter(Boolean).length, 5);
  assert.equal(rows(second.world, second.keys).filter(Boolean).length, 5);
  assert.doesNotMatch(devices[1].status, /variations/);
});

test("a reply port that is taken: another is found, or with a fixed one it is said", async () => {
  const holder = cleanly(await held(), "release");
  const { world } = session();
  const unlucky = [0.5, holder.at, holder.at];
  const device = await deviceIn(world, bridge, { random: () => unlucky.shift() ?? Math.random() });
  assert.equal(unlucky.length, 0);
  assert.notEqual(device.listening, holder.port);
  const fixed = cleanly(new Device(session().world, { bridge: bridge.port, values: { reply: holder.port } }), "remove");
  fixed.recall().start();
  await fixed.says(new RegExp(`^Reply port ${holder.port} is taken by another device or program: set Reply to 0`));
  assert.match(await pressed(fixed, "continue"), new RegExp(`^Reply port ${holder.port} is taken`));
  assert.equal(fixed.face.online[0], 0);
  fixed.turn("reply", 0);
  await fixed.connected();
});

test("a port that was taken is used once it is free", async () => {
  const holder = await held();
  const device = cleanly(new Device(session().world, { bridge: bridge.port, values: { reply: holder.port }, clock: 8 }), "remove");
  device.recall().start();
  await device.says(new RegExp(`^Reply port ${holder.port} is taken`));
  holder.release();
  await device.connected();
  assert.equal(device.listening, holder.port);
});

test("where a device cannot hear itself but the bridge, it works; where neither, it says so", async () => {
  const { world } = session();
  const device = cleanly(new Device(world, { bridge: bridge.port, clock: 4, isMute: true }), "remove");
  device.recall().start();
  await device.connected();
  assert.match(await pressed(device, "continue"), /^4 variations/);
  const deaf = cleanly(new Device(session().world, { bridge: 9, clock: 8, isMute: true }), "remove");
  deaf.recall().start();
  await deaf.says(/^Neither the bridge \(port 9\) nor its own packets reach this device/);
});

test("another port: it says that nobody is there, and works again when it is put right", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, { clock: 4 });
  device.turn("port", 9);
  await device.says(/^No bridge on port 9:/);
  device.turn("port", bridge.port);
  await device.connected();
  assert.match(await pressed(device, "continue"), /^4 variations/);
});

// A bridge of another time: answers every hello as it is told.
async function stranger(answer) {
  const socket = cleanly(dgram.createSocket("udp4"));
  await new Promise((resolve) => socket.bind(0, "127.0.0.1", resolve));
  socket.on("message", (packet) => {
    const { address, args } = osc.decode(packet);
    if (address === "/macnet/hello") answer(args[0]).forEach(([where, ...rest]) => socket.send(osc.encode(where, rest), args[3], "127.0.0.1"));
  });
  return { port: socket.address().port };
}

test("bridges of other versions are told apart: too new, too old, newer but fine", async () => {
  const cases = [
    [(id) => [["/macnet/welcome", id, 2, "0.3.0", "folk"]], /^Bridge 0.3.0 is newer than this device: install/],
    [(id) => [["/macnet/welcome", id, 0, "0.0.1", "folk"]], /^Bridge 0.0.1 is older than this device: update the bridge/],
    [(id) => [["/macnet/fail", id, "server.protocol", "the client speaks protocol 1, this bridge protocol 2", "Update."]], /^Bridge and device speak different versions/],
    [(id) => [["/macnet/welcome", id, 1, "0.3.0", "folk"], ["/macnet/done", id, 0, 1]], /^Bridge 0.3.0 is newer than this device .* It works/],
  ];
  for (const [answer, says] of cases) {
    const { world } = session();
    const device = cleanly(new Device(world, { bridge: (await stranger(answer)).port }), "remove");
    device.recall().start();
    await device.says(says);
    assert.deepEqual(faults(world, device), []);
  }
});

test("packets from elsewhere change nothing: no function of the script can be called, no answer be forged or repeated", async () => {
  const { world } = session();
  const heard = [];
  const wire = await line((way, packet) => way === "in" && heard.push(Buffer.from(packet)));
  const device = await deviceIn(world, wire);
  await pressed(device, "continue");
  const before = world.picture();
  const status = device.status;
  const socket = cleanly(dgram.createSocket("udp4"));
  const odd = [osc.encode("/continue", []), osc.encode("/ready", [1]), osc.encode("/macnet/welcome", ["x"]), osc.encode("/macnet/done", [5, 1, 1]),
    osc.encode("/macnet/take", []), osc.encode("/macnet/take/notes", [1, 2, "melody", 0, 1]), osc.encode("/macnet/echo", []),
    osc.encode("/macnet/fail", [-1, "a", "b", "c"]), osc.encode("/__proto__", [1]), osc.encode("/macnet/missing", [1])];
  for (const packet of [...heard, ...odd]) socket.send(packet, device.listening, "127.0.0.1");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(device.status, status);
  unchanged(world, device, before);
});

test("the model that was chosen composes, is stored with the set, and is chosen again after a restart of the bridge", async () => {
  const own = cleanly(await new Bridge().addModel("waltz").start(), "end");
  const { world } = session();
  const device = await deviceIn(world, own, { values: { variations: 1 } });
  const items = [...BUNDLED, "waltz"].sort();
  await device.until(() => device.face.model_items.length === items.length);
  assert.deepEqual(device.face.model_items, items);
  assert.deepEqual(device.face.model_shown, [items.indexOf(DEFAULT)]);
  assert.ok(device.face.bridge[0].startsWith(`${DEFAULT}, bridge`));
  await device.choose("model", "waltz");
  await pressed(device, "continue");
  assert.match(device.face.bridge[0], /^waltz, bridge/);
  await own.kill();
  await own.start();
  const again = await deviceIn(world, own, { stored: device.stored, values: { variations: 1 } });
  await again.until(() => again.face.model_items.length === items.length && again.face.model_shown[0] === items.indexOf("waltz"), "the stored model is shown");
  assert.match(await pressed(again, "continue"), /^One variation/);
  assert.match(again.face.bridge[0], /^waltz, bridge/);
  assert.match(await pressed(device, "continue"), /^One variation/, "the device that was there before the restart, too");
  assert.match(device.face.bridge[0], /^waltz, bridge/);
  assert.deepEqual([...faults(world, device), ...faults(world, again)], []);
});

test("a stored model that is gone is shown, and named when it is asked for", async () => {
  const { world } = session();
  const stored = JSON.stringify({ macnet: 1, model: "gone", target: { kind: "new" }, answer: null });
  const device = await deviceIn(world, bridge, { stored });
  await device.until(() => device.face.model_items.length === BUNDLED.length + 1);
  assert.deepEqual(new Set(device.face.model_items), new Set([...BUNDLED, "gone"]));
  assert.match(await pressed(device, "continue"), /gone/);
  await device.choose("model", BUNDLED[0]);
  assert.match(await pressed(device, "continue"), /^4 variations/);
  assert.deepEqual(faults(world, device), []);
});

test("a take that the bridge no longer has is not starred, and that is said", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, { values: { variations: 1 } });
  await pressed(device, "continue");
  const stored = device.stored.replace(/"take":\d+/, '"take":99999');
  const again = await deviceIn(world, bridge, { stored });
  again.press("next");
  again.turn("star", 1);
  await again.says(/^Not starred: /);
  assert.equal(again.face.star_shown[0], 0);
});

test("behind other requests it says that it waits its turn", async () => {
  const long = { values: { bars: 32, variations: 8 }, clock: 8 };
  const devices = [];
  for (let at = 0; at < 3; at += 1) devices.push(await deviceIn(session().world, bridge, long));
  for (const device of devices) device.press("continue");
  const waits = (device) => device.statuses.some((status) => /^The bridge is busy: your request waits/.test(status));
  await devices[2].until(() => devices.some(waits), "one of them waits");
  for (const device of devices) device.press("cancel");
});

test("a set from a newer device, or a broken memory, is no obstacle", async () => {
  for (const stored of ["{", "null", "7", '{"macnet":2}', '{"macnet":1,"answer":{"v":[{"at":{"melody":{"t":99,"r":1,"n":"x"}},"marks":{}}]}}']) {
    const { world } = session();
    const device = await deviceIn(world, bridge, { stored, values: { variations: 1 } });
    device.press("next");
    device.press("keep");
    assert.match(await pressed(device, "continue"), /^One variation/);
    assert.deepEqual(faults(world, device), []);
  }
});

test("a device taken out while it waits leaves nothing running", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge);
  device.press("continue");
  const before = world.picture();
  device.remove();
  await new Promise((resolve) => setTimeout(resolve, 300));
  unchanged(world, device, before);
});

test("idle, the device sends little and adds no symbols", async () => {
  const world = new World("12.2");
  world.track("Keys");
  const device = await deviceIn(world, bridge, { clock: 20, pace: 20 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const symbols = device.symbols.size + world.paths.size;
  const packets = device.sent.packets;
  const filled = [];
  const toFace = device.toFace;
  device.toFace = function (selector, args) {
    if (/_items$|_shown$|status/.test(selector)) filled.push(selector);
    toFace.call(this, selector, args);
  };
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.deepEqual(filled, [], "no menu is filled while it may be open");
  assert.equal(device.symbols.size + world.paths.size, symbols);
  assert.ok(device.sent.packets - packets <= 6, `${device.sent.packets - packets} packets in twenty seconds`);
});
