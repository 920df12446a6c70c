// What the functions of the fake Live do to its set, and what they refuse.
"use strict";

const NOTE_KEYS = ["pitch", "start_time", "duration", "velocity", "mute", "probability", "velocity_deviation", "release_velocity"];
const DEFAULTS = { velocity: 100, mute: 0, probability: 1, velocity_deviation: 0, release_velocity: 64 };

// --- things -----------------------------------------------------------------------------------------------------------

function newClip(world, parent, length, start = null) {
  return world.add("Clip", parent, {
    name: "", color: 0x999999, looping: start === null ? 1 : 0, loop_start: 0, loop_end: length, start_marker: 0, end_marker: length,
    signature_numerator: 4, signature_denominator: 4, launch_mode: 0, launch_quantization: 0, legato: 0, velocity_amount: 0,
    muted: 0, is_arrangement_clip: start === null ? 0 : 1, is_audio_clip: 0, is_midi_clip: 1, is_playing: 0, is_triggered: 0,
    is_recording: 0, position: 0, start_time: start ?? 0, extent: length, notes: [], selected: [], lastNote: 0,
  });
}

function createTrack(world, index, isMidi) {
  const song = world.of(world.song);
  if (song.tracks.length >= world.mostTracks) world.refuse("this edition of Live has no more tracks");
  const id = world.add("Track", world.song, { name: isMidi ? "MIDI" : "Audio", color: 0x888888, has_midi_input: isMidi, is_foldable: 0,
    is_frozen: 0, clip_slots: [], arrangement_clips: [], devices: [], take_lanes: [], playing_slot_index: -2 });
  for (let row = 0; row < song.scenes.length; row += 1) addSlot(world, id);
  song.tracks.splice(index < 0 ? song.tracks.length : index, 0, id);
  return id;
}

function addSlot(world, track) {
  const slot = world.add("ClipSlot", track, { clip: 0, color: 0, has_stop_button: 1 });
  world.of(track).clip_slots.push(slot);
}

function createScene(world, index) {
  const song = world.of(world.song);
  if (index !== -1 && index !== song.scenes.length) world.refuse("this fake adds scenes at the end only");
  if (song.scenes.length >= world.mostScenes) world.refuse("this edition of Live has no more scenes");
  song.scenes.push(world.add("Scene", world.song, { name: "" }));
  for (const track of song.tracks) addSlot(world, track);
  return ["id", song.scenes.at(-1)];
}

function deleteScene(world, index) {
  const song = world.of(world.song);
  if (song.scenes.length <= 1 || !song.scenes[index]) world.refuse(`delete_scene ${index}`);
  world.objects.delete(song.scenes.splice(index, 1)[0]);
  for (const track of song.tracks) {
    const slot = world.of(track).clip_slots.splice(index, 1)[0];
    if (world.of(slot).clip) world.objects.delete(world.of(slot).clip);
    world.objects.delete(slot);
  }
}

function deleteTrack(world, index) {
  const song = world.of(world.song);
  const id = song.tracks.splice(index, 1)[0];
  if (!id) world.refuse(`delete_track ${index}`);
  for (const slot of world.of(id).clip_slots) {
    if (world.of(slot).clip) world.objects.delete(world.of(slot).clip);
    world.objects.delete(slot);
  }
  for (const holder of [id, ...world.of(id).take_lanes]) {
    for (const clip of world.of(holder).arrangement_clips) world.objects.delete(clip);
    world.objects.delete(holder);
  }
}

function deleteClip(world, id) {
  const parent = world.of(world.of(id).canonical_parent);
  if (parent.type === "ClipSlot") parent.clip = 0;
  else parent.arrangement_clips = parent.arrangement_clips.filter((each) => each !== id);
  const view = world.of(world.view);
  if (view.detail_clip === id) view.detail_clip = 0;
  world.objects.delete(id);
  world.changed = true;
}

// --- notes ------------------------------------------------------------------------------------------------------------

function checkNote(world, note) {
  for (const key of ["pitch", "start_time", "duration"]) {
    if (typeof note[key] !== "number" || Number.isNaN(note[key])) world.refuse("Missing required keys");
  }
  for (const key of Object.keys(note)) {
    if (!NOTE_KEYS.includes(key)) world.refuse(`Invalid entry in the dictionary: ${key}`);
  }
  if (!Number.isInteger(note.pitch) || note.pitch < 0 || note.pitch > 127) world.refuse(`pitch ${note.pitch}`);
  if (note.duration <= 0) world.refuse(`duration ${note.duration}`);
  if (note.velocity !== undefined && (note.velocity < 0 || note.velocity > 127)) world.refuse(`velocity ${note.velocity}`);
}

