"""A library is read on a cluster, and its songs are spelled there: what takes time for each file by itself.

The machine that asks finds the files, judges doubles and remembers what was read, exactly as without a cluster. What
lies between goes out and comes back in shards, a stretch of the library at a time, so that no list of all files is
ever in memory. Each shard's files are read in a process beside the worker (`library.workers`): a file that kills its
reader is left out alone, and is not taken for a machine that failed.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING, Final

from bridge.cluster.shards import (
    READINGS,
    SCORES,
    SONGS,
    TASKS,
    answer_rows,
    answers_in,
    in_shards,
    score_rows,
    song_row,
    songs_in,
    task_rows,
    tasks_in,
    write_rows,
)
from bridge.cluster.streaming import over
from bridge.library.reading import read_file
from bridge.library.workers import read_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bridge.cluster.joining import Cluster
    from bridge.library.reading import FileReading, Task
    from bridge.library.songs import PackedSong

_SHARD: Final = (16, 512)
"""The least and the most files of a shard: the start of its process takes as long as reading some dozens."""
_TURNS: Final = 8
"""Shards that each worker gets out of a stretch, so that none waits long for the last of them."""
_STRETCH: Final = 262_144
"""Files of a stretch at most."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where shards go out from and come back to.

    Attributes:
        cluster: who works on them.
        folder: where they lie meanwhile; every machine sees it. It is emptied first.
    """

    cluster: Cluster
    folder: Path

    def stretch(self) -> int:
        """Files that are out at once at most."""
        return min(_STRETCH, self.cluster.readers * _TURNS * _SHARD[1])

    def shard(self, files: int) -> int:
        """Files of each shard, so that all workers have something to do."""
        least, most = _SHARD
        return max(least, min(most, -(-files // (self.cluster.readers * _TURNS))))


def read_on(
    desk: Desk, tasks: Iterator[Task], *, read: Callable[[Task], FileReading] = read_file
) -> Iterator[tuple[Task, FileReading]]:
    """Read files on a cluster; yield each with what became of it, in whatever order they are done.

    Args:
        desk: the cluster, and a folder for shards.
        tasks: the files, drawn a stretch at a time.
        read: what reads one; a function of a module, which the workers import.

    Raises:
        ClusterLost: the cluster went away.
    """
    work = partial(_read_shard, read=read)
    with _emptied(desk.folder):
        while stretch := list(islice(tasks, desk.stretch())):
            size = desk.shard(len(stretch))
            listed = list(in_shards(task_rows(stretch), desk.folder, "files", TASKS, size=size))
            for answer in over(listed, work, cluster=desk.cluster, answer="read"):
                yield from answers_in(answer)
                answer.unlink()
            for path in listed:
                path.unlink()


def _read_shard(listed: Path, answer: Path, *, read: Callable[[Task], FileReading]) -> None:
    with _main_unknown():
        write_rows(answer, answer_rows(read_files(tasks_in(listed), workers=1, read=read)), READINGS)


@contextmanager
def _main_unknown() -> Iterator[None]:
    """Within it, a process that is started does not begin by importing Ray's own main program again."""
    main = vars(sys.modules["__main__"])
    file = main.pop("__file__", None)
    try:
        yield
    finally:
        if file is not None:
            main["__file__"] = file


def spell_on(desk: Desk, songs: Iterator[PackedSong], *, expected: int) -> Iterator[Path]:
    """Spell songs in words on a cluster; yield shards of their scores, in whatever order they are done.

    The shards stay in the desk's folder: whoever asked for them removes them.

    Args:
        desk: the cluster, and a folder for shards.
        songs: those of a library.
        expected: about how many there are.

    Raises:
        ClusterLost: the cluster went away.
    """
    size = desk.shard(min(expected, desk.stretch()))
    _empty(desk.folder)
    for number in count():
        rows = map(song_row, islice(songs, desk.stretch()))
        listed = list(in_shards(rows, desk.folder, f"songs-{number:04d}", SONGS, size=size))
        if not listed:
            return
        yield from over(listed, _spell_shard, cluster=desk.cluster, answer="spelled")
        for path in listed:
            path.unlink()


def _spell_shard(listed: Path, answer: Path) -> None:
    write_rows(answer, score_rows(song.unpacked().score for song in songs_in(listed)), SCORES)


@contextmanager
def _emptied(folder: Path) -> Iterator[None]:
    """Within it, an empty folder; nothing is left of it afterwards."""
    _empty(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
