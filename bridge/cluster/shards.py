"""Shards: Parquet files of a few hundred rows, written whole, read a few rows at a time.

Files to be read, what became of them, songs and scores go from machine to machine in them, through a folder that all
see. Nothing in them is ever unpickled: what a file of the library may have broken is text, numbers and bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from bridge.beats.metre import Beat
from bridge.beats.playlist import Score
from bridge.beats.word import Word, parse_word
from bridge.library.rows import reading_of, reading_row, task_of, task_row
from bridge.library.songs import PackedSong
from bridge.music.note import Meter
from bridge.wholefile import open_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bridge.library.reading import FileReading, Task

_AT_ONCE: Final = 128
"""Rows that are in memory together when a shard is read."""

Row = dict[str, Any]

TASKS: Final = pa.schema([("task", pa.string())])
READINGS: Final = pa.schema([("task", pa.string()), ("reading", pa.string())])
SONGS: Final = pa.schema(
    [("name", pa.string()), ("packed", pa.binary()), ("shift", pa.int32()), ("is_scale_known", pa.bool_())]
)
_BEAT_COLUMNS: Final = ("start", "length", "felt", "index", "bar", "numerator", "denominator")
SCORES: Final = pa.schema(
    [
        ("name", pa.string()),
        ("voices", pa.list_(pa.list_(pa.string()))),
        ("known", pa.list_(pa.bool_())),
        ("shift", pa.int32()),
        ("shift_nats", pa.float64()),
        ("is_tied", pa.bool_()),
        *((column, pa.list_(pa.int32())) for column in _BEAT_COLUMNS),
    ]
)
"""A song in words: a list of words for each voice, and what there is to know of each beat in columns."""


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write a shard, whole or not at all; a few of its rows are in memory at a time.

    Raises:
        OSError: it cannot be written.
    """
    rest = iter(rows)
    with open_whole(path) as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        while some := list(islice(rest, _AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(some, schema=schema))


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a shard; a few of them are in memory at a time."""
    with pq.ParquetFile(path) as shard:
        for batch in shard.iter_batches(batch_size=_AT_ONCE):
            yield from batch.to_pylist()


def count_rows(path: Path) -> int:
    """How many rows a shard has; none of them is read."""
    with pq.ParquetFile(path) as shard:
        return int(shard.metadata.num_rows)


def task_rows(tasks: Iterable[Task]) -> Iterator[Row]:
    """Files to be read; JSON holds names of any bytes, which text alone does not."""
    return ({"task": json.dumps(task_row(task))} for task in tasks)


def tasks_in(path: Path) -> Iterator[Task]:
    """The files that a shard lists."""
    for row in read_rows(path):
        yield task_of(json.loads(row["task"]))


def answer_rows(answers: Iterable[tuple[Task, FileReading]]) -> Iterator[Row]:
    """What became of files."""
    for task, reading in answers:
        yield {"task": json.dumps(task_row(task)), "reading": json.dumps(reading_row(reading))}


def answers_in(path: Path) -> Iterator[tuple[Task, FileReading]]:
    """What became of the files of a shard."""
    for row in read_rows(path):
        yield task_of(json.loads(row["task"])), reading_of(json.loads(row["reading"]))


def song_row(song: PackedSong) -> Row:
    """A song, packed."""
    return asdict(song)


def songs_in(path: Path) -> Iterator[PackedSong]:
    """The packed songs of a shard."""
    return (PackedSong(**row) for row in read_rows(path))


def score_rows(scores: Iterable[Score]) -> Iterator[Row]:
    """Songs in words."""
    return map(_score_row, scores)


def _score_row(score: Score) -> Row:
    numbers = [
        (b.start, b.length, b.felt, b.index, b.bar, b.meter.numerator, b.meter.denominator)
        for b in score.beats
    ]
    columns = zip(_BEAT_COLUMNS, map(list, zip(*numbers, strict=True)), strict=True)
    return {
        "name": score.name,
        "voices": [[str(word) for word in words] for words in score.voices],
        "known": list(score.known),
        "shift": score.shift,
        "shift_nats": score.shift_nats,
        "is_tied": score.is_tied,
        **dict(columns),
    }


def scores_in(path: Path) -> Iterator[Score]:
    """The songs of a shard, exactly as they were."""
    for row in read_rows(path):
        columns = (row[column] for column in _BEAT_COLUMNS)
        yield Score(
            name=row["name"],
            beats=tuple(_beat(*numbers) for numbers in zip(*columns, strict=True)),
            voices=tuple(tuple(map(_word, words)) for words in row["voices"]),
            known=tuple(row["known"]),
            shift=row["shift"],
            shift_nats=row["shift_nats"],
            is_tied=row["is_tied"],
        )


def names_in(path: Path) -> Iterator[str]:
    """The names of the songs of a shard; nothing else of it is read."""
    with pq.ParquetFile(path) as shard:
        for batch in shard.iter_batches(batch_size=4 * _AT_ONCE, columns=["name"]):
            yield from batch.column(0).to_pylist()


@lru_cache(maxsize=1 << 17)
def _word(text: str) -> Word:
    return parse_word(text)


@lru_cache(maxsize=1 << 17)
def _beat(start: int, length: int, felt: int, index: int, bar: int, *meter: int) -> Beat:
    """A beat; songs in one meter share theirs."""
    numerator, denominator = meter
    return Beat(start, length, felt, index, bar, Meter(numerator, denominator))


def in_shards(
    rows: Iterable[Row], folder: Path, name: str, schema: pa.Schema, *, size: int
) -> Iterator[Path]:
    """Write rows as they come into shards of so many; yield each once it is written."""
    rest = iter(rows)
    number = 0
    while batch := list(islice(rest, size)):
        path = folder / f"{name}-{number:06d}.parquet"
        write_rows(path, batch, schema)
        yield path
        number += 1
