"""A line is steered towards what was asked, beat by beat."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.beats.grid import GRID
from bridge.beats.metre import beats_of
from bridge.beats.vocabulary import LAST
from bridge.beats.word import PARTS, parse_word
from bridge.composer.manner import longest_silence, manner_of
from bridge.composer.steering import AT_EASE, SLACK, Bounds, Line, busy_places, places_in, range_welcome
from bridge.music.note import Meter, MeterChange
from bridge.network.demand import NEVER

BEATS = beats_of((MeterChange(0, Meter(4, 4)),), 4 * 3840)
ALL = np.ones(128, np.bool_)
QUARTER, EIGHTHS, REST = map(parse_word, ("60-1-1", "60-0.5-1#62-0.5-1", "r"))


def test_a_voice_that_is_behind_goes_on_and_one_that_is_ahead_holds_back() -> None:
    behind, ahead = (Line(Bounds(ALL, rate=1.0, typical=1.0)) for _ in range(2))
    for beat in BEATS[:4]:
        behind.add(beat, REST)
        ahead.add(beat, EIGHTHS)
    assert behind.demand(BEATS[4]).going_on > 2 > -2 > ahead.demand(BEATS[4]).going_on
    assert Line(Bounds(ALL)).demand(BEATS[0]).going_on == 0


def test_a_voice_of_single_notes_strikes_one_at_a_time() -> None:
    assert Line(Bounds(ALL, chord=1.0)).demand(BEATS[0]).stacking == NEVER


def test_chords_that_are_too_thin_become_fuller() -> None:
    line = Line(Bounds(ALL, chord=3.0))
    for beat in BEATS[:4]:
        line.add(beat, QUARTER)
    assert line.demand(BEATS[4]).stacking > 1


@pytest.mark.parametrize(
    ("words", "strike_by"), [(["60-1-1", "r", "r", "r"], LAST - 1), (["r", "r", "r"], 0)]
)
def test_a_note_must_start_before_a_bar_is_silent(words: list[str], strike_by: int) -> None:
    line = Line(Bounds(ALL, silence=3841 if strike_by == 0 else 3840))
    for beat, word in zip(BEATS, map(parse_word, words), strict=False):
        line.add(beat, word)
    if strike_by:
        assert line.demand(BEATS[4]).strike_by == strike_by
    else:
        assert Line(Bounds(ALL, silence=960), quiet=959).demand(BEATS[3]).strike_by == 0


def test_silence_counts_from_where_the_last_note_ended() -> None:
    line = Line(Bounds(ALL, silence=1920))
    line.add(BEATS[0], parse_word("60-0.5-1"))
    assert line.quiet == 480
    assert line.demand(BEATS[1]).strike_by is None
    line.add(BEATS[1], REST)
    assert GRID[line.demand(BEATS[2]).strike_by or 0] < PARTS // 2


def test_a_chord_that_is_held_is_no_silence() -> None:
    line = Line(Bounds(ALL, silence=960))
    line.add(BEATS[0], QUARTER)
    assert line.demand(BEATS[1]).may_sound_on
    line.add(BEATS[1], parse_word("60-0.25-0"))
    assert GRID[line.demand(BEATS[2]).strike_by or 0] < PARTS // 4


def test_a_chord_that_is_held_for_long_is_struck_again() -> None:
    line = Line(Bounds(ALL, wait=2400))
    line.add(BEATS[0], parse_word("60-0.5-1@0.5"))
    assert line.waited == 480
    line.add(BEATS[1], parse_word("60-1-0"))
    assert line.demand(BEATS[2]).strike_by == LAST - 1
    assert not line.demand(BEATS[2]).may_sound_on
    line.add(BEATS[2], parse_word("60-1-0"))
    assert line.demand(BEATS[3]).strike_by == 0


def test_chords_that_sound_less_than_those_of_the_clip_are_asked_to_sound_on() -> None:
    thin, full = Line(Bounds(ALL, chord=3.0, fullness=3.0)), Line(Bounds(ALL, chord=3.0, fullness=3.0))
    for beat in BEATS[:6]:
        thin.add(beat, parse_word("60-0.5-1"))
        full.add(beat, parse_word("60-1-1#64-1-1@0#67-1-1@0"))
    assert thin.sounded == 3
    thinner, as_ever = (line.demand(BEATS[6]) for line in (thin, full))
    assert as_ever.filling == 0 < thinner.filling
    assert thinner.stacking > as_ever.stacking
    assert thinner.worth_of_sounding(3) > 0 > thinner.worth_of_sounding(1) > thinner.worth_of_sounding(0)


def test_no_note_starts_behind_the_end_of_a_cut_beat() -> None:
    cut = beats_of((MeterChange(0, Meter(4, 4)),), 480)[0]
    places = Line(Bounds(ALL)).demand(cut).places
    assert places[0]
    assert not places[GRID.index(PARTS // 2)]


def test_the_range_moves_as_asked_and_ends_somewhere() -> None:
    manner = manner_of([parse_word("60-0.5-1#76-0.5-1")], BEATS[:1])
    assert manner is not None
    plain, moved = range_welcome(manner, up=0), range_welcome(manner, up=5)
    assert (plain[55], plain[54], plain[81], plain[82]) == (-0.4, NEVER, -0.4, NEVER)
    assert plain[60] == plain[76] == 0 > plain[77] > plain[81] > NEVER
    assert moved[86] > NEVER == moved[59]
    assert moved[78] > moved[68]


def test_a_clip_of_one_note_stands_for_an_octave() -> None:
    manner = manner_of([parse_word("60-1-1")], BEATS[:1])
    assert manner is not None
    welcome = range_welcome(manner, up=0)
    assert (welcome[54], welcome[66]) == (0, 0)


def places(divisions: set[int]) -> list[bool]:
    return [bool(place) for place in places_in(frozenset(divisions))]


@pytest.mark.parametrize(
    ("words", "density", "divisions"),
    [
        (["60-1-1", "60-0.5-1#62-0.5-1"], 1.0, {1, 2}),
        (["60-1/3-1#62-1/3-1#64-1/3-1", "60-1-1"], 1.0, {3}),
        (["60-0.25-1#62-0.25-1#64-0.5-1"], 1.0, {4}),
        (["60-1-1", "60-1-1"], 1.0, {1}),
        (["60-1-1", "60-1-1"], 2.0, {1, 2, 4}),
        (["60-1-1", "r"], 1.0, {2}),
    ],
)
def test_the_beat_is_cut_as_the_clip_cuts_it_and_finer_where_it_shall_be_denser(
    words: list[str], density: float, divisions: set[int]
) -> None:
    manner = manner_of(list(map(parse_word, words)), BEATS[: len(words)])
    assert manner is not None
    assert busy_places(manner, {960: 2}, density=density)[960].tolist() == places(divisions)


def test_silence_is_told_to_the_tick() -> None:
    words = list(map(parse_word, ("60-0.5-1", "r", "60-0.25-1@0.75")))
    assert longest_silence(words, BEATS[:3]) == 480 + 960 + 720


def test_a_voice_as_dense_as_its_clip_may_breathe_and_one_that_shall_be_denser_is_held_to_it() -> None:
    at_ease, held = (Line(Bounds(ALL, rate=1.0, typical=1.0, slack=slack)) for slack in (AT_EASE, SLACK))
    for beat in BEATS[:2]:
        at_ease.add(beat, REST)
        held.add(beat, REST)
    assert at_ease.demand(BEATS[2]).going_on == 0 < held.demand(BEATS[2]).going_on
