"""Both sides of every comparison in one form: the same grid, the same key, the same cut, no velocities.

What a file or a composer writes beyond the notes (velocities, timing off the grid, names) could tell where a passage
comes from without being music; it ends here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from bridge.beats.encoding import Voice, decode_voice
from bridge.beats.metre import clip_beats, felt_beats
from bridge.beats.playlist import words_of
from bridge.evaluation.cases import cut_out
from bridge.music.note import COMMON_TIME, VOICES, Clip, Meter, MeterChange, Role, Ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word

Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Line:
    """One voice of a passage as columns, in order of onset, then pitch.

    Attributes:
        onset: ticks from the passage's start, on the network's grid.
        duration: ticks.
        pitch: as transposed to C major or A minor.
    """

    onset: Ints
    duration: Ints
    pitch: Ints

    def __len__(self) -> int:
        return len(self.onset)

    @property
    def end(self) -> Ints:
        """The first tick at which each note no longer sounds."""
        return self.onset + self.duration

    def top(self) -> Line:
        """The highest note of each onset."""
        last = np.append(self.onset[1:] != self.onset[:-1], [True] * (len(self) > 0)).astype(bool)
        return self.only(last)

    def bottom(self) -> Line:
        """The lowest note of each onset."""
        first = np.append([True] * (len(self) > 0), self.onset[1:] != self.onset[:-1]).astype(bool)
        return self.only(first)

    def only(self, which: npt.NDArray[np.bool_]) -> Line:
        """Some of the notes."""
        return Line(self.onset[which], self.duration[which], self.pitch[which])


@dataclass(frozen=True)
class Passage:
    """Some bars of music in one meter, both voices.

    Attributes:
        lines: the melody, the accompaniment.
        meter: of every bar.
        bars: how many.
    """

    lines: tuple[Line, Line]
    meter: Meter
    bars: int

    @property
    def bar(self) -> Ticks:
        """The length of a bar."""
        return self.meter.bar

    @property
    def length(self) -> Ticks:
        """The length of the passage."""
        return self.bars * self.bar

    @property
    def quarters(self) -> float:
        """The length in quarter notes."""
        return self.length / 960

    @cached_property
    def beat_lines(self) -> Ints:
        """Where every felt beat starts."""
        within = np.cumsum([0, *felt_beats(self.meter)[:-1]])
        starts: Ints = (np.arange(self.bars)[:, None] * self.bar + within).ravel()
        return starts

    @cached_property
    def sounding(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """For each voice, (beats, 12): which pitch classes sound at each beat line."""
        melody, accompaniment = (_classes_at(line, self.beat_lines) for line in self.lines)
        return melody, accompaniment


def _classes_at(line: Line, ticks: Ints) -> npt.NDArray[np.bool_]:
    sounds = (line.onset[None] <= ticks[:, None]) & (line.end[None] > ticks[:, None])
    classes = np.zeros((len(ticks), 12), np.bool_)
    tick, note = np.nonzero(sounds)
    classes[tick, line.pitch[note] % 12] = True
    return classes


def passage_of(clips: Mapping[Role, Clip], *, meter: Meter, bars: int, shift: int) -> Passage:
    """The first bars of some clips; a voice that is missing is silent.

    Args:
        clips: by role; all are cut at the end of the passage.
        meter: of every bar.
        bars: how many.
        shift: semitones to C major or A minor, found in the primer: one for both sides.
    """
    length = bars * meter.bar
    melody, accompaniment = (
        line_of(cut_out(clips[role], 0, length), shift) if role in clips else line_of_notes(())
        for role in VOICES
    )
    return Passage((melody, accompaniment), meter, bars)


def line_of(clip: Clip, shift: int) -> Line:
    """A clip as the network would read it: on its grid, transposed, cut at the clip's end."""
    return line_of_words(clip_beats(clip), words_of(clip, shift), clip.length)


def line_of_clip(clip: Clip) -> Line:
    """A clip as it is: in its own key, at its own ticks."""
    return line_of_notes((note.onset, note.duration, note.pitch) for note in clip.notes)


def line_of_words(beats: tuple[Beat, ...], words: tuple[Word, ...], length: Ticks) -> Line:
    """The notes that words on some beats spell, cut at `length`."""
    voice = Voice(beats, words, ((),) * len(words), length, (MeterChange(0, COMMON_TIME),))
    notes = decode_voice(voice).notes
    return line_of_notes((n.onset, min(n.end, length) - n.onset, n.pitch) for n in notes)


def line_of_notes(notes: Iterable[tuple[int, int, int]]) -> Line:
    """A line of (onset, duration, pitch), in order."""
    rows = np.array(list(notes), np.int64).reshape(-1, 3)
    return Line(rows[:, 0], rows[:, 1], rows[:, 2])
