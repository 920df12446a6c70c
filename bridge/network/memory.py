"""What a running song remembers: its words by number, and where its pointers can point.

Shapes: n variations, M remembered beats, E size of a word or of a rhythm, K key size.
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

REMEMBERED: Final = 1_024
"""How many beats the memory holds; the oldest are forgotten."""

_MANY_WORDS: Final = 65_536
"""A song's list of words is tidied when it is this long; above all that a memory of 16 variations can hold."""


class Now(NamedTuple):
    """What a voice has in this beat: for each pointer, the numbers (n) and the vectors (n, E) of words or rhythms."""

    numbers: Sequence[Ints]
    vectors: Sequence[Floats]


class Trail:
    """What one kind of pointer can point at, for each voice; see `Song` for the shapes."""

    def __init__(self, voices: int, count: int, size: int, key_size: int) -> None:
        self.keys = [np.zeros((count, 0, key_size), np.float32) for _ in range(voices)]
        self.vectors = [np.zeros((count, 0, size), np.float32) for _ in range(voices)]
        self.ids = [np.zeros((count, 0), np.int64) for _ in range(voices)]
        self.runs = [np.zeros((count, 0), np.int64) for _ in range(voices)]
        self.likeness = [np.zeros((count, len(LIKENESS_DECAYS), 0), np.float32) for _ in range(voices)]

    def spread(self, count: int) -> Trail:
        """The same trail, `count` times over."""
        other = Trail(len(self.keys), 0, 0, 0)
        for name in ("keys", "vectors", "ids", "runs", "likeness"):
            setattr(other, name, [np.repeat(array, count, 0) for array in getattr(self, name)])
        return other

    def same(self, voice: int, numbers: Ints) -> npt.NDArray[np.bool_]:
        """Where each variation's word or rhythm of a voice has been heard already, (n, M)."""
        return np.asarray(self.ids[voice] == numbers[:, None])

    def add(self, voice: int, numbers: Ints, vectors: Floats, keys: Floats | None) -> None:
        """Remember what a voice had in a beat, and forget the oldest beyond `REMEMBERED`."""
        kept = slice(-(REMEMBERED - 1), None)
        same = self.same(voice, numbers)
        self.runs[voice] = next_runs(self.runs[voice], same)[:, -REMEMBERED:]
        self.likeness[voice] = next_likeness(self.likeness[voice], same)[..., -REMEMBERED:]
        self.ids[voice] = np.concatenate([self.ids[voice][:, kept], numbers[:, None]], 1)
        self.vectors[voice] = np.concatenate([self.vectors[voice][:, kept], vectors[:, None]], 1)
        if keys is not None:
            self.keys[voice] = np.concatenate([self.keys[voice][:, kept], keys[:, None]], 1)


class Memory:
    """The beats so far, the oldest forgotten: where each lies, and a trail for each kind of pointer."""

    def __init__(self, trails: Sequence[Trail], lexicon: Lexicon) -> None:
        self.bars = np.zeros(0, np.int64)
        self.places = np.zeros(0, np.int64)
        self.trails = trails
        self.lexicon = lexicon

    def spread(self, count: int) -> Memory:
        """The same memory, `count` times over."""
        other = Memory([trail.spread(count) for trail in self.trails], self.lexicon.copy())
        other.bars, other.places = self.bars, self.places
        return other

    def numbers(self, words: Sequence[Word]) -> list[Ints]:
        """The numbers of words, and of their rhythms where there is a trail of those."""
        return self.lexicon.numbers(words)[: len(self.trails)]

    def line(self, bar: int, place: int) -> Floats | None:
        """The embedded words of all voices at a place of an earlier bar, (n, V*E)."""
        found = np.flatnonzero((self.bars == bar) & (self.places == place))
        return self._line(found[-1]) if len(found) else None

    def line_ago(self, beats: int) -> Floats | None:
        """The embedded words of all voices as many beats ago, (n, V*E)."""
        return self._line(-beats) if beats <= len(self.bars) else None

    def _line(self, at: int) -> Floats:
        return np.concatenate([vectors[:, at] for vectors in self.trails[0].vectors], 1)

    def add(self, place: tuple[int, int], beat: Sequence[Now], keys: Sequence[Sequence[Floats]]) -> None:
        """Remember a beat: its bar and place, and what every voice had in it."""
        kept = slice(-(REMEMBERED - 1), None)
        for voice, now in enumerate(beat):
            for at, trail in enumerate(self.trails):
                key = keys[voice][at] if keys[voice] else None
                trail.add(voice, now.numbers[at], now.vectors[at], key)
        self.trails[0].ids = self.lexicon.tidy(self.trails[0].ids)
        self.bars = np.append(self.bars[kept], place[0])
        self.places = np.append(self.places[kept], place[1])


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

    def tidy(self, ids: list[Ints]) -> list[Ints]:
        """Keep only the words that `ids` name, once there are many others; gives the ids in new numbers."""
        if len(self.words) < _MANY_WORDS:
            return ids
        kept, numbers = np.unique(np.concatenate([part.ravel() for part in ids]), return_inverse=True)
        self._keep([self.words[number] for number in kept])
        bounds = np.cumsum([part.size for part in ids])[:-1]
        return [new.reshape(old.shape) for new, old in zip(np.split(numbers, bounds), ids, strict=True)]
