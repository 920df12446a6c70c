"""The counting model: what can be had without a network, by n-grams over beat words and by copying.

A word's chance is a mixture of what followed the longest passage that is coming back (in both voices, and in its
own), and of an n-gram over words that backs off by Witten and Bell (1991) down to a trigram over the symbols that
words are spelled in, so that no word is impossible. The weights of the mixture are fitted on songs held out of the
counts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.vocabulary import SIZE, Speller, settle, spell
from bridge.beats.word import Word
from bridge.music.note import TICKS_PER_BEAT, VOICES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.playlist import Score
    from bridge.evaluation.cases import Piece

MOST_BEATS: Final = 160_000
"""More than this many beats are not counted: of a larger corpus, every so many songs."""

_LADDER: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""Lengths of passages that are looked for, in words."""
_ORDERS: Final = 5
_HELD_OUT: Final = 10
_EXPERTS: Final = 3
_ROUNDS: Final = 20
_ALWAYS: Final = np.array([0.01, 0.01, 0.1])
"""Words by which no expert's weight is quite nothing."""

_Chances = tuple[float, ...]
Pair = tuple[Word, Word]


def songs_to_count(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Those pieces that have both voices, or every so many of them where they are more than is counted."""
    whole = [piece for piece in pieces if len(piece.clips) == len(VOICES)]
    quarters = sum(next(iter(piece.clips.values())).length for piece in whole) // TICKS_PER_BEAT
    return tuple(whole[:: max(1, math.ceil(quarters / MOST_BEATS))])


class Counting:
    """A model of songs that has only counted; the same scores always give the same model.

    Args:
        scores: the songs to count in, of both voices.
        on_progress: told the share that is done, 0 to 1.
    """

    def __init__(
        self, scores: Sequence[Score], on_progress: Callable[[float], None] = lambda _: None
    ) -> None:
        whole = [score for score in scores if all(score.known)]
        held_out = whole[::_HELD_OUT]
        kept = [score for number, score in enumerate(whole) if number % _HELD_OUT] or whole
        self._ids: dict[Word, int] = {}
        uniform = np.full((len(_LADDER) + 1, len(_LADDER) + 1, _EXPERTS), 1 / _EXPERTS)
        self._weights = [uniform, uniform.copy()]
        self._count(kept)
        on_progress(0.3)
        self._fit_weights(held_out)
        on_progress(0.8)
        self._count(whole)
        on_progress(1.0)

    def _count(self, scores: Sequence[Score]) -> None:
        self._words = [_Grams(), _Grams()]
        self._symbols = [_Symbols(), _Symbols()]
        for score in scores:
            for voice, contexts, word, sounding, _ in self._walk(score):
                self._words[voice].count(contexts, word)
                self._symbols[voice].count(word, sounding)
        for grams in self._words:
            grams.close()

    def _fit_weights(self, scores: Sequence[Score]) -> None:
        """Expectation maximisation of the mixture's weights, for each voice and each pair of lengths."""
        seen: tuple[dict[tuple[int, int], list[_Chances]], ...] = (defaultdict(list), defaultdict(list))
        for score in scores:
            for voice, contexts, word, sounding, recall in self._walk(score):
                seen[voice][recall.lengths].append(self._experts(voice, contexts, word, sounding, recall))
        for voice, by_lengths in enumerate(seen):
            for lengths, chances in by_lengths.items():
                self._weights[voice][lengths] = _fit(np.array(chances))

    def _experts(
        self, voice: int, contexts: Sequence[int], word: Word, sounding: tuple[int, ...], recall: _Recall
    ) -> _Chances:
        copied = tuple(float(one == word) for one in recall.words)
        base = math.exp(self._symbols[voice].log_chance(word, sounding))
        return (*copied, self._words[voice].chance(contexts, word, base))

    def _walk(self, score: Score) -> Iterator[tuple[int, list[int], Word, tuple[int, ...], _Recall]]:
        """Voice, contexts, word, what sounds before, and what could be copied: of every word of a song in turn."""
        played = _Played(self._ids)
        for beat, *words in zip(score.beats, *score.voices, strict=True):
            for voice, word in enumerate(words):
                yield voice, played.contexts(voice, beat), word, played.sounding[voice], played.recall(voice)
                played.put(voice, word)

    def nats(self, score: Score) -> tuple[float, float]:
        """Nats of each voice of a song, all its beats together."""
        lost = [0.0, 0.0]
        for voice, contexts, word, sounding, recall in self._walk(score):
            chances = self._experts(voice, contexts, word, sounding, recall)
            lost[voice] -= math.log(float(self._weights[voice][recall.lengths] @ np.array(chances)))
        return lost[0], lost[1]

    def go_on(self, primer: Score, beats: Sequence[Beat], rng: np.random.Generator) -> list[Pair]:
        """Words for some beats after a primer, drawn as likely as the model holds them."""
        played = _Played(self._ids)
        for words in zip(*primer.voices, strict=True):
            for voice, word in enumerate(words):
                played.put(voice, word)
        played.sounding = [(), ()]  # nothing is held from a clip into the next
        made: list[Pair] = []
        for beat in beats:
            drawn: list[Word] = []
            for voice in range(2):
                drawn.append(self._draw(voice, played, beat, rng))
                played.put(voice, drawn[-1])
            made.append((drawn[0], drawn[1]))
        return made

    def _draw(self, voice: int, played: _Played, beat: Beat, rng: np.random.Generator) -> Word:
        recall = played.recall(voice)
        sounding = played.sounding[voice]
        expert = int(rng.choice(_EXPERTS, p=_possible(self._weights[voice][recall.lengths], recall)))
        word = recall.words[expert] if expert < len(recall.words) else None
        if word is None:
            word = self._words[voice].draw(played.contexts(voice, beat), rng)
        if word is None:
            word = self._symbols[voice].draw(sounding, rng)
        return settle(word, sounding)


def _possible(weights: npt.NDArray[np.float64], recall: _Recall) -> npt.NDArray[np.float64]:
    """The weights of the experts that have something to say, one in all."""
    says = np.array([*(word is not None for word in recall.words), True])
    kept: npt.NDArray[np.float64] = weights * says
    if kept.sum() <= 0:
        kept = says.astype(np.float64)
    kept /= kept.sum()
    return kept


def _fit(chances: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The weights of a mixture under which (n, experts) chances are likeliest."""
    weights = np.full(_EXPERTS, 1 / _EXPERTS)
    for _ in range(_ROUNDS):
        shares = weights * chances
        shares /= shares.sum(1, keepdims=True)
        weights = (shares.sum(0) + _ALWAYS) / (len(chances) + _ALWAYS.sum())
    return weights


class _Recall:
    """What followed the longest passage that is coming back: in both voices, and in one alone."""

    def __init__(self, together: tuple[int, Word | None], alone: tuple[int, Word | None]) -> None:
        self.lengths = (together[0], alone[0])
        self.words = (together[1], alone[1])


class _Played:
    """A song as far as it has been played; words are known by number in what they are looked up by."""

    def __init__(self, ids: dict[Word, int]) -> None:
        self.sounding: list[tuple[int, ...]] = [(), ()]
        self._ids = ids
        self._lines: list[list[int]] = [[], []]
        self._woven: list[int] = []  # both voices, in the order in which they are composed
        self._followers: list[dict[int, Word]] = [
            {},
            {},
            {},
        ]  # of passages of the woven line, and of each voice

    def put(self, voice: int, word: Word) -> None:
        """The next word of a voice."""
        for which, line in ((0, self._woven), (1 + voice, self._lines[voice])):
            for length in _LADDER:
                if length > len(line):
                    break
                self._followers[which][_key(line, length, voice)] = word
        number = self._ids.setdefault(word, len(self._ids))
        self._woven.append(number)
        self._lines[voice].append(number)
        self.sounding[voice] = word.sounding

    def recall(self, voice: int) -> _Recall:
        """What followed before where the music was as it is now."""
        return _Recall(
            self._longest(0, self._woven, voice), self._longest(1 + voice, self._lines[voice], voice)
        )

    def _longest(self, which: int, line: list[int], voice: int) -> tuple[int, Word | None]:
        for rung in range(bisect_right(_LADDER, len(line)), 0, -1):
            found = self._followers[which].get(_key(line, _LADDER[rung - 1], voice))
            if found is not None:
                return rung, found
        return 0, None

    def contexts(self, voice: int, beat: Beat) -> list[int]:
        """What the next word of a voice is counted under, from everything to little; as hashes."""
        place = (beat.index, beat.felt, beat.meter.bar)
        own = self._lines[voice]
        now = tuple(self._woven[-1:]) if voice else ()
        return [
            hash((0,)),
            hash((1, place)),
            hash((2, place, now) if voice else (2, place, *own[-1:])),
            hash((3, place, now, *own[-1:]) if voice else (3, place, *own[-2:])),
            hash((4, place, now, *own[-2:]) if voice else (4, place, *own[-3:])),
        ]


def _key(line: list[int], length: int, voice: int) -> int:
    return hash((voice, length, *line[-length:]))


class _Grams:
    """How often words followed contexts: all occurrences of each order, sorted by the hash of their context."""

    def __init__(self) -> None:
        self._number: dict[Word, int] = {}
        self._hashes: list[list[int]] = [[] for _ in range(_ORDERS)]
        self._heard: list[int] = []
        self._found: dict[tuple[int, int], Counter[int]] = {}

    def count(self, contexts: Sequence[int], word: Word) -> None:
        """Count a word."""
        self._heard.append(self._number.setdefault(word, len(self._number)))
        for order, context in enumerate(contexts):
            self._hashes[order].append(context)

    def close(self) -> None:
        """Sort what was counted; from here on it can be asked."""
        heard = np.array(self._heard, np.int64)
        hashes = [np.array(column, np.int64) for column in self._hashes]
        orders = [np.argsort(column, kind="stable") for column in hashes]
        self._sorted = [column[order] for column, order in zip(hashes, orders, strict=True)]
        self._followers = [heard[order] for order in orders]
        self._spelled = list(self._number)

    def _counts(self, order: int, context: int) -> Counter[int]:
        if (order, context) not in self._found:
            low, high = (
                int(np.searchsorted(self._sorted[order], context, side=s)) for s in ("left", "right")
            )
            self._found[order, context] = Counter(self._followers[order][low:high].tolist())
        return self._found[order, context]

    def chance(self, contexts: Sequence[int], word: Word, base: float) -> float:
        """The chance of a word: each order blends its own counts with the order below, `base` the lowest of all."""
        number, chance = self._number.get(word, -1), base
        for order, context in enumerate(contexts):
            counts = self._counts(order, context)
            total, kinds = counts.total(), len(counts)
            if total:
                chance = (counts[number] + kinds * chance) / (total + kinds)
        return chance

    def draw(self, contexts: Sequence[int], rng: np.random.Generator) -> Word | None:
        """A word as likely as `chance` has it; None where it has to be spelled."""
        for order, context in reversed(list(enumerate(contexts))):
            counts = self._counts(order, context)
            total, kinds = counts.total(), len(counts)
            if total and rng.random() < total / (total + kinds):
                at = int(rng.integers(total))
                ends = np.cumsum(list(counts.values()))
                return self._spelled[list(counts)[int(np.searchsorted(ends, at, side="right"))]]
        return None


class _Symbols:
    """A trigram over the symbols that words are spelled in, for words that were never heard."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)

    def count(self, word: Word, sounding: tuple[int, ...]) -> None:
        """Count the symbols of a word."""
        ids = spell(word, sounding)
        for at, symbol in enumerate(ids):
            for order in range(3):
                self._counts[_before(ids, at, order)][symbol] += 1

    def log_chance(self, word: Word, sounding: tuple[int, ...]) -> float:
        """The logarithm of the chance that a word is spelled."""
        ids = spell(word, sounding)
        return sum(math.log(self._chance(ids, at, symbol)) for at, symbol in enumerate(ids))

    def _chance(self, ids: Sequence[int], at: int, symbol: int) -> float:
        chance = 1 / SIZE
        for order in range(3):
            counts = self._counts.get(_before(ids, at, order))
            if counts:
                chance = (counts[symbol] + len(counts) * chance) / (counts.total() + len(counts))
        return chance

    def draw(self, sounding: tuple[int, ...], rng: np.random.Generator) -> Word:
        """A word, symbol by symbol."""
        speller = Speller(sounding)
        ids: list[int] = []
        while not speller.is_over:
            legal = np.flatnonzero(speller.legal())
            chances = np.array([self._chance(ids, len(ids), int(symbol)) for symbol in legal])
            ids.append(int(rng.choice(legal, p=chances / chances.sum())))
            speller.push(ids[-1])
        return speller.word


def _before(ids: Sequence[int], at: int, order: int) -> tuple[int, ...]:
    return (order, *ids[max(0, at - order) : at], *(() if at >= order else (-1,)))
