"""Words as tables, so that demands weigh many of them at once.

Every word that a network may choose whole is in a stock: those of its dictionaries, and those of the song so far.
They are weighed for every voice of every beat of every variation, so no word is looked at by itself.
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
    from bridge.network.demand import Demand, Facts, Weights

Rows = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

_KEYS: Final = 128
_LEAST_ROOM: Final = 64


class Stock:
    """Words as tables; a word is named by its row, in the order in which they came.

    Shapes: W words, n rows that are asked about.

    Args:
        words: the first ones.
    """

    def __init__(self, words: Sequence[Word] = ()) -> None:
        self._facts: list[Facts] = []
        self._struck = np.zeros((0, _KEYS), np.uint8)  # W 128, how often each key is struck
        self._held = np.zeros((0, _KEYS), np.bool_)  # W 128
        self._onsets = np.zeros((0, LAST), np.bool_)  # W LAST
        self._first = np.zeros(0, np.intp)  # where its first onset is; LAST: it has none
        self._with_rhythm: dict[Rhythm, list[int]] = defaultdict(list)
        self.add(words)

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, words: Sequence[Word]) -> None:
        """Let more words have the next rows."""
        start = len(self)
        facts = [facts_of(word) for word in words]
        self._facts += facts
        self._make_room(len(self))
        rows = slice(start, len(self))
        self._struck[rows] = _counts([each.struck for each in facts], _KEYS)
        self._held[rows] = _counts([[pitch for pitch, _ in each.held] for each in facts], _KEYS) > 0
        self._onsets[rows] = _counts([each.onsets for each in facts], LAST) > 0
        self._first[rows] = [each.onsets[0] if each.onsets else LAST for each in facts]
        for row, each in enumerate(facts, start):
            self._with_rhythm[Rhythm(each.held, each.groups)].append(row)

    def _make_room(self, wanted: int) -> None:
        room = len(self._first)
        if wanted <= room:
            return
        more = max(wanted, 2 * room, _LEAST_ROOM) - room
        for name in ("_struck", "_held", "_onsets", "_first"):
            table = getattr(self, name)
            setattr(self, name, np.concatenate([table, np.zeros((more, *table.shape[1:]), table.dtype)]))

    def weights(self, rows: Rows, demands: Sequence[Demand]) -> Weights:
        """The log-weight of some rows, (n, k), each of the n by a demand of its own.

        It is minus infinity for a word that cannot stand.
        """
        struck = self._struck[rows]  # n k 128
        strange = np.stack([~demand.allowed for demand in demands])
        welcome = np.stack([demand.welcome for demand in demands])
        told = struck.astype(np.float32) @ np.stack([strange, welcome], 2).astype(np.float32)  # n k 2
        weights = told[:, :, 1] + self._surplus(rows, struck, demands)
        fits = (told[:, :, 0] == 0) & self._fits(rows, struck, demands)
        return np.where(fits, weights, -np.inf)

    def _surplus(self, rows: Rows, struck: npt.NDArray[np.uint8], demands: Sequence[Demand]) -> Weights:
        """What more, or fewer, onsets and pitches than usual weigh."""
        going_on, typical, stacking, chord = np.array(
            [(demand.going_on, demand.typical, demand.stacking, demand.chord) for demand in demands]
        ).T[:, :, None]
        times = self._onsets[rows].sum(2)
        more, thicker = (
            np.clip(beyond, -SURPLUS, SURPLUS) for beyond in (times - typical, struck.sum(2) - times * chord)
        )
        return np.asarray(going_on * more + stacking * thicker)

    def _fits(self, rows: Rows, struck: npt.NDArray[np.uint8], demands: Sequence[Demand]) -> Flags:
        strange = np.ones((len(demands), _KEYS), np.bool_)
        for at, demand in enumerate(demands):
            strange[at, list(demand.holdable)] = False
        places = np.stack([demand.places for demand in demands])
        latest = np.array([LAST if demand.strike_by is None else demand.strike_by for demand in demands])
        fits: Flags = np.logical_not((self._onsets[rows] & ~places[:, None]).any(2))
        fits &= ~(self._held[rows] & strange[:, None]).any(2)
        fits &= self._first[rows] <= latest[:, None]
        room = np.array([demand.run.longest - demand.run.length for demand in demands])
        for at, column in np.argwhere(fits & (struck.sum(2) > room[:, None])):
            fits[at, column] = not is_stuck(demands[at].run, self._facts[rows[at, column]].struck)
        for at, demand in enumerate(demands):
            if demand.rhythm is not None:
                fits[at] = np.isin(rows[at], self._with_rhythm.get(demand.rhythm, []))
        return fits


def _counts(numbers: Sequence[Sequence[int]], size: int) -> npt.NDArray[np.intp]:
    """How often each number below `size` is in each sequence, (W, size)."""
    flat = [row * size + number for row, each in enumerate(numbers) for number in each]
    return np.bincount(np.array(flat, np.intp), minlength=len(numbers) * size).reshape(len(numbers), size)