// Where a note runs into another of its pitch, the earlier one is cut; one that starts where another does takes its place.
function addNote(world, clip, given) {
  const note = { ...DEFAULTS, ...given };
  clip.notes = clip.notes.filter((other) => {
    const isSame = other.pitch === note.pitch && Math.abs(other.start_time - note.start_time) < 1e-9;
    if (isSame) world.overlaps += 1;
    return !isSame;
  });
  for (const other of clip.notes) {
    if (other.pitch !== note.pitch) continue;
    const [first, second] = other.start_time < note.start_time ? [other, note] : [note, other];
    if (first.start_time + first.duration > second.start_time + 1e-9) {
      first.duration = second.start_time - first.start_time;
      world.overlaps += 1;
    }
  }
  clip.lastNote += 1;
  clip.notes.push({ note_id: clip.lastNote, ...note });
  return clip.lastNote;
}

function addNotes(world, clip, list) {
  for (const note of list) checkNote(world, note);
  return list.map((note) => addNote(world, clip, note));
}

function readDictionary(world, given) {
  const isText = typeof given === "string";
  if (world.noteForm !== "both" && isText !== (world.noteForm === "text")) return null;
  const dictionary = isText ? JSON.parse(given) : given;
  if (!dictionary || !dictionary.notes) world.refuse("add_new_notes needs a dictionary with notes");
  return dictionary;
}

function asJson(notes) {
  const sorted = [...notes].sort((a, b) => a.start_time - b.start_time || a.pitch - b.pitch);
  return JSON.stringify({ notes: sorted.map((note) => ({ ...note, mute: note.mute ? 1 : 0 })) });
}

function inRegion(note, [fromPitch, pitchSpan, from, span]) {
  return note.pitch >= fromPitch && note.pitch < fromPitch + pitchSpan && note.start_time >= from && note.start_time < from + span;
}

function midiOnly(world, clip) {
  if (clip.is_audio_clip) world.refuse("not a MIDI clip");
}

const CLIP_CALLS = {
  get_notes_extended(world, clip, args) {
    midiOnly(world, clip);
    if (args.length !== 4) world.refuse("get_notes_extended needs four arguments");
    return asJson(clip.notes.filter((note) => inRegion(note, args)));
  },
  get_selected_notes_extended(world, clip) {
    midiOnly(world, clip);
    return asJson(clip.notes.filter((note) => clip.selected.includes(note.note_id)));
  },
  add_new_notes(world, clip, [given]) {
    midiOnly(world, clip);
    const dictionary = readDictionary(world, given);
    if (!dictionary) return undefined;
    world.changed = true;
    return addNotes(world, clip, Array.from(dictionary.notes));
  },
  remove_notes_extended(world, clip, args) {
    midiOnly(world, clip);
    world.changed = true;
    clip.notes = clip.notes.filter((note) => !inRegion(note, args));
  },
  fire(world, clip) {
    if (clip.is_arrangement_clip) world.refuse("an arrangement clip cannot be launched");
    for (const slot of world.of(trackOf(world, clip)).clip_slots) {
      const other = world.of(world.of(slot).clip);
      if (other) other.is_triggered = 0;
    }
    clip.is_triggered = 1;
  },
  stop(world, clip) {
    clip.is_playing = 0;
  },
};

// --- slots, tracks, lanes, the song -----------------------------------------------------------------------------------

function trackOf(world, it) {
  let id = it.canonical_parent;
  while (world.of(id).type !== "Track") id = world.of(id).canonical_parent;
  return id;
}

function checkMidiTrack(world, id) {
  const track = world.of(id);
  if (!track.has_midi_input || track.is_foldable) world.refuse("not a MIDI track");
  if (track.is_frozen) world.refuse("the track is frozen");
}

function arrange(world, holder, start, length) {
  const it = world.of(holder);
  checkMidiTrack(world, it.type === "Track" ? holder : it.canonical_parent);
  if (start < 0 || start > 1576800 || length <= 0) world.refuse(`create_midi_clip ${start} ${length}`);
  const over = it.arrangement_clips.map((id) => world.of(id)).find((clip) =>
    clip.start_time < start + length - 1e-6 && clip.start_time + clip.extent > start + 1e-6);
  if (over) world.refuse(`a clip at ${over.start_time} was overwritten`);
  const id = newClip(world, holder, length, start);
  it.arrangement_clips.push(id);
  return ["id", id];
}

function idIn(world, given) {
  const [, number] = String(given).match(/^id (\d+)$/) || [];
  if (!number || !world.of(Number(number))) world.refuse(`not an id: ${given}`);
  return Number(number);
}

