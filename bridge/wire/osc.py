"""OSC 1.0 packets as bytes, in both directions. The only file that knows python-osc.

python-osc serves as the codec of single messages and as nothing else: its servers wait for time tags, match
address patterns and die of deep bundles. What its parser is lenient about is checked here first: it fills a
truncated float with zeros, drops arguments of unknown types and walks backwards through a negative size.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import BuildError, OscMessageBuilder

from bridge.errors import MalformedPacket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_PACKET = 65_536
"""Bytes of a packet that is read; a UDP datagram cannot be longer."""
MAX_DEPTH = 8
"""Bundles within bundles that are followed."""

_BUNDLE = b"#bundle\0"
_BUNDLE_HEAD = len(_BUNDLE) + 8  # the time tag behind it is not read: a bundle is unpacked at once
_READ_TYPES = "ifhds"
_SIZES = {"i": 4, "f": 4, "h": 8, "d": 8}


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Stands where an argument of an OSC type was that this protocol does not use (blob, array, true ...)."""

    tag: str

    def __str__(self) -> str:
        return f"an OSC value of type {self.tag!r}"


Atom: TypeAlias = int | float | str
Received: TypeAlias = Atom | Unsupported


@dataclass(frozen=True, slots=True)
class RawMessage:
    """An OSC message whose arguments have not been held against the protocol yet.

    Attributes:
        address: as sent; no pattern of it is ever matched.
        args: in order; they end at the first argument of an unsupported type.
    """

    address: str
    args: tuple[Received, ...]


def unbundle(packet: bytes, *, depth: int = MAX_DEPTH) -> Iterator[bytes]:
    """Yield the messages of a packet: itself, or every element of a bundle, whatever its time tag says.

    Raises:
        MalformedPacket: a bundle is cut short, nested too deeply, or claims impossible sizes; the elements
            before the fault have been yielded.
    """
    if not packet.startswith(_BUNDLE):
        yield packet
        return
    if depth == 0:
        raise _malformed(f"a bundle holds bundles more than {MAX_DEPTH} deep")
    for element in _elements(packet):
        yield from unbundle(element, depth=depth - 1)


def _elements(bundle: bytes) -> Iterator[bytes]:
    if len(bundle) < _BUNDLE_HEAD:
        raise _malformed("a bundle ends within its head")
    at = _BUNDLE_HEAD
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 4], "big", signed=True)
        at += 4
        if size <= 0 or at + size > len(bundle):
            raise _malformed(f"a bundle of {len(bundle)} bytes claims an element of {size}")
        yield bundle[at : at + size]
        at += size


def decode(packet: bytes) -> RawMessage:
    """The one message in `packet`, which is no bundle.

    Raises:
        MalformedPacket: the bytes are no OSC message, or one that was cut short.
    """
    if len(packet) > MAX_PACKET or not packet.startswith(b"/"):
        raise _malformed(f"{len(packet)} bytes that do not start like an OSC message")
    address, types, arguments = _split(packet)
    readable = _readable(types)
    message = _parse(address + _padded(b"," + readable.encode()) + arguments)
    args: list[Received] = list(message.params)
    if _size(readable, args) > len(arguments):
        raise _malformed(f"{message.address} ends within its arguments")
    if len(readable) < len(types):
        args.append(Unsupported(types[len(readable)]))
    return RawMessage(message.address, tuple(args))


def encode(address: str, types: str, args: Sequence[Atom]) -> bytes:
    """The bytes of a message; `types` holds one of `i`, `f`, `s` an argument.

    Raises:
        MalformedPacket: a value does not fit its type.
    """
    builder = OscMessageBuilder(address)
    for tag, value in zip(types, args, strict=True):
        builder.add_arg(value, tag)
    try:
        dgram: bytes = builder.build().dgram
    except (BuildError, struct.error, OverflowError, ParseError) as error:
        raise MalformedPacket(f"{address} cannot be sent: {error}") from error
    return dgram


def cut_text(text: str, size: int) -> str:
    """`text` such that its UTF-8 form has at most `size` bytes, with an ellipsis where it was cut."""
    whole = text.replace("\0", " ").encode("utf-8", "replace")
    if len(whole) <= size:
        return whole.decode()
    return whole[: size - 3].decode("utf-8", "ignore") + "…"


def _parse(packet: bytes) -> OscMessage:
    try:
        return OscMessage(packet)
    except (ParseError, UnicodeDecodeError, struct.error, IndexError, RecursionError) as error:
        raise _malformed(f"{len(packet)} bytes that are no OSC message") from error


def _split(packet: bytes) -> tuple[bytes, str, bytes]:
    """The padded address, the type tags without their comma, and the bytes of the arguments."""
    start = _string_end(packet, 0)
    if start >= len(packet):
        return packet, "", b""  # some old senders leave the tags out where there are no arguments
    end = _string_end(packet, start)
    tags = packet[start:end].rstrip(b"\0")
    if not tags.startswith(b",") or not tags.isascii():
        raise _malformed("an OSC message without type tags")
    return packet[:start], tags[1:].decode("ascii"), packet[end:]


def _string_end(packet: bytes, start: int) -> int:
    stop = packet.find(b"\0", start)
    if stop < 0:
        raise _malformed("an OSC message that ends within a text")
    return stop + 4 - stop % 4


def _readable(types: str) -> str:
    return types[: next((at for at, tag in enumerate(types) if tag not in _READ_TYPES), len(types))]


def _size(types: str, args: Iterable[Received]) -> int:
    return sum(
        _SIZES.get(tag) or len(_padded(str(arg).encode())) for tag, arg in zip(types, args, strict=True)
    )


def _padded(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)


def _malformed(what: str) -> MalformedPacket:
    return MalformedPacket(what, hint="Send one OSC 1.0 message a packet, with type tags; see docs/OSC.md.")
