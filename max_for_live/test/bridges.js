// A real bridge, and a bad line to it.
"use strict";

const dgram = require("node:dgram");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { spawn } = require("node:child_process");
const osc = require("./osc.js");

const ROOT = path.join(__dirname, "..", "..");
const MODELS = path.join(ROOT, "bridge", "models");

/** The models that come with the bridge, in the order in which it lists them, and the one that it uses by itself. */
const BUNDLED = fs.readdirSync(MODELS).filter((name) => fs.existsSync(path.join(MODELS, name, "card.json"))).sort();
const DEFAULT = fs.readFileSync(path.join(ROOT, "bridge", "config.py"), "utf8").match(/^DEFAULT_MODEL = "(.*)"$/m)[1];

class Bridge {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "macnet-live-"));
    this.port = 0;
  }

  /** A second model on the shelf: the bundled one under another name. */
  addModel(name) {
    const folder = path.join(this.folder, "models", name);
    fs.cpSync(path.join(MODELS, DEFAULT), folder, { recursive: true });
    const card = path.join(folder, "card.json");
    fs.writeFileSync(card, JSON.stringify({ ...JSON.parse(fs.readFileSync(card, "utf8")), name }));
    return this;
  }

  /** Start `macnet serve`, on the port it had before if it ran before. */
  start() {
    const python = process.env.MACNET_PYTHON || path.join(ROOT, ".venv", "bin", "python");
    const args = ["-m", "bridge", "serve", "--no-demo", "--port", String(this.port), "--data-dir", this.folder];
    this.process = spawn(python, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let complaint = "";
    this.process.stderr.on("data", (bytes) => (complaint += bytes));
    return new Promise((resolve, reject) => {
      readline.createInterface({ input: this.process.stdout }).on("line", (line) => {
        const found = line.match(/127\.0\.0\.1:(\d+)/);
        if (!found) return;
        this.port = Number(found[1]);
        resolve(this);
      });
      this.process.on("exit", (code) => reject(new Error(`macnet serve ended (${code}): ${complaint}`)));
    });
  }

  kill(signal = "SIGKILL") {
    return new Promise((resolve) => {
      // One that a signal ended has no exit code, and says no more that it is over.
      if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return resolve();
      this.process.removeAllListeners("exit");
      this.process.on("exit", resolve);
      this.process.kill(signal);
    });
  }

  async end() {
    await this.kill("SIGKILL");
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A random generator with a seed (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A line between a device and the bridge that loses, doubles or swaps one packet in five, in both directions. It rewrites the
 * reply port of every hello, so that answers pass through it too.
 */
class BadLine {
  constructor(bridgePort, random, share = 0.2) {
    Object.assign(this, { bridgePort, random, share, harmed: 0, passed: 0 });
    this.held = new Map();
    this.front = dgram.createSocket("udp4");
    this.backs = new Map();
    this.front.on("message", (packet, from) => this.toBridge(packet, from));
  }

  open() {
    return new Promise((resolve) => this.front.bind(0, "127.0.0.1", () => {
      this.port = this.front.address().port;
      resolve(this);
    }));
  }

  toBridge(packet, from) {
    const back = this.backOf(from);
    let sent = packet;
    if (packet.includes("/macnet/hello")) {
      const { address, args } = osc.decode(packet);
      back.reply = args[3];
      sent = osc.encode(address, [...args.slice(0, 3), 0]);
    }
    this.harm(sent, "out" + from.port, (bytes) => back.socket.send(bytes, this.bridgePort, "127.0.0.1"));
  }

  backOf(from) {
    if (!this.backs.has(from.port)) {
      const socket = dgram.createSocket("udp4");
      const back = { socket, reply: 0 };
      socket.on("error", () => {});
      socket.on("message", (packet) => this.harm(packet, "in" + from.port, (bytes) => {
        if (back.reply) this.front.send(bytes, back.reply, "127.0.0.1");
      }));
      this.backs.set(from.port, back);
    }
    return this.backs.get(from.port);
  }

  harm(packet, way, pass) {
    if (this.tap) this.tap(way.replace(/\d+/, ""), packet);
    const held = this.held.get(way);
    this.held.delete(way);
    const fate = this.random() < this.share ? Math.floor(this.random() * 3) : 3;
    this.passed += 1;
    if (fate < 3) this.harmed += 1;
    if (fate === 1) pass(packet);
    if (fate === 2 && !held) this.held.set(way, packet);
    else if (fate !== 0) pass(packet);
    if (held) pass(held);
  }

  close() {
    this.front.close();
    for (const back of this.backs.values()) back.socket.close();
  }
}

module.exports = { BUNDLED, DEFAULT, Bridge, BadLine, seeded };
