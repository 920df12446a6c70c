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


class Bridge:
    """A real `macnet serve`, which can be killed and started again on its port."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "bridge", "serve", "--no-demo", "--port", str(self.port)]
        command += ["--data-dir", str(self.data)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().split("127.0.0.1:")[1].split()[0])

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.communicate()


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    running = Bridge(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.kill()


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


def lua_command(lua: str, bridge: Bridge, port: int, transport: str, version: int) -> list[str]:
    program = shutil.which(lua)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(f"{lua} is not installed")
        pytest.skip(f"{lua} is not installed")
    return [program, str(SCENES), str(port), transport, str(bridge.data), str(version)]


def play(
    lua: str,
    bridge: Bridge,
    *scenes: str,
    port: int = 0,
    transport: str = "udp",
    version: int = 7,
    projects: int = 140,
) -> None:
    """Play scenes, or all of them; what a scene asks for on its way (KILL, START) is done to the bridge."""
    seed = random.randrange(2**31)
    more = {
        "MACNET_SEED": str(seed),
        "MACNET_PROJECTS": str(projects),
        "MACNET_VECTORS": str(vectors(bridge.data)),
        "MACNET_FOLDER": str(user_data_dir()),
    }
    without = {name: value for name, value in os.environ.items() if name != "MACNET_DATA_DIR"}
    command = [*lua_command(lua, bridge, port or bridge.port, transport, version), *scenes]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    said = []
    with subprocess.Popen(command, text=True, env=without | more, **pipes) as played:  # type: ignore[call-overload]  # pipes are files
        for line in played.stdout:
            said.append(line)
            if wish := {"KILL": bridge.kill, "START": bridge.start}.get(line.strip()):
                wish()
                played.stdin.write("done\n")
                played.stdin.flush()
    text = "".join(said)
    assert played.returncode == 0, f"MACNET_SEED={seed}\n{text}"
    assert text.count("ok   ") >= max(1, len(scenes))


def test_every_scene_in_reaper_7_over_udp(bridge: Bridge) -> None:
    play("lua5.4", bridge)


def test_every_scene_in_reaper_6_over_the_packet_folder(bridge: Bridge) -> None:
    play("lua5.3", bridge, transport="files", version=6, projects=60)


# The other way round than above: both Luas meet both ways to the bridge.
@pytest.mark.parametrize(("lua", "version", "transport"), [("lua5.3", 6, "udp"), ("lua5.4", 7, "files")])
def test_a_bridge_killed_and_started_again_still_answers_once(
    bridge: Bridge, lua: str, version: int, transport: str
) -> None:
    scenes = ["a_bridge_killed_in_the_middle_of_an_answer", "a_bridge_that_the_action_starts_answers"]
    play(lua, bridge, *scenes, transport=transport, version=version)


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


def test_what_a_bad_line_loses_is_made_good(bridge: Bridge) -> None:
    seed = random.randrange(2**31)
    line = BadLine(bridge.port, seed)
    line.start()
    try:
        play("lua5.4", bridge, "every_request_ends_on_a_bad_line", port=line.port)
    finally:
        line.stop()
    assert line.harmed > 20, f"seed of the line: {seed}"
