"""Who asks, where their answers go, and what follows from each packet: the values that the desk works with."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.wire.messages import Fail
from bridge.wire.packets import format_message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.errors import MacNetError
    from bridge.request import Request
    from bridge.wire.messages import ToClient
    from bridge.wire.outbox import Key, Packet, Peer

MAX_CLIENTS = 1_024
"""Clients whose reply port and model are remembered."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A request to compose.

    Attributes:
        key: who asked, under which id.
        request: what.
        client: the name that the client gave itself, for the takes.
        is_new: nobody chose the rng seed, so the answer shall be another one than any before.
        stop: set when nobody waits for the answer any more.
    """

    key: Key
    request: Request
    client: str
    is_new: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Star:
    """A take to mark, or not to mark any more, as a favourite."""

    key: Key
    take_id: int
    starred: bool


@dataclass(slots=True)
class Step:
    """What follows from something that happened: packets to send and work to do."""

    packets: list[Packet] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    stars: list[Star] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Client:
    """What is remembered of who sends from one address."""

    reply_to: Peer
    model: str
    name: str


class Post:
    """Collects what is to be sent and done, and knows where each client wants its answers.

    Args:
        model: the name of the model that clients use until they choose.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._clients: OrderedDict[Peer, Client] = OrderedDict()
        self.step = Step()
        self.fails = 0

    def client(self, peer: Peer) -> Client:
        """Who sends from that address."""
        known = self._clients.get(peer)
        return known or Client(peer, self._model, f"{peer.host}:{peer.port}" if peer.port else peer.host)

    def greet(self, peer: Peer, *, name: str, reply_port: int) -> None:
        """Remember a client's name and where its answers go."""
        client = self.client(peer)
        reply_to = peer._replace(port=reply_port) if reply_port else peer
        self._remember(peer, replace(client, name=name or client.name, reply_to=reply_to))

    def use_model(self, peer: Peer, model: str) -> None:
        """Remember the model that a client chose."""
        self._remember(peer, replace(self.client(peer), model=model))

    def send(self, peer: Peer, packets: Iterable[bytes]) -> None:
        """Send packets to a client."""
        reply_to = self.client(peer).reply_to
        self.step.packets.extend((reply_to, packet) for packet in packets)

    def reply(self, peer: Peer, *messages: ToClient) -> None:
        """Send messages that need not be kept."""
        self.send(peer, map(format_message, messages))

    def reject(self, peer: Peer, request_id: int, error: MacNetError) -> None:
        """Say what is wrong with a message."""
        self.fails += 1
        self.reply(peer, fail_message(request_id, error))

    def taken(self) -> Step:
        """What has been collected since the last time."""
        step, self.step, self.fails = self.step, Step(), 0
        return step

    def _remember(self, peer: Peer, client: Client) -> None:
        self._clients[peer] = client
        self._clients.move_to_end(peer)
        if len(self._clients) > MAX_CLIENTS:
            self._clients.popitem(last=False)


def fail_message(request_id: int, error: MacNetError) -> Fail:
    """An error as it is told to a client."""
    return Fail(request_id, error.code, str(error), error.hint)
