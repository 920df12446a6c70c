"""Mends the bytes of a MIDI file, so that every song that is whole can be read, and what is broken is named.

The MIDI reader (mido 1.3) forgets the time of every meta event that it does not know, so that all notes after it
come early, and gives up on a whole song for one odd key signature, a short meta event or a wrong track count. None
of these is music. Here the file is walked once: events that this product has no use for become empty texts that keep
their time, the track count is set right, chunks that are no tracks are left out. Notes, programs, tempos, meters and
names stay byte for byte as they are.

Format: Standard MIDI Files 1.0 (MIDI Manufacturers Association, RP-001); RIFF wrapping: RP-029.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME, _END, _TEMPO, _METER = 0x03, 0x2F, 0x51, 0x58
_SHORTEST_META = {_NAME: 0, _END: 0, _TEMPO: 3, _METER: 4}
"""The meta events that are read, with the bytes that each must have at least."""

_LONGEST_NAME = 1_000
_EMPTY_TEXT = bytes((0xFF, 0x01, 0x00))
_END_OF_TRACK = bytes((0xFF, _END, 0x00))

_CHANNEL_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0, 0xF8: 0, 0xFA: 0, 0xFB: 0, 0xFC: 0, 0xFE: 0}
"""Data bytes after a status. System messages do not belong into a file, but some recorders leave them there."""


def mend(data: bytes) -> bytes:
    """The same song as a file of type 0 or 1 that holds nothing but well-formed tracks.

    Raises:
        ValueError: the file is broken or of a kind that is not read; the text says why.
    """
    kind, division, chunks = _split(_unwrap(data))
    tracks = [_mend_track(body, f"track {i}", whole=whole) for i, (body, whole) in enumerate(chunks, 1)]
    if not tracks:
        raise ValueError("it has no tracks")
    header = struct.pack(">4sLHHH", b"MThd", 6, kind, len(tracks), division)
    return header + b"".join(struct.pack(">4sL", b"MTrk", len(track)) + track for track in tracks)


def _unwrap(data: bytes) -> bytes:
    """The MIDI file inside a RIFF file (`.rmi`); any other file as it is."""
    if data[:4] != b"RIFF":
        return data
    if data[8:12] != b"RMID":
        raise ValueError("it is a RIFF file without MIDI in it")
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sL", data, at)
        if name == b"data":
            return data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise ValueError("it is a RIFF file without MIDI in it")


def _split(data: bytes) -> tuple[int, int, Iterator[tuple[bytes, bool]]]:
    """Type, ticks a quarter note, and each track's bytes with whether all of them are there."""
    if data[:4] != b"MThd":
        raise ValueError("it does not start like a MIDI file")
    if len(data) < 14:
        raise ValueError("it ends inside its header")
    size, kind, _, division = struct.unpack_from(">LHHH", data, 4)
    if kind not in {0, 1}:
        raise ValueError(f"it is of type {kind}: only type 0 and 1 hold one song")
    if division == 0:
        raise ValueError("it has 0 ticks to the beat")
    if division & 0x8000:
        raise ValueError("it counts in film frames (SMPTE), not in beats")
    return kind, division, _track_chunks(data, 8 + size)


def _track_chunks(data: bytes, at: int) -> Iterator[tuple[bytes, bool]]:
    while at + 8 <= len(data):
        name, size = struct.unpack_from(">4sL", data, at)
        if name == b"MTrk":
            yield data[at + 8 : at + 8 + size], at + 8 + size <= len(data)
        at += 8 + size


def _mend_track(body: bytes, name: str, *, whole: bool) -> bytes:
    """The track's events up to its end, which is added where it is missing from a chunk that is whole."""
    walk = _Walk(body)
    try:
        while walk.at < len(body):
            if walk.pass_event() == _END_OF_TRACK:
                return bytes(walk.mended)
    except IndexError:
        raise ValueError(f"{name} is cut off") from None
    except ValueError as error:
        raise ValueError(f"{name}, byte {walk.at}: {error}") from None
    if not whole:
        raise ValueError(f"{name} is cut off")
    return bytes(walk.mended) + b"\x00" + _END_OF_TRACK


class _Walk:
    """Goes through one track's events and keeps their mended form. Running out of bytes is an IndexError."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self.running_status = 0
        self.mended = bytearray()

    def pass_event(self) -> bytes:
        start = self.at
        self._number()
        delta = self.body[start : self.at]
        event = self._event()
        self.mended += delta + event
        return event

    def _event(self) -> bytes:
        status = self.body[self.at]
        if status < 0x80:
            return self._channel_event(self.running_status)
        self.at += 1
        if status < 0xF0:
            self.running_status = status
            return self._channel_event(status)
        if status == 0xFF:
            return self._meta_event()
        self._take(self._number() if status in {0xF0, 0xF7} else _length(status, _SYSTEM_BYTES))
        return _EMPTY_TEXT

    def _channel_event(self, status: int) -> bytes:
        if not status:
            raise ValueError("a note without a status byte")
        data = self._take(_length(status & 0xF0, _CHANNEL_BYTES))
        if max(data) > 0x7F:
            raise ValueError(f"a value of {max(data)}, where 127 is the most")
        # The status is spelled out: an empty text may now stand where running status was broken off or went on.
        return bytes((status,)) + data

    def _meta_event(self) -> bytes:
        kind = self._take(1)[0]
        data = self._take(self._number())
        if kind not in _SHORTEST_META or len(data) < _SHORTEST_META[kind]:
            return _EMPTY_TEXT
        if kind == _END:
            return _END_OF_TRACK
        data = data[: _SHORTEST_META[kind] or _LONGEST_NAME]
        return bytes((0xFF, kind)) + _spell_number(len(data)) + data

    def _take(self, count: int) -> bytes:
        if self.at + count > len(self.body):
            raise IndexError
        self.at += count
        return self.body[self.at - count : self.at]

    def _number(self) -> int:
        """A number in the format's own spelling: seven bits a byte, at most four bytes."""
        value = 0
        for _ in range(4):
            byte = self._take(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise ValueError("a number of more than four bytes")


def _length(status: int, table: dict[int, int]) -> int:
    if status not in table:
        raise ValueError(f"an unknown status byte {status:#04x}")
    return table[status]


def _spell_number(value: int) -> bytes:
    low = bytes((value & 0x7F,))
    return low if value < 0x80 else bytes((value >> 7 | 0x80,)) + low
