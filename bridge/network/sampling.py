"""Choosing words from what the network expects: by chance, within demands, one stream of chance a variation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.beats.vocabulary import SIZE, settle, spell
from bridge.network.demand import biases_of
from bridge.network.quill import quill_of
from bridge.network.runtime import LEAST_CHANCE
from bridge.network.stock import Weighing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.beats.word import Word
    from bridge.network.demand import Demand
    from bridge.network.runtime import Chances, Outlook, Song
    from bridge.network.stock import Stock

Ints = npt.NDArray[np.int64]
Logs = npt.NDArray[np.floating]

_UNLIKELY_SYMBOL: Final = math.log(0.004)
"""Symbols below this share of the likeliest one's probability are left out: a wrong note among thousands is heard."""
_UNLIKELY_WORD: Final = math.log(0.002)
"""The same for whole words, heard before or of the dictionary: many of them are good, and none of them is likely."""

_NO_CHANCE: Final = 1e-30
"""What stands for the chance of a word that the network does not expect at all."""

_CANDIDATES: Final = 16
"""How many words are drawn where the next voice's word is given."""

_AGREEING: Final = 4
"""How many words are drawn where one shall agree with what is given."""

_FREE: Final[Mapping[int, tuple[int, float]]] = MappingProxyType({})
"""No row is drawn to any word."""

_AT_ONCE: Final = 256
"""How many numbers of chance are drawn at once."""

COLD: Final = 0.05
"""Temperatures below this always take the likeliest."""

_FIRMNESS: Final = 0.6
"""Demands are felt as much at every temperature above this, and below it as much as at this."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How bold choices are, and what decides them.

    Attributes:
        temperature: 0 to 2; chances are raised to its inverse.
        numbers: for each variation, numbers from 0 to below 1 without end; see `numbers_of`.
    """

    temperature: float
    numbers: Sequence[Iterator[float]]

    @property
    def firmness(self) -> float:
        """By how much what is asked weighs against what the network expects."""
        return max(self.temperature, _FIRMNESS)


def numbers_of(rng: np.random.Generator) -> Iterator[float]:
    """What a generator draws, some at a time."""
    while True:
        yield from rng.random(_AT_ONCE).tolist()


def choose_words(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    demands: Sequence[Demand],
    chance: Chance,
    rows: Sequence[int] | None = None,
) -> list[Word]:
    """One word of a voice for each variation, for the beat that the song has begun.

    Args:
        song: its beat begun, the voices before this one put.
        voice: which voice.
        outlook: what the song expects of that voice.
        demands: for each variation, what its word keeps to.
        chance: how bold the choice is, and what decides it.
        rows: the variations that words are wanted for; all when not given.
    """
    rows = range(song.count) if rows is None else rows
    asking = _Asking(song, voice, outlook, Weighing(demands), chance)
    words: dict[int, Word] = {}
    for choose in (_recall, _choose, _spell):  # each is left what the one before it found no word for
        if unknown := [n for n in rows if n not in words]:
            words |= choose(asking, unknown)
    return [words[n] for n in rows]


def choose_fitting_words(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    following: Sequence[tuple[Word, Demand]],
    demands: Sequence[Demand],
    chance: Chance,
    rows: Sequence[int] | None = None,
) -> list[Word]:
    """As `choose_words`, where the next voice's words are given: of several words, one that they go well with.

    The network knows what follows from a melody, not what melody a chord follows from; so some melodies are drawn
    and one is kept by how likely each makes the chord (sampling importance resampling, Rubin 1987).

    Args:
        song: its beat begun, the voices before this one put.
        voice: which voice.
        outlook: what the song expects of that voice.
        following: for each variation, the word of the next voice, and what that comes from.
        demands: for each variation, what its word keeps to.
        chance: how bold the choice is, and what decides it.
        rows: the variations that words are wanted for; all when not given.
    """
    rows = range(song.count) if rows is None else rows
    draws = [choose_words(song, voice, outlook, demands=demands, chance=chance) for _ in range(_CANDIDATES)]
    fits = np.stack(
        [_likelihoods(song, voice + 1, song.imagine(voice + 1, words), following) for words in draws], 1
    )
    is_anchor = np.array(
        [[_is_anchor(word, demand) for word in words] for demand, *words in zip(demands, *draws, strict=True)]
    )
    fits[is_anchor != is_anchor[:, :1]] = -np.inf
    drawn = _draw(fits[list(rows)], chance, rows, _UNLIKELY_SYMBOL)
    return [draws[at][n] for n, at in zip(rows, drawn, strict=True)]


