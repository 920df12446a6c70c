// The self test: a report on what this Live and Max do, and a set that is as it was.
"use strict";

const { test, before, after, afterEach } = require("node:test");
const assert = require("node:assert/strict");
const { VERSIONS } = require("./lom.js");
const { DEFAULT, Bridge } = require("./bridges.js");
const { session, deviceIn, removeAll, tracks } = require("./sets.js");

const bridge = new Bridge();
before(() => bridge.start());
after(() => bridge.end());
afterEach(removeAll);

for (const version of Object.keys(VERSIONS)) {
  test(`Live ${version}: every open question has a line, and nothing is left behind`, async () => {
    const { world } = session(version, { noteForm: "both" });
    const device = await deviceIn(world, bridge, { pace: 10 });
    const before = world.picture();
    device.press("selftest");
    await device.says(/^Self test done/, 30000);
    const report = device.report.join("\n");
    assert.match(report, new RegExp(`^Live: ${version}.0$`, "m"));
    for (const what of ["device: .*-", "Max: 905", `bridge: ${DEFAULT}, `, "binding an object by id: works", "get gives: .* of number",
      "a clip: made", "notes as an object: works", "notes as text: works", "a pitch of 60.5: FAILED", "a note with note_id: FAILED",
      "a note's fields come back: .*\"probability\":0.5", "notes come as: string", "launch_quantization: 0", "a clip in the Arrangement: made by",
      "undo: 1 step took all of it back", "numbers and texts come back as: number 7, number 1.5, number 16777217, number -1, string text, string two words",
      "a packet of about 1024 bytes: whole", "a packet of about 32768 bytes: whole", "udpreceive on a taken port: stays deaf"]) {
      assert.match(report, new RegExp(`^${what}`, "m"));
    }
    assert.match(report, version === "12.2" ? /^take lanes: made/m : /^take lanes: not known/m);
    assert.match(report, version === "12.2" ? /^scale_mode: 1/m : /^scale_mode: not known/m);
    assert.equal(tracks(world).length, 1);
    assert.equal(world.picture(), before);
    assert.deepEqual(device.errors, []);
    assert.deepEqual(device.face.report_show, []);
    assert.equal(world.errors.length, 2, "only the two notes that Live should refuse");
    device.press("continue");
    await device.says(/^4 variations/);
  });
}

test("where Live does not undo what devices do, nothing of the user's is undone", async () => {
  const { world, keys } = session();
  const device = await deviceIn(world, bridge, { pace: 10 });
  const work = world.clip(keys, 2, { name: "The user's last work" });
  const before = world.picture();
  const kept = world.of(work);
  let undone = 0;
  world.undo = () => { // it takes back what the user did, and nothing of the device's
    undone += 1;
    kept.name = "undone";
  };
  world.redo = () => (kept.name = "The user's last work");
  device.press("selftest");
  await device.says(/^Self test done/);
  assert.match(device.report.join("\n"), /^undo: took nothing more back after 0 steps$/m);
  assert.equal(undone, 1);
  assert.equal(world.picture(), before);
});
