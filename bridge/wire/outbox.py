"""Packets on their way out: in bursts that a receive buffer holds, and kept for those who ask again."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BURST_BYTES = 49_152
"""Bytes that may leave at once; an ordinary receive buffer holds 92 packets of 1 KB."""
BYTES_A_SECOND = 1_600_000
"""What may leave beyond: one burst in the 30 ms after which REAPER's scripts look at their socket again."""
BACKLOG_BYTES = 32 * 2**20
"""Bytes that may wait for one client; packets beyond are dropped, and can be asked for."""
KEPT_S = 600.0
"""Seconds for which answers are kept."""
KEPT_BYTES = 64 * 2**20
"""Bytes of answers that are kept at most; the oldest go first."""
_ENTRY_BYTES = 512
"""What an answer weighs beside its packets."""


class Peer(NamedTuple):
    """Where packets come from or go to: a port of a host, or a client's folder (its port is 0)."""

    transport: str
    host: str
    port: int


Packet: TypeAlias = tuple[Peer, bytes]
Key: TypeAlias = tuple[Peer, int]
"""A request: who asks, and the id that they chose."""
Slot: TypeAlias = tuple[int, str, int]
"""Variation, role, packet number (`HEAD`: the announcement): what `resend` can ask for."""
HEAD = -1
"""Stands for the announcement where packets are numbered."""


@dataclass(slots=True)
class Answer:
    """What has been sent for one request, in order.

    Attributes:
        packets: the bytes.
        slots: where in `packets` the parts of the takes are.
    """

    packets: list[bytes] = field(default_factory=list)
    slots: dict[Slot, int] = field(default_factory=dict)

    def add(self, packet: bytes, slot: Slot | None = None) -> None:
        """Remember a packet."""
        if slot is not None:
            self.slots[slot] = len(self.packets)
        self.packets.append(packet)

    @property
    def size(self) -> int:
        """Bytes that this holds, about."""
        return _ENTRY_BYTES + sum(map(len, self.packets))

    def find(self, variation: int, role: str, *, numbers: Sequence[int]) -> list[bytes]:
        """Packets of one voice of one variation; without numbers all of it, its announcement first."""
        if numbers:
            slots = [(variation, role, number) for number in numbers]
        else:
            slots = [slot for slot in self.slots if slot[:2] == (variation, role)]
        return [self.packets[self.slots[slot]] for slot in slots if slot in self.slots]


@dataclass(slots=True)
class Ended:
    """A request that is over.

    Attributes:
        answer: all that was sent.
        seen: marks of the packets that made the request, to tell a doubled request from another one.
        was_complete: whether every packet had arrived before it ended.
        is_reused: whether packets of another request came under its id.
        ended_s: when.
    """

    answer: Answer
    seen: dict[tuple[str, int], int]
    was_complete: bool
    ended_s: float
    is_reused: bool = False
    size: int = 0


class Memory:
    """The requests that are over, for ten minutes within a bound of bytes."""

    def __init__(self, *, kept_s: float = KEPT_S, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_s, self._kept_bytes = kept_s, kept_bytes
        self._ended: OrderedDict[Key, Ended] = OrderedDict()
        self._bytes = 0

    def add(self, key: Key, ended: Ended) -> None:
        """Keep a request that has just ended."""
        ended.size = ended.answer.size + 64 * len(ended.seen)
        self._ended[key] = ended
        self._bytes += ended.size
        while self._bytes > self._kept_bytes and len(self._ended) > 1:
            self._drop_oldest()

    def find(self, key: Key, now: float) -> Ended | None:
        """The request, if it is remembered."""
        while self._ended and next(iter(self._ended.values())).ended_s + self._kept_s < now:
            self._drop_oldest()
        return self._ended.get(key)

    def _drop_oldest(self) -> None:
        _, ended = self._ended.popitem(last=False)
        self._bytes -= ended.size


class Pacer:
    """Packets that wait to be sent, client by client in turn, so that a long answer holds nobody up.

    Times are seconds of one monotonic clock, the caller's.
    """

    def __init__(self) -> None:
        self._queues: OrderedDict[Peer, deque[bytes]] = OrderedDict()
        self._sizes: dict[Peer, int] = {}
        self._allowed = float(BURST_BYTES)
        self._counted_s = 0.0

    def push(self, packets: Iterable[Packet]) -> None:
        """Let packets wait in order; what exceeds a client's backlog is dropped."""
        for peer, packet in packets:
            size = self._sizes.get(peer, 0) + len(packet)
            if size <= BACKLOG_BYTES:
                self._queues.setdefault(peer, deque()).append(packet)
                self._sizes[peer] = size

    def take(self, now: float) -> Iterator[Packet]:
        """Take what may be sent now, a packet of each client in turn."""
        earned = (now - self._counted_s) * BYTES_A_SECOND
        self._allowed, self._counted_s = min(self._allowed + earned, BURST_BYTES), now
        while self._queues and self._allowed > 0:
            peer, packet = self._next()
            self._allowed -= len(packet)
            yield peer, packet

    def take_all(self) -> Iterator[Packet]:
        """Take everything at once: there is no later."""
        while self._queues:
            yield self._next()

    def wait_s(self) -> float | None:
        """Seconds until more may be sent; None when nothing waits."""
        if not self._queues:
            return None
        return max(0.0, (BURST_BYTES / 4 - self._allowed) / BYTES_A_SECOND)

    def _next(self) -> Packet:
        peer, queue = next(iter(self._queues.items()))
        packet = queue.popleft()
        self._sizes[peer] -= len(packet)
        self._queues.move_to_end(peer)
        if not queue:
            del self._queues[peer], self._sizes[peer]
        return peer, packet
