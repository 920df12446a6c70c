"""Chords that are held, as a synthesizer's pad has them: they go on as what they are, and go on moving."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import pytest

from bridge.composer import Composer
from bridge.music.note import TICKS_PER_BEAT, Clip, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, Request

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
