"""Several candidates go on for a variation, and one that sounds more like real music is left."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from bridge.beats.playlist import score_of
from bridge.composer import Composer
from bridge.composer.choosing import Choosing, candidates_for, choosing_of
from bridge.composer.traits import bars_of, names, traits_of
from bridge.music.note import TICKS_PER_BEAT, VOICES, Clip, Note, Role, make_clip
from bridge.network.checkpoint import bundled_shelf, default_shelf
from bridge.network.discriminator import Discriminator
from bridge.request import Kind, OptionValue, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BAR: Final = 4 * TICKS_PER_BEAT
TUNE: Final = (67, 69, 71, 72, 74, 72, 71, 69, 67, 64, 65, 67, 69, 67, 65, 64)
UPWARDS: Final = "melody: upwards of intervals"


def tune(pitches: Sequence[int] = TUNE) -> Clip:
    notes = [Note(at * TICKS_PER_BEAT, pitch, TICKS_PER_BEAT) for at, pitch in enumerate(pitches)]
    return make_clip(notes, length=len(notes) * TICKS_PER_BEAT)


def chords(bars: int = 4) -> Clip:
    notes = [
        Note(bar * BAR, pitch, BAR) for bar in range(bars) for pitch in ((48, 52, 55), (43, 50, 55))[bar % 2]
    ]
    return make_clip(notes, length=bars * BAR)


def asked(variations: int = 4, seed: int = 5, bars: int = 8, **options: OptionValue) -> Request:
    clips = {Role.MELODY: tune(), Role.ACCOMPANIMENT: chords()}
    return Request(Kind.CONTINUE, clips, bars * BAR, variations, seed, "folk", options)


def against(**traits: float) -> Discriminator:
    """Who hears some traits as composed, by nats for each share of one."""
    known = {name: (0.0, weight) for name, weight in traits.items()}
    return Discriminator(dict.fromkeys(range(1, 9), known))


@pytest.fixture
def composer() -> Composer:
    """With a model of its own, to be given other discriminators."""
    return Composer(default_shelf(Path("/nonexistent")))


def upwards(composer: Composer, requests: Sequence[Request]) -> float:
    """What share of the melodies' intervals goes up."""
    steps = [
        other.pitch > one.pitch
        for request in requests
        for variation in composer.compose(request)
        for one, other in pairwise(variation.clips[Role.MELODY].notes)
    ]
    return mean(steps)


@pytest.mark.parametrize("bars", [8, 3, 12])
def test_what_is_heard_as_composed_becomes_rare(composer: Composer, bars: int) -> None:
    runtime, requests = composer.runtime("folk"), [asked(seed=seed, bars=bars) for seed in range(4)]
    shares = {}
    for weight in (0.0, 15.0, -15.0):
        runtime.discriminator = against(**{UPWARDS: weight})
        shares[weight] = upwards(composer, requests)
    assert shares[15.0] + 0.04 < shares[0.0] < shares[-15.0] - 0.04, shares


def test_an_answer_has_as_many_variations_as_are_asked_for_and_is_the_same_again(composer: Composer) -> None:
    composer.runtime("folk").discriminator = against(**{UPWARDS: 5.0})
    for variations in (1, 2, 3, 4, 5, 8):
        first, again = (composer.compose(asked(variations)) for _ in range(2))
        assert [variation.index for variation in first] == list(range(variations))
        assert first == again
        assert len({variation.clips[Role.MELODY].notes for variation in first}) == variations


def test_who_asks_for_many_takes_them_as_they_come_and_so_does_who_leaves_nothing_to_chance(
    composer: Composer,
) -> None:
    runtime = composer.runtime("folk")
    for request in (asked(8), asked(2, temperature=0.0)):
        runtime.discriminator = None
        plain = composer.compose(request)
        runtime.discriminator = against(**{UPWARDS: 15.0})
        assert composer.compose(request) == plain
    assert [candidates_for(count) for count in (1, 4, 5, 16)] == [4, 4, 1, 1]


def test_only_what_continues_a_clip_is_chosen(composer: Composer) -> None:
    runtime, clips = composer.runtime("folk"), {Role.MELODY: tune()}
    for kind in (Kind.ACCOMPANY, Kind.VARY, Kind.GENERATE):
        given = {} if kind is Kind.GENERATE else clips
        request = Request(kind, given, 4 * BAR, 2, 3, "folk")
        runtime.discriminator = None
        plain = composer.compose(request)
        runtime.discriminator = against(**{UPWARDS: 15.0})
        assert composer.compose(request) == plain


