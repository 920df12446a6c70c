"""One form for both sides: nothing but the notes is left to tell them by."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from bridge.evaluation.passage import line_of_notes
from bridge.music.note import Note, Role, make_clip
from tests.evaluation.music import line, passage, tune


def columns(found: object) -> list[list[int]]:
    return [getattr(found, name).tolist() for name in ("onset", "duration", "pitch")]


def test_velocities_and_a_hand_that_is_a_little_late_are_not_seen() -> None:
    straight = tune(3)[Role.MELODY]
    rng = random.Random(7)
    notes = [
        replace(n, onset=n.onset + rng.randint(0, 20), duration=n.duration - 30, velocity=rng.randint(1, 127))
        for n in straight.notes
    ]
    played = make_clip(notes, length=straight.length)
    one, other = (passage(clip).lines[0] for clip in (straight, played))
    assert one.onset.tolist() == other.onset.tolist()
    assert one.pitch.tolist() == other.pitch.tolist()


def test_a_passage_ends_at_its_bar_line() -> None:
    long = make_clip([Note(0, 60, 960), Note(2880, 62, 9600)], length=3840)
    assert columns(passage(long).lines[0]) == [[0, 2880], [960, 960], [60, 62]]


def test_both_voices_are_moved_to_the_same_key() -> None:
    moved = passage(line([62, 64]), line([50]), shift=-2)
    assert [voice.pitch.tolist() for voice in moved.lines] == [[60, 62], [48]]


def test_the_highest_and_the_lowest_note_of_each_onset() -> None:
    found = line_of_notes([(0, 10, 60), (0, 10, 64), (5, 10, 50), (9, 1, 61), (9, 1, 62)])
    assert found.top().pitch.tolist() == [64, 50, 62]
    assert found.bottom().pitch.tolist() == [60, 50, 61]
    assert len(line_of_notes([]).top()) == 0


def test_what_sounds_at_each_beat() -> None:
    melody, chord = passage(line([60, 62, 64, 65], step=960), line([48], step=1920)).sounding
    assert [np.flatnonzero(beat).tolist() for beat in melody] == [[0], [2], [4], [5]]
    assert [np.flatnonzero(beat).tolist() for beat in chord] == [[0], [0], [], []]
