"""What the tests of the library share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.library import looking
from bridge.library.looking import look_through, overrides_of
from bridge.library.reading import FileReading, Task, read_file
from bridge.library.report import Report
from bridge.library.verdicts import FileVerdict, verdicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


def read_here(tasks: Iterable[Task], *, workers: int = 0) -> Iterator[tuple[Task, FileReading]]:
    """Reads in this process what else is read in others, whose start takes most of a small library's time."""
    del workers
    for task in tasks:
        yield task, read_file(task)


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "read_files", read_here)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library that is still empty."""
    made = tmp_path / "music"
    made.mkdir()
    return made


@pytest.fixture
def judge(folder: Path, tmp_path: Path) -> Callable[..., dict[str, FileVerdict]]:
    """Look through the library; give what became of each file."""

    def judged(**how: object) -> dict[str, FileVerdict]:
        data = tmp_path / "data"
        with look_through(folder, data, overrides=overrides_of(folder), workers=1, **how) as cache:  # type: ignore[arg-type]  # as the test gives it
            return {verdict.name: verdict for verdict in verdicts(cache)}

    return judged


def counted(files: dict[str, FileVerdict]) -> Report:
    report = Report()
    for verdict in files.values():
        report.add(verdict)
    return report
