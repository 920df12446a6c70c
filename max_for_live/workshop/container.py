"""The `.amxd` container: bytes to values and back, the one file that knows its layout.

    ampf  4  kind                    four letters: mmmm is a MIDI effect
    meta  4  number                  7 in a frozen device of today, 1 in an unfrozen one; old files have none
    ptch  n  payload                 the rest of the file

Chunks are a tag, a little-endian length and that many bytes. The payload is the patcher's JSON, or, frozen, the
JSON and every file that it needs, all numbers big-endian, all offsets from the `m` of `mx@c`:

    mx@c  16  footer (8 bytes)       offset of the directory
    the files, one right after the other
    dlst  size                       then for each file a `dire` with type, fnam, sz32, of32, vers, flag, mdat

Sizes inside the directory include their own heads, those of chunks do not. Nobody documents this: the layout was
read from real devices, and `python -m max_for_live.workshop read FOLDER` proves it on those that you have.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

MIDI_EFFECT = b"mmmm"
META_UNFROZEN = struct.pack("<I", 1)
META_FROZEN = struct.pack("<I", 7)
PATCHER_FLAG = 0x11
"""Marks the device's own JSON in the directory; the files that it needs have 0."""

_CHUNK = struct.Struct("<4sI")
_HEAD = struct.Struct(">4sIQ")
_FIELD = struct.Struct(">4sI")
_NUMBER = struct.Struct(">I")
_FIELDS = (b"type", b"fnam", b"sz32", b"of32", b"vers", b"flag", b"mdat")


class BadDevice(ValueError):
    """Bytes that are no `.amxd`, or a damaged one; says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a frozen device.

    Attributes:
        kind: four letters: `JSON`, `TEXT`, `PNG ` and so on; four NULs where the writer did not know.
        name: its name, without folder.
        data: its bytes; those of the device's own JSON end in a NUL.
        flag: 0x11 for the device's own JSON, 0 for most others.
        version: 0 in every file that was read.
        modified: seconds since 1904.
    """

    kind: bytes
    name: str
    data: bytes
    flag: int = 0
    version: int = 0
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Device:
    """A whole `.amxd`.

    Attributes:
        kind: four letters: `mmmm` MIDI effect, `aaaa` audio effect, `iiii` instrument.
        meta: the four bytes of `meta`, as they are; None where the chunk is missing.
        entries: the files of a frozen device, its own JSON first; empty in an unfrozen one.
        unfrozen: the payload of an unfrozen device, empty in a frozen one.
    """

    kind: bytes
    meta: bytes | None
    entries: tuple[Entry, ...] = ()
    unfrozen: bytes = b""

    def patcher(self) -> dict[str, Any]:
        """The device's patch.

        Raises:
            BadDevice: it is not JSON.
        """
        text = self.entries[0].data if self.entries else self.unfrozen
        try:
            parsed = json.loads(text.rstrip(b"\0").decode("utf-8"))
        except ValueError as error:
            raise BadDevice(f"The patch inside is not JSON: {error}.") from error
        if not isinstance(parsed, dict) or not isinstance(parsed.get("patcher"), dict):
            raise BadDevice('The patch inside has no "patcher".')
        return parsed

    def file(self, name: str) -> bytes:
        """The bytes of one embedded file.

        Raises:
            BadDevice: there is none of that name.
        """
        for entry in self.entries:
            if entry.name == name:
                return entry.data
        raise BadDevice(f"There is no file {name} inside.")


def write_device(device: Device) -> bytes:
    """Lay out a device as a file's bytes."""
    payload = _write_frozen(device.entries) if device.entries else device.unfrozen
    meta = b"" if device.meta is None else _chunk(b"meta", device.meta)
    return _chunk(b"ampf", device.kind) + meta + _chunk(b"ptch", payload)


def read_device(data: bytes) -> Device:
    """Read a file's bytes.

    Raises:
        BadDevice: it is no device, it is encrypted, or a length, offset or name in it does not fit.
    """
    chunks = _read_chunks(data)
    kind, meta, payload = chunks.get(b"ampf"), chunks.get(b"meta"), chunks.get(b"ptch")
    if b"ciph" in chunks:
        raise BadDevice("The device is encrypted.")
    if kind is None or len(kind) != 4 or payload is None or (meta is not None and len(meta) != 4):
        raise BadDevice("It does not start like a device: ampf, meta, ptch.")
    if payload.startswith(b"mx@c"):
        return Device(kind, meta, entries=_read_frozen(payload))
    return Device(kind, meta, unfrozen=payload)


def _chunk(tag: bytes, payload: bytes) -> bytes:
    return _CHUNK.pack(tag, len(payload)) + payload


