"""The server over real UDP: it answers, keeps takes first, and outlives whatever it is sent."""

from __future__ import annotations

import random
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from bridge.config import HOST, ServeConfig
from bridge.errors import PortTaken
from bridge.wire import messages as m
from bridge.wire import osc
from bridge.wire.packets import format_message, parse
from bridge.wire.server import Server, open_socket
from tests.wire.wire_fakes import WAIT_S, EchoComposer, FakeTakes, Running, running_server

if TYPE_CHECKING:
    from pathlib import Path

HELLO = format_message(m.Hello(99, 1, "test", 0))


def hear(udp: socket.socket, kind: type[m.Message]) -> m.Message:
    """The next message of a kind."""
    while not isinstance(message := parse(udp.recv(65_536)), kind):
        pass
    return message


def answers_hello_in_s(udp: socket.socket) -> float:
    """As a client asks: again when it is quiet, for the system itself drops packets when too many come."""
    started = time.perf_counter()
    udp.settimeout(0.1)
    for _ in range(int(WAIT_S / 0.1)):
        udp.send(HELLO)
        with suppress(TimeoutError):
            hear(udp, m.Welcome)
            break
    udp.settimeout(WAIT_S)
    return time.perf_counter() - started


def nested(size: int) -> bytes:
    packet = b""
    while len(packet) < size:
        packet = b"#bundle\0" + b"\0" * 8 + len(packet).to_bytes(4, "big") + packet
    return packet


HOSTILE = {
    "nothing": b"",
    "text": b"GET / HTTP/1.1\r\n\r\n",
    "50 kB of nested bundles": nested(50_000),
    "an address that is not UTF-8": b"/\xff\xfe\xfd\xfc\xfb\xfa\0,\0\0\0",
    "an address of twenty stars": osc.encode("/" + "*" * 20, "i", (1,)),
    "an address of 60,000 letters": osc.encode("/" + "a" * 60_000, "i", (1,)),
    "a far future": b"#bundle\0" + b"\xff" * 8 + len(HELLO).to_bytes(4, "big") + HELLO,
    "a bundle that walks backwards": b"#bundle\0" + b"\0" * 8 + b"\xff\xff\xff\xfc" * 1_000,
    "type tag I": b"/macnet/cancel\0\0,I\0\0",
    "an array": b"/macnet/cancel\0\0,[ii]\0\0\0\0\0\0\1\0\0\0\2",
    "a blob": b"/macnet/cancel\0\0,b\0\0\xff\xff\xff\xf0",
    "20,000 arrays in arrays": b"/macnet/cancel\0\0," + b"[" * 20_000 + b"\0" * 4,
    "15,000 numbers": osc.encode("/macnet/models", "i" * 12_000, (1,) * 12_000),
    "a truncated clip": osc.encode("/macnet/clip", "isiiiiis", (1, "auto", 960, 4, 4, 1, 1, "x"))[:-9],
    "5,000 messages in a bundle": b"#bundle\0" + b"\0" * 8 + b"\0\0\0\x08/a\0\0,\0\0\0" * 5_000,
}


