"""Keeping variations apart: from one another, and from what was given for the same clip before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from bridge.music.note import VOICES, Role
from bridge.network.demand import Demand, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.beats.word import Word

Line = tuple["Word", ...]


class Latitude(NamedTuple):
    """How much a voice may have in common with the same voice of another variation.

    Attributes:
        run: beats in a row in which both strike the same.
        share: of the beats in which something is struck, those in which both strike the same.
    """

    run: int
    share: float


LATITUDES: Final = {
    Role.MELODY: Latitude(4, 0.5),
    # There are fewer ways to accompany well than to sing.
    Role.ACCOMPANIMENT: Latitude(8, 0.75),
}
_FROM: Final = 4
"""Beats before a share says anything."""
_SHUNNED: Final = 8.0
"""Nats by which a beat's pitches are avoided where the other one has them, all together."""


@dataclass(slots=True)
class _Common:
    """What a voice of one variation has had in common with another: beats in a row, and in all, of so many."""

    run: int = 0
    same: int = 0
    beats: int = 0

    def would_be_too_much(self, latitude: Latitude) -> bool:
        share = (self.same + 1) / (self.beats + 1)
        return self.run >= latitude.run or (self.beats >= _FROM and share > latitude.share)

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
        given: for each line that was given before, for each voice, one word a beat.
    """

    count: int
    given: Sequence[Sequence[Line]] = ()
    _common: dict[tuple[int, int, int], _Common] = field(default_factory=dict)
    _beat: int = 0

    def begin(self, beat: int) -> None:
        """Go on to a beat, counted from the answer's start."""
        self._beat = beat

    def shun(self, voice: int, row: int, *, words: Sequence[Word]) -> list[Word]:
        """The words that the word of a variation must not be like; `words` are those of the rows so far."""
        mine = _strikes(words[row])
        if not mine[0]:
            return []
        latitude = LATITUDES[VOICES[voice]]
        return [
            other
            for number, other in self._others(voice, row, words)
            if _strikes(other) == mine and self._of(voice, row, number).would_be_too_much(latitude)
        ]

    def add(self, voice: int, words: Sequence[Word]) -> None:
        """Take note of the words that a voice got."""
        for row in range(self.count):
            mine = _strikes(words[row])
            for number, other in self._others(voice, row, words):
                theirs = _strikes(other)
                if mine[0] or theirs[0]:
                    self._of(voice, row, number).add(same=mine == theirs)

    def _others(self, voice: int, row: int, words: Sequence[Word]) -> Iterable[tuple[int, Word]]:
        """The words that a row is held against: rows are counted from 0, given lines below 0."""
        yield from enumerate(words[:row])
        for number, line in enumerate(self.given):
            if voice < len(line) and self._beat < len(line[voice]):
                yield -1 - number, line[voice][self._beat]

    def _of(self, voice: int, row: int, number: int) -> _Common:
        return self._common.setdefault((voice, row, number), _Common())


def shunning(demand: Demand, words: Iterable[Word]) -> Demand:
    """The demand, with the pitches of some words less welcome."""
    welcome = demand.welcome.copy()
    for word in words:
        struck = facts_of(word).struck
        welcome[list(set(struck))] -= _SHUNNED / len(struck)
    return replace(demand, welcome=welcome)


def _strikes(word: Word) -> tuple[tuple[int, ...], tuple[int, ...]]:
    facts = facts_of(word)
    return facts.struck, facts.onsets
