"""Tasks and what became of them as plain JSON, for the way from one process, or one machine, to another."""

from __future__ import annotations

import base64
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bridge.library.overrides import Override
from bridge.library.reading import FileReading, SongReading, Task, TrackReading


def task_row(task: Task) -> list[Any]:
    """A task as JSON has it."""
    return [task.name, os.fspath(task.path), [[o.pattern, o.track, o.part] for o in task.overrides]]


def task_of(row: list[Any]) -> Task:
    """The task that `task_row` wrote."""
    name, path, overrides = row
    return Task(name, Path(path), tuple(Override(*fields) for fields in overrides))


def reading_row(reading: FileReading) -> dict[str, Any]:
    """What became of a file, as JSON has it; bytes in base64."""
    row = asdict(reading)
    row["digest"] = _text(reading.digest)
    for song in row["songs"]:
        song["print"], song["packed"] = _text(song["print"]), _text(song["packed"])
    return row


def reading_of(row: dict[str, Any]) -> FileReading:
    """What `reading_row` wrote."""
    return FileReading(
        row["code"], row["reason"], _bytes(row["digest"]), tuple(_song_of(song) for song in row["songs"])
    )


def _song_of(row: dict[str, Any]) -> SongReading:
    tracks = tuple(TrackReading(*fields) for fields in row["tracks"])
    packed = {"print": _bytes(row["print"]), "packed": _bytes(row["packed"])}
    return SongReading(**{**row, **packed, "tracks": tracks, "clips": tuple(row["clips"])})


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)