@pytest.mark.parametrize("packet", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_packet_leaves_the_server_answering_within_a_second(
    udp: socket.socket, packet: bytes
) -> None:
    for _ in range(20):
        udp.send(packet)
    assert answers_hello_in_s(udp) < 1.0


def test_a_flood_of_noise_leaves_the_server_answering_within_a_second(udp: socket.socket) -> None:
    noise = random.Random(4)
    for _ in range(3_000):
        udp.send(b"/macnet/" + noise.randbytes(noise.randrange(200)))
    assert answers_hello_in_s(udp) < 1.0


def test_the_server_listens_on_this_machine_alone() -> None:
    with open_socket(0) as opened:
        assert opened.getsockname()[0] == HOST


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127.0.0.0/8")
def test_no_other_address_of_the_machine_is_answered(running: Running) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(WAIT_S)
        udp.connect(("127.0.0.2", running.port))
        udp.send(HELLO)
        with pytest.raises(ConnectionRefusedError):
            udp.recv(100)


def test_a_port_that_is_taken_is_named(running: Running, tmp_path: Path) -> None:
    config = ServeConfig(port=running.port, data_dir=tmp_path / "other")
    with pytest.raises(PortTaken, match=str(running.port)) as caught:
        Server(EchoComposer(), FakeTakes(), config=config).run()
    assert "port" in caught.value.hint


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_cannot_be_is_refused(port: int) -> None:
    with pytest.raises(PortTaken):
        open_socket(port)


def test_the_receive_buffer_holds_a_burst_of_packets() -> None:
    with open_socket(0) as opened:
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= 2**17


def test_takes_are_kept_before_the_client_hears_of_them(running: Running, udp: socket.socket) -> None:
    keep = running.takes.keep
    in_keep, go_on = threading.Event(), threading.Event()

    def slow_keep(*args: object, **named: object) -> tuple[int, ...]:
        in_keep.set()
        assert go_on.wait(WAIT_S)
        return keep(*args, **named)  # type: ignore[arg-type]  # handed through as they came

    running.takes.keep = slow_keep  # type: ignore[method-assign]  # a slow disk
    udp.send(format_message(m.Hello(1, 1, "live", 0)))
    udp.send(format_message(m.Generate(2, 960, 1, 5, ())))
    assert in_keep.wait(WAIT_S)
    assert answers_hello_in_s(udp) < 1.0
    go_on.set()
    head = hear(udp, m.TakeHead)
    assert isinstance(head, m.TakeHead)
    assert running.takes.kept[head.take_id - 1][2] == "live"


def test_a_fault_of_the_composer_ends_one_request_only(running: Running, udp: socket.socket) -> None:
    running.composer.fault = ZeroDivisionError("division by zero")
    udp.send(format_message(m.Generate(1, 960, 1, 5, ())))
    fail = hear(udp, m.Fail)
    assert isinstance(fail, m.Fail)
    assert (fail.id, fail.code) == (1, "request.failed")
    running.composer.fault = None
    udp.send(format_message(m.Generate(2, 960, 1, 5, ())))
    assert hear(udp, m.Done).id == 2


def test_the_server_listens_while_it_composes_and_can_be_cancelled(
    running: Running, udp: socket.socket
) -> None:
    running.composer.gate.clear()
    udp.send(format_message(m.Generate(1, 960, 1, 5, ())))
    hear(udp, m.Progress)
    assert answers_hello_in_s(udp) < 1.0
    udp.send(format_message(m.Cancel(1)))
    fail = hear(udp, m.Fail)
    assert isinstance(fail, m.Fail)
    assert fail.code == "request.cancelled"
    running.composer.gate.set()
    udp.send(format_message(m.Generate(2, 960, 1, 5, ())))
    assert hear(udp, m.Done).id == 2
    assert [request.rng_seed for request, _, _ in running.takes.kept] == [5]


def test_a_request_that_comes_twice_is_composed_and_kept_once(running: Running, udp: socket.socket) -> None:
    running.composer.gate.clear()
    for _ in range(3):
        udp.send(format_message(m.Generate(1, 960, 2, 5, ())))
        hear(udp, m.Accepted)
    running.composer.gate.set()
    hear(udp, m.Done)
    udp.send(format_message(m.Generate(1, 960, 2, 5, ())))
    hear(udp, m.Done)
    assert len(running.composer.composed) == 1
    assert len(running.takes.kept) == 2


def test_answers_go_to_the_port_that_was_named(udp: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.settimeout(WAIT_S)
        ear.bind((HOST, 0))
        udp.send(format_message(m.Hello(1, 1, "max", ear.getsockname()[1])))
        assert hear(ear, m.Done).id == 1
        udp.send(format_message(m.Generate(2, 960, 1, 5, ())))
        assert hear(ear, m.Done).id == 2


def test_what_was_missing_is_asked_for_over_the_wire(udp: socket.socket) -> None:
    udp.send(format_message(m.ClipHead(1, "auto", 960, 4, 4, 1, 1, "")))
    udp.send(format_message(m.Continue(1, 960, 1, 5, ())))
    assert hear(udp, m.Missing) == m.Missing(1, "auto", ((0,),))
    udp.send(format_message(m.ClipNotes(1, "auto", 0, ((60, 0, 960, 100),))))
    assert hear(udp, m.Done).id == 1


def test_a_client_that_is_gone_does_not_disturb_the_next(running: Running, udp: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.sendto(format_message(m.Generate(1, 96_000, 4, 5, ())), (HOST, running.port))
    assert answers_hello_in_s(udp) < 1.0


def test_stopping_tells_those_who_wait(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, running_server(tmp_path) as running:
        udp.settimeout(WAIT_S)
        udp.connect((HOST, running.port))
        running.composer.gate.clear()
        udp.send(format_message(m.Generate(1, 960, 1, 5, ())))
        hear(udp, m.Accepted)
        running.server.stop()
        fail = hear(udp, m.Fail)
        assert isinstance(fail, m.Fail)
        assert fail.code == "request.cancelled"


def test_a_server_may_be_stopped_before_it_runs(tmp_path: Path) -> None:
    server = Server(EchoComposer(), FakeTakes(), config=ServeConfig(port=0, data_dir=tmp_path))
    server.stop()
    server.run()


def test_a_server_runs_without_its_packet_folder(tmp_path: Path) -> None:
    (tmp_path / "mailbox").write_text("a file where the folder should be")
    with running_server(tmp_path) as running, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(WAIT_S)
        udp.connect((HOST, running.port))
        assert answers_hello_in_s(udp) < 1.0
