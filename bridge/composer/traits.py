"""What a passage is like, as a row of numbers by which a discriminator tells composed music from real.

They are of the kind that `bridge.evaluation.features` measures answers by, but are found bar by bar while an answer
is under way, from its words: a bar is summed up once, and a passage is the sum of its bars. Words are as the network
hears them, in C major or A minor.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.word import PARTS
from bridge.music.note import TICKS_PER_BEAT, VOICES, Ticks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word

Floats = npt.NDArray[np.float64]
Place = int
"""Twelfths of a quarter note from the bar line."""

_WHITE: Final = frozenset((0, 2, 4, 5, 7, 9, 11))
_TONICS: Final = (0, 9)
_TWELFTH: Final = TICKS_PER_BEAT / 12
_INTERVALS: Final = (("repeats", 0), ("steps", 2), ("thirds", 4), ("leaps", 7), ("far leaps", 127))
"""Kinds of intervals by their semitones at most."""
_LENGTHS: Final = (
    ("a quarter beat", 0.26),
    ("half a beat", 0.51),
    ("less than a beat", 0.99),
    ("a beat", 1.01),
    ("more", 1e9),
)
"""Kinds of lengths by their felt beats at most."""
_CLASSES: Final = tuple(f"class {degree}" for degree in range(12))
_LAGS: Final = (1, 2, 4)

# What is counted in each bar of a voice; shares are one of them by another.
_COUNTS: Final = (
    *("bars", "beats", "notes", "onsets", "onsets squared", "on beats", "on bar lines", "halfway", "silent"),
    *("followed", "legato", "sounding", "out of key", "pitch", "pitch squared"),
    *("intervals", "semitones", "upwards", "directions", "turns"),
    *(name for name, _ in (*_INTERVALS, *_LENGTHS)),
    *_CLASSES,
)
_SHARES: Final = (
    *(("notes", "beats"), ("onsets", "beats"), ("notes", "onsets"), ("on beats", "onsets")),
    *(("on bar lines", "onsets"), ("on bar lines", "bars"), ("halfway", "bars"), ("silent", "bars")),
    *(("semitones", "intervals"), ("upwards", "intervals"), ("turns", "directions"), ("legato", "followed")),
    *(("sounding", "notes"), ("sounding", "beats"), ("out of key", "notes"), ("pitch", "notes")),
    *((name, "intervals") for name, _ in _INTERVALS),
    *((name, "notes") for name, _ in _LENGTHS),
    *((name, "notes") for name in _CLASSES),
)
_OVER, _UNDER = ([_COUNTS.index(pair[part]) for pair in _SHARES] for part in (0, 1))
_VARIETY: Final = (
    "entropy of classes",
    "distinct pitches",
    "distinct lengths",
    "spread of pitch",
    "spread of onsets",
)
_HARMONY: Final = (
    *("beats", "both", "agree", "clash", "changes", "changes at bar lines", "basses", "tonic basses"),
    "struck together",
)
_HARMONIES: Final = (
    *(("agree", "both"), ("clash", "both"), ("changes", "beats"), ("changes at bar lines", "beats")),
    *(("tonic basses", "basses"), ("struck together", "both")),
)
_H_OVER, _H_UNDER = ([_HARMONY.index(pair[part]) for pair in _HARMONIES] for part in (0, 1))


@dataclass(frozen=True, slots=True)
class VoiceBar:
    """One bar of one voice.

    Attributes:
        counts: of everything in `_COUNTS`.
        strikes: place and pitch of everything that is struck.
        rhythm: the places alone.
        lengths: of its notes, in twelfths of a quarter note, each once.
        tops: the last two highest pitches that were struck, of this bar or of those before it.
    """

    counts: tuple[float, ...]
    strikes: frozenset[tuple[Place, int]]
    rhythm: frozenset[Place]
    lengths: frozenset[int]
    tops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a piece: each voice's, what they have together, and the chord of its last beat."""

    voices: tuple[VoiceBar, ...]
    harmony: tuple[float, ...]
    chord: frozenset[int]


def bar_of(beats: Sequence[Beat], words: Sequence[Sequence[Word]], before: Bar | None) -> Bar:
    """Sum up a bar.

    Args:
        beats: of the bar.
        words: for each voice, its words.
        before: the bar before it.
    """
    tops = [voice.tops for voice in before.voices] if before else [()] * len(words)
    voices = tuple(_voice_bar(beats, line, top) for line, top in zip(words, tops, strict=True))
    harmony, chord = _harmony(words, voices, before.chord if before else frozenset())
    return Bar(voices, harmony, chord)


