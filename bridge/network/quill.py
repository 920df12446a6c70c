"""Spelling one word within a demand, symbol by symbol: at liberty, or in a rhythm that is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.grid import GRID
from bridge.beats.vocabulary import PITCH_0, SIZE, Mask, Speller, spell
from bridge.beats.word import Word, WordNote
from bridge.network.demand import CLOSING, PLENTY, STACKING, SURPLUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.network.demand import Demand, Rhythm, Weights

_INDIFFERENT: Final[Weights] = np.zeros(SIZE)


class Quill:
    """Spells one word within a demand, symbol by symbol.

    Attributes:
        mood: by which of a demand's biases the next symbol is chosen; see `network.demand.biases_of`.
    """

    def __init__(self, demand: Demand) -> None:
        self._speller = Speller(
            demand.sounding,
            demand.allowed,
            may_hold=demand.may_hold,
            places=demand.places,
            ends=demand.ends,
            strike_by=demand.strike_by,
            may_sound_on=demand.may_sound_on,
        )
        self._run = demand.run
        self._most = (demand.chord + SURPLUS, demand.typical + SURPLUS)  # keys of an onset, onsets: enough
        self._thickens = demand.stacking > 0
        self._chord = self._onsets = 0
        self._groove = demand.groove
        self.mood = 0
        if self._run.length >= self._run.longest:
            self._speller.forbid(self._run.pitch)

    @property
    def is_over(self) -> bool:
        """Nothing may follow."""
        return self._speller.is_over

    @property
    def word(self) -> Word:
        """The word, once it is over."""
        return self._speller.word

    def legal(self) -> Mask:
        """Which symbols may come next."""
        return self._speller.legal()

    def in_groove(self) -> Weights:
        """What the groove adds to each symbol that may come next, (SIZE)."""
        return _INDIFFERENT if self._groove is None else self._groove.biases(self._speller.spelled)

    def push(self, symbol: int) -> None:
        """Take the next symbol, which must be legal."""
        self._speller.push(symbol)
        if symbol < PITCH_0:
            self._chord = 0
            self.mood &= PLENTY
            return
        self._chord += 1
        self._onsets += self._chord == 1
        largest, most = self._most
        wants_more = not self._thickens or self._chord < largest
        self.mood = STACKING * wants_more + PLENTY * (self._onsets >= most)
        self._run = self._run.then(symbol - PITCH_0)
        if self._run.length >= self._run.longest:
            self._speller.forbid(self._run.pitch)


class TracingQuill:
    """Spells one word in a rhythm that is given: only its pitches are chosen."""

    def __init__(self, demand: Demand, rhythm: Rhythm) -> None:
        self._speller = Speller(demand.sounding, demand.allowed)
        self._path = list(spelling_of(rhythm, demand.sounding))
        self._run = demand.run
        self.mood = 0

    @property
    def is_over(self) -> bool:
        """Nothing may follow."""
        return self._speller.is_over

    @property
    def word(self) -> Word:
        """The word, once it is over."""
        return self._speller.word

    def in_groove(self) -> Weights:
        """Nothing: the rhythm is given."""
        return _INDIFFERENT

    def legal(self) -> Mask:
        """Which symbols may come next: the one that the rhythm has, or a pitch that leaves room for the next ones."""
        legal = self._speller.legal()
        wanted = np.zeros(SIZE, np.bool_)
        if self._path and self._path[0] is not None:
            wanted[self._path[0]] = True
        elif self._path:
            pitches = np.flatnonzero(legal[PITCH_0:])
            wanted[PITCH_0 + pitches[: max(1, len(pitches) - _leading_gaps(self._path) + 1)]] = True
            tired = PITCH_0 + self._run.pitch
            wanted[tired] &= self._run.length < self._run.longest or wanted.sum() == 1
        if (legal & wanted).any():
            return legal & wanted
        self._path = []  # a word as long as no speller makes: it ends here
        closing = np.zeros(SIZE, np.bool_)
        closing[CLOSING] = legal[CLOSING]
        return closing if closing.any() else legal

    def push(self, symbol: int) -> None:
        """Take the next symbol, which must be legal."""
        self._speller.push(symbol)
        self.mood = STACKING * (symbol >= PITCH_0)
        del self._path[:1]
        if symbol >= PITCH_0:
            self._run = self._run.then(symbol - PITCH_0)
            if not self._speller.legal()[PITCH_0:].any():  # no key is left for the rest of the chord
                del self._path[: _leading_gaps(self._path)]


def quill_of(demand: Demand) -> Quill | TracingQuill:
    """What spells a word within a demand."""
    return Quill(demand) if demand.rhythm is None else TracingQuill(demand, demand.rhythm)


def _leading_gaps(path: Sequence[int | None]) -> int:
    return next((at for at, symbol in enumerate(path) if symbol is not None), len(path))


def spelling_of(rhythm: Rhythm, sounding: Sequence[int]) -> tuple[int | None, ...]:
    """The symbols that spell a rhythm, with None where a pitch is to be chosen."""
    held = [WordNote(0, GRID[end], pitch, articulated=False) for pitch, end in rhythm.held]
    struck = [
        # Pitches that stand for any: no two of them are alike, and none is held.
        WordNote(GRID[onset], GRID[end] - GRID[onset], stand_in)
        for onset, end, count in rhythm.groups
        for stand_in in range(count)
    ]
    ids = spell(Word(tuple(sorted(held + struck))), sounding)
    return tuple(None if symbol >= PITCH_0 else symbol for symbol in ids)
