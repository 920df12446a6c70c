"""One file's failure stays its own, even when its reader dies or never ends."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from bridge.library.overrides import Override
from bridge.library.reading import FileReading, SongReading, Task, TrackReading, read_file
from bridge.library.workers import read_files
from tests.library.music import lay, track
from tests.library.projects import CHORDS, RIFF


def say_name(task: Task) -> FileReading:
    """A reader that meets what its files are called."""
    if "crash" in task.name:
        os._exit(9)
    if "hang" in task.name:
        threading.Event().wait()
    if "fault" in task.name:
        raise LookupError("something of ours")
    tracks = (TrackReading("ä", "melody", 0.9, "why", 3),)
    song = SongReading(task.name, tracks=tracks, clips=("x",), print=b"\x00\xff")
    return FileReading(digest=b"\xfe", songs=(song,), reason=str(task.overrides))


def tasks(*names: str) -> list[Task]:
    return [Task(name, Path(name)) for name in names]


def codes(*names: str, workers: int = 2, patience_s: float = 60.0) -> dict[str, str]:
    done = read_files(tasks(*names), workers=workers, patience_s=patience_s, read=say_name)
    return {task.name: reading.code for task, reading in done}


def test_every_file_is_answered_once_however_many() -> None:
    names = [f"file {number}" for number in range(300)]
    answers = [task.name for task, _ in read_files(tasks(*names), workers=2, read=say_name)]
    assert sorted(answers) == sorted(names)


def test_what_was_read_comes_back_as_it_was() -> None:
    task = Task("歌\udcff", Path("歌\udcff"), (Override("*", "2", "bass"),))
    (answer,) = read_files([task], workers=1, read=say_name)
    assert answer == (task, say_name(task))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_kills_its_reader_is_left_out_alone(workers: int) -> None:
    names = [f"file {number}" for number in range(40)]
    names[5], names[6], names[-1] = "crash 1", "crash 2", "crash 3"
    told = codes(*names, workers=workers)
    assert {name for name, code in told.items() if code} == {"crash 1", "crash 2", "crash 3"}
    assert set(told.values()) == {"", "library.crashed"}
    assert len(told) == 40


def test_a_file_that_never_ends_is_left_out_alone() -> None:
    names = [f"file {number}" for number in range(20)]
    names[3] = "hang"
    told = codes(*names, patience_s=4.0)
    assert {name: code for name, code in told.items() if code} == {"hang": "library.stopped"}
    assert len(told) == 20


def test_a_fault_of_ours_is_told_of_and_costs_one_file() -> None:
    told = codes("file", "fault", "other")
    assert told == {"file": "", "fault": "library.failed", "other": ""}


def test_no_files_start_no_process() -> None:
    assert list(read_files([], workers=2, read=say_name)) == []


def test_files_are_drawn_as_they_are_needed() -> None:
    drawn: list[int] = []

    def endless() -> object:
        number = 0
        while True:
            drawn.append(number)
            yield Task(f"file {number}", Path())
            number += 1

    answers = read_files(endless(), workers=1, read=say_name)  # type: ignore[arg-type]  # a generator of tasks
    for _ in range(50):
        next(answers)
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert len(drawn) < 120


def test_processes_read_real_files_as_this_one_does(tmp_path: Path) -> None:
    paths = [
        lay(tmp_path, "a.mid", [track(RIFF, "Lead"), track(CHORDS, "Keys")]),
        lay(tmp_path, "b.mid", [track(RIFF, higher=3)]),
    ]
    wanted = [Task(path.name, path) for path in paths]
    done = dict(read_files(wanted, workers=2))
    assert done == {task: read_file(task) for task in wanted}
