"""A library that is read on two machines is read as on one, whatever happens to their workers."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pyarrow", reason="the extra [cluster] is not installed")

from bridge.cluster.reading import Desk, read_on, spell_on
from bridge.cluster.songbook import bound
from bridge.cluster.streaming import over
from bridge.errors import ClusterLost
from bridge.library.looking import look_through, overrides_of
from bridge.library.reading import FileReading, Task, read_file
from bridge.library.songs import packed_songs_of, songs_of
from bridge.library.verdicts import FileVerdict, verdicts
from bridge.library.workers import read_files
from tests.cluster.deadly import fill_the_disk, kill_the_worker_once
from tests.library.music import lay, repeated, track
from tests.library.projects import CHORDS, LOW, RIFF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.cluster.joining import Cluster


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """Forty files: songs, doubles, a song in two keys, broken and empty ones, a name that is no text."""
    folder = tmp_path / "music"
    folder.mkdir(exist_ok=True)
    for number in range(30):
        riff = tuple(
            (at, pitch + number % 11, long, loud)
            for at, pitch, long, loud in repeated(RIFF, 2 + number // 11)
        )
        lay(folder, f"songs/{number:02d}.mid", [track(riff, "Lead"), track(CHORDS, "Keys")], beats=20)
    lay(folder, "again.mid", [track(RIFF, "Lead"), track(CHORDS, "Keys")])
    lay(folder, "higher.mid", [track(RIFF, "Lead", higher=3), track(CHORDS, "Keys", higher=3)])
    lay(folder, "歌.mid", [track(LOW, "Bass")])
    lay(folder, "deadly.mid", [track(RIFF, higher=1)])
    lay(folder, "crash.mid", [track(RIFF, higher=2)])
    (folder / "broken.mid").write_bytes(b"MThd\0\0\0\6\0\1")
    (folder / "empty.mid").write_bytes(b"")
    named = os.fsencode(folder) + b"/\xff.mid"
    with open(named, "wb") as file:  # noqa: PTH123  no text holds this name
        file.write((folder / "songs" / "03.mid").read_bytes())
    (folder / "macnet-roles.txt").write_text("higher.mid = skip\n", "utf-8")
    return folder


def here(tasks: Iterable[Task]) -> Iterator[tuple[Task, FileReading]]:
    return ((task, read_file(task)) for task in tasks)


def look(folder: Path, data: Path, read: Any) -> tuple[list[FileVerdict], list[tuple[str, bytes]]]:  # noqa: ANN401  a reader
    """What became of each file, and the songs as training gets them."""
    with look_through(folder, data, overrides=overrides_of(folder), read=read) as cache:
        return list(verdicts(cache)), [(song.name, song.packed) for song in packed_songs_of(cache)]


def test_two_machines_read_what_one_reads(machines: Cluster, music: Path, tmp_path: Path) -> None:
    desk = Desk(machines, tmp_path / "data" / "shards")
    assert look(music, tmp_path / "two", partial(read_on, desk)) == look(music, tmp_path / "one", here)
    assert not desk.folder.exists()


def test_a_worker_that_is_killed_while_it_reads_is_replaced(
    machines: Cluster, music: Path, tmp_path: Path
) -> None:
    there = partial(read_on, Desk(machines, tmp_path / "data" / "shards"), read=kill_the_worker_once)
    two = look(music, tmp_path / "two", there)
    assert (tmp_path / "killed").read_text("utf-8").startswith("ray::Map")
    one = look(music, tmp_path / "one", partial(read_files, workers=1, read=kill_the_worker_once))
    assert two == one
    told = {verdict.name: verdict.code for verdict in two[0]}
    assert (told["deadly.mid"], told["crash.mid"]) == ("", "library.crashed")


def test_songs_are_spelled_on_two_machines_as_on_one(machines: Cluster, music: Path, tmp_path: Path) -> None:
    desk = Desk(machines, tmp_path / "data" / "songs")
    with look_through(music, tmp_path / "one", read=here) as cache:
        book = bound(spell_on(desk, packed_songs_of(cache), expected=30))
        songs = sorted((song.score for song in songs_of(cache)), key=_name)
    assert list(book.scores) == songs
    assert len(songs) > 20


def test_what_a_worker_cannot_do_is_told_in_the_systems_words(machines: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterLost, match="No space left on device"):
        list(over([tmp_path / "a.parquet"], fill_the_disk, cluster=machines, answer="read"))


def _name(score: Score) -> str:
    return score.name
