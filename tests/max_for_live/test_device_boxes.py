"""Pure Data stands in for the UDP boxes of the Live device: two ports, floats only, and a real bridge."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.config import HOST
from bridge.music.note import Meter, Note, Role, make_clip
from bridge.wire.client import Client
from tests.wire.elsewhere import needed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.music.note import Clip

pytestmark = pytest.mark.clients

ROOT = Path(__file__).parents[2]
BOXES = Path(__file__).parent / "pd" / "boxes.pd"
WAIT_S = 60.0
MELODY = make_clip(
    [Note(at * 480, 60 + (0, 2, 4, 5, 7, 5, 4, 2)[at % 8], 480, 70 + at % 30) for at in range(96)],
    length=96 * 480,
    meter=Meter(3, 4),
    name="a long waltz",
)
LENGTH = 4 * 3 * 960
"""Four bars of three quarters."""
RNG_SEED = 20


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a bridge that was started as a user starts it."""
    data = str(tmp_path_factory.mktemp("data"))
    command = [sys.executable, "-m", "bridge", "serve", "--port", "0", "--data-dir", data]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield int(line.split("127.0.0.1:")[1].split()[0])
        finally:
            process.terminate()


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as it:
        it.bind((HOST, 0))
        return int(it.getsockname()[1])


class Boxes:
    """The device's two boxes: what goes into `udpsend`, and what comes out of `udpreceive`."""

    def __init__(self, process: subprocess.Popen[str], commands: int) -> None:
        self._process = process
        self._socket = self._connected(commands)

    @staticmethod
    def _connected(commands: int) -> socket.socket:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            try:
                return socket.create_connection((HOST, commands))
            except ConnectionRefusedError:
                continue
        pytest.fail("Pure Data does not listen")

    def command(self, *words: object) -> None:
        text = " ".join(str(word).replace(" ", r"\ ") for word in words)
        self._socket.sendall(f"{text};\n".encode())

    def send(self, address: str, *values: object) -> None:
        self.command("address", *address.strip("/").split("/"))
        self.command("send", *values)

    def lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        yield from (line.strip() for line in self._process.stdout)

    def heard_until(self, address: str, request_id: int) -> list[list[str]]:
        """Every message, its address and its arguments, up to one that ends a request."""
        messages = []
        for line in self.lines():
            found = re.fullmatch(r"heard: list (macnet .*)", line)
            if found is None:
                continue
            messages.append(found[1].split(" "))
            if messages[-1][1:3] in ([address, str(request_id)], ["fail", str(request_id)]):
                return messages
        pytest.fail(f"Pure Data ended: {messages}")

    def close(self) -> None:
        self._socket.close()


@contextmanager
def boxes() -> Iterator[Boxes]:
    commands = free_port(socket.SOCK_STREAM)
    program = [
        needed("pd"),
        "-nogui",
        "-noaudio",
        "-nomidi",
        "-open",
        str(BOXES),
        "-send",
        f"commands {commands}",
    ]
    with subprocess.Popen(program, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        watchdog = threading.Timer(WAIT_S, process.kill)
        watchdog.start()
        it = Boxes(process, commands)
        try:
            yield it
        finally:
            it.close()
            watchdog.cancel()
            process.kill()


def ask(it: Boxes, request_id: int, clip: Clip) -> None:
    """A whole request as the device sends it: the clip in packets of 45 notes, then the question."""
    packets = [clip.notes[at : at + 45] for at in range(0, len(clip.notes), 45)]
    meter = clip.meter
    it.send(
        "/macnet/clip",
        *(request_id, "melody", clip.length, meter.numerator, meter.denominator),
        *(len(clip.notes), len(packets), clip.name),
    )
    for number, packet in enumerate(packets):
        values = [x for note in packet for x in (note.pitch, note.onset, note.duration, note.velocity)]
        it.send("/macnet/clip/notes", request_id, "melody", number, *values)
    options = ("temperature", 0.75, "clips", 1, "key", "auto")
    it.send("/macnet/continue", request_id, LENGTH / 960, 2, RNG_SEED, *options)


def notes_heard(messages: list[list[str]], variation: int, role: str) -> list[Note]:
    """The notes of one voice, its packets in order, as counted in its announcement."""
    announced = [m for m in messages if m[1] == "take" and m[3] == str(variation) and m[5] == role]
    packets = {
        int(m[6]): [int(value) for value in m[7:]]
        for m in messages
        if m[1:3] == ["take", "notes"] and m[4:6] == [str(variation), role]
    }
    assert len(announced) == 1
    assert sorted(packets) == list(range(int(announced[0][8])))
    values = [value for number in sorted(packets) for value in packets[number]]
    notes = [
        Note(*values[at + 1 : at + 2], *values[at : at + 1], *values[at + 2 : at + 4])
        for at in range(0, len(values), 4)
    ]
    assert len(notes) == int(announced[0][7])
    return notes


def test_a_whole_request_and_its_answer_go_through_the_boxes_as_floats(port: int) -> None:
    with boxes() as it:
        reply = free_port(socket.SOCK_DGRAM)
        it.command("listen", reply)
        it.command("bridge", port)
        it.send("/macnet/hello", 1, 1, "pd", reply)
        assert it.heard_until("done", 1)[0][:4] == ["macnet", "welcome", "1", "1"]
        ask(it, 2, MELODY)
        heard = it.heard_until("done", 2)
    assert heard[-1] == ["macnet", "done", "2", "2", "4"]
    assert [m for m in heard if m[1] in ("missing", "fail")] == []
    with Client(port, timeout_s=WAIT_S, name="test") as client:
        answer = client.continue_(
            {Role.MELODY: MELODY},
            length=LENGTH,
            variations=2,
            rng_seed=RNG_SEED,
            options={"temperature": 0.75, "key": "auto"},
        )
    assert [sorted(take.clips) for take in answer.takes] == [[Role.ACCOMPANIMENT, Role.MELODY]] * 2
    for variation, take in enumerate(answer.takes):
        for role, clip in take.clips.items():
            assert notes_heard(heard, variation, role.value) == list(clip.notes)


def test_two_devices_with_ports_of_their_own_hear_only_their_own_answers(port: int) -> None:
    replies = (free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM))
    with boxes() as first, boxes() as second:
        for it, reply in zip((first, second), replies, strict=True):
            it.command("listen", reply)
            it.command("bridge", port)
            it.send("/macnet/hello", 7, 1, f"pd-{reply}", reply)
        first.send("/macnet/models", 8)
        second.send("/macnet/models", 9)
        heard = [it.heard_until("done", last) for it, last in ((first, 8), (second, 9))]
    assert [{m[2] for m in messages} for messages in heard] == [{"7", "8"}, {"7", "9"}]
    assert all(any(m[1] == "model" for m in messages) for messages in heard)
