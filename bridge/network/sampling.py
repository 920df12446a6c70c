"""Choosing words from what the network expects: by chance, within rules, one stream of chance a variation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.vocabulary import SIZE, Mask, Speller, settle, spell
from bridge.beats.word import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.network.runtime import Outlook, Song

_UNLIKELY: Final = 0.02
"""Symbols below this share of the likeliest one's probability are left out: a wrong note among thousands is heard."""

_UNLIKELY_LOG: Final = float(np.log(_UNLIKELY))

_CANDIDATES: Final = 16
"""How many words are drawn where the next voice's word is given."""

_COLD: Final = 0.05
"""Temperatures below this always take the likeliest."""


@dataclass(frozen=True, slots=True)
class Before:
    """What one variation of a voice comes from.

    Attributes:
        sounding: the pitches that its last word left sounding, ascending.
        must_strike: it has been silent for so long that it shall not rest again.
        may_hold: what sounds may be held over; not from a primer into its answer.
    """

    sounding: tuple[int, ...] = ()
    must_strike: bool = False
    may_hold: bool = True

    @property
    def holdable(self) -> tuple[int, ...]:
        """The pitches that the next word may hold."""
        return self.sounding if self.may_hold else ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What every chosen word keeps to.

    Attributes:
        temperature: 0 to 2; chances are raised to its inverse.
        allowed: of 128 keys, those that may be articulated, as the network hears them (after transposition).
        invention: nats by which a new word is preferred to one heard before; 0 as learned.
        weariness: nats that this grows by with each beat for which the music has gone along with an earlier passage.
        patience: beats of such a passage before weariness sets in.
    """

    temperature: float
    allowed: Mask
    invention: float = 0.0
    weariness: float = 0.0
    patience: int = 0


def choose_words(
    song: Song,
    voice: int,
    *,
    before: Sequence[Before],
    rules: Rules,
    rngs: Sequence[np.random.Generator],
) -> list[Word]:
    """One word of a voice for each variation, for the beat that the song has begun.

    Args:
        song: its beat begun, the voices before this one put.
        voice: which voice.
        before: for each variation, what the voice comes from.
        rules: what the words keep to.
        rngs: one generator a variation.
    """
    return _draw_words(song, voice, song.outlook(voice), before=before, rules=rules, rngs=rngs)


def choose_fitting_words(
    song: Song,
    voice: int,
    *,
    following: Sequence[Word],
    before: Sequence[Sequence[Before]],
    rules: Rules,
    rngs: Sequence[np.random.Generator],
) -> list[Word]:
    """As `choose_words`, where the next voice's words are given: of several words, one that they go well with.

    The network knows what follows from a melody, not what melody a chord follows from; so some melodies are drawn
    and one is kept by how likely each makes the chord (sampling importance resampling, Rubin 1987).

    Args:
        song: its beat begun, the voices before this one put.
        voice: which voice.
        following: for each variation, the word of the next voice.
        before: for this voice and the next, for each variation, what it comes from.
        rules: what the words keep to.
        rngs: one generator a variation.
    """
    outlook = song.outlook(voice)
    draws = [
        _draw_words(song, voice, outlook, before=before[0], rules=rules, rngs=rngs)
        for _ in range(_CANDIDATES)
    ]
    fits = np.stack(
        [
            _likelihoods(song, voice + 1, song.imagine(voice + 1, words), following, before[1])
            for words in draws
        ],
        1,
    )
    kept = [_draw(fits[n], rules.temperature, rngs[n]) for n in range(song.count)]
    return [draws[at][n] for n, at in enumerate(kept)]


def _draw_words(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    before: Sequence[Before],
    rules: Rules,
    rngs: Sequence[np.random.Generator],
) -> list[Word]:
    words = [
        _recall(
            song.chances(voice, n, outlook.logs[n]),
            float(outlook.logs[n, -1]) + _leaning(rules, int(outlook.along[n])),
            before[n],
            rules=rules,
            rng=rngs[n],
        )
        for n in range(song.count)
    ]
    new = [n for n, word in enumerate(words) if word is None]
    spelled = _spell(song, voice, outlook, rows=new, before=before, rules=rules, rngs=rngs)
    return [spelled[n] if word is None else word for n, word in enumerate(words)]


def _likelihoods(
    song: Song, voice: int, outlook: Outlook, words: Sequence[Word], before: Sequence[Before]
) -> npt.NDArray[np.float64]:
    """The log-probability of a voice's words, (n): pointed at or spelled."""
    held = [one.sounding for one in before]
    settled = [settle(word, one.holdable) for word, one in zip(words, before, strict=True)]
    spellings = [spell(word, sounding) for word, sounding in zip(settled, held, strict=True)]
    spelled = np.zeros(song.count)
    symbols, state = np.full(song.count, SIZE, np.int64), outlook.state
    for at in range(max(map(len, spellings))):
        logits, state = song.runtime.spell(voice, symbols, outlook.given, state)
        logs = logits - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True))
        logs = logs - logits.max(1, keepdims=True)
        for n, ids in enumerate(spellings):
            if at < len(ids):
                spelled[n] += logs[n, ids[at]]
                symbols[n] = ids[at]
    copied = [dict(song.chances(voice, n, outlook.logs[n])).get(word, 0.0) for n, word in enumerate(settled)]
    return np.asarray(np.log(np.exp(outlook.logs[:, -1] + spelled) + copied + 1e-30))


