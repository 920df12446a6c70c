"""Chance decides as the network expects, within what is left to it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bridge.network.sampling import Chance, _draw, _draw_of_some, numbers_of

DRAWS = 20_000
RNG_SEED = 7
SHARES = [0.6, 0.3, 0.0, 0.0995, 0.0005]


def drawn(temperature: float, unlikely: float) -> list[float]:
    """How often each index is drawn, as a share."""
    with np.errstate(divide="ignore"):
        logits = np.log([SHARES])
    chance = Chance(temperature, [numbers_of(np.random.default_rng(RNG_SEED))])
    indices = [int(_draw(logits, chance, [0], unlikely)[0]) for _ in range(DRAWS)]
    shares: list[float] = (np.bincount(indices, minlength=len(SHARES)) / DRAWS).tolist()
    return shares


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.5])
def test_what_is_likely_is_drawn_as_often_as_the_temperature_makes_it(temperature: float) -> None:
    raised = [share ** (1 / temperature) for share in SHARES]
    expected = [share / sum(raised) for share in raised]
    assert drawn(temperature, -math.inf) == pytest.approx(expected, abs=0.012), f"rng seed {RNG_SEED}"


def test_what_is_too_unlikely_is_never_drawn() -> None:
    rarely = drawn(1.0, math.log(0.004))
    assert rarely[4] == 0
    assert rarely[3] > 0.09


def test_nothing_is_left_to_chance_at_temperature_zero() -> None:
    assert drawn(0.0, -math.inf) == [1, 0, 0, 0, 0]


def test_each_variation_has_a_stream_of_chance_of_its_own() -> None:
    logits = np.zeros((2, 50))

    def of(*rows: int) -> list[list[int]]:
        chance = Chance(1.0, [numbers_of(np.random.default_rng(row)) for row in range(2)])
        return [_draw(logits[: len(rows)], chance, rows, -math.inf).tolist() for _ in range(300)]

    both = of(0, 1)
    assert [pair[0] for pair in both] == [alone[0] for alone in of(0)]
    assert [pair[1] for pair in both] == [alone[0] for alone in of(1)]
    assert [pair[0] for pair in both] != [pair[1] for pair in both]


@pytest.mark.parametrize("rng_seed", range(60))
def test_what_is_offered_to_some_is_drawn_as_from_a_table(rng_seed: int) -> None:
    """Rows that are offered nothing, and words that cannot stand, are among them."""
    rng = np.random.default_rng(rng_seed)
    temperature = float(rng.choice([0.0, 0.5, 1.0, 2.0]))
    rows, words, unlikely = 5, 12, float(rng.choice([-np.inf, -2.0]))
    table = np.where(rng.random((rows, words)) < 0.4, rng.normal(0, 3, (rows, words)), -np.inf)
    table[:, :-1][rng.random((rows, words - 1)) < 0.1] = -np.inf
    table[:, -1] = rng.normal(size=rows)
    whose, at = np.isfinite(table[:, :-1]).nonzero()

    def chance() -> Chance:
        return Chance(temperature, [numbers_of(np.random.default_rng([rng_seed, n])) for n in range(rows)])

    dense = _draw(table, chance(), range(rows), unlikely)
    drawn = _draw_of_some(
        table[whose, at], whose, table[:, -1], chance=chance(), rows=range(rows), unlikely=unlikely
    )
    assert [words - 1 if index < 0 else at[index] for index in drawn] == dense.tolist(), (
        f"rng seed {rng_seed}"
    )
