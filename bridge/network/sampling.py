"""Choosing words from what the network expects: by chance, within demands, one stream of chance a variation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.vocabulary import SIZE, settle, spell
from bridge.network.demand import biases_of
from bridge.network.quill import quill_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.word import Word
    from bridge.network.demand import Demand
    from bridge.network.runtime import Outlook, Song

_UNLIKELY_SYMBOL: Final = math.log(0.004)
"""Symbols below this share of the likeliest one's probability are left out: a wrong note among thousands is heard."""
_UNLIKELY_WORD: Final = math.log(0.002)
"""The same for whole words, heard before or of the dictionary: many of them are good, and none of them is likely."""

_CANDIDATES: Final = 16
"""How many words are drawn where the next voice's word is given."""

_AGREEING: Final = 4
"""How many words are drawn where one shall agree with what is given."""

_LOOKED_AT: Final = 64
"""How many words of the dictionary are weighed by what is asked, those that chance puts first."""

_SOON: Final = np.float32(1e-30)
"""Noise that is zero in 32 bits is as little as this."""

COLD: Final = 0.05
"""Temperatures below this always take the likeliest."""

_FIRMNESS: Final = 0.6
"""Demands are felt as much at every temperature above this, and below it as much as at this."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How bold choices are, and what decides them.

    Attributes:
        temperature: 0 to 2; chances are raised to its inverse.
        rngs: one generator a variation.
    """

    temperature: float
    rngs: Sequence[np.random.Generator]

    @property
    def divisor(self) -> float:
        """What log-probabilities are divided by: the temperature, or one where nothing is left to chance."""
        return self.temperature if self.temperature >= COLD else 1.0

    @property
    def firmness(self) -> float:
        """By how much what is asked weighs against what the network expects."""
        return max(self.temperature, _FIRMNESS)


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
    recalled = _recall(song, voice, outlook, demands, chance=chance, rows=rows)
    new = [n for n, word in recalled.items() if word is None]
    chosen = _choose(song, voice, outlook.chosen, demands, chance=chance, rows=new)
    unknown = [n for n, word in chosen.items() if word is None]
    spelled = _spell(song, voice, outlook, rows=unknown, demands=demands, chance=chance)
    return [recalled[n] or chosen[n] or spelled[n] for n in rows]


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
    return [max(words, key=lambda word: agreement(given, word)) for words in zip(*draws, strict=True)]


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
    symbols, state = np.full(song.count, SIZE, np.int64), outlook.state
    for at in range(max(map(len, spellings))):
        logits, state = song.runtime.spell(voice, symbols, outlook.given, state)
        logs = logits - logits.max(1, keepdims=True)
        logs = logs - np.log(np.exp(logs).sum(1, keepdims=True))
        for n, ids in enumerate(spellings):
            if at < len(ids):
                spelled[n] += logs[n, ids[at]]
                symbols[n] = ids[at]
    places = song.runtime.places[voice] if song.runtime.places else {}
    new = [
        outlook.chosen[n, places[word]] if word in places else outlook.chosen[n, -1] + spelled[n]
        for n, word in enumerate(settled)
    ]
    copied = [
        sum(each.chances[i] for i, number in enumerate(each.numbers) if song.heard[number] == settled[n])
        for n, each in enumerate(song.pointed(voice, outlook.logs))
    ]
    return np.asarray(np.log(np.exp(outlook.logs[:, -1] + new) + copied + 1e-30))


def _recall(
    song: Song,
    voice: int,
    outlook: Outlook,
    demands: Sequence[Demand],
    *,
    chance: Chance,
    rows: Sequence[int],
) -> dict[int, Word | None]:
    """For each of some rows a word of the song so far, or nothing where the beat shall be new."""
    every = song.pointed(voice, outlook.logs)
    pointed = [every[n] for n in rows]
    width = max((len(each.numbers) for each in pointed), default=0)
    numbers = np.zeros((len(rows), width), np.int64)
    logs = np.full((len(rows), width + 1), -np.inf)
    for row, (n, each) in enumerate(zip(rows, pointed, strict=True)):
        numbers[row, : len(each.numbers)] = each.numbers
        logs[row, : len(each.numbers)] = np.log(each.chances)
        logs[row, -1] = outlook.logs[n, -1] + demands[n].leaning.after(int(outlook.along[n]))
    if width:
        logs[:, :-1] += chance.firmness * song.stock.weights(numbers, [demands[n] for n in rows])
    drawn = _draw(logs, chance, rows, _UNLIKELY_WORD)
    return {
        n: song.heard[numbers[row, at]] if at < width else None
        for row, (n, at) in enumerate(zip(rows, drawn, strict=True))
    }


