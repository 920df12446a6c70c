"""What a running song remembers: its words by number, and where its pointers can point.

Shapes: n variations, V voices, M remembered beats, E size of a word or of a rhythm, K key size, D likeness decays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.network.features import LIKENESS_DECAYS, next_likeness, next_runs
from bridge.network.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.beats.word import Word

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

REMEMBERED: Final = 1_024
"""How many beats the memory holds; the oldest are forgotten."""

_LEAST_ROOM: Final = 64
_MANY_WORDS: Final = 65_536
"""A song's list of words is tidied when it is this long; above all that a memory of 16 variations can hold."""


class Now(NamedTuple):
    """What a voice has in this beat: for each pointer, the numbers (n) and the vectors (n, E) of words or rhythms.

    Attributes:
        same: for each pointer, where the voice has had that already, (n, M).
    """

    numbers: Sequence[Ints]
    vectors: Sequence[Floats]
    same: Sequence[Bools]


class Tape:
    """Rows that come one by one, (n, M, size), of which the last `REMEMBERED` are kept."""

    def __init__(self, count: int, size: int) -> None:
        self._room = np.zeros((count, _LEAST_ROOM, size), np.float32)
        self._start = self._end = 0

    @property
    def rows(self) -> Floats:
        """All of them; a view."""
        return self._room[:, self._start : self._end]

    def spread(self, count: int) -> Tape:
        """The same tape, `count` times over."""
        other = Tape(0, 0)
        other._room = np.repeat(self._room, count, 0)
        other._start, other._end = self._start, self._end
        return other

    def add(self, row: Floats) -> None:
        """One more, (n, size)."""
        if self._end == self._room.shape[1]:
            kept = self.rows
            self._room = np.concatenate([kept, np.zeros_like(kept)], 1)
            self._start, self._end = 0, kept.shape[1]
        self._room[:, self._end] = row
        self._end += 1
        self._start = max(self._start, self._end - REMEMBERED)


class Trail:
    """What one kind of pointer can point at.

    Attributes:
        keys, vectors: for each voice.
        ids: (V, n, M) the number of what each voice had in each beat.
        runs: (V, n, M) and
        likeness: (V, n, D, M) see `features`.
    """

    def __init__(self, voices: int, count: int, size: int, key_size: int) -> None:
        self.keys = [Tape(count, key_size) for _ in range(voices)]
        self.vectors = [Tape(count, size) for _ in range(voices)]
        self.ids = np.zeros((voices, count, 0), np.int64)
        self.runs = np.zeros((voices, count, 0), np.int64)
        self.likeness = np.zeros((voices, count, len(LIKENESS_DECAYS), 0), np.float32)

    def spread(self, count: int) -> Trail:
        """The same trail, `count` times over."""
        other = Trail(0, 0, 0, 0)
        for name in ("keys", "vectors"):
            setattr(other, name, [tape.spread(count) for tape in getattr(self, name)])
        for name in ("ids", "runs", "likeness"):
            setattr(other, name, np.repeat(getattr(self, name), count, 1))
        return other

    def same(self, voice: int, numbers: Ints) -> Bools:
        """Where each variation's word or rhythm of a voice has been heard already, (n, M)."""
        return np.asarray(self.ids[voice] == numbers[:, None])

    def add(
        self, numbers: Ints, same: Bools, vectors: Sequence[Floats], keys: Sequence[Floats | None]
    ) -> None:
        """Remember what the voices had in a beat: numbers (V, n), same (V, n, M), vectors and keys of each voice."""
        self.runs = next_runs(self.runs, same)[..., -REMEMBERED:]
        self.likeness = next_likeness(self.likeness, same)[..., -REMEMBERED:]
        self.ids = np.concatenate([self.ids, numbers[..., None]], 2)[..., -REMEMBERED:]
        for tape, rows in zip((*self.vectors, *self.keys), (*vectors, *keys), strict=True):
            if rows is not None:
                tape.add(rows)


