// A Live set without Live, stricter than the real one: what a version does not know, a full slot, an unknown key of a note, an
// object that is gone, LiveAPI before Live is there or inside an observer: all that is refused and remembered in `errors`.
"use strict";

const { VERSIONS } = require("./lom.js");
const functions = require("./fake_functions.js");

class Refused extends Error {}

const LISTS = { tracks: 1, scenes: 1, return_tracks: 1, clip_slots: 1, arrangement_clips: 1, devices: 1, take_lanes: 1, parameters: 1,
  control_surfaces: 1 };
const TIMES = /^(loop_start|loop_end|start_marker|end_marker|start_time|end_time|length|playing_position|current_song_time)$/;

class World {
  /**
   * A set with `scenes` rows and no track.
   * version: of Live, as in lom.js; mostScenes, mostTracks: what the edition allows; noteForm: how notes have to be given
   * (object, text, both); longest: after so many letters a text breaks off.
   */
  constructor(version = "12.2", { scenes = 4, mostScenes = Infinity, mostTracks = Infinity, noteForm = "object", longest = Infinity } = {}) {
    Object.assign(this, { version, mostScenes, mostTracks, noteForm, longest, lom: VERSIONS[version] });
    this.objects = new Map();
    this.last = 0;
    this.isReady = false;
    this.observing = false;
    this.errors = [];
    this.overlaps = 0;
    this.undoSteps = [];
    this.redoSteps = [];
    this.observers = [];
    this.paths = new Set();
    this.app = this.add("Application", 0, {});
    this.song = this.add("Song", 0, { tracks: [], scenes: [], return_tracks: [], tempo: 120, signature_numerator: 4,
      signature_denominator: 4, is_playing: 0, current_song_time: 0, root_note: 2, scale_name: "Dorian",
      scale_intervals: [0, 2, 3, 5, 7, 9, 10], scale_mode: 1, clip_trigger_quantization: 4, can_undo: 1 });
    this.view = this.add("Song.View", this.song, { detail_clip: 0, highlighted_clip_slot: 0, selected_track: 0 });
    for (let row = 0; row < scenes; row += 1) functions.createScene(this, -1);
    this.changed = false;
  }

  add(type, parent, fields) {
    this.last += 1;
    this.objects.set(this.last, { type, canonical_parent: parent, ...fields });
    this.changed = true;
    return this.last;
  }

  of(id) {
    return this.objects.get(id);
  }

  refuse(text) {
    this.errors.push(text);
    throw new Refused(text);
  }

  // --- making a set, for tests ---------------------------------------------------------------------------------------

  track(name, fields = {}) {
    const id = functions.createTrack(this, -1, fields.isAudio ? 0 : 1);
    Object.assign(this.of(id), { name, color: 0x3366cc }, fields);
    return id;
  }

  clip(track, row, { name = "Verse", length = 8, notes = [], ...fields } = {}) {
    const slot = this.of(track).clip_slots[row];
    const id = functions.newClip(this, slot, length);
    this.of(slot).clip = id;
    Object.assign(this.of(id), { name }, fields);
    functions.addNotes(this, this.of(id), notes);
    return id;
  }

  arrangementClip(holder, start, { name = "Verse", length = 8, notes = [], ...fields } = {}) {
    const id = functions.newClip(this, holder, length, start);
    this.of(holder).arrangement_clips.push(id);
    Object.assign(this.of(id), { name }, fields);
    functions.addNotes(this, this.of(id), notes);
    return id;
  }

  open(clip) {
    this.of(this.view).detail_clip = clip;
  }

  highlight(track, row) {
    this.of(this.view).highlighted_clip_slot = this.of(track).clip_slots[row];
  }

  /** The user deletes a clip. */
  deleteClip(id) {
    functions.deleteClip(this, id);
  }

  clipIn(track, row) {
    return this.of(this.of(track).clip_slots[row]).clip;
  }

  /** What there is to see of a clip, with its notes in order. */
  seen(id) {
    const clip = this.of(id);
    if (!clip) return null;
    const notes = [...clip.notes].sort((a, b) => a.start_time - b.start_time || a.pitch - b.pitch);
    return { ...clip, notes: notes.map(({ note_id, ...note }) => note) };
  }

  /** The whole set as text: what undo has to bring back. */
  picture() {
    return JSON.stringify([...this.objects].map(([id, it]) => [id, { ...it, is_playing: 0, is_triggered: 0, position: 0 }]));
  }

  // --- undo -----------------------------------------------------------------------------------------------------------

  /** Everything that `call` changes is one step. */
  step(call) {
    const before = structuredClone(this.objects);
    this.changed = false;
    try {
      return call();
    } finally {
      if (this.changed) this.undoSteps.push(before);
      this.changed = false;
    }
  }

  undo() {
    const before = this.undoSteps.pop();
    if (before) {
      this.redoSteps.push(this.objects);
      this.objects = before;
    }
    return Boolean(before);
  }

  redo() {
    const after = this.redoSteps.pop();
    if (after) {
      this.undoSteps.push(this.objects);
      this.objects = after;
    }
  }

  // --- what LiveAPI does ----------------------------------------------------------------------------------------------

