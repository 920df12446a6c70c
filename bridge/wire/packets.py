"""Packets into messages and back, as the specifications in `messages` have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import BadArgument, UnknownAddress
from bridge.wire import osc
from bridge.wire.arguments import check, spell
from bridge.wire.messages import NO_ID, SPECS, Hello

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.wire.arguments import Arg
    from bridge.wire.messages import Message, Spec
    from bridge.wire.osc import Atom, RawMessage, Received


def parse(packet: bytes) -> Message:
    """The message in a packet that is no bundle.

    Raises:
        MalformedPacket, UnknownAddress, BadArgument, ClipOutOfRange: what is wrong with it, and where.
    """
    return parse_raw(osc.decode(packet))


def parse_raw(raw: RawMessage) -> Message:
    """A decoded message, held against its specification.

    Raises:
        UnknownAddress, BadArgument, ClipOutOfRange: what is wrong with it, naming argument and position.
    """
    spec = SPECS.get(raw.address)
    if spec is None:
        address = osc.cut_text(raw.address, 100)
        raise UnknownAddress(f"there is no message {address}", hint="docs/OSC.md lists all messages.")
    there = enumerate(spec.args[: len(raw.args)])
    values: list[object] = [_checked(spec, at, arg, raw.args) for at, arg in there]
    _check_counts(spec, raw.args)
    if spec.repeat:
        values.append(tuple(_groups(spec, raw.args)))
    return spec.kind(*values)  # type: ignore[arg-type]  # the specification is what types the values


def id_of(raw: RawMessage) -> int:
    """The request id of a message that may be wrong otherwise, or `NO_ID`."""
    try:
        return int(check(SPECS[Hello.ADDRESS].args[0], raw.args[0], where="id"))
    except (IndexError, BadArgument):
        return NO_ID


def protocol_of(raw: RawMessage) -> Received | None:
    """The protocol that a hello names, whatever its other arguments are; None for any other message."""
    return raw.args[1] if raw.address == Hello.ADDRESS and len(raw.args) > 1 else None


def format_message(message: Message) -> bytes:
    """The packet of a message: at most 1,024 bytes and 200 arguments; texts that are too long are cut.

    Raises:
        MalformedPacket: a number does not fit 32 bits.
    """
    types, values = zip(*_spelled(message), strict=True)
    return osc.encode(message.ADDRESS, "".join(types), values)


def _check_counts(spec: Spec, args: Sequence[Received]) -> None:
    extra = len(args) - len(spec.args)
    if extra < 0:
        raise _lacking(spec, len(args), spec.args[len(args)].name)
    if extra and spec.repeat is None:
        message = f"{spec.address} takes {len(spec.args)} arguments, {len(args)} came"
        raise BadArgument(message, hint=f"Send {spec.usage}.")
    if spec.repeat is None or isinstance(args[-1], osc.Unsupported):
        return  # an unsupported value is named when its turn comes
    size = len(spec.repeat.args)
    if extra % size:
        raise _lacking(spec, len(args), spec.repeat.args[extra % size].name)


def _lacking(spec: Spec, given: int, name: str) -> BadArgument:
    return BadArgument(f"{spec.address} lacks argument {given + 1} ({name})", hint=f"Send {spec.usage}.")


def _checked(spec: Spec, at: int, arg: Arg, args: Sequence[Received], *, of: str = "") -> Atom:
    return check(arg, args[at], where=f"{spec.address} argument {at + 1} ({arg.name}{of})")


def _groups(spec: Spec, args: Sequence[Received]) -> Iterator[tuple[Atom, ...]]:
    if spec.repeat is None:
        return
    size = len(spec.repeat.args)
    for number, start in enumerate(range(len(spec.args), len(args), size), start=1):
        of = f" of {spec.repeat.what} {number}" if size > 1 else ""
        places = range(start, min(start + size, len(args)))
        yield tuple(
            _checked(spec, at, arg, args, of=of) for at, arg in zip(places, spec.repeat.args, strict=False)
        )


def _spelled(message: Message) -> Iterator[tuple[str, Atom]]:
    spec = SPECS[message.ADDRESS]
    values = [getattr(message, name) for name in message.__slots__]
    yield from map(spell, spec.args, values)
    if spec.repeat is None:
        return
    for group in values[-1]:
        yield from map(spell, spec.repeat.args, group)
