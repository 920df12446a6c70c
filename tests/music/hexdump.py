"""MIDI files as commented hexdumps."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def from_hex(dump: str) -> bytes:
    """Bytes from hexadecimal digits; `#` starts a comment."""
    return bytes.fromhex(" ".join(line.split("#")[0] for line in dump.splitlines()))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">L", len(body)) + body


def midi_file(*tracks: str, kind: int = 1, division: int = 480, count: int | None = None) -> bytes:
    """A file of these tracks' events; header and lengths are counted here."""
    header = struct.pack(">HHH", kind, len(tracks) if count is None else count, division)
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", from_hex(track)) for track in tracks)


def laid_in(folder: Path, data: bytes, name: str = "song.mid") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
