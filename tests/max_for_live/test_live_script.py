"""The script of the Live device, as shipped, in a strict fake of Live and Max, with a real bridge over real UDP."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from max_for_live.workshop.container import read_device

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
DEVICE = ROOT / "max_for_live" / "MAC-Net.amxd"
TESTS = ROOT / "max_for_live" / "test"
LEAST = {
    "wire": 11,
    "notes": 14,
    "scenes": 28,
    "question": 23,
    "trouble": 27,
    "bridge": 17,
    "auto": 17,
    "selftest": 5,
    "badline": 1,
    "fake": 10,
}
"""How many tests each file has at least: a file that is not found, or found empty, must not pass."""
LONGEST_FIRST = sorted(LEAST, key=lambda name: name not in {"badline", "bridge", "auto"})
AT_ONCE = 3


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one script in the built device, taken out of it."""
    device = read_device(DEVICE.read_bytes())
    (name,) = [entry.name for entry in device.entries if entry.kind == b"TEXT"]
    path = tmp_path_factory.mktemp("shipped") / name
    path.write_bytes(device.file(name))
    return path


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    return found


@pytest.fixture(scope="module")
def played(node: str, shipped: Path) -> Iterator[Mapping[str, Future[str]]]:
    """Every file of tests under way, a few at a time: most of what they do is wait for music."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        yield {name: pool.submit(play, node, name, shipped) for name in LONGEST_FIRST}
        pool.shutdown(cancel_futures=True)


def play(node: str, name: str, script: Path) -> str:
    """Run one file of tests; what it printed."""
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
def test_the_shipped_script(name: str, played: Mapping[str, Future[str]]) -> None:
    told = played[name].result()
    assert count("pass", told) >= LEAST[name]
    assert count("skipped", told) == count("todo", told) == 0


def test_the_shipped_script_is_es5_and_lint_is_content(node: str, shipped: Path) -> None:
    if not (TESTS / "node_modules" / "acorn").is_dir():
        if os.environ.get("CI"):
            pytest.fail("acorn and eslint are not installed")
        pytest.skip("acorn and eslint are not installed: npm ci --prefix max_for_live/test")
    assert count("pass", play(node, "es5", shipped)) >= 5


def test_an_es5_engine_that_others_wrote_runs_the_shipped_script(shipped: Path) -> None:
    mujs = shutil.which("mujs")
    if mujs is None:
        if os.environ.get("CI"):
            pytest.fail("mujs is not installed")
        pytest.skip("mujs is not installed")
    command = [mujs, str(TESTS / "engine.js"), str(shipped)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "[]",
        '[["/macnet/clip",6,"melody",3840,4,4,1,1,"verse"],["/macnet/clip/notes",6,"melody",0,60,0,960,90],'
        '["/macnet/continue",6,8,1,3,"clips",1,"temperature",0.5]]',
        "done 60 0 10 90",
        "true A 1138090887",
        "No bridge on port 9471: start it with “macnet serve”, or set Port to where it listens.",
    ]
