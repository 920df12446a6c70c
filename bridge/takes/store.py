"""The file that keeps the takes.

`Takes.keep` returns when the answer lies on the disk: the server calls it before it says `done`, so that
whatever a producer has heard of survives the end of the process, however it comes. A request is stored once,
its variations as takes of their own, all in integers as they were; a take can therefore be made again.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

from bridge.errors import BadArgument, MacNetError, TakeMissing, TakesUnavailable
from bridge.takes.database import DAMAGED, connect, mapped, unavailable, use_wal
from bridge.takes.form import format_request, format_variation, parse_request, parse_variation, primer_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bridge.request import Request, Variation

FILE_NAME = "takes.sqlite"
"""What the file is called inside of the data folder."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE requests (
            id INTEGER PRIMARY KEY,
            created TEXT NOT NULL,
            client TEXT NOT NULL,
            model_version TEXT NOT NULL,
            body TEXT NOT NULL)""",
        # AUTOINCREMENT: the id of a pruned take is never given to another one.
        """CREATE TABLE takes (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            request_id INTEGER NOT NULL REFERENCES requests(id),
            starred INTEGER NOT NULL DEFAULT 0,
            body TEXT NOT NULL)""",
        "CREATE INDEX takes_of_request ON takes(request_id)",
    ),
    (
        "ALTER TABLE requests ADD COLUMN primer TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX requests_of_primer ON requests(primer)",
    ),
)
"""Entry n leads from schema n to schema n + 1; what was released is never edited, only added to."""

_TAKES = """SELECT takes.id, takes.starred, takes.body, requests.created, requests.client,
    requests.model_version, requests.body FROM takes JOIN requests ON requests.id = takes.request_id"""


_GIVEN_BEFORE = """SELECT takes.body FROM takes JOIN requests ON requests.id = takes.request_id
    WHERE requests.primer = ? ORDER BY takes.id DESC LIMIT ?"""
_ASKED_BEFORE = "SELECT body FROM requests WHERE primer = ? ORDER BY id DESC LIMIT 64"

AVOIDED = 16
"""How many of the last answers to a clip a new one keeps away from."""


@dataclass(frozen=True, slots=True)
class Take:
    """One variation that was made, with the request that made it.

    Attributes:
        id: stable for ever, 1 or more.
        created: when it was kept, in UTC.
        request: everything that decides the notes, besides the model's weights.
        variation: the notes.
        starred: a favourite, which pruning leaves alone.
        model_version: the version of `request.model` then; empty when unknown.
        client: who asked; empty when unknown.
    """

    id: int
    created: datetime
    request: Request
    variation: Variation
    starred: bool
    model_version: str
    client: str


def _now() -> datetime:
    return datetime.now(UTC)


class Takes:
    """The store of takes; several threads may use one, and several processes one file.

    Args:
        path: the file, made (with its folder) when it does not exist. It is never deleted or replaced.
        clock: the time that new takes carry.
        version_of: the version of a model by its name, kept with its takes so that a change of it is noticed.

    Raises:
        TakesUnavailable: the file is damaged, is no store of takes, or cannot be written. Every method raises
            it, too, where the file fails later.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] = _now,
        version_of: Callable[[str], str] = lambda _: "",
    ) -> None:
        self.path = path
        self._clock, self._version_of = clock, version_of
        self._lock = RLock()
        self._db = connect(path)
        try:
            self._prepare()
        except TakesUnavailable:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was kept is kept already."""
        with self._lock:
            self._db.close()

    def keep(self, request: Request, variations: Sequence[Variation], *, client: str = "") -> tuple[int, ...]:
        """Store an answer, all of it or nothing; on return it is on the disk.

        Args:
            request: what was asked.
            variations: what came back.
            client: who asked.

        Returns:
            One take id per variation, in the order given.
        """
        created, version = _format_time(self._clock()), self._version_of(request.model)
        row = (created, client, version, format_request(request), primer_digest(request))
        with self._writing() as db:
            asked = db.execute(
                "INSERT INTO requests (created, client, model_version, body, primer) VALUES (?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            return tuple(_insert_take(db, asked, variation) for variation in variations)

    def informed(self, request: Request, *, is_new: bool) -> Request:
        """The request, knowing which answers it keeps away from: those that its clip was given before.

        Args:
            request: what is asked.
            is_new: nobody chose the rng seed. Where it was chosen an answer shall be repeated, and so what was
                avoided then is avoided again.
        """
        digest = primer_digest(request)
        if not digest:
            return request
        with self._guarded() as db:
            if is_new:
                rows = db.execute(_GIVEN_BEFORE, (digest, AVOIDED)).fetchall()
                return replace(request, avoid=tuple(parse_variation(body).clips for (body,) in rows))
            rows = db.execute(_ASKED_BEFORE, (digest,)).fetchall()
        asked = (parse_request(body) for (body,) in rows)
        return next(
            (replace(request, avoid=old.avoid) for old in asked if _asks_the_same(old, request)), request
        )

    def find(self, take_id: int) -> Take:
        """The take of that id.

        Raises:
            TakeMissing: there is none, or it was pruned.
        """
        with self._guarded() as db:
            row = db.execute(f"{_TAKES} WHERE takes.id = ?", (take_id,)).fetchone()
        if row is None:
            raise _missing(take_id)
        return self._parse_take(row)

    def request_of(self, take_id: int) -> Request:
        """The request that made a take: give it to the composer, and the take is made again.

        Raises:
            TakeMissing: there is no such take.
        """
        return self.find(take_id).request

    def list(self, *, starred: bool = False, limit: int = 50) -> tuple[Take, ...]:
        """The newest takes, newest first.

        Args:
            starred: only favourites.
            limit: how many at most, 1 or more.
        """
        where = "WHERE takes.starred = 1" if starred else ""
        with self._guarded() as db:
            rows = db.execute(f"{_TAKES} {where} ORDER BY takes.id DESC LIMIT ?", (limit,)).fetchall()
        return tuple(self._parse_take(row) for row in rows)

    def star(self, take_id: int, *, starred: bool) -> None:
        """Mark a take as a favourite, or no longer.

        Raises:
            TakeMissing: there is no such take.
        """
        with self._writing() as db:
            found = db.execute("UPDATE takes SET starred = ? WHERE id = ?", (int(starred), take_id)).rowcount
        if not found:
            raise _missing(take_id)

    def prune(self, *, keep_days: float | None = None, keep_last: int | None = None) -> int:
        """Forget takes that are neither starred, nor younger than `keep_days`, nor of the `keep_last` newest.

        Args:
            keep_days: days, 0 or more; None keeps nothing for its age.
            keep_last: how many of the newest takes stay; None keeps nothing for its place.

        Returns:
            How many takes are gone.

        Raises:
            BadArgument: neither bound is given, or one is negative.
        """
        if keep_days is None and keep_last is None:
            raise BadArgument("pruning needs a bound", hint="Say how many days, or how many takes, are kept.")
        if (keep_days or 0) < 0 or (keep_last or 0) < 0:
            raise BadArgument("a bound of pruning is negative", hint="Give 0 or more.")
        oldest = self._oldest_kept(keep_days)
        with self._writing() as db:
            return _delete_takes(db, oldest, keep_last or 0)

    def count(self) -> int:
        """How many takes are kept."""
        with self._guarded() as db:
            return int(db.execute("SELECT count(*) FROM takes").fetchone()[0])

    def check(self) -> None:
        """Read through the whole file, which takes a while when it is large.

        Raises:
            TakesUnavailable: something in it is damaged.
        """
        with self._guarded() as db:
            verdict = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
        if verdict != "ok":
            raise unavailable(self.path, DAMAGED, verdict)

    def _oldest_kept(self, keep_days: float | None) -> str:
        """The time from which on takes are kept for their age, as the file spells times."""
        if keep_days is None:
            return _format_time(datetime.max.replace(tzinfo=UTC))
        try:
            return _format_time(self._clock() - timedelta(days=keep_days))
        except OverflowError:
            return ""

    def _prepare(self) -> None:
        with self._guarded() as db:
            db.execute("PRAGMA foreign_keys = ON")
            use_wal(db)
            db.execute("PRAGMA synchronous = FULL")
        # A transaction even where nothing is to be done: it shows now, not at the first answer, whether the
        # file can be written.
        with self._writing() as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            self._migrate(db, version)

    def _migrate(self, db: sqlite3.Connection, version: int) -> None:
        if version > len(MIGRATIONS):
            reason = (f"has schema {version} of a newer macnet", "Update macnet-bridge.")
            raise unavailable(self.path, reason)
        if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            reason = ("is a database of another program", "Move it away or choose another --data-dir.")
            raise unavailable(self.path, reason)
        for statement in (s for migration in MIGRATIONS[version:] for s in migration):
            db.execute(statement)
        if version < len(MIGRATIONS):
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        with self._lock, mapped(self.path):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._guarded() as db:
            # IMMEDIATE: a second writer waits here, where waiting is possible, and not at its first change.
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _parse_take(self, row: tuple[Any, ...]) -> Take:
        take_id, starred, variation, created, client, model_version, request = row
        try:
            return Take(
                id=take_id,
                created=datetime.fromisoformat(created),
                request=parse_request(request),
                variation=parse_variation(variation),
                starred=bool(starred),
                model_version=model_version,
                client=client,
            )
        except (ValueError, KeyError, TypeError, MacNetError) as error:
            raise unavailable(self.path, DAMAGED, f"take {take_id}") from error


def _asks_the_same(one: Request, other: Request) -> bool:
    """Whether two requests for the same clips have the same answer, were it not for what they avoid."""

    def asked(request: Request) -> tuple[object, ...]:
        return request.rng_seed, request.length, request.model, dict(request.options)

    return asked(one) == asked(other)


def _missing(take_id: int) -> TakeMissing:
    return TakeMissing(f"there is no take {take_id}", hint="macnet takes list shows the takes that are kept.")


def _insert_take(db: sqlite3.Connection, asked: int | None, variation: Variation) -> int:
    row = (asked, format_variation(variation))
    take_id = db.execute("INSERT INTO takes (request_id, body) VALUES (?, ?)", row).lastrowid
    return int(take_id or 0)


def _delete_takes(db: sqlite3.Connection, oldest: str, keep_last: int) -> int:
    gone = db.execute(
        """DELETE FROM takes WHERE starred = 0
            AND request_id IN (SELECT id FROM requests WHERE created < ?)
            AND id NOT IN (SELECT id FROM takes ORDER BY id DESC LIMIT ?)""",
        (oldest, keep_last),
    ).rowcount
    db.execute("DELETE FROM requests WHERE id NOT IN (SELECT request_id FROM takes)")
    return gone


def _format_time(time: datetime) -> str:
    # Always with microseconds: the texts then sort as the times do.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
