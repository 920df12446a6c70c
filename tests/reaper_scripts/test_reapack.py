"""ReaPack finds the actions in this repository, all of them, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import unquote

import pytest

from bridge import __version__
from reaper_scripts.reapack import CONF, INDEX, RuleBroken, checked_index, header

ROOT = Path(__file__).parents[2]
ACTIONS = ROOT / "reaper_scripts" / "MAC-Net"
PACKAGE = ACTIONS / "MAC-Net_Continue selected item.lua"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository with the actions, a Python server beside them, and the indexer's settings."""
    shutil.copytree(ACTIONS, tmp_path / "reaper_scripts" / "MAC-Net")
    shutil.copy(ROOT / CONF, tmp_path)
    (tmp_path / "bridge").mkdir()
    (tmp_path / "bridge" / "server.py").write_text("print()\n", "utf-8")
    return tmp_path


def test_the_index_is_that_of_the_scripts() -> None:
    assert (ROOT / INDEX).read_bytes() == checked_index(ROOT), "make reapack"


def test_the_same_tree_gives_the_same_bytes(copy: Path) -> None:
    assert checked_index(copy) == checked_index(copy) == (ROOT / INDEX).read_bytes()


def test_every_script_is_shipped_once_under_its_own_name_and_shown_if_it_is_an_action() -> None:
    sources = ET.fromstring((ROOT / INDEX).read_bytes()).findall(".//source")
    paths = {unquote((source.text or "").partition("/raw/")[2]): source for source in sources}
    shipped = {path.relative_to(ROOT).as_posix() for path in ACTIONS.rglob("*.lua")}
    assert {path.partition("/")[2] for path in paths} == shipped
    assert len(sources) == len(shipped)
    for path, source in paths.items():
        assert path.startswith(f"v{__version__}/")
        assert path.endswith(source.get("file", PACKAGE.name))
        assert (source.get("main") == "main midi_editor") == ("/lib/" not in path)


def test_the_package_has_the_version_of_the_bridge() -> None:
    assert header(PACKAGE)["version"] == __version__


def test_libraries_and_other_actions_are_no_packages_of_their_own() -> None:
    for path in ACTIONS.rglob("*.lua"):
        assert ("noindex" in header(path)) == (path != PACKAGE), path


def broken(root: Path, path: str, text: str) -> str:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, "utf-8")
    with pytest.raises(RuleBroken) as caught:
        checked_index(root)
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("reaper_scripts/MAC-Net/lib/new.lua", "return {}\n", "missing tag 'version'"),
        ("reaper_scripts/MAC-Net/MAC-Net_New.lua", "-- @noindex\n", "no package provides it"),
        ("notes/drums.txt", "36 Kick\n", "missing tag 'version'"),
        ("other/server.py", "print()\n", "missing tag 'version'"),
        ("a/b.lua", "-- @version v0.1.0\n", "invalid value for tag 'version'"),
        ("a/b.lua", "-- @version 1.65536\n", "invalid value for tag 'version'"),
        ("a/b.lua", "-- @version 1\n-- @version 2\n", "comes twice"),
        ("a/b.lua", "-- @author x\n\n-- @version 1.0\n", "missing tag 'version'"),
        ("a/b.lua", "-- @version 1.0\n-- @versoin 1.0\n", "unknown tag 'versoin'"),
        ("a/b.lua", "-- @version 1.0\n-- @provides gone.lua\n", "names no file"),
        ("a/b.lua", "-- @version 1.0\n-- @provides\n--   .\n--   b.lua\n", "twice"),
        ("a/b.lua", "-- @version 1.0\n-- @provides [main=mixer] .\n", "no section"),
        ("a/b.lua", "-- @version 1.0\n-- @provides [maim] .\n", "no option"),
        (CONF, "--name x # the name\n", "is not understood"),
        (CONF, "--name x\n", "--url-template"),
    ],
)
def test_what_the_indexer_would_refuse_is_told(copy: Path, path: str, text: str, reason: str) -> None:
    assert reason in broken(copy, path, text)


def test_a_header_ends_at_the_first_empty_line_and_folds_what_is_indented(tmp_path: Path) -> None:
    script = tmp_path / "x.lua"
    script.write_text(
        "-- @about\n--   one\n--   two\n-- not of it\n-- @version 1.0\n\n-- @author no\n", "utf-8"
    )
    assert header(script) == {"about": "one\ntwo", "version": "1.0"}


def test_an_index_that_is_older_than_the_scripts_fails_the_check(tmp_path: Path) -> None:
    template = ["--url-template", "https://example.org/$version/$path"]
    command = [sys.executable, str(ROOT / "reaper_scripts" / "reapack.py"), "--check"]
    assert subprocess.run(command, check=False, cwd=tmp_path).returncode == 0
    old = subprocess.run([*command, *template], check=False, cwd=tmp_path, capture_output=True, text=True)
    assert old.returncode == 1
    assert "make reapack" in old.stderr
