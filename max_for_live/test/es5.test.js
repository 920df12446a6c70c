// What the device ships is what Max's [js] of 2010 can read; and lint has nothing to say.
"use strict";

const { test } = require("node:test");
const assert = require("node:assert/strict");
const path = require("node:path");
const acorn = require("acorn");
const { ESLint } = require("eslint");
const { script, Device, FACE } = require("./fake_max.js");
const { World } = require("./fake_live.js");

function parse(text) {
  return acorn.parse(text, { ecmaVersion: 5, sourceType: "script" });
}

test("the shipped script is ES5, and plain ASCII where it was taken out of the device", () => {
  const tree = parse(script());
  if (process.env.MACNET_SCRIPT) assert.ok(/^[\x00-\x7f]*$/.test(script()));
  const names = tree.body.flatMap((each) => (each.type === "VariableDeclaration" ? each.declarations.map((one) => one.id.name) : each.id?.name ?? []));
  assert.equal(new Set(names).size, names.length, "no two files give the same name");
  assert.ok(names.includes("anything"));
});

test("what is fatal in Max is found", () => {
  for (const wrong of ["let a = 1;", "const a = 1;", "var f = () => 1;", "var s = `a`;", "class A {}", "f(1,);", "var {a} = b;", "for (var a of b) {}"]) {
    assert.throws(() => parse(wrong), SyntaxError, wrong);
  }
});

test("a built-in that Max lacks would fail in the fake Max", () => {
  const device = new Device(new World());
  const probe = "[typeof Object.assign, typeof [].includes, typeof ''.startsWith, typeof Map, typeof Promise, typeof setTimeout, typeof console, typeof Math.trunc].join()";
  const seen = require("node:vm").runInContext(probe, device.context);
  device.remove();
  assert.equal(seen, Array(8).fill("undefined").join());
});

test("nothing global of the script is called like a message of the patch", () => {
  const device = new Device(new World());
  const selectors = [...FACE.controls, ...FACE.inputs].map((each) => each.selector);
  const taken = selectors.filter((name) => name in device.context);
  device.remove();
  assert.deepEqual(taken, [], "they all go through `anything`");
});

test("eslint is content with the script and its tests", async () => {
  const root = path.join(__dirname, "..");
  const eslint = new ESLint({ cwd: root, overrideConfigFile: path.join(__dirname, "eslint.config.js") });
  const [wrong] = await eslint.lintText("function f(unused) { somewhere(); if (unused == 1) { return 2; } }\n", { filePath: path.join(root, "code", "x.js") });
  assert.deepEqual(wrong.messages.map((each) => each.ruleId), ["no-undef", "eqeqeq"], "lint is awake");
  const results = await eslint.lintFiles(["code/*.js", "test/*.js"]);
  assert.ok(results.length > 20, `${results.length} files`);
  assert.deepEqual(results.flatMap((file) => file.messages.map((each) => `${path.basename(file.filePath)}:${each.line} ${each.ruleId} ${each.message}`)), []);
});
