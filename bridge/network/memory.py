"""What a running song remembers: its words by number, and where its pointers can point.

Shapes: P pointers, V voices, n variations, M remembered beats, E size of a word or of a rhythm, K key size, D decays.
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
Weights = npt.NDArray[np.float64]

REMEMBERED: Final = 1_024
"""How many beats the memory holds; the oldest are forgotten."""

_LEAST_ROOM: Final = 64
_MANY_WORDS: Final = 4_096
"""A song's list of words is tidied when it is this long, and twice as long as after it was tidied last."""


class Now(NamedTuple):
    """What a voice has in this beat.

    Attributes:
        numbers: (P, n) of its words, and of their rhythms where there is a pointer at those.
        vectors: for each pointer, (n, E).
        same: (P, n, M) where the voice has had that already.
    """

    numbers: Ints
    vectors: Sequence[Floats]
    same: Bools


class Tape:
    """Rows that come one by one, (..., M, size), of which the last `REMEMBERED` are kept where it `forgets`."""

    def __init__(self, *shape: int, forgets: bool = True) -> None:
        self._room = np.zeros((*shape[:-1], _LEAST_ROOM, shape[-1]), np.float32)
        self._start = self._end = 0
        self._forgets = forgets

    @property
    def rows(self) -> Floats:
        """All of them; a view."""
        return self._room[..., self._start : self._end, :]

    def spread(self, count: int) -> Tape:
        """The same tape, `count` times over along the axis of the variations, the last but two."""
        return self._with(np.repeat(self._room, count, -3))

    def select(self, rows: Sequence[int]) -> None:
        """Go on with some of the variations, each of them once or more often."""
        self._room = self._room.take(rows, -3)

    def copy(self) -> Tape:
        """The same tape."""
        return self._with(self._room.copy())

    def _with(self, room: Floats) -> Tape:
        other = Tape(0, forgets=self._forgets)
        other._room, other._start, other._end = room, self._start, self._end
        return other

    def add(self, row: Floats) -> None:
        """One more, (..., size)."""
        if self._end == self._room.shape[-2]:
            kept = self.rows
            self._room = np.concatenate([kept, np.zeros_like(kept)], -2)
            self._start, self._end = 0, kept.shape[-2]
        self._room[..., self._end, :] = row
        self._end += 1
        if self._forgets:
            self._start = max(self._start, self._end - REMEMBERED)


class Memory:
    """The beats so far, the oldest forgotten: where each lies, and what the pointers can point at.

    Attributes:
        bars, places: (M) where each beat lies.
        ids: (P, V, n, M) the number of what each voice had in each beat: its word, its rhythm.
        runs: (P, V, n, M) and
        likeness: (P, V, n, D, M) see `features`.
        keys: for each voice, (P, n, M, K).
        lexicon: the words, with what the pointers find of each.

    Args:
        voices: how many.
        count: how many variations.
        pointers: how many.
        key_size: see above.
        lexicon: the words.
    """

    def __init__(self, voices: int, count: int, pointers: int, key_size: int, lexicon: Lexicon) -> None:
        self.bars, self.places = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.ids, self.runs = (np.zeros((pointers, voices, count, 0), np.int64) for _ in range(2))
        self.likeness = np.zeros((pointers, voices, count, len(LIKENESS_DECAYS), 0), np.float32)
        self.keys = [Tape(pointers, count, key_size) for _ in range(voices)]
        self.lexicon = lexicon
        self._forgotten = 0  # beats
        self._at: dict[tuple[int, int], int] = {}  # the number of the last beat at each bar and place

    def spread(self, count: int) -> Memory:
        """The same memory, `count` times over."""
        other = Memory(0, 0, 0, 0, self.lexicon.copy())
        other.bars, other.places = self.bars, self.places
        for name in ("ids", "runs", "likeness"):
            setattr(other, name, np.repeat(getattr(self, name), count, 2))
        other.keys = [tape.spread(count) for tape in self.keys]
        other._forgotten, other._at = self._forgotten, dict(self._at)
        return other

    def select(self, rows: Sequence[int]) -> None:
        """Go on with some of the variations, each of them once or more often."""
        self.ids, self.runs = (array.take(rows, 2) for array in (self.ids, self.runs))
        self.likeness = self.likeness.take(rows, 2)
        for tape in self.keys:
            tape.select(rows)

    def now(self, voice: int, words: Sequence[Word]) -> Now:
        """What a voice has in this beat, when it has these words."""
        numbers = self.lexicon.numbers(words)[: len(self.ids)]
        vectors = [each.take(numbers[0], 0) for each in self.lexicon.vectors]
        same = self.ids[:, voice] == numbers[:, :, None]
        return Now(numbers, vectors, np.asarray(same))

    def line(self, bar: int, place: int) -> Floats | None:
        """The embedded words of all voices at a place of an earlier bar, (n, V*E)."""
        found = self._at.get((bar, place))
        return None if found is None or found < self._forgotten else self._line(found - self._forgotten)

    def line_ago(self, beats: int) -> Floats | None:
        """The embedded words of all voices as many beats ago, (n, V*E)."""
        return self._line(-beats) if beats <= len(self.bars) else None

    def _line(self, at: int) -> Floats:
        vectors = self.lexicon.vectors[0].take(self.ids[0, :, :, at].T, 0)  # n V E
        return vectors.reshape(len(vectors), -1)

    def by_word(self, voice: int, chances: Floats) -> Weights:
        """For each word that was heard, by number, the chances of all of its places together.

        Args:
            voice: whose words.
            chances: (P, n, M) of each place, for each of some pointers.

        Returns:
            (P, n, words)
        """
        pointers, count, _ = chances.shape
        words = len(self.lexicon.words)
        rows = np.arange(pointers * count).reshape(pointers, count, 1) * words
        summed = np.bincount((self.ids[0, voice] + rows).ravel(), chances.ravel(), pointers * count * words)
        return np.asarray(summed, np.float64).reshape(pointers, count, words)

    def add(self, place: tuple[int, int], beat: Sequence[Now], keys: Sequence[Floats | None]) -> None:
        """Remember a beat: its bar and place, what every voice had in it, and its keys, (P, n, K)."""
        same = np.stack([now.same for now in beat], 1)
        numbers = np.stack([now.numbers for now in beat], 1)[..., None]
        self.runs = next_runs(self.runs, same)[..., -REMEMBERED:]
        self.likeness = next_likeness(self.likeness, same)[..., -REMEMBERED:]
        self.ids = np.concatenate([self.ids, numbers], 3)[..., -REMEMBERED:]
        self.ids[0] = self.lexicon.tidy(self.ids[0])
        for tape, key in zip(self.keys, keys, strict=True):
            if key is not None:
                tape.add(key)
        self._at[place] = self._forgotten + len(self.bars)
        self._forgotten += len(self.bars) == REMEMBERED
        self.bars, self.places = (
            np.append(array[-(REMEMBERED - 1) :], number)
            for array, number in zip((self.bars, self.places), place, strict=True)
        )


