"""What a model has never heard is not invented: a voice that it did not learn stays silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bridge.beats.word import Word
from bridge.composer.parts import made_voices
from bridge.errors import VoiceUnheard
from bridge.music.note import VOICES, Role
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from bridge.composer.parts import Given, Part

    Beats = Mapping[str, int]
    """Felt beats of each voice that a model has learned from, by role; empty: it knows all voices."""

_A: Final = {Role.MELODY: "a melody", Role.ACCOMPANIMENT: "an accompaniment"}
_HINT: Final = (
    "Choose another model; or train this one on music that has {role}, with "
    "`macnet train FOLDER --name NAME --base {model}`."
)


def never_heard(beats: Beats) -> frozenset[Role]:
    """The voices that a model did not learn."""
    return frozenset(role for role in VOICES if beats and not beats.get(role.value))


def silent_voices(request: Request, beats: Beats) -> tuple[Role, ...]:
    """The voices of an answer that stay silent, where others play."""
    if request.kind not in (Kind.CONTINUE, Kind.GENERATE):
        return ()
    silent = tuple(role for role in request.wanted if role in never_heard(beats))
    return silent if len(silent) < len(request.wanted) else ()


def said_of_silence(request: Request, beats: Beats) -> str:
    """What whoever asks should know of the voices that stay silent; empty where none does."""
    return "".join(
        f"{request.model} has never heard {_A[role]}, so that voice stays silent. "
        + _HINT.format(role=_A[role], model=request.model)
        for role in silent_voices(request, beats)
    )


def within(request: Request, beats: Beats) -> Request:
    """The request, asking for no voice that the model did not learn.

    Raises:
        VoiceUnheard: nothing is left, or there is nothing in the clips that it could hear.
    """
    unheard = never_heard(beats)
    for role in VOICES:
        if role in unheard and _is_needed(role, request):
            raise VoiceUnheard(
                f"{request.model} has never heard {_A[role]}: {_WHY[request.kind]}",
                hint=_HINT.format(role=_A[role], model=request.model),
            )
    silent = silent_voices(request, beats)
    if not silent:
        return request
    (voice,) = (role for role in request.wanted if role not in silent)
    return replace(request, options={**request.options, "voices": voice.value})


_WHY: Final = {
    Kind.CONTINUE: "it can neither go on from one nor make one",
    Kind.GENERATE: "it cannot make one",
    Kind.ACCOMPANY: "it can neither make one nor play to one",
    Kind.VARY: "it cannot make another one",
}


def _is_needed(role: Role, request: Request) -> bool:
    """Whether a request comes to nothing without a voice."""
    sounding = {of for of, clip in request.clips.items() if clip.notes}
    if request.kind is Kind.ACCOMPANY:
        return role in made_voices(request) or sounding == {role}
    if request.kind is Kind.VARY:
        return role in made_voices(request)
    return request.wanted == (role,) or sounding == {role}


def silenced(part: Part, unheard: Collection[Role]) -> Part:
    """The part with rests where a voice would be that the model did not learn: so it met that voice in training."""

    def rested(given: Given) -> Given:
        return tuple(Word() if role in unheard else word for role, word in zip(VOICES, given, strict=True))

    if not unheard:
        return part
    primer, answer = (tuple((b, rested(g)) for b, g in beats) for beats in (part.primer, part.answer))
    return replace(part, primer=primer, answer=answer)
