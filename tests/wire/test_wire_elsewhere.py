"""Clients that nobody here wrote talk to a real server over loopback."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.config import DEFAULT_MODEL, HOST
from bridge.music.note import Meter, Note, Role
from bridge.wire import osc
from tests.wire.elsewhere import needed
from tests.wire.wire_fakes import WAIT_S, Running

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.clients

KNOCK = osc.encode("/knock", "", ())
HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "OSC.md"
FOUR_NOTES = (
    Note(0, 60, 960, 100),
    Note(960, 64, 960, 90),
    Note(1_920, 67, 960, 80),
    Note(2_880, 72, 960, 70),
)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.bind((HOST, 0))
        return int(it.getsockname()[1])


def wait_until_taken(port: int) -> None:
    """Knock until nobody says that nobody is there; binding the port to try it could be in the way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.settimeout(0.02)
        it.connect((HOST, port))
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            try:
                it.send(KNOCK)
                it.recv(1)
            except TimeoutError:
                return
            except ConnectionRefusedError:
                continue
    pytest.fail(f"nothing took port {port}")


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=HERE
    ) as process:
        watchdog = threading.Timer(WAIT_S, process.kill)
        watchdog.start()
        yield process
        watchdog.cancel()
        process.kill()


def lines_until(process: subprocess.Popen[str], last: str) -> list[str]:
    """What a program prints, up to a line that matches."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        if "/knock" not in line:
            lines.append(line.rstrip())
        if re.search(last, line):
            return lines
    pytest.fail("\n".join(lines))


def documented(language: str) -> list[str]:
    """The examples in docs/OSC.md of a kind."""
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text("utf-8"), flags=re.DOTALL)


def test_the_documented_example_works_with_oscsendfile_and_oscdump(running: Running, tmp_path: Path) -> None:
    send, dump = needed("oscsendfile"), needed("oscdump")
    port = free_port()
    (request,) = documented("osc")
    (shown,) = documented("oscdump")
    packets = tmp_path / "request.osc"
    packets.write_text(request.replace("9472", str(port)))
    with started(dump, "-L", str(port)) as process:
        wait_until_taken(port)
        subprocess.run([send, f"osc.udp://{HOST}:{running.port}", str(packets)], check=True, timeout=WAIT_S)
        heard = [line.split()[1:3] for line in lines_until(process, "/macnet/done iii 2")]
    told = [line.split()[1:3] for line in shown.splitlines() if line.strip()]
    assert [h[0] for h in heard if "progress" not in h[0]] == [t[0] for t in told if "progress" not in t[0]]
    (composed,) = running.composer.composed
    assert len(composed.clips[Role.MELODY].notes) == request.split("/macnet/clip/notes")[1].split("\n")[
        0
    ].count(" 960 ")


def test_oscsendfile_may_send_a_clip_of_many_packets(running: Running, tmp_path: Path) -> None:
    send, dump = needed("oscsendfile"), needed("oscdump")
    port = free_port()
    rows = [f"{60 + at % 12} {at * 240} 240 100" for at in range(300)]
    chunks = [rows[at : at + 15] for at in range(0, 300, 15)]  # it handles at most 63 arguments a message
    lines = [
        f'/macnet/hello iisi 1 1 "liblo" {port}',
        f'/macnet/clip isiiiiis 2 "melody" {300 * 240} 4 4 300 {len(chunks)} "long"',
        *(
            f'/macnet/clip/notes isi{"i" * 4 * len(chunk)} 2 "melody" {number} {" ".join(chunk)}'
            for number, chunk in enumerate(chunks)
        ),
        f'/macnet/continue iiiisi 2 {300 // 4} 1 7 "clips" 1',
    ]
    packets = tmp_path / "request.osc"
    packets.write_text("\n".join(lines) + "\n")
    with started(dump, "-L", str(port)) as process:
        wait_until_taken(port)
        subprocess.run([send, f"osc.udp://{HOST}:{running.port}", str(packets)], check=True, timeout=WAIT_S)
        heard = lines_until(process, "/macnet/(done iii|fail isss) 2")
    notes = [line.split() for line in heard if "/macnet/take/notes" in line and '"melody"' in line]
    assert sum((len(words) - 7) // 4 for words in notes) == 300


def test_oscsend_is_told_what_is_wrong(running: Running, tmp_path: Path) -> None:
    send, dump = needed("oscsendfile"), needed("oscdump")
    port = free_port()
    packets = tmp_path / "request.osc"
    packets.write_text(f'/macnet/hello iisi 1 1 "liblo" {port}\n/macnet/generate iTi 3 1\n')
    with started(dump, "-L", str(port)) as process:
        wait_until_taken(port)
        subprocess.run([send, f"osc.udp://{HOST}:{running.port}", str(packets)], check=True, timeout=WAIT_S)
        heard = lines_until(process, "/macnet/fail")
    assert "argument 2 (length in beats)" in heard[-1]


def test_pure_data_which_sends_floats_only_is_answered(running: Running) -> None:
    pd = needed("pd")
    patch = str(HERE / "pd" / "client.pd")
    command = (pd, "-nogui", "-noaudio", "-nomidi", "-open", patch, "-send", f"port {running.port}")
    with started(*command) as process:
        heard = lines_until(process, r"macnet (done|fail) 2")
    assert heard[-1] == "answer: list macnet done 2 2 4"
    (request,) = running.composer.composed
    assert request.length == 3_360
    assert request.clips[Role.MELODY].meter == Meter(7, 8)
    assert request.clips[Role.MELODY].notes == (*FOUR_NOTES[:3], Note(2_880, 72, 480, 70))
    assert (
        "answer: list macnet take notes 2 0 melody 0 60 0 960 100 64 960 960 90 67 1920 960 80 72 2880 480 70"
        in heard
    )


def node(script: str, *args: str) -> list[str]:
    program = needed("node")
    if not (HERE / "node" / "node_modules" / "osc").is_dir():
        pytest.skip("the OSC library of node is not installed: npm ci --prefix tests/wire/node")
    done = subprocess.run(
        [program, script, *args],
        cwd=HERE / "node",
        text=True,
        capture_output=True,
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_node_is_answered(running: Running) -> None:
    heard = [json.loads(line) for line in node("client.js", str(running.port))]
    assert heard[0] == {
        "address": "/macnet/welcome",
        "types": "iiss",
        "args": [1, 1, heard[0]["args"][2], DEFAULT_MODEL],
    }
    assert heard[-1] == {"address": "/macnet/done", "types": "iii", "args": [2, 2, 4]}
    assert set("".join(message["types"] for message in heard)) <= set("ifs")
    (request,) = running.composer.composed
    (clip,) = request.clips.values()
    assert clip.notes == FOUR_NOTES
    assert clip.name == "Übung"


def test_node_encodes_the_golden_messages_to_the_same_bytes() -> None:
    assert node("vectors.js") == []


def test_pyliblo_is_answered(running: Running) -> None:
    liblo = pytest.importorskip("pyliblo3", reason="pyliblo3 is not installed")
    server = liblo.Server(free_port(), proto=liblo.UDP)
    heard: list[tuple[str, list[object]]] = []
    server.add_method(None, None, lambda path, args: heard.append((path, args)))
    bridge = liblo.Address(HOST, running.port)
    server.send(bridge, "/macnet/hello", 1, 1, "liblo", 0)
    server.send(bridge, "/macnet/clip", 2, "auto", 3_840, 4, 4, 4, 1, "verse")
    values = [
        value for note in FOUR_NOTES for value in (note.pitch, note.onset, note.duration, note.velocity)
    ]
    server.send(bridge, "/macnet/clip/notes", 2, "auto", 0, *values)
    server.send(bridge, "/macnet/vary", 2, 3, -1)
    deadline = time.monotonic() + WAIT_S
    while ("/macnet/done", [2, 3, 6]) not in heard and time.monotonic() < deadline:
        server.recv(100)
    assert ("/macnet/done", [2, 3, 6]) in heard
    assert [path for path, _ in heard].count("/macnet/take/notes") == 6
