"""Decides about every file and song of a library that was read: used, or left out with a reason.

The same library always gives the same verdicts, in the same order: of doubles the one whose name comes first is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.library.cache import Cache, Row

LEFT_OUT = {
    "midi.unreadable": "broken, or not MIDI of a kind that holds one song",
    "midi.missing": "gone while the library was read",
    "midi.too_long": "longer or larger than any song",
    "clip.empty": "without notes",
    "clip.drums": "drums alone: MAC-Net plays pitches",
    "clip.out_of_range": "with a value that no clip can hold",
    "library.same_file": "the same file as another",
    "library.same_notes": "the same notes as another",
    "library.other_key": "the same music as another, in another key",
    "library.too_short": "a single note or chord",
    "library.too_many_notes": "more notes than anybody plays",
    "library.empty_file": "0 bytes",
    "library.companion": "macOS's notes about a file (._name)",
    "library.broken_link": "links that lead nowhere",
    "library.not_a_file": "a device or a pipe",
    "library.unreadable": "not to be opened",
    "library.set_unreadable": "broken Live sets or REAPER projects",
    "library.no_clips": "Live sets and REAPER projects without MIDI notes",
    "library.skipped": "left out because you said so",
    "library.crashed": "ended their reader",
    "library.stopped": "took too long to read",
    "library.failed": "macnet failed at them; please report it",
    "library.link": "folders that are read under another name",
}
"""Why files are left out, by reason code: what a report calls them."""


@dataclass(frozen=True, slots=True)
class SongVerdict:
    """One song of a file.

    Attributes:
        facts: what was read of it, as in `reading.SongReading`, tracks and clips as lists.
        code, reason: why it is left out; empty when it is used.
        rowid: what `Cache.packed` asks for.
    """

    facts: dict[str, Any]
    code: str
    reason: str
    rowid: int = field(compare=False)  # in which order files were read is not part of the verdict

    @property
    def title(self) -> str:
        """Where in its file it stands."""
        return str(self.facts["title"])


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One file of a library.

    Attributes:
        name: its path within the library.
        size: bytes.
        code, reason: why it is left out; empty when at least one of its songs is used.
        songs: all of its songs; none where it could not be read.
        is_folder: it is a folder that was not looked into.
    """

    name: str
    size: int
    code: str
    reason: str
    songs: tuple[SongVerdict, ...] = ()
    is_folder: bool = False


def verdicts(cache: Cache) -> Iterator[FileVerdict]:
    """Yield every file in order of its name."""
    for _, rows in groupby(cache.rows(), key=lambda row: row.name):
        yield _file(list(rows))


def _file(rows: list[Row]) -> FileVerdict:
    file = rows[0]
    songs = tuple(_song(row) for row in rows if row.number is not None)
    code, reason = file.code, file.reason
    if not code and all(song.code for song in songs):
        code, reason = _why_no_song(file, songs)
    return FileVerdict(file.name, file.size, code, reason, songs, file.is_folder)


def _why_no_song(file: Row, songs: tuple[SongVerdict, ...]) -> tuple[str, str]:
    if file.same_bytes not in {None, file.name}:
        return "library.same_file", f"the same as {file.same_bytes}"
    doubles = [song for song in songs if song.code.startswith("library.")]
    first = (doubles or songs)[0]
    return first.code, first.reason


def _song(row: Row) -> SongVerdict:
    facts = {**row.song, "tracks": json.loads(row.song["tracks"]), "clips": json.loads(row.song["clips"])}
    code, reason = row.song["code"], row.song["reason"]
    if not code and row.first.rowid != row.rowid:
        code, reason = _double(row)
    return SongVerdict(facts, code, reason, row.rowid)


def _double(row: Row) -> tuple[str, str]:
    where = row.first.file + (f" ({row.first.title})" if row.first.title else "")
    higher = row.song["lowest"] - row.first.lowest
    if higher:
        return "library.other_key", f"{where}, {abs(higher)} semitones {'higher' if higher > 0 else 'lower'}"
    return "library.same_notes", f"the same notes as {where}"
