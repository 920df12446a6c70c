// Asks the bridge to continue a clip, with the OSC library `osc`, and prints every answer as a line of JSON.
// Usage: node client.js PORT
"use strict";
const osc = require("osc");

const port = Number(process.argv[2]);
const wire = new osc.UDPPort({ localAddress: "127.0.0.1", localPort: 0, metadata: true });

function send(address, types, ...values) {
  const args = values.map((value, at) => ({ type: types[at], value: types[at] === "h" ? int64(value) : value }));
  wire.send({ address, args }, "127.0.0.1", port);
}

function int64(value) {
  return { high: 0, low: value, unsigned: false };
}

wire.on("ready", () => {
  send("/macnet/hello", "iisi", 1, 1, "node", 0);
  // the answer first, then its clip: the order does not matter
  send("/macnet/continue", "ififsf", 2, 4, 2, -1, "temperature", 0.5);
  send("/macnet/clip", "isiiiiis", 2, "auto", 3840, 4, 4, 4, 2, "Übung");
  send("/macnet/clip/notes", "isiiiiiiiii", 2, "auto", 0, 60, 0, 960, 100, 64, 960, 960, 90);
  send("/macnet/clip/notes", "isiffffhhdd", 2, "auto", 1, 67, 1920, 960, 80, 72, 2880, 960, 70);
});

wire.on("message", (message) => {
  const types = message.args.map((arg) => arg.type).join("");
  console.log(JSON.stringify({ address: message.address, types, args: message.args.map((arg) => arg.value) }));
  const ended = message.address === "/macnet/done" || message.address === "/macnet/fail";
  if (ended && message.args[0].value === 2) wire.close();
});

wire.on("error", (error) => {
  console.error(String(error));
  process.exitCode = 1;
});

wire.open();
