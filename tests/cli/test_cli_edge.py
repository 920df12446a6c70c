"""However a command ends, a user reads what happened and what to do, and a script gets a code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said, ScaleComposer


def start(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as it is installed, in a process of its own."""
    program = Path(sys.executable).with_name("macnet")
    surroundings = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", **environment}
    command = [str(program), *map(str, args)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, env=surroundings
    )


def test_the_installed_command_tells_its_version() -> None:
    done = start("--version")
    assert (done.returncode, done.stdout) == (0, f"macnet {__version__}\n")


def test_the_module_is_the_same_command() -> None:
    command = [sys.executable, "-m", "bridge", "--version"]
    assert (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout
        == f"macnet {__version__}\n"
    )


def test_a_command_that_does_not_exist_is_wrong_usage(macnet: Callable[..., Said]) -> None:
    said = macnet("compose")
    assert said.code == 2
    assert "compose" in said.err


BROKEN = {
    "missing": (None, "midi.missing"),
    "empty": (b"", "midi.unreadable"),
    "text": (b"not MIDI at all, just a letter\n" * 9, "midi.unreadable"),
    "cut": (bytes.fromhex("4d546864 00000006 0001 0001 03c0 4d54726b 000000ff 00903c40"), "midi.unreadable"),
}


@pytest.mark.parametrize(("content", "code"), BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("command", ["continue", "words"])
@pytest.mark.usefixtures("composer")
def test_a_broken_file_is_one_error_that_names_it(
    macnet: Callable[..., Said], tmp_path: Path, command: str, content: bytes | None, code: str
) -> None:
    clip = tmp_path / "my clip [1].mid"
    if content is not None:
        clip.write_bytes(content)
    more = ["-o", tmp_path / "out.mid"] if command == "continue" else []
    said = macnet(command, clip, *more)
    assert said.code == 1
    assert str(clip) in said.err
    assert f"[{code}]" in said.err
    assert "Traceback" not in said.err + said.out


def test_an_error_is_json_too_where_json_was_asked_for(macnet: Callable[..., Said], tmp_path: Path) -> None:
    said = macnet("words", tmp_path / "nowhere.mid", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "midi.missing"
    assert "nowhere.mid" in said.json["error"]["message"]


def test_a_fault_of_ours_is_one_line_and_the_rest_goes_to_a_log(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, data_dir: Path, composer: ScaleComposer
) -> None:
    composer.fault = ZeroDivisionError("an accident")
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "an accident" in said.err
    assert "[request.failed]" in said.err
    log = data_dir / "macnet.log"
    assert str(log) in said.err
    assert "ZeroDivisionError: an accident" in log.read_text("utf-8")


def test_who_asks_for_it_sees_where_a_fault_happened(
    macnet: Callable[..., Said],
    waltz: Path,
    tmp_path: Path,
    composer: ScaleComposer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MACNET_DEBUG", "1")
    composer.fault = ZeroDivisionError("an accident")
    assert "Traceback" in macnet("continue", waltz, "-o", tmp_path / "out.mid").err


def test_a_fault_is_told_even_where_no_log_can_be_written(
    macnet: Callable[..., Said], waltz: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.write_text("in the way")
    monkeypatch.setattr("bridge.cli.words._show", lambda *_, **__: 1 // 0)
    said = macnet("words", waltz)
    assert said.code == 1
    assert "MACNET_DEBUG=1" in said.err


def test_ctrl_c_is_quiet(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    composer.fault = KeyboardInterrupt()
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid")
    assert (said.code, said.out) == (130, "")
    assert "Abort" not in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "out.mid").exists()


def test_names_from_other_alphabets_survive_a_narrow_terminal(tmp_path: Path) -> None:
    done = start("words", tmp_path / "Frühling→春.mid", PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert "[midi.missing]" in done.stderr
    assert "Traceback" not in done.stderr
