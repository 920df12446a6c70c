"""How one voice of one variation is steered, beat by beat, towards what its user asked for.

Nothing is mended afterwards: what has been played so far decides how welcome each continuation of it is.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.grid import GRID, tick_of
from bridge.beats.vocabulary import LAST, Mask
from bridge.beats.word import PARTS
from bridge.composer.pattern import Pattern
from bridge.music.note import TICKS_PER_BEAT, Ticks
from bridge.network.demand import ANYWHERE, NEVER, Demand, Leaning, Run, Weights, facts_of, places_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.composer.manner import Manner

LONGEST_RUN: Final = 8
"""How often one pitch may be struck in a row where the clip does not do it more often."""

_NARROWEST: Final = 12
"""Semitones: a clip of one note stands for a range as wide as this."""
_EDGE: Final = 5
"""Semitones beyond a voice's range that it may still reach."""
_EDGE_COST: Final = 0.08
_MOVED_EDGE_COST: Final = 0.5
"""Nats for each of them; and where the range is moved, so that the voice follows."""
_LIFT_PULL: Final = 0.03
"""Nats a semitone from the middle, for each semitone that the range is moved by within an octave."""

_EAGERNESS: Final = 1.0
"""Nats for the first quarter note's worth of onsets, or the first chord, that a voice is behind."""
SLACK: Final = 0.5
"""Quarter notes' worth of onsets, or chords, ahead or behind that count as none where a density is asked for."""
AT_EASE: Final = 4.0
"""The same where it shall be as dense as its clip: music breathes, and only what drifts a bar off is called back."""
_MOST: Final = 16.0
"""Nats for one more onset at most."""
PATIENCE: Final = 0.5
"""A voice is lost that is out of its groove by more than so much of a bar's onsets, and by more than its clip is."""
_FORGIVEN: Final = 0.08
"""How much of that each beat forgives: songs that the network knows change their rhythm now and then."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What holds for every word of one voice.

    Attributes:
        allowed: of 128 keys, those that may be struck, as the network hears them.
        welcome: nats for striking each of them.
        places: for each length of a felt beat, where notes may start; everywhere for lengths that are not named.
        ends: for each length of a felt beat, where notes may end; everywhere for lengths that are not named.
        silence: ticks for which the voice is never silent.
        wait: ticks within which the voice strikes again.
        longest_run: how often it may strike one pitch in a row.
        rate: onsets a quarter note that it is held to; 0 leaves it free.
        going_on: nats for one more onset before anything was played.
        typical: onsets a beat.
        chord: pitches an onset that it is held to; 0 leaves it free.
        fullness: keys that sound at a time, on average, below which it does not fall for long; 0 leaves it free.
        slack: quarter notes' worth of onsets ahead or behind that are as good as none.
        chord_slack: the same in chords; fewer where a clip is varied, of which each chord was as full.
        entry: ticks within which it strikes for the first time.
        pattern: the groove that it is held to once it is lost.
        patience: by how much of a bar's onsets it may be out of its groove before it is lost; who has none, below 0,
            is held from the beginning.
        leaning: towards new words.
    """

    allowed: Mask
    welcome: Weights = field(default_factory=lambda: np.zeros(128))
    places: Mapping[Ticks, Mask] = field(default_factory=dict)
    ends: Mapping[Ticks, Mask] = field(default_factory=dict)
    silence: Ticks = 1 << 40
    wait: Ticks = 1 << 40
    longest_run: int = LONGEST_RUN
    rate: float = 0.0
    going_on: float = 0.0
    typical: float = 0.0
    chord: float = 0.0
    fullness: float = 0.0
    slack: float = SLACK
    chord_slack: float = SLACK
    entry: Ticks = 1 << 40
    pattern: Pattern = field(default_factory=Pattern)
    patience: float = PATIENCE
    leaning: Leaning = field(default_factory=Leaning)


def range_welcome(manner: Manner, *, up: int) -> Weights:
    """How welcome each key is to a voice that keeps to its range, moved `up` by some semitones."""
    missing = max(0, _NARROWEST - (manner.high - manner.low))
    low, high = manner.low - missing // 2 + up, manner.high + (missing + 1) // 2 + up
    keys = np.arange(128)
    beyond = np.maximum(np.maximum(low - keys, keys - high), 0)
    pull = _LIFT_PULL * up * np.clip(keys - (manner.middle + up), -12, 12)
    cost = _MOVED_EDGE_COST if up else _EDGE_COST
    return np.where(beyond > _EDGE, NEVER, pull - cost * beyond)


def busy_places(manner: Manner, felts: Mapping[Ticks, int], *, density: float) -> dict[Ticks, Mask]:
    """Where notes may start: where the clip's do, and between those where it shall be much denser.

    Args:
        manner: the clip's.
        felts: the lengths of felt beats that there are, with the number of parts that each is cut into when
            the clip says nothing.
        density: notes, as a multiple of the clip's.
    """
    places = {}
    for felt, plain in felts.items():
        divisions = set(manner.divisions.get(felt, ())) or {plain}
        # A clip that strikes beats alone, and few of them, has not said how it would cut them.
        if divisions == {1} and manner.onsets * density < 0.9:
            divisions.add(plain)
        while density > 1 and max(divisions) < min(16, 1.5 * manner.onsets * density):
            divisions.add(plain if max(divisions) == 1 else 2 * max(divisions))
        places[felt] = places_in(frozenset(divisions))
    return places


@cache
def places_in(divisions: frozenset[int]) -> Mask:
    """The positions of `GRID` in a beat that is cut into any of some numbers of equal parts."""
    return places_of(sorted(divisions), PARTS)


