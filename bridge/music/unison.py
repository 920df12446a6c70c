"""Several tracks played by one voice: a voice never overlaps itself on one pitch."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.music.note import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.music.note import Note


@dataclass(frozen=True, slots=True)
class Merged:
    """The notes of one voice.

    Attributes:
        notes: in order of onset, then pitch; no two of one pitch overlap.
        doubled: notes that another note of the same pitch and onset stands for.
        shortened: notes that were cut where the same pitch is struck again.
    """

    notes: tuple[Note, ...]
    doubled: int
    shortened: int


def merge_unisons(notes: Iterable[Note]) -> Merged:
    """One voice out of notes that may double or overlap each other.

    Notes of one pitch that start together become one, as long as the longest and as loud as the loudest: nothing
    that is heard is lost. A note that still sounds when its pitch is struck again ends there, as a piano key does;
    what it would have sounded after that is lost, so it is counted apart.
    """
    by_pitch: dict[int, list[Note]] = defaultdict(list)
    doubled = shortened = 0
    for note in sorted(notes, key=in_order):
        line = by_pitch[note.pitch]
        if line and line[-1].onset == note.onset:
            line[-1] = _joined(line[-1], note)
            doubled += 1
            continue
        if line and line[-1].end > note.onset:
            line[-1] = replace(line[-1], duration=note.onset - line[-1].onset)
            shortened += 1
        line.append(note)
    return Merged(
        tuple(sorted((note for line in by_pitch.values() for note in line), key=in_order)), doubled, shortened
    )


def _joined(one: Note, other: Note) -> Note:
    return replace(
        one, duration=max(one.duration, other.duration), velocity=max(one.velocity, other.velocity)
    )
