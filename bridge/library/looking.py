"""Looks through a library: finds its files, reads those that changed, remembers what became of each."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from bridge.library.cache import Cache, cache_path, open_cache
from bridge.library.finding import count_files, find_files
from bridge.library.overrides import FILE_NAME, Overrides, digest, for_file, read_overrides
from bridge.library.reading import FileReading, Task
from bridge.library.workers import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bridge.library.finding import Found

_COMMIT_EVERY_S = 1.0


def overrides_of(folder: Path, named: Path | None = None) -> Overrides:
    """What the user says of a library: in the file that is named, else in `macnet-roles.txt` in the library.

    Raises:
        OverridesMalformed: the file cannot be understood.
    """
    own = folder / FILE_NAME
    if named is None and not own.is_file():
        return ()
    return read_overrides(named or own)


@contextmanager
def look_through(
    folder: Path,
    data_dir: Path,
    *,
    overrides: Overrides = (),
    workers: int = 0,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
    read: Callable[[Iterator[Task]], Iterator[tuple[Task, FileReading]]] | None = None,
) -> Iterator[Cache]:
    """Read what is new or changed in a library; give what is known of all of it while the context lasts.

    Nothing in the library is written. Broken off at any moment, what was read until then is not read again.

    Args:
        folder: the library.
        data_dir: the product's data folder, where what is known is kept.
        overrides: what the user says of files and tracks.
        workers: processes; 0: one a core.
        on_progress: told how many files are done, and of about how many.
        read: reads files elsewhere than on this machine's cores, each with `reading.read_file`, in whatever order.

    Raises:
        LibraryMissing: there is no such folder.
        CacheUnavailable: the data folder cannot be used.
    """
    all_found = find_files(folder)
    first = next(all_found, None)  # a folder that is not there is told of before anything is written
    with open_cache(cache_path(folder, data_dir), folder) as cache:
        if first is not None:
            look = _Look(cache, overrides, count_files(folder), on_progress)
            try:
                look.run(first, all_found, read or partial(read_files, workers=workers))
            finally:
                cache.commit()
        cache.forget_unseen()
        cache.commit()
        yield cache


class _Look:
    """One look through a library: counts, and commits now and then."""

    def __init__(
        self, cache: Cache, overrides: Overrides, expected: int, on_progress: Callable[[int, int], None]
    ) -> None:
        self.cache = cache
        self.overrides = overrides
        self.expected = expected
        self.on_progress = on_progress
        self.done = 0
        self.committed_at = time.monotonic()
        self.reading: dict[str, tuple[Found, str]] = {}

    def run(
        self,
        first: Found,
        others: Iterator[Found],
        read: Callable[[Iterator[Task]], Iterator[tuple[Task, FileReading]]],
    ) -> None:
        for task, reading in read(self._changed(first, others)):
            found, said = self.reading.pop(task.name)
            self.cache.keep(found, said, reading)
            self._count()

    def _changed(self, first: Found, others: Iterator[Found]) -> Iterator[Task]:
        """The files that must be read; the others are seen to on the way."""
        yield from self._task(first)
        for found in others:
            yield from self._task(found)

    def _task(self, found: Found) -> Iterator[Task]:
        mine = for_file(self.overrides, found.name)
        said = digest(mine)
        if found.code:
            self.cache.keep(found, said, FileReading(found.code, found.reason))
        elif not self.cache.is_known(found, said):
            self.reading[found.name] = (found, said)
            yield Task(found.name, found.path, mine)
            return
        self._count()

    def _count(self) -> None:
        self.done += 1
        self.on_progress(self.done, max(self.expected, self.done))
        now = time.monotonic()
        if now - self.committed_at > _COMMIT_EVERY_S:
            self.cache.commit()
            self.committed_at = now