  check() {
    if (!this.isReady) this.refuse("LiveAPI before live.thisdevice");
    if (this.observing) this.refuse("LiveAPI inside an observer");
  }

  known(type, kind, name) {
    return (this.lom[type]?.[kind] || []).includes(name);
  }

  find(path) {
    const words = String(path).split(" ");
    if (words[0] === "id") return this.objects.has(Number(words[1])) ? Number(words[1]) : 0;
    const root = { live_set: this.song, live_app: this.app, this_device: this.device || 0 }[words[0]];
    if (root === undefined) this.refuse(`invalid path ${path}`);
    let id = root;
    for (let at = 1; at < words.length && id; at += 1) {
      if (words[at] === "view" && id === this.song) id = this.view;
      else if (LISTS[words[at]]) id = (this.of(id)[words[at]] || [])[Number(words[(at += 1)])] || 0;
      else id = this.of(id)[words[at]] || 0;
    }
    return id;
  }

  get(id, name) {
    const it = this.of(id);
    if (!it) this.refuse(`get ${name}: no object`);
    if (LISTS[name] && this.known(it.type, "children", name)) return (it[name] || []).flatMap((each) => ["id", each]);
    if (this.known(it.type, "children", name)) return ["id", (name === "view" ? this.view : it[name]) || 0];
    if (!this.known(it.type, "read", name) && !this.known(it.type, "write", name)) {
      this.refuse(`'${it.type}' object has no attribute '${name}'`);
    }
    const value = functions.computed(this, id, name);
    if (Array.isArray(value)) return [...value];
    return [TIMES.test(name) ? Math.fround(value) : value];
  }

  set(id, name, values) {
    const it = this.of(id);
    if (!it) this.refuse(`set ${name}: no object`);
    if (it.type === "Song.View" && ["detail_clip", "selected_track"].includes(name)) {
      if (values[0] !== "id" || !this.of(values[1])) this.refuse(`set ${name}: ${values}`);
      it[name] = values[1];
      return;
    }
    if (!this.known(it.type, "write", name)) this.refuse(`'${it.type}': property '${name}' cannot be set`);
    if (values.length !== 1 || values[0] === undefined || Number.isNaN(values[0])) this.refuse(`set ${name}: ${values}`);
    this.changed = true;
    functions.setProperty(this, id, name, values[0]);
    this.notify(id, name);
  }

  call(id, name, args) {
    const it = this.of(id);
    if (!it) this.refuse(`call ${name}: no object`);
    if (!this.known(it.type, "functions", name)) this.refuse(`'${it.type}' object has no attribute '${name}'`);
    for (const arg of args) {
      if (typeof arg === "number" && /e/.test(String(arg))) this.refuse(`call ${name}: ${arg} would be read as text`);
      if (arg === undefined || arg === null || Number.isNaN(arg)) this.refuse(`call ${name}: ${arg}`);
    }
    const result = functions.call(this, id, name, args);
    return typeof result === "string" ? result.slice(0, this.longest) : result;
  }

  info(id) {
    const it = this.of(id);
    if (!it) return "No object";
    const lists = this.lom[it.type];
    const lines = [`id ${id}`, `type ${it.type}`, ...lists.children.map((name) => `${LISTS[name] ? "children" : "child"} ${name} X`)];
    for (const name of [...lists.read, ...lists.write]) lines.push(`property ${name} int`);
    for (const name of lists.functions) lines.push(`function ${name}`);
    return [...lines, "done"].join("\n");
  }

  notify(id, name) {
    for (const observer of this.observers) {
      if (observer.id === id && observer.name === name) this.tell(observer);
    }
  }

  tell(observer) {
    this.observing = true;
    try {
      observer.callback([observer.name, functions.computed(this, observer.id, observer.name)]);
    } finally {
      this.observing = false;
    }
  }

  /** The class LiveAPI, for a script in another realm. */
  api() {
    const world = this;
    return class LiveAPI {
      constructor(first, second) {
        world.check();
        const path = typeof first === "string" ? first : second;
        this.callback = typeof first === "function" ? first : null;
        if (path !== undefined) {
          world.paths.add(path);
          this.bound = world.find(path);
        }
      }

      get id() {
        return String(world.objects.has(this.bound) ? this.bound : 0);
      }

      set id(id) {
        world.check();
        this.bound = world.objects.has(Number(id)) ? Number(id) : 0;
      }

      get type() {
        world.check();
        return this.bound && world.of(this.bound) ? world.of(this.bound).type : "";
      }

      get path() {
        return `"${this.unquotedpath}"`;
      }

      get unquotedpath() {
        return functions.pathOf(world, this.bound);
      }

      get info() {
        world.check();
        return world.info(this.bound);
      }

      get(name) {
        world.check();
        return world.get(this.bound, name);
      }

      set(name, ...values) {
        world.check();
        world.set(this.bound, name, values);
      }

      call(name, ...args) {
        world.check();
        return world.call(this.bound, name, args);
      }

      set property(name) {
        world.check();
        const observer = { id: this.bound, name, callback: this.callback };
        world.observers.push(observer);
        world.tell(observer);
      }
    };
  }
}

module.exports = { World, Refused };
