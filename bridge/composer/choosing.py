"""Several candidates go on for each variation, and what sounds more like real music is gone on with.

What tells a model's music from real is small in every bar and grows over many: no single word gives it away, and no
network that guesses the next word well is rid of it. So candidates are compared every two bars by a discriminator
that has learned the difference, and each is gone on with as often as it is likely to be real against the others
(sequential importance resampling, Gordon et al. 1993; by a discriminator's odds, as Azadi et al. 2019 and Grover et
al. 2019 do with whole samples). What is left after the last bar is a draw from what the model plays, corrected by
what it is told by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.composer.traits import Bar, Floats, bar_of, bars_of, names, traits_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.network.discriminator import Discriminator

_CANDIDATES: Final = 4
"""Candidates for one variation."""
_MOST: Final = 16
"""Candidates of all variations together: who asks for more than four shall not wait for twice as many."""
_EVERY: Final = 2
"""Bars after which they are compared."""
_PASSAGE: Final = 8
"""Bars of a passage that a discriminator knows; what comes after it follows its last bars anew."""
_PRIMER: Final = 4
"""Bars of a primer that it knows."""
_BOLDNESS: Final = 3.0
"""By how much odds count: 1 would be right for any number of candidates, and is timid for four."""


def candidates_for(variations: int) -> int:
    """How many candidates each of some variations has: who asks for few has them chosen."""
    return _CANDIDATES if variations * _CANDIDATES <= _MOST else 1


@dataclass(slots=True)
class _Candidate:
    """One row under way: what it follows, its bars since, and the odds that were found for them."""

    primer: tuple[Bar, ...]
    bars: tuple[Bar, ...] = ()
    odds: float = 0.0


@dataclass(slots=True)
class Choosing:
    """Watches over the candidates of some variations.

    Attributes:
        weights: for each number of bars the usual values of traits and their weights.
        rows: the candidates, those of the first variation first.
        each: how many a variation has.
        rngs: chance for each variation.
    """

    weights: Mapping[int, tuple[Floats, Floats]]
    rows: list[_Candidate]
    each: int
    rngs: Sequence[np.random.Generator]
    _beats: list[Beat] = field(default_factory=list)
    _words: list[Sequence[Sequence[Word]]] = field(default_factory=list)  # beat voice row

    def add(
        self, beat: Beat, words: Sequence[Sequence[Word]], *, is_last_of_bar: bool
    ) -> Sequence[int] | None:
        """Go on by a beat; the rows that are gone on with, in the places of all; None where all of them are."""
        self._beats.append(beat)
        self._words.append(words)
        if not is_last_of_bar:
            return None
        for at, row in enumerate(self.rows):
            lines = [[beat_words[voice][at] for beat_words in self._words] for voice in range(len(words))]
            before = (*row.primer, *row.bars)
            row.bars = (*row.bars, bar_of(self._beats, lines, before[-1] if before else None))
        self._beats, self._words = [], []
        bars = len(self.rows[0].bars)
        if bars % _EVERY or bars not in self.weights:
            return None
        chosen = self._chosen(self._odds(), self.each)
        self.rows = [_Candidate(row.primer, row.bars, row.odds) for row in (self.rows[at] for at in chosen)]
        if bars == _PASSAGE:
            self.rows = [_Candidate(row.bars[-_PRIMER:]) for row in self.rows]
        return chosen

    def last(self) -> list[int]:
        """The row of each variation that is left."""
        return self._chosen(self._odds(), 1)

    def _odds(self) -> list[float]:
        """By how much likelier each row has become to be composed, in nats, since it was compared last."""
        found = []
        for row in self.rows:
            known = self.weights.get(len(row.bars))
            odds = row.odds
            if known is not None:
                usual, weights = known
                odds = float(np.nansum((traits_of(row.primer, row.bars) - usual) * weights))
            found.append(odds - row.odds)
            row.odds = odds
        return found

    def _chosen(self, odds: Sequence[float], count: int) -> list[int]:
        """`count` rows for each variation, by their odds (systematic resampling)."""
        chosen: list[int] = []
        for number, rng in enumerate(self.rngs):
            first = number * self.each
            own = -_BOLDNESS * np.array(odds[first : first + self.each])
            shares = np.exp(own - own.max()).cumsum()
            at = (rng.random() + np.arange(count)) / count * shares[-1]
            chosen += (first + np.minimum(shares.searchsorted(at, side="right"), self.each - 1)).tolist()
        return chosen


def choosing_of(
    discriminator: Discriminator | None,
    primer: Sequence[Beat],
    heard: Sequence[Sequence[Word]],
    rngs: Sequence[np.random.Generator],
    each: int,
) -> Choosing | None:
    """What watches over candidates; None where there is nothing to choose by."""
    if discriminator is None or each < 2 or not primer:
        return None
    bars = tuple(bars_of(primer, heard))[-_PRIMER:]
    return Choosing(
        _weights_of(discriminator), [_Candidate(bars) for _ in range(len(rngs) * each)], each, rngs
    )


@lru_cache(maxsize=4)
def _weights_of(discriminator: Discriminator) -> Mapping[int, tuple[Floats, Floats]]:
    return discriminator.weights(names())
