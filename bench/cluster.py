"""What a cluster of this machine's cores does, beside the same work without one.

    python -m bench.cluster
    python -m bench.cluster ~/Music/MIDI --files 4000 --songs 400

The songs of the folder are laid, again and again under new names, into a temporary folder until there are as many
files as asked for; they are read, and some of them spelled and learned from, with and without a cluster. Seconds are
the clock's, from when the workers are there; *of one processor* divides by the seconds that all processes together
had a processor, Ray's own included (Linux alone), which is what to compare on a machine that has other work as well.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.library import SONGS, lay_library
from bridge.cluster.fitting import ClusterFit
from bridge.cluster.joining import Cluster, joined
from bridge.cluster.reading import Desk, read_on, spell_on
from bridge.cluster.shards import (
    READINGS,
    SCORES,
    TASKS,
    answer_rows,
    answers_in,
    score_rows,
    scores_in,
    song_row,
    task_rows,
    write_rows,
)
from bridge.cluster.shards import SONGS as PACKED
from bridge.config import TrainSettings
from bridge.library.looking import look_through
from bridge.library.manifest import write_manifest
from bridge.library.reading import Task, read_file
from bridge.library.songs import packed_songs_of
from bridge.library.verdicts import verdicts
from bridge.library.workers import read_files
from bridge.music.song import MIDI_SUFFIXES
from bridge.network.batch import prepare
from bridge.network.corpus import frequent_words
from bridge.network.recipe import SHAPE
from bridge.network.training import Fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.library.reading import FileReading
    from bridge.library.songs import PackedSong

PARTS = ("reading", "spelling", "learning")
HEADS = ("", "amount", "", "a second", "of one processor")
_SAMPLE = 256
_SETTINGS = TrainSettings(epochs=1, batch_beats=512, longest=256, check_every=10_000, mixed_precision=False)


class Row(NamedTuple):
    """A line of the table; `amount` of `unit` were done."""

    what: str
    amount: float
    unit: str
    seconds: float
    processor_seconds: float


def timed(what: str, unit: str, work: Callable[..., float], *how: object) -> Row:
    """How long some work takes; it tells how much it was."""
    with ProcessorClock() as clock:
        began = time.perf_counter()
        amount = work(*how)
        seconds = time.perf_counter() - began
    return Row(what, amount, unit, seconds, clock.seconds)


class ProcessorClock:
    """How long this process, those that it started and those that they started have had a processor; Linux alone.

    They are looked at several times a second: what Ray's workers have used is lost when they end.
    """

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def seconds(self) -> float:
        """What has been used since the clock was started."""
        if not self._last:
            return float("nan")
        used = sum(self._last.values()) - sum(self._first.values())
        return used / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> ProcessorClock:
        self._first = _ticks()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        self._last = dict(self._first)
        while not self._is_over.wait(0.1):
            self._last |= _ticks()
        self._last |= _ticks()


def _ticks() -> dict[int, int]:
    """What each of our processes has used of processors so far."""
    table = {int(path.parent.name): _stat(path) for path in Path("/proc").glob("[0-9]*/stat")}
    ours = {os.getpid()}
    while more := {pid for pid, fields in table.items() if fields and int(fields[1]) in ours} - ours:
        ours |= more
    return {pid: sum(map(int, table[pid][11:13])) for pid in ours if table.get(pid)}


def _stat(path: Path) -> list[str]:
    try:
        return path.read_text().rpartition(")")[2].split()
    except OSError:  # it ended meanwhile
        return []


class Clusters:
    """Local clusters, started one after another; how long starting takes is kept."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data
        self.starts: list[float] = []

    @contextmanager
    def of(self, workers: int) -> Iterator[tuple[Cluster, Path]]:
        """A cluster of so many workers that have all read some files, and a folder for it."""
        began = time.perf_counter()
        with joined("local", workers=workers, music=self.folder, data_dir=self.data) as cluster:
            some = [Task(path.name, path) for path in islice(self.folder.rglob("*.mid"), 32 * workers)]
            read_there(cluster, self.data, some)
            self.starts.append(time.perf_counter() - began)
            yield cluster, self.data


