// The fake Live refuses what Live refuses: without that, the other tests would prove little.
"use strict";

const { test } = require("node:test");
const assert = require("node:assert/strict");
const { World } = require("./fake_live.js");
const { Device } = require("./fake_max.js");
const { advance, play } = require("./fake_play.js");

function set(version, options) {
  const world = new World(version, options);
  const track = world.track("Keys");
  const clip = world.clip(track, 0, { notes: [{ pitch: 60, start_time: 0, duration: 1 }] });
  world.isReady = true;
  const LiveAPI = world.api();
  const of = (id) => new LiveAPI(`id ${id}`);
  return { world, track, clip, LiveAPI, of, slot: (row) => of(world.of(track).clip_slots[row]) };
}

test("no LiveAPI before Live is there, and none inside an observer", () => {
  const world = new World();
  const LiveAPI = world.api();
  assert.throws(() => new LiveAPI("live_set"), /before live.thisdevice/);
  world.isReady = true;
  let complaint = "";
  const watch = new LiveAPI(() => {
    try {
      new LiveAPI("live_set").set("tempo", 100);
    } catch (error) {
      complaint = String(error);
    }
  }, "live_set");
  watch.property = "tempo";
  assert.match(complaint, /inside an observer/, "an observer fires when it is attached");
});

test("what a version does not know is refused", () => {
  for (const [version, type, name, isKnown] of [["12.0", "Track", "create_take_lane", false], ["12.2", "Track", "create_take_lane", true],
    ["12.0", "Track", "create_midi_clip", false], ["11.0", "Clip", "get_all_notes_extended", false], ["11.1", "Clip", "get_all_notes_extended", true],
    ["11.0", "Song", "begin_undo_step", false], ["12.2", "Song", "begin_undo_step", false]]) {
    assert.equal(new World(version).known(type, "functions", name), isKnown, `${version} ${name}`);
  }
  const { of, track, world } = set("12.0");
  assert.throws(() => of(track).call("create_take_lane"), /has no attribute/);
  assert.throws(() => of(world.song).get("scale_mode"), /has no attribute/);
  assert.throws(() => of(track).get("nonsense"), /has no attribute/);
  assert.throws(() => of(track).set("is_frozen", 1), /cannot be set/);
});

test("get gives arrays, ids come in pairs, and an object that is gone has id 0", () => {
  const { of, clip, world, LiveAPI } = set("12.2");
  assert.deepEqual(of(clip).get("looping"), [1]);
  assert.deepEqual(new LiveAPI("live_set").get("tracks"), ["id", world.of(world.song).tracks[0]]);
  const api = of(clip);
  world.deleteClip(clip);
  assert.equal(api.id, "0");
  assert.throws(() => api.get("name"), /no object/);
});

test("notes: text comes out, unknown or missing keys and odd pitches are refused", () => {
  const { of, clip } = set("11.0");
  assert.equal(typeof of(clip).call("get_notes_extended", 0, 128, 0, 8), "string");
  const good = { pitch: 62, start_time: 1, duration: 1 };
  for (const [bad, says] of [[{ ...good, note_id: 1 }, /Invalid entry/], [{ pitch: 62, start_time: 1 }, /Missing required keys/],
    [{ ...good, pitch: 60.5 }, /pitch/], [{ ...good, pitch: 128 }, /pitch/], [{ ...good, duration: 0 }, /duration/]]) {
    assert.throws(() => of(clip).call("add_new_notes", { notes: [good, bad] }), says);
  }
  assert.equal(JSON.parse(of(clip).call("get_notes_extended", 0, 128, 0, 8)).notes.length, 1, "the whole call is refused");
});

test("notes of one pitch that overlap are shortened, and counted", () => {
  const { of, clip, world } = set("11.0");
  of(clip).call("add_new_notes", { notes: [{ pitch: 60, start_time: 0.5, duration: 1 }] });
  assert.deepEqual(world.seen(clip).notes.map((note) => note.duration), [0.5, 1]);
  assert.equal(world.overlaps, 1);
});

test("full slots, audio and frozen tracks take no clip; lanes and tracks none over another", () => {
  const { slot, world, track, of } = set("12.2");
  assert.throws(() => slot(0).call("create_clip", 4), /already has a clip/);
  world.of(track).is_frozen = 1;
  assert.throws(() => slot(1).call("create_clip", 4), /frozen/);
  world.of(track).is_frozen = 0;
  const audio = world.track("Audio", { isAudio: true });
  assert.throws(() => of(world.of(audio).clip_slots[0]).call("create_clip", 4), /not a MIDI track/);
  of(track).call("create_midi_clip", 4, 4);
  assert.throws(() => of(track).call("create_midi_clip", 7, 4), /overwritten/);
  const copy = world.of(track).arrangement_clips[0];
  assert.throws(() => of(track).call("duplicate_clip_to_arrangement", `id ${copy}`, 40), /may crash/);
});

test("markers may not cross, and numbers in exponent form are read as text", () => {
  const { of, clip } = set("12.2");
  assert.throws(() => of(clip).set("loop_start", 9), /crosses/);
  assert.throws(() => of(clip).call("get_notes_extended", 0, 128, 1e-7, 8), /read as text/);
});

test("undo takes back a whole turn", () => {
  const { world, slot } = set("12.2");
  const before = world.picture();
  world.step(() => {
    slot(1).call("create_clip", 4);
    slot(2).call("create_clip", 4);
  });
  assert.equal(world.undoSteps.length, 1);
  world.undo();
  assert.equal(world.picture(), before);
});

test("clips play, loop, and are launched at the next bar", () => {
  const { world, clip, of, slot } = set("12.2");
  slot(1).call("create_clip", 4);
  const second = world.clipIn(world.of(world.song).tracks[0], 1);
  play(world, clip);
  advance(world, 1);
  of(second).call("fire");
  const log = advance(world, 8);
  assert.deepEqual(log[0], { time: 4, from: "Verse", at: 4, to: "" });
  assert.equal(log[1].loops, "");
});

test("the fake Max remembers what nobody would receive, and what no outlet can send", () => {
  const device = new Device(new World());
  device.outlet([2, ["nonsense", 1]]);
  device.outlet([2, ["status", ""]]);
  device.outlet([0, ["/macnet/hello", NaN]]);
  device.outlet([0, ["/macnet/hello", [1]]]);
  assert.equal(device.errors.length, 4);
  device.remove();
});
