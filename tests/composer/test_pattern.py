"""The groove of a clip: found where there is one, and kept by models that have never heard it."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from bridge.beats.grid import GRID
from bridge.beats.metre import clip_beats
from bridge.beats.playlist import words_of
from bridge.beats.word import PARTS
from bridge.composer import Composer
from bridge.composer.pattern import Pattern, pattern_of
from bridge.evaluation.measures import alike, rhythm_bars
from bridge.evaluation.passage import passage_of
from bridge.music.note import TICKS_PER_BEAT, Clip, Meter, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, OptionValue, Request

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR: Final = 4 * TICKS_PER_BEAT
CHORDS: Final = ((57, 60, 64), (53, 57, 60), (55, 60, 64), (55, 59, 62))
SON: Final = (0, 0.75, 1.5, 2.5, 3)
RHYTHMS: Final = {
    "between the beats": (0.5, 1.5, 2.5, 3.5),
    "three three two": (0, 0.75, 1.5, 2, 2.75, 3.5),
    "charleston": (0, 1.5),
    "son": SON,
    "pushed": (0, 1.5, 2),
}


def struck(rhythms: Sequence[Sequence[float]], meter: Meter = Meter(4, 4)) -> Clip:  # noqa: B008  a frozen value
    """Chords in a rhythm for each bar, short ones."""
    notes = [
        Note(round(bar * meter.bar + onset * TICKS_PER_BEAT), pitch, 300)
        for bar, rhythm in enumerate(rhythms)
        for onset in rhythm
        for pitch in CHORDS[bar % 4]
    ]
    return make_clip(notes, length=len(rhythms) * meter.bar)


def pattern(clip: Clip, *, firmness: float = 1.0, density: float = 1.0) -> Pattern:
    return pattern_of(words_of(clip, 0), clip_beats(clip), clip.end_meter, firmness=firmness, density=density)


def kept(clip: Clip, answer: Clip) -> list[float]:
    """For each bar of an answer, how much of its rhythm some bar of the clip has, 0 to 1."""
    of_clip, of_answer = (
        rhythm_bars(passage_of({Role.ACCOMPANIMENT: each}, meter=Meter(4, 4), bars=bars, shift=0), (1,))
        for each, bars in ((clip, clip.length // BAR), (answer, answer.length // BAR))
    )
    return [max(alike(bar, other) for other in of_clip) for bar in of_answer]


def test_bars_that_are_alike_have_a_groove() -> None:
    found = pattern(struck([SON] * 4))
    assert found.bars == 1
    assert found.usual == 0
    welcome = [
        [GRID[at] / PARTS for at in np.flatnonzero(found.beats[0, beat].nats > 0)] for beat in range(4)
    ]
    assert welcome == [[0, 0.75], [0.5], [0.5], [0]]


def test_a_clave_of_two_bars_is_one_pattern() -> None:
    found = pattern(struck([(0, 0.75, 1.5), (1, 2)] * 2))
    assert found.bars == 2
    assert found.usual == 0


def test_bars_that_are_never_alike_have_none() -> None:
    assert not pattern(struck([(0, 1), (0.5, 1.5, 2.5), (0.25, 3), (1.75, 2.25, 3.75)])).beats
    assert not pattern(struck([SON])).beats  # one bar does not tell what it would do in the next
    assert not pattern(struck([SON] * 4), firmness=0.0).beats


def test_who_shall_play_more_may_fill_the_groove_and_who_shall_play_less_may_thin_it() -> None:
    clip = struck([SON] * 4)
    more, less = (pattern(clip, density=density) for density in (2.0, 0.5))
    assert min(groove.nats.min() for groove in more.beats.values()) == 0
    assert max(groove.nats.max() for groove in less.beats.values()) == 0
    assert less.whole == pattern(clip).whole


@pytest.mark.parametrize("model", ["songs", "folk"])
def test_a_groove_that_no_song_of_a_model_has_is_kept(model: str) -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    first, rest = [], []
    for number, rhythm in enumerate(RHYTHMS.values()):
        clip = struck([rhythm] * 4)
        for answer in composer.compose(
            Request(Kind.CONTINUE, {Role.ACCOMPANIMENT: clip}, 8 * BAR, 8, number, model, {})
        ):
            bars = kept(clip, answer.clips[Role.ACCOMPANIMENT])
            first.append(mean(bars[:2]))
            rest.append(mean(bars[2:]))
    assert len(rest) == 40
    # What is not held to its groove keeps 0.4 of it, and less from bar to bar.
    assert mean(first) > 0.5
    assert mean(rest) > 0.88


def test_what_shall_not_be_like_its_clip_is_free_of_its_groove() -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    clip, options = struck([SON] * 4), dict[str, OptionValue](similarity=0.0)
    answers = composer.compose(
        Request(Kind.CONTINUE, {Role.ACCOMPANIMENT: clip}, 8 * BAR, 8, 1, "songs", options)
    )
    assert mean(mean(kept(clip, answer.clips[Role.ACCOMPANIMENT])) for answer in answers) < 0.6
