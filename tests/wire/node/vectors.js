// Encodes every golden message with the OSC library `osc` and prints the names of those whose bytes differ.
"use strict";
const fs = require("fs");
const path = require("path");
const osc = require("osc");

const folder = path.join(__dirname, "..", "..", "wire_vectors");
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  for (const vector of JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")).messages) {
    const args = vector.args.map((value, at) => ({ type: vector.types[at], value: number64(value, vector.types[at]) }));
    const bytes = osc.writePacket({ address: vector.address, args }, { metadata: true });
    if (Buffer.from(bytes).toString("hex") !== vector.hex) console.log(`${file}: ${vector.name}`);
  }
}

function number64(value, type) {
  if (type !== "h") return value;
  return { high: value < 0 ? -1 : 0, low: value | 0, unsigned: false };
}
