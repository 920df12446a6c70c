"""The field's benchmark as scores: piano rolls of eighth-note frames.

The highest key of a frame is the melody's word, the others are the accompaniment's; a pair of words is at most one
frame, so nats of words are nats of frames. A frame says which keys sound, not which are struck: its words are
spelled as if all were struck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bridge.beats.metre import Beat
from bridge.beats.playlist import Score
from bridge.beats.word import PARTS, Word, WordNote
from bridge.errors import ModelDamaged
from bridge.music.note import COMMON_TIME

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

LOWEST_KEY = 21
_FRAME = 480
_FRAMES_IN_BAR = 8


def read_pianorolls(path: Path) -> list[Score]:
    """The songs of an npz file with `frames` (frames, 88) and `lengths` (songs).

    Raises:
        ModelDamaged: the file is not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            frames, lengths = file["frames"], file["lengths"]
    except (OSError, ValueError, KeyError) as error:
        raise ModelDamaged(
            f"{path.name} holds no piano rolls: {error}", hint="Give an npz file with frames and lengths."
        ) from error
    ends = np.cumsum(lengths)
    return [
        score_of_frames(frames[end - length : end], name=f"{path.stem} {number}")
        for number, (end, length) in enumerate(zip(ends, lengths, strict=True))
    ]


def score_of_frames(frames: npt.NDArray[np.uint8], *, name: str) -> Score:
    """One song's frames, (frames, 88), as a score of two voices."""
    words = [word_of_frame(frame).notes for frame in frames]
    beats = tuple(
        Beat(number * _FRAME, _FRAME, _FRAME, number % _FRAMES_IN_BAR, number // _FRAMES_IN_BAR, COMMON_TIME)
        for number in range(len(words))
    )
    melody = tuple(Word(notes[-1:]) for notes in words)
    accompaniment = tuple(Word(notes[:-1]) for notes in words)
    return Score(name, beats, (melody, accompaniment), (True, True), is_tied=False)


def word_of_frame(frame: npt.NDArray[np.uint8]) -> Word:
    """The keys that sound in a frame, (88), as a word."""
    return Word(tuple(WordNote(0, PARTS, LOWEST_KEY + int(key)) for key in np.flatnonzero(frame)))
