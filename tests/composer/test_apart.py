"""Variations are held apart from each other, and from what was given before."""

from __future__ import annotations

import pytest

from bridge.beats.metre import beats_of
from bridge.beats.word import Word, parse_word
from bridge.composer.apart import Apart, GivenBefore, Latitude, latitudes_from, line_of, shunning, strikes_of
from bridge.music.note import VOICES, Meter, MeterChange, Note, Role, make_clip
from bridge.network.demand import Demand

A, B, C, REST = map(parse_word, ("60-1-1", "62-1-1", "64-1-1", "r"))


def pitches(*words: Word) -> set[int]:
    return {note.pitch for word in words for note in word.notes}


def after(words: list[list[object]], *, given: list[GivenBefore] | None = None) -> Apart:
    """One voice after some beats, each with one word a variation."""
    apart = Apart(len(words[0]), given or [], {role: Latitude(2, 0.4) for role in VOICES})
    for number, row in enumerate(words):
        apart.begin(number)
        apart.add(0, row)  # type: ignore[arg-type]  # words
    apart.begin(len(words))
    return apart


def test_candidates_for_one_variation_may_be_alike_and_go_on_in_each_others_places() -> None:
    apart = Apart(4, (), {role: Latitude(2, 0.4) for role in VOICES}, candidates=2)
    for number, row in enumerate([[A, A, A, B], [B, B, B, A]]):
        apart.begin(number)
        apart.add(0, row)
    apart.begin(2)
    assert set(apart.shun(0, [C, C, C, C])) == {2}  # not 1, which has been like 0; 3 has been like nobody
    apart.select([0, 1, 3, 3])
    assert not apart.shun(0, [C, C, C, C])
    apart.select([1, 1, 2, 2])
    apart.add(0, [A, A, A, A])
    apart.begin(3)
    apart.add(0, [C, C, C, C])
    apart.begin(4)
    assert set(apart.shun(0, [B, B, B, B])) == {2, 3}


def test_a_few_beats_may_be_the_same() -> None:
    assert after([[A, A], [B, B]]).shun(0, [REST, REST]).get(1) is None
    assert after([[A, A]]).shun(0, [B, B]).get(1) is None


def test_then_the_later_variation_has_to_be_another_and_the_first_never_has() -> None:
    apart = after([[A, A], [B, B]])
    assert apart.shun(0, [C, C]).get(1) == pitches(*[C])
    assert apart.shun(0, [C, C]).get(0) is None
    assert apart.shun(0, [C, A]).get(1) is None


def test_one_that_changes_keeps_away_from_all_that_it_has_gone_along_with() -> None:
    apart = after([[A, A, A], [B, B, B]])
    assert apart.shun(0, [C, A, C]).get(2) == pitches(*[C, A])


def test_going_apart_once_is_not_enough_where_most_is_the_same() -> None:
    apart = after([[A, A], [A, B], [A, A], [B, B], [C, C], [A, A], [A, C], [B, B]])
    assert apart.shun(0, [C, C]).get(1) == pitches(*[C])


def test_what_was_given_before_is_kept_away_from() -> None:
    given = [
        GivenBefore([tuple(map(strikes_of, (A, B, C))), ()], {role: Latitude(2, 0.4) for role in VOICES})
    ]
    assert after([[A], [B]], given=given).shun(0, [C]).get(0) == pitches(*[C])
    assert after([[A], [C]], given=given).shun(0, [C]).get(0) is None
    assert after([[A], [B], [C]], given=given).shun(0, [A]).get(0) is None  # the line is over


@pytest.mark.parametrize(("similarity", "too_much"), [(0.0, True), (1.0, False)])
def test_a_variation_of_a_clip_may_have_as_much_of_it_as_it_shall_be_similar(
    similarity: float, *, too_much: bool
) -> None:
    given = [GivenBefore([tuple(map(strikes_of, (A, B, C))), ()], latitudes_from(similarity))]
    assert bool(after([[A], [B]], given=given).shun(0, [C]).get(0)) is too_much


def test_pitches_that_are_shunned_are_less_welcome_and_all_others_as_before() -> None:
    demand = shunning(Demand(), {60, 64})
    assert demand.welcome[60] == demand.welcome[64] < -5
    assert demand.welcome[62] == 0
    assert Demand().welcome[60] == 0


def test_voices_are_counted_apart() -> None:
    apart = after([[A, A], [B, B]])
    assert apart.shun(1, [C, C]).get(1) is None
    assert Role.MELODY in latitudes_from(0.5)


def test_what_a_clip_strikes_is_told_by_twelfths_of_the_beat_however_it_is_played() -> None:
    frame = beats_of((MeterChange(0, Meter(4, 4)),), 1920)
    clip = make_clip(
        [Note(10, 60, 900), Note(470, 64, 400), Note(950, 62, 960), Note(1915, 65, 5)], length=1920
    )
    assert line_of(clip, 2, frame) == (((0, 62), (6, 66)), ((0, 64),))


def test_two_may_begin_alike_as_long_as_enough_of_them_is_left_to_differ() -> None:
    beats, latitude = 8, Latitude(8, 0.5, 32)
    apart = Apart(2, (), dict.fromkeys(VOICES, latitude), beats=beats)
    alike = 0
    for number in range(beats):
        apart.begin(number)
        changed = apart.shun(0, [A, A])
        words = [A, B] if changed else [A, A]
        alike += not changed
        apart.add(0, words)
    assert alike == beats // 2 + 1
