"""Keeping variations apart: from one another, and from what was given for the same clip before."""

from __future__ import annotations

from bisect import bisect_right
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.music.note import VOICES, Role
from bridge.network.demand import FINENESS, Demand, Strikes, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.music.note import Clip

Numbers = npt.NDArray[np.int64]
Line = tuple[Strikes, ...]
"""One voice, beat by beat."""


class Latitude(NamedTuple):
    """How much a voice may have in common with the same voice of another variation.

    Attributes:
        run: beats in a row in which both strike the same.
        share: of the beats in which something is struck, those in which both strike the same.
        credit: beats that the share is of at least, if they are as full as those before: both may begin with the
            same phrase and part later.
        slack: beats that count as nothing.
    """

    run: int
    share: float
    credit: int = 0
    slack: float = 1.5


LATITUDES: Final = {
    # Tunes come back to their phrases: two of them that do so at one place are no copies of each other yet.
    Role.MELODY: Latitude(8, 0.5, 32, slack=0.5),
    # There are fewer ways to accompany well than to sing.
    Role.ACCOMPANIMENT: Latitude(16, 0.8, 32),
}
STRICT_LATITUDES: Final = {Role.MELODY: Latitude(2, 0.4, slack=0.5), Role.ACCOMPANIMENT: Latitude(8, 0.75)}
"""For what was given before; and where nothing is left to chance: there all variations would be one, and go back to
it whenever they may."""


def latitudes_from(similarity: float) -> dict[Role, Latitude]:
    """How much a variation may have in common with its own clip: nearly nothing at 0, nearly all at 1."""
    latitude = Latitude(1 + round(7 * similarity), 0.1 + 0.8 * similarity)
    return dict.fromkeys(VOICES, latitude)


class GivenBefore(NamedTuple):
    """Music that variations keep away from.

    Attributes:
        lines: for each voice what it strikes beat by beat; nothing for a voice that it lacks.
        latitudes: how much may be in common with it.
    """

    lines: Sequence[Line]
    latitudes: Mapping[Role, Latitude] = MappingProxyType(STRICT_LATITUDES)


_SHUNNED: Final = 30.0
"""Nats by which a beat's pitches are avoided where the other one has them, all together."""


class Apart:
    """Watches over what variations have in common.

    A variation is held against those before it and against what was given, never against those after it. Candidates
    for one variation may be as they like among themselves: only one of them is given.

    Shapes: n variations, o others: the variations themselves, then what was given.

    Args:
        count: how many variations there are.
        given: what was given before.
        latitudes: how much variations may have in common with each other.
        beats: how long they will be; no more of them are taken on credit.
        candidates: how many variations in a row are candidates for one.
    """

    def __init__(
        self,
        count: int,
        given: Sequence[GivenBefore] = (),
        latitudes: Mapping[Role, Latitude] = MappingProxyType(LATITUDES),
        *,
        beats: int = 0,
        candidates: int = 1,
    ) -> None:
        self._beat = 0
        self._strikes: list[Strikes] = [()]
        self._numbers: dict[Strikes, int] = {(): 0}
        self._given = [
            [list(map(self._number, before.lines[voice])) for before in given] for voice in range(len(VOICES))
        ]
        others = count + len(given)
        number = np.arange(count) // candidates
        earlier = number[:, None] > number
        self._counts = np.concatenate([earlier, np.ones((count, len(given)), np.bool_)], 1)  # n o
        allowed = [
            [latitudes[role]] * count + [before.latitudes[role] for before in given] for role in VOICES
        ]
        fields = np.array(allowed).transpose(2, 0, 1)  # of a latitude, each voices o
        self._runs, self._shares, self._credits, self._slacks = fields
        self._credits = np.minimum(self._credits, beats)
        self._run, self._same, self._beats = (
            np.zeros((len(VOICES), count, others), np.int64) for _ in range(3)
        )

    def begin(self, beat: int) -> None:
        """Go on to a beat, counted from the answer's start."""
        self._beat = beat

    def select(self, rows: Sequence[int]) -> None:
        """Go on with some variations in the places of all, (count): each is a candidate for what it was one for."""
        others = [*rows, *range(len(rows), self._counts.shape[1])]
        self._run, self._same, self._beats = (
            array.take(rows, 1).take(others, 2) for array in (self._run, self._same, self._beats)
        )

    def shun(self, voice: int, words: Sequence[Word]) -> dict[int, set[int]]:
        """The variations whose words have to be others, with the pitches that they keep away from.

        Args:
            voice: which voice.
            words: the word of each variation.
        """
        beats = self._beats[voice] + 1
        expected = np.maximum(beats, beats / (self._beat + 1) * self._credits[voice])
        most = self._shares[voice] * expected + self._slacks[voice] - 1
        near = self._counts & ((self._run[voice] >= self._runs[voice]) | (self._same[voice] > most))
        if not near.any():
            return {}
        mine, others = self._numbered(voice, words)
        too_like = (near & (mine[:, None] == others)).any(1) & (mine > 0)
        return {
            int(row): {pitch for number in others[near[row]].tolist() for _, pitch in self._strikes[number]}
            for row in np.flatnonzero(too_like)
        }

    def add(self, voice: int, words: Sequence[Word]) -> None:
        """Take note of the words that a voice got."""
        mine, others = self._numbered(voice, words)
        same = mine[:, None] == others
        struck = (mine > 0)[:, None] | (others > 0)
        self._beats[voice] += struck
        self._same[voice] += struck & same
        self._run[voice] = np.where(struck, np.where(same, self._run[voice] + 1, 0), self._run[voice])

    def _numbered(self, voice: int, words: Sequence[Word]) -> tuple[Numbers, Numbers]:
        """The number of what each variation strikes, (n), and of what all others do, (o); 0 of nothing."""
        mine = [self._number(strikes_of(word)) for word in words]
        given = [line[self._beat] if self._beat < len(line) else 0 for line in self._given[voice]]
        others = np.array(mine + given, np.int64)
        return others[: len(mine)], others

    def _number(self, strikes: Strikes) -> int:
        """What is struck, by number: to compare numbers is faster."""
        number = self._numbers.setdefault(strikes, len(self._strikes))
        if number == len(self._strikes):
            self._strikes.append(strikes)
        return number


def shunning(demand: Demand, pitches: Iterable[int]) -> Demand:
    """The demand, with some pitches less welcome."""
    welcome = demand.welcome.copy()
    shunned = list(set(pitches))
    welcome[shunned] -= _SHUNNED / max(1, len(shunned))
    return demand._replace(welcome=welcome)


def strikes_of(word: Word) -> Strikes:
    """What is struck in a word."""
    return facts_of(word).strikes


def line_of(clip: Clip, up: int, frame: Sequence[Beat]) -> Line:
    """What a clip strikes in each of some beats, `up` semitones higher."""
    starts = [beat.start for beat in frame]
    strikes: list[set[tuple[int, int]]] = [set() for _ in (*frame, None)]
    for note in clip.notes:
        at = bisect_right(starts, note.onset) - 1
        beat = frame[at]
        over, twelfth = divmod(round((note.onset - beat.start) * FINENESS / beat.felt), FINENESS)
        strikes[min(at + over, len(frame))].add((twelfth, note.pitch + up))
    return tuple(tuple(sorted(group)) for group in strikes[:-1])
