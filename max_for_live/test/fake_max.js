// The device without Max: the script runs under node:vm in what `[js]` offers and no more, its inlet and outlets are wired as
// face.json says, and what goes to the UDP boxes travels as real packets over loopback.
"use strict";

const dgram = require("node:dgram");
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const osc = require("./osc.js");

const FACE = JSON.parse(fs.readFileSync(path.join(__dirname, "..", "face.json"), "utf8"));
const HOST = "127.0.0.1";

// What a script of 2010 finds; the rest is taken out of its realm, so that nothing newer is used unawares.
const GLOBALS = `Object Function Array String Boolean Number Date RegExp Error EvalError RangeError ReferenceError SyntaxError TypeError
  URIError Math JSON NaN Infinity undefined parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape eval globalThis`.split(/\s+/);
const MEMBERS = {
  Object: "prototype getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames create defineProperty defineProperties seal freeze preventExtensions isSealed isFrozen isExtensible keys length name",
  Array: "prototype isArray length name",
  Number: "prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY length name",
  String: "prototype fromCharCode length name",
  Date: "prototype parse UTC now length name",
  Math: "E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sin sqrt tan",
  "Array.prototype": "constructor toString toLocaleString concat join pop push reverse shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter reduce reduceRight length",
  "String.prototype": "constructor toString valueOf charAt charCodeAt concat indexOf lastIndexOf localeCompare match replace search slice split substring toLowerCase toLocaleLowerCase toUpperCase toLocaleUpperCase trim substr length",
  "Function.prototype": "constructor toString apply call bind length name arguments caller",
  "Number.prototype": "constructor toString toLocaleString valueOf toFixed toExponential toPrecision",
};

function strip(context) {
  context.allowedGlobals = GLOBALS;
  context.allowedMembers = MEMBERS;
  vm.runInContext(`(function (globals, members) {
    var it = this;
    Object.getOwnPropertyNames(members).forEach(function (path) {
      var owner = path.split(".").reduce(function (o, name) { return o[name]; }, it);
      var allowed = members[path].split(" ");
      Object.getOwnPropertyNames(owner).forEach(function (name) { if (allowed.indexOf(name) < 0) { delete owner[name]; } });
    });
    Object.getOwnPropertyNames(it).forEach(function (name) { if (globals.indexOf(name) < 0) { delete it[name]; } });
  }.call(this, allowedGlobals, allowedMembers))`, context);
}

/** The script as the build joins it, from the readable sources. */
function joined() {
  const folder = path.join(__dirname, "..", "code");
  const parts = FACE.script.sources.map((name) => `// ---- ${name}\n${fs.readFileSync(path.join(folder, name), "utf8")}`);
  return `var BUILD = "0.1.0-sources";\n${parts.join("\n")}`;
}

const SCRIPT = process.env.MACNET_SCRIPT ? fs.readFileSync(process.env.MACNET_SCRIPT, "utf8") : joined();

/** The shipped script: the file that MACNET_SCRIPT names (taken out of the built device), else the joined sources. */
function script() {
  return SCRIPT;
}

class Device {
  /**
   * A device in a set.
   * world: the fake Live; values: of controls, by selector; bridge: port; stored: what the set has in the pattr.
   * allFloats: whether this Max sends every number as a float. pace, clock: how much faster than real time its tasks run, and
   * its clock. random: in place of Math.random. isMute: packets to itself do not arrive.
   */
  constructor(world, { values = {}, bridge = 9471, stored = null, allFloats = false, host = HOST, pace = 1, clock = 1, random = null, isMute = false } = {}) {
    Object.assign(this, { world, stored, allFloats, host, pace, clock, random, isMute });
    this.values = { port: bridge };
    for (const control of FACE.controls) {
      if (control.default !== undefined && !(control.selector in this.values)) this.values[control.selector] = control.default;
    }
    Object.assign(this.values, values);
    this.face = {};
    this.statuses = [];
    this.posts = [];
    this.errors = [];
    this.report = [];
    this.tasks = new Set();
    this.symbols = new Set();
    this.waiting = [];
    this.sent = { packets: 0, largest: 0 };
    this.ports = { bridge, echo: 40000 };
    this.out = dgram.createSocket("udp4");
    this.echo = dgram.createSocket("udp4");
    this.in = null;
    this.listening = 0;
    this.load();
  }

