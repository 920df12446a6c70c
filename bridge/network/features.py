"""What the network is told of each beat beside its words, in numbers. Training and runtime share every line.

Four kinds: where the beat stands in its bar (metre columns), what stood one, two and four bars ago (lookbacks),
how long the music up to now has run along with the music before each earlier beat (runs), and what share of the
latest beats were the same there (likeness): the evidence that a passage is coming back. A run ends with one note that
differs; likeness forgives it, and so a varied repeat is still known as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.metre import Beat

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

METRE: Final = (16, 17, 6, 16)
"""How many values each metre column has: place in the bar, beats in the bar, kind of beat, bar in the phrase."""

_KINDS: Final = {960: 1, 1440: 2, 480: 3, 720: 4}

LOOKBACKS: Final = (1, 2, 4)
"""How many bars ago the beats stood whose words are given to the core again."""

_EDGES: Final = (1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33)
RUN_BUCKETS: Final = len(_EDGES) + 1
RUN_BUCKET_OF: Final = tuple(int(bucket) for bucket in np.digitize(np.arange(64), _EDGES))
"""The bucket of each run of 0 to 63 beats; longer ones share the last."""
_BUCKET: Final = np.array(RUN_BUCKET_OF)

LIKENESS_DECAYS: Final = (0.7, 0.9, 0.97)
"""How fast each likeness forgets: it looks back over about 3, 10 and 33 beats."""

_DISTANCES: Final = {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 8: 6, 12: 7, 16: 8, 24: 9, 32: 10}
DISTANCE_BUCKETS: Final = 12
_DISTANCE: Final = np.array([_DISTANCES.get(bars, 11) for bars in range(4096)])


def metre_columns(beats: Sequence[Beat]) -> Ints:
    """The metre of each beat, (beats, columns)."""
    rows = [(min(b.index, 15), min(_beats_in_bar(b), 16), _KINDS.get(b.felt, 5), b.bar % 16) for b in beats]
    return np.array(rows, np.int64).reshape(len(beats), len(METRE))


def _beats_in_bar(beat: Beat) -> int:
    return max(1, round(beat.meter.bar / beat.felt))


def lookback_indices(beats: Sequence[Beat], also: Sequence[int] = ()) -> Ints:
    """The beats whose words are given to the core again, (beats, 3 + also); -1 where there is none.

    At each beat's place one, two and four bars ago, and as many beats ago as `also` says.
    """
    where = {(beat.bar, beat.index): number for number, beat in enumerate(beats)}
    rows = [
        [where.get((beat.bar - bars, beat.index), -1) for bars in LOOKBACKS]
        + [max(-1, number - back) for back in also]
        for number, beat in enumerate(beats)
    ]
    return np.array(rows, np.int64).reshape(len(beats), len(LOOKBACKS) + len(also))


def distance_row(bars: Ints, places: Ints, bar: int, place: int) -> Ints:
    """How many bars each earlier beat lies back, in buckets: 0 where it has another place in its bar."""
    return np.where(places == place, _DISTANCE[np.minimum(np.maximum(bar - bars, 0), 4095)], 0)


def next_runs(runs: Ints, same: Bools) -> Ints:
    """The runs of beat t from those of beat t-1.

    `runs[j]` counts the beats just before t that are equal, one by one, to those just before j.

    Args:
        runs: (..., t-1) of beat t-1, one for each beat before it.
        same: (..., t-1) for each of those, whether its word is that of beat t-1.

    Returns:
        (..., t)
    """
    start = np.zeros((*runs.shape[:-1], 1), np.int64)
    return np.concatenate([start, np.where(same, runs + 1, 0)], -1)


def next_likeness(likeness: Floats, same: Bools) -> Floats:
    """The likeness of beat t from that of beat t-1: decaying shares, 0 to 1, of the beats that were the same.

    Args:
        likeness: (..., decays, t-1) of beat t-1, along each beat before it.
        same: (..., t-1) for each of those, whether its word is that of beat t-1.

    Returns:
        (..., decays, t)
    """
    decays = np.array(LIKENESS_DECAYS, np.float32)[:, None]
    now = decays * likeness + (1 - decays) * same[..., None, :]
    start = np.zeros((*now.shape[:-1], 1), np.float32)
    return np.concatenate([start, now], -1, dtype=np.float32)


def run_buckets(runs: Ints) -> Ints:
    """Runs of any length as `RUN_BUCKETS` classes, finer where they are short."""
    return _BUCKET[np.minimum(runs, 63)]


def run_matrix(words: Sequence[object]) -> Ints:
    """`run_matrix(words)[t, j]` is the run of beat t along beat j; 0 where j is not before t."""
    number: dict[object, int] = {}
    ids = np.array([number.setdefault(word, len(number)) for word in words], np.int64)
    matrix = np.zeros((len(ids), len(ids)), np.int64)
    runs = np.zeros(0, np.int64)
    for t in range(1, len(ids)):
        runs = next_runs(runs, ids[: t - 1] == ids[t - 1])
        matrix[t, :t] = runs
    return matrix


def distance_matrix(bars: Ints, places: Ints) -> Ints:
    """The distance buckets of every pair of beats."""
    rows = [distance_row(bars, places, int(b), int(p)) for b, p in zip(bars, places, strict=True)]
    return np.array(rows, np.int64).reshape(len(bars), len(bars))
