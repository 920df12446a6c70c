"""Joining a cluster: what a producer is told when it cannot be done, and who can hear a local one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pyarrow", reason="the extra [cluster] is not installed")

from bridge.cli.edge import run
from bridge.cluster import joining
from bridge.cluster.joining import joined
from bridge.errors import (
    ClusterError,
    ClusterLost,
    ClusterMismatch,
    ClusterTooSmall,
    ClusterUnavailable,
    ClusterUnreachable,
    FolderNotShared,
)
from tests.library.music import lay, track
from tests.library.projects import CHORDS, RIFF

if TYPE_CHECKING:
    from bridge.cluster.joining import Cluster

ROOT = Path(__file__).parents[2]


def join(address: str, tmp_path: Path, *, workers: int = 0) -> None:
    with joined(address, workers=workers, music=tmp_path, data_dir=tmp_path / "data"):
        raise AssertionError("it was joined")


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:{closed}"])
def test_an_address_that_does_not_answer_is_told_of_at_once(tmp_path: Path, address: str) -> None:
    with pytest.raises(ClusterUnreachable) as told:
        join(address.format(closed=closed_port()), tmp_path)
    assert "ray start --head" in told.value.hint


@pytest.mark.parametrize("command", [("library",), ("train", "--name", "mine")])
def test_a_command_says_what_to_do_when_no_cluster_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    at = f"127.0.0.1:{closed_port()}"
    assert run([*command, str(tmp_path), "--cluster", at, "--data-dir", str(tmp_path / "data")]) == 1
    said = capsys.readouterr().err
    assert f"no cluster answers at '{at}'" in said
    assert "[cluster.unreachable]" in said
    assert not (tmp_path / "data" / "libraries").exists()


def test_a_folder_that_is_not_there_is_told_of_before_a_cluster_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["library", str(tmp_path / "none"), "--cluster", "local"]) == 1
    assert "[library.missing]" in capsys.readouterr().err


def test_without_ray_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterUnavailable) as told:
        join("local", tmp_path)
    assert "[cluster]" in told.value.hint


def test_more_workers_than_the_cluster_has_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ClusterTooSmall):
        join(address, tmp_path, workers=3)


def test_a_folder_that_a_machine_does_not_see_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "a song.mid").touch()
    here = joining.look_around([str(tmp_path)])
    (tmp_path / "another.mid").touch()
    for there in (joining.look_around([str(tmp_path)]), {**here, str(tmp_path): ""}):
        with pytest.raises(FolderNotShared) as told:
            joining.compare("10.0.0.7", here, there)
        assert "10.0.0.7" in str(told.value)
    joining.compare("10.0.0.7", here, dict(here))


def test_a_machine_with_another_version_is_told_of(tmp_path: Path) -> None:
    here = joining.look_around([str(tmp_path)])
    with pytest.raises(ClusterMismatch, match=r"0\.0\.0"):
        joining.compare("10.0.0.7", here, {**here, "": "0.0.0"})


TRACE = """ray::Map() (pid=7, ip=10.0.0.7)
  File "reading.py", line 3, in work
ModuleNotFoundError: No module named 'bridge'
To change retry attempts, configure something else.
"""


def test_what_ray_says_of_a_cluster_that_is_gone_is_an_error_of_ours(machines: Cluster) -> None:
    import ray  # noqa: PLC0415  it may not be there

    assert machines.processors == 2
    with pytest.raises(ClusterLost, match="the node was lost"), joining.ray_errors():
        raise ray.exceptions.RaySystemError("the node was lost")
    with (
        pytest.raises(ClusterError, match="work: ModuleNotFoundError: No module named"),
        joining.ray_errors(),
    ):
        raise ray.exceptions.RaySystemError(TRACE)


LISTENING = """
import json, os, sys
from pathlib import Path
from bridge.cli.edge import run
from bridge.cluster import reading

def parent_of(stat):
    return int(stat.read_text().rpartition(")")[2].split()[1])

def family():
    parents = {int(stat.parent.name): parent_of(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return ours

def sockets():
    links = [link for pid in family() for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return {name[8:-1] for name in map(os.readlink, links) if name.startswith("socket:[")}

def listening():
    tables = [Path("/proc/net/tcp").read_text(), Path("/proc/net/tcp6").read_text()]
    rows = [row.split() for table in tables for row in table.splitlines()[1:]]
    ours = sockets()
    return sorted({row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in ours})

over = reading.over
def heard(*args, **how):
    print(json.dumps(listening()), file=sys.stderr)
    return over(*args, **how)
reading.over = heard
raise SystemExit(run(sys.argv[1:]))
"""
"""Runs a command, and tells at which addresses its processes listen when they begin to read."""

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


def test_a_local_cluster_reads_a_library_and_listens_to_this_machine_alone(tmp_path: Path) -> None:
    music = tmp_path / "music"
    lay(music, "a.mid", [track(RIFF, "Lead"), track(CHORDS, "Keys")])
    lay(music, "b/a.mid", [track(RIFF, "Lead"), track(CHORDS, "Keys")])
    (music / "broken.mid").write_bytes(b"MThd")
    command = [sys.executable, "-c", LISTENING, "library", str(music), "--cluster", "local", "--workers", "1"]
    done = subprocess.run(
        [*command, "--data-dir", str(tmp_path / "data"), "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["files"], told["used"]) == (3, 1)
    assert told["left_out"] == {"library.same_file": 1, "midi.unreadable": 1}
    heard = next(json.loads(line) for line in done.stderr.splitlines() if line.startswith("["))
    assert heard
    assert set(heard) <= LOOPBACK
    assert [line for line in done.stderr.splitlines() if not line.startswith("[")] == [
        "joining the cluster: local"
    ]
