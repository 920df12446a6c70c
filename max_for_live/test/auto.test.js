// Auto: endless music in the fake Live, with a real bridge, faster than real time.
"use strict";

const { test, before, after, afterEach, describe } = require("node:test");
const assert = require("node:assert/strict");
const { VERSIONS } = require("./lom.js");
const { Bridge } = require("./bridges.js");
const { advance, play } = require("./fake_play.js");
const { session, arrangement, deviceIn, faults, removeAll, rows, tracks } = require("./sets.js");

const bridge = new Bridge();
before(() => bridge.start());
after(() => bridge.end());
afterEach(removeAll);

const PACE = 5; // the device's clock runs this much faster, so that a test of minutes takes seconds
const FAST = { pace: PACE, values: { bars: 2 } };

const BEATS_A_MILLISECOND = 2 / 1000; // of the set, at 120 beats a minute
const SMALLEST = 1 / 32; // beats: what the fake's time moves by

/** Let the music play until something holds; the device's own turns come in between.
 * It plays much faster than real time, but while an answer is composed no faster than it: how long that takes is the
 * machine's affair, and a slow or busy one must have the time that it has in Live.
 */
async function playUntil(world, device, condition, what, beatsATurn = 0.25) {
  const log = [];
  const start = Date.now();
  let [now, due] = [start, 0]; // beats due: passed, and not yet played
  while (!condition()) {
    if (now > start + 90000) throw new Error(`${what}: never; ${device.statuses.slice(-4).join(" | ")} ${faults(world, device)}`);
    const [last, asking] = [now, device.face.busy[0] === 1];
    now = Date.now();
    due = asking ? Math.min(due + (now - last) * BEATS_A_MILLISECOND, beatsATurn) : beatsATurn;
    const played = Math.floor(due / SMALLEST) * SMALLEST;
    advance(world, played, log);
    due -= played;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return log;
}

for (const version of Object.keys(VERSIONS)) {
  describe(`Live ${version}`, () => {
    test("the music takes over at the end of the loop and never runs out", async () => {
      const { world, keys, verse } = session(version);
      const device = await deviceIn(world, bridge, FAST);
      const primer = world.seen(verse);
      play(world, verse);
      advance(world, 0.5);
      device.turn("auto", 1);
      const grown = () => world.seen(world.clipIn(keys, 1));
      const log = await playUntil(world, device, () => grown()?.loop_end >= 64 && grown().position > 32, "eight bars and more");
      const takeover = log.find((each) => each.to);
      assert.equal(takeover.to, "Verse › Auto");
      assert.ok(takeover.at === 0 || takeover.at === 8, "at the end of the primer's loop");
      assert.deepEqual(log.filter((each) => each.ends), [], "nothing ran out");
      const other = world.seen(world.clipIn(tracks(world)[1], 1));
      assert.equal(other.loop_end, grown().loop_end, "both voices are as long");
      assert.equal(other.is_playing, 1);
      assert.deepEqual(rows(world, keys).slice(0, 3), ["Verse", "Verse › Auto", ""]);
      device.turn("auto", 0);
      assert.equal(device.status, "Auto is off. What it has written stays.");
      const { is_playing, is_triggered, position, ...rest } = primer;
      const now = world.seen(verse);
      for (const name of Object.keys(rest)) assert.deepEqual(now[name], rest[name], `the primer's ${name}`);
      const packets = device.sent.packets;
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.ok(device.sent.packets - packets <= 4, "it asks for nothing more");
      assert.deepEqual(faults(world, device), []);
    });

    if (version === "11.1" || version === "12.0") return; // what follows differs between the oldest and the newest at most

    test("an answer that comes late costs a repetition, not silence", async () => {
      const { world, keys, verse } = session(version);
      const device = await deviceIn(world, bridge, FAST);
      play(world, verse);
      device.turn("auto", 1);
      const grown = () => world.seen(world.clipIn(keys, 1));
      await playUntil(world, device, () => grown()?.is_playing, "taken over");
      const log = advance(world, 200); // in no time at all: no answer can come
      assert.ok(log.some((each) => each.loops === "Verse › Auto"));
      assert.equal(grown().is_playing, 1);
      const before = grown().loop_end;
      await playUntil(world, device, () => grown().loop_end > before, "it goes on");
      device.turn("auto", 0);
      assert.deepEqual(faults(world, device), []);
    });

    test("in the Arrangement part follows part ahead of the playhead", async () => {
      const { world, verse } = arrangement(version);
      const device = await deviceIn(world, bridge, FAST);
      device.turn("auto", 1);
      await device.until(() => /Start the song/.test(device.status), "first parts");
      play(world);
      await playUntil(world, device, () => world.of(world.song).current_song_time > 44, "forty beats");
      device.turn("auto", 0);
      for (const track of tracks(world)) {
        const parts = world.of(track).arrangement_clips.map((id) => world.of(id)).filter((clip) => clip !== world.of(verse))
          .sort((a, b) => a.start_time - b.start_time);
        assert.ok(parts.length >= 5);
        parts.forEach((part, at) => assert.equal(part.start_time, 12 + 8 * at, "without a gap"));
        assert.ok(parts.at(-1).start_time + 8 > 44 + 10, "well ahead");
      }
      assert.equal(tracks(world).length, 2, "one track for the other voice, not one a part");
      assert.deepEqual(faults(world, device), []);
    });
  });
}

test("it waits until the clip is launched, and says so", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge, FAST);
  device.turn("auto", 1);
  await device.says(/^Auto: ready. Launch “Verse”/);
  assert.deepEqual(rows(world, keys).slice(0, 2), ["Verse", "Verse › Auto"]);
  device.turn("auto", 0);
});