class Memory:
    """The beats so far, the oldest forgotten: where each lies, and a trail for each kind of pointer."""

    def __init__(self, trails: Sequence[Trail], lexicon: Lexicon) -> None:
        self.bars = np.zeros(0, np.int64)
        self.places = np.zeros(0, np.int64)
        self.trails = trails
        self.lexicon = lexicon
        self._forgotten = 0  # beats
        self._at: dict[tuple[int, int], int] = {}  # the number of the last beat at each bar and place

    def spread(self, count: int) -> Memory:
        """The same memory, `count` times over."""
        other = Memory([trail.spread(count) for trail in self.trails], self.lexicon.copy())
        other.bars, other.places = self.bars, self.places
        other._forgotten, other._at = self._forgotten, dict(self._at)
        return other

    def now(self, voice: int, words: Sequence[Word]) -> Now:
        """What a voice has in this beat, when it has these words."""
        numbers = self.lexicon.numbers(words)[: len(self.trails)]
        embedded = zip(*(self.lexicon.vectors[number] for number in numbers[0]), strict=True)
        same = [trail.same(voice, each) for trail, each in zip(self.trails, numbers, strict=True)]
        return Now(numbers, [np.array(vectors) for vectors in embedded], same)

    def line(self, bar: int, place: int) -> Floats | None:
        """The embedded words of all voices at a place of an earlier bar, (n, V*E)."""
        found = self._at.get((bar, place))
        return None if found is None or found < self._forgotten else self._line(found - self._forgotten)

    def line_ago(self, beats: int) -> Floats | None:
        """The embedded words of all voices as many beats ago, (n, V*E)."""
        return self._line(-beats) if beats <= len(self.bars) else None

    def _line(self, at: int) -> Floats:
        return np.concatenate([tape.rows[:, at] for tape in self.trails[0].vectors], 1)

    def add(self, place: tuple[int, int], beat: Sequence[Now], keys: Sequence[Sequence[Floats]]) -> None:
        """Remember a beat: its bar and place, and what every voice had in it."""
        for at, trail in enumerate(self.trails):
            trail.add(
                np.stack([now.numbers[at] for now in beat]),
                np.stack([now.same[at] for now in beat]),
                [now.vectors[at] for now in beat],
                [each[at] if each else None for each in keys],
            )
        self.trails[0].ids = self.lexicon.tidy(self.trails[0].ids)
        self._at[place] = self._forgotten + len(self.bars)
        self._forgotten += len(self.bars) == REMEMBERED
        self.bars, self.places = (
            np.append(array[-(REMEMBERED - 1) :], number)
            for array, number in zip((self.bars, self.places), place, strict=True)
        )


class Lexicon:
    """The words of one song, numbered as they come; those that are forgotten are struck out now and then."""

    def __init__(self, embed: Callable[[Word], tuple[Floats, ...]], words: Sequence[Word] = ()) -> None:
        self._embed = embed
        self._rhythms: dict[object, int] = {}
        self._keep(words)

    def _keep(self, words: Sequence[Word]) -> None:
        self.words = list(words)
        self.number = {word: number for number, word in enumerate(self.words)}
        self.vectors = [self._embed(word) for word in self.words]
        self._rhythm_of = [self._rhythm(word) for word in self.words]
        self._stock = Stock(self.words)

    def copy(self) -> Lexicon:
        """Another with the same words under the same numbers."""
        other = Lexicon(self._embed)
        other._rhythms = dict(self._rhythms)
        other._keep(self.words)
        return other

    @property
    def stock(self) -> Stock:
        """All words, each in the row of its number."""
        self._stock.add(self.words[len(self._stock) :])
        return self._stock

    def numbers(self, words: Sequence[Word]) -> list[Ints]:
        """The numbers of words, and those of their rhythms."""
        found = np.empty((2, len(words)), np.int64)
        for row, word in enumerate(words):
            number = self.number.setdefault(word, len(self.words))
            if number == len(self.words):
                self.words.append(word)
                self.vectors.append(self._embed(word))
                self._rhythm_of.append(self._rhythm(word))
            found[:, row] = number, self._rhythm_of[number]
        return list(found)

    def _rhythm(self, word: Word) -> int:
        return self._rhythms.setdefault(word.rhythm, len(self._rhythms))

    def tidy(self, ids: Ints) -> Ints:
        """Keep only the words that `ids` name, once there are many others; gives the ids in new numbers."""
        if len(self.words) < _MANY_WORDS:
            return ids
        kept, numbers = np.unique(ids, return_inverse=True)
        self._keep([self.words[number] for number in kept])
        return np.asarray(numbers).reshape(ids.shape)
