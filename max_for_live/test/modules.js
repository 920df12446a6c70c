// The script's pure rooms, out of the same text that the device runs.
"use strict";

const vm = require("node:vm");
const { script } = require("./fake_max.js");

function modules() {
  const never = () => {
    throw new Error("pure code must not touch Max");
  };
  const context = vm.createContext({ post: never, outlet: never, LiveAPI: never, Task: never, inlets: 1, outlets: 1 });
  vm.runInContext(script(), context);
  return context;
}

/** A value of the script's realm as one of ours, so that it can be compared. */
function ours(value) {
  return JSON.parse(JSON.stringify(value));
}

module.exports = { modules, ours };
