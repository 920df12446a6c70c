"""What can be asked and what is answered, as frozen values: the door that every edge goes through.

`OPTIONS` is the one table of options; the wire, the command line and the docs read their names, ranges and
defaults from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from bridge.config import LIMITS
from bridge.errors import BadArgument, ClipOutOfRange, ClipTooLong, EmptyClip
from bridge.music.note import COMMON_TIME, TICKS_PER_BEAT, VOICES, Clip, Meter, Role, Ticks

if TYPE_CHECKING:
    from collections.abc import Mapping

OptionValue: TypeAlias = float | str


class Kind(StrEnum):
    """The use cases."""

    CONTINUE = "continue"
    ACCOMPANY = "accompany"
    VARY = "vary"
    GENERATE = "generate"


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option: a number within `low` to `high`, or one of `choices` (or both, as `key` is).

    Attributes:
        name: as spelled on the wire and (with dashes) on the command line.
        default: what holds when the option is not given.
        low, high: the range of a number; equal when no number is taken.
        choices: the words that are taken.
        integral: the number must be whole.
        only: the use case that it is for; with the others it changes nothing.
        meaning: one line for the help and the docs.
    """

    name: str
    default: OptionValue
    meaning: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    integral: bool = False
    only: Kind | None = None


OPTIONS: dict[str, OptionSpec] = {
    spec.name: spec
    for spec in (
        OptionSpec("temperature", 1.0, "0 always takes the likeliest, 1 as trained, 2 adventurous", 0.0, 2.0),
        OptionSpec(
            "key",
            "auto",
            "auto: the clip's key; off: free; 0 (C) to 11 (B): that root, with `scale`",
            0,
            11,
            choices=("auto", "off"),
            integral=True,
        ),
        OptionSpec(
            "scale",
            "101011010101",
            "which of the twelve semitones above the root are in the scale",
            choices=("twelve 0/1",),
        ),
        OptionSpec("density", 1.0, "notes a beat, as a multiple of the clip's", 0.25, 4.0),
        OptionSpec("register", 0, "semitones above or below the clip's range", -36, 36, integral=True),
        OptionSpec(
            "similarity", 0.5, "how much of the clip comes back: 0 invents, 1 varies it closely", 0.0, 1.0
        ),
        OptionSpec("rhythm", "free", "keep: the clip's rhythm with new pitches", choices=("free", "keep")),
        OptionSpec("feel", 1.0, "0: straight; 1: the clip's own velocities and timing", 0.0, 1.0),
        OptionSpec(
            "meter", "4/4", "the time signature of music from nothing", choices=("n/d",), only=Kind.GENERATE
        ),
        OptionSpec("voices", "both", "which voices come back", choices=("both", "melody", "accompaniment")),
    )
}


def check_option(name: str, value: object) -> OptionValue:
    """The value of option `name` as the composer takes it.

    Raises:
        BadArgument: no such option, or its value is of the wrong type or out of range.
    """
    spec = OPTIONS.get(name)
    if spec is None:
        raise BadArgument(f"there is no option {name!r}", hint=f"Options are {', '.join(OPTIONS)}.")
    if name in _TEXTS:
        return _TEXTS[name](value)
    if isinstance(value, str):
        return _check_choice(spec, value)
    return _check_number(spec, value)


def _check_scale(value: object) -> str:
    if isinstance(value, str) and len(value) == 12 and set(value) <= {"0", "1"} and "1" in value:
        return value
    raise BadArgument(
        f"scale {value!r} is not a scale", hint="Give twelve letters 0 or 1, such as 101011010101."
    )


def _check_meter(value: object) -> str:
    return str(parse_meter(value))


_TEXTS = {"scale": _check_scale, "meter": _check_meter}
"""Options whose words have a form of their own."""


def parse_meter(value: object) -> Meter:
    """The meter that a text such as `6/8` names.

    Raises:
        BadArgument: the text names none.
    """
    top, _, bottom = str(value).partition("/")
    try:
        return Meter(int(top), int(bottom))
    except (ValueError, ClipOutOfRange) as error:
        raise BadArgument(
            f"meter cannot be {value!r}", hint="Give a time signature such as 4/4 or 6/8."
        ) from error


