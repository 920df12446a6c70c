"""What is asked of one word: frozen values, and the few functions that read them.

Two hooks reach every word, whichever way the network comes to it:

    stock.Weighing  a log-weight for a whole word: one heard before, or any that stands in a dictionary
    biases_of       a log-bias for every symbol, while a word is being spelled

Both read the same `Demand`, so a copied word and a spelled one are held to the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.beats.grid import GRID
from bridge.beats.vocabulary import (
    END,
    FIN,
    LAST,
    MAX_SYMBOLS,
    PITCH_0,
    SIZE,
    SUSTAIN,
    TO_0,
    Mask,
)
from bridge.beats.word import PARTS, Parts, Word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.network.groove import Groove

Weights = npt.NDArray[np.float64]

NEVER: Final = -60.0
"""Nats for what stays out as long as there is anything else."""

ANY_KEY: Final[Mask] = np.ones(128, np.bool_)
ANYWHERE: Final[Mask] = np.ones(LAST, np.bool_)
AS_LEARNED: Final[Weights] = np.zeros(128)
for _shared in (ANY_KEY, ANYWHERE, AS_LEARNED):
    _shared.flags.writeable = False

SURPLUS: Final = 2.0
"""A surplus of onsets or pitches counts so far: the fullest word of a song, or a cluster, is not wanted."""

CLOSING: Final = [END, SUSTAIN, FIN]
"""The symbols that end a word."""
_INDEX: Final = {position: index for index, position in enumerate(GRID)}

Strikes = tuple[tuple[int, int], ...]
"""What is struck in a beat: for each note, in which twelfth of the beat, and its pitch; ascending."""

FINENESS: Final = 12
"""Twelfths of a beat part triplets from sixteenths, and forgive what is played a little off."""
_TWELFTHS: Final = tuple(round(position * FINENESS / PARTS) for position in GRID)


@dataclass(frozen=True, slots=True)
class Leaning:
    """How much new words are preferred to those heard before.

    Attributes:
        invention: nats by which a new word is preferred; 0 as learned.
        weariness: nats that this grows by with each beat for which the music has gone along with an earlier passage.
        patience: beats of such a passage before weariness sets in.
        satiety: nats by which an earlier passage is less welcome that the music of late is as good as, changed or
            not; see `Song.likeness`.
        tolerance: likeness, 0 to 1, from which on it does.
    """

    invention: float = 0.0
    weariness: float = 0.0
    patience: int = 0
    satiety: float = 0.0
    tolerance: float = 1.0

    def after(self, along: int) -> float:
        """Nats by which a new word is preferred after so many beats of an earlier passage."""
        return self.invention + self.weariness * max(0, along - self.patience)


class Run(NamedTuple):
    """How often one pitch has been struck in a row, and how often it may be."""

    pitch: int = -1
    length: int = 0
    longest: int = MAX_SYMBOLS

    def then(self, pitch: int) -> Run:
        """The run after one more note."""
        return Run(pitch, self.length + 1 if pitch == self.pitch else 1, self.longest)


class Rhythm(NamedTuple):
    """The rhythm of one word, its pitches left open.

    Attributes:
        held: the pitches that go on from the beat before, each with the index in `GRID` of its end.
        groups: what is struck: indices of onset and end, and how many pitches; in that order.
    """

    held: tuple[tuple[int, int], ...]
    groups: tuple[tuple[int, int, int], ...]


class Anchor(NamedTuple):
    """A word that a beat is drawn to: what stands there in the music that is varied.

    Attributes:
        word: as the network hears it.
        nats: towards it, against all other words together: with 0 it comes as often as not, or more often where
            the network expects it by itself.
    """

    word: Word
    nats: float


class Demand(NamedTuple):
    """What one word of one variation keeps to, and what it leans to.

    Attributes:
        sounding: the pitches that the voice's last word left sounding, ascending.
        may_hold: what sounds may be held over; not from a primer into its answer.
        allowed: of 128 keys, those that may be struck, as the network hears them (after transposition).
        places: of the positions of `GRID`, those where a note may start.
        ends: of the same, those where a note that is spelled may end.
        strike_by: the index in `GRID` at which a note starts at the latest; none need start where it is None.
        may_sound_on: or else something that sounds is held through the beat.
        welcome: nats for each time that a key is struck.
        going_on: nats for every further onset in the beat.
        typical: how many onsets a beat has: with as many, `going_on` speaks neither for nor against a word.
        stacking: nats for every further pitch of an onset.
        chord: how many pitches an onset has: with as many, `stacking` speaks neither for nor against a word.
        filling: nats for as many keys that sound up to the end of the beat as `fullness` says, and against none.
        fullness: how many keys those are.
        groove: how welcome an onset is at each place; all alike where it is None.
        run: what was struck last, and how often in a row.
        rhythm: the rhythm that the word has; free where it is None.
        leaning: towards new words.
        anchor: the word that it is drawn to, whether the network expects it or not; none where it is None.
    """

    sounding: tuple[int, ...] = ()
    may_hold: bool = True
    allowed: Mask = ANY_KEY
    places: Mask = ANYWHERE
    ends: Mask = ANYWHERE
    strike_by: int | None = None
    may_sound_on: bool = False
    welcome: Weights = AS_LEARNED
    going_on: float = 0.0
    typical: float = 0.0
    stacking: float = 0.0
    chord: float = 1.0
    filling: float = 0.0
    fullness: float = 1.0
    groove: Groove | None = None
    run: Run = Run()
    rhythm: Rhythm | None = None
    leaning: Leaning = Leaning()
    anchor: Anchor | None = None

    @property
    def holdable(self) -> tuple[int, ...]:
        """The pitches that the word may hold."""
        return self.sounding if self.may_hold else ()

    def worth_of_sounding(self, keys: int) -> float:
        """Nats for a number of keys that sound up to the end of the beat."""
        return self.filling * (2 * min(1.0, keys / self.fullness) - 1)


class Facts(NamedTuple):
    """What demands ask about a word.

    Attributes:
        struck: its articulated pitches, in order of onset and pitch.
        held: the pitches that it holds over, each with the index of its end.
        onsets: the indices of its onsets, each once, ascending.
        strikes: see `Strikes`.
        groups: as in `Rhythm`.
        sounding: as in `Word`.
        end: where the last of its notes ends, 0 of none.
        lengths: of all its notes together.
    """

    struck: tuple[int, ...]
    held: tuple[tuple[int, int], ...]
    onsets: tuple[int, ...]
    strikes: Strikes
    groups: tuple[tuple[int, int, int], ...]
    sounding: tuple[int, ...]
    end: Parts
    lengths: Parts


_KNOWN: Final = 8_192
"""Of how many words the facts are kept."""
_facts: dict[int, tuple[Word, Facts]] = {}


def facts_of(word: Word) -> Facts:
    """What demands ask about a word on the network's grid."""
    # By identity: to hash a word takes as long as to look at it, and a song's words come again as they are.
    found = _facts.get(id(word))
    if found is None:
        if len(_facts) >= _KNOWN:
            _facts.clear()
        found = _facts[id(word)] = (word, _find_facts(word))
    return found[1]


