"""Which words of a piece are given, and which are open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from bridge.beats.metre import Beat, beats_of, clip_beats, felt_beats
from bridge.beats.playlist import words_of
from bridge.beats.word import Word
from bridge.music.note import COMMON_TIME, VOICES, Clip, MeterChange, Role
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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


def part_of(request: Request, shifts: Mapping[Role, int]) -> Part:
    """What a request gives and what it leaves open, moved by `shifts` to where the model knows its way."""
    primer = _given_beats(request.clips, shifts) if request.kind is not Kind.GENERATE else ()
    if request.kind is Kind.ACCOMPANY:
        return Part((), _open(primer, voice_to_compose(request)))
    if request.kind is Kind.VARY:
        rewritten = Role.MELODY if Role.MELODY in request.clips else Role.ACCOMPANIMENT
        keeps = tuple(role is not rewritten for role in VOICES)
        return Part(primer, tuple((beat, (None, None)) for beat, _ in primer), keeps)
    frame = _frame_after(request)
    return Part(primer, tuple((beat, (None, None)) for beat in frame))


def voice_to_compose(request: Request) -> Role:
    """The voice that accompanying makes: the one that is missing; where both are there, the accompaniment anew."""
    return Role.MELODY if Role.MELODY not in request.clips else Role.ACCOMPANIMENT


def _given_beats(clips: Mapping[Role, Clip], shifts: Mapping[Role, int]) -> tuple[tuple[Beat, Given], ...]:
    frame = clip_beats(next(iter(clips.values())))
    unknown: Given = (None,) * len(frame)
    lines = [words_of(clips[role], shifts[role]) if role in clips else unknown for role in VOICES]
    return tuple((beat, tuple(words)) for beat, *words in zip(frame, *lines, strict=True))


def _open(beats: Sequence[tuple[Beat, Given]], role: Role) -> tuple[tuple[Beat, Given], ...]:
    return tuple(
        (beat, tuple(None if of is role else word for of, word in zip(VOICES, given, strict=True)))
        for beat, given in beats
    )


def _frame_after(request: Request) -> tuple[Beat, ...]:
    """The beats of an answer, its bars counted on from the primer's where that ends on a beat line.

    A primer that ends inside a beat is followed by a new bar.
    """
    clip = next(iter(request.clips.values()), None)
    meter = clip.end_meter if clip else COMMON_TIME
    if clip is None or request.kind is Kind.GENERATE:
        return beats_of((MeterChange(0, meter),), request.length)
    before = clip_beats(clip)
    through = [
        beat for beat in beats_of(clip.meters, clip.length + request.length) if beat.start >= clip.length
    ]
    if before[-1].length == before[-1].felt and through and through[0].start == clip.length:
        return tuple(replace(beat, start=beat.start - clip.length) for beat in through)
    first = before[-1].bar + 1
    return tuple(replace(b, bar=b.bar + first) for b in beats_of((MeterChange(0, meter),), request.length))


def silences_of(part: Part) -> tuple[int, ...]:
    """For how many beats each voice may rest at a stretch.

    A bar, and not more than half of the answer; or as long as it does in what is given.
    """
    beats = (*part.primer, *part.answer)
    bar = max(len(felt_beats(beat.meter)) for beat, _ in beats)
    rest = min(bar, max(1, len(part.answer) // 2))
    return tuple(max(rest, _longest_rest(given[voice] for _, given in beats)) for voice in range(len(VOICES)))


def _longest_rest(words: Iterable[Word | None]) -> int:
    stretches = (len(list(group)) for rests, group in groupby(words, lambda w: w == Word()) if rests)
    return max(stretches, default=0)
