"""`macnet install`: what goes where, what is kept, and that nothing of anybody else's is touched."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.errors import InstallFolderMissing
from bridge.install import shipped
from bridge.install.hosts import HOSTS, Machine
from bridge.install.shipped import installed_script, lua_text
from bridge.install.steps import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said

ROOT = Path(__file__).parents[2]
ACTION = "Scripts/MAC-Net/MAC-Net_Continue selected item.lua"


@pytest.fixture
def resources(tmp_path: Path) -> Path:
    """REAPER's resource folder, with scripts of somebody else's."""
    folder = tmp_path / "REAPER of Ada"
    (folder / "Scripts" / "Other").mkdir(parents=True)
    (folder / "reaper.ini").write_text("[REAPER]\n")
    (folder / "Scripts" / "Other" / "x.lua").write_text("-- not ours\n")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "User Library"
    (folder / "Presets").mkdir(parents=True)
    return folder


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A copy of the product that has a device."""
    folder = tmp_path / "package" / "max_for_live"
    folder.mkdir(parents=True)
    (folder / "MAC-Net.amxd").write_bytes(b"ampf\x04\x00\x00\x00mmmm")
    monkeypatch.setattr(shipped, "PLACES", (folder.parent,))
    return b"ampf\x04\x00\x00\x00mmmm"


def tree(folder: Path) -> dict[str, bytes | None]:
    paths = (path for path in folder.rglob("*") if path.name != RECORD)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in paths
    }


def test_reaper_gets_every_action_and_library(macnet: Callable[..., Said], resources: Path) -> None:
    said = macnet("install", "reaper", "--to", resources)
    assert said.code == 0, said.err
    for path in (ROOT / "reaper_scripts" / "MAC-Net").rglob("MAC-Net_*.lua"):
        assert (resources / "Scripts" / "MAC-Net" / path.name).read_bytes() == path.read_bytes()
    assert (resources / "Scripts" / "MAC-Net" / "lib" / "wire.lua").is_file()
    assert f"new        {ACTION}" in said.out
    assert "Load ReaScript" in said.err


def test_a_dry_run_lists_the_same_and_does_nothing(macnet: Callable[..., Said], resources: Path) -> None:
    before = tree(resources)
    listed = macnet("install", "reaper", "--to", resources, "--dry-run", "--json").json
    assert tree(resources) == before
    assert not listed["done"]
    done = macnet("install", "reaper", "--to", resources, "--json").json
    assert done["files"] == listed["files"]
    assert done["done"]


def test_twice_changes_nothing(macnet: Callable[..., Said], resources: Path) -> None:
    macnet("install", "reaper", "--to", resources)
    before = tree(resources)
    again = macnet("install", "reaper", "--to", resources, "--json").json
    assert {file["deed"] for file in again["files"]} == {"unchanged"}
    assert again["backup"] is None
    assert tree(resources) == before


def test_a_file_that_is_replaced_is_kept_as_a_backup(
    macnet: Callable[..., Said], resources: Path, data_dir: Path
) -> None:
    macnet("install", "reaper", "--to", resources)
    (resources / ACTION).write_text("-- mine\n")
    said = macnet("install", "reaper", "--to", resources, "--json").json
    replaced = [file["path"] for file in said["files"] if file["deed"] == "replaced"]
    assert replaced == [ACTION]
    assert Path(said["backup"]).parent == data_dir / "backups"
    assert (Path(said["backup"]) / ACTION).read_text() == "-- mine\n"
    assert "mine" not in (resources / ACTION).read_text()


def test_a_script_that_a_new_version_lacks_goes_unless_it_was_changed(
    macnet: Callable[..., Said], resources: Path
) -> None:
    macnet("install", "reaper", "--to", resources)
    record = json.loads((resources / RECORD).read_text())
    for name in ("old", "mine"):
        record["files"][f"Scripts/MAC-Net/lib/{name}.lua"] = hashlib.sha256(b"return 1\n").hexdigest()
    (resources / RECORD).write_text(json.dumps(record))
    library = resources / "Scripts" / "MAC-Net" / "lib"
    (library / "old.lua").write_bytes(b"return 1\n")
    (library / "mine.lua").write_bytes(b"return 2\n")
    said = macnet("install", "reaper", "--to", resources)
    assert "removed    Scripts/MAC-Net/lib/old.lua" in said.out
    assert not (library / "old.lua").exists()
    assert (library / "mine.lua").is_file()


def test_uninstall_leaves_everything_as_it_was(macnet: Callable[..., Said], resources: Path) -> None:
    before = tree(resources)
    macnet("install", "reaper", "--to", resources)
    said = macnet("install", "reaper", "--to", resources, "--uninstall")
    assert said.code == 0, said.err
    assert tree(resources) == before
    assert not (resources / RECORD).exists()


def test_uninstall_keeps_what_the_user_has_changed_and_says_so(
    macnet: Callable[..., Said], resources: Path
) -> None:
    macnet("install", "reaper", "--to", resources)
    (resources / ACTION).write_text("-- mine\n")
    said = macnet("install", "reaper", "--to", resources, "--uninstall")
    assert f"kept       {ACTION}" in said.out
    assert (resources / ACTION).read_text() == "-- mine\n"


def test_uninstall_of_nothing_is_told(macnet: Callable[..., Said], resources: Path) -> None:
    said = macnet("install", "reaper", "--to", resources, "--uninstall")
    assert said.code == 1
    assert "[install.nothing]" in said.err


