"""Which words of a piece are given, and which are open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bridge.beats.metre import Beat, beats_of, clip_beats
from bridge.beats.playlist import words_of
from bridge.beats.word import Word
from bridge.music.note import VOICES, Clip, MeterChange, Role
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Given = tuple[Word | None, ...]
"""For each voice, the word that a beat must have; None leaves it to the network."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is played: first alone as a primer, then in every variation.

    Attributes:
        primer: beats that come before the answer, all variations sharing them.
        answer: beats of the answer.
        keeps: for each voice, whether the answer has it as it was in the primer, beat by beat.
    """

    primer: tuple[tuple[Beat, Given], ...]
    answer: tuple[tuple[Beat, Given], ...]
    keeps: tuple[bool, ...] = (False, False)

    @property
    def frame(self) -> tuple[Beat, ...]:
        """The beats of the answer."""
        return tuple(beat for beat, _ in self.answer)


def part_of(request: Request, shifts: Mapping[Role, int]) -> Part:
    """What a request gives and what it leaves open, moved by `shifts` to where the model knows its way."""
    primer = _given_beats(request.clips, shifts) if request.kind is not Kind.GENERATE else ()
    made = made_voices(request)
    if request.kind is Kind.ACCOMPANY:
        return Part((), _open(primer, made))
    if request.kind is Kind.VARY:
        keeps = tuple(role not in made for role in VOICES)
        return Part(primer, tuple((beat, (None, None)) for beat, _ in primer), keeps)
    frame = _frame_after(request)
    return Part(_from_first_note(primer), tuple((beat, (None, None)) for beat in frame))


def made_voices(request: Request) -> tuple[Role, ...]:
    """The voices that an answer makes.

    Accompanying makes the voice that is missing; where both are there, the accompaniment anew. Varying rewrites the
    melody and keeps the harmony, unless the accompaniment is all that is there, or all that is wanted.
    """
    if request.kind is Kind.ACCOMPANY:
        return (Role.MELODY,) if Role.MELODY not in request.clips else (Role.ACCOMPANIMENT,)
    if request.kind is Kind.VARY:
        return next(
            (role,)
            for role in (*request.wanted, *VOICES)
            if role in request.clips and request.clips[role].notes
        )
    return VOICES


_words_of = lru_cache(maxsize=16)(words_of)  # a clip is continued again and again


def _given_beats(clips: Mapping[Role, Clip], shifts: Mapping[Role, int]) -> tuple[tuple[Beat, Given], ...]:
    frame = clip_beats(next(iter(clips.values())))
    unknown: Given = (None,) * len(frame)
    lines = [_words_of(clips[role], shifts[role]) if role in clips else unknown for role in VOICES]
    return tuple((beat, tuple(words)) for beat, *words in zip(frame, *lines, strict=True))


def _from_first_note(primer: tuple[tuple[Beat, Given], ...]) -> tuple[tuple[Beat, Given], ...]:
    """A primer without the beats before its first note.

    They fill a bar up to a pickup, or wait for an entry, and are no part of the music: a network that hears them
    plays them again in the middle of its answer.
    """
    first = next(
        (at for at, (_, given) in enumerate(primer) if any(word and word.notes for word in given)), 0
    )
    return primer[first:]


def _open(beats: Sequence[tuple[Beat, Given]], made: Sequence[Role]) -> tuple[tuple[Beat, Given], ...]:
    return tuple(
        (beat, tuple(None if of in made else word for of, word in zip(VOICES, given, strict=True)))
        for beat, given in beats
    )


def _frame_after(request: Request) -> tuple[Beat, ...]:
    """The beats of an answer, its bars counted on from the primer's where that ends on a beat line.

    A primer that ends inside a beat is followed by a new bar.
    """
    clip = next(iter(request.clips.values()), None)
    if clip is None or request.kind is Kind.GENERATE:
        return beats_of((MeterChange(0, request.meter),), request.length)
    before = clip_beats(clip)
    through = [
        beat for beat in beats_of(clip.meters, clip.length + request.length) if beat.start >= clip.length
    ]
    if before[-1].length == before[-1].felt and through and through[0].start == clip.length:
        return tuple(replace(beat, start=beat.start - clip.length) for beat in through)
    first = before[-1].bar + 1
    new = beats_of((MeterChange(0, request.meter),), request.length)
    return tuple(replace(beat, bar=beat.bar + first) for beat in new)
