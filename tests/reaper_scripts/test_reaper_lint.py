"""The Lua of the actions knows only what its DAW has, and makes no globals."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def luacheck() -> str:
    found = shutil.which("luacheck")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("luacheck is not installed")
        pytest.skip("luacheck is not installed")
    return found


def lint(luacheck: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [luacheck, "--no-color", "--codes", str(path.relative_to(ROOT))]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("folder", ["reaper_scripts", "ardour_scripts", "tests/ardour_scripts"])
def test_the_lua_is_clean(luacheck: str, folder: str) -> None:
    checked = lint(luacheck, ROOT / folder)
    assert checked.returncode == 0, checked.stdout


def test_every_action_is_there() -> None:
    assert len(list((ROOT / "reaper_scripts" / "MAC-Net").glob("MAC-Net_*.lua"))) == 12


def test_a_function_that_reaper_lacks_is_found(luacheck: str) -> None:
    wrong = ROOT / "reaper_scripts" / "MAC-Net" / "lib" / f"wrong_{os.getpid()}.lua"
    try:
        wrong.write_text("local r = reaper\nr.MIDI_InsertNotes()\nstray = 1\n", "utf-8")
        found = lint(luacheck, wrong).stdout
    finally:
        wrong.unlink()
    assert "MIDI_InsertNotes" in found
    assert "stray" in found
