"""The same packets as files: in order, deleted once read, never half of one."""

from __future__ import annotations

import os
import stat
import sys
import time
from typing import TYPE_CHECKING

import pytest

from bridge.wire import messages as m
from bridge.wire.mailbox import Mailbox
from bridge.wire.notes import clip_messages
from bridge.wire.packets import format_message, parse
from tests.wire.wire_fakes import WAIT_S, Running, a_clip

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    opened = Mailbox(tmp_path / "mailbox")
    opened.open()
    return opened


def post(data_dir: Path, client: str, number: int, packet: bytes) -> None:
    """As a script in a DAW does it."""
    folder = data_dir / "mailbox" / "in"
    temporary = folder / f"{client}-{number:06}.tmp"
    temporary.write_bytes(packet)
    temporary.rename(temporary.with_suffix(".osc"))


def fetch_until(data_dir: Path, client: str, kind: type[m.Message]) -> list[m.Message]:
    """Read and delete what comes for a client, up to a message of a kind."""
    folder, found = data_dir / "mailbox" / "out" / client, list[m.Message]()
    deadline = time.monotonic() + WAIT_S
    while not (found and isinstance(found[-1], kind)):
        assert time.monotonic() < deadline
        for path in sorted(folder.glob("*.osc"))[:1]:
            found.append(parse(path.read_bytes()))
            path.unlink()
    return found


def test_a_clip_comes_back_continued_through_the_folder(running: Running) -> None:
    packets = [
        m.Hello(1, 1, "reaper", 0),
        *clip_messages(2, "auto", a_clip(100)),
        m.Continue(2, 3_840, 1, 5, ()),
    ]
    for number, message in enumerate(packets):
        post(running.data_dir, "reaper_1", number, format_message(message))
    assert isinstance(fetch_until(running.data_dir, "reaper_1", m.Done)[0], m.Welcome)
    answer = fetch_until(running.data_dir, "reaper_1", m.Done)
    assert [type(message) for message in answer if isinstance(message, m.TakeHead)] == [m.TakeHead] * 2
    assert running.takes.kept[0][2] == "reaper"
    assert not list((running.data_dir / "mailbox" / "in").iterdir())


def test_two_clients_have_their_own_folders(running: Running) -> None:
    post(running.data_dir, "one", 1, format_message(m.ListModels(7)))
    post(running.data_dir, "two", 1, format_message(m.Cancel(7)))
    assert fetch_until(running.data_dir, "one", m.Done)[-1].id == 7
    assert isinstance(fetch_until(running.data_dir, "two", m.Fail)[-1], m.Fail)


def test_broken_packets_are_answered_and_others_go_on(running: Running) -> None:
    post(running.data_dir, "one", 1, b"nonsense")
    post(running.data_dir, "one", 2, b"")
    post(running.data_dir, "one", 3, format_message(m.ListModels(7)))
    fails = [msg for msg in fetch_until(running.data_dir, "one", m.Done) if isinstance(msg, m.Fail)]
    assert [fail.code for fail in fails] == ["request.malformed"] * 2


def test_packets_are_read_in_the_order_of_their_numbers(mailbox: Mailbox, tmp_path: Path) -> None:
    for number in (10, 9, 100):
        (tmp_path / "mailbox" / "in" / f"a-{number}.osc").write_bytes(bytes([number]))
    assert [packet for _, packet in mailbox.read()] == [bytes([9]), bytes([10]), bytes([100])]
    assert mailbox.read() == []


@pytest.mark.parametrize(
    "name", ["a.osc", "a-1.tmp", "-1.osc", "a b-1.osc", "a-1.osc.tmp", "..-1.osc", "a-x.osc"]
)
def test_files_of_other_names_are_left_alone(mailbox: Mailbox, tmp_path: Path, name: str) -> None:
    path = tmp_path / "mailbox" / "in" / name
    path.write_bytes(b"x")
    assert mailbox.read() == []
    assert path.exists()


def test_a_packet_that_is_too_long_is_deleted_unread(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "mailbox" / "in" / "a-1.osc"
    path.write_bytes(b"x" * 70_000)
    assert mailbox.read() == [("a", b"")]
    assert not path.exists()


def test_answers_that_nobody_fetched_are_deleted_after_ten_minutes(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.write("a", b"old")
    (old,) = (tmp_path / "mailbox" / "out" / "a").iterdir()
    mailbox.write("a", b"new")
    os.utime(old, (1_000_000, 1_000_000))
    mailbox.tidy(1_000_000 + 601)
    assert [p.read_bytes() for p in (tmp_path / "mailbox" / "out" / "a").iterdir()] == [b"new"]


def test_answers_after_a_restart_come_after_those_before(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.write("a", b"1")
    again = Mailbox(tmp_path / "mailbox")
    again.open()
    again.write("a", b"2")
    found = sorted((tmp_path / "mailbox" / "out" / "a").iterdir())
    assert [path.read_bytes() for path in found] == [b"1", b"2"]


def test_what_was_sent_before_the_bridge_was_there_is_lost(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "mailbox" / "in" / "a-1.osc").write_bytes(b"early")
    mailbox.open()
    assert mailbox.read() == []


def test_the_bridge_that_was_started_last_has_the_folder(mailbox: Mailbox, tmp_path: Path) -> None:
    assert mailbox.is_ours()
    later = Mailbox(tmp_path / "mailbox")
    later.open()
    assert later.is_ours()
    assert not mailbox.is_ours()


@pytest.mark.skipif(sys.platform == "win32", reason="folders of Windows have no such bits")
def test_the_folder_is_the_users_alone(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.write("a", b"1")
    for folder in ("", "in", "out", "out/a"):
        assert stat.S_IMODE((tmp_path / "mailbox" / folder).stat().st_mode) == 0o700
