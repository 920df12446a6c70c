// Select a clip, press a button, clips land: the shipped script in the strict fake of every version of Live, with a real bridge.
"use strict";

const { test, before, after, afterEach, describe } = require("node:test");
const assert = require("node:assert/strict");
const { VERSIONS } = require("./lom.js");
const { Bridge } = require("./bridges.js");
const { session, arrangement, deviceIn, pressed, faults, removeAll, rows, tracks, rising } = require("./sets.js");

const bridge = new Bridge();
before(() => bridge.start());
after(() => bridge.end());
afterEach(removeAll);

const ALL = Object.keys(VERSIONS);

for (const version of ALL) {
  describe(`Live ${version}`, () => {
    test("Continue writes melody below and accompaniment beside, in the same rows", async () => {
      const { world, keys, verse } = session(version);
      const device = await deviceIn(world, bridge);
      const primer = JSON.stringify(world.of(verse));
      const status = await pressed(device, "continue");
      assert.match(status, /^4 variations below “Verse”/);
      const other = tracks(world)[1];
      const names = ["Verse › 1/4", "Verse › 2/4", "Verse › 3/4", "Verse › 4/4"];
      assert.deepEqual(rows(world, keys), ["Verse", ...names]);
      assert.deepEqual(rows(world, other), ["", ...names]);
      assert.equal(world.of(other).name, "Verse › accompaniment");
      assert.equal(JSON.stringify(world.of(verse)), primer, "the primer is as it was");
      assert.equal(world.of(world.view).detail_clip, verse, "and still the one that is open");
      assert.equal(world.of(world.view).selected_track, keys);
      for (let row = 1; row <= 4; row += 1) {
        for (const track of [keys, other]) {
          const clip = world.seen(world.clipIn(track, row));
          assert.equal(clip.loop_end - clip.loop_start, 16);
          assert.equal(clip.color, 0xaa3311);
          assert.equal(clip.looping, 1);
          assert.ok(clip.notes.every((note) => note.start_time >= 0 && note.start_time + note.duration <= 16 + 1e-9));
        }
        assert.ok(world.seen(world.clipIn(keys, row)).notes.length > 0);
      }
      assert.deepEqual(faults(world, device), []);
    });

    test("one undo takes an answer back, new track and new scene included", async () => {
      const { world } = session(version);
      const device = await deviceIn(world, bridge);
      const before = world.picture();
      await pressed(device, "continue");
      assert.equal(world.undoSteps.length, 1);
      world.undo();
      assert.equal(world.picture(), before);
    });

    test("Next, Previous, Star, Keep, reopen, Another", async () => {
      const { world } = session(version);
      const device = await deviceIn(world, bridge);
      await pressed(device, "continue");
      let [keys, other] = tracks(world);
      device.press("next");
      device.press("next");
      assert.equal(device.face.shown[0], "2/4");
      assert.equal(world.of(world.clipIn(keys, 2)).is_triggered, 1);
      assert.equal(world.of(world.clipIn(other, 2)).is_triggered, 1, "both voices are launched together");
      assert.equal(world.of(world.clipIn(keys, 1)).is_triggered, 0);
      device.press("previous");
      assert.equal(device.face.shown[0], "1/4");
      device.press("previous");
      assert.equal(device.face.shown[0], "4/4");
      device.turn("star", 1);
      await device.says(/^Starred/);
      const again = await reopened(world, device);
      [keys, other] = tracks(world);
      assert.equal(again.face.shown[0], "4/4");
      assert.equal(again.face.star_shown[0], 1);
      again.press("next");
      assert.equal(again.status, "Variation 1 of 4 is launched.");
      again.press("keep");
      assert.deepEqual(rows(world, keys), ["Verse", "Verse › 1/4", "", "", ""]);
      assert.deepEqual(rows(world, other), ["", "Verse › 1/4", "", "", ""]);
      await pressed(again, "another");
      assert.deepEqual(rows(world, keys).filter(Boolean).length, 6);
      assert.equal(again.face.shown[0], "1/5");
      assert.deepEqual(faults(world, again), []);
    });

    test("Continue in the Arrangement lands right after the clip", async () => {
      const { world, keys, verse } = arrangement(version);
      const device = await deviceIn(world, bridge);
      const primer = JSON.stringify(world.of(verse));
      const status = await pressed(device, "continue");
      const other = tracks(world)[1];
      for (const track of [keys, other]) {
        const clips = world.of(track).arrangement_clips.map((id) => world.of(id));
        const landed = clips.find((clip) => clip.name === "Verse › 1/4");
        assert.equal(landed.start_time, 12);
        assert.equal(landed.extent, 16);
      }
      if (version === "12.2") {
        assert.match(status, /take lanes/);
        assert.equal(world.of(keys).take_lanes.length, 3);
        assert.deepEqual(world.of(keys).take_lanes.map((lane) => world.of(world.of(lane).arrangement_clips[0]).name),
          ["Verse › 2/4", "Verse › 3/4", "Verse › 4/4"]);
        assert.deepEqual(rows(world, keys).filter(Boolean), []);
      } else {
        assert.match(status, /below in Session/);
        assert.deepEqual(rows(world, keys), ["Verse › 2/4", "Verse › 3/4", "Verse › 4/4", ""]);
      }
      assert.equal(JSON.stringify(world.of(verse)), primer);
      assert.deepEqual(faults(world, device), []);
    });

    test("Next in the Arrangement swaps a variation in and loses none; Keep removes the others", async () => {
      const { world } = arrangement(version);
      const device = await deviceIn(world, bridge);
      await pressed(device, "continue");
      const front = () => world.of(tracks(world)[0]).arrangement_clips.map((id) => world.seen(id)).find((clip) => clip.start_time === 12);
      const first = front();
      device.press("next");
      assert.equal(front().name, "Verse › 2/4");
      assert.notDeepEqual(front().notes, first.notes);
      device.press("previous");
      assert.deepEqual(front().notes, first.notes);
      assert.equal(front().name, "Verse › 1/4");
      device.press("next");
      const again = await reopened(world, device);
      assert.equal(again.face.shown[0], "2/4");
      again.press("keep");
      assert.match(again.status, /^Kept variation 2/);
      assert.equal(front().name, "Verse › 2/4");
      const left = [...world.objects.values()].filter((it) => it.type === "Clip").map((it) => it.name);
      assert.deepEqual(left.sort(), ["Verse", "Verse › 2/4", "Verse › 2/4"]);
      assert.deepEqual(faults(world, again), []);
    });

    test("Accompany writes the other voice in the clip's own row", async () => {
      const { world, keys } = session(version);
      const device = await deviceIn(world, bridge, { values: { variations: 2 } });
      await pressed(device, "accompany");
      assert.deepEqual(rows(world, keys), ["Verse", "", "", ""]);
      assert.deepEqual(rows(world, tracks(world)[1]), ["Verse › 1/2", "Verse › 2/2", "", ""]);
      assert.equal(world.seen(world.clipIn(tracks(world)[1], 0)).loop_end, 8);
      assert.deepEqual(faults(world, device), []);
    });

    test("Vary rewrites the clip's own bars and keeps what the wire does not carry", async () => {
      const { world, keys } = session(version);
      const device = await deviceIn(world, bridge, { values: { variations: 8 } });
      await pressed(device, "vary");
      const varied = rows(world, keys).map((_, row) => world.seen(world.clipIn(keys, row))).slice(1);
      assert.equal(varied.length, 8);
      const kept = varied.flatMap((clip) => clip.notes).filter((note) => rising().some((old) => old.pitch === note.pitch && old.start_time === note.start_time));
      assert.ok(kept.every((note) => note.probability === 0.75 && note.velocity_deviation === 5 && note.release_velocity === 33));
      assert.deepEqual(faults(world, device), []);
    });
  });
}

/** Save the set, close it, open it: a new device, and every id of Live is another one. */
async function reopened(world, device) {
  device.remove();
  renumber(world);
  world.isReady = false;
  const { values, stored } = device;
  const again = await deviceIn(world, bridge, { values, stored });
  return again;
}

function renumber(world) {
  const shift = (id) => (id ? id + 1000 : 0);
  const lists = ["tracks", "scenes", "return_tracks", "clip_slots", "arrangement_clips", "devices", "take_lanes"];
  const links = ["canonical_parent", "clip", "detail_clip", "highlighted_clip_slot", "selected_track"];
  const moved = [...world.objects].map(([id, it]) => {
    for (const name of lists) if (it[name]) it[name] = it[name].map(shift);
    for (const name of links) if (it[name]) it[name] = shift(it[name]);
    return [shift(id), it];
  });
  world.objects = new Map(moved);
  for (const name of ["app", "song", "view", "last"]) world[name] = shift(world[name]);
  world.undoSteps = [];
}