class Lexicon:
    """The words of one song, numbered as they come; those that are forgotten are struck out now and then.

    Attributes:
        words: by number.

    Args:
        embed: what each pointer finds where a word is.
        sizes: of what each pointer finds.
    """

    def __init__(self, embed: Callable[[Word], tuple[Floats, ...]], sizes: Sequence[int]) -> None:
        self._embed = embed
        self._rhythms: dict[object, int] = {}
        self._keep((), [Tape(size, forgets=False) for size in sizes])

    def _keep(self, words: Sequence[Word], tapes: list[Tape]) -> None:
        self.words = list(words)
        self._number = {word: number for number, word in enumerate(self.words)}
        self._tapes = tapes
        self._rhythm_of = [self._rhythm(word) for word in self.words]
        self._stock = Stock(self.words)
        self._many = max(_MANY_WORDS, 2 * len(self.words))

    def copy(self) -> Lexicon:
        """Another with the same words under the same numbers."""
        other = Lexicon(self._embed, ())
        other._rhythms = dict(self._rhythms)
        other._keep(self.words, [tape.copy() for tape in self._tapes])
        return other

    @property
    def vectors(self) -> list[Floats]:
        """What each pointer finds where a word is, by number, (words, E)."""
        return [tape.rows for tape in self._tapes]

    @property
    def stock(self) -> Stock:
        """All words, each in the row of its number."""
        self._stock.add(self.words[len(self._stock) :])
        return self._stock

    def numbers(self, words: Sequence[Word]) -> Ints:
        """The numbers of words, and those of their rhythms, (2, n)."""
        found = np.empty((2, len(words)), np.int64)
        for row, word in enumerate(words):
            number = self._number.setdefault(word, len(self.words))
            if number == len(self.words):
                self.words.append(word)
                for tape, vector in zip(self._tapes, self._embed(word), strict=True):
                    tape.add(vector)
                self._rhythm_of.append(self._rhythm(word))
            found[:, row] = number, self._rhythm_of[number]
        return found

    def find(self, word: Word) -> int | None:
        """The number of a word; None where it is not among them."""
        return self._number.get(word)

    def _rhythm(self, word: Word) -> int:
        return self._rhythms.setdefault(word.rhythm, len(self._rhythms))

    def tidy(self, ids: Ints) -> Ints:
        """Keep only the words that `ids` name, once there are many others; gives the ids in new numbers."""
        if len(self.words) < self._many:
            return ids
        kept, numbers = np.unique(ids, return_inverse=True)
        tapes = [Tape(vectors.shape[1], forgets=False) for vectors in self.vectors]
        for tape, vectors in zip(tapes, self.vectors, strict=True):
            for vector in vectors[kept]:
                tape.add(vector)
        self._keep([self.words[number] for number in kept], tapes)
        return np.asarray(numbers).reshape(ids.shape)
