"""Read once, read only, and whole at every moment."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.errors import CacheUnavailable, LibraryMissing
from bridge.library import looking
from bridge.library.cache import cache_path
from bridge.library.looking import look_through
from bridge.library.reading import FileReading, read_file
from bridge.library.rows import reading_of, reading_row
from bridge.library.songs import songs_of
from bridge.library.verdicts import verdicts
from bridge.music.note import Role
from bridge.network.corpus import read_score
from tests.library.conftest import read_here
from tests.library.music import lay, repeated, track
from tests.library.projects import CHORDS, LOW, RIFF, LiveClip, LiveTrack, live_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bridge.library.reading import Task
    from bridge.library.verdicts import FileVerdict

    Judge = Callable[..., dict[str, FileVerdict]]


@pytest.fixture
def songs(folder: Path) -> Path:
    for number in range(6):
        melody = tuple((at / 2, 0.5, 60 + (at * (number + 2)) % 12, 90) for at in range(32))
        lay(
            folder,
            f"song {number}.mid",
            [track(melody, "Lead"), track(repeated(CHORDS, 4), "Keys")],
            beats=16,
        )
    (folder / "set.als").write_bytes(live_set(LiveTrack("Lead", [LiveClip(RIFF)])))
    (folder / "broken.mid").write_bytes(b"MThd")
    return folder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    names: list[str] = []

    def watched(tasks: Iterable[Task], *, workers: int) -> Iterator[tuple[Task, FileReading]]:
        for task, reading in read_here(tasks, workers=workers):
            names.append(task.name)
            yield task, reading

    monkeypatch.setattr(looking, "read_files", watched)
    return names


def state_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything about every file and folder that reading must not change; times of last access are not ours."""
    told: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        state = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        told[str(path)] = (
            state.st_mtime_ns,
            state.st_ctime_ns,
            state.st_mode,
            state.st_ino,
            state.st_size,
            digest,
        )
    return told


def test_reading_changes_no_byte_and_no_timestamp(songs: Path, judge: Judge) -> None:
    before = state_of(songs)
    judge()
    judge()
    assert state_of(songs) == before


def test_a_library_that_cannot_be_written_is_read(songs: Path, judge: Judge) -> None:
    for path in [*songs.iterdir(), songs]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert sum(not verdict.code for verdict in judge().values()) == 7
    finally:
        songs.chmod(0o700)


def test_a_second_look_reads_nothing(judge: Judge, read: list[str], songs: Path) -> None:
    first = judge()
    assert sorted(read) == sorted(path.name for path in songs.iterdir())
    read.clear()
    assert judge() == first
    assert read == []


def test_a_second_look_reads_what_changed_and_forgets_what_is_gone(
    judge: Judge, read: list[str], songs: Path
) -> None:
    judge()
    read.clear()
    lay(songs, "song 1.mid", [track(LOW, "Bass")])
    lay(songs, "new.mid", [track(RIFF, "Lead", higher=1), track(LOW, "Bass")])
    (songs / "song 2.mid").unlink()
    (songs / "song 3.mid").rename(songs / "renamed.mid")
    files = judge()
    assert sorted(read) == ["new.mid", "renamed.mid", "song 1.mid"]
    assert "song 2.mid" not in files
    assert "song 3.mid" not in files
    assert files["song 1.mid"].songs[0].facts["voices"] == "accompaniment"


def test_a_file_of_the_same_size_and_another_time_is_read_again(
    judge: Judge, read: list[str], songs: Path
) -> None:
    judge()
    read.clear()
    os.utime(songs / "song 4.mid", ns=(1, 1))
    judge()
    assert read == ["song 4.mid"]