def bars_of(
    beats: Sequence[Beat], words: Sequence[Sequence[Word]], before: Bar | None = None
) -> Iterator[Bar]:
    """Sum up all bars of a piece, or of what goes on after a bar; for each voice, its words."""
    for number in dict.fromkeys(beat.bar for beat in beats):
        inside = [at for at, beat in enumerate(beats) if beat.bar == number]
        before = bar_of([beats[at] for at in inside], [[line[at] for at in inside] for line in words], before)
        yield before


def _voice_bar(beats: Sequence[Beat], words: Sequence[Word], before: tuple[int, ...]) -> VoiceBar:
    notes = _notes_of(beats, words)
    top: dict[float, _Note] = {}
    for note in notes:
        if note.onset not in top or note.pitch > top[note.onset].pitch:
            top[note.onset] = note
    onsets = sorted(top)
    line = [top[onset].pitch for onset in onsets]
    lines = [beat.start - beats[0].start for beat in beats]
    counts = dict.fromkeys(_COUNTS, 0.0)
    counts |= {
        "bars": 1,
        "beats": len(beats),
        "notes": len(notes),
        "onsets": len(onsets),
        "onsets squared": len(onsets) ** 2,
        "on beats": sum(onset in top for onset in lines),
        "on bar lines": 0 in top,
        "halfway": lines[len(beats) // 2] in top,
        "silent": not any(word.notes for word in words),
        "followed": max(0, len(onsets) - 1),
        "legato": sum(top[one].end >= other - 1 for one, other in pairwise(onsets)),
    }
    _count_notes(counts, notes, beats[0].felt)
    _count_steps(counts, [*before, *line], len(line))
    return VoiceBar(
        tuple(counts.values()),
        frozenset((round(note.onset / _TWELFTH), note.pitch) for note in notes),
        frozenset(round(onset / _TWELFTH) for onset in onsets),
        frozenset(round((note.end - note.onset) / _TWELFTH) for note in notes),
        tuple([*before, *line][-2:]),
    )


@dataclass(slots=True)
class _Note:
    """A note of one bar: ticks from the bar line, a note held beyond the bar ending with it."""

    onset: float
    pitch: int
    end: float


def _notes_of(beats: Sequence[Beat], words: Sequence[Word]) -> list[_Note]:
    notes: list[_Note] = []
    sounding: dict[int, _Note] = {}
    for beat, word in zip(beats, words, strict=True):
        scale, here = beat.felt / PARTS, beat.start - beats[0].start
        for note in word.notes:
            end = here + note.end * scale
            if note.articulated:
                sounding[note.pitch] = struck = _Note(here + note.onset * scale, note.pitch, end)
                notes.append(struck)
            elif note.pitch in sounding:
                sounding[note.pitch].end = end
    return notes


def _count_notes(counts: dict[str, float], notes: Sequence[_Note], felt: Ticks) -> None:
    for note in notes:
        length, degree = (note.end - note.onset) / felt, note.pitch % 12
        counts["sounding"] += length
        counts[_kind(_LENGTHS, length)] += 1
        counts[_CLASSES[degree]] += 1
        counts["out of key"] += degree not in _WHITE
        counts["pitch"] += note.pitch
        counts["pitch squared"] += note.pitch**2


def _count_steps(counts: dict[str, float], line: Sequence[int], new: int) -> None:
    """Count the intervals that lead to the last `new` pitches of a line, and where it turns."""
    steps = [b - a for a, b in pairwise(line)][-new:] if new else []
    for step in steps:
        counts[_kind(_INTERVALS, abs(step))] += 1
        counts["semitones"] += abs(step)
        counts["upwards"] += step > 0
    ways = [(b > a) - (b < a) for a, b in pairwise(line)]
    turns = [one != other for one, other in pairwise(ways)][-new:] if new else []
    counts["intervals"], counts["directions"], counts["turns"] = len(steps), len(turns), sum(turns)


def _kind(kinds: Sequence[tuple[str, float]], size: float) -> str:
    return next(name for name, most in kinds if size <= most)


def _harmony(
    words: Sequence[Sequence[Word]], voices: Sequence[VoiceBar], chord: frozenset[int]
) -> tuple[tuple[float, ...], frozenset[int]]:
    """What is counted of both voices together, on the beats of a bar after some chord; and the last chord."""
    counts = dict.fromkeys(_HARMONY, 0.0)
    for number, (above, below) in enumerate(zip(*words, strict=True)):
        melody = {note.pitch % 12 for note in above.notes if note.onset == 0}
        lower = [note.pitch for note in below.notes if note.onset == 0]
        now = frozenset(pitch % 12 for pitch in lower)
        counts["both"] += bool(melody and now)
        counts["agree"] += bool(melody & now)
        beside = {(pitch + step) % 12 for pitch in melody for step in (1, -1)}
        counts["clash"] += not melody & now and bool(beside & now)
        counts["changes at bar lines" if number == 0 else "changes"] += now != chord
        if number == 0 and lower:
            counts["basses"] = 1
            counts["tonic basses"] = min(lower) % 12 in _TONICS
        chord = now
    counts["beats"] = len(words[0])
    counts["struck together"] = len(voices[0].rhythm & voices[1].rhythm)
    return tuple(counts.values()), chord


@cache
def names() -> tuple[str, ...]:
    """The names of all traits, in order."""
    found = []
    for role in VOICES:
        own = [*(f"{over} of {under}" for over, under in _SHARES), *_VARIETY]
        found += [f"{role}: {name}" for name in own]
        found += [f"{role}: {name}, against the primer" for name in own]
        for what in ("bars", "rhythms"):
            found += [
                f"{role}: {what} {how}"
                for how in ("heard before", "of the primer", "like the primer", "distinct")
            ]
            found += [f"{role}: {what} {how} {lag} apart" for lag in _LAGS for how in ("alike", "equal")]
    own = [f"harmony: {over} of {under}" for over, under in _HARMONIES]
    return (*found, *own, *(f"{name}, against the primer" for name in own))


def traits_of(primer: Sequence[Bar], bars: Sequence[Bar]) -> Floats:
    """The traits of some bars that follow a primer, (traits); not a number where there is nothing to count."""
    row: list[Floats] = []
    for voice in range(len(VOICES)):
        lines = [[bar.voices[voice] for bar in part] for part in (primer, bars)]
        before, own = (_own(line) for line in lines)
        row += [own, own - before, _returns(*([bar.strikes for bar in line] for line in lines))]
        row.append(_returns(*([bar.rhythm for bar in line] for line in lines)))
    before, own = (
        _shares(np.sum([bar.harmony for bar in part], 0), _H_OVER, _H_UNDER) for part in (primer, bars)
    )
    return np.concatenate([*row, own, own - before])


def _own(bars: Sequence[VoiceBar]) -> Floats:
    """The shares of a voice, and how various it is."""
    counts = np.sum([bar.counts for bar in bars], 0)
    count = dict(zip(_COUNTS, counts.tolist(), strict=True))
    notes, number = max(1.0, count["notes"]), len(bars)
    classes = [count[name] / notes for name in _CLASSES if count[name]]
    variety = [
        -sum(share * log2(share) for share in classes),
        len({pitch for bar in bars for _, pitch in bar.strikes}),
        len(frozenset().union(*(bar.lengths for bar in bars))),
        max(0.0, count["pitch squared"] / notes - (count["pitch"] / notes) ** 2) ** 0.5,
        max(0.0, count["onsets squared"] / number - (count["onsets"] / number) ** 2) ** 0.5,
    ]
    return np.concatenate([_shares(counts, _OVER, _UNDER), variety])


def _shares(counts: Floats, over: Sequence[int], under: Sequence[int]) -> Floats:
    below = counts[under]
    return np.where(below > 0, counts[over] / np.maximum(below, 1e-9), np.nan)


def _returns(heard: Sequence[frozenset[object]], bars: Sequence[frozenset[object]]) -> Floats:
    """How bars come back, those of the primer and their own: exactly, and how alike."""
    whole, first, number = [*heard, *bars], len(heard), len(bars)
    row = [
        sum(bar in whole[: first + at] for at, bar in enumerate(bars)) / number,
        sum(bar in heard for bar in bars) / number,
        sum(max((_alike(bar, old) for old in heard), default=0.0) for bar in bars) / number,
        len(set(bars)) / number,
    ]
    for lag in _LAGS:
        pairs = [(bar, whole[first + at - lag]) for at, bar in enumerate(bars) if first + at >= lag]
        alike = [_alike(*pair) for pair in pairs]
        row += [sum(alike) / len(alike), alike.count(1.0) / len(alike)] if alike else [np.nan, np.nan]
    return np.array(row)


def _alike(one: frozenset[object], other: frozenset[object]) -> float:
    """Shared members of all members (Jaccard); two empty sets are alike."""
    if one is other or one == other:
        return 1.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