def choose_agreeing_words(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    given: Word,
    demands: Sequence[Demand],
    chance: Chance,
    rows: Sequence[int] | None = None,
) -> list[Word]:
    """As `choose_words`: of several words, the first of those that have most of the tones of a word that is given.

    A chord that is held on counts by what sounds, which no weight for striking a key can reach.

    Args:
        song: its beat begun, the voices before this one put.
        voice: which voice.
        outlook: what the song expects of that voice.
        given: what the voice shall agree with.
        demands: for each variation, what its word keeps to.
        chance: how bold the choice is, and what decides it.
        rows: the variations that words are wanted for; all when not given.
    """
    draws = [
        choose_words(song, voice, outlook, demands=demands, chance=chance, rows=rows)
        for _ in range(_AGREEING if chance.temperature >= COLD else 1)
    ]
    asked = [demands[n] for n in (range(song.count) if rows is None else rows)]
    return [
        max(
            (word for word in words if _is_anchor(word, demand) == _is_anchor(words[0], demand)),
            key=lambda word: agreement(given, word),
        )
        for demand, *words in zip(asked, *draws, strict=True)
    ]


def _is_anchor(word: Word, demand: Demand) -> bool:
    """Whether a word is the one that its beat is drawn to: of several draws, the first decides how often it is."""
    return demand.anchor is not None and word == demand.anchor.word


def agreement(given: Word, word: Word) -> float:
    """The share of a given word's tones that another word has, those on the beat counting twice; 1 of none."""
    tones = {note.pitch % 12 for note in word.notes}
    weighed = [(2 if note.onset == 0 else 1, note.pitch % 12 in tones) for note in given.notes]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * has for weight, has in weighed) / total if total else 1.0


def _likelihoods(
    song: Song, voice: int, outlook: Outlook, following: Sequence[tuple[Word, Demand]]
) -> npt.NDArray[np.float64]:
    """The log-probability of a voice's words, (n): pointed at, chosen or spelled."""
    settled = [settle(word, demand.holdable) for word, demand in following]
    spellings = [spell(word, demand.sounding) for word, (_, demand) in zip(settled, following, strict=True)]
    spelled = np.zeros(song.count)
    every = list(range(song.count))
    symbols, (given, state) = np.full(song.count, SIZE, np.int64), outlook.plan(every)
    chosen = outlook.chosen(every)
    for at in range(max(map(len, spellings))):
        logits, state = song.runtime.spell(voice, symbols, given, state)
        logs = logits - logits.max(1, keepdims=True)
        logs = logs - np.log(np.exp(logs).sum(1, keepdims=True))
        for n, ids in enumerate(spellings):
            if at < len(ids):
                spelled[n] += logs[n, ids[at]]
                symbols[n] = ids[at]
    places = song.runtime.places[voice] if song.runtime.places else {}
    new = [
        chosen[n, places[word]] if word in places else chosen[n, -1] + spelled[n]
        for n, word in enumerate(settled)
    ]
    pointed = song.pointed(outlook.chances)
    heard = [song.heard[number] for number in pointed.numbers]
    copied = [
        sum(chance for chance, other in zip(chances, heard, strict=True) if other == word)
        for chances, word in zip(pointed.chances, settled, strict=True)
    ]
    return np.asarray(np.log(np.exp(outlook.logs[:, -1] + new) + copied + 1e-30))


