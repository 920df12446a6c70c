"""What musicians would measure in one passage; each measure is a small function with a known answer on simple music.

Entropy and groove follow Wu and Yang, "The Jazz Transformer on the Front Line" (ISMIR 2020).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.evaluation.passage import Ints, Line, Passage

Floats = npt.NDArray[np.float64]

_GROOVE_STEPS: Final = 12
"""Into how many parts a quarter note is cut where rhythms are compared: sixteenths and triplets are apart."""

WHITE: Final[npt.NDArray[np.bool_]] = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], np.bool_)
"""The pitch classes of C major and A minor, where passages are brought."""


def in_key(passage: Passage) -> float:
    """The share of notes in the key of the primer; passages stand in C major or A minor."""
    pitches = np.concatenate([line.pitch for line in passage.lines])
    return _mean(WHITE[pitches % 12])


def chord_tones(passage: Passage) -> float:
    """Of the beats at which both voices sound, the share at which the melody plays a note of the chord."""
    melody, chord = passage.sounding
    both = melody.any(1) & chord.any(1)
    return _mean((melody & chord)[both].any(1))


def pitch_class_entropy(passage: Passage) -> float:
    """Bits: how evenly the notes use the twelve pitch classes, 0 (one alone) to 3.58 (all alike)."""
    return entropy(np.concatenate([line.pitch for line in passage.lines]) % 12)


def groove_consistency(passage: Passage) -> float:
    """How alike the rhythms of each bar and the next are, 0 to 1: shared onsets of all onsets, both voices."""
    bars = rhythm_bars(passage)
    return _mean([alike(a, b) for a, b in pairwise(bars)])


def self_similarity(passage: Passage) -> float:
    """How alike each bar is to the most similar bar before it in the passage, 0 to 1: shared notes of all notes."""
    bars = note_bars(passage)
    return _mean([max(alike(bars[at], before) for before in bars[:at]) for at in range(1, len(bars))])


def repeat_rate(passage: Passage) -> float:
    """The share of bars, of those after the first, whose melody is exactly that of a bar before in the passage."""
    bars = [bar for bar in note_bars(passage, voices=(0,)) if bar]
    return _mean([bars[at] in bars[:at] for at in range(1, len(bars))])


def empty_bars(passage: Passage) -> float:
    """The share of bars in which nothing sounds in one of the voices or in both."""
    return _mean(
        [not sounds_in_bar(line, passage)[bar] for line in passage.lines for bar in range(passage.bars)]
    )


def stuck_notes(passage: Passage) -> float:
    """How often in a row, at most, the melody strikes one pitch."""
    pitches = passage.lines[0].top().pitch
    return float(longest_stretch(pitches))


MEASURES: Final[Mapping[str, Callable[[Passage], float]]] = {
    "in_key": in_key,
    "chord_tones": chord_tones,
    "pitch_class_entropy": pitch_class_entropy,
    "groove_consistency": groove_consistency,
    "self_similarity": self_similarity,
    "repeat_rate": repeat_rate,
    "empty_bars": empty_bars,
    "stuck_notes": stuck_notes,
}


def note_bars(passage: Passage, voices: tuple[int, ...] = (0, 1)) -> list[frozenset[tuple[int, ...]]]:
    """For each bar what is struck in it: (voice, ticks from the bar line, pitch)."""
    bars: list[set[tuple[int, ...]]] = [set() for _ in range(passage.bars)]
    for voice in voices:
        line = passage.lines[voice]
        for onset, pitch in zip(line.onset.tolist(), line.pitch.tolist(), strict=True):
            bars[onset // passage.bar].add((voice, onset % passage.bar, pitch))
    return [frozenset(bar) for bar in bars]


def rhythm_bars(passage: Passage, voices: tuple[int, ...] = (0, 1)) -> list[frozenset[tuple[int, ...]]]:
    """For each bar when something is struck in it: (voice, twelfths of a quarter from the bar line)."""
    bars: list[set[tuple[int, ...]]] = [set() for _ in range(passage.bars)]
    for voice in voices:
        for onset in set(passage.lines[voice].onset.tolist()):
            place = round(onset % passage.bar * _GROOVE_STEPS / 960)
            bars[onset // passage.bar].add((voice, place))
    return [frozenset(bar) for bar in bars]


def alike(one: frozenset[tuple[int, ...]], other: frozenset[tuple[int, ...]]) -> float:
    """Shared members of all members (Jaccard); two empty sets are alike."""
    return len(one & other) / len(one | other) if one or other else 1.0


def sounds_in_bar(line: Line, passage: Passage) -> npt.NDArray[np.bool_]:
    """For each bar, whether the line sounds in it."""
    starts = np.arange(passage.bars) * passage.bar
    sounds = (line.onset[:, None] < starts + passage.bar) & (line.end[:, None] > starts)
    return np.array([bar.any() for bar in sounds.T], np.bool_)


def longest_stretch(values: Ints) -> int:
    """The most equal values in a row; 0 of none."""
    if not len(values):
        return 0
    changes = np.flatnonzero(np.diff(values)) + 1
    return int(np.diff(np.concatenate([[0], changes, [len(values)]])).max())


def entropy(values: Ints) -> float:
    """Bits, of how often each value occurs."""
    _, counts = np.unique(values, return_counts=True)
    shares = counts / max(1, counts.sum())
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def known_mean(values: Floats) -> float:
    """The mean of those that are numbers; not a number where none is."""
    return _mean(values[np.isfinite(values)])


def _mean(values: object) -> float:
    """The mean; not a number where there is nothing to take it of."""
    array = np.asarray(values, np.float64)
    return float(array.mean()) if array.size else float("nan")
