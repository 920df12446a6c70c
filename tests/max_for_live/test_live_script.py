"""The script of the Live device, as it is shipped, in a strict fake of Live and Max, with a real bridge over real UDP."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from max_for_live.workshop.container import read_device

ROOT = Path(__file__).parents[2]
DEVICE = ROOT / "max_for_live" / "MAC-Net.amxd"
TESTS = ROOT / "max_for_live" / "test"
LEAST = {
    "wire": 10,
    "notes": 13,
    "scenes": 28,
    "question": 20,
    "trouble": 25,
    "bridge": 17,
    "auto": 17,
    "selftest": 4,
    "badline": 1,
    "fake": 10,
}
"""How many tests each file has at least: a file that is not found, or found empty, must not pass."""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one script in the built device, taken out of it."""
    device = read_device(DEVICE.read_bytes())
    (name,) = [entry.name for entry in device.entries if entry.kind == b"TEXT"]
    path = tmp_path_factory.mktemp("shipped") / name
    path.write_bytes(device.file(name))
    return path


def play(name: str, script: Path) -> str:
    """Run one file of tests under node; what it printed."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    seed = os.environ.get("MACNET_SEED") or str(random.randrange(1, 2**31))
    settings = {"MACNET_SCRIPT": str(script), "MACNET_PYTHON": sys.executable, "MACNET_SEED": seed}
    without = {name: value for name, value in os.environ.items() if name != "MACNET_DATA_DIR"}
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(TESTS / f"{name}.test.js")],
        cwd=TESTS,
        env=without | settings,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, f"MACNET_SEED={seed}\n{done.stdout}{done.stderr}"
    return done.stdout


def count(name: str, told: str) -> int:
    (found,) = re.findall(rf"^# {name} (\d+)$", told, flags=re.MULTILINE)
    return int(found)


@pytest.mark.parametrize("name", LEAST)
def test_the_shipped_script(name: str, shipped: Path) -> None:
    told = play(name, shipped)
    assert count("pass", told) >= LEAST[name]
    assert count("skipped", told) == count("todo", told) == 0


def test_the_shipped_script_is_es5_and_lint_is_content(shipped: Path) -> None:
    if not (TESTS / "node_modules" / "acorn").is_dir():
        if os.environ.get("CI"):
            pytest.fail("acorn and eslint are not installed")
        pytest.skip("acorn and eslint are not installed: npm ci --prefix max_for_live/test")
    assert count("pass", play("es5", shipped)) >= 5
