"""A variation is one of its clip: what stands there comes back at its place, as much of it as is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Final

import pytest

from bridge.beats.metre import beats_of
from bridge.beats.word import parse_word
from bridge.composer import Composer
from bridge.composer.pattern import pattern_of
from bridge.composer.steering import Bounds, Line
from bridge.music.key import MINOR
from bridge.music.note import TICKS_PER_BEAT, Clip, Meter, MeterChange, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.network.demand import ANY_KEY
from bridge.request import Kind, Request
from tests.composer.test_pattern import SON, kept, struck

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bridge.request import OptionValue

BAR: Final = 4 * TICKS_PER_BEAT
MODELS: Final = ("songs", "folk")
RIFF: Final = ((0, 40), (0.75, 40), (1, 43), (1.5, 45), (1.75, 46), (2, 47), (2.75, 38), (3, 40))
"""A bass in E with a passing note, which no song of a model has."""
HOOK: Final = (
    ((0, 76), (0.5, 76), (1, 74), (1.5, 72), (2, 74), (3, 69)),
    ((0, 72), (0.5, 72), (1, 69), (1.5, 72), (2, 77), (3, 76)),
    ((0, 76), (0.5, 74), (1, 72), (1.5, 74), (2, 76), (3.5, 79)),
    ((0, 74), (2, 71)),
)
STABS: Final = (0.5, 1.5, 2.5, 3.25)


def line(bars: Sequence[Sequence[tuple[float, int]]], *, late: int = 0) -> Clip:
    """Short notes, bar by bar, and so many bars of rest before them."""
    notes = [
        Note(round((late + bar) * BAR + onset * TICKS_PER_BEAT), pitch, 240)
        for bar, notes in enumerate(bars)
        for onset, pitch in notes
    ]
    return make_clip(notes, length=(late + len(bars)) * BAR)


CLIPS: Final[Mapping[str, tuple[Role, Clip]]] = {
    "hook": (Role.MELODY, line(HOOK)),
    "riff": (Role.MELODY, line([RIFF] * 4)),
    "stabs": (Role.ACCOMPANIMENT, struck([STABS] * 4)),
    "clave": (Role.ACCOMPANIMENT, struck([SON] * 4)),
}


@cache
def composer() -> Composer:
    return Composer(default_shelf(Path("/nonexistent")))


def vary(
    model: str,
    name: str | tuple[Role, Clip],
    *,
    variations: int = 2,
    rng_seed: int = 3,
    **options: OptionValue,
) -> list[Clip]:
    """What becomes of a clip."""
    role, clip = CLIPS[name] if isinstance(name, str) else name
    request = Request(Kind.VARY, {role: clip}, clip.length, variations, rng_seed, model, options)
    return [answer.clips[role] for answer in composer().compose(request)]


def quarters(clip: Clip) -> list[set[tuple[int, int]]]:
    """What is struck in each quarter note: where, to a sixth of it, and which pitch."""
    found: list[set[tuple[int, int]]] = [set() for _ in range(clip.length // TICKS_PER_BEAT)]
    for note in clip.notes:
        beat, place = divmod(round(note.onset / 80), 12)
        found[beat].add((place, note.pitch))
    return found


def same(clip: Clip, answer: Clip, *, up: int = 0) -> float:
    """Of the quarter notes in which either strikes, the share in which both strike the same, `up` semitones apart."""
    moved = [{(place, pitch + up) for place, pitch in notes} for notes in quarters(clip)]
    return mean(a == b for a, b in zip(moved, quarters(answer), strict=True) if a or b)


@cache
def shares(model: str) -> list[float]:
    """How much of all clips comes back at its place, at similarity 0, 0.25, 0.5, 0.75 and 1."""
    return [
        mean(
            same(clip, made)
            for name, (_, clip) in CLIPS.items()
            for made in vary(model, name, similarity=similarity)
        )
        for similarity in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]


@pytest.mark.parametrize("model", MODELS)
def test_as_much_of_the_clip_stands_at_its_place_as_is_asked_for(model: str) -> None:
    found = shares(model)
    assert found == sorted(found)
    assert found[::2] == pytest.approx([0.05, 0.45, 0.85], abs=0.1)


@pytest.mark.parametrize("model", MODELS)
def test_asked_again_as_much_of_the_clip_comes_back(model: str) -> None:
    role, clip = CLIPS["hook"]
    first = Request(Kind.VARY, {role: clip}, clip.length, 4, 3, model, {"similarity": 1.0})
    before = tuple(dict(answer.clips) for answer in composer().compose(first))
    again = Request(Kind.VARY, {role: clip}, clip.length, 2, 4, model, {"similarity": 1.0}, avoid=before)
    made = [answer.clips[role] for answer in composer().compose(again)]
    assert mean(same(clip, each) for each in made) > 0.7
    assert all(each.notes != old[role].notes for each in made for old in (*before, {role: clip}))


@pytest.mark.parametrize("model", MODELS)
def test_the_groove_of_stabs_is_kept_from_the_first_bar_on(model: str) -> None:
    bars = [
        kept(clip, made)
        for name, (_, clip) in CLIPS.items()
        if name in {"stabs", "clave"}
        for made in vary(model, name)
    ]
    assert mean(first for first, *_ in bars) > 0.85
    assert mean(mean(rest) for _, *rest in bars) > 0.85


@pytest.mark.parametrize("model", MODELS)
def test_a_riff_that_was_left_is_come_back_to(model: str) -> None:
    _, clip = CLIPS["riff"]
    for made in vary(model, "riff", variations=4, similarity=1.0):
        bars = [quarters(made)[at : at + 4] for at in range(0, 16, 4)]
        assert all(sum(a == b for a, b in zip(bar, quarters(clip), strict=False)) >= 2 for bar in bars)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("similarity", [0.0, 0.5])
def test_no_variation_begins_with_a_silence_that_its_clip_has_not(model: str, similarity: float) -> None:
    for name, (_, clip) in CLIPS.items():
        for made in vary(model, name, variations=8, similarity=similarity):
            assert made.notes[0].onset < clip.notes[0].onset + TICKS_PER_BEAT, name


@pytest.mark.parametrize("model", MODELS)
def test_a_rest_of_the_clip_stays_where_it_is(model: str) -> None:
    clip = line((RIFF, RIFF), late=1)
    for made in vary(model, (Role.MELODY, clip), variations=4, similarity=1.0):
        assert sum(not notes for notes in quarters(made)[:4]) >= 3
        assert same(clip, made) > 0.6


@pytest.mark.parametrize("model", MODELS)
def test_a_key_that_is_locked_holds_for_what_comes_back(model: str) -> None:
    _, clip = CLIPS["riff"]
    made = vary(model, "riff", similarity=1.0, key=4, scale=MINOR)  # E minor has no A sharp
    assert not any(note.pitch % 12 == 10 for each in made for note in each.notes)
    inside = [
        at for at, notes in enumerate(quarters(clip)) if not any(pitch % 12 == 10 for _, pitch in notes)
    ]
    assert mean(quarters(each)[at] == quarters(clip)[at] for each in made for at in inside) > 0.7


@pytest.mark.parametrize("model", MODELS)
def test_what_comes_back_comes_an_octave_higher_and_yields_to_other_registers(model: str) -> None:
    _, clip = CLIPS["hook"]
    assert mean(same(clip, made, up=12) for made in vary(model, "hook", similarity=1.0, register=12)) > 0.75

    def middle(clips: Iterable[Clip]) -> float:
        return mean(note.pitch for each in clips for note in each.notes)

    low, high = (vary(model, "hook", variations=4, similarity=1.0, register=register) for register in (-5, 5))
    assert middle(low) + 1 < middle([clip]) < middle(high) - 1
    assert mean(same(clip, made) for made in (*low, *high)) < 0.6


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("density", "low", "high"), [(0.5, 0.4, 0.7), (2.0, 1.35, 2.2)])
def test_what_comes_back_yields_to_a_density_that_is_asked_for(
    model: str, density: float, low: float, high: float
) -> None:
    _, clip = CLIPS["hook"]
    as_dense, made = (vary(model, "hook", variations=4, similarity=1.0, density=d) for d in (1.0, density))
    assert mean(same(clip, each) for each in as_dense) > 0.75
    assert low < mean(len(each.notes) for each in made) / len(clip.notes) < high


def test_who_is_varied_is_held_to_a_groove_at_once_and_who_goes_on_the_sooner_the_less_patient() -> None:
    beats = beats_of((MeterChange(0, Meter(4, 4)),), 4 * BAR)
    on, off = parse_word("60-0.25-1"), parse_word("60-0.25-1@0.5")
    groove = pattern_of([on] * 16, beats, Meter(4, 4), firmness=1.0)

    def held(patience: float) -> list[bool]:
        """Before the first beat, and after each of three that are out of the groove."""
        voice, found = Line(Bounds(ANY_KEY, pattern=groove, patience=patience)), []
        for beat in beats[:4]:
            found.append(voice.demand(beat).groove is not None)
            voice.add(beat, off)
        return found

    assert held(-1.0) == [True, True, True, True]
    assert held(0.0) == [False, True, True, True]
    assert held(0.5) == [False, False, True, True]


def test_what_shall_be_like_its_clip_goes_on_in_its_groove_from_the_first_bar_on() -> None:
    bars = []
    for name in ("stabs", "clave"):
        role, clip = CLIPS[name]
        request = Request(Kind.CONTINUE, {role: clip}, 2 * BAR, 8, 1, "folk", {"similarity": 1.0})
        bars += [mean(kept(clip, answer.clips[role])) for answer in composer().compose(request)]
    assert mean(bars) > 0.8  # with the patience that is usual, 0.7
