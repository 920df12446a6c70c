"""Keeping variations apart: from one another, and from what was given for the same clip before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from bridge.beats.word import Word
from bridge.music.note import VOICES, Role
from bridge.network.demand import Demand, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Line = tuple[Word, ...]


class Latitude(NamedTuple):
    """How much a voice may have in common with the same voice of another variation.

    Attributes:
        run: beats in a row in which both strike the same.
        share: of the beats in which something is struck, those in which both strike the same, before one more.
    """

    run: int
    share: float


LATITUDES: Final = {
    Role.MELODY: Latitude(2, 0.4),
    # There are fewer ways to accompany well than to sing.
    Role.ACCOMPANIMENT: Latitude(8, 0.75),
}


def latitudes_from(similarity: float) -> dict[Role, Latitude]:
    """How much a variation may have in common with its own clip: nearly nothing at 0, nearly all at 1."""
    latitude = Latitude(1 + round(7 * similarity), 0.1 + 0.8 * similarity)
    return dict.fromkeys(VOICES, latitude)


class GivenBefore(NamedTuple):
    """Music that variations keep away from.

    Attributes:
        lines: for each voice, one word a beat; none for a voice that it lacks.
        latitudes: how much may be in common with it.
    """

    lines: Sequence[Line]
    latitudes: Mapping[Role, Latitude] = MappingProxyType(LATITUDES)


_REST: Final = Word()
_SHUNNED: Final = 30.0
"""Nats by which a beat's pitches are avoided where the other one has them, all together."""


@dataclass(slots=True)
class _Common:
    """What a voice of one variation has had in common with another: beats in a row, and in all, of so many."""

    run: int = 0
    same: int = 0
    beats: int = 0

    def would_be_too_much(self, latitude: Latitude) -> bool:
        return self.run >= latitude.run or self.same > latitude.share * (self.beats + 1) + 0.5

    def add(self, *, same: bool) -> None:
        self.beats += 1
        self.same += same
        self.run = self.run + 1 if same else 0


@dataclass(slots=True)
class Apart:
    """Watches over what variations have in common.

    A variation is held against those before it and against the lines that were given, never against those after
    it: what it is does not depend on how many are asked for.

    Attributes:
        count: how many variations there are.
        given: what was given before.
    """

    count: int
    given: Sequence[GivenBefore] = ()
    _common: dict[tuple[int, int, int], _Common] = field(default_factory=dict)
    _beat: int = 0

    def begin(self, beat: int) -> None:
        """Go on to a beat, counted from the answer's start."""
        self._beat = beat

    def shun(self, voice: int, row: int, *, words: Sequence[Word]) -> list[Word]:
        """The words that the word of a variation must not be like; `words` are those of the rows so far."""
        mine = strikes_of(words[row])
        if not mine[0]:
            return []
        near = [
            other
            for number, other in self._others(voice, row, words)
            if self._of(voice, row, number).would_be_too_much(self._latitude(voice, number))
        ]
        return near if any(strikes_of(other) == mine for other in near) else []

    def add(self, voice: int, words: Sequence[Word]) -> None:
        """Take note of the words that a voice got."""
        strikes = [strikes_of(word) for word in words]
        given = [strikes_of(word) for _, word in self._given(voice)]
        for row, mine in enumerate(strikes):
            for number, theirs in (*enumerate(strikes[:row]), *enumerate(given, start=self.count)):
                if mine[0] or theirs[0]:
                    self._of(voice, row, number).add(same=mine == theirs)

    def _others(self, voice: int, row: int, words: Sequence[Word]) -> Iterator[tuple[int, Word]]:
        """The words that a row is held against, numbered: the rows before it, then what was given."""
        yield from enumerate(words[:row])
        yield from self._given(voice)

    def _given(self, voice: int) -> Iterator[tuple[int, Word]]:
        for number, (lines, _) in enumerate(self.given, start=self.count):
            yield number, lines[voice][self._beat] if self._beat < len(lines[voice]) else _REST

    def _latitude(self, voice: int, number: int) -> Latitude:
        latitudes = LATITUDES if number < self.count else self.given[number - self.count].latitudes
        return latitudes[VOICES[voice]]

    def _of(self, voice: int, row: int, number: int) -> _Common:
        return self._common.setdefault((voice, row, number), _Common())


def shunning(demand: Demand, words: Iterable[Word]) -> Demand:
    """The demand, with the pitches of some words less welcome."""
    welcome = demand.welcome.copy()
    for word in words:
        struck = list(set(facts_of(word).struck))
        welcome[struck] -= _SHUNNED / max(1, len(struck))
    return replace(demand, welcome=welcome)


def strikes_of(word: Word) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What is struck in a word: its pitches, and when."""
    facts = facts_of(word)
    return facts.struck, facts.onsets