def read_here(workers: int, tasks: Sequence[Task]) -> int:
    """Read files in processes of this machine."""
    return sum(1 for _ in read_files(tasks, workers=workers))


def read_there(cluster: Cluster, scratch: Path, tasks: Sequence[Task]) -> int:
    """Read files on a cluster."""
    return sum(1 for _ in read_on(Desk(cluster, scratch / "shards"), iter(tasks)))


def reading_rows(tasks: Sequence[Task], clusters: Clusters) -> Iterator[Row]:
    """Reading files, here and on clusters."""
    for workers in (1, 2):
        yield timed(f"reading here, {workers} processes", "files", read_here, workers, tasks)
    for workers in (1, 2):
        with clusters.of(workers) as there:
            yield timed(f"reading on a cluster, {workers} workers", "files", read_there, *there, tasks)


def taking_row(folder: Path, tasks: Sequence[Task], data: Path) -> Row:
    """What the machine that asks does by itself: find files, take up what became of them, judge them, report."""
    shard = data / "answers.parquet"
    write_rows(shard, answer_rows((task, read_file(task)) for task in tasks), READINGS)
    return timed("what the asking machine does alone", "files", _take_up, folder, shard, data / "taken")


def _take_up(folder: Path, shard: Path, data: Path) -> int:
    def read(tasks: Iterator[Task]) -> Iterator[tuple[Task, FileReading]]:
        waiting = {task.name for task in tasks}
        return ((task, reading) for task, reading in answers_in(shard) if task.name in waiting)

    with look_through(folder, data, read=read) as cache:
        write_manifest(data / "manifest.jsonl", verdicts(cache))
        return sum(1 for _ in verdicts(cache))


def spell_here(songs: Sequence[PackedSong]) -> int:
    """Spell songs in words in this process."""
    return len([song.unpacked().score for song in songs])


def spell_there(cluster: Cluster, scratch: Path, songs: Sequence[PackedSong]) -> int:
    """Spell songs in words on a cluster, and read the words."""
    shards = spell_on(Desk(cluster, scratch / "songs"), iter(songs), expected=len(songs))
    return sum(1 for shard in shards for _ in scores_in(shard))


def spelling_rows(songs: Sequence[PackedSong], clusters: Clusters) -> Iterator[Row]:
    """Spelling songs, here and on clusters."""
    yield timed("spelling here", "songs", spell_here, songs)
    for workers in (1, 2):
        with clusters.of(workers) as there:
            yield timed(f"spelling on a cluster, {workers} workers", "songs", spell_there, *there, songs)


def training_rows(scores: Sequence[Score], clusters: Clusters) -> Iterator[Row]:
    """Learning with the bundled models' network, 512 felt beats an iteration for each worker."""
    held_out, learned = scores[:2], scores[2:]
    config = replace(SHAPE, dictionary=frequent_words(learned, _SETTINGS.words))
    fit = Fit(learned, held_out, config, _SETTINGS, folder=clusters.data / "here")
    yield timed("learning here", "beats", _learn, fit, learned)
    for workers in (1, 2):
        with clusters.of(workers) as (cluster, scratch):
            run = scratch / f"team {workers}"
            team = ClusterFit(learned, held_out, config, _SETTINGS, folder=run, cluster=cluster)
            row = timed(f"learning on a cluster, {workers} workers", "beats", _learn, team, learned)
            yield row._replace(seconds=team.seconds)


def _learn(fit: Fit | ClusterFit, learned: Sequence[Score]) -> int:
    fit.run(lambda _: None)
    return sum(map(len, learned))


