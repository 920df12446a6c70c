"""Bars of a score as clips again: in the song's own key, from tick 0."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bridge.beats.encoding import Voice, decode_voice
from bridge.beats.playlist import cut, transpose_word
from bridge.music.note import VOICES, Clip, MeterChange, Role
from bridge.music.unison import merge_unisons

if TYPE_CHECKING:
    from bridge.beats.metre import Beat
    from bridge.beats.playlist import Score


def bar_starts(score: Score) -> list[int]:
    """The beats at which the bars of a score start, and where the last one ends."""
    return [at for at, beat in enumerate(score.beats) if beat.index == 0] + [len(score)]


def excerpt(score: Score, start: int, end: int) -> dict[Role, Clip]:
    """The voices that are known, from beat `start` up to beat `end`; both are at least one beat apart."""
    piece = cut(score, start, end)
    first, last = piece.beats[0], piece.beats[-1]
    beats = tuple(replace(b, start=b.start - first.start, bar=b.bar - first.bar) for b in piece.beats)
    length = last.start + last.length - first.start
    clips = {}
    for role, words, known in zip(VOICES, piece.voices, piece.known, strict=True):
        if known:
            home = tuple(transpose_word(word, -piece.shift) for word in words)
            clip = decode_voice(Voice(beats, home, ((),) * len(beats), length, _meters(beats)))
            clips[role] = replace(clip, notes=merge_unisons(clip.notes).notes)
    return clips


def _meters(beats: tuple[Beat, ...]) -> tuple[MeterChange, ...]:
    changes = [
        MeterChange(later.start, later.meter) for one, later in pairwise(beats) if later.meter != one.meter
    ]
    return (MeterChange(0, beats[0].meter), *changes)
