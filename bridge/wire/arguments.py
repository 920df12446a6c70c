"""What one argument of a message may be: checked when read, spelled when sent, printed in the docs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from bridge.errors import BadArgument, ClipOutOfRange
from bridge.music.note import TICKS_PER_BEAT
from bridge.wire.osc import Atom, Unsupported, cut_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.errors import MacNetError
    from bridge.wire.osc import Received

MAX_INT = 2**31 - 1
_BEATS_TOLERANCE = 0.02
"""Ticks by which a fractional number of beats may miss a tick: 32-bit floats carry thirds only roughly."""


class Kind(Enum):
    """What an argument is to Python, and its OSC type when it is sent."""

    WHOLE = "int"
    NUMBER = "float"
    BEATS = "int or float"
    CHOICE = "word"
    TEXT = "text"
    VALUE = "number or word"


@dataclass(frozen=True, slots=True)
class Arg:
    """One argument.

    Attributes:
        name: as the docs and every error call it.
        kind: which type of value it is.
        low, high: the range of a number.
        choices: the words that are taken, or the only numbers that are.
        meaning: a few words for the docs; empty where the name says it.
        error: what a value out of range is.
        size: bytes of a text that is sent; a longer one is cut.
    """

    name: str
    kind: Kind
    low: float = 0
    high: float = MAX_INT
    choices: tuple[str, ...] | tuple[int, ...] = ()
    meaning: str = ""
    error: type[MacNetError] = BadArgument
    size: int = 200

    @property
    def allowed(self) -> str:
        """The range in words, for hints and docs; empty where anything goes."""
        if self.choices:
            return ", ".join(map(str, self.choices))
        if self.kind in (Kind.TEXT, Kind.VALUE):
            return ""
        if self.high == MAX_INT:
            return f"{self.low:.10g} or more"
        return f"{self.low:.10g} to {self.high:.10g}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Arguments that repeat to the end of the message.

    Attributes:
        args: one group.
        what: what a group is called in an error, such as "note".
        at_most: groups in a message that is sent; any number is read.
    """

    args: tuple[Arg, ...]
    what: str
    at_most: int


def check(arg: Arg, value: Received, *, where: str) -> Atom:
    """The value of an argument as Python takes it.

    Raises:
        BadArgument: of the wrong type, not a number, or out of range.
        ClipOutOfRange: out of the range of a clip.
    """
    return _CHECKS[arg.kind](arg, value, where)


def spell(arg: Arg, value: Atom) -> tuple[str, Atom]:
    """The OSC type and value of an argument that is sent."""
    return _SPELLINGS[arg.kind](arg, value)


def _check_number(arg: Arg, value: Received, where: str) -> float:
    if isinstance(value, str | Unsupported):
        raise BadArgument(f"{where} is {value!s}, not a number", hint=_hint(arg))
    if not math.isfinite(value):
        raise BadArgument(f"{where} is {value}", hint=_hint(arg))
    if not arg.low <= value <= arg.high or (arg.choices and value not in arg.choices):
        raise arg.error(f"{where} cannot be {value:.10g}", hint=_hint(arg))
    return value


def _check_whole(arg: Arg, value: Received, where: str) -> int:
    number = _check_number(arg, value, where)
    if number != int(number):
        raise BadArgument(f"{where} is {number:.10g}, not a whole number", hint=_hint(arg))
    return int(number)


def _check_beats(arg: Arg, value: Received, where: str) -> int:
    ticks = _check_number(arg, value, where) * TICKS_PER_BEAT
    if round(ticks) < 1 or abs(ticks - round(ticks)) > _BEATS_TOLERANCE:
        raise BadArgument(
            f"{where} cannot be {value}", hint="Give beats that are a whole number of ticks, such as 3.5."
        )
    return round(ticks)


def _check_choice(arg: Arg, value: Received, where: str) -> str:
    if value in arg.choices:
        return str(value)
    shown = repr(cut_text(value, 80)) if isinstance(value, str) else str(value)
    raise BadArgument(f"{where} cannot be {shown}", hint=_hint(arg))


def _check_text(arg: Arg, value: Received, where: str) -> str:
    if isinstance(value, Unsupported):
        raise BadArgument(f"{where} is {value}, not text", hint=_hint(arg))
    # Max and Pure Data send a name such as 808 as a number
    return value if isinstance(value, str) else f"{value:.10g}"


def _check_value(arg: Arg, value: Received, where: str) -> Atom:
    return value if isinstance(value, str) else _check_number(arg, value, where)


def _hint(arg: Arg) -> str:
    kind = {Kind.CHOICE: "one of", Kind.TEXT: "a text", Kind.VALUE: "a number or a word"}
    return f"Give {kind.get(arg.kind, 'a number,')} {arg.allowed}".rstrip() + "."


_CHECKS: dict[Kind, Callable[[Arg, Received, str], Atom]] = {
    Kind.WHOLE: _check_whole,
    Kind.NUMBER: _check_number,
    Kind.BEATS: _check_beats,
    Kind.CHOICE: _check_choice,
    Kind.TEXT: _check_text,
    Kind.VALUE: _check_value,
}


def _spell_beats(_: Arg, ticks: int) -> tuple[str, Atom]:
    beats, rest = divmod(ticks, TICKS_PER_BEAT)
    return ("f", ticks / TICKS_PER_BEAT) if rest else ("i", beats)


def _spell_text(arg: Arg, value: str) -> tuple[str, Atom]:
    return "s", cut_text(value, arg.size)


def _spell_value(arg: Arg, value: Atom) -> tuple[str, Atom]:
    if isinstance(value, str):
        return _spell_text(arg, value)
    return ("i", value) if isinstance(value, int) else ("f", value)


_SPELLINGS: dict[Kind, Callable[[Arg, Any], tuple[str, Atom]]] = {
    Kind.WHOLE: lambda _, value: ("i", value),
    Kind.NUMBER: lambda _, value: ("f", value),
    Kind.BEATS: _spell_beats,
    Kind.CHOICE: _spell_text,
    Kind.TEXT: _spell_text,
    Kind.VALUE: _spell_value,
}


def whole(name: str, low: float, high: float = MAX_INT, meaning: str = "") -> Arg:
    """A whole number; a float without a fraction is one."""
    return Arg(name, Kind.WHOLE, low, high, meaning=meaning)


def clip_whole(name: str, low: float, high: float = MAX_INT, meaning: str = "") -> Arg:
    """A whole number that describes a clip or a note: out of range it is the clip that is wrong."""
    return Arg(name, Kind.WHOLE, low, high, meaning=meaning, error=ClipOutOfRange)


def choice(name: str, *choices: str, meaning: str = "") -> Arg:
    """One of a few words."""
    return Arg(name, Kind.CHOICE, choices=choices, meaning=meaning)


def text(name: str, *, size: int = 100, meaning: str = "") -> Arg:
    """Any text."""
    return Arg(name, Kind.TEXT, meaning=meaning, size=size)