@dataclass(frozen=True, slots=True)
class _Asking:
    """What words are chosen by: see `choose_words`."""

    song: Song
    voice: int
    outlook: Outlook
    weighing: Weighing
    chance: Chance

    def draw(
        self,
        rows: list[int],
        offer: _Offer,
        stock: Stock,
        *,
        otherwise: Logs,
        cut: float,
        anchored: Mapping[int, tuple[int, float]] = _FREE,
    ) -> Iterator[tuple[int, int]]:
        """The rows that some word is for by chance, each with its number; none of those that none is for.

        Args:
            rows: the variations.
            offer: the words that come into question.
            stock: what knows them.
            otherwise: (rows) the log-probability of none of them.
            cut: nats below the best at which there is no chance any more.
            anchored: which of the rows are drawn to a word of the offer: its number, and by how many nats.
        """
        weights = stock.weights(offer.words, np.array(rows).take(offer.whose), self.weighing)
        worth = offer.logs + self.chance.firmness * weights
        for row, (number, nats) in anchored.items():
            (mine,) = (offer.whose == row).nonzero()
            at = mine[offer.words[mine] == number][0]
            others = np.append(worth[mine[mine != at]], otherwise[row])
            # Against it counts what is asked, but not for it: that has drawn the others, too.
            pull = self.chance.firmness * (nats + min(0.0, float(weights[at])))
            worth[at] = max(worth[at], _together(others, self.chance.temperature) + pull)
        drawn = _draw_of_some(worth, offer.whose, otherwise, chance=self.chance, rows=rows, unlikely=cut)
        return ((n, int(offer.words[at])) for n, at in zip(rows, drawn.tolist(), strict=True) if at >= 0)


def _together(worth: Logs, temperature: float) -> float:
    """What some words are worth together, at a temperature."""
    best, width = float(worth.max()), max(temperature, COLD)
    return best + width * math.log(float(np.exp((worth - best) / width).sum()))


class _Offer(NamedTuple):
    """What is offered: k words by number, each for one of the rows, the first row's first; how likely it is."""

    whose: Ints
    words: Ints
    logs: Logs


def _offer(logs: Logs, is_offered: npt.NDArray[np.bool_]) -> _Offer:
    """Some of what is in a table, (rows, words)."""
    (places,) = is_offered.ravel().nonzero()
    return _Offer(*np.divmod(places, logs.shape[1]), logs.ravel().take(places))


def _recall(asking: _Asking, rows: list[int]) -> dict[int, Word]:
    """For some of the rows a word of the song so far; the others shall have a new one."""
    song, outlook, demands = asking.song, asking.outlook, asking.weighing.demands
    chances = _sated(asking)[rows]
    along = outlook.along.tolist()
    anchored = _anchored(asking, rows)
    new = outlook.logs[rows, -1] + np.array([demands[n].leaning.after(along[n]) for n in rows])
    is_offered = chances > LEAST_CHANCE
    for at, (number, _) in anchored.items():
        is_offered[at, number] = True
    offer = _offer(chances, is_offered)
    logs = np.log(np.maximum(offer.logs, _NO_CHANCE))
    drawn = asking.draw(
        rows, offer._replace(logs=logs), song.stock, otherwise=new, cut=_UNLIKELY_WORD, anchored=anchored
    )
    heard = song.heard
    return {n: heard[number] for n, number in drawn}


def _anchored(asking: _Asking, rows: list[int]) -> dict[int, tuple[int, float]]:
    """Which of the rows are drawn to a word that was heard, with its number and by how many nats."""
    anchors = [asking.weighing.demands[n].anchor for n in rows]
    found = [None if anchor is None else asking.song.number_of(anchor.word) for anchor in anchors]
    known = asking.outlook.chances.shape[1]  # none, where the network has no memory
    return {
        at: (number, anchor.nats)
        for at, (anchor, number) in enumerate(zip(anchors, found, strict=True))
        if anchor is not None and number is not None and number < known
    }


def _sated(asking: _Asking) -> Chances:
    """The chance of each word that was heard, (n, words), when passages are less welcome that were followed long."""
    leanings = [demand.leaning for demand in asking.weighing.demands]
    satiety = np.array([[leaning.satiety] for leaning in leanings], np.float32)
    tolerance = np.array([[leaning.tolerance] for leaning in leanings], np.float32)
    if not satiety.any() or not asking.song.runtime.config.memory:
        return asking.outlook.chances
    sated = asking.outlook.logs.copy()
    sated[:, :-1] -= satiety * np.maximum(0, asking.song.likeness - tolerance)
    return asking.song.chances(asking.voice, sated)


def _choose(asking: _Asking, rows: list[int]) -> dict[int, Word]:
    """For some of the rows a word of the dictionary; those of the others shall be spelled."""
    runtime, voice = asking.song.runtime, asking.voice
    if not runtime.dictionary:
        return {}
    wanted = asking.outlook.chosen(rows)  # rows W+1
    least = wanted[:, :-1].max(1, keepdims=True) + _UNLIKELY_WORD * max(1.0, asking.chance.temperature)
    likely = wanted >= least
    likely[:, -1] = False
    # What is likely at all has been settled: what is asked for then weighs freely.
    drawn = asking.draw(
        rows, _offer(wanted, likely), runtime.stocks[voice], otherwise=wanted[:, -1], cut=-np.inf
    )
    dictionary = runtime.dictionary[voice]
    return {n: dictionary[number] for n, number in drawn}


