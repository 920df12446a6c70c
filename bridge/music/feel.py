"""How a clip is played: what its velocities follow, and how far its notes are off the grid.

A `Feel` is a small model of one clip. Velocity is a regression on what a player follows (the weight of the metre, the
height of the note, its length, the size of its chord, a leap before it), then an offset for each place of the bar,
then what is left. Timing is not explained but drawn: each onset of an answer is played as some onset of the clip at
the same place of the bar, or at the one most like it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bridge.music.note import Ticks

_RIDGE: Final = 4.0
"""How many notes' worth of doubt each coefficient of the regression starts with."""
_FEW: Final = 8
"""A clip of fewer notes has places, but no laws."""
_SETTLED: Final = 0.5
"""How many notes' worth of doubt the offset of a place starts with."""
_LEVELS: Final = 8
"""A clip with no more velocities than this, and enough notes for each, was drawn with them: others are not used."""
_NEAR: Final = 3
"""Among how many onsets of like length one is drawn, and all that are as like."""

Floats = npt.NDArray[np.float64]


class Moment(NamedTuple):
    """Where a note stands.

    Attributes:
        onset: ticks on the grid, from the start of its clip.
        place: ticks on the grid, from the start of its bar.
        weight: of that place in the metre, 0 to 1: 1 the bar's first beat.
        pitch: MIDI key.
        duration: ticks on the grid.
    """

    onset: Ticks
    place: Ticks
    weight: float
    pitch: int
    duration: Ticks