def _choose(
    song: Song,
    voice: int,
    logs: npt.NDArray[np.float32],
    demands: Sequence[Demand],
    *,
    chance: Chance,
    rows: Sequence[int],
) -> dict[int, Word | None]:
    """For each of some rows a word of the dictionary, or nothing where the word shall be spelled.

    `logs` are the log-probabilities of the dictionary's words and of spelling, (variations, W + 1).
    """
    dictionary = song.runtime.dictionary[voice] if song.runtime.dictionary else ()
    if not dictionary or not rows:
        return dict.fromkeys(rows)
    wanted = logs[list(rows)]
    shaken = _shaken(wanted, chance, rows)
    # Noise comes first: a word beyond those that it puts first would be drawn only if it were much more welcome.
    first = np.argpartition(shaken[:, :-1], -min(_LOOKED_AT, len(dictionary)), 1)[:, -_LOOKED_AT:]
    weights = song.runtime.stocks[voice].weights(first, [demands[n] for n in rows])
    least = wanted[:, :-1].max(1, keepdims=True) + _UNLIKELY_WORD * max(1.0, chance.temperature)
    weights[np.take_along_axis(wanted, first, 1) < least] = -np.inf
    known = np.take_along_axis(shaken, first, 1) + chance.firmness / chance.divisor * weights
    drawn = np.column_stack([known, shaken[:, -1]]).argmax(1)
    return {
        n: dictionary[first[row, at]] if at < first.shape[1] else None
        for row, (n, at) in enumerate(zip(rows, drawn, strict=True))
    }


def _shaken(logs: npt.NDArray[np.float32], chance: Chance, rows: Sequence[int]) -> npt.NDArray[np.float32]:
    """Log-probabilities, (n, W + 1), as temperature and Gumbel noise leave them; the greatest of a row is drawn."""
    if chance.temperature < COLD:
        return logs
    # The logarithm of exponential noise is Gumbel noise, and this is the fastest way to it.
    waits = [chance.rngs[n].standard_exponential(logs.shape[1], dtype=np.float32) for n in rows]
    noise = -np.log(np.maximum(np.stack(waits), _SOON))
    return np.asarray(logs / np.float32(chance.temperature) + noise)


def _spell(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    rows: Sequence[int],
    demands: Sequence[Demand],
    chance: Chance,
) -> dict[int, Word]:
    """Spell a new word for each of the given variations, all in step; those that are done drop out."""
    quills = [quill_of(demands[n]) for n in rows]
    biases = np.stack([biases_of(demands[n]) for n in rows]) * chance.firmness if rows else np.zeros(0)
    given, state = outlook.given[list(rows)], outlook.state[list(rows)]
    active = np.arange(len(rows))
    symbols = np.full(len(active), SIZE, np.int64)
    while len(active):
        logits, state = song.runtime.spell(voice, symbols, given, state)
        writing = [quills[at] for at in active]
        stacking = [int(quill.is_stacking) for quill in writing]
        legal = np.stack([quill.legal() for quill in writing])
        logs = np.where(legal, logits + biases[active, stacking], -np.inf)
        symbols = _draw(logs, chance, [rows[at] for at in active.tolist()], _UNLIKELY_SYMBOL)
        for quill, symbol in zip(writing, symbols.tolist(), strict=True):
            quill.push(symbol)
        going = np.array([not quill.is_over for quill in writing])
        if not going.all():
            active, symbols, given, state = active[going], symbols[going], given[going], state[going]
    return {n: quill.word for n, quill in zip(rows, quills, strict=True)}


def _draw(
    logits: npt.NDArray[np.floating], chance: Chance, rows: Sequence[int], unlikely: float
) -> npt.NDArray[np.int64]:
    """An index of each row, by chance; none that is less likely than the row's best by more than `unlikely` nats.

    `logits` are (rows, indices); `rows` name the variations, each of which has its own stream of chance.
    """
    drawn: npt.NDArray[np.int64] = logits.argmax(1)
    if chance.temperature < COLD:
        return drawn
    least = np.take_along_axis(logits, drawn[:, None], 1) + unlikely * max(1.0, chance.temperature)
    likely = logits >= least
    for row in (likely.sum(1) > 1).nonzero()[0].tolist():
        among = likely[row].nonzero()[0]
        # The largest of logits plus Gumbel noise falls on each index with its probability.
        noise = chance.rngs[rows[row]].gumbel(size=len(among))
        drawn[row] = among[(logits[row, among] / chance.temperature + noise).argmax()]
    return drawn