def _spell(asking: _Asking, rows: list[int]) -> dict[int, Word]:
    """Spell a new word for each of the rows, all in step; those that are done drop out."""
    chance, demands = asking.chance, [asking.weighing.demands[n] for n in rows]
    quills = [quill_of(demand) for demand in demands]
    biases = biases_of(demands, chance.firmness)
    has_groove = any(demand.groove is not None for demand in demands)
    given, state = asking.outlook.plan(rows)
    active = list(range(len(rows)))
    symbols = np.full(len(active), SIZE, np.int64)
    while active:
        logits, state = asking.song.runtime.spell(asking.voice, symbols, given, state)
        writing = [quills[at] for at in active]
        logs = logits + biases.take([4 * at + quills[at].mood for at in active], 0)
        if has_groove:
            logs += chance.firmness * np.array([quill.in_groove() for quill in writing])
        np.putmask(logs, ~np.array([quill.legal() for quill in writing]), -np.inf)
        symbols = _draw(logs, chance, [rows[at] for at in active], _UNLIKELY_SYMBOL)
        for quill, symbol in zip(writing, symbols.tolist(), strict=True):
            quill.push(symbol)
        going = [at for at, quill in enumerate(writing) if not quill.is_over]
        if len(going) < len(active):
            active = [active[at] for at in going]
            symbols, given, state = symbols.take(going), given.take(going, 0), state.take(going, 0)
    return {n: quill.word for n, quill in zip(rows, quills, strict=True)}


def _draw(logits: Logs, chance: Chance, rows: Sequence[int], unlikely: float) -> Ints:
    """An index of each row, by chance; none that is less likely than the row's best by more than `unlikely` nats.

    `logits` are (rows, indices); `rows` name the variations, each of which has its own stream of chance.
    """
    if chance.temperature < COLD:
        return np.asarray(logits.argmax(1))
    below = (logits - logits.max(1, keepdims=True)).astype(np.float32, copy=False)
    shares = np.exp(below / np.float32(chance.temperature))
    shares *= below >= unlikely * max(1.0, chance.temperature)
    upto = shares.cumsum(1, np.float64)
    # One number of chance decides (inversion); below 1, it stays below the sum of all shares.
    at = upto[:, -1:] * [[next(chance.numbers[n])] for n in rows]
    drawn: Ints = (upto > at).argmax(1)
    return drawn


def _draw_of_some(
    worth: Logs, whose: Ints, otherwise: Logs, *, chance: Chance, rows: Sequence[int], unlikely: float
) -> Ints:
    """As `_draw`, of what is offered to each row, by index, and of what else there is: -1.

    Args:
        worth: (k) of each offer.
        whose: (k) which of the rows it is for, ascending.
        otherwise: (rows) of what else there is for each row.
        chance: how bold the choice is.
        rows: the variations, each of which has its own stream of chance.
        unlikely: nats below a row's best at which there is no chance.
    """
    counts = np.bincount(whose, minlength=len(rows)) + 1
    last = counts.cumsum() - 1  # where each row's part of the line ends: with what else there is
    first = last - counts + 1
    line = np.empty(len(worth) + len(rows))
    line[np.arange(len(worth)) + whose] = worth
    line[last] = otherwise
    below = line - np.maximum.reduceat(line, first).repeat(counts)
    if chance.temperature < COLD:
        best = np.flatnonzero(below == 0)
        at = best[best.searchsorted(first)]
    else:
        shares = np.exp(below / chance.temperature)
        shares *= below >= unlikely * max(1.0, chance.temperature)
        upto = shares.cumsum()
        before = upto[first] - shares[first]
        until = upto[last]
        # One number of chance decides (inversion); below 1, it stays below the sum of all shares.
        wanted = before + (until - before) * [next(chance.numbers[n]) for n in rows]
        at = upto.searchsorted(np.minimum(wanted, np.nextafter(until, 0)), side="right")
    return np.where(at == last, -1, at - np.arange(len(rows)))