const SLOT_CALLS = {
  create_clip(world, slot, [length], id) {
    if (slot.clip) world.refuse("the slot already has a clip");
    checkMidiTrack(world, slot.canonical_parent);
    if (!(length > 0)) world.refuse(`create_clip ${length}`);
    slot.clip = newClip(world, id, length);
  },
  delete_clip(world, slot) {
    if (!slot.clip) world.refuse("the slot is empty");
    deleteClip(world, slot.clip);
  },
  fire(world, slot) {
    if (slot.clip) CLIP_CALLS.fire(world, world.of(slot.clip));
  },
};

const TRACK_CALLS = {
  delete_clip(world, track, [given], id) {
    const clip = idIn(world, given);
    if (trackOf(world, world.of(clip)) !== id) world.refuse("a clip of another track");
    deleteClip(world, clip);
  },
  duplicate_clip_to_arrangement(world, track, [given, time], id) {
    const clip = world.of(idIn(world, given));
    if (clip.is_arrangement_clip) world.refuse("from arrangement to arrangement: Live may crash");
    const [, copy] = arrange(world, id, time, clip.loop_end - clip.loop_start);
    const { canonical_parent, start_time, extent, is_arrangement_clip, ...fields } = structuredClone(clip);
    Object.assign(world.of(copy), fields);
    return ["id", copy];
  },
  create_midi_clip: (world, track, [start, length], id) => arrange(world, id, start, length),
  create_take_lane(world, track, _, id) {
    track.take_lanes.push(world.add("TakeLane", id, { name: "", arrangement_clips: [] }));
    return ["id", track.take_lanes.at(-1)];
  },
};

const SONG_CALLS = {
  create_scene: (world, song, [index]) => createScene(world, index),
  delete_scene: (world, song, [index]) => deleteScene(world, index),
  create_midi_track(world, song, [index]) {
    const id = createTrack(world, index, 1);
    Object.assign(world.of(world.view), { selected_track: id, detail_clip: 0 }); // a new track is selected, and hides the clip
    return ["id", id];
  },
  delete_track: (world, song, [index]) => deleteTrack(world, index),
  undo: (world) => void world.undo(),
  redo: (world) => void world.redo(),
  start_playing: (world, song) => void (song.is_playing = 1),
  stop_playing: (world, song) => void (song.is_playing = 0),
};

const LANE_CALLS = { create_midi_clip: (world, lane, [start, length], id) => arrange(world, id, start, length) };

const APP_CALLS = {
  get_major_version: (world) => Number(world.version.split(".")[0]),
  get_minor_version: (world) => Number(world.version.split(".")[1]),
  get_bugfix_version: () => 0,
};

const CALLS = { Clip: CLIP_CALLS, ClipSlot: SLOT_CALLS, Track: TRACK_CALLS, Song: SONG_CALLS, TakeLane: LANE_CALLS, Application: APP_CALLS };

function call(world, id, name, args) {
  const it = world.of(id);
  const known = CALLS[it.type]?.[name];
  if (!known) world.refuse(`the fake Live does not play ${it.type}.${name}`);
  if (!/^(get_|fire$|stop$|undo$|start_|stop_)/.test(name)) world.changed = true;
  return known(world, it, args, id);
}

// --- properties -------------------------------------------------------------------------------------------------------

const COMPUTED = {
  has_clip: (it) => (it.clip ? 1 : 0),
  length: (it) => it.loop_end - it.loop_start,
  end_time: (it) => (it.is_arrangement_clip ? it.start_time + it.extent : it.looping ? it.loop_end : it.end_marker),
  playing_position: (it) => it.position,
};

function computed(world, id, name) {
  const it = world.of(id);
  return COMPUTED[name] ? COMPUTED[name](it) : it[name] ?? 0;
}

// Markers may not cross.
const ORDER = [["loop_start", "loop_end"], ["start_marker", "end_marker"]];

function setProperty(world, id, name, value) {
  const it = world.of(id);
  const next = { ...it, [name]: value };
  for (const [first, last] of ORDER) {
    if ((name === first || name === last) && !(next[first] < next[last])) world.refuse(`${name} ${value} crosses the other marker`);
  }
  if (name === "signature_denominator" && ![1, 2, 4, 8, 16].includes(value)) world.refuse(`signature_denominator ${value}`);
  if (it.type === "Clip" && it.is_arrangement_clip && it.looping && name.startsWith("loop_")) world.refuse("a looped arrangement clip keeps its size");
  it[name] = value;
}

function pathOf(world, id) {
  const it = world.of(id);
  if (!it) return "";
  if (it.type === "Song") return "live_set";
  const parent = world.of(it.canonical_parent);
  const list = Object.keys(parent).find((name) => Array.isArray(parent[name]) && parent[name].includes(id));
  const rest = list ? `${list} ${parent[list].indexOf(id)}` : "clip";
  return `${pathOf(world, it.canonical_parent)} ${rest}`;
}

module.exports = { newClip, createTrack, createScene, deleteClip, addNotes, call, computed, setProperty, pathOf, trackOf };
