"""What is remembered of a library between two looks at it: one SQLite file for each folder, in the data folder.

SQLite, because it is in Python, keeps any number of rows out of memory, finds doubles by an index, and is whole after
a kill at any moment: what was read until the last commit stays read. A file counts as unchanged while its size, time
of change and inode are the same, as well as this reader's version and what the user says of it: looking at a hundred
thousand such files opens none of them. Bytes are not compared for that: reading every file to see whether it must be
read would be the whole work.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from bridge.errors import CacheUnavailable
from bridge.library.finding import printable
from bridge.library.reading import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bridge.library.finding import Found
    from bridge.library.reading import FileReading, SongReading

_SCHEMA = """
CREATE TABLE about (version INTEGER NOT NULL, folder TEXT NOT NULL, run INTEGER NOT NULL);
CREATE TABLE files (
    name TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    said TEXT NOT NULL,
    run INTEGER NOT NULL,
    is_folder INTEGER NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX files_by_digest ON files (digest, name);
CREATE TABLE songs (
    file TEXT NOT NULL,
    number INTEGER NOT NULL,
    title TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    tracks TEXT NOT NULL,
    clips TEXT NOT NULL,
    beats REAL NOT NULL,
    bars INTEGER NOT NULL,
    meter TEXT NOT NULL,
    key TEXT NOT NULL,
    shift INTEGER NOT NULL,
    scale TEXT NOT NULL,
    voices TEXT NOT NULL,
    notes INTEGER NOT NULL,
    print BLOB NOT NULL,
    lowest INTEGER NOT NULL,
    packed BLOB NOT NULL
);
CREATE UNIQUE INDEX songs_by_file ON songs (file, number);
CREATE INDEX songs_by_print ON songs (print, file, number);
"""

_VERDICTS = """
SELECT f.name, f.path, f.size, f.is_folder, f.code, f.reason,
       (SELECT min(d.name) FROM files d WHERE d.digest = f.digest AND d.digest != x'') AS same_bytes,
       s.number, s.title, s.code, s.reason, s.tracks, s.clips, s.beats, s.bars, s.meter, s.key, s.shift, s.scale,
       s.voices, s.notes, s.lowest, first.file, first.title, first.lowest, first.rowid, s.rowid
FROM files f
LEFT JOIN songs s ON s.file = f.name
LEFT JOIN songs first ON s.print != x'' AND first.rowid = (
    SELECT e.rowid FROM songs e WHERE e.print = s.print ORDER BY e.file, e.number LIMIT 1)
ORDER BY f.name, s.number
"""

_KNOWN = """
UPDATE files SET run = ? WHERE name = ? AND size = ? AND mtime_ns = ? AND inode = ? AND said = ? AND path = ?
AND code NOT IN ('library.unreadable', 'library.crashed', 'library.stopped', 'library.failed')
"""
"""What lay at the machine or at us, not in the file's bytes, is tried again."""

_KEEP_FILE = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_KEEP_SONG = "INSERT INTO songs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def cache_path(folder: Path, data_dir: Path) -> Path:
    """Where what is known of a library is kept: a folder of its own for each library."""
    place = printable(str(folder.resolve()))
    letters = hashlib.blake2b(place.encode(), digest_size=5).hexdigest()
    name = "".join(letter if letter.isalnum() else "-" for letter in printable(folder.resolve().name))
    return data_dir / "libraries" / f"{name[:40].strip('-') or 'library'}-{letters}"


class _First(NamedTuple):
    """The first song of a library with some music."""

    file: str
    title: str
    lowest: int
    rowid: int


@dataclass(frozen=True, slots=True)
class Row:
    """One song of one file with what decides about it, or a file without songs.

    Attributes:
        name, path, size, is_folder, code, reason: of the file.
        same_bytes: the first file of the library with the same bytes; may be this one.
        song: what was read of the song; its packed clips are left out.
        number: of the song in its file; None without one.
        first: where the same music stands first; may be here.
        rowid: what `Cache.packed` asks for.
    """

    name: str
    path: str
    size: int
    is_folder: bool
    code: str
    reason: str
    same_bytes: str | None
    number: int | None
    song: dict[str, Any]
    first: _First
    rowid: int


class Cache:
    """What is remembered of one folder. Close it when done; what was not committed is forgotten."""

    def __init__(self, database: sqlite3.Connection, run: int) -> None:
        self._database = database
        self._run = run

    def is_known(self, found: Found, said: str) -> bool:
        """Whether a file was read as it is now; if so, it counts as seen in this run."""
        state = (found.size, found.mtime_ns, found.inode, said, printable(str(found.path)))
        return self._database.execute(_KNOWN, (self._run, found.name, *state)).rowcount > 0

    def keep(self, found: Found, said: str, reading: FileReading) -> None:
        """Remember what became of a file, over what was known of it."""
        self._database.execute("DELETE FROM songs WHERE file = ?", (found.name,))
        self._database.execute(
            _KEEP_FILE,
            (
                *(found.name, printable(str(found.path)), found.size, found.mtime_ns, found.inode, said),
                *(self._run, found.is_folder, reading.code, reading.reason, reading.digest),
            ),
        )
        rows = (_song_row(found.name, number, song) for number, song in enumerate(reading.songs))
        self._database.executemany(_KEEP_SONG, rows)

    def commit(self) -> None:
        """What was kept until now outlives this process."""
        self._database.commit()

    def forget_unseen(self) -> int:
        """Forget the files that are no longer there; only after all were looked at. Tells how many."""
        gone = self._database.execute("DELETE FROM files WHERE run != ?", (self._run,)).rowcount
        if gone:
            self._database.execute("DELETE FROM songs WHERE file NOT IN (SELECT name FROM files)")
        return gone

    def rows(self) -> Iterator[Row]:
        """Every file in order of its name, with each of its songs."""
        for row in self._database.execute(_VERDICTS):
            name, path, size, is_folder, code, reason, same_bytes, number = row[:8]
            song = dict(zip(_SONG_COLUMNS, row[8:22], strict=True))
            first = _First(*row[22:26])
            yield Row(
                name, path, size, bool(is_folder), code, reason, same_bytes, number, song, first, row[26]
            )

    def packed(self, rowid: int) -> bytes:
        """The packed clips of a song."""
        found = self._database.execute("SELECT packed FROM songs WHERE rowid = ?", (rowid,)).fetchone()
        return bytes(found[0])


_SONG_COLUMNS = (
    *(
        "title",
        "code",
        "reason",
        "tracks",
        "clips",
        "beats",
        "bars",
        "meter",
        "key",
        "shift",
        "scale",
        "voices",
    ),
    *("notes", "lowest"),
)


def _song_row(name: str, number: int, song: SongReading) -> tuple[Any, ...]:
    return (
        *(name, number, printable(song.title), song.code, song.reason),
        *(json.dumps(song.tracks), json.dumps(song.clips), song.beats, song.bars, song.meter),
        *(song.key, song.shift, song.scale, song.voices, song.notes, song.print, song.lowest, song.packed),
    )


@contextmanager
def open_cache(place: Path, folder: Path) -> Iterator[Cache]:
    """What is remembered of `folder`, in `place`; a file of another version, or a broken one, is begun anew.

    Raises:
        CacheUnavailable: it cannot be read or written, also because another process has it open for writing.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        database = _database(place / "library.sqlite", folder)
    except (sqlite3.Error, OSError) as error:
        raise _unavailable(place, error) from error
    with closing(database):
        try:
            run = database.execute("UPDATE about SET run = run + 1 RETURNING run").fetchone()[0]
            yield Cache(database, run)
        except sqlite3.Error as error:
            raise _unavailable(place, error) from error


def _unavailable(place: Path, error: Exception) -> CacheUnavailable:
    return CacheUnavailable(
        f"{place} cannot be used: {error}",
        hint="Is the disk full, or another macnet reading the same folder? --data-dir names another place.",
    )


def _database(path: Path, folder: Path) -> sqlite3.Connection:
    try:
        return _opened(path, folder)
    except sqlite3.OperationalError:
        raise  # locked, or not to be opened: nothing is wrong with what it holds
    except (sqlite3.DatabaseError, LookupError):
        # Everything in it can be read again from the library.
        path.unlink()
        return _opened(path, folder)


def _opened(path: Path, folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5.0)
    try:
        database.execute("PRAGMA synchronous = NORMAL")
        if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            _create(database, folder)
        if database.execute("SELECT version FROM about").fetchone()[0] != VERSION:
            raise LookupError("it was written by another version")
    except BaseException:
        database.close()
        raise
    return database


def _create(database: sqlite3.Connection, folder: Path) -> None:
    database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
    database.execute("INSERT INTO about VALUES (?, ?, 0)", (VERSION, printable(str(folder.resolve()))))
    database.commit()
