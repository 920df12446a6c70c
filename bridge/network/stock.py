"""Words as tables, so that demands weigh many of them at once.

Every word that a network may choose whole is in a stock: those of its dictionaries, and those of the song so far.
They are weighed for every voice of every beat of every variation, so no word is looked at by itself: a word is a few
tokens, such as "strikes a C" or "holds an E over", each demand says what every token is worth, and what a word
weighs is the sum over its tokens.
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

_KEYS: Final = 128
_HELD_0: Final = _KEYS
"""`_HELD_0 + 60`: the word holds key 60 over; the keys themselves stand for being struck."""
_ONSET_0: Final = _HELD_0 + _KEYS
"""`_ONSET_0 + i`: something starts at `GRID[i]`."""
_FIRST_0: Final = _ONSET_0 + LAST
"""`_FIRST_0 + i`: nothing starts before `GRID[i]`; with `LAST`, nothing starts at all or is held through."""
_STILL: Final = _FIRST_0 + LAST + 1
"""Nothing starts, but something is held through."""
_SOUNDING_0: Final = _STILL + 1
"""`_SOUNDING_0 + n`: n keys sound up to the end of the beat, or more, if n is `_MANY`."""
_MANY: Final = 12
_TOKENS: Final = _SOUNDING_0 + _MANY + 1
"""How many there are."""

_LEAST_ROOM: Final = 64


class Weighing:
    """Some demands as tables, for any number of words.

    Attributes:
        demands: n of them.
        worth: (n, tokens) nats for each token of a word; minus infinity where no word may have it.
        rhythms: those that are given, and to which demand.
    """

    def __init__(self, demands: Sequence[Demand]) -> None:
        self.demands = demands
        self.worth = _worth(demands)
        self.rhythms = [(at, each.rhythm) for at, each in enumerate(demands) if each.rhythm is not None]
        self._density = np.array([(d.going_on, d.typical, d.stacking, d.chord) for d in demands]).T  # 4 n
        self._room = np.array([d.run.longest - d.run.length for d in demands])

    def surplus(self, whose: Rows, onsets: Weights, struck: Weights) -> Weights:
        """What more, or fewer, onsets and pitches than usual weigh, (k), of words that have so many.

        `whose` says by which demand each is weighed.
        """
        going_on, typical, stacking, chord = self._density.take(whose, 1)
        more, thicker = (
            np.minimum(np.maximum(beyond, -SURPLUS), SURPLUS)
            for beyond in (onsets - typical, struck - onsets * chord)
        )
        return np.asarray(going_on * more + stacking * thicker)

    def doubtful(self, whose: Rows, struck: Weights) -> list[int]:
        """Which words, of those that strike so much, (k), may strike one pitch too often in a row."""
        return (struck > self._room.take(whose)).nonzero()[0].tolist()


class Stock:
    """Words as tables; a word is named by its row, in the order in which they came.

    Shapes: W words, n demands, k questions: a word, and a demand that weighs it.

    Args:
        words: the first ones.
    """

    def __init__(self, words: Sequence[Word] = ()) -> None:
        self._facts: list[Facts] = []
        self._tokens = np.zeros(0, np.intp)  # of all words, one after the other
        self._start = np.zeros(0, np.intp)  # W, where a word's tokens begin
        self._size = np.zeros(0, np.intp)  # W, how many it has; at least one
        self._onsets = np.zeros(0)  # W, how many
        self._struck = np.zeros(0)  # W, how many keys, one that is struck twice counting twice
        self._used = 0  # tokens
        self._with_rhythm: dict[Rhythm, list[int]] = defaultdict(list)
        self.add(words)

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, words: Sequence[Word]) -> None:
        """Let more words have the next rows."""
        for row, facts in enumerate(map(facts_of, words), len(self)):
            tokens = _tokens_of(facts)
            self._make_room(row + 1, self._used + len(tokens))
            self._tokens[self._used : self._used + len(tokens)] = tokens
            self._start[row], self._size[row] = self._used, len(tokens)
            self._onsets[row], self._struck[row] = len(facts.onsets), len(facts.struck)
            self._used += len(tokens)
            self._facts.append(facts)
            self._with_rhythm[Rhythm(facts.held, facts.groups)].append(row)

    def _make_room(self, words: int, tokens: int) -> None:
        if tokens > len(self._tokens):
            self._tokens = np.resize(self._tokens, max(2 * tokens, _LEAST_ROOM))
        if words > len(self._start):
            for name in ("_start", "_size", "_onsets", "_struck"):
                setattr(self, name, np.resize(getattr(self, name), max(2 * words, _LEAST_ROOM)))

    def weights(self, rows: Rows, whose: Rows, weighing: Weighing) -> Weights:
        """The log-weight of some rows, (k); minus infinity for a word that cannot stand.

        Args:
            rows: (k) words.
            whose: (k) by which demand each of them is weighed.
            weighing: the demands.
        """
        if not len(rows):
            return np.zeros(0)
        sizes = self._size.take(rows)
        ends = sizes.cumsum()
        starts = ends - sizes  # of each word among the tokens of these
        places = np.arange(ends[-1]) + (self._start.take(rows) - starts).repeat(sizes)
        tokens = self._tokens.take(places) + (whose * _TOKENS).repeat(sizes)
        struck = self._struck.take(rows)
        weights: Weights = np.add.reduceat(weighing.worth.ravel().take(tokens), starts)
        weights += weighing.surplus(whose, self._onsets.take(rows), struck)
        for at in weighing.doubtful(whose, struck):
            demand = weighing.demands[whose[at]]
            if demand.rhythm is None and is_stuck(demand.run, self._facts[rows[at]].struck):
                weights[at] = -np.inf
        for number, rhythm in weighing.rhythms:
            has_it = np.isin(rows, self._with_rhythm.get(rhythm, []))
            weights[(whose == number) & ~has_it] = -np.inf
        return weights


def _tokens_of(facts: Facts) -> list[int]:
    first = _FIRST_0 + (facts.onsets[0] if facts.onsets else LAST)
    return [
        *facts.struck,
        *(_HELD_0 + pitch for pitch, _ in facts.held),
        *(_ONSET_0 + onset for onset in facts.onsets),
        first if facts.onsets or not facts.sounding else _STILL,
        _SOUNDING_0 + min(_MANY, len(facts.sounding)),
    ]


def _worth(demands: Sequence[Demand]) -> Weights:
    """What each token is worth to each demand, (n, tokens)."""
    worth = np.zeros((len(demands), _TOKENS))
    allowed, welcome, places = (
        _together([getattr(demand, name) for demand in demands]) for name in ("allowed", "welcome", "places")
    )
    worth[:, :_KEYS] = np.where(allowed, welcome, -np.inf)
    worth[:, _HELD_0:_ONSET_0] = -np.inf
    worth[:, _ONSET_0:_FIRST_0] = np.where(places, 0, -np.inf)
    for row, demand in zip(worth, demands, strict=True):
        if demand.rhythm is not None:  # it says by itself what is held, struck and left sounding
            row[_HELD_0:] = 0
            continue
        for pitch in demand.holdable:
            row[_HELD_0 + pitch] = 0
        if demand.strike_by is not None:
            row[_FIRST_0 + demand.strike_by + 1 : _STILL + (not demand.may_sound_on)] = -np.inf
        if demand.filling:
            row[_SOUNDING_0:] = [demand.worth_of_sounding(keys) for keys in range(_MANY + 1)]
        if demand.groove is not None:
            row[_ONSET_0:_FIRST_0] += demand.groove.nats
            row[_SOUNDING_0:] -= demand.groove.whole  # a word has one of these tokens, whatever else it has
    return worth


def _together(arrays: Sequence[Weights]) -> Weights:
    """Arrays in rows; one row where they are all the same one, as they are for most voices."""
    first = arrays[0]
    return first[None] if all(array is first for array in arrays) else np.stack(arrays)
