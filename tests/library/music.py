"""Small songs for libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.music.midifile import write_song
from bridge.music.note import Note
from bridge.music.song import Song, Track

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.library.projects import Hits


def track(hits: Hits, name: str = "", *, channel: int = 0, program: int = 0, higher: int = 0) -> Track:
    notes = (Note(round(at * 960), pitch + higher, round(long * 960), loud) for at, long, pitch, loud in hits)
    return Track(name, tuple(sorted(notes)), channel, program)


def repeated(hits: Hits, times: int, beats: float = 4) -> Hits:
    return tuple((at + beats * n, long, pitch, loud) for n in range(times) for at, long, pitch, loud in hits)


def lay(folder: Path, name: str, tracks: Sequence[Track], *, beats: int = 4) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_song(path, Song(tuple(tracks), beats * 960))
    return path