  load() {
    const device = this;
    const sandbox = Object.create(null);
    this.context = vm.createContext(sandbox);
    strip(this.context);
    class Task {
      constructor(call, owner, ...args) {
        Object.assign(this, { call, owner, args, interval: 500 });
        device.tasks.add(this);
      }
      run() {
        device.message(() => this.call.apply(this.owner, this.args));
      }
      repeat(times = -1) {
        this.cancel();
        if (times !== -1) device.errors.push("the fake Max repeats without end only");
        this.timer = setInterval(() => this.run(), this.interval / device.pace);
      }
      schedule(ms = 0) {
        this.cancel();
        this.timer = setTimeout(() => this.run(), ms / device.pace);
      }
      cancel() {
        clearInterval(this.timer);
      }
    }
    Object.assign(this.context, {
      post: (...words) => device.posts.push(words.join(" ")),
      outlet: (...args) => device.outlet(args),
      Task, LiveAPI: this.world.api(), Dict: class Dict { constructor() { device.errors.push("Dict is not used"); } },
      max: { version: "905" }, messnamed: () => device.errors.push("messnamed is not used"),
      jsarguments: ["macnet.js"], messagename: "", inlet: 0, inlets: 1, outlets: 1, autowatch: 0,
    });
    if (this.clock !== 1) this.speedUp();
    if (this.random) vm.runInContext("Math", this.context).random = this.random;
    vm.runInContext("function arrayfromargs(args) { return Array.prototype.slice.call(args); }", this.context);
    vm.runInContext(script(), this.context, { filename: "macnet.js" });
    if (this.context.inlets !== FACE.script.inlets || this.context.outlets !== FACE.script.outlets) this.errors.push("inlets or outlets");
  }

  // A clock that runs faster: patience of half a minute is over in a second.
  speedUp() {
    const clock = this.clock;
    const begin = Date.now();
    this.context.Date = class {
      getTime() {
        return begin + (Date.now() - begin) * clock;
      }
    };
  }

  /** Something that happens in the script: one step of undo, one turn of the low-priority queue. */
  message(call) {
    if (this.isGone) return;
    try {
      this.world.step(call);
    } catch (error) {
      this.errors.push(String(error.stack || error));
    }
  }

  /** A message into the inlet, as [js] takes it: to the function of that name, else to `anything`. */
  inlet(selector, ...args) {
    const target = typeof this.context[selector] === "function" ? this.context[selector] : this.context.anything;
    this.context.messagename = selector;
    this.message(() => target.apply(this.context, args));
  }

  /** The device is in the set: live.thisdevice bangs. */
  start() {
    this.world.isReady = true;
    this.inlet("ready");
    return this;
  }

  /** What a saved set sends before live.thisdevice: stored values, in any order, and the pattr. */
  recall() {
    for (const [selector, value] of Object.entries(this.values)) this.inlet(selector, value);
    if (this.stored !== null) this.inlet("restore", this.stored);
    return this;
  }

  press(selector) {
    this.inlet(selector);
  }

  turn(selector, value) {
    const control = FACE.controls.find((each) => each.selector === selector);
    if (!control) throw new Error(`no control ${selector}`);
    this.values[selector] = value;
    this.inlet(selector, value);
  }

  // --- outlets --------------------------------------------------------------------------------------------------------

  outlet([number, ...rest]) {
    const atoms = rest.length === 1 && Array.isArray(rest[0]) ? [...rest[0]] : rest;
    for (const atom of atoms) {
      if (typeof atom === "string" ? atom === "" : !(typeof atom === "number" && Number.isFinite(atom))) {
        this.errors.push(`outlet ${number} sends ${String(atom) || "an empty text"}: ${atoms.slice(0, 6).join(" ")}`);
        return;
      }
      if (typeof atom === "string") this.symbols.add(atom);
    }
    const wiring = FACE.outputs[number];
    const [selector, ...args] = atoms;
    const known = wiring?.selectors.some((each) => each.selector === selector || (each.selector.endsWith("*") && selector.startsWith(each.selector.slice(0, -1))));
    if (!known) {
      this.errors.push(`nobody receives ${selector} of outlet ${number}`);
      return;
    }
    [this.toBridge, this.toListener, this.toFace, this.toEcho][number].call(this, selector, args);
  }

  toBridge(selector, args) {
    if (selector === "port") {
      this.ports.bridge = args[0];
      return;
    }
    this.send(this.out, this.ports.bridge, selector, args);
  }

