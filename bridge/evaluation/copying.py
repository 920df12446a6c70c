"""How long a run of a melody was heard in training, note for note, in any key.

A melody is read as a sequence of steps: the interval to the next note, the time to it and how long the note sounds.
Two passages are the same run where their steps are, whatever key they stand in. Times are compared to 1/24 of a
quarter note, so that how a file was written hides nothing; places in the bar are not compared: a copy that enters
elsewhere is a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.evaluation.passage import Line

_UNIT: Final = 40
"""Ticks to which times are compared."""

Steps: TypeAlias = tuple[tuple[int, int, int], ...]
"""(semitones to the next note, time to it, time that the note sounds), of every note but the last."""

Ints = npt.NDArray[np.int64]


def steps_of(line: Line) -> Steps:
    """The steps of a line's highest notes."""
    top = line.top()
    times = (np.round(ticks / _UNIT).astype(np.int64) for ticks in (np.diff(top.onset), top.duration[:-1]))
    columns = (np.diff(top.pitch), *times)
    return tuple(zip(*(column.tolist() for column in columns), strict=True))


def longest_runs(passages: Sequence[Steps], songs: Sequence[Steps]) -> Ints:
    """For each passage the notes of its longest run that stands in one of some songs; 0 where nothing does.

    A run of n steps is n + 1 notes. Runs of growing length are compared for all passages at once: what has matched
    up to one length is numbered, and only that is looked at for the next.
    """
    number: dict[tuple[int, int, int], int] = {}
    heard, heard_of = _in_a_row(songs, number)
    asked, asked_of = _in_a_row(passages, number)
    longest = np.zeros(len(passages), np.int64)
    from_heard, from_asked = np.arange(len(heard)), np.arange(len(asked))
    known_heard, known_asked = np.zeros(len(heard), np.int64), np.zeros(len(asked), np.int64)
    length = 0
    while len(from_asked) and len(from_heard):
        from_heard, known_heard = _reaching(from_heard, known_heard, heard_of, length)
        from_asked, known_asked = _reaching(from_asked, known_asked, asked_of, length)
        keys_heard = known_heard * len(number) + heard[from_heard + length]
        keys_asked = known_asked * len(number) + asked[from_asked + length]
        common = np.intersect1d(keys_heard, keys_asked)
        from_heard, known_heard = _matching(from_heard, keys_heard, common)
        from_asked, known_asked = _matching(from_asked, keys_asked, common)
        length += 1
        longest[asked_of[from_asked]] = length + 1
    return longest


def _in_a_row(lines: Sequence[Steps], number: dict[tuple[int, int, int], int]) -> tuple[Ints, Ints]:
    """All steps of some lines as numbers, and which line each belongs to."""
    steps = [number.setdefault(step, len(number)) for line in lines for step in line]
    owners = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    return np.array(steps, np.int64), owners


def _reaching(starts: Ints, known: Ints, owners: Ints, length: int) -> tuple[Ints, Ints]:
    """Those runs that have one more step in their own line."""
    inside = starts + length < len(owners)
    starts, known = starts[inside], known[inside]
    same = owners[starts + length] == owners[starts]
    return starts[same], known[same]


def _matching(starts: Ints, keys: Ints, common: Ints) -> tuple[Ints, Ints]:
    """Those runs whose key is common to both sides, and its number."""
    place = np.searchsorted(common, keys)
    place = np.minimum(place, max(0, len(common) - 1))
    found = common[place] == keys if len(common) else np.zeros(len(keys), np.bool_)
    return starts[found], place[found]
