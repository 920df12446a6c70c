"""Answers beside what really follows: with answers whose quality is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bridge.evaluation.cases import Case, cases_of, scores_of
from bridge.evaluation.continuations import Answer, Continuations, Kind, measure_continuations, tells
from bridge.evaluation.counting import Counting
from bridge.evaluation.tables import giveaway_rows, kind_heads, kind_rows, markdown
from bridge.evaluation.telling import CLASSIFIERS
from bridge.music.note import Clip, Role, transpose
from tests.evaluation.music import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PIECES = pieces(36)
CASES = cases_of(PIECES[:30], 45)


@pytest.fixture(scope="module", autouse=True)
def _one_classifier() -> Iterator[None]:
    """Boosting takes seconds; it is tested by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(CLASSIFIERS, "gradient boosting")
        yield


def measured(answer: Answer, *, counting: Counting | None = None) -> Continuations:
    return measure_continuations(CASES, {Kind.MODEL: answer}, training=PIECES[30:], counting=counting)


def another(_: Case, number: int) -> list[Mapping[Role, Clip]]:
    """What really follows elsewhere: as good as real, as all these tunes are of one kind."""
    return [CASES[(number + 2 * step + 1) % len(CASES)].real for step in range(4)]


@pytest.fixture(scope="module")
def good() -> Continuations:
    return measured(another, counting=Counting(scores_of(PIECES[30:])))


def test_real_music_is_not_told_from_real_music_and_a_loop_is(good: Continuations) -> None:
    assert good.told[Kind.MODEL].accuracy < 0.62
    assert good.told[Kind.LOOPED].accuracy > 0.95
    assert (good.cases, good.songs, good.variations) == (len(CASES), 30, 4)


def test_the_wrong_key_gives_an_answer_away() -> None:
    def off_key(case: Case, _: int) -> list[Mapping[Role, Clip]]:
        return [{role: transpose(clip, 1) for role, clip in case.real.items()}]

    found = measured(off_key)
    assert found.told[Kind.MODEL].accuracy > 0.95
    in_key = next(giveaway for giveaway in found.giveaways if giveaway.name == "in_key")
    assert in_key.real > 0.9
    assert in_key.made < 0.6
    assert found.giveaways.index(in_key) < 30


def test_a_primer_that_is_left_for_another_key_says_what_its_lock_costs(good: Continuations) -> None:
    def off_key(case: Case, _: int) -> list[Mapping[Role, Clip]]:
        return [case.real]

    left = [replace(case, real={r: transpose(clip, 1) for r, clip in case.real.items()}) for case in CASES]
    found = measure_continuations(left, {Kind.MODEL: off_key}, training=(), counting=None)
    assert found.told[Kind.HELD].accuracy > 0.95
    assert good.told[Kind.HELD].accuracy < 0.62


def test_copies_are_found_and_new_tunes_are_not() -> None:
    def copied(_: Case, number: int) -> list[Mapping[Role, Clip]]:
        heard = cases_of(PIECES[30:], 8)[number % 8]
        return [{role: transpose(clip, 3) for role, clip in heard.real.items()}]

    found = measured(copied)
    assert found.copied[Kind.MODEL].median > 3 * found.copied[Kind.REAL].median
    assert found.copied[Kind.MODEL].p95 > found.copied[Kind.REAL].p95


def test_a_measure_that_does_not_tell_real_from_shuffled_is_dropped(good: Continuations) -> None:
    """Chords go with their melody bar by bar in no tune here, and so shuffling changes nothing; keys are all one."""
    assert "empty_bars" in good.dropped
    assert set(good.dropped).isdisjoint(good.measures)


def test_telling_is_sure_and_not_by_chance() -> None:
    rng = np.random.default_rng(3)
    real, same = rng.normal(size=(2, 200))
    assert not tells(real, same)
    assert tells(real, same + 1)
    assert not tells(np.full(200, np.nan), same)


def test_real_music_lies_nearer_to_itself_than_a_loop_does(good: Continuations) -> None:
    assert good.distances[Kind.MODEL] < good.distances[Kind.LOOPED]


def test_the_same_question_has_the_same_figures() -> None:
    few = CASES[:10]
    first, again = (
        measure_continuations(few, {Kind.MODEL: another}, training=(), counting=None) for _ in range(2)
    )
    assert first.told == again.told
    assert first.distances == again.distances
    assert first.copied == {}


def test_the_tables_have_a_column_for_each_kind(good: Continuations) -> None:
    heads, rows = kind_heads(good), kind_rows(good)
    assert heads[1:3] == ("real", "model")
    assert {len(row) for row in rows} == {len(heads)}
    assert f"{100 * good.told[Kind.MODEL].accuracy:.1f}" in rows[0]
    assert markdown(heads, rows).splitlines()[1].startswith("| --- | ---: |")
    assert len(giveaway_rows(good.giveaways[:3])) == 3
