// The device's script is ES5 for Max's [js]; its tests are what Node 20 runs.
"use strict";

const ROOMS = ["texts", "wire", "notes", "talk", "live", "face", "menus", "place", "question", "landing", "listen", "state", "endless", "selfcheck", "device"];
const MAX = ["post", "outlet", "Task", "LiveAPI", "arrayfromargs", "messagename", "jsarguments", "max", "BUILD"];

function globals(names, how) {
  return Object.fromEntries(names.map((name) => [name, how]));
}

const SENSE = {
  "no-undef": "error",
  "no-unused-vars": ["error", { vars: "local", args: "after-used", caughtErrors: "none", ignoreRestSiblings: true }],
  "no-shadow": "off",
  "no-redeclare": ["error", { builtinGlobals: false }],
  "no-cond-assign": "error",
  "no-dupe-keys": "error",
  "no-unreachable": "error",
  "no-self-assign": "error",
  "no-constant-condition": "error",
  "no-fallthrough": "error",
  "use-isnan": "error",
  "valid-typeof": "error",
  eqeqeq: "error",
  curly: ["error", "multi-line"],
  complexity: ["error", 13],
  "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true, IIFEs: false }],
  "max-lines": ["error", { max: 500 }],
  "max-len": ["error", { code: 150 }],
};

module.exports = [
  {
    files: ["code/*.js"],
    languageOptions: {
      ecmaVersion: 5,
      sourceType: "script",
      globals: { ...globals([...ROOMS, ...MAX], "readonly"), ...globals(["inlets", "outlets"], "writable") },
    },
    rules: SENSE,
  },
  {
    files: ["test/*.js"],
    ignores: ["test/engine.js"],
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: "commonjs",
      globals: globals(["process", "Buffer", "console", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "structuredClone", "__dirname"], "readonly"),
    },
    rules: { ...SENSE, complexity: "off", "max-lines-per-function": "off", "max-len": ["error", { code: 240 }] },
  },
];
