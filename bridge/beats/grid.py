"""From ticks to positions inside a beat, and back: which subdivision a note means, and how far off it was played.

Nothing is lost here: what a note is moved by is returned beside its position, in ticks.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING

from bridge.beats.word import PARTS, Parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.metre import Beat
    from bridge.music.note import Ticks

SUBDIVISIONS = (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 16, 24)
"""Into how many equal parts a felt beat may be cut: eighths to 64ths, triplets, quintuplets, ninths of 9/8."""

GRID: tuple[Parts, ...] = tuple(sorted({k * PARTS // s for s in SUBDIVISIONS for k in range(s)} | {PARTS}))
"""Every position that the network knows by name, from 0 to the whole beat."""

# What a played (not quantised) beat may mean, with what the choice costs in nats: simple divisions come first.
_PLAYED = ((1, 0.0), (2, 0.5), (4, 1.0), (3, 1.5), (6, 2.5), (8, 3.0), (5, 4.0), (12, 5.0))
_PLAYED_SPREAD = 0.03
"""Standard deviation of a played onset, in beats: 15 ms at 120 beats a minute."""

SLACK: Ticks = 4
"""What stands this near to a position of `GRID` stands on it: files round, and notation programs write ends a
tick or two early and let triplets drift. It is half of the least distance in `GRID`."""


def tick_of(position: Parts, beat: Beat) -> Ticks:
    """The tick of a position of 0 to `PARTS` in a beat; `PARTS` is the next beat line, also of a cut beat."""
    if position == PARTS:
        return beat.start + beat.length
    return beat.start + (position * beat.felt + PARTS // 2) // PARTS


def parts_of(tick: Ticks, beat: Beat) -> Parts:
    """The exact position of a tick inside a beat."""
    offset = tick - beat.start
    return PARTS if offset >= beat.length else offset * PARTS // beat.felt


@cache
def division(count: int) -> tuple[Parts, ...]:
    """The positions of a beat that is cut into `count` equal parts, the end included."""
    return tuple(k * PARTS // count for k in range(count + 1))


def nearest(position: Parts, grid: Sequence[Parts]) -> Parts:
    """The member of an ascending grid that is nearest to a position; of two, the earlier."""
    at = bisect_left(grid, position)
    around = grid[max(0, at - 1) : at + 1]
    return min(around, key=lambda candidate: abs(candidate - position))


def is_exact(tick: Ticks, beat: Beat) -> bool:
    """Whether a tick stands on a position of `GRID`, to within `SLACK`."""
    return abs(tick_of(nearest(parts_of(tick, beat), GRID), beat) - tick) <= SLACK


def meant_division(onsets: Sequence[Parts]) -> int:
    """Into how many parts a player who struck these positions meant to cut the beat.

    The description of least length: how far the onsets are off, plus what it takes to name the positions.
    """

    def cost(candidate: tuple[int, float]) -> float:
        count, penalty = candidate
        grid = division(count)
        off = sum(((p - nearest(p, grid)) / PARTS / _PLAYED_SPREAD) ** 2 / 2 for p in onsets)
        return off + penalty + len(onsets) * math.log(count)

    return min(_PLAYED, key=cost)[0]
