"""Words become clips again, in the primer's key, register and loudness."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.beats.encoding import Shade, Voice, decode_voice
from bridge.beats.metre import Beat, clip_beats
from bridge.beats.playlist import transpose_word
from bridge.composer.parts import voice_to_compose
from bridge.music.note import COMMON_TIME, VOICES, Clip, MeterChange, Note, Role, Ticks, slice_clip
from bridge.music.unison import merge_unisons
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bridge.beats.word import Word
    from bridge.composer.parts import Part

_FOLLOWING_VELOCITY: Final = {Role.MELODY: 96, Role.ACCOMPANIMENT: 78}
"""Where the primer says nothing of a voice."""


def clips_of(
    request: Request, part: Part, words: Sequence[Sequence[Word]], *, shifts: Mapping[Role, int]
) -> dict[Role, Clip]:
    """The clips of one variation: `words` are those of each voice in the answer's beats."""
    length = request.length if request.kind in (Kind.CONTINUE, Kind.GENERATE) else _length_of(request.clips)
    beats = tuple(beat for beat, _ in part.answer)
    return {
        role: _clip_of(line, beats, request, role=role, length=length, shift=shifts[role])
        for role, line in zip(VOICES, words, strict=True)
        if role in _returned(request)
    }


def _length_of(clips: Mapping[Role, Clip]) -> Ticks:
    return next(iter(clips.values())).length


def _returned(request: Request) -> tuple[Role, ...]:
    """The voices that come back: those that are new and wanted."""
    if request.kind is Kind.ACCOMPANY:
        return (voice_to_compose(request),)
    if request.kind is Kind.VARY:
        return tuple(role for role in request.wanted if role in request.clips) or tuple(request.clips)
    return request.wanted


def _clip_of(
    words: Sequence[Word], beats: tuple[Beat, ...], request: Request, *, role: Role, length: Ticks, shift: int
) -> Clip:
    """The clip that words make, transposed back, with the primer's accents."""
    velocity_at = _velocities(request.clips, role)
    home = tuple(transpose_word(word, -shift) for word in words)
    shades = tuple(
        tuple(Shade(velocity_at(beat, note.onset)) for note in word.notes if note.articulated)
        for beat, word in zip(beats, home, strict=True)
    )
    primer = next(iter(request.clips.values()), None)
    meters = primer.meters if primer and request.kind in (Kind.ACCOMPANY, Kind.VARY) else None
    end_meter = primer.end_meter if primer else COMMON_TIME
    # The last beat may be cut by the answer's end; the network composed it whole.
    whole = (*beats[:-1], replace(beats[-1], length=beats[-1].felt))
    end = whole[-1].start + whole[-1].length
    cut = slice_clip(decode_voice(Voice(whole, home, shades, end, (MeterChange(0, end_meter),))), 0, length)
    return replace(
        cut,
        # Given pitches at the end of the keyboard may have been folded onto each other on their way.
        notes=merge_unisons(cut.notes).notes,
        meters=meters or cut.meters,
        name=primer.name if primer else "",
    )


def _velocities(clips: Mapping[Role, Clip], role: Role) -> Callable[[Beat, int], int]:
    """How loud the primer is at each place of its bar; elsewhere, as loud as it is on the whole."""
    clip = clips.get(role) or next(iter(clips.values()), None)
    if clip is None or not clip.notes:
        return lambda *_: _FOLLOWING_VELOCITY[role]
    whole = _mean([note.velocity for note in clip.notes])
    softer = _FOLLOWING_VELOCITY[role] - _FOLLOWING_VELOCITY[Role.MELODY] if role not in clips else 0
    by_place: dict[int, list[int]] = {}
    for beat, notes in _notes_by_beat(clip):
        by_place.setdefault(beat.index, []).extend(note.velocity for note in notes)
    curve = {place: _mean(velocities) for place, velocities in by_place.items() if velocities}
    return lambda beat, _: min(127, max(1, curve.get(beat.index, whole) + softer))


def _mean(values: Sequence[int]) -> int:
    return round(sum(values) / len(values))


def _notes_by_beat(clip: Clip) -> Iterator[tuple[Beat, list[Note]]]:
    for beat in clip_beats(clip):
        yield beat, [note for note in clip.notes if beat.start <= note.onset < beat.start + beat.length]