  toEcho(selector, args) {
    if (selector === "port") {
      this.ports.echo = args[0];
      return;
    }
    if (!this.isMute) this.send(this.echo, this.ports.echo, selector, args);
  }

  send(socket, port, address, args) {
    const packet = osc.encode(address, args, { allFloats: this.allFloats });
    this.sent.packets += 1;
    if (address !== "/macnet/echo") this.sent.largest = Math.max(this.sent.largest, packet.length);
    if (!this.isGone) socket.send(packet, port, this.host, () => {});
  }

  // A port that is taken says nothing to the patch: the box just stays deaf.
  toListener(_, [port]) {
    if (this.in) this.in.close();
    const socket = dgram.createSocket("udp4");
    this.in = socket;
    this.listening = port;
    socket.on("error", () => this.posts.push(`udpreceive: port ${port} is in use`));
    socket.on("message", (packet) => this.arrive(packet));
    socket.bind(port, this.host);
  }

  arrive(packet) {
    let heard;
    try {
      heard = osc.decode(packet);
    } catch {
      return;
    }
    setImmediate(() => this.inlet("heard", heard.address, ...heard.args));
  }

  toFace(selector, args) {
    this.face[selector] = args;
    if (selector === "status") this.statuses.push(args[0]);
    if (selector === "status" && args[0].length > FACE.limits.status_chars) this.errors.push(`too long a status: ${args[0]}`);
    if (selector === "bridge" && args[0].length > FACE.limits.bridge_chars) this.errors.push(`too long: ${args[0]}`);
    if (selector === "report_text") this.report = args[0].split("\n");
    if (selector === "store") this.keep(args[0]);
    if (selector === "recall" && this.stored !== null) this.inlet("restore", this.stored);
    if (selector === "refresh") this.refresh();
    if (selector.endsWith("_items")) this.refill(selector.slice(0, -6));
    this.wake();
  }

  // A menu that is filled anew speaks for itself; a script that takes that for the user's choice loses what was chosen.
  refill(menu) {
    setImmediate(() => this.inlet(menu, 0));
  }

  /** The user picks an item of a menu, by its text. */
  async choose(menu, text) {
    const items = () => this.face[`${menu}_items`] || [];
    await this.until(() => items().includes(text), `${menu} has ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 260));
    this.inlet(menu, items().indexOf(text));
  }

  keep(text) {
    this.stored = text;
    if (text.length > FACE.limits.state_chars) this.errors.push("too much to store");
    setImmediate(() => this.inlet("restore", text)); // a pattr gives back what it is given
  }

  refresh() {
    for (const control of FACE.controls) {
      if (control.default === undefined || control.filled || control.selector === "auto") continue;
      setImmediate(() => this.inlet(control.selector, this.values[control.selector]));
    }
  }

  get status() {
    return this.statuses.at(-1) || "";
  }

  wake() {
    for (const check of [...this.waiting]) check();
  }

  /** Wait until `condition()` holds, looked at whenever the face changes and now and then. */
  until(condition, what = "", ms = 90000) {
    return new Promise((resolve, reject) => {
      const finish = (settle, value) => {
        clearInterval(poll);
        clearTimeout(late);
        this.waiting = this.waiting.filter((each) => each !== check);
        settle(value);
      };
      const check = () => {
        if (condition()) finish(resolve);
      };
      const poll = setInterval(check, 20);
      const late = setTimeout(() => finish(reject, new Error(`${what || condition}: never. Last: ${this.statuses.slice(-6).join(" | ")}; ` +
        `errors ${[...this.errors, ...this.world.errors].slice(-3).join(" | ")}; posts ${this.posts.slice(-3).join(" | ")}`)), ms);
      this.waiting.push(check);
      check();
    });
  }

  says(pattern, ms) {
    return this.until(() => pattern.test(this.status), String(pattern), ms);
  }

  async connected() {
    await this.until(() => this.face.online?.[0] === 2, "connected");
    return this;
  }

  /** The device is taken out of the set. */
  remove() {
    if (this.isGone) return;
    if (typeof this.context.notifydeleted === "function") this.context.notifydeleted();
    this.isGone = true;
    for (const task of this.tasks) task.cancel();
    this.out.close();
    this.echo.close();
    if (this.in) this.in.close();
  }
}

module.exports = { Device, FACE, joined, script };
