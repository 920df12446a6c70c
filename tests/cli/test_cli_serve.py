"""`macnet serve`, `doctor` and `demo`, against a bridge that really listens."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, cast

import pytest

from bridge.config import HOST, ServeConfig
from bridge.music.midifile import read_song
from bridge.takes import FILE_NAME, Takes
from bridge.wire.client import Client
from bridge.wire.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Said, ScaleComposer


@pytest.fixture
def port(data_dir: Path, composer: ScaleComposer) -> Iterator[int]:
    """The port of a bridge whose composer plays scales."""
    ready: SimpleQueue[int] = SimpleQueue()
    with Takes(data_dir / FILE_NAME) as takes:
        server = Server(composer, takes, config=ServeConfig(0, "folk", data_dir), on_ready=ready.put)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield ready.get(timeout=30)
        server.stop()
        thread.join()


@pytest.fixture
def closed_port() -> int:
    """A port that was free just now: nothing listens there."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind((HOST, 0))
        return cast("int", mute.getsockname()[1])


def test_a_healthy_bridge_passes_every_check(macnet: Callable[..., Said], port: int) -> None:
    said = macnet("doctor", "--port", port, "--json")
    assert said.code == 0, said.out
    checks = {check["part"]: check for check in said.json["checks"]}
    assert list(checks) == ["data folder", "takes", "model folk", "server", "round trip"]
    assert said.json["ok"]
    assert "model folk" in checks["server"]["text"]
    assert " ms" in checks["round trip"]["text"]


@pytest.mark.usefixtures("composer")
def test_without_a_bridge_the_doctor_says_how_to_start_it(
    macnet: Callable[..., Said], closed_port: int
) -> None:
    said = macnet("doctor", "--port", closed_port)
    assert said.code == 1
    failed = [line for line in said.out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert "server" in failed[0]
    assert "macnet serve" in said.out
    assert "round trip" not in said.out


@pytest.mark.usefixtures("composer")
def test_a_data_folder_that_cannot_be_written_is_told_with_what_to_do(
    macnet: Callable[..., Said], port: int, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    said = macnet("doctor", "--port", port, "--data-dir", tmp_path / "file", "--json")
    assert said.code == 1
    failed = next(check for check in said.json["checks"] if not check["ok"])
    assert (failed["part"], failed["code"]) == ("data folder", "setting.invalid")
    assert "--data-dir" in failed["hint"]


def test_a_damaged_store_of_takes_is_found_by_the_doctor(
    macnet: Callable[..., Said], port: int, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / FILE_NAME).write_bytes(b"damaged" * 500)
    said = macnet("doctor", "--port", port, "--data-dir", tmp_path / "other", "--json")
    assert [check["code"] for check in said.json["checks"] if not check["ok"]] == ["take.unavailable"]


def test_the_demo_draws_the_example_and_its_continuation_and_writes_both(
    macnet: Callable[..., Said], port: int, data_dir: Path
) -> None:
    said = macnet("demo", "--port", port)
    assert said.code == 0, said.err
    assert "morning.mid" in said.out
    assert "│" in said.out or "|" in said.out
    song = read_song(data_dir / "demo" / "morning-continued.mid")
    assert [track.name for track in song.tracks] == ["Melody", "Accompaniment"]
    assert (data_dir / "demo" / "morning-continued.wav").read_bytes().startswith(b"RIFF")


def test_the_demo_without_a_bridge_says_how_to_start_one(
    macnet: Callable[..., Said], closed_port: int
) -> None:
    said = macnet("demo", "--port", closed_port)
    assert said.code == 1
    assert "[server.unreachable]" in said.err
    assert "macnet serve" in said.err


@pytest.mark.usefixtures("composer")
def test_a_port_that_is_taken_is_one_clear_error(macnet: Callable[..., Said], port: int) -> None:
    said = macnet("serve", "--port", port, "--no-demo")
    assert said.code == 1
    assert str(port) in said.err
    assert "[server.port_taken]" in said.err


def test_a_model_that_does_not_exist_stops_the_start_with_those_that_do(macnet: Callable[..., Said]) -> None:
    said = macnet("serve", "--model", "jazz", "--no-demo")
    assert said.code == 1
    assert "jazz" in said.err
    assert "folk" in said.err


def start_bridge(data_dir: Path, *args: str) -> tuple[subprocess.Popen[str], int]:
    """The installed command, and the port that its first line names."""
    program = Path(sys.executable).with_name("macnet")
    command = [str(program), "serve", "--port", "0", "--data-dir", str(data_dir), *args]
    bridge = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert bridge.stdout is not None
    first = bridge.stdout.readline()
    match = re.search(r"127\.0\.0\.1:(\d+)", first)
    assert match, first
    return bridge, int(match[1])


def test_the_installed_bridge_continues_a_clip_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    bridge, port = start_bridge(tmp_path)
    try:
        with Client(port, timeout_s=30) as client:
            answer = client.generate(length=4 * 3840, rng_seed=3)
    finally:
        bridge.send_signal(getattr(signal, "CTRL_C_EVENT", signal.SIGINT))
        said, _ = bridge.communicate()
    assert bridge.returncode == 0, said
    assert "Traceback" not in said
    assert "every answered request is kept" in said
    with Takes(tmp_path / FILE_NAME) as takes:
        kept = takes.find(answer.takes[0].take_id)
    assert kept.variation.clips == answer.takes[0].clips
    assert kept.model_version


def test_the_installed_bridge_shows_at_its_start_that_it_works(tmp_path: Path) -> None:
    bridge, _ = start_bridge(tmp_path, "--demo")
    assert bridge.stdout is not None
    try:
        lines: list[str] = []
        while not lines or "morning-continued.wav" not in lines[-1]:
            lines.append(bridge.stdout.readline())
            assert lines[-1], "".join(lines)
    finally:
        bridge.kill()
        bridge.communicate()
    assert (tmp_path / "demo" / "morning-continued.mid").exists()


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = sys.modules["onnx"] = None  # whoever imports them now fails
from bridge.cli import main
main()
"""


def test_serving_and_composing_need_no_torch(tmp_path: Path) -> None:
    args = ["generate", "-o", str(tmp_path / "out.mid"), "--bars", "2", "--data-dir", str(tmp_path)]
    command = [sys.executable, "-c", WITHOUT_TORCH, *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.mid").exists()


def test_training_without_torch_says_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, "train", str(tmp_path), "--name", "mine"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "macnet-bridge[train]" in done.stderr
    assert "[training.unavailable]" in done.stderr