def weights(
    tasks: Sequence[Task], songs: Sequence[PackedSong], scores: Sequence[Score], scratch: Path
) -> Iterator[tuple[str, float]]:
    """What a row of each kind of shard weighs on disk, and a song in memory, in bytes."""
    answers = [(task, read_file(task)) for task in tasks]
    kinds = {
        "Parquet: a file to be read": (task_rows(tasks), TASKS, len(tasks)),
        "Parquet: what became of a file": (answer_rows(answers), READINGS, len(answers)),
        "Parquet: a song, packed": (map(song_row, songs), PACKED, len(songs)),
        "Parquet: a song in words": (score_rows(scores), SCORES, len(scores)),
    }
    for what, (rows, schema, count) in kinds.items():
        write_rows(scratch / "row.parquet", rows, schema)
        yield what, (scratch / "row.parquet").stat().st_size / count
    numbers = [prepare(score, SHAPE) for score in scores]
    held = sum(
        n.runs.nbytes + n.distances.nbytes + n.metre.nbytes + n.lookback.nbytes + n.choices.nbytes
        for n in numbers
    )
    yield f"memory: a song of {sum(map(len, scores)) / len(scores):.0f} felt beats", held / len(numbers)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("songs_of", nargs="?", type=Path, default=SONGS, help="a folder of MIDI files")
    parser.add_argument("--files", type=int, default=2_000, help="how many files are read")
    parser.add_argument("--parts", nargs="*", default=PARTS, choices=PARTS, help="what is measured")
    parser.add_argument(
        "--songs", type=int, default=200, help="how many of them are spelled and learned from"
    )
    options = parser.parse_args()
    originals = sorted(path for path in options.songs_of.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES)
    if not originals:
        parser.error(f"there is no MIDI file in {options.songs_of}")
    step = max(1, len(originals) // options.files)
    with tempfile.TemporaryDirectory() as scratch:
        folder, data = Path(scratch, "library"), Path(scratch, "data")
        folder.mkdir()
        data.mkdir()
        lay_library(originals[::step], folder, options.files)
        _print(folder, data, options.songs, options.parts)


def _print(folder: Path, data: Path, songs: int, parts: Sequence[str]) -> None:
    """Measure the parts that were asked for, and print each line once it is known."""
    clusters = Clusters(folder, data)
    files = sorted(folder.rglob("*.mid"))
    tasks = [Task(path.relative_to(folder).as_posix(), path) for path in files]
    _say(HEADS)
    _tell(taking_row(folder, tasks, data))
    with look_through(folder, data / "taken") as cache:
        packed = list(islice(packed_songs_of(cache), songs))
    scores = [song.unpacked().score for song in packed]
    remembered = next((data / "taken").rglob("library.sqlite")).stat().st_size / len(files)
    for what, weight in weights(tasks[:_SAMPLE], packed[:_SAMPLE], scores[:_SAMPLE], data):
        _say((what, f"{weight:,.0f}", "bytes", "", ""))
    _say(("remembered of a file in SQLite", f"{remembered:,.0f}", "bytes", "", ""))
    made = {
        "reading": (reading_rows, tasks),
        "spelling": (spelling_rows, packed),
        "learning": (training_rows, scores),
    }
    for part in parts:
        rows, material = made[part]
        for row in rows(material, clusters):  # type: ignore[operator]  # each with its own material
            _tell(row)
    if clusters.starts:
        _say(("until a cluster had worked once", f"{min(clusters.starts):.0f}", "seconds", "", ""))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(("memory of the asking process", f"{most:,.0f}", "MiB", "", ""))


def _tell(row: Row) -> None:
    speed = [f"{row.amount / seconds:,.1f}" for seconds in (row.seconds, row.processor_seconds)]
    _say((row.what, f"{row.amount:,.0f}", row.unit, *speed))


def _say(cells: Sequence[str]) -> None:
    what, amount, unit, *speed = cells
    print(f"{what:36}{amount:>10} {unit:8}{''.join(f'{cell:>18}' for cell in speed)}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
