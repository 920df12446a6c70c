"""Variations are held apart from each other, and from what was given before."""

from __future__ import annotations

import pytest

from bridge.beats.word import parse_word
from bridge.composer.apart import Apart, GivenBefore, latitudes_from, shunning
from bridge.music.note import Role
from bridge.network.demand import Demand

A, B, C, REST = map(parse_word, ("60-1-1", "62-1-1", "64-1-1", "r"))


def after(words: list[list[object]], *, given: list[GivenBefore] | None = None) -> Apart:
    """One voice after some beats, each with one word a variation."""
    apart = Apart(len(words[0]), given or [])
    for number, row in enumerate(words):
        apart.begin(number)
        apart.add(0, row)  # type: ignore[arg-type]  # words
    apart.begin(len(words))
    return apart


def test_a_few_beats_may_be_the_same() -> None:
    assert after([[A, A], [B, B]]).shun(0, 1, words=[REST, REST]) == []
    assert after([[A, A]]).shun(0, 1, words=[B, B]) == []


def test_then_the_later_variation_has_to_be_another_and_the_first_never_has() -> None:
    apart = after([[A, A], [B, B]])
    assert apart.shun(0, 1, words=[C, C]) == [C]
    assert apart.shun(0, 0, words=[C, C]) == []
    assert apart.shun(0, 1, words=[C, A]) == []


def test_one_that_changes_keeps_away_from_all_that_it_has_gone_along_with() -> None:
    apart = after([[A, A, A], [B, B, B]])
    assert apart.shun(0, 2, words=[C, A, C]) == [C, A]


def test_going_apart_once_is_not_enough_where_most_is_the_same() -> None:
    apart = after([[A, A], [A, B], [A, A], [B, B], [C, C], [A, A], [A, C], [B, B]])
    assert apart.shun(0, 1, words=[C, C]) == [C]


def test_what_was_given_before_is_kept_away_from() -> None:
    given = [GivenBefore([(A, B, C), ()])]
    assert after([[A], [B]], given=given).shun(0, 0, words=[C]) == [C]
    assert after([[A], [C]], given=given).shun(0, 0, words=[C]) == []
    assert after([[A], [B], [C]], given=given).shun(0, 0, words=[A]) == []  # the line is over


@pytest.mark.parametrize(("similarity", "too_much"), [(0.0, True), (1.0, False)])
def test_a_variation_of_a_clip_may_have_as_much_of_it_as_it_shall_be_similar(
    similarity: float, *, too_much: bool
) -> None:
    given = [GivenBefore([(A, B, C), ()], latitudes_from(similarity))]
    assert bool(after([[A], [B]], given=given).shun(0, 0, words=[C])) is too_much


def test_pitches_that_are_shunned_are_less_welcome_and_all_others_as_before() -> None:
    demand = shunning(Demand(), [parse_word("60-1-1#64-1-1@0")])
    assert demand.welcome[60] == demand.welcome[64] < -5
    assert demand.welcome[62] == 0
    assert Demand().welcome[60] == 0


def test_voices_are_counted_apart() -> None:
    apart = after([[A, A], [B, B]])
    assert apart.shun(1, 1, words=[C, C]) == []
    assert Role.MELODY in latitudes_from(0.5)
