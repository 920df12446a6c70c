// Beats to ticks and back, roles, names, rows: pure rooms by themselves.
"use strict";

const { test } = require("node:test");
const assert = require("node:assert/strict");
const { modules, ours } = require("./modules.js");
const { seeded } = require("./bridges.js");

const { notes, place, texts } = modules();

const NOTE = { pitch: 60, start_time: 1.5, duration: 0.25, velocity: 77.5, mute: 1, probability: 0.5, velocity_deviation: -3, release_velocity: 12 };

function note(pitch, start, duration = 1, more = {}) {
  return notes.read({ pitch, start_time: start, duration, ...more });
}

test("a note of Live comes back with all of its fields and no other", () => {
  assert.deepEqual(ours(notes.spec(notes.read({ note_id: 9, selected: 1, ...NOTE }))), NOTE);
});

test("the three forms in which Live gives notes are read alike", () => {
  const dictionary = { notes: [{ note_id: 1, ...NOTE }] };
  const text = JSON.stringify(dictionary);
  for (const form of [dictionary, text, [text], { stringify: () => text }]) assert.deepEqual(ours(notes.parse(form)).length, 1);
  assert.equal(notes.parse('{"notes":[{"pi'), null, "text that breaks off");
  for (const nothing of ["", null, undefined, {}, "[]"]) assert.deepEqual(ours(notes.parse(nothing)), []);
});

test("ticks survive the way to Live and back, triplets and quintuplets included", () => {
  for (let onset = 0; onset < 4000; onset += 1) {
    const [written] = notes.fitted([{ pitch: 60, onset, duration: 1 + (onset % 7), velocity: 100 }], 10000);
    const clip = notes.clip([written], { from: 0, to: 20 }, { role: "melody", name: "x", numerator: 4, denominator: 4 });
    assert.deepEqual(ours(clip.notes), [{ pitch: 60, onset, duration: 1 + (onset % 7), velocity: 100 }]);
  }
});

test("what is written never runs into itself, never leaves the clip, and leaves nothing of sense out", () => {
  const seed = Number(process.env.MACNET_SEED) || Date.now() % 2 ** 31;
  const random = seeded(seed);
  for (let round = 0; round < 300; round += 1) {
    const some = Array.from({ length: 40 }, () => ({ pitch: 60 + Math.floor(random() * 4), onset: Math.floor(random() * 2100) - 50,
      duration: Math.floor(random() * 900), velocity: 64 }));
    const written = ours(notes.fitted(some, 1920));
    for (const one of written) {
      assert.ok(one.start >= 0 && one.duration > 0 && one.start + one.duration <= 2 + 1e-9, `seed ${seed}`);
      const next = written.find((other) => other.pitch === one.pitch && other.start > one.start);
      assert.ok(!next || one.start + one.duration <= next.start + 1e-9, `seed ${seed}`);
    }
    const onsets = new Set(some.filter((one) => one.onset >= 0 && one.onset < 1920 && one.duration >= 1).map((one) => `${one.pitch} ${one.onset}`));
    assert.equal(written.length, onsets.size, `seed ${seed}`);
  }
});

test("selected notes stand in their own bars, in 7/8 too", () => {
  assert.deepEqual(ours(notes.barsOf([note(60, 5), note(60, 6.9)], 3.5)), { from: 3.5, to: 7 });
  assert.deepEqual(ours(notes.barsOf([note(60, -0.5), note(60, 0)], 4)), { from: -4, to: 4 });
  assert.equal(notes.barBeats(7, 8), 3.5);
});

test("chords and basses are accompaniment, single notes a melody, and names decide", () => {
  const line = [60, 62, 64, 65].map((pitch, at) => note(pitch, at));
  const chords = [0, 1].flatMap((at) => [60, 64, 67].map((pitch) => note(pitch, at * 2, 2)));
  const bass = [36, 38, 40].map((pitch, at) => note(pitch, at));
  assert.equal(notes.role(line, "Clip"), "melody");
  assert.equal(notes.role(chords, "Clip"), "accompaniment");
  assert.equal(notes.role(bass, "Clip"), "accompaniment");
  assert.equal(notes.role(line, "Pad 2"), "accompaniment");
  assert.equal(notes.role(chords, "LEAD"), "melody");
  for (const name of ["Drums", "drum_kit 2/drums", "808", "Hi-Hats", "Kick"]) assert.equal(notes.isDrums(name), true, name);
  for (const name of ["Supercool", "Brumm", "Chorus", "Toms lead", "Hatred", "Mix 1808"]) assert.equal(notes.isDrums(name), false, name);
});

