// Time in the fake Live: clips play, loop, and are launched at the next quantum, as far as the device can see.
"use strict";

const QUANTA = [0, 32, 16, 8, 4, 2, 4 / 3, 1, 2 / 3, 0.5, 1 / 3, 0.25, 1 / 6, 0.125]; // beats in 4/4
const STEP = 1 / 32;

function quantumOf(world, clip) {
  const own = clip.launch_quantization;
  return QUANTA[own === 0 ? world.of(world.song).clip_trigger_quantization : own - 1];
}

function clipsOf(world, track) {
  return world.of(track).clip_slots.map((slot) => world.of(world.of(slot).clip)).filter(Boolean);
}

function launch(world, clips, time, log) {
  const next = clips.find((clip) => clip.is_triggered);
  if (!next) return;
  const quantum = quantumOf(world, next);
  if (quantum && Math.abs(time / quantum - Math.round(time / quantum)) > 1e-6) return;
  const old = clips.find((clip) => clip.is_playing);
  if (old) log.push({ time, from: old.name, at: old.position, to: next.name });
  for (const clip of clips) clip.is_playing = 0;
  Object.assign(next, { is_playing: 1, is_triggered: 0, position: next.start_marker });
}

function move(clip, log, time) {
  clip.position += STEP;
  if (clip.looping && Math.abs(clip.position - clip.loop_end) < 1e-6) {
    clip.position = clip.loop_start;
    log.push({ time, loops: clip.name });
  } else if (!clip.looping && clip.position >= clip.end_marker - 1e-6) {
    clip.is_playing = 0;
    log.push({ time, ends: clip.name });
  }
}

/** Let `beats` pass; what happened goes to `log`. */
function advance(world, beats, log = []) {
  const song = world.of(world.song);
  if (!song.is_playing) return log;
  for (let done = 0; done < beats - 1e-9; done += STEP) {
    for (const track of song.tracks) launch(world, clipsOf(world, track), song.current_song_time, log);
    song.current_song_time += STEP;
    for (const track of song.tracks) {
      const playing = clipsOf(world, track).find((clip) => clip.is_playing);
      if (playing) move(playing, log, song.current_song_time);
    }
  }
  return log;
}

/** The user starts the song, and in Session launches a clip. */
function play(world, clip = 0) {
  world.of(world.song).is_playing = 1;
  if (clip) world.of(clip).is_triggered = 1;
}

module.exports = { advance, play };
