"""Notes, clips and meters, in integer ticks from the clip's start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from bridge.errors import ClipOutOfRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Ticks: TypeAlias = int
"""A time. 960 to the quarter note holds 64ths, triplets and quintuplets exactly."""

TICKS_PER_BEAT: Ticks = 960
TICKS_PER_WHOLE: Ticks = 4 * TICKS_PER_BEAT


class Role(StrEnum):
    """What a track plays. MAC-Net's two voices are `MELODY` and `ACCOMPANIMENT`."""

    MELODY = "melody"
    ACCOMPANIMENT = "accompaniment"
    DRUMS = "drums"


VOICES = (Role.MELODY, Role.ACCOMPANIMENT)
"""The voices that MAC-Net plays, in the order in which it composes them."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One note.

    Attributes:
        onset: ticks from the clip's start, 0 or more.
        pitch: MIDI key, 0 to 127; 60 is middle C.
        duration: ticks, 1 or more.
        velocity: 1 to 127.

    Raises:
        ClipOutOfRange: a value is outside of its range.
    """

    onset: Ticks
    pitch: int
    duration: Ticks
    velocity: int = 100

    def __post_init__(self) -> None:
        if not 0 <= self.pitch <= 127:
            raise ClipOutOfRange(f"pitch {self.pitch} is not a MIDI key", hint="Pitches go from 0 to 127.")
        if self.onset < 0:
            raise ClipOutOfRange(
                f"a note starts {-self.onset} ticks before its clip", hint="Onsets start at 0."
            )
        if self.duration < 1:
            raise ClipOutOfRange(f"a note lasts {self.duration} ticks", hint="Durations are 1 tick or more.")
        if not 1 <= self.velocity <= 127:
            raise ClipOutOfRange(
                f"velocity {self.velocity} is not a MIDI velocity", hint="Velocities go from 1 to 127."
            )

    @property
    def end(self) -> Ticks:
        """The first tick at which the note no longer sounds."""
        return self.onset + self.duration


in_order = attrgetter("onset", "pitch", "duration", "velocity")
"""The key that sorts notes as `<` does, several times faster where there are many."""


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature: `numerator` notes of 1/`denominator` make a bar.

    Raises:
        ClipOutOfRange: the numerator is not 1 to 255, or the denominator no power of two up to 64.
    """

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 255 or self.denominator not in {1, 2, 4, 8, 16, 32, 64}:
            raise ClipOutOfRange(
                f"{self} is not a meter", hint="Use 1 to 255 beats of 1, 2, 4, 8, 16, 32 or 64, such as 6/8."
            )

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def bar(self) -> Ticks:
        """The length of one bar."""
        return self.numerator * TICKS_PER_WHOLE // self.denominator


COMMON_TIME = Meter(4, 4)


@dataclass(frozen=True, slots=True)
class MeterChange:
    """From tick `at` on, bars are in `meter`; a bar starts at `at`."""

    at: Ticks
    meter: Meter


@dataclass(frozen=True, slots=True)
class Clip:
    """Notes with a length and the meter they are felt in: Live's clip, the content of a REAPER item.

    Attributes:
        notes: in order of onset, then pitch; none starts at or after `length`, but one may sound beyond it.
        length: ticks, 1 or more.
        meters: meter changes in order of time, the first at tick 0.
        name: as the producer called it; may be empty.

    Raises:
        ClipOutOfRange: notes out of order or beyond the end, or meters that do not start at 0 in order.
    """

    notes: tuple[Note, ...]
    length: Ticks
    meters: tuple[MeterChange, ...] = (MeterChange(0, COMMON_TIME),)
    name: str = ""

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ClipOutOfRange(f"a clip of {self.length} ticks", hint="A clip is at least one tick long.")
        if list(self.notes) != sorted(self.notes, key=in_order):
            raise ClipOutOfRange("a clip's notes are out of order", hint="Sort them by onset, then pitch.")
        if self.notes and self.notes[-1].onset >= self.length:
            raise ClipOutOfRange(
                f"a note starts at tick {self.notes[-1].onset} of a clip of {self.length} ticks",
                hint="Make the clip longer or leave the note out.",
            )
        times = [change.at for change in self.meters]
        if not times or times[0] != 0 or any(a >= b for a, b in pairwise(times)):
            raise ClipOutOfRange(
                "a clip's meters do not start at 0 in order", hint="Give one meter change a time."
            )

    @property
    def meter(self) -> Meter:
        """The meter of the clip's first bar."""
        return self.meters[0].meter

    @property
    def end_meter(self) -> Meter:
        """The meter that holds at the clip's end: what follows is in it."""
        return self.meters[-1].meter


def make_clip(notes: Iterable[Note], *, length: Ticks, meter: Meter = COMMON_TIME, name: str = "") -> Clip:
    """A clip in one meter, its notes put in order."""
    return Clip(tuple(sorted(notes)), length, (MeterChange(0, meter),), name)


def bar_lines(meters: tuple[MeterChange, ...], length: Ticks) -> Iterator[tuple[Ticks, Meter]]:
    """Yield the start and meter of every bar that starts before `length`.

    A meter change starts a new bar even where the bar before is not full, as notation has it.
    """
    ends = [change.at for change in meters[1:]] + [length]
    for change, end in zip(meters, ends, strict=True):
        for start in range(change.at, min(end, length), change.meter.bar):
            yield start, change.meter


def transpose(clip: Clip, semitones: int) -> Clip:
    """The same clip `semitones` higher.

    Raises:
        ClipOutOfRange: a pitch would leave 0 to 127.
    """
    return replace(clip, notes=tuple(replace(note, pitch=note.pitch + semitones) for note in clip.notes))


def slice_clip(clip: Clip, start: Ticks, end: Ticks) -> Clip:
    """The part of `clip` from `start` to `end`, moved to tick 0.

    Notes that start inside are kept whole up to `end`; notes that start before `start` are left out.
    """
    inside = (note for note in clip.notes if start <= note.onset < end)
    notes = tuple(replace(n, onset=n.onset - start, duration=min(n.duration, end - n.onset)) for n in inside)
    active = [change for change in clip.meters if change.at <= start][-1]
    later = tuple(MeterChange(c.at - start, c.meter) for c in clip.meters if start < c.at < end)
    return Clip(notes, end - start, (MeterChange(0, active.meter), *later), clip.name)