def _leaning(rules: Rules, along: int) -> float:
    """By how many nats a new word is preferred to one heard before."""
    return rules.invention + rules.weariness * max(0, along - rules.patience)


def _recall(
    chances: Sequence[tuple[Word, float]],
    new: float,
    before: Before,
    *,
    rules: Rules,
    rng: np.random.Generator,
) -> Word | None:
    """A word of the song so far, or nothing where the beat shall be new, whose log-weight is `new`."""
    able = [(word, chance) for word, chance in chances if _may(word, before, rules)]
    logs = np.log([chance for _, chance in able] + [np.exp(new)])
    at = _draw(logs, rules.temperature, rng)
    return able[at][0] if at < len(able) else None


def _may(word: Word, before: Before, rules: Rules) -> bool:
    """Whether a word heard before can stand here: it holds only what sounds, and strikes only what is allowed."""
    if before.must_strike and not word.notes:
        return False
    return all(rules.allowed[n.pitch] if n.articulated else n.pitch in before.holdable for n in word.notes)


def _spell(
    song: Song,
    voice: int,
    outlook: Outlook,
    *,
    rows: Sequence[int],
    before: Sequence[Before],
    rules: Rules,
    rngs: Sequence[np.random.Generator],
) -> dict[int, Word]:
    """Spell a new word for each of the given variations, all in step; those that are done drop out."""
    spellers = {
        n: Speller(
            before[n].sounding, rules.allowed, must_strike=before[n].must_strike, may_hold=before[n].may_hold
        )
        for n in rows
    }
    given, state = outlook.given[list(rows)], outlook.state[list(rows)]
    active = list(rows)
    symbols = np.full(len(active), SIZE, np.int64)
    while active:
        logits, state = song.runtime.spell(voice, symbols, given, state)
        for row, n in enumerate(active):
            mask = spellers[n].legal()
            symbols[row] = _draw(np.where(mask, logits[row], -np.inf), rules.temperature, rngs[n])
            spellers[n].push(int(symbols[row]))
        going = [row for row, n in enumerate(active) if not spellers[n].is_over]
        if len(going) < len(active):
            active = [active[row] for row in going]
            symbols, given, state = symbols[going], given[going], state[going]
    return {n: speller.word for n, speller in spellers.items()}


def _draw(logits: npt.NDArray[np.floating], temperature: float, rng: np.random.Generator) -> int:
    """One index, by chance; the very unlikely ones are left out."""
    best = int(logits.argmax())
    if temperature < _COLD:
        return best
    likely = np.nonzero(logits >= logits[best] + _UNLIKELY_LOG * max(1.0, temperature))[0]
    if len(likely) == 1:
        return best
    # The largest of logits plus Gumbel noise falls on each index with its probability.
    return int(likely[(logits[likely] / temperature + rng.gumbel(size=len(likely))).argmax()])