def test_a_rhythm_that_is_kept_is_kept_by_what_is_left(composer: Composer) -> None:
    composer.runtime("folk").discriminator = against(**{UPWARDS: 15.0})
    for variation in composer.compose(asked(bars=4, rhythm="keep")):
        onsets = sorted({note.onset for note in variation.clips[Role.MELODY].notes})
        assert onsets == [at * TICKS_PER_BEAT for at in range(16)]


def test_the_models_that_come_with_the_bridge_have_learned_what_gives_them_away() -> None:
    shelf = bundled_shelf()
    for name in shelf.names():
        discriminator = Composer(shelf).runtime(name).discriminator
        assert discriminator is not None
        assert set(discriminator.stages) == set(range(1, 9))
        assert all(set(known) == set(names()) for known in discriminator.stages.values())


def chosen(odds: Sequence[float], *, each: int = 4, seed: int = 1) -> list[int]:
    """The rows that are gone on with after two bars; each row plays one pitch, heard as composed by its odds."""
    score = score_of({Role.MELODY: tune(), Role.ACCOMPANIMENT: chords()}, shift=0)
    weights = {"melody: pitch of notes": (0.0, 1.0)}
    rngs = [np.random.default_rng([seed, number]) for number in range(len(odds) // each)]
    choosing = choosing_of(Discriminator({2: weights}), score.beats, score.voices, rngs, each)
    assert isinstance(choosing, Choosing)
    rows = None
    lines = [score_of({Role.MELODY: tune([60 + round(nats)] * 8)}, shift=0).voices for nats in odds]
    for at in range(8):
        words = [[line[voice][at] for line in lines] for voice in range(len(VOICES))]
        rows = choosing.add(score.beats[at], words, is_last_of_bar=at % 4 == 3)
        assert rows is None or at == 7
    assert rows is not None
    return list(rows)


def test_each_variation_goes_on_with_its_own_candidates() -> None:
    assert chosen([0, 9, 9, 9, 9, 9, 0, 9]) == [0, 0, 0, 0, 6, 6, 6, 6]
    assert chosen([3, 3, 3, 3]) == [0, 1, 2, 3]


def test_the_traits_of_a_scale_are_known() -> None:
    primer = score_of({Role.MELODY: tune([60, 62, 64, 65] * 4), Role.ACCOMPANIMENT: chords()}, shift=0)
    before = tuple(bars_of(primer.beats, primer.voices))
    scale = score_of(
        {Role.MELODY: tune([60, 62, 64, 65, 67, 69, 71, 72]), Role.ACCOMPANIMENT: chords(2)}, shift=0
    )
    found = traits(before, tuple(bars_of(scale.beats, scale.voices, before[-1])))
    assert len(before) == 4
    assert found["melody: notes of beats"] == 1
    assert found["melody: steps of intervals"] == 7 / 8  # the first leads down from the primer
    assert found["melody: upwards of intervals"] == 7 / 8
    assert found["melody: turns of directions"] == 2 / 8
    assert found["melody: legato of followed"] == 1
    assert found["melody: bars of the primer"] == 0.5
    assert found["melody: rhythms of the primer"] == 1
    assert found["melody: distinct pitches"] == 8
    assert found["melody: out of key of notes"] == 0
    assert found["accompaniment: notes of onsets"] == 3
    assert found["accompaniment: bars of the primer"] == 1
    assert found["accompaniment: bars equal 2 apart"] == 1
    assert found["accompaniment: notes of onsets, against the primer"] == 0
    assert found["harmony: changes at bar lines of beats"] == 2 / 8
    assert found["harmony: tonic basses of basses"] == 0.5


def test_what_a_silent_voice_has_no_share_of_is_not_a_number() -> None:
    score = score_of({Role.MELODY: tune()}, shift=0)
    bars = tuple(bars_of(score.beats, score.voices))
    found = traits(bars[:2], bars[2:])
    assert np.isnan(found["accompaniment: pitch of notes"])
    assert found["accompaniment: silent of bars"] == 1
    assert found["accompaniment: notes of beats"] == 0


def traits(primer: Sequence[object], bars: Sequence[object]) -> Mapping[str, float]:
    row = traits_of(primer, bars)  # type: ignore[arg-type]  # bars
    assert row.shape == (len(names()),)
    return dict(zip(names(), row.tolist(), strict=True))
