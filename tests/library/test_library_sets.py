"""Live sets and REAPER projects: what is heard in the DAW is what is read."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import rpp

from bridge.errors import NoClips, SetUnreadable
from bridge.library import liveset
from bridge.library.liveset import read_set
from bridge.library.parts import Part, find_parts
from bridge.library.reaperproject import read_project
from bridge.music.song import Track
from tests.library.projects import (
    BEAT,
    CHORDS,
    LOW,
    RIFF,
    Item,
    LiveClip,
    LiveTrack,
    live_set,
    reaper_project,
)

HERE = Path("mine.als")
RIFF_CLIP = LiveClip(RIFF, "Riff")


def heard(track: Track) -> list[tuple[float, float, int]]:
    """Onset and duration in quarter notes, and pitch, of every note."""
    return [(note.onset / 960, note.duration / 960, note.pitch) for note in track.notes]


def hits(notes: object) -> list[tuple[float, float, int]]:
    return sorted((at, length, pitch) for at, length, pitch, _ in notes)  # type: ignore[attr-defined]  # hits


# Live


def test_a_clip_gives_its_notes_name_length_and_meter() -> None:
    (song,) = read_set(live_set(LiveTrack("Lead", [replace(RIFF_CLIP, meter=(7, 8), length=7)])), HERE)
    assert (song.title, song.clips) == ("scene 1: Riff", ("Riff",))
    assert heard(song.song.tracks[0]) == hits(RIFF)
    assert (song.song.length, str(song.song.meters[0].meter)) == (7 * 960, "7/8")
    assert song.song.tracks[0].name == "Lead"
    assert [note.velocity for note in song.song.tracks[0].notes] == [100, 90, 90, 80, 80]


def test_clips_of_one_scene_are_one_song_and_the_shorter_one_is_repeated() -> None:
    long = replace(RIFF_CLIP, length=8)
    (song,) = read_set(live_set(LiveTrack("Lead", [long]), LiveTrack("Keys", [LiveClip(CHORDS)])), HERE)
    lead, keys = song.song.tracks
    assert song.song.length == 8 * 960
    assert len(lead.notes) == len(RIFF)
    assert {onset for onset, _, _ in heard(keys)} == {0, 2, 4, 6}


def test_scenes_are_songs_of_their_own() -> None:
    songs = read_set(live_set(LiveTrack("Lead", [RIFF_CLIP, None, LiveClip(LOW, "Low")])), HERE)
    assert [song.title for song in songs] == ["scene 1: Riff", "scene 3: Low"]


def test_the_arrangement_is_played_out_with_its_loops_and_cuts() -> None:
    clip = replace(RIFF_CLIP, time=4, played=6)
    (song,) = read_set(live_set(LiveTrack("Lead", arranged=[clip])), HERE)
    assert song.title == "arrangement, bar 2: Riff"
    expected = [*hits(RIFF), *((at + 4, length, pitch) for at, length, pitch in hits(RIFF) if at < 2)]
    assert heard(song.song.tracks[0]) == expected


def test_a_loop_that_starts_later_starts_later() -> None:
    clip = replace(RIFF_CLIP, start_relative=1, played=4)
    (song,) = read_set(live_set(LiveTrack("Lead", arranged=[clip])), HERE)
    assert [pitch for _, _, pitch in heard(song.song.tracks[0])] == [69, 71, 69, 62, 66]


def test_a_clip_that_is_not_looped_ends() -> None:
    clip = replace(RIFF_CLIP, loop=False, played=12)
    (song,) = read_set(live_set(LiveTrack("Lead", arranged=[clip])), HERE)
    assert heard(song.song.tracks[0]) == hits(RIFF)


def test_a_long_silence_parts_two_ideas() -> None:
    clips = [RIFF_CLIP, replace(RIFF_CLIP, notes=LOW, name="Low", time=64)]
    songs = read_set(live_set(LiveTrack("Lead", arranged=clips)), HERE)
    assert [song.title for song in songs] == ["arrangement, bar 1: Riff", "arrangement, bar 17: Low"]
    assert heard(songs[1].song.tracks[0]) == hits(LOW)


def test_a_short_silence_is_part_of_the_music() -> None:
    clips = [RIFF_CLIP, replace(RIFF_CLIP, time=16)]
    (song,) = read_set(live_set(LiveTrack("Lead", arranged=clips)), HERE)
    assert song.song.length == 20 * 960


def test_what_is_switched_off_is_not_heard() -> None:
    off = LiveClip(LOW, "off", disabled=True)
    data = live_set(LiveTrack("Lead", [replace(RIFF_CLIP, muted=((3, 1, 90, 100),)), off]))
    (song,) = read_set(data, HERE)
    assert heard(song.song.tracks[0]) == hits(RIFF)


def test_a_drum_rack_says_that_a_track_is_drums() -> None:
    data = live_set(LiveTrack("Lead", [RIFF_CLIP]), LiveTrack("707", [LiveClip(BEAT)], drum_rack=True))
    (song,) = read_set(data, HERE)
    parts = find_parts(song.song, song.said)
    assert [guess.part for guess in parts] == [Part.MELODY, Part.DRUMS]
    assert parts[1].confidence == 1.0
    assert "drum rack" in parts[1].reason


@pytest.mark.parametrize(
    ("scale", "key"),
    [
        ('<Root Value="2"/><Name Value="0"/>', "D major"),
        ('<RootNote Value="2"/><Name Value="Dorian"/>', "D dorian"),
        ('<Root Value="9"/><Name Value="13"/>', "A harmonic minor"),
        ('<Root Value="0"/><Name Value="0"/>', "None"),  # what a clip says when nobody chose
        ('<Root Value="2"/><Name Value="99"/>', "None"),
    ],
)
def test_the_scale_of_a_clip_is_read(scale: str, key: str) -> None:
    (song,) = read_set(live_set(LiveTrack("Lead", [replace(RIFF_CLIP, scale=scale)])), HERE)
    assert str(song.scale) == key


def test_a_take_lane_stands_for_itself() -> None:
    songs = read_set(live_set(LiveTrack("Lead", [RIFF_CLIP], takes=[LiveClip(LOW, "second try")])), HERE)
    assert [song.title for song in songs] == ["scene 1: Riff", "take 1: second try"]


def test_a_set_that_some_tool_left_unpacked_is_read_too() -> None:
    assert len(read_set(live_set(LiveTrack("Lead", [RIFF_CLIP]), packed=False), HERE)) == 1


GOOD_SET = live_set(LiveTrack("Lead", [RIFF_CLIP]))
BOMB = gzip.compress(b"<Ableton>" + b" " * 3_000_000)
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Ableton><LiveSet/></Ableton>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no element found"),
        (GOOD_SET[:-200], "cut off"),
        (gzip.compress(b"<Ableton><LiveSet>"), "no element found"),
        (gzip.compress(b"<html></html>"), "no Live set"),
        (b"\x1f\x8bnonsense", "cannot be read"),
        (gzip.compress(ENTITIES), "entities"),
        (BOMB, "unpacks to more"),
        (live_set(LiveTrack("L", [replace(RIFF_CLIP, length=float("nan"))])), "nan"),
        (live_set(LiveTrack("L", [replace(RIFF_CLIP, notes=((0, 1, 200, 90),))])), "not a MIDI key"),
        (live_set(LiveTrack("L", [LiveClip(RIFF, length=1e-9)], [RIFF_CLIP])), "too short"),
        (live_set(LiveTrack("L", arranged=[replace(RIFF_CLIP, played=1e9)])), "quarter notes"),
    ],
)
def test_a_broken_set_says_what_is_broken(monkeypatch: pytest.MonkeyPatch, data: bytes, reason: str) -> None:
    monkeypatch.setattr(liveset, "LONGEST_SET_BYTES", 1_000_000)
    with pytest.raises(SetUnreadable) as caught:
        read_set(data, HERE)
    assert reason in str(caught.value)
    assert str(HERE) in str(caught.value)


def test_a_set_of_audio_alone_has_nothing_to_learn_from() -> None:
    with pytest.raises(NoClips):
        read_set(live_set(LiveTrack("empty", [None])), HERE)


def test_no_damage_to_a_set_gets_past_as_anything_but_our_error() -> None:
    xml = zlib.decompress(GOOD_SET, wbits=31)
    for at in range(0, len(xml), 7):
        for letter in (b"<", b"9", b'"'):
            damaged = xml[:at] + letter + xml[at + 1 :]
            with suppress(SetUnreadable, NoClips):
                read_set(damaged, HERE)


# REAPER


def test_an_item_gives_its_notes_where_they_play() -> None:
    (song,) = read_project(reaper_project(("Lead", [Item(RIFF, name="Riff")])), Path("mine.rpp"))
    assert (song.title, song.clips) == ("bar 1", ("Riff",))
    assert (song.song.tracks[0].name, heard(song.song.tracks[0])) == ("Lead", hits(RIFF))


def test_tracks_play_together_and_loops_repeat_as_long_as_their_item() -> None:
    data = reaper_project(
        ("Lead", [Item(RIFF, length_s=4)]), ("Bass", [Item(LOW, position_s=2, length_s=3, channel=3)])
    )
    (song,) = read_project(data, HERE)
    lead, bass = song.song.tracks
    assert len(lead.notes) == 2 * len(RIFF)
    assert {onset for onset, _, _ in heard(bass)} == {4, 5.5, 6, 7, 8, 9.5}
    assert bass.channel == 3


def test_other_ticks_offsets_and_play_rates_are_heard_as_reaper_plays_them() -> None:
    item = Item(RIFF, ppq=480, offset_s=0.5, length_s=1.5, loop=False)
    (song,) = read_project(reaper_project(("Lead", [item])), HERE)
    assert [(onset, pitch) for onset, _, pitch in heard(song.song.tracks[0])] == [(0, 69), (1, 71), (2.5, 69)]
    fast = Item(RIFF, rate=2.0, length_s=1)
    (song,) = read_project(reaper_project(("Lead", [fast])), HERE)
    assert heard(song.song.tracks[0]) == [(at / 2, length / 2, pitch) for at, length, pitch in hits(RIFF)]


def test_a_source_that_ignores_the_projects_tempo_keeps_its_own() -> None:
    (song,) = read_project(reaper_project(("Lead", [Item(RIFF, own_tempo=60, length_s=4)])), HERE)
    assert heard(song.song.tracks[0]) == [(at * 2, length * 2, pitch) for at, length, pitch in hits(RIFF)]


def test_the_tempo_map_says_where_an_item_stands() -> None:
    # 4 beats at 60, then 120; a meter of 3/4 from the change on.
    points = f"    PT 0 60 1\r\n    PT 4 120 1 {3 | 4 << 16}\r\n"
    data = reaper_project(("Lead", [Item(RIFF, length_s=6), Item(LOW, position_s=6)]), points=points)
    (song,) = read_project(data, HERE)
    assert [(change.at / 960, str(change.meter)) for change in song.song.meters] == [(0, "4/4"), (4, "3/4")]
    assert [onset for onset, _, pitch in heard(song.song.tracks[0]) if pitch == 33] == [8 + 2]


def test_a_tempo_that_slides_counts_as_its_mean() -> None:
    points = "    PT 0 60 0\r\n    PT 4 120 1\r\n"
    data = reaper_project(("Lead", [Item(RIFF, length_s=1), Item(LOW, position_s=4)]), points=points)
    (song,) = read_project(data, HERE)
    assert [onset for onset, _, pitch in heard(song.song.tracks[0]) if pitch == 33] == [6 + 2]


def test_pooled_items_play_the_notes_of_their_pool() -> None:
    pool = "7325073C-1D7F-468B-BAB3-429ECC1CAAD9"
    items = [Item(RIFF, pool=pool), Item((), position_s=2, pool=pool, pooled=True)]
    (song,) = read_project(reaper_project(("Lead", items)), HERE)
    assert len(song.song.tracks[0].notes) == 2 * len(RIFF)


def test_the_take_that_plays_is_read_and_muted_items_are_not() -> None:
    other = "\r\n".join(
        [
            "      TAKE SEL",
            '      NAME "second"',
            "      <SOURCE MIDI",
            "        HASDATA 1 960 QN",
            "        E 0 90 48 64",
            "        Em 0 90 4c 64",
            "        E 960 80 48 00",
            "        E 960 90 49 64",
            "        E 960 80 49 00",
            "        E 960 b0 7b 00",
            "      >",
        ]
    )
    data = reaper_project(("Lead", [Item(RIFF, extra=other), Item(LOW, position_s=2, mute=True)]))
    (song,) = read_project(data, HERE)
    assert heard(song.song.tracks[0]) == [(0, 1, 72), (2, 1, 73)]
    assert "second" in song.clips


def test_projects_that_another_program_wrote_are_read_the_same() -> None:
    project = reaper_project(
        ("Lead", [Item(RIFF, name="one 'two' three")]), ("Bass", [Item(LOW, position_s=2)]),
        points="    PT 0 100 1\r\n",
    )  # fmt: skip
    again = rpp.dumps(rpp.loads(project.decode())).encode()
    assert again != project
    assert read_project(again, HERE) == read_project(project, HERE)


def test_another_program_sees_the_same_notes() -> None:
    tree = rpp.loads(reaper_project(("Lead", [Item(RIFF)])).decode())
    (source,) = tree.findall(".//SOURCE")
    now, struck = 0, []
    for line in source.children:
        now += int(line.attrib[0] if hasattr(line, "attrib") else line[1] if line[0] in "Ee" else 0)
        if isinstance(line, list) and line[0] in "Ee" and line[2] == "90":
            struck.append((now / 960, int(line[3], 16)))
    (song,) = read_project(reaper_project(("Lead", [Item(RIFF)])), HERE)
    assert [(onset, pitch) for onset, _, pitch in heard(song.song.tracks[0])] == struck


def test_a_project_without_notes_of_its_own_says_so() -> None:
    with pytest.raises(NoClips, match="of its own"):
        read_project(reaper_project(("Audio", [])), HERE)


GOOD_PROJECT = reaper_project(("Lead", [Item(RIFF)]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not start like"),
        (b"MThd....", "does not start like"),
        (GOOD_PROJECT[: len(GOOD_PROJECT) // 2], "cut off"),
        (GOOD_PROJECT.replace(b"LENGTH 2.0", b"LENGTH inf"), "inf"),
        (GOOD_PROJECT.replace(b"LENGTH 2.0", b"LENGTH 99999999"), "quarter notes"),
        (GOOD_PROJECT.replace(b"HASDATA 1 960", b"HASDATA 1 0"), "0 ticks"),
        (GOOD_PROJECT.replace(b"TEMPO 120 4 4", b"TEMPO 0 4 4"), "tempo"),
        (GOOD_PROJECT.replace(b"TEMPO 120 4 4", b"TEMPO 120 4 5"), "not a meter"),
        (GOOD_PROJECT.replace(b"E 0 90 3e", b"E 0 90 fe"), "not a MIDI key"),
    ],
)
def test_a_broken_project_says_what_is_broken(data: bytes, reason: str) -> None:
    with pytest.raises(SetUnreadable) as caught:
        read_project(data, HERE)
    assert reason in str(caught.value)


def test_no_damage_to_a_project_gets_past_as_anything_but_our_error() -> None:
    for at in range(len(GOOD_PROJECT)):
        for letter in (b"<", b">", b"9", b"\n", b"-", b" "):
            damaged = GOOD_PROJECT[:at] + letter + GOOD_PROJECT[at + 1 :]
            with suppress(SetUnreadable, NoClips):
                read_project(damaged, HERE)
