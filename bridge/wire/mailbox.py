"""The packets of the wire as files in a folder, for DAWs whose scripts have no sockets.

`in/<client>-<number>.osc` holds one packet of a client, `out/<client>/<number>.osc` one for it. Who writes does
so under another name and renames; who reads takes the files in order and deletes them.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from bridge.wire.osc import MAX_PACKET
from bridge.wire.outbox import KEPT_S, Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

FILES = "files"
"""The transport of a `Peer` that is a folder."""
FAST_S = 0.02
"""Seconds between two looks into the folder while a conversation goes on."""
IDLE_S = 0.1
"""Seconds between two looks when nothing has come or gone for a while."""
LIVE_S = 5.0
"""Seconds for which a conversation goes on after its last packet."""
TIDY_EVERY_S = 60.0
_AT_ONCE = 512
_NAME = re.compile(r"([A-Za-z0-9_]{1,40})-([0-9]{1,18})\.osc")


class Mailbox:
    """The folder. What it cannot read or write is left or dropped, never raised: packets may get lost anyway.

    Args:
        folder: made if it is not there, for the user alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._in, self._out = folder, folder / "in", folder / "out"
        self._owner = folder / "owner"
        self._token = secrets.token_hex(8)
        self._number = time.time_ns() // 1_000  # after whatever an earlier bridge has left

    def open(self) -> None:
        """Make the folder and take it over from any bridge that had it.

        What was sent before is dropped, as it would be if it had been sent to a port where nobody listened.

        Raises:
            OSError: it cannot be made.
        """
        for folder in (self._folder, self._in, self._out):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        self._write(self._owner, self._token.encode())
        while self.read():
            pass

    def is_ours(self) -> bool:
        """Whether no other bridge has taken the folder over."""
        try:
            return self._owner.read_text(encoding="ascii") == self._token
        except (OSError, UnicodeDecodeError):
            return False

    def is_waiting(self) -> bool:
        """Whether anything lies there to be read."""
        try:
            return any(self._in.iterdir())
        except OSError:
            return False

    def read(self) -> list[tuple[str, bytes]]:
        """Take the packets that have come: the client and the bytes of each, in order."""
        return [packet for client, path in self._waiting() for packet in _take(client, path)]

    def write(self, client: str, packet: bytes) -> None:
        """Leave a packet for a client."""
        folder = self._out / client
        self._number += 1
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._write(folder / f"{self._number:018}.osc", packet)
        except OSError as error:
            log.warning("A packet for %s could not be left in %s: %s", client, folder, error.strerror)

    def tidy(self, now: float) -> None:
        """Delete what nobody has fetched for ten minutes; `now` is the time of day as files have it."""
        for path in (*self._out.glob("*/*"), *self._in.glob("*.tmp")):
            with suppress(OSError):
                if path.stat().st_mtime < now - KEPT_S:
                    path.unlink()

    def _waiting(self) -> list[tuple[str, Path]]:
        try:
            names = [(_NAME.fullmatch(path.name), path) for path in self._in.iterdir()]
        except OSError:
            return []
        found = sorted((match[1], int(match[2]), path) for match, path in names if match)
        return [(client, path) for client, _, path in found[:_AT_ONCE]]

    def _write(self, path: Path, content: bytes) -> None:
        """Write under another name and rename. No fsync: a packet is of no use after a crash."""
        temporary = path.with_suffix(".tmp")
        temporary.write_bytes(content)
        temporary.replace(path)


class MailboxThread:
    """Looks into the mailbox and carries packets both ways: ten times a second, fifty while there is talk.

    That takes about 0.3 % of a core, and 1.5 % while there is talk.

    Args:
        mailbox: the folder.
        deliver: takes what has come, from this thread.
    """

    def __init__(self, mailbox: Mailbox, deliver: Callable[[Peer, bytes], None]) -> None:
        self._mailbox, self._deliver = mailbox, deliver
        self._leaving: SimpleQueue[tuple[str, bytes] | None] = SimpleQueue()
        self._live_until_s = self._tidied_s = 0.0
        self._thread = threading.Thread(target=self._run, name="macnet-mailbox", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def send(self, peer: Peer, packet: bytes) -> None:
        """Leave a packet for a client, soon."""
        self._leaving.put((peer.host, packet))

    def stop(self) -> None:
        """Write what waits and look no more."""
        self._leaving.put(None)
        if self._thread.is_alive():
            self._thread.join(2.0)

    def _run(self) -> None:
        while self._look() and self._carry_out():
            pass

    def _look(self) -> bool:
        now = time.monotonic()
        if now > self._tidied_s + TIDY_EVERY_S:
            self._tidied_s = now
            self._mailbox.tidy(time.time())
        if self._mailbox.is_waiting() and not self._mailbox.is_ours():
            log.warning("Another bridge has taken over the packet folder; this one goes on with UDP alone")
            return False
        for client, packet in self._mailbox.read():
            self._live_until_s = now + LIVE_S
            self._deliver(Peer(FILES, client, 0), packet)
        return True

    def _carry_out(self) -> bool:
        """Write what is to leave until it is time to look again; False when there is no more to come."""
        look_again_s = time.monotonic() + (FAST_S if time.monotonic() < self._live_until_s else IDLE_S)
        while (left_s := look_again_s - time.monotonic()) > 0:
            try:
                leaving = self._leaving.get(timeout=left_s)
            except Empty:
                return True
            if leaving is None:
                return False
            self._live_until_s = time.monotonic() + LIVE_S
            self._mailbox.write(*leaving)
        return True


def _take(client: str, path: Path) -> Iterator[tuple[str, bytes]]:
    """The packet in a file, which is deleted; nothing if it is too long, or still held by its writer."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_PACKET else b""
        path.unlink()
    except OSError:
        return
    yield client, content
