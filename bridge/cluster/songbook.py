"""The songs of a library in words, on disk: some thousands of them in memory, any number beyond.

What is held in memory is what a run needs here: the songs that are held out, and enough others to count words in. It
is chosen by the same digest of names that chooses what is held out, so that the same songs are held out, and the same
run comes out, whoever spelled them.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Final

from bridge.cluster.orders import NOTHING_BEYOND, Beyond, digest_of
from bridge.cluster.shards import names_in, scores_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bridge.beats.playlist import Score

HELD_HERE: Final = 16_384
"""Songs that the machine that asks holds in memory at most."""


@dataclass(frozen=True, slots=True)
class Songbook:
    """The songs of a library.

    Attributes:
        scores: those in memory, in order of their names.
        beyond: all others.
    """

    scores: tuple[Score, ...]
    beyond: Beyond = NOTHING_BEYOND


def bound(shards: Iterable[Path], *, most: int = HELD_HERE) -> Songbook:
    """Bind shards of scores into a book; they are needed as long as it has songs beyond those in memory.

    Args:
        shards: files of scores, with any number of songs.
        most: songs to hold in memory at most.
    """
    files = sorted(shards)
    least = nsmallest(most + 1, (digest_of(name) for path in files for name in names_in(path)))
    if len(least) <= most:
        return Songbook(_by_name(score for path in files for score in scores_in(path)))
    edge = least[-2]
    held = _by_name(score for path in files for score in scores_in(path) if digest_of(score.name) <= edge)
    songs = sum(1 for path in files for _ in names_in(path)) - len(held)
    return Songbook(held, Beyond(tuple(files), songs, edge) if songs else NOTHING_BEYOND)


def _by_name(scores: Iterable[Score]) -> tuple[Score, ...]:
    return tuple(sorted(scores, key=lambda score: score.name))
