"""Everything that might tell a composed passage from a real one, as one row of named numbers.

They are features of notes: of each voice, of both together, of how bars come back, and of how the passage goes on
from its primer. What has no value (the intervals of a voice of one note) is not a number.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.evaluation.measures import (
    MEASURES,
    WHITE,
    alike,
    entropy,
    longest_stretch,
    note_bars,
    rhythm_bars,
    sounds_in_bar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.evaluation.measures import Floats
    from bridge.evaluation.passage import Line, Passage

_VOICES: Final = ("melody", "accompaniment")
_INTERVALS: Final = (
    ("repeats", 0, 0),
    ("steps", 1, 2),
    ("thirds", 3, 4),
    ("leaps", 5, 7),
    ("far leaps", 8, 127),
)
_LENGTHS: Final = (
    ("a quarter beat or less", 0.26),
    ("half", 0.51),
    ("three quarters", 0.99),
    ("a beat", 1.01),
)
_DEGREES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_LAGS: Final = (1, 2, 4)


def features_of(passage: Passage, primer: Passage) -> dict[str, float]:
    """Named numbers of a passage that follows a primer."""
    row = {name: measure(passage) for name, measure in MEASURES.items()}
    for voice, name in enumerate(_VOICES):
        line, before = passage.lines[voice], primer.lines[voice]
        own = {**_pitches(line), **_rhythm(line, passage), **_ending(line, passage)}
        heard = {**_pitches(before), **_rhythm(before, primer)}
        row |= {f"{name}: {what}": value for what, value in own.items()}
        row |= {f"{name}: {what}, against the primer": own[what] - heard[what] for what in heard}
        row |= {f"{name}: {what}": value for what, value in _returns(passage, primer, voice)}
        row[f"{name}: first note from the primer's last"] = _joint(before, line)
    return row | _harmony(passage)


def _pitches(line: Line) -> dict[str, float]:
    top = line.top().pitch
    sizes = np.abs(np.diff(top))
    row = {
        "mean pitch": _mean(line.pitch),
        "spread of pitch": _std(line.pitch),
        "range": float(np.ptp(line.pitch)) if len(line) else np.nan,
        "mean interval": _mean(sizes),
        "turns": _mean(np.diff(np.sign(np.diff(top))) != 0),
        "upwards": _mean(np.diff(top) > 0),
        "same pitch in a row": float(longest_stretch(top)),
        "pitch class entropy": entropy(line.pitch % 12),
        "distinct pitches": float(len(np.unique(line.pitch))),
        "out of key": _mean(~WHITE[line.pitch % 12]),
    }
    row |= {f"share of {name}": _mean((sizes >= low) & (sizes <= high)) for name, low, high in _INTERVALS}
    return row | {
        f"share of {name}": _mean(line.pitch % 12 == degree) for degree, name in enumerate(_DEGREES)
    }


def _rhythm(line: Line, passage: Passage) -> dict[str, float]:
    felt = passage.bar / (len(passage.beat_lines) / passage.bars)
    onsets = np.unique(line.onset)
    lengths = line.duration / felt
    place = onsets % passage.bar
    beats = passage.beat_lines[: len(passage.beat_lines) // passage.bars]
    gaps = np.diff(onsets) / felt
    row = {
        "notes a beat": len(line) / len(passage.beat_lines),
        "onsets a beat": len(onsets) / len(passage.beat_lines),
        "notes an onset": len(line) / max(1, len(onsets)),
        "mean length": _mean(lengths),
        "spread of lengths": _std(np.log2(np.maximum(lengths, 1e-3))),
        "distinct lengths": float(len(np.unique(line.duration))),
        "distinct gaps": float(len(np.unique(np.diff(onsets)))),
        "longest gap": float(gaps.max()) if len(gaps) else np.nan,
        "entropy of gaps": entropy(np.diff(onsets)),
        "share of time": _share_of_time(line, passage),
        "legato": _mean(line.top().end[:-1] >= onsets[1:]),
        "on beats": _mean(np.isin(place, beats)),
        "on bar lines": _mean(place == 0),
        "bars begun": float(np.isin(np.arange(passage.bars) * passage.bar, onsets).mean()),
        "entropy of places": entropy(place),
        "spread of notes a bar": _std(np.bincount(onsets // passage.bar, minlength=passage.bars)),
        "silent bars": float(1 - sounds_in_bar(line, passage).mean()),
    }
    edges = np.array([edge for _, edge in _LENGTHS])
    kinds = np.digitize(lengths, edges)
    row |= {f"lengths of {name}": _mean(kinds == kind) for kind, (name, _) in enumerate(_LENGTHS)}
    return row | {"lengths above a beat": _mean(kinds == len(_LENGTHS))}


def _share_of_time(line: Line, passage: Passage) -> float:
    ticks = np.arange(0, passage.length, 80)
    order = np.searchsorted(line.onset, ticks, side="right")
    latest = np.maximum.accumulate(np.append(0, line.end))
    return float((latest[order] > ticks).mean())


def _ending(line: Line, passage: Passage) -> dict[str, float]:
    """How the passage closes: its last note, its first, and the bars in which phrases tend to end."""
    top = line.top()
    counts = np.bincount(np.unique(line.onset) // passage.bar, minlength=passage.bars) / max(1, len(top))
    last = top.pitch[-1] % 12 if len(top) else -1
    row = {f"share of onsets in bar {bar + 1}": float(counts[bar]) for bar in range(passage.bars)}
    row |= {f"last note {_DEGREES[degree]}": float(last == degree) for degree in (0, 4, 7, 9)}
    row["last note's length"] = top.duration[-1] / 960 if len(top) else np.nan
    row["starts at"] = line.onset[0] / 960 if len(line) else np.nan
    row["ends early by"] = (passage.length - line.end.max()) / 960 if len(line) else np.nan
    return row


def _joint(before: Line, line: Line) -> float:
    if not len(before) or not len(line):
        return float("nan")
    return float(abs(int(line.top().pitch[0]) - int(before.top().pitch[-1])))


def _returns(passage: Passage, primer: Passage, voice: int) -> Iterator[tuple[str, float]]:
    """How bars come back, within the passage and from the primer: exactly, and how alike."""
    for what, bars_of in (("bars", note_bars), ("rhythms", rhythm_bars)):
        heard, bars = bars_of(primer, (voice,)), bars_of(passage, (voice,))
        whole = [*heard, *bars]
        first = len(heard)
        yield f"distinct {what}", float(len(set(bars)))
        yield f"{what} of the primer", _mean([bar in heard for bar in bars])
        yield f"{what} heard before", _mean([bar in whole[: first + at] for at, bar in enumerate(bars)])
        yield f"{what} like the primer", _mean([max(alike(bar, old) for old in heard) for bar in bars])
        for lag in _LAGS:
            pairs = [alike(whole[first + at], whole[first + at - lag]) for at in range(len(bars))]
            yield f"{what} alike, {lag} apart", _mean(pairs)
            yield f"{what} equal, {lag} apart", _mean(np.array(pairs) == 1)
        yield f"{what} alike, halves", _mean([alike(a, b) for a, b in _halves(bars)])
        yield (
            f"first half's {what} like the primer",
            _mean([alike(a, b) for a, b in zip(heard, bars, strict=False)]),
        )


def _halves(bars: Sequence[frozenset[tuple[int, ...]]]) -> Iterator[tuple[frozenset[tuple[int, ...]], ...]]:
    half = len(bars) // 2
    yield from zip(bars[:half], bars[half:], strict=False)


def _harmony(passage: Passage) -> dict[str, float]:
    """Both voices together, beat by beat."""
    melody, chord = passage.sounding
    changes = [(a != b).any() for a, b in pairwise(chord)]
    sizes = chord.sum(1)
    a_bar = len(chord) // passage.bars
    clash = (melody & np.roll(chord, 1, 1)).any(1) | (melody & np.roll(chord, -1, 1)).any(1)
    clash &= ~(melody & chord).any(1)
    kinds = np.unique(chord, axis=0)
    return {
        "harmony: changes": _mean(changes),
        "harmony: changes within bars": _mean([c for at, c in enumerate(changes, start=1) if at % a_bar]),
        "harmony: changes at bar lines": _mean(
            [c for at, c in enumerate(changes, start=1) if at % a_bar == 0]
        ),
        "harmony: distinct chords": float(len(kinds)),
        "harmony: notes a chord": _mean(sizes[sizes > 0]),
        "harmony: spread of notes a chord": _std(sizes),
        "harmony: clashes of a semitone": _mean(clash),
        "harmony: distance of the voices": _apart(passage),
        "harmony: voices struck together": _mean(
            np.isin(passage.lines[0].top().onset, passage.lines[1].onset)
        ),
        "harmony: tonic in the bass of bars": _tonic_bass(passage),
    }


def _apart(passage: Passage) -> float:
    melody, accompaniment = (_mean(line.pitch) for line in passage.lines)
    return melody - accompaniment


def _tonic_bass(passage: Passage) -> float:
    bass = passage.lines[1].bottom()
    starts = bass.pitch[bass.onset % passage.bar == 0] % 12
    return _mean((starts == 0) | (starts == 9))


def _mean(values: object) -> float:
    array = np.asarray(values, np.float64)
    return float(array.mean()) if array.size else float("nan")


def _std(values: object) -> float:
    array = np.asarray(values, np.float64)
    return float(array.std()) if array.size else float("nan")


def table_of(rows: Sequence[dict[str, float]]) -> tuple[list[str], Floats]:
    """Rows of the same names as one array, (rows, names)."""
    names = list(rows[0])
    return names, np.array([[row[name] for name in names] for row in rows], np.float64)
