"""Where the notes of words stand, and how a clip's own notes are played there."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bridge.beats.encoding import encode_clip
from bridge.beats.grid import SLACK, is_exact, tick_of
from bridge.beats.metre import felt_beats
from bridge.beats.word import PARTS
from bridge.music.feel import Feel, Moment, Touch, feel_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Parts, Word, WordNote
    from bridge.music.note import Clip, Meter, Ticks

_QUANTISED: Final = 0.9
"""A clip of which this share of onsets stands on the grid is quantised, and its answers stand on it too."""

_WEIGHTS: Final = ((1, 1.0), (2, 0.4), (3, 0.3), (4, 0.2))
"""The weight of a place in its beat, by the coarsest division that it belongs to; finer ones weigh nothing."""


def moment_of(note: WordNote, beat: Beat, end: Ticks) -> Moment:
    """Where a struck note of a word stands; `end` is the tick at which it ends on the grid."""
    onset = tick_of(note.onset, beat)
    start, weight = _place_in_bar(beat.meter, beat.index, note.onset)
    return Moment(onset, onset - beat.start + start, weight, note.pitch, max(1, end - onset))


@lru_cache(maxsize=4_096)
def _place_in_bar(meter: Meter, index: int, onset: Parts) -> tuple[Ticks, float]:
    """When a beat starts in its bar, and how heavy a place in it is in the metre, 0 to 1."""
    beats = felt_beats(meter)
    start = sum(beats[:index])
    if onset:
        return start, next((weight for count, weight in _WEIGHTS if onset * count % PARTS == 0), 0.1) * 0.75
    if index == 0:
        return start, 1.0
    return start, 0.75 if len(beats) % 2 == 0 and index == len(beats) // 2 else 0.6


def moments_of(words: Sequence[Word], beats: Sequence[Beat]) -> list[list[Moment]]:
    """For each beat, where each of its struck notes stands, in the word's order."""
    ends = _ends(words, beats)
    return [
        [
            moment_of(note, beat, ends[number, note.onset, note.pitch])
            for note in word.notes
            if note.articulated
        ]
        for number, (word, beat) in enumerate(zip(words, beats, strict=True))
    ]


def _ends(words: Sequence[Word], beats: Sequence[Beat]) -> dict[tuple[int, Parts, int], Ticks]:
    """The tick at which each struck note ends, by its beat, onset and pitch."""
    ends: dict[tuple[int, Parts, int], Ticks] = {}
    sounding: dict[int, tuple[int, Parts, int]] = {}
    for number, (word, beat) in enumerate(zip(words, beats, strict=True)):
        going: dict[int, tuple[int, Parts, int]] = {}
        for note in word.notes:
            name = (number, note.onset, note.pitch)
            if not note.articulated:
                name = sounding.get(note.pitch, name)
            ends[name] = tick_of(note.end, beat)
            if note.end == PARTS:
                going[note.pitch] = name
        sounding = going
    return ends


@lru_cache(maxsize=16)  # a clip is continued again and again
def feel_of_clip(clip: Clip) -> Feel | None:
    """How a clip is played; None where it has no notes."""
    voice = encode_clip(clip)
    straight = is_quantised(clip, voice.beats)
    placed = [
        (moment, Touch(shade.velocity, 0 if straight else shade.onset_shift, _settled(shade.end_shift)))
        for moments, shades in zip(moments_of(voice.words, voice.beats), voice.shades, strict=True)
        for moment, shade in zip(moments, shades, strict=True)
    ]
    return feel_of(placed) if placed else None


def _settled(shift: Ticks) -> Ticks:
    """What is off by less than a file's rounding is not off."""
    return 0 if abs(shift) <= SLACK else shift


def is_quantised(clip: Clip, beats: Sequence[Beat]) -> bool:
    """Whether the clip's onsets stand on the grid, but for a few."""
    homes = _homes(clip, beats)
    exact = sum(is_exact(note.onset, home) for note, home in zip(clip.notes, homes, strict=True))
    return exact >= _QUANTISED * len(clip.notes)


def _homes(clip: Clip, beats: Sequence[Beat]) -> list[Beat]:
    homes = []
    at = 0
    for note in clip.notes:
        while at + 1 < len(beats) and note.onset >= beats[at + 1].start:
            at += 1
        homes.append(beats[at])
    return homes
