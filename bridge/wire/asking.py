"""A complete request off the wire: option pairs, voices and length, checked and put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.composer.knowing import said_of_silence
from bridge.errors import BadArgument, DrumClip, VoiceUnheard
from bridge.music.note import Role
from bridge.music.rolenames import role_of_name
from bridge.request import OPTIONS, Kind, Request, check_option
from bridge.wire.arguments import Arg, check, whole
from bridge.wire.arguments import Kind as ArgKind
from bridge.wire.messages import AUTO, Continue, Generate, Notice
from bridge.wire.notes import guess_voice, lengthened, read_clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.music.note import Clip
    from bridge.request import OptionValue
    from bridge.wire.messages import Ask, ClipHead, NoteRow
    from bridge.wire.osc import Atom

NOT_USED = "option.not_used"

FACTS: dict[str, Arg] = {
    arg.name: arg
    for arg in (
        whole("clips", 1, 2, meaning="how many clips the request carries, so that a lost one is asked for"),
        Arg("tempo_bpm", ArgKind.NUMBER, 1, 999, meaning="the song's tempo, for takes written as MIDI files"),
    )
}
"""What a request may say about itself among its option pairs; none of it changes a note."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The name/value pairs of a request, checked.

    Attributes:
        options: for the composer.
        clips: how many clips the request carries; 0 when it does not say.
        tempo_bpm: quarter notes a minute; 0 when it does not say.
    """

    options: Mapping[str, OptionValue]
    clips: int = 0
    tempo_bpm: float = 0.0


def read_pairs(ask: Ask) -> Pairs:
    """The checked pairs of a request.

    Raises:
        BadArgument: an unknown name or a value that cannot be, with its position.
    """
    first = len(ask.__slots__) + 1  # the pairs are the last field, and a value stands behind its name
    options: dict[str, OptionValue] = {}
    facts: dict[str, float] = {}
    for at, (name, value) in enumerate(ask.options):
        where = f"{ask.ADDRESS} argument {first + 2 * at} ({name})"
        if name in FACTS:
            facts[name] = float(check(FACTS[name], value, where=where))
        else:
            options[name] = _option(name, value, where)
    return Pairs(options, int(facts.get("clips", 0)), facts.get("tempo_bpm", 0.0))


def check_head(head: ClipHead) -> None:
    """Refuse a clip of drums.

    Raises:
        DrumClip: nobody named its role, and its name is one of drums.
    """
    named = role_of_name(head.name) if head.role == AUTO else None
    if named is not None and named.role is Role.DRUMS:
        raise DrumClip(
            f"clip {head.name!r} is drums by its name: {named.said}",
            hint="Select a clip with pitches, or name its role: melody or accompaniment.",
        )


def make_clips(
    heads: Mapping[str, ClipHead], packets: Mapping[str, Mapping[int, tuple[NoteRow, ...]]]
) -> dict[Role, Clip]:
    """The clips of a request by voice, all as long as the longest.

    Raises:
        ClipOutOfRange: a note starts after its clip's end.
    """
    clips = {role: read_clip(head, packets.get(role, {})) for role, head in heads.items()}
    named = {Role(role): clip for role, clip in clips.items() if role != AUTO}
    if AUTO in clips:
        named[_free_voice(named, clips[AUTO])] = clips[AUTO]
    return lengthened(named)


def make_request(ask: Ask, clips: Mapping[Role, Clip], *, model: str, rng_seed: int) -> Request:
    """The request that the composer answers.

    Args:
        ask: the message that asks.
        clips: the clips by voice.
        model: the name of the model.
        rng_seed: taken where the message leaves the choice to the bridge.

    Raises:
        BadArgument, EmptyClip, ClipTooLong: the request cannot be answered.
    """
    pairs = read_pairs(ask)
    own_length = max((clip.length for clip in clips.values()), default=0)
    return Request(
        kind=ask.ASKED,
        clips={} if ask.ASKED is Kind.GENERATE else clips,
        length=ask.length if isinstance(ask, Continue | Generate) else own_length,
        variations=ask.variations,
        rng_seed=rng_seed if ask.rng_seed < 0 else ask.rng_seed,
        model=model,
        options=pairs.options,
        tempo_bpm=pairs.tempo_bpm,
    )


def notices(request_id: int, request: Request, beats: Mapping[str, int]) -> Iterator[Notice]:
    """What the client should know about a request that was accepted.

    Args:
        request_id: under which it was asked.
        request: what is asked.
        beats: of each voice that the model has learned from; see `Card`.
    """
    if said := said_of_silence(request, beats):
        yield Notice(request_id, VoiceUnheard.code, said)
    for name in request.options:
        only = OPTIONS[name].only
        if only not in (None, request.kind):
            yield Notice(request_id, NOT_USED, f"{name} is for {only} alone: a clip has its own.")


def _option(name: str, value: Atom, where: str) -> OptionValue:
    try:
        return check_option(name, _scale_text(value) if name == "scale" else value)
    except BadArgument as error:
        raise BadArgument(f"{where}: {error}", hint=error.hint) from error


def _scale_text(value: Atom) -> Atom:
    """A scale that Max or node sent as the number 101011010101."""
    return value if isinstance(value, str) else f"{value:012.0f}"


def _free_voice(named: Mapping[Role, Clip], clip: Clip) -> Role:
    taken = next(iter(named), None)
    if taken is None:
        return guess_voice(clip)
    return Role.ACCOMPANIMENT if taken is Role.MELODY else Role.MELODY