@pytest.mark.usefixtures("songs")
def test_what_did_not_lie_in_the_file_is_tried_again(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    def dying(tasks: Iterable[Task], *, workers: int) -> Iterator[tuple[Task, FileReading]]:
        for task, reading in read_here(tasks, workers=workers):
            yield (
                task,
                FileReading("library.crashed", "out of memory") if task.name == "song 0.mid" else reading,
            )

    with monkeypatch.context() as patch:
        patch.setattr(looking, "read_files", dying)
        assert judge()["song 0.mid"].code == "library.crashed"
    assert judge()["song 0.mid"].code == ""


def test_what_the_user_says_of_a_file_reads_that_file_again(
    judge: Judge, read: list[str], songs: Path
) -> None:
    judge()
    read.clear()
    (songs / "macnet-roles.txt").write_text("song 0.mid : 1 = bass\nsong 5* = skip\n", "utf-8")
    files = judge()
    assert sorted(read) == ["song 0.mid", "song 5.mid"]
    assert files["song 0.mid"].songs[0].facts["voices"] == "accompaniment"
    assert files["song 5.mid"].code == "library.skipped"


def test_the_double_takes_the_place_of_the_first_when_that_is_gone(judge: Judge, songs: Path) -> None:
    (songs / "zz.mid").write_bytes((songs / "song 0.mid").read_bytes())
    assert judge()["zz.mid"].code == "library.same_file"
    (songs / "song 0.mid").unlink()
    assert judge()["zz.mid"].code == ""


KILLED = """
import os, signal, sys
from pathlib import Path
from bridge.library.looking import look_through
if __name__ == "__main__":
    def stop(done, of):
        if done == 3:
            os.kill(os.getpid(), getattr(signal, sys.argv[3]))
    with look_through(Path(sys.argv[1]), Path(sys.argv[2]), workers=1, on_progress=stop):
        pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_broken_off_at_any_moment_the_next_look_is_as_if_nothing_had_been(
    judge: Judge, songs: Path, tmp_path: Path, how: str
) -> None:
    expected = judge()
    script = tmp_path / "look.py"
    script.write_text(KILLED)
    data = tmp_path / "other data"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, script, songs, data, how], env=environment, capture_output=True, check=False
    )
    assert done.returncode in {-getattr(signal, how), 1 if how == "SIGINT" else -9}
    with look_through(songs, data, workers=1) as cache:
        assert {verdict.name: verdict for verdict in verdicts(cache)} == expected


def test_an_interrupted_look_keeps_what_it_has_read(
    songs: Path, tmp_path: Path, read: list[str], judge: Judge
) -> None:
    def interrupt(done: int, _of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        look_through(songs, tmp_path / "data", workers=1, on_progress=interrupt),
    ):
        pass
    assert len(read) == 3
    judge()
    assert len(read) == len(list(songs.iterdir()))


def test_a_cache_that_is_broken_is_begun_anew(judge: Judge, songs: Path, tmp_path: Path) -> None:
    expected = judge()
    path = cache_path(songs, tmp_path / "data") / "library.sqlite"
    path.write_bytes(b"this is no database" * 100)
    assert judge() == expected


def test_a_cache_of_another_version_is_begun_anew(
    judge: Judge, songs: Path, tmp_path: Path, read: list[str]
) -> None:
    expected = judge()
    with sqlite3.connect(cache_path(songs, tmp_path / "data") / "library.sqlite") as database:
        database.execute("UPDATE about SET version = 0")
    read.clear()
    assert judge() == expected
    assert len(read) == len(expected)


def test_a_folder_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing), look_through(tmp_path / "nowhere", tmp_path / "data"):
        pass
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_used_is_told_of(songs: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(CacheUnavailable), look_through(songs, tmp_path / "data"):
        pass


def test_files_can_be_read_elsewhere(songs: Path, tmp_path: Path, judge: Judge) -> None:
    def elsewhere(tasks: Iterator[Task]) -> Iterator[tuple[Task, FileReading]]:
        for task in reversed(list(tasks)):
            yield task, reading_of(json.loads(json.dumps(reading_row(read_file(task)))))

    with look_through(songs, tmp_path / "far", read=elsewhere) as cache:
        assert {verdict.name: verdict for verdict in verdicts(cache)} == judge()


# What training reads


def test_training_reads_the_same_words_as_from_the_files(songs: Path, tmp_path: Path) -> None:
    with look_through(songs, tmp_path / "data", workers=1) as cache:
        found = list(songs_of(cache))
    assert [song.name for song in found] == ["set.als#scene 1", *(f"song {n}.mid" for n in range(6))]
    for song in found[1:]:
        assert song.score == read_score(songs / song.name, song.name)


def test_a_voice_that_nobody_plays_is_unknown_and_not_silent(songs: Path, tmp_path: Path) -> None:
    with look_through(songs, tmp_path / "data", workers=1) as cache:
        loop = next(songs_of(cache))
    assert list(loop.clips) == [Role.MELODY]
    assert loop.score.known == (True, False)


def test_songs_can_be_left_out_by_pattern(songs: Path, tmp_path: Path) -> None:
    with look_through(songs, tmp_path / "data", workers=1) as cache:
        names = [song.name for song in songs_of(cache, exclude=("song *", "nothing"))]
    assert names == ["set.als#scene 1"]


@pytest.mark.data
def test_songs_of_others_come_out_in_the_same_words(songs_folder: Path, tmp_path: Path, folder: Path) -> None:
    for path in sorted((songs_folder / "lieder").rglob("*.mid"))[::150]:
        (folder / path.name).write_bytes(path.read_bytes())
    with look_through(folder, tmp_path / "data", workers=1) as cache:
        found = list(songs_of(cache))
    assert len(found) >= 5
    for song in found:
        assert song.score == read_score(folder / song.name, song.name)