@dataclass(slots=True)
class Line:
    """One voice of one variation under way.

    Attributes:
        bounds: what holds for all of its words.
        sounding: the pitches that its last word left sounding.
        may_hold: whether they may be held over.
        quiet: ticks for which nothing has sounded.
        waited: ticks since it has struck.
        struck: notes so far.
        onsets: onsets so far.
        quarters: quarter notes so far.
        sounded: quarter notes of every key so far.
        run: what was struck last, and how often in a row.
        astray: by how much of a bar's onsets it has been out of its groove of late.
        furthest: by how much at most: who was lost once is held to its groove from then on.
    """

    bounds: Bounds
    sounding: tuple[int, ...] = ()
    may_hold: bool = True
    quiet: Ticks = 0
    waited: Ticks = 0
    struck: int = 0
    onsets: int = 0
    quarters: float = 0.0
    sounded: float = 0.0
    run: Run = field(default_factory=Run)
    astray: float = 0.0
    furthest: float = 0.0

    def demand(self, beat: Beat, *, at_once: bool = False) -> Demand:
        """What its next word is asked to be; `at_once`: it strikes as the beat begins."""
        bounds = self.bounds
        strike_by, may_sound_on = (0, False) if at_once else self._strike_by(beat)
        return Demand(
            sounding=self.sounding,
            may_hold=self.may_hold,
            allowed=bounds.allowed,
            places=_inside(beat, bounds.places.get(beat.felt)),
            ends=bounds.ends.get(beat.felt, ANYWHERE),
            strike_by=strike_by,
            may_sound_on=may_sound_on,
            welcome=bounds.welcome,
            going_on=self._going_on(),
            typical=bounds.typical,
            stacking=self._stacking(),
            chord=max(1.0, bounds.chord),
            filling=self._thin(),
            fullness=max(1.0, bounds.fullness),
            groove=bounds.pattern.at(beat) if self.furthest > bounds.patience else None,
            run=Run(self.run.pitch, self.run.length, bounds.longest_run),
            leaning=bounds.leaning,
        )

    def add(self, beat: Beat, word: Word) -> None:
        """Go on by a word."""
        facts = facts_of(word)
        self.struck += len(facts.struck)
        self.onsets += len(facts.onsets)
        self.quarters += beat.length / TICKS_PER_BEAT
        self.sounded += facts.lengths * beat.felt / PARTS / TICKS_PER_BEAT
        for pitch in facts.struck:
            self.run = self.run.then(pitch)
        end = beat.start + beat.length
        self.quiet = max(0, end - tick_of(facts.end, beat)) if facts.end else self.quiet + beat.length
        self.waited = (
            end - tick_of(GRID[facts.onsets[-1]], beat) if facts.onsets else self.waited + beat.length
        )
        self.sounding, self.may_hold = facts.sounding, True
        self.astray = max(0.0, self.astray - _FORGIVEN + self.bounds.pattern.beyond(beat, facts.onsets))
        self.furthest = max(self.furthest, self.astray)

    def _strike_by(self, beat: Beat) -> tuple[int | None, bool]:
        """The last place at which a note must start, or the voice has been silent, or still, for too long.

        And whether it is enough that something is held through the beat: where silence alone would be too long.
        """
        wait, silence = self.bounds.wait - self.waited, self.bounds.silence - self.quiet
        left = min(wait, silence) if self.struck else min(wait, silence, self.bounds.entry - self.waited)
        if left > beat.length:
            return None, False
        return max(0, bisect_left(_ticks_of_grid(beat.felt), left) - 1), wait > beat.length

    def _going_on(self) -> float:
        bounds = self.bounds
        behind = self.quarters - self.onsets / bounds.rate if bounds.rate > 0 else 0.0
        if abs(behind) <= bounds.slack:
            return bounds.going_on
        return _bounded(bounds.going_on + _urge(behind, bounds.slack))

    def _stacking(self) -> float:
        """A voice of single notes stays one; chords grow or shrink towards those of the clip."""
        chord = self.bounds.chord
        if chord <= 1:
            return NEVER if chord else 0.0
        urge = _urge((self.onsets * chord - self.struck) / chord, self.bounds.chord_slack)
        has_few = self.struck < self.bounds.rate * chord * self.quarters
        return _bounded(urge + self._thin() if has_few else urge)

    def _thin(self) -> float:
        """Nats for sounding on, and with more keys, where it has been thinner than its clip for longer than a bar."""
        full = self.bounds.fullness
        return _bounded(_urge(max(0.0, self.quarters - self.sounded / full), AT_EASE)) if full else 0.0


def _urge(behind: float, slack: float) -> float:
    """Nats for so many quarter notes, or chords, behind: none at first, then gentle, then whatever it takes.

    A network may be sure of what it would do by itself: a folk model holds its chords, whatever a pianist plays.
    """
    beyond = max(0.0, abs(behind) - slack)
    return math.copysign(_EAGERNESS * beyond * (1 + beyond / 2), behind)


def _bounded(nats: float) -> float:
    return min(_MOST, max(-_MOST, nats))


@cache
def _ticks_of_grid(felt: Ticks) -> tuple[Ticks, ...]:
    """The ticks from the beat's start of every place at which a note may start."""
    return tuple((position * felt + PARTS // 2) // PARTS for position in GRID[:LAST])


def _inside(beat: Beat, places: Mask | None) -> Mask:
    """The places of a beat that its end does not cut off."""
    everywhere = ANYWHERE if places is None else places
    if beat.length == beat.felt:
        return everywhere
    return everywhere & (np.array(_ticks_of_grid(beat.felt)) < beat.length)