@pytest.mark.parametrize(
    "record",
    ["", "[]", "{", '{"files": 5}', '{"files": {"../gone": "x", "/etc/x": "y"}, "folders": [7, ".."]}'],
)
def test_a_record_that_is_damaged_or_leads_elsewhere_removes_nothing(
    macnet: Callable[..., Said], resources: Path, record: str
) -> None:
    (resources.parent / "gone").write_text("still here")
    (resources / RECORD).write_text(record)
    assert macnet("install", "reaper", "--to", resources, "--uninstall", "--json").json["error"]["code"] == (
        "install.nothing"
    )
    assert (resources.parent / "gone").read_text() == "still here"
    assert macnet("install", "reaper", "--to", resources).code == 0


def test_a_folder_that_is_not_the_daw_s_is_refused_with_where_to_look(
    macnet: Callable[..., Said], tmp_path: Path
) -> None:
    said = macnet("install", "reaper", "--to", tmp_path)
    assert said.code == 1
    assert "[install.no_folder]" in said.err
    assert "Show REAPER resource path" in said.err
    assert not (tmp_path / "Scripts").exists()


def test_a_folder_that_cannot_be_written_is_one_clear_error(
    macnet: Callable[..., Said], resources: Path
) -> None:
    (resources / "Scripts" / "MAC-Net").write_text("a file where a folder should be")
    said = macnet("install", "reaper", "--to", resources)
    assert said.code == 1
    assert "[install.unwritable]" in said.err


def test_the_device_goes_into_the_user_library_and_out_again(
    macnet: Callable[..., Said], library: Path, device: bytes
) -> None:
    before = tree(library)
    said = macnet("install", "live", "--to", library)
    assert said.code == 0, said.err
    path = library / "Presets" / "MIDI Effects" / "Max MIDI Effect" / "MAC-Net.amxd"
    assert path.read_bytes() == device
    macnet("install", "live", "--to", library, "--uninstall")
    assert tree(library) == before


def test_a_copy_without_the_device_says_so(
    macnet: Callable[..., Said], library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "PLACES", (tmp_path / "nothing",))
    said = macnet("install", "live", "--to", library)
    assert said.code == 1
    assert "[install.not_shipped]" in said.err
    assert "MAC-Net.amxd" in said.err


@pytest.mark.parametrize(
    ("host", "system", "environment", "place"),
    [
        ("reaper", "linux", {}, ".config/REAPER"),
        ("reaper", "linux", {"XDG_CONFIG_HOME": "/elsewhere"}, "/elsewhere/REAPER"),
        ("reaper", "darwin", {}, "Library/Application Support/REAPER"),
        ("reaper", "win32", {"APPDATA": "/users/ada/roaming"}, "/users/ada/roaming/REAPER"),
        ("live", "darwin", {}, "Music/Ableton/User Library"),
        ("live", "win32", {}, "Documents/Ableton/User Library"),
        ("ardour", "linux", {}, ".config/ardour7"),
    ],
)
def test_every_daw_is_looked_for_where_it_keeps_its_files(
    tmp_path: Path, host: str, system: str, environment: dict[str, str], place: str
) -> None:
    assert HOSTS[host].places(Machine(system, tmp_path, environment)) == [tmp_path / place]


def test_the_newest_ardour_is_taken(tmp_path: Path) -> None:
    for version in ("ardour6", "ardour10", "ardour8", "ardour-old"):
        (tmp_path / ".config" / version).mkdir(parents=True)
        (tmp_path / ".config" / version / "config").touch()
    assert HOSTS["ardour"].find(Machine("linux", tmp_path, {})).name == "ardour10"


def test_a_daw_that_never_ran_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InstallFolderMissing) as caught:
        HOSTS["reaper"].find(Machine("linux", tmp_path, {}))
    assert ".config/REAPER" in str(caught.value)
    assert "--to" in caught.value.hint


@pytest.mark.parametrize(
    "text", ['"C:\\Program Files\\Python\\python.exe" -m bridge', "/home/ädä/[[x]]", "\n\0%"]
)
def test_lua_reads_back_any_command(text: str) -> None:
    lua = shutil.which("lua5.4")
    if lua is None:
        if os.environ.get("CI"):
            pytest.fail("lua5.4 is not installed")
        pytest.skip("lua5.4 is not installed")
    script = f"io.write({lua_text(text)}); assert(load(...)().command)"
    content = installed_script(text, text)
    done = subprocess.run([lua, "-e", script, "-", content.decode()], capture_output=True, check=False)
    assert done.stdout == text.encode()


def test_a_built_package_brings_what_daws_get(tmp_path: Path, resources: Path) -> None:
    copied = tmp_path / "source"
    for name in ("bridge", "reaper_scripts", "ardour_scripts"):
        shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "models"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copied)
    (copied / "max_for_live").mkdir()
    (copied / "max_for_live" / "MAC-Net.amxd").write_bytes(b"ampf")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--quiet",
    ]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(copied)], check=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "installed", "zip")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    install = [sys.executable, "-m", "bridge", "install"]
    subprocess.run(
        [*install, "reaper", "--to", str(resources)], check=True, cwd=tmp_path / "installed", env=environment
    )
    assert (resources / ACTION).read_bytes() == (
        ROOT / "reaper_scripts" / "MAC-Net" / "MAC-Net_Continue selected item.lua"
    ).read_bytes()
    library = tmp_path / "library"
    (library / "Presets").mkdir(parents=True)
    subprocess.run(
        [*install, "live", "--to", str(library)], check=True, cwd=tmp_path / "installed", env=environment
    )
    assert [path.name for path in library.rglob("*.amxd")] == ["MAC-Net.amxd"]
