// A line that loses, doubles or swaps one packet in five: 200 requests, each with exactly one right answer or one clear line.
"use strict";

const { test, before, after } = require("node:test");
const assert = require("node:assert/strict");
const { Bridge, BadLine, seeded } = require("./bridges.js");
const { session, arrangement, deviceIn, pressed, faults, removeAll, rows, tracks } = require("./sets.js");

const REQUESTS = 200;
const DEVICES = 16;
const seed = Number(process.env.MACNET_SEED) || Date.now() % 2 ** 31;
const bridge = new Bridge();
before(() => bridge.start());
after(() => bridge.end());

/** One request in a set of its own: what it came to. */
async function request(number, port, random) {
  const kind = ["continue", "accompany", "vary"][number % 3];
  const isArrangement = number % 5 === 4;
  const { world, keys } = (isArrangement ? arrangement : session)(["11.0", "11.1", "12.0", "12.2"][number % 4], { scenes: 6 });
  const variations = 1 + Math.floor(random() * 3);
  const device = await deviceIn(world, { port }, { values: { variations, bars: 1 + Math.floor(random() * 3) }, allFloats: number % 7 === 0 });
  const before = world.picture();
  const status = await pressed(device, kind);
  const clips = [...world.objects.values()].filter((it) => it.type === "Clip").length - 1;
  const expected = kind === "continue" ? 2 * variations : variations;
  const told = `request ${number} (${kind}), seed ${seed}: ${status}`;
  assert.deepEqual(faults(world, device), [], told);
  if (clips === 0) {
    assert.equal(world.picture(), before, told);
    assert.match(status, /bridge|packets/i, told);
  } else {
    assert.equal(clips, expected, `${told}: ${rows(world, keys)} ${tracks(world).length}`);
  }
  device.remove();
  return clips > 0;
}

test(`${REQUESTS} requests over a bad line, seed ${seed}`, async () => {
  const random = seeded(seed);
  const line = await new BadLine(bridge.port, random).open();
  let next = 0;
  let answered = 0;
  async function worker() {
    while (next < REQUESTS) {
      const number = next;
      next += 1;
      if (await request(number, line.port, random)) answered += 1;
    }
  }
  try {
    await Promise.all(Array.from({ length: DEVICES }, worker));
  } finally {
    line.close();
    removeAll();
  }
  console.log(`${answered} of ${REQUESTS} answered; ${line.harmed} of ${line.passed} packets harmed`);
  assert.ok(line.harmed > line.passed * 0.15, "the line was bad");
  assert.ok(answered >= REQUESTS * 0.98, `${answered} answered, seed ${seed}`);
});