def _check_choice(spec: OptionSpec, value: str) -> OptionValue:
    if value in spec.choices:
        return value
    if spec.high > spec.low and _is_number(value):
        return _check_number(spec, float(value))
    raise BadArgument(f"{spec.name} cannot be {value!r}", hint=_range_hint(spec))


def _check_number(spec: OptionSpec, value: object) -> OptionValue:
    if isinstance(value, bool) or not isinstance(value, int | float) or not spec.low <= value <= spec.high:
        raise BadArgument(f"{spec.name} cannot be {value!r}", hint=_range_hint(spec))
    if spec.low == spec.high or (spec.integral and value != int(value)):
        raise BadArgument(f"{spec.name} cannot be {value!r}", hint=_range_hint(spec))
    return int(value) if spec.integral else float(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _range_hint(spec: OptionSpec) -> str:
    number = [f"{spec.low:g} to {spec.high:g}"] if spec.high > spec.low else []
    return f"{spec.name} takes {' or '.join([*number, *spec.choices])}."


@dataclass(frozen=True, slots=True)
class Request:
    """One request, complete: together with the model it decides every note of the answer.

    Attributes:
        kind: what is asked.
        clips: what was given, by role; a voice that is missing is unknown, not silent.
        length: ticks of the answer; for `accompany` and `vary` the clip's own length.
        variations: how many answers, 1 to `LIMITS.variations`.
        rng_seed: 0 or more; the same request with the same rng seed and model gives the same notes.
        model: the name of the model.
        options: checked values of the options that were given; the others hold their defaults.
        tempo_bpm: quarter notes a minute, for what is written as a file; 0 when unknown.
        avoid: answers to the same clip, by role, that the variations keep away from: what was given before.

    Raises:
        BadArgument, EmptyClip, ClipTooLong: the request cannot be answered as it stands.
    """

    kind: Kind
    clips: Mapping[Role, Clip]
    length: Ticks
    variations: int
    rng_seed: int
    model: str
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    tempo_bpm: float = 0.0
    avoid: tuple[Mapping[Role, Clip], ...] = ()

    def __post_init__(self) -> None:
        _check_count("variations", self.variations, 1, LIMITS.variations)
        _check_count("rng seed", self.rng_seed, 0, 2**31 - 1)
        _check_count("length", self.length, 1, LIMITS.answer_beats * TICKS_PER_BEAT)
        if self.kind is Kind.GENERATE:
            return
        if not any(clip.notes for clip in self.clips.values()):
            raise EmptyClip("the clip has no notes", hint="Select a clip that has notes, or use generate.")
        for clip in self.clips.values():
            _check_clip(clip)

    def option(self, name: str) -> OptionValue:
        """The value of an option: as given, else its default."""
        return self.options.get(name, OPTIONS[name].default)

    @property
    def meter(self) -> Meter:
        """The meter of the answer: that at the clips' end, or the one that music from nothing is asked in."""
        if self.kind is Kind.GENERATE and "meter" in self.options:
            return parse_meter(self.options["meter"])
        return next((clip.end_meter for clip in self.clips.values()), COMMON_TIME)

    @property
    def wanted(self) -> tuple[Role, ...]:
        """The voices that are sent back."""
        voices = self.option("voices")
        return tuple(role for role in VOICES if voices in ("both", role.value))


def _check_count(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise BadArgument(f"{name} cannot be {value}", hint=f"Give {low} to {high}.")


def _check_clip(clip: Clip) -> None:
    if len(clip.notes) > LIMITS.notes:
        raise ClipTooLong(
            f"the clip has {len(clip.notes)} notes", hint=f"Select at most {LIMITS.notes} notes."
        )
    if clip.length > LIMITS.clip_beats * TICKS_PER_BEAT:
        beats = clip.length // TICKS_PER_BEAT
        raise ClipTooLong(
            f"the clip is {beats} beats long", hint=f"Select at most {LIMITS.clip_beats} beats."
        )


@dataclass(frozen=True, slots=True)
class Variation:
    """One of several answers to one request.

    Attributes:
        index: from 0.
        clips: the voices, each as long as the answer, starting at tick 0 where the primer ends.
    """

    index: int
    clips: Mapping[Role, Clip]
