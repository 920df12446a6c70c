"""Where the felt beats of a clip lie: the frame that beat words hang in.

A beat word covers one *felt* beat: a quarter note in simple meters, a dotted quarter in compound ones (6/8,
9/8, 12/8), and twos closed by a three in the uneven ones (5/8, 7/8), so that every bar line is a beat line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bridge.music.note import TICKS_PER_BEAT, TICKS_PER_WHOLE, Clip, Meter, MeterChange, Ticks, bar_lines


@dataclass(frozen=True, slots=True)
class Beat:
    """One felt beat of a clip.

    Attributes:
        start: ticks from the clip's start.
        length: ticks up to the next beat line.
        felt: ticks of the beat as the meter has it; more than `length` where the clip or a meter change cuts it.
        index: the beat's place in its bar, from 0.
        bar: the bar's number, from 0.
        meter: the bar's meter.
    """

    start: Ticks
    length: Ticks
    felt: Ticks
    index: int
    bar: int
    meter: Meter


@cache
def felt_beats(meter: Meter) -> tuple[Ticks, ...]:
    """The lengths of a bar's felt beats, in order; their sum is the bar.

    Quarters in x/1, x/2 and x/4; threes where x/8 (x/16, ...) has a multiple of three; else twos, the last of
    which is a three when the numerator is odd.
    """
    if meter.denominator <= 4:
        return (TICKS_PER_BEAT,) * (meter.bar // TICKS_PER_BEAT)
    unit = TICKS_PER_WHOLE // meter.denominator
    if meter.numerator % 3 == 0:
        return (3 * unit,) * (meter.numerator // 3)
    if meter.numerator == 1:
        return (unit,)
    twos, odd = divmod(meter.numerator, 2)
    return (2 * unit,) * (twos - odd) + (3 * unit,) * odd


def beats_of(meters: tuple[MeterChange, ...], length: Ticks) -> tuple[Beat, ...]:
    """Every felt beat that starts before `length`; the last may be cut by it, as may one before a meter change."""
    changes = [change.at for change in meters[1:]]
    beats: list[Beat] = []
    for bar, (bar_start, meter) in enumerate(bar_lines(meters, length)):
        end = min([at for at in changes if at > bar_start] + [length])
        start = bar_start
        for index, felt in enumerate(felt_beats(meter)):
            if start >= end:
                break
            beats.append(Beat(start, min(felt, end - start), felt, index, bar, meter))
            start += felt
    return tuple(beats)


def clip_beats(clip: Clip) -> tuple[Beat, ...]:
    """The felt beats of a clip."""
    return beats_of(clip.meters, clip.length)