def _find_facts(word: Word) -> Facts:
    struck = [(_INDEX[n.onset], n.pitch, _INDEX[n.end]) for n in word.notes if n.articulated]
    held = [(n.pitch, _INDEX[n.end]) for n in word.notes if not n.articulated]
    struck.sort()
    spans: dict[tuple[int, int], int] = {}
    for onset, _, end in struck:
        spans[onset, end] = spans.get((onset, end), 0) + 1
    return Facts(
        tuple([pitch for _, pitch, _ in struck]),
        tuple(sorted(held)),
        tuple(dict.fromkeys([onset for onset, _, _ in struck])),
        tuple([(_TWELFTHS[onset], pitch) for onset, pitch, _ in struck]),
        tuple([(*span, count) for span, count in sorted(spans.items())]),
        word.sounding,
        max([note.end for note in word.notes], default=0),
        sum([note.duration for note in word.notes]),
    )


def is_stuck(run: Run, struck: Sequence[int]) -> bool:
    """Whether one pitch would be struck too often in a row by some more notes."""
    if run.length + len(struck) <= run.longest:
        return False
    for pitch in struck:
        run = run.then(pitch)
        if run.length > run.longest:
            return True
    return False


STACKING, PLENTY = 1, 2
"""What decides between the biases of a demand: the sum of those that are so, 0 to 3."""


def biases_of(demands: Sequence[Demand], firmness: float = 1.0) -> npt.NDArray[np.float32]:
    """`firmness` times the log-bias of every symbol, (4n, SIZE), four rows a demand.

    The first as a rule; with `STACKING` right after a pitch; with `PLENTY` where the word has so many onsets that it
    needs no more. Whoever shall go on ends a note before the beat does: it is that which becomes likelier, as to hold
    it on less often would make chords larger, and not onsets more. Whoever shall not is done the sooner.
    """
    biases = np.zeros((len(demands), 4, SIZE), np.float32)
    for each, demand in zip(biases, demands, strict=True):
        # Without and with plenty.
        going_on = np.array([demand.going_on, min(0.0, demand.going_on)])
        of_pitch = each[STACKING::PLENTY]
        each[:, PITCH_0:] = demand.welcome
        of_pitch[:, PITCH_0:] += demand.stacking
        of_pitch[:, TO_0 + 1 : TO_0 + LAST] = np.maximum(going_on, 0)[:, None]
        each[:, END] = -going_on.repeat(2)
        each[:, SUSTAIN] = -demand.going_on + demand.worth_of_sounding(len(demand.sounding))
        each[:, END] -= demand.filling
        each[:, FIN] = max(0.0, -demand.going_on) + demand.filling
    return biases.reshape(-1, SIZE) * np.float32(firmness)


def places_of(divisions: Sequence[int], parts: int) -> Mask:
    """The positions of `GRID` in a beat of `parts` that is cut into any of some numbers of equal parts."""
    return np.array([any(place * d % parts == 0 for d in divisions) for place in GRID[:LAST]], np.bool_)