def _read_chunks(data: bytes) -> dict[bytes, bytes]:
    """Every chunk by its tag, in the order that a device has them."""
    chunks: dict[bytes, bytes] = {}
    at = 0
    while at < len(data):
        tag, size = _unpack(_CHUNK, data, at)
        expected = [each for each in (b"ampf", b"meta", b"ciph", b"ptch") if each not in chunks]
        if tag not in expected or (not chunks and tag != b"ampf") or b"ptch" in chunks:
            raise BadDevice(f"Byte {at}: a chunk {tag!r} does not belong here.")
        at += _CHUNK.size
        if at + size > len(data):
            raise BadDevice(f"Byte {at}: {tag!r} claims {size} bytes, the file has {len(data) - at}.")
        chunks[tag] = data[at : at + size]
        at += size
    return chunks


def _write_frozen(entries: tuple[Entry, ...]) -> bytes:
    bodies = b"".join(entry.data for entry in entries)
    footer = _HEAD.size + len(bodies)
    directory = b""
    at = _HEAD.size
    for entry in entries:
        directory += _write_entry(entry, at)
        at += len(entry.data)
    return _HEAD.pack(b"mx@c", _HEAD.size, footer) + bodies + _field(b"dlst", directory)


def _write_entry(entry: Entry, offset: int) -> bytes:
    numbers = (len(entry.data), offset, entry.version, entry.flag, entry.modified)
    fields = (entry.kind, _padded(entry.name), *map(_NUMBER.pack, numbers))
    return _field(b"dire", b"".join(map(_field, _FIELDS, fields)))


def _field(tag: bytes, payload: bytes) -> bytes:
    return _FIELD.pack(tag, _FIELD.size + len(payload)) + payload


def _padded(name: str) -> bytes:
    """A name, at least one NUL, and NULs up to a multiple of four."""
    raw = name.encode("utf-8")
    return raw + bytes(4 - len(raw) % 4)


def _read_frozen(payload: bytes) -> tuple[Entry, ...]:
    _, size, footer = _unpack(_HEAD, payload, 0)
    if size != _HEAD.size or not size <= footer <= len(payload):
        raise BadDevice(f"The directory should begin at byte {footer}; the payload has {len(payload)}.")
    fields = _read_fields(payload, footer, len(payload))
    if [tag for tag, _, _ in fields] != [b"dlst"]:
        raise BadDevice(f"Byte {footer}: the directory should begin here, and nothing follow it.")
    _, start, end = fields[0]
    entries: list[Entry] = []
    at = _HEAD.size
    for tag, first, last in _read_fields(payload, start, end):
        if tag != b"dire":
            raise BadDevice(f"Byte {first}: {tag!r} is no entry of the directory.")
        entries.append(_read_entry(payload, first, last, data_at=at))
        at += len(entries[-1].data)
    if not entries or at != footer:
        raise BadDevice(f"The files end at byte {at}, the directory begins at {footer}.")
    return tuple(entries)


def _read_entry(payload: bytes, first: int, last: int, *, data_at: int) -> Entry:
    fields = _read_fields(payload, first, last)
    if tuple(tag for tag, _, _ in fields) != _FIELDS:
        raise BadDevice(f"Byte {first}: an entry has other fields than {b' '.join(_FIELDS).decode()}.")
    kind, raw_name, *rest = (payload[start:end] for _, start, end in fields)
    if len(kind) != 4 or any(len(each) != 4 for each in rest):
        raise BadDevice(f"Byte {first}: a field of an entry has a length of its own.")
    size, offset, version, flag, modified = (_NUMBER.unpack(each)[0] for each in rest)
    name = _read_name(raw_name, first)
    if offset != data_at or offset + size > len(payload):
        raise BadDevice(f"{name}: {size} bytes at {offset} do not follow on the file before, at {data_at}.")
    return Entry(kind, name, payload[offset : offset + size], flag, version, modified)


def _read_name(raw: bytes, at: int) -> str:
    try:
        name = raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadDevice(f"Byte {at}: a file's name is not UTF-8.") from error
    if _padded(name) != raw:
        raise BadDevice(f"Byte {at}: the name {name!r} is not padded as names are.")
    return name


def _read_fields(payload: bytes, at: int, end: int) -> list[tuple[bytes, int, int]]:
    """Tag, first byte and end of each field between two offsets."""
    fields = []
    while at < end:
        tag, size = _unpack(_FIELD, payload, at)
        if size < _FIELD.size or at + size > end:
            raise BadDevice(f"Byte {at}: {tag!r} claims {size} bytes, {end - at} are left.")
        fields.append((tag, at + _FIELD.size, at + size))
        at += size
    return fields


def _unpack(shape: struct.Struct, data: bytes, at: int) -> tuple[Any, ...]:
    if at + shape.size > len(data):
        raise BadDevice(f"Byte {at}: the file ends in the middle.")
    return shape.unpack_from(data, at)