class Touch(NamedTuple):
    """How a note is played.

    Attributes:
        velocity: 1 to 127.
        onset_shift: ticks after its place on the grid; negative when early.
        end_shift: ticks by which it ends after its end on the grid.
    """

    velocity: int
    onset_shift: Ticks = 0
    end_shift: Ticks = 0


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes of one onset, from the highest down, with how each was played and what of its velocity is unexplained."""

    place: Ticks
    weight: float
    duration: Ticks
    touches: tuple[Touch, ...]
    unexplained: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feel:
    """How one clip is played; see the module.

    Attributes:
        mean: of its velocities.
        levels: the velocities that it has, ascending.
        is_drawn: it has but a few levels, and answers keep to them.
        coefficients: of the regression's terms.
        centre: the mean of each term.
        offsets: what each place of the bar adds.
        chords: what it has played, by the place of the bar.
    """

    mean: float
    levels: tuple[int, ...]
    is_drawn: bool
    coefficients: Floats
    centre: Floats
    offsets: Mapping[Ticks, float]
    chords: Mapping[Ticks, Sequence[_Chord]]

    def play(
        self,
        moments: Sequence[Moment],
        rng: np.random.Generator,
        *,
        amount: float = 1.0,
        softer: int = 0,
        is_other_voice: bool = False,
    ) -> list[Touch]:
        """How some notes are played in this feel.

        Args:
            moments: the notes, in order of onset.
            rng: draws what is not explained.
            amount: 0 plays straight: even velocities, on the grid; 1 as the clip.
            softer: taken from every velocity.
            is_other_voice: heights and lengths are those of another instrument and say nothing.

        Returns:
            One touch a moment.
        """
        touches: list[Touch | None] = [None] * len(moments)
        chords = _chord_rows(moments)
        explained = self._explained(_terms(moments, chords), moments, metre_alone=is_other_voice).tolist()
        sources: dict[tuple[Ticks, float, Ticks], list[_Chord]] = {}
        for rows, chance in zip(chords, rng.random(len(chords)).tolist(), strict=True):
            top = moments[rows[0]]
            stands = (top.place, top.weight, top.duration)
            if stands not in sources:
                sources[stands] = self._sources(top)
            source = sources[stands][int(chance * len(sources[stands]))]
            for rank, row in enumerate(rows):
                at = min(rank, len(source.touches) - 1)
                velocity = self._velocity(explained[row] + source.unexplained[at])
                touches[row] = self._touch(velocity, source.touches[at], amount, softer)
        return [touch for touch in touches if touch is not None]

    def _touch(self, velocity: float, source: Touch, amount: float, softer: int) -> Touch:
        played = self.mean + amount * (velocity - self.mean) - softer
        return Touch(
            min(127, max(1, round(played))),
            round(amount * source.onset_shift),
            round(amount * source.end_shift),
        )

    def _explained(self, terms: Floats, moments: Sequence[Moment], *, metre_alone: bool) -> Floats:
        centred = terms - self.centre
        if metre_alone:
            centred[:, 1:] = 0.0
        offsets = np.array([self.offsets.get(moment.place, 0.0) for moment in moments])
        return np.asarray(self.mean + centred @ self.coefficients + offsets)

    def _velocity(self, velocity: float) -> float:
        low, high = self.levels[0], self.levels[-1]
        if self.is_drawn:
            return min(self.levels, key=lambda level: abs(level - velocity))
        return min(high, max(low, velocity))

    def _sources(self, moment: Moment) -> list[_Chord]:
        """The onsets of the clip that stand as this one does."""
        likely = self.chords.get(moment.place) or self._alike(moment.weight)
        off = [abs(math.log(chord.duration / moment.duration)) for chord in likely]
        near = sorted(off)[:_NEAR][-1]
        return [chord for chord, far in zip(likely, off, strict=True) if far <= near]

    def _alike(self, weight: float) -> list[_Chord]:
        chords = [chord for group in self.chords.values() for chord in group]
        nearest = min(abs(chord.weight - weight) for chord in chords)
        return [chord for chord in chords if abs(chord.weight - weight) <= nearest + 1e-9]


def feel_of(notes: Iterable[tuple[Moment, Touch]]) -> Feel:
    """The feel of a clip, from where its notes stand and how each is played; there is at least one."""
    pairs = sorted(notes, key=lambda pair: (pair[0].onset, -pair[0].pitch))
    moments = [moment for moment, _ in pairs]
    velocities = np.array([touch.velocity for _, touch in pairs], np.float64)
    mean = float(velocities.mean())
    terms = _terms(moments, _chord_rows(moments))
    centre = terms.mean(0)
    coefficients = _regress(terms - centre, velocities - mean)
    left = velocities - mean - (terms - centre) @ coefficients
    offsets = _offsets(moments, left)
    left = left - np.array([offsets[moment.place] for moment in moments])
    levels = tuple(sorted({touch.velocity for _, touch in pairs}))
    is_drawn = len(levels) <= min(_LEVELS, max(2, len(pairs) // 4))
    chords: dict[Ticks, list[_Chord]] = defaultdict(list)
    for chord in _chords(pairs, left):
        chords[chord.place].append(chord)
    return Feel(mean, levels, is_drawn, coefficients, centre, offsets, dict(chords))


def _chords(pairs: Sequence[tuple[Moment, Touch]], left: Floats) -> Iterable[_Chord]:
    for rows in _chord_rows([moment for moment, _ in pairs]):
        first = pairs[rows[0]][0]
        touches = tuple(pairs[row][1] for row in rows)
        yield _Chord(
            first.place, first.weight, first.duration, touches, tuple(float(left[row]) for row in rows)
        )


def _chord_rows(moments: Sequence[Moment]) -> list[list[int]]:
    """The numbers of the notes of each onset, the highest first."""
    rows: dict[Ticks, list[int]] = defaultdict(list)
    for row, moment in enumerate(moments):
        rows[moment.onset].append(row)
    return [sorted(group, key=lambda row: -moments[row].pitch) for _, group in sorted(rows.items())]


def _terms(moments: Sequence[Moment], chords: Sequence[Sequence[int]]) -> Floats:
    """The regression's terms, (notes, 5): metre, height, length, chord, leap; `chords` as by `_chord_rows`."""
    terms = np.zeros((len(moments), 5))
    terms[:, :3] = [(m.weight, m.pitch, m.duration) for m in moments] or np.zeros((0, 3))
    tops = np.array([moments[rows[0]].pitch for rows in chords], np.float64)
    sizes = np.array([len(rows) for rows in chords], np.intp)
    every = np.array([row for rows in chords for row in rows], np.intp)
    leaps = np.clip(np.diff(tops, prepend=tops[:1]), -12, 12)
    terms[every, 3] = np.log2(sizes).repeat(sizes)
    terms[every, 4] = (leaps / 12).repeat(sizes)
    terms[:, 1] /= 12
    terms[:, 2] = np.log2(terms[:, 2] / 960)
    return terms


def _regress(terms: Floats, velocities: Floats) -> Floats:
    """Ridge regression; nothing where there are too few notes to learn from."""
    size = terms.shape[1]
    if len(terms) < _FEW:
        return np.zeros(size)
    spread = np.maximum(terms.var(0), 1e-3)
    gram = terms.T @ terms + _RIDGE * np.diag(spread)
    return np.asarray(np.linalg.solve(gram, terms.T @ velocities))


def _offsets(moments: Sequence[Moment], left: Floats) -> dict[Ticks, float]:
    at: dict[Ticks, list[float]] = defaultdict(list)
    for moment, value in zip(moments, left, strict=True):
        at[moment.place].append(float(value))
    return {place: fmean(values) * len(values) / (len(values) + _SETTLED) for place, values in at.items()}


PLAIN_ACCENT: Final = 14.0
"""Velocities between the first beat of a bar and its lightest place, where no clip says how to play."""


def plain_touches(
    moments: Sequence[Moment], rng: np.random.Generator, *, loud: int, amount: float
) -> list[Touch]:
    """How notes are played that no clip gives a feel to: with the accents of the metre, and a hand's unevenness."""
    uneven = rng.normal(0.0, 2.5, len(moments))
    return [
        Touch(min(127, max(1, round(loud + amount * (PLAIN_ACCENT * (moment.weight - 0.5) + off)))))
        for moment, off in zip(moments, uneven, strict=True)
    ]
