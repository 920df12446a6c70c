"""Chords as synthesizers play them, which no model has heard: they go on as what they are, and go on moving."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import pytest

from bridge.composer import Composer
from bridge.music.note import TICKS_PER_BEAT, Clip, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, OptionValue, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.music.note import Ticks

BAR: Final = 4 * TICKS_PER_BEAT
LENGTH: Final = 8 * BAR
PROGRESSIONS: Final = {
    "minor": ((0, 3, 7), (8, 0, 3), (3, 7, 10), (10, 2, 5)),
    "major": ((0, 4, 7), (9, 0, 4), (5, 9, 0), (7, 11, 2)),
    "sevenths": ((0, 3, 7, 10), (5, 8, 0, 3), (8, 0, 3, 7), (7, 10, 2, 5)),
}


def pad(chords: Sequence[Sequence[int]], key: int, length: Ticks) -> Clip:
    """Chords one after the other, each held until the next: a bass and the tones above it."""
    notes = []
    for number, chord in enumerate(chords):
        pitches = {36 + (chord[0] + key) % 12, *(55 + (tone + key - 55) % 12 for tone in chord)}
        notes += [Note(number * length, pitch, length) for pitch in sorted(pitches)]
    return make_clip(notes, length=len(chords) * length)


def stabs(key: int) -> Clip:
    """Two short chords in turn, a bar each, between the beats, above a bass on the beats."""
    chords = ((0, 3, 7, 10), (-2, 2, 5, 8))
    notes = [
        note
        for beat in range(16)
        for chord in [[60 + key + tone for tone in chords[beat // 4 % 2]]]
        for note in [
            Note(beat * TICKS_PER_BEAT, chord[0] - 24, TICKS_PER_BEAT // 2),
            *(Note(beat * TICKS_PER_BEAT + TICKS_PER_BEAT // 2, pitch, 300) for pitch in chord),
        ]
    ]
    return make_clip(notes, length=4 * BAR)


def keys_at_a_time(clip: Clip, start: Ticks) -> float:
    """How many keys sound at a time, on average, from some tick on."""
    held = sum(max(0, note.end - max(note.onset, start)) for note in clip.notes)
    return held / (clip.length - start)


def stands_still(clip: Clip) -> Ticks:
    """Ticks of the longest stretch in which nothing is struck."""
    line = [0, *sorted({note.onset for note in clip.notes}), clip.length]
    return max(after - before for before, after in pairwise(line))


@pytest.mark.parametrize("model", ["songs", "folk"])
def test_held_chords_are_answered_by_held_chords_that_change(model: str) -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    full, still = [], []
    for number, chords in enumerate(PROGRESSIONS.values()):
        for key in range(0, 12, 3):
            for length in (BAR, BAR // 2):
                clip = pad(chords, key, length)
                request = Request(
                    Kind.CONTINUE, {Role.ACCOMPANIMENT: clip}, LENGTH, 4, 100 * number + key, model, {}
                )
                for answer in composer.compose(request):
                    made = answer.clips[Role.ACCOMPANIMENT]
                    full.append(keys_at_a_time(made, LENGTH // 2) / keys_at_a_time(clip, 0))
                    still.append(stands_still(made))
    assert len(full) == 96
    assert max(still) <= 2 * BAR
    assert mean(full) > 0.7
    # One in six thinned out to single notes when only what is struck was counted, and not what sounds.
    assert mean([share < 0.5 for share in full]) < 0.05


@pytest.mark.parametrize("model", ["songs", "folk"])
def test_short_chords_are_not_answered_by_clusters(model: str) -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    largest, longest = [], []
    for key in range(0, 12, 2):
        request = Request(Kind.CONTINUE, {Role.ACCOMPANIMENT: stabs(key)}, LENGTH, 4, key, model, {})
        for answer in composer.compose(request):
            chords = Counter(note.onset for note in answer.clips[Role.ACCOMPANIMENT].notes)
            largest.append(max(chords.values()))
            longest.append(max(note.duration for note in answer.clips[Role.MELODY].notes))
    assert len(largest) == 24
    assert max(longest) <= 2 * BAR
    # `folk`, which holds its chords, piled up eight keys and more when it was to strike more often than it would.
    assert mean([keys > 7 for keys in largest]) < 0.2


def test_chords_that_shall_be_fewer_may_stand_longer() -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    clip = pad(PROGRESSIONS["minor"], 0, BAR)
    usual: list[int] = []
    fewer: list[int] = []
    for density, counts in ((1.0, usual), (0.25, fewer)):
        options: dict[str, OptionValue] = {"density": density}
        request = Request(Kind.CONTINUE, {Role.ACCOMPANIMENT: clip}, 4 * LENGTH, 4, 3, "songs", options)
        for answer in composer.compose(request):
            counts.append(len({note.onset for note in answer.clips[Role.ACCOMPANIMENT].notes}))
    # No voice is silent for a bar: where chords are short, one a bar is the least. They were more before, not fewer.
    assert mean(fewer) < 0.7 * mean(usual)
