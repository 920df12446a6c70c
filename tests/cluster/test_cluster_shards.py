"""Shards say exactly what was put into them, and a songbook holds what a run needs here."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra [cluster] is not installed")

from bridge.beats.playlist import cut, score_of
from bridge.cluster.member import windows
from bridge.cluster.orders import digest_of
from bridge.cluster.shards import (
    READINGS,
    SCORES,
    SONGS,
    TASKS,
    answer_rows,
    answers_in,
    count_rows,
    in_shards,
    names_in,
    score_rows,
    scores_in,
    song_row,
    songs_in,
    task_rows,
    tasks_in,
    write_rows,
)
from bridge.cluster.songbook import bound
from bridge.library.overrides import Override
from bridge.library.packing import pack_clips
from bridge.library.reading import FileReading, SongReading, Task, TrackReading, read_file
from bridge.library.songs import PackedSong
from bridge.music.note import Clip, Meter, MeterChange, Note, Role
from bridge.network.corpus import split_by_song
from tests.library.music import lay, track
from tests.library.projects import RIFF
from tests.network import toy

WALTZ_THEN_JIG = (MeterChange(0, Meter(3, 4)), MeterChange(5_760, Meter(6, 8)))


def test_songs_come_back_exactly(tmp_path: Path) -> None:
    triplets = Clip(tuple(Note(320 * n, 60 + n, 320) for n in range(30)), 11_520, WALTZ_THEN_JIG)
    found = score_of({Role.ACCOMPANIMENT: triplets}, name="歌 \\ /#1")
    songs = [*toy.songs(), found, cut(found, 2, 5), replace(found, is_tied=False)]
    write_rows(tmp_path / "songs.parquet", score_rows(songs), SCORES)
    assert list(scores_in(tmp_path / "songs.parquet")) == songs
    assert list(names_in(tmp_path / "songs.parquet")) == [song.name for song in songs]
    assert found.shift_nats > 0


def test_files_and_what_became_of_them_come_back_exactly(tmp_path: Path) -> None:
    task = Task("歌\udcff", Path("/x/歌\udcff"), (Override("*", "2", "bass"),))
    song = SongReading(
        "a", tracks=(TrackReading("ä", "melody", 0.9, "why", 3),), clips=("x",), print=b"\0\xff"
    )
    real = lay(tmp_path, "real.mid", [track(RIFF)])
    answers = [
        (task, FileReading("library.crashed", "its reader ended", b"\xfe", (song,))),
        (Task("real.mid", real), read_file(Task("real.mid", real))),
    ]
    write_rows(tmp_path / "tasks.parquet", task_rows(task for task, _ in answers), TASKS)
    write_rows(tmp_path / "read.parquet", answer_rows(answers), READINGS)
    assert list(tasks_in(tmp_path / "tasks.parquet")) == [task for task, _ in answers]
    assert list(answers_in(tmp_path / "read.parquet")) == answers


def test_packed_songs_come_back_exactly(tmp_path: Path) -> None:
    songs = [
        PackedSong(f"{n}", pack_clips({Role.MELODY: toy.rising(n)}), n % 12 - 5, n > 2) for n in range(300)
    ]
    paths = list(in_shards(map(song_row, songs), tmp_path, "songs", SONGS, size=140))
    assert [count_rows(path) for path in paths] == [140, 140, 20]
    assert [song for path in paths for song in songs_in(path)] == songs
    assert songs[3].unpacked().clips == {Role.MELODY: toy.rising(3)}


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    """Fourteen songs in five shards."""
    return list(in_shards(score_rows(toy.songs()), tmp_path, "spelled", SCORES, size=3))


def names(songs: object) -> list[str]:
    return sorted(song.name for song in songs)  # type: ignore[attr-defined]  # scores, in whatever they come


def test_a_book_that_fits_into_memory_has_nothing_beyond(shards: list[Path]) -> None:
    book = bound(shards, most=14)
    assert names(book.scores) == names(toy.songs())
    assert (book.beyond.songs, book.beyond.shards) == (0, ())


def test_a_greater_book_holds_out_the_same_songs_and_has_the_others_beyond(shards: list[Path]) -> None:
    book = bound(reversed(shards), most=6)
    held = {digest_of(song.name) for song in book.scores}
    assert held == set(sorted(digest_of(song.name) for song in toy.songs())[:6])
    _, held_out = split_by_song(toy.songs())
    assert set(names(held_out)) < set(names(book.scores))
    assert book.beyond.songs == 8


@pytest.mark.parametrize("size", [1, 2, 3])
def test_every_song_beyond_is_learned_from_once_in_every_pass(shards: list[Path], size: int) -> None:
    book = bound(shards, most=6)
    beyond = set(names(toy.songs())) - set(names(book.scores))
    passes = []
    for epoch in range(2):
        rng = random.Random(epoch)
        some = [list(windows(book.beyond, rank, size, rng, most=2)) for rank in range(size)]
        assert max(len(window) for member in some for window in member) == 2
        passes.append([song.name for member in some for window in member for song in window])
        assert sorted(passes[-1]) == sorted(beyond)
    assert passes[0] != passes[1] or size == 3  # where each has a shard or two, there is little to shuffle
