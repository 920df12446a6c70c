"""The classifier, and the distance of distributions, on numbers whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.evaluation.distance import distance
from bridge.evaluation.telling import (
    CLASSIFIERS,
    Side,
    giveaways,
    tell_apart,
    tell_rivals,
    telling_power,
)

SEED = 5
SONGS = [f"song {number // 4}" for number in range(160)]


def drawn(
    shift: float, *, seed: int = SEED, count: int = 160
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    rows = np.random.default_rng(seed).normal(size=(count, 12))
    rows[:, 3] += shift
    return rows


@pytest.mark.parametrize("classifier", list(CLASSIFIERS))
def test_what_is_alike_is_not_told_and_what_is_not_is(classifier: str) -> None:
    real = Side(drawn(0), SONGS)
    same, other = (Side(drawn(shift, seed=SEED + 1), SONGS) for shift in (0, 8))
    coin, sure = (tell_apart(real, made, classifier) for made in (same, other))
    assert 0.4 < coin.accuracy < 0.6
    assert coin.low < coin.accuracy < coin.high
    assert sure.accuracy > 0.98


def test_a_song_that_is_known_by_heart_does_not_help() -> None:
    """Every song has rows of its own that never vary: only songs that were learned from could be told by them."""
    rng = np.random.default_rng(SEED)
    of_songs = np.repeat(rng.normal(size=(80, 12)), 4, 0)
    names = [f"song {number // 4}" for number in range(320)]
    real, made = Side(of_songs[:160], names[:160]), Side(of_songs[160:], names[160:])
    assert tell_apart(real, made, "gradient boosting").accuracy < 0.65


def test_both_kinds_weigh_the_same_however_many_there_are() -> None:
    many = np.concatenate([drawn(0, seed=SEED + n) for n in range(1, 5)])
    told = tell_apart(Side(drawn(0), SONGS), Side(many, SONGS * 4), "logistic regression")
    assert 0.4 < told.accuracy < 0.6


def test_what_has_no_value_is_no_obstacle() -> None:
    rows = drawn(0)
    rows[::3, 2] = np.nan
    rows[:, 7] = np.nan
    for classifier in CLASSIFIERS:
        assert tell_apart(Side(rows, SONGS), Side(drawn(6, seed=9), SONGS), classifier).accuracy > 0.9


def test_the_classifier_is_chosen_by_the_rivals() -> None:
    """What only trees can tell: the two kinds differ in their spread, not in their means."""
    real = Side(drawn(0), SONGS)
    wide = drawn(0, seed=SEED + 1)
    wide[:, 3] *= 12
    name, told = tell_rivals(real, {"wide": Side(wide, SONGS)})
    assert name == "gradient boosting"
    assert told["wide"].accuracy > 0.7


def test_the_power_of_one_number() -> None:
    low, high = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert telling_power(low, high) == telling_power(high, low) == 1.0
    assert telling_power(low, low) == 0.5
    assert telling_power(np.array([1.0, 3.0]), np.array([2.0, 4.0])) == 0.75
    assert telling_power(np.array([np.nan]), high) == 0.5


def test_what_gives_most_away_comes_first() -> None:
    names = [f"feature {number}" for number in range(12)]
    first = giveaways(names, drawn(0), drawn(3, seed=SEED + 1))[0]
    assert first.name == "feature 3"
    assert first.alone > 0.95
    assert first.made - first.real == pytest.approx(3, abs=0.4)


def test_the_distance_is_in_standard_deviations() -> None:
    rows = drawn(0, count=2_000)
    assert distance(rows, rows) == 0.0
    assert distance(rows, rows + 2 * rows.std(0)) == pytest.approx(2.0)
    constant = np.ones((50, 1))
    assert np.isnan(distance(constant, constant))