test("answers are named after the clip, and answers to answers after the first", () => {
  assert.equal(notes.variationName("Verse", 0, 4), "Verse › 1/4");
  assert.equal(notes.baseName("Verse › 2/4"), "Verse");
  assert.equal(notes.baseName("A › B › Auto"), "A › B");
  assert.equal(notes.baseName(""), "clip");
});

test("a scale is a root and twelve marks", () => {
  assert.deepEqual(ours(notes.scaleOptions(2, [0, 2, 3, 5, 7, 9, 10])), { key: 2, scale: "101101010110" });
});

test("a mark tells an edited clip from one that only trembled", () => {
  const some = [note(60, 0), note(64, 1 / 3, 1 / 3)];
  const mark = notes.mark(some);
  assert.equal(notes.mark([note(64, 0.33333333, 0.33333334), note(60, 0)]), mark);
  for (const edited of [[note(60, 0)], [note(60, 0), note(65, 1 / 3, 1 / 3)], [note(60, 0), note(64, 1 / 3, 1 / 3, { mute: 1 })]]) {
    assert.notEqual(notes.mark(edited), mark);
  }
});

test("what a rewritten clip still holds of the primer keeps its probability", () => {
  const primer = [note(60, 4, 1, { probability: 0.5, release_velocity: 9 })];
  const [same, other] = notes.dressed([note(60, 0), note(60, 1)], primer, 4);
  assert.deepEqual([same.probability, same.release_velocity, other.probability], [0.5, 9, 1]);
});

test("rows: free in every track, made at the end only when there are none", () => {
  const own = [1, 0, 1, 0].map(Boolean);
  const other = [0, 0, 0, 1].map(Boolean);
  assert.deepEqual(ours(place.rows([own], 4, 1, 2)), [1, 3]);
  assert.deepEqual(ours(place.rows([own, other], 4, 1, 3)), [1, 4, 5]);
  assert.deepEqual(ours(place.rows([own], 4, 9, 1)), [4]);
});

test("an obstacle is what overlaps, not what touches", () => {
  const clips = [{ from: 0, to: 4 }, { from: 12, to: 16 }, { from: 10, to: 11 }];
  assert.equal(place.obstacle(clips, 4, 10), null);
  assert.equal(place.obstacle(clips, 4, 12.5), 10);
  assert.equal(place.toBarLine(13, 4), 3);
  assert.equal(place.toBarLine(12, 4), 0);
});

test("every line fits the status, whatever is filled in, and none is empty", () => {
  const long = "x".repeat(200);
  for (const name of Object.keys(texts.all)) {
    const said = texts.say(name, long, long, long);
    assert.ok(said.length > 0 && said.length <= 132, name);
    const plain = texts.say(name, "Verse", "8", "Keys");
    assert.ok(plain.length < 132, `${name} is cut even with short names: ${plain}`);
  }
});

test("what the bridge remarks on follows the first sentence of what has landed, whatever the clip is called", () => {
  const landed = Object.keys(texts.all).filter((name) => /^landed/.test(name) && name !== "landed_note");
  assert.ok(landed.length > 5);
  for (const name of landed) {
    const text = texts.say(name, "Mr. Bojangles", "Op. 5. Slow", "Sax. 1");
    const whole = texts.say("landed_note", texts.firstSentence(text), "Similarity was of no use here.");
    assert.match(whole, /[^.]\. Similarity was of no use here\.$/, name);
    assert.equal(whole.match(/\u201c/g)?.length, whole.match(/\u201d/g)?.length, name);
    assert.ok(text.startsWith(whole.slice(0, -" Similarity was of no use here.".length - 1)), name);
  }
});
