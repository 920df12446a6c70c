"""What `macnet train` learns from: a library that was read, its songs spelled in words, here or on a cluster."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bridge.cli.library import open_library, tell_report
from bridge.cli.printing import progress_bar, remark, show
from bridge.errors import TrainingUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.cli.library import Library
    from bridge.cli.training import Job
    from bridge.cluster.joining import Cluster
    from bridge.network.corpus import Reading

_READING_SHARE: Final = 0.4
"""Of the minutes that were promised, so much may go by until the songs have been read."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, and who does it.

    Attributes:
        reading: the songs in memory.
        how: what `recipe.train` is told besides.
    """

    reading: Reading
    how: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def read_library(job: Job, cluster: Cluster | None, *, tell: bool) -> Iterator[Material]:
    """What a library gives to learn from; its report is shown first, so that nobody trains on half of it unawares.

    Args:
        job: what is to be trained.
        cluster: who reads, spells and learns; None: this machine alone.
        tell: whether to show the report.

    Raises:
        TrainingUnavailable: what a cluster needs to learn is not installed.
        ClusterLost: the cluster went away.
    """
    try:
        yield _material(job, cluster, tell=tell)
    finally:
        if cluster is not None:
            shutil.rmtree(_spelled_in(job), ignore_errors=True)


def _spelled_in(job: Job) -> Path:
    return job.run_dir / "songs"


def _material(job: Job, cluster: Cluster | None, *, tell: bool) -> Material:
    from bridge.library.verdicts import verdicts

    with open_library(
        job.folder, job.data_dir, roles=job.roles, workers=job.workers, cluster=cluster
    ) as read:
        if tell:
            tell_report(read.report)
            show(f"every file by name: {read.manifest}")
        with progress_bar("spelling the songs in beat words") as on_progress:
            learned = (
                _spelled_on(cluster, job, read, on_progress) if cluster else _spelled(job, read, on_progress)
            )
        left_out = {
            file.name: file.reason for file in verdicts(read.cache) if file.code and not file.is_folder
        }
    return replace(learned, reading=replace(learned.reading, left_out=left_out))


def _spelled(job: Job, read: Library, on_progress: Callable[[float], None]) -> Material:
    """The songs in words, spelled here."""
    from bridge.library.songs import songs_of
    from bridge.network.corpus import Reading

    scores: list[Score] = []
    for song in songs_of(read.cache):
        if scores and _is_late(job, len(scores), read.report.songs):
            break
        scores.append(song.score)
        on_progress(len(scores) / max(1, read.report.songs))
    return Material(Reading(tuple(scores), {}))


def _spelled_on(cluster: Cluster, job: Job, read: Library, on_progress: Callable[[float], None]) -> Material:
    """The songs in words, spelled on a cluster, which learns from them as well.

    Raises:
        TrainingUnavailable: what it needs is not installed.
    """
    with needing_torch():
        from bridge.cluster.fitting import ClusterFit
    from bridge.cluster.reading import Desk, spell_on
    from bridge.cluster.shards import count_rows
    from bridge.cluster.songbook import bound
    from bridge.library.songs import packed_songs_of
    from bridge.network.corpus import Reading

    desk = Desk(cluster, _spelled_in(job))
    shards: list[Path] = []
    songs = 0
    for shard in spell_on(desk, packed_songs_of(read.cache), expected=read.report.songs):
        shards.append(shard)
        songs += count_rows(shard)
        on_progress(songs / max(1, read.report.songs))
        if _is_late(job, songs, read.report.songs):
            break
    book = bound(shards)
    fitting = partial(ClusterFit, cluster=cluster, beyond=book.beyond, on_team=_tell_team, on_loss=_tell_loss)
    return Material(Reading(book.scores, {}, book.beyond.songs), {"fitting": fitting})


def _tell_team(size: int) -> None:
    remark("one worker learns" if size == 1 else f"{size} workers learn together")


def _tell_loss() -> None:
    remark("a worker was lost; others take its place, and go on where the run was saved last")


def _is_late(job: Job, songs: int, of: int) -> bool:
    if songs >= of or time.monotonic() - job.began <= _READING_SHARE * job.promised_s:
        return False
    remark(f"there is time for {songs:,} of {of:,} songs; more --minutes hold more")
    return True


@contextmanager
def needing_torch() -> Iterator[None]:
    """Within it, what training needs and is not installed is a clear error.

    Raises:
        TrainingUnavailable: it is not.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise TrainingUnavailable(
            f"training needs {error.name}, which is not installed", hint="pip install 'macnet-bridge[train]'"
        ) from error
