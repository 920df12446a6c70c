"""The SQLite file below the takes: how it is opened, and what its errors mean to a user."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TYPE_CHECKING

from bridge.errors import TakesUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 15.0
"""How long one process waits for another that is writing."""

# Why SQLite may refuse, by its primary result code, and what a user can do about it.
DAMAGED = ("is damaged", "Nothing in it was changed. Move it to a safe place and a new one will be started.")
_BUSY = ("is held by another program", "Close what has it open, or wait for it, and try again.")
_FULL = ("cannot be written: the disk is full", "Make room on the disk and try again.")
_UNWRITABLE = ("cannot be opened and written", "Choose a folder that you may write to with --data-dir.")
_REASONS = {
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _FULL,
}


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, and make it and its folder where they do not exist.

    Raises:
        TakesUnavailable: it cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unavailable(path, _UNWRITABLE, str(error)) from error
    with mapped(path):
        return sqlite3.connect(path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)


def use_wal(db: sqlite3.Connection) -> None:
    """Let readers and a writer work at once, and a commit be one write to the end of a file."""
    # SQLite does not wait by itself where two processes switch a new file to WAL at once: one is refused.
    deadline = monotonic() + WAIT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > deadline:
                raise
            sleep(0.005)
        else:
            return


@contextmanager
def mapped(path: Path) -> Iterator[None]:
    """Turn what SQLite raises into `TakesUnavailable`, which names the file and says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        raise unavailable(path, _REASONS.get(code, _UNWRITABLE), str(error)) from error


def unavailable(path: Path, reason: tuple[str, str], detail: str = "") -> TakesUnavailable:
    """The error for a file: `reason` is what it is or does, and the hint."""
    what, hint = reason
    return TakesUnavailable(f"{path} {what}" + (f" ({detail})" if detail else ""), hint=hint)