test("it stops cleanly when the bridge goes away, and what plays goes on", async () => {
  const { world, keys, verse } = session();
  const own = await new Bridge().start();
  const device = await deviceIn(world, own, { ...FAST, clock: 4 });
  play(world, verse);
  device.turn("auto", 1);
  const grown = () => world.seen(world.clipIn(keys, 1));
  await playUntil(world, device, () => grown()?.is_playing, "taken over");
  await own.end();
  await playUntil(world, device, () => device.face.auto_shown[0] === 0 && /^Auto stopped/.test(device.status), "it stops");
  assert.match(device.status, /macnet serve/);
  const log = advance(world, 100);
  assert.ok(log.some((each) => each.loops === "Verse › Auto"));
  assert.deepEqual(faults(world, device), []);
});

test("it stops when its clip is deleted, and when something is in the way", async () => {
  const { world, keys, verse } = session();
  const device = await deviceIn(world, bridge, FAST);
  play(world, verse);
  device.turn("auto", 1);
  await playUntil(world, device, () => world.clipIn(keys, 1), "a clip");
  world.deleteClip(world.clipIn(keys, 1));
  await device.says(/^Auto stopped: its clip was deleted/);
  assert.equal(device.face.auto_shown[0], 0);

  const set = arrangement();
  set.world.arrangementClip(set.keys, 20, { name: "Bridge" });
  const second = await deviceIn(set.world, bridge, FAST);
  second.turn("auto", 1);
  await second.says(/Start the song/);
  play(set.world);
  advance(set.world, 2);
  await second.says(/^Auto stopped: something lies at beat 20/);
  assert.deepEqual(faults(world, device), []);
  assert.deepEqual(faults(set.world, second), []);
});

test("a clip that has grown long hands over to a new one", async () => {
  const { world, keys, verse } = session();
  const device = await deviceIn(world, bridge, { pace: 10, values: { bars: 32 } });
  play(world, verse);
  device.turn("auto", 1);
  const second = () => world.seen(world.clipIn(keys, 2));
  const log = await playUntil(world, device, () => second()?.is_playing, "a second clip", 2);
  assert.equal(world.seen(world.clipIn(keys, 1)).loop_end, 512);
  assert.deepEqual(log.filter((each) => each.ends), []);
  device.turn("auto", 0);
  assert.deepEqual(faults(world, device), []);
});

test("with quantisation off it still takes over at the end of the loop", async () => {
  const { world, keys, verse } = session();
  world.of(world.song).clip_trigger_quantization = 0;
  const device = await deviceIn(world, bridge, FAST);
  play(world, verse);
  device.turn("auto", 1);
  const log = await playUntil(world, device, () => world.seen(world.clipIn(keys, 1))?.is_playing, "taken over");
  const takeover = log.find((each) => each.to);
  assert.equal(takeover.time % 8, 0, "where the primer's loop ends");
  device.turn("auto", 0);
  assert.deepEqual(faults(world, device), []);
});

test("switched off while it asks, it writes nothing more", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, FAST);
  const before = world.picture();
  device.turn("auto", 1);
  await device.until(() => device.face.busy[0] === 1);
  device.turn("auto", 0);
  assert.equal(device.status, "Auto is off. What it has written stays.");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(world.picture(), before);
  device.turn("auto", 1);
  device.press("cancel");
  assert.match(device.status, /^Auto stopped: Cancelled/);
  assert.equal(device.face.auto_shown[0], 0);
  assert.deepEqual(faults(world, device), []);
});

test("a growing clip that is deleted while the next part is composed ends it; without room or a clip it does not begin", async () => {
  const { world, keys, verse } = session();
  const device = await deviceIn(world, bridge, FAST);
  play(world, verse);
  device.turn("auto", 1);
  await playUntil(world, device, () => world.seen(world.clipIn(keys, 1))?.is_playing && device.face.busy[0] === 1, "it asks for more");
  world.deleteClip(world.clipIn(keys, 1));
  await device.says(/^Auto stopped: its clip was deleted/);

  const full = session("12.2", { scenes: 1, mostScenes: 1 });
  const second = await deviceIn(full.world, bridge, FAST);
  const before = full.world.picture();
  second.turn("auto", 1);
  await second.says(/^No room/);
  assert.equal(full.world.picture(), before);
  full.world.open(0);
  second.turn("auto", 1);
  assert.match(second.status, /^Select a MIDI clip/);
  assert.equal(second.face.auto_shown[0], 0);
  assert.deepEqual([...faults(world, device), ...second.errors], []);
});

test("while Auto is on the other buttons say so", async () => {
  const { world, verse } = session();
  const device = await deviceIn(world, bridge, FAST);
  play(world, verse);
  device.turn("auto", 1);
  for (const button of ["continue", "another", "selftest"]) {
    device.press(button);
    assert.equal(device.status, "Auto is on: switch it off first.");
  }
  device.turn("auto", 0);
});

test("Auto that was on when the set was saved stays off, and says so", async () => {
  const { world } = session();
  const device = await deviceIn(world, bridge, { values: { auto: 1 } });
  await device.says(/^Auto was on/);
  assert.equal(device.face.auto_shown[0], 0);
});
