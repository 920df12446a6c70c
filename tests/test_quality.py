"""The report: it writes what was measured, where it belongs, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench import quality
from bridge.evaluation.long import Minute

ROOT = Path(__file__).parents[1]


def test_what_was_not_measured_is_not_written() -> None:
    assert "piano rolls" not in quality.aims([], None)
    written = "\n".join(quality.sections([], None, 0.2))
    assert "no model" in written
    assert "`python bench/quality.py --models --without-pianoroll`" in written
    assert "folk" not in written
    assert "Nats by match" not in written


def test_only_what_is_between_the_marks_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "QUALITY.md"
    path.write_text(f"# Ours\n\nBefore.\n\n{quality.BEGIN}\nold figures\n{quality.END}\n\nAfter.\n")
    quality.write(path, "new figures")
    text = path.read_text("utf-8")
    assert text.startswith("# Ours\n\nBefore.\n")
    assert text.endswith("\n\nAfter.\n")
    assert "old figures" not in text
    assert "new figures" in text
    quality.write(path, "newer figures")
    assert path.read_text("utf-8") == text.replace("new figures", "newer figures")


def test_a_document_that_has_lost_its_marks_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "QUALITY.md"
    path.write_text("all of it is prose")
    with pytest.raises(SystemExit, match="nothing was written"):
        quality.write(path, "figures")
    assert path.read_text("utf-8") == "all of it is prose"


def test_without_songs_nothing_is_written_and_there_is_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.quality", "--without-pianoroll", "--models", "folk"]
    where = ["--data", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out")]
    done = subprocess.run([*command, *where], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_minutes_are_averaged() -> None:
    assert quality._means([Minute(0.5, 2.0, 1.0), Minute(0.7, 3.0, 0.9)]) == ("0.600", "2.50", "95.0")


def test_the_documents_marks_are_those_of_the_command() -> None:
    text = (ROOT / "docs" / "QUALITY.md").read_text("utf-8")
    assert text.count(quality.BEGIN) == text.count(quality.END) == 1
