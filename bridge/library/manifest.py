"""The manifest: one JSON object a line for every file of a library, so that nothing vanishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bridge.library.report import Report
from bridge.wholefile import open_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bridge.library.verdicts import FileVerdict, SongVerdict


def write_manifest(path: Path, files: Iterable[FileVerdict]) -> Report:
    """Write the manifest, whole or not at all, and count on the way.

    Raises:
        OSError: it cannot be written.
    """
    report = Report()
    with open_whole(path) as out:
        for file in files:
            report.add(file)
            out.write(json.dumps(file_json(file), ensure_ascii=False).encode() + b"\n")
    return report


def file_json(file: FileVerdict) -> dict[str, Any]:
    """One line of the manifest."""
    kind = "folder" if file.is_folder else "file"
    line: dict[str, Any] = {kind: file.name, "used": not file.code, "code": file.code, "reason": file.reason}
    if not file.is_folder:
        line |= {"bytes": file.size, "songs": [_song_json(song) for song in file.songs]}
    return line


def _song_json(song: SongVerdict) -> dict[str, Any]:
    facts = {name: song.facts[name] for name in ("beats", "bars", "meter", "key", "scale", "notes")}
    tracks = [
        {"name": name, "part": part, "confidence": confidence, "why": reason, "notes": notes}
        for name, part, confidence, reason, notes in song.facts["tracks"]
    ]
    said = {"title": song.title, "used": not song.code, "code": song.code, "reason": song.reason}
    voices = song.facts["voices"].split()
    return {**said, **facts, "clips": song.facts["clips"], "voices": voices, "tracks": tracks}
