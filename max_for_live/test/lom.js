// What Live's Max gateway lets a device see, by version: the properties and functions that this project could meet, from the
// lists that Live 11.2 and 12.0 carry and, for what came later, from the documentation of the Live Object Model.
"use strict";

const w = (text) => text.trim().split(/\s+/);

const CLIP = {
  children: w("canonical_parent view"),
  read: w(`end_time has_envelopes has_groove is_arrangement_clip is_audio_clip is_midi_clip is_overdubbing is_playing is_recording
    is_triggered length playing_position start_time will_record_on_start`),
  write: w(`color color_index end_marker launch_mode launch_quantization legato loop_end loop_start looping muted name
    signature_denominator signature_numerator start_marker velocity_amount`),
  functions: w(`add_new_notes apply_note_modifications fire get_notes_by_id get_notes_extended get_selected_notes_extended
    remove_notes_by_id remove_notes_extended stop`),
};
const SLOT = {
  children: w("canonical_parent clip"),
  read: w("has_clip is_group_slot is_playing is_recording is_triggered playing_status"),
  write: w("color has_stop_button"),
  functions: w("create_clip delete_clip duplicate_clip_to fire stop"),
};
const TRACK = {
  children: w("canonical_parent clip_slots arrangement_clips devices group_track view mixer_device"),
  read: w(`can_be_armed fired_slot_index has_audio_input has_audio_output has_midi_input has_midi_output is_foldable is_frozen
    is_grouped is_visible playing_slot_index`),
  write: w("arm color color_index fold_state mute name solo"),
  functions: w("delete_clip delete_device duplicate_clip_slot duplicate_clip_to_arrangement stop_all_clips"),
};
const SONG = {
  children: w("tracks scenes return_tracks master_track view"),
  read: w("can_undo can_redo is_playing root_note scale_name scale_intervals song_length"),
  write: w("clip_trigger_quantization current_song_time signature_denominator signature_numerator tempo"),
  functions: w(`create_audio_track create_midi_track create_scene delete_scene delete_track duplicate_scene duplicate_track
    start_playing stop_playing undo redo`),
};
const VIEW = { children: w("canonical_parent detail_clip highlighted_clip_slot selected_track selected_scene"), read: [],
  write: w("draw_mode follow_song"), functions: w("select_device") };
const SCENE = { children: w("canonical_parent clip_slots"), read: w("is_empty is_triggered"), write: w("name color"),
  functions: w("fire") };
const DEVICE = { children: w("canonical_parent parameters view"), read: w("can_have_chains can_have_drum_pads class_name type"),
  write: w("name"), functions: [] };
const APPLICATION = { children: w("view control_surfaces"), read: w("current_dialog_message"), write: [],
  functions: w("get_major_version get_minor_version get_bugfix_version get_document") };
const LANE = { children: w("canonical_parent arrangement_clips"), read: [], write: w("name"), functions: w("create_midi_clip") };

function plus(base, more) {
  const sum = { ...base };
  for (const [kind, names] of Object.entries(more)) sum[kind] = [...base[kind], ...names];
  return sum;
}

const FIRST = { Clip: CLIP, ClipSlot: SLOT, Track: TRACK, Song: SONG, "Song.View": VIEW, Scene: SCENE, Device: DEVICE,
  Application: APPLICATION };
const ELEVEN_1 = { ...FIRST, Clip: plus(CLIP, { functions: w("get_all_notes_extended select_notes_by_id") }) };
const TWELVE_0 = { ...ELEVEN_1, Clip: plus(ELEVEN_1.Clip, { functions: w("duplicate_notes_by_id") }),
  Application: plus(APPLICATION, { functions: w("get_version_string") }) };
const TWELVE_2 = {
  ...TWELVE_0,
  Clip: plus(TWELVE_0.Clip, { read: w("is_take_lane_clip") }),
  Track: plus(TRACK, { children: w("take_lanes"), functions: w("create_midi_clip create_take_lane create_audio_clip") }),
  Song: plus(SONG, { write: w("scale_mode") }),
  TakeLane: LANE,
};

module.exports = {
  VERSIONS: { "11.0": FIRST, 11.1: ELEVEN_1, "12.0": TWELVE_0, 12.2: TWELVE_2 },
};
