"""The server: a UDP port on 127.0.0.1 and a folder, one desk, one thread that composes."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bridge import __version__
from bridge.config import HOST
from bridge.errors import MacNetError, PortTaken, RequestFailed
from bridge.wire.desk import Desk
from bridge.wire.mailbox import FILES, Mailbox, MailboxThread
from bridge.wire.outbox import Pacer, Peer
from bridge.wire.work import Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.config import ServeConfig
    from bridge.wire.outbox import Packet, Slot
    from bridge.wire.post import Job, Star, Step
    from bridge.wire.work import Composer, Takes

log = logging.getLogger(__name__)

UDP = "udp"
"""The transport of a `Peer` that is a port."""
RECEIVE_BUFFER = 2**20
_HEARTBEAT_S = 0.25
"""Windows does not wake a sleeping loop for Ctrl-C; so it wakes by itself."""


class Server:
    """Answers OSC on 127.0.0.1 and in the packet folder of `config.data_dir` until it is stopped.

    Args:
        composer: answers the requests; called from one thread.
        takes: keeps the answers.
        config: port, model and data folder.
        on_ready: called with the port once packets are answered.

    Example:
        server = Server(Composer(shelf), Takes(path), config=ServeConfig(port=9471), on_ready=print)
        server.run()  # until Ctrl-C, or `server.stop()` from another thread
    """

    def __init__(
        self,
        composer: Composer,
        takes: Takes,
        *,
        config: ServeConfig,
        on_ready: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._takes, self._config, self._on_ready = takes, config, on_ready
        seeds = random.Random()  # noqa: S311  an rng seed is no secret; below 2**24 a 32-bit float holds it
        self._desk = Desk(
            composer.shelf,
            model=config.model,
            version=__version__,
            choose_rng_seed=lambda: seeds.randrange(2**24),
        )
        self._worker = Worker(composer, takes, self)
        self._pacer = Pacer()
        self._stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._senders: dict[str, Callable[[Peer, bytes], None]] = {}
        self._pump_timer: asyncio.TimerHandle | None = None
        self._tick_timer: asyncio.TimerHandle | None = None

    def run(self) -> None:
        """Serve until stopped or interrupted.

        Raises:
            PortTaken: the port cannot be listened on.
        """
        # the selector loop on Windows too: the other one stops reading after a client has gone away
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner, suppress(KeyboardInterrupt):
            runner.run(self._serve())

    def stop(self) -> None:
        """End `run`, from any thread."""
        self._stop.set()
        self._call(self._woken.set)

    # What the worker tells, from its thread

    def progress(self, job: Job, fraction: float) -> None:
        """A job is `fraction` done."""
        self._call(lambda: self._act(self._desk.progress(job, fraction, self._now)))

    def finished(self, job: Job, packets: Sequence[tuple[Slot, bytes]]) -> None:
        """A job is done, its takes are kept."""
        self._call(lambda: self._act(self._desk.finished(job, packets, self._now)))

    def failed(self, job: Job, error: MacNetError) -> None:
        """A job has failed."""
        self._call(lambda: self._act(self._desk.failed(job, error, self._now)))

    # The loop

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_log_fault)
        port_socket = open_socket(self._config.port)
        transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=port_socket)
        self._senders[UDP] = lambda peer, packet: transport.sendto(packet, (peer.host, peer.port))
        mailbox = self._open_mailbox()
        self._worker.start()
        try:
            self._on_ready(port_socket.getsockname()[1])
            await self._until_stopped()
        finally:
            self._leave()
            self._worker.stop()
            if mailbox:
                mailbox.stop()
            transport.close()

    async def _until_stopped(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _HEARTBEAT_S)

    def _leave(self) -> None:
        self._pacer.push(self._desk.stop(self._now).packets)
        for peer, packet in self._pacer.take_all():
            self._senders[peer.transport](peer, packet)

    def _open_mailbox(self) -> MailboxThread | None:
        folder = self._config.data_dir / "mailbox"
        mailbox = Mailbox(folder)
        try:
            mailbox.open()
        except OSError as error:
            log.warning("The packet folder %s cannot be used: %s", folder, error.strerror)
            return None
        thread = MailboxThread(mailbox, self._deliver)
        self._senders[FILES] = thread.send
        thread.start()
        return thread

    def receive(self, peer: Peer, packet: bytes) -> None:
        """A packet has come; called from the loop."""
        self._act(self._desk.receive(packet, peer, self._now))

    def _deliver(self, peer: Peer, packet: bytes) -> None:
        self._call(lambda: self.receive(peer, packet))

    def _act(self, step: Step) -> None:
        for job in step.jobs:
            self._worker.add(job)
        for star in step.stars:
            self._star(star)
        self._send(step.packets)
        self._plan_tick()

    def _send(self, packets: Sequence[Packet]) -> None:
        self._pacer.push(packets)
        if self._pump_timer is None:
            self._pump()

    def _pump(self) -> None:
        for peer, packet in self._pacer.take(self._now):
            self._senders[peer.transport](peer, packet)
        wait_s = self._pacer.wait_s()
        self._pump_timer = None if wait_s is None else self._running.call_later(wait_s, self._pump)

    def _plan_tick(self) -> None:
        due_s = self._desk.due_s()
        if due_s is None or (self._tick_timer is not None and self._tick_timer.when() <= due_s):
            return  # a timer that is early plans the next one
        if self._tick_timer is not None:
            self._tick_timer.cancel()
        self._tick_timer = self._running.call_at(due_s, self._tick)

    def _tick(self) -> None:
        self._tick_timer = None
        self._act(self._desk.tick(self._now))

    def _star(self, star: Star) -> None:
        """Mark a take beside the loop: it writes to a disk."""
        marked = self._running.run_in_executor(None, _starred, self._takes, star)
        marked.add_done_callback(lambda done: self._act(self._desk.starred(star, done.result())))

    def _call(self, what: Callable[[], Any]) -> None:
        """Let the loop do something, from any thread; nothing when it has ended."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(what)

    @property
    def _running(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    @property
    def _now(self) -> float:
        return self._running.time()


class _Datagrams(asyncio.DatagramProtocol):
    """Hands datagrams on."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._server.receive(Peer(UDP, addr[0], addr[1]), data)

    def error_received(self, exc: Exception) -> None:
        """A client is gone; it will ask again or not."""


def open_socket(port: int) -> socket.socket:
    """A UDP socket on 127.0.0.1, with a receive buffer of 1 MiB where the system gives one.

    Raises:
        PortTaken: the port cannot be listened on.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    try:
        opened.bind((HOST, port))
    except (OSError, OverflowError) as error:
        opened.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise PortTaken(
            f"cannot listen on {HOST}:{port}: {reason}",
            hint="A bridge may be running already; else choose another port, 1024 to 65535.",
        ) from error
    opened.settimeout(0.0)
    return opened


def _starred(takes: Takes, star: Star) -> MacNetError | None:
    try:
        takes.star(star.take_id, starred=star.starred)
    except MacNetError as error:
        return error
    except Exception as error:  # the same edge as the worker's: the server goes on
        log.error("Take %d could not be starred: %s", star.take_id, error)  # one line
        return RequestFailed(f"the bridge met a fault of its own: {error}", hint="Try again.")
    return None


def _log_fault(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("The server met a fault of its own: %s", context.get("exception") or context.get("message"))
