"""The REAPER actions, as they are shipped, in a fake REAPER stricter than the real one, with a real bridge."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import pytest

from bridge.config import user_data_dir

Address: TypeAlias = tuple[str, int]
ROOT = Path(__file__).parents[2]
SCENES = ROOT / "reaper_scripts" / "test" / "scenes.lua"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """A running bridge: its port and data folder."""
    data = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "bridge", "serve", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield int(line.split("127.0.0.1:")[1].split()[0]), data
        finally:
            process.terminate()


def vectors(folder: Path) -> Path:
    """The golden messages, a line each, as a script without JSON reads them."""
    lines = []
    for name in ("requests", "answers"):
        content = json.loads((ROOT / "tests" / "wire_vectors" / f"{name}.json").read_text("utf-8"))
        for message in content["messages"]:
            args = "".join(f" {quote(str(value), safe='') or '%20'}" for value in message["args"])
            if "" not in message["args"]:
                lines.append(f"{message['address']} {message['types']} {message['hex']}{args}")
    path = folder / "vectors.txt"
    path.write_text("\n".join(lines), "utf-8")
    return path


def play(lua: str, port: int, data: Path, *scenes: str, transport: str = "udp", version: int = 7) -> None:
    program = shutil.which(lua)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{lua} is not installed")
        pytest.skip(f"{lua} is not installed")
    seed = random.randrange(2**31)
    more = {
        "MACNET_SEED": str(seed),
        "MACNET_PROJECTS": "100",
        "MACNET_VECTORS": str(vectors(data)),
        "MACNET_FOLDER": str(user_data_dir()),
    }
    without = {name: value for name, value in os.environ.items() if name != "MACNET_DATA_DIR"}
    command = [program, str(SCENES), str(port), transport, str(data), str(version), *scenes]
    played = subprocess.run(
        command, capture_output=True, text=True, env=without | more, timeout=280, check=False
    )
    assert played.returncode == 0, f"MACNET_SEED={seed}\n{played.stdout}{played.stderr}"
    assert played.stdout.count("ok   ") >= max(1, len(scenes))


def test_every_scene_in_reaper_7_over_udp(bridge: tuple[int, Path]) -> None:
    play("lua5.4", *bridge)


def test_every_scene_in_reaper_6_over_the_packet_folder(bridge: tuple[int, Path]) -> None:
    play("lua5.3", *bridge, transport="files", version=6)


class BadLine(threading.Thread):
    """A proxy that loses, doubles and swaps packets, each with a chance of one in five."""

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(daemon=True)
        self._random = random.Random(seed)
        self._bridge = ("127.0.0.1", port)
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self._bell, self._rung = socket.socketpair()
        self._backs: dict[Address, socket.socket] = {}
        self._held: dict[tuple[socket.socket, Address], bytes] = {}
        self.port: int = self._front.getsockname()[1]
        self.harmed = 0

    def run(self) -> None:
        while True:
            ready, _, _ = select.select([self._rung, self._front, *self._backs.values()], [], [])
            if self._rung in ready:
                return
            for source in ready:
                packet, sender = source.recvfrom(65_535)
                if source is self._front:
                    back = self._backs.setdefault(sender, socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    self._pass(packet, back, self._bridge)
                else:
                    client = next(address for address, back in self._backs.items() if back is source)
                    self._pass(packet, self._front, client)

    def _pass(self, packet: bytes, through: socket.socket, to: Address) -> None:
        held = self._held.pop((through, to), None)
        fate = self._random.randrange(15)
        self.harmed += fate < 3
        if fate == 0:
            packets = []
        elif fate == 1:
            packets = [packet, packet]
        elif fate == 2 and held is None:
            self._held[through, to] = packet
            packets = []
        else:
            packets = [packet]
        for each in [*packets, *([held] if held else [])]:
            through.sendto(each, to)

    def stop(self) -> None:
        self._bell.send(b"x")
        self.join()


def test_what_a_bad_line_loses_is_made_good(bridge: tuple[int, Path]) -> None:
    port, data = bridge
    seed = random.randrange(2**31)
    line = BadLine(port, seed)
    line.start()
    try:
        play("lua5.4", line.port, data, "every_request_ends_on_a_bad_line")
    finally:
        line.stop()
    assert line.harmed > 20, f"seed of the line: {seed}"
