// Sets, devices and clips that the scenes play with.
"use strict";

const { World } = require("./fake_live.js");
const { Device } = require("./fake_max.js");

const SCALE = [60, 62, 64, 65, 67, 69, 71, 72];

function rising(beats = 8, from = 0) {
  return Array.from({ length: beats }, (_, at) => ({
    pitch: SCALE[at % 8], start_time: from + at, duration: 1, velocity: 80 + (at % 8), probability: 0.75, velocity_deviation: 5,
    release_velocity: 33,
  }));
}

/** A set with a track "Keys" whose first slot holds "Verse", two bars, open in the detail view. */
function session(version = "12.2", options = {}, clip = {}) {
  const world = new World(version, options);
  const keys = world.track("Keys");
  const verse = world.clip(keys, 0, { notes: rising(), color: 0xaa3311, ...clip });
  world.open(verse);
  world.of(world.view).selected_track = keys;
  world.undoSteps = [];
  return { world, keys, verse };
}

/** The same in the Arrangement, at beat 4. */
function arrangement(version = "12.2", options = {}, clip = {}) {
  const world = new World(version, options);
  const keys = world.track("Keys");
  const verse = world.arrangementClip(keys, 4, { notes: rising(), color: 0xaa3311, ...clip });
  world.open(verse);
  world.undoSteps = [];
  return { world, keys, verse };
}

const started = [];

async function deviceIn(world, bridge, options = {}) {
  const device = new Device(world, { bridge: bridge.port, ...options });
  started.push(device);
  device.recall().start();
  await device.connected();
  return device;
}

/** Press a button and wait until the bridge has answered or the device has said why not. */
async function pressed(device, button) {
  const before = device.statuses.length;
  device.press(button);
  await device.until(() => device.statuses.length > before && device.face.busy?.[0] !== 1, button);
  return device.status;
}

/** What went wrong unseen: for every scene to find empty. */
function faults(world, device) {
  return [...world.errors, ...device.errors, ...(world.overlaps ? [`${world.overlaps} notes ran into each other`] : [])];
}

function removeAll() {
  for (const device of started.splice(0)) device.remove();
}

/** The clips of a track, by row: names, or "" where a slot is free. */
function rows(world, track) {
  return world.of(track).clip_slots.map((slot) => world.of(world.of(slot).clip)?.name ?? "");
}

function tracks(world) {
  return world.of(world.song).tracks;
}

module.exports = { SCALE, rising, session, arrangement, deviceIn, pressed, faults, removeAll, rows, tracks };
