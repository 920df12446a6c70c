"""The words of a dictionary as tables, so that a demand weighs many of them at once.

It gives what `demand.weights_of` gives, word by word, several times as fast: a dictionary is asked about for every
voice of every beat of every variation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.vocabulary import LAST
from bridge.network.demand import SURPLUS, Rhythm, facts_of, is_stuck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.word import Word
    from bridge.network.demand import Demand, Weights

Rows = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_KEYS: Final = 128


class Stock:
    """Words as tables; a word is named by its row.

    Shapes: W words, n rows that are asked about.

    Args:
        words: as many as there are rows.
    """

    def __init__(self, words: Sequence[Word]) -> None:
        facts = self._facts = [facts_of(word) for word in words]
        self._struck = _counts([each.struck for each in facts], _KEYS)  # W 128, how often each
        self._held = _counts([[pitch for pitch, _ in each.held] for each in facts], _KEYS) > 0  # W 128
        self._onsets = _counts([each.onsets for each in facts], LAST) > 0  # W LAST
        self._first = np.array([each.onsets[0] if each.onsets else LAST for each in facts], np.intp)
        self._strikes = self._struck.sum(1)
        self._times = self._onsets.sum(1).astype(np.float32)
        self._with_rhythm: dict[Rhythm, list[int]] = defaultdict(list)
        for row, each in enumerate(facts):
            self._with_rhythm[Rhythm(each.held, each.groups)].append(row)

    def weights(self, rows: Rows, demands: Sequence[Demand]) -> Weights:
        """The log-weight of some rows, (n, k), each of the n by a demand of its own.

        It is minus infinity for a word that cannot stand.
        """
        struck = self._struck[rows]  # n k 128
        strange = np.stack([~demand.allowed for demand in demands])
        welcome = np.stack([demand.welcome for demand in demands])
        told = struck @ np.stack([strange, welcome], 2).astype(np.float32)  # n k 2
        weights = told[:, :, 1] + self._surplus(rows, demands)
        fits = told[:, :, 0] == 0
        for at, demand in enumerate(demands):
            fits[at] &= self._fits(rows[at], demand)
        return np.where(fits, weights, -np.inf)

    def _surplus(self, rows: Rows, demands: Sequence[Demand]) -> Weights:
        """What more, or fewer, onsets and pitches than usual weigh."""
        going_on, typical, stacking, chord = np.array(
            [(demand.going_on, demand.typical, demand.stacking, demand.chord) for demand in demands]
        ).T[:, :, None]
        times, strikes = self._times[rows], self._strikes[rows]
        more, thicker = (
            np.clip(beyond, -SURPLUS, SURPLUS) for beyond in (times - typical, strikes - times * chord)
        )
        return np.asarray(going_on * more + stacking * thicker)

    def _fits(self, rows: Rows, demand: Demand) -> Flags:
        if demand.rhythm is not None:
            return np.isin(rows, self._with_rhythm.get(demand.rhythm, []))
        strange = np.ones(_KEYS, np.bool_)
        strange[list(demand.holdable)] = False
        misplaced = (self._onsets[rows] & ~demand.places).any(1)
        fits = np.logical_not(misplaced | (self._held[rows] & strange).any(1))
        if demand.strike_by is not None:
            fits &= self._first[rows] <= demand.strike_by
        run = demand.run
        for at in np.flatnonzero(fits & (self._strikes[rows] > run.longest - run.length)):
            fits[at] = not is_stuck(run, self._facts[rows[at]].struck)
        return fits


def _counts(numbers: Sequence[Sequence[int]], size: int) -> npt.NDArray[np.float32]:
    """How often each number below `size` is in each sequence, (W, size)."""
    flat = [row * size + number for row, each in enumerate(numbers) for number in each]
    counts = np.bincount(flat, minlength=len(numbers) * size) if flat else np.zeros(len(numbers) * size)
    return counts.reshape(len(numbers), size).astype(np.float32)
