"""Words become clips again, in the primer's key and register, played in its feel."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.encoding import Shade, Voice, decode_voice
from bridge.beats.playlist import transpose_word
from bridge.composer.feeling import feel_of_clip, moments_of
from bridge.composer.parts import made_voices
from bridge.composer.rhythm import notes_in_rhythm
from bridge.music.feel import Touch, plain_touches
from bridge.music.note import VOICES, Clip, MeterChange, Note, Role, Ticks
from bridge.music.unison import merge_unisons
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.composer.rhythm import Model
    from bridge.music.feel import Feel, Moment

_moved = lru_cache(maxsize=4_096)(transpose_word)  # words come again, in a variation and in the next

_LOUD: Final = {Role.MELODY: 96, Role.ACCOMPANIMENT: 78}
"""Where the primer says nothing of a voice."""


class Writer:
    """Writes the variations of one answer.

    Args:
        request: what was asked; its clips are one piece.
        frame: the beats of the answer.
        back: for each voice, semitones from what the network played to what is written.
        models: the rhythms that are kept; see `composer.rhythm`.
    """

    def __init__(
        self,
        request: Request,
        frame: tuple[Beat, ...],
        back: Mapping[Role, int],
        models: Mapping[Role, tuple[tuple[Model | None, ...], Clip]],
    ) -> None:
        self._request, self._back, self._models = request, back, models
        # The last beat may be cut by the answer's end; the network composed it whole.
        self._frame = (*frame[:-1], replace(frame[-1], length=frame[-1].felt))
        self._feels = {role: feel_of_clip(clip) for role, clip in request.clips.items()}

    def clips_of(self, index: int, words: Sequence[Sequence[Word]]) -> dict[Role, Clip]:
        """The clips of one variation: `words` are those of each voice in the answer's beats."""
        return {
            role: self._made(index, role, line)
            if role in made_voices(self._request)
            else self._request.clips[role]
            for role, line in zip(VOICES, words, strict=True)
            if role in returned(self._request)
        }

    def _made(self, index: int, role: Role, words: Sequence[Word]) -> Clip:
        home = tuple(_moved(word, self._back[role]) for word in words)
        rng = np.random.default_rng([self._request.rng_seed, index + 1, VOICES.index(role) + 1])
        notes = self._notes(role, home, rng)
        request = self._request
        primer = next(iter(request.clips.values()), None)
        meters = primer.meters if primer and request.kind in (Kind.ACCOMPANY, Kind.VARY) else None
        return Clip(
            merge_unisons(_cut(notes, request.length)).notes,
            request.length,
            meters or (MeterChange(0, request.meter),),
            primer.name if primer else "",
        )

    def _notes(self, role: Role, words: Sequence[Word], rng: np.random.Generator) -> list[Note]:
        moments = moments_of(words, self._frame)
        touches = iter(self._touches(role, [m for group in moments for m in group], rng))
        shades = tuple(tuple(self._shade(m, next(touches)) for m in group) for group in moments)
        end = self._frame[-1].start + self._frame[-1].length
        meters = (MeterChange(0, self._request.meter),)
        clip = decode_voice(Voice(self._frame, tuple(words), shades, end, meters))
        if role not in self._models:
            return list(clip.notes)
        free = [beat for beat, model in zip(self._frame, self._models[role][0], strict=True) if model is None]
        unbound = [n for n in clip.notes if any(b.start <= n.onset < b.start + b.length for b in free)]
        return [*self._in_rhythm(role, words, rng), *unbound]

    def _in_rhythm(self, role: Role, words: Sequence[Word], rng: np.random.Generator) -> list[Note]:
        """The notes of a voice that keeps a clip's rhythm: when they sound is the clip's, not the feel's."""
        models, clip = self._models[role]
        placed = notes_in_rhythm(clip, models, words, self._frame, length=self._request.length)
        touches = self._touches(role, [moment for _, moment in placed], rng)
        return [replace(note, velocity=t.velocity) for (note, _), t in zip(placed, touches, strict=True)]

    def _touches(self, role: Role, moments: Sequence[Moment], rng: np.random.Generator) -> list[Touch]:
        amount = float(self._request.option("feel"))
        feel, is_own = self._feel_for(role)
        if feel is None:
            return plain_touches(moments, rng, loud=_LOUD[role], amount=amount)
        softer = 0 if is_own else _LOUD[Role.MELODY] - _LOUD[role]
        return feel.play(moments, rng, amount=amount, softer=softer, is_other_voice=not is_own)

    def _feel_for(self, role: Role) -> tuple[Feel | None, bool]:
        """The feel of the voice's own clip, else of the other one's; and whether it is its own."""
        own = self._feels.get(role)
        if own is not None:
            return own, True
        return next((feel for feel in self._feels.values() if feel is not None), None), False

    def _shade(self, moment: Moment, touch: Touch) -> Shade:
        """No note is early for its clip, nor so late that its end has come."""
        least, most = -moment.onset, max(-moment.onset, self._request.length - 1 - moment.onset)
        shift = min(most, max(least, touch.onset_shift))
        return Shade(touch.velocity, shift, touch.end_shift)


def _cut(notes: Sequence[Note], length: Ticks) -> list[Note]:
    """The notes that start before `length`, and end there at the latest."""
    return [
        note if note.end <= length else replace(note, duration=length - note.onset)
        for note in notes
        if note.onset < length
    ]


def returned(request: Request) -> tuple[Role, ...]:
    """The voices that come back: those that are made and wanted; a variation with what it keeps."""
    if request.kind is Kind.ACCOMPANY:
        return made_voices(request)
    if request.kind is Kind.VARY:
        return tuple(role for role in request.wanted if role in request.clips) or made_voices(request)
    return request.wanted
