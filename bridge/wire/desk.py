"""The conversation with every client, without a socket, a thread or a clock: packets in, packets and jobs out."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from bridge.config import PROTOCOL
from bridge.errors import MacNetError, MalformedPacket, ModelError, ProtocolMismatch
from bridge.wire import osc
from bridge.wire.messages import (
    NO_ID,
    SPECS,
    Accompany,
    Cancel,
    ClipHead,
    ClipNotes,
    Continue,
    Done,
    Generate,
    Hello,
    ListModels,
    ModelInfo,
    Notice,
    Resend,
    StarTake,
    UseModel,
    Vary,
    Welcome,
    is_answer,
)
from bridge.wire.outbox import Memory
from bridge.wire.packets import id_of, parse_raw, protocol_of
from bridge.wire.post import Post, Star
from bridge.wire.requests import ASK, Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.wire.messages import Message
    from bridge.wire.osc import RawMessage
    from bridge.wire.outbox import Peer, Slot
    from bridge.wire.post import Job, Step

MAX_FAILS_A_PACKET = 16
"""Wrong messages in one bundle after which the rest of it is not read."""

_PARTS = {ClipHead: ("wrong", 0), ClipNotes: ("wrong", 0)} | dict.fromkeys(
    (Continue, Accompany, Vary, Generate), ASK
)


class ModelCard(Protocol):
    """What is told of a model."""

    @property
    def version(self) -> str:
        """The version of the model."""

    @property
    def description(self) -> str:
        """A sentence about it."""

    @property
    def beats(self) -> Mapping[str, int]:
        """Of each voice that it has learned from, by role; empty: it knows all voices."""


class Shelf(Protocol):
    """Where models are found by name."""

    def names(self) -> tuple[str, ...]:
        """The names of all models."""

    def card(self, name: str) -> ModelCard:
        """What there is to tell of a model; raises `ModelError` where it cannot be used."""


class Desk:
    """Every conversation. Not thread-safe; times are seconds of one monotonic clock, the caller's.

    Args:
        shelf: the models that can be chosen.
        model: the name of the model that clients use until they choose.
        version: of the server, for the welcome.
        choose_rng_seed: gives an rng seed where a request leaves the choice.
        memory: keeps the answers.
    """

    def __init__(
        self,
        shelf: Shelf,
        *,
        model: str,
        version: str,
        choose_rng_seed: Callable[[], int],
        memory: Memory | None = None,
    ) -> None:
        self._shelf, self._version = shelf, version
        self._post = Post(model)
        self._requests = Requests(
            self._post,
            choose_rng_seed=choose_rng_seed,
            memory=memory or Memory(),
            beats_of=self._beats_of,
        )

    def receive(self, packet: bytes, peer: Peer, now: float) -> Step:
        """Take in a packet, which may be anything."""
        try:
            for element in osc.unbundle(packet):
                self._read(element, peer, now)
                if self._post.fails >= MAX_FAILS_A_PACKET:
                    break
        except MalformedPacket as error:
            self._post.reject(peer, NO_ID, error)
        return self._post.taken()

    def tick(self, now: float) -> Step:
        """Ask for what is missing, begin what is complete, give up what is lost."""
        self._requests.look_after(now)
        return self._post.taken()

    def due_s(self) -> float | None:
        """When `tick` has something to do next, if nothing arrives until then."""
        return self._requests.due_s()

    def progress(self, job: Job, fraction: float, now: float) -> Step:
        """Tell the client how much of a job is done, 0 to 1, unless it was told just now."""
        self._requests.progress(job, fraction, now)
        return self._post.taken()

    def finished(self, job: Job, packets: Sequence[tuple[Slot, bytes]], now: float) -> Step:
        """Send the answer of a job; nothing if its request has ended meanwhile."""
        self._requests.finish(job, packets, now)
        return self._post.taken()

    def failed(self, job: Job, error: MacNetError, now: float) -> Step:
        """End the request of a job that failed."""
        self._requests.fail(job, error, now)
        return self._post.taken()

    def starred(self, star: Star, error: MacNetError | None = None) -> Step:
        """Say that a take has been starred, or what went wrong."""
        peer, request_id = star.key
        if error is None:
            self._post.reply(peer, Done(request_id, 0, 0))
        else:
            self._post.reject(peer, request_id, error)
        return self._post.taken()

    def stop(self, now: float) -> Step:
        """End every request that is under way."""
        self._requests.stop(now)
        return self._post.taken()

    def _read(self, element: bytes, peer: Peer, now: float) -> None:
        try:
            raw = osc.decode(element)
        except MalformedPacket as error:
            self._post.reject(peer, NO_ID, error)
            return
        if is_answer(raw.address):
            return
        try:
            _check_protocol(raw)
            message = parse_raw(raw)
        except MacNetError as error:
            self._refuse(raw, peer, error=error, now=now)
            return
        self._dispatch(message, peer, now)

    def _refuse(self, raw: RawMessage, peer: Peer, *, error: MacNetError, now: float) -> None:
        """Answer a message that is wrong; where it is part of a request, that ends with it."""
        request_id = id_of(raw)
        part = _PARTS.get(SPECS[raw.address].kind) if raw.address in SPECS else None
        if request_id == NO_ID or part is None:
            self._post.reject(peer, request_id, error)
            return
        self._requests.refuse((peer, request_id), part, mark=hash(raw), error=error, now=now)

    def _dispatch(self, message: Message, peer: Peer, now: float) -> None:
        key = (peer, message.id)
        match message:
            case ClipHead() | ClipNotes() | Continue() | Accompany() | Vary() | Generate():
                self._requests.collect(key, message, now)
            case Cancel():
                self._requests.cancel(key, now)
            case Resend():
                self._requests.resend(key, message, now)
            case Hello():
                self._welcome(message, peer)
            case ListModels():
                self._list_models(message.id, peer)
            case UseModel():
                self._use_model(message, peer)
            case StarTake():
                self._post.step.stars.append(Star(key, message.take_id, starred=message.starred == 1))

    def _welcome(self, hello: Hello, peer: Peer) -> None:
        self._post.greet(peer, name=hello.client, reply_port=hello.reply_port)
        welcome = Welcome(hello.id, PROTOCOL, self._version, self._post.client(peer).model)
        self._post.reply(peer, welcome, Done(hello.id, 0, 1))

    def _list_models(self, request_id: int, peer: Peer) -> None:
        in_use = self._post.client(peer).model
        described = [self._describe(request_id, name, in_use=in_use) for name in self._shelf.names()]
        models = sum(isinstance(message, ModelInfo) for message in described)
        self._post.reply(peer, *described, Done(request_id, 0, models))

    def _describe(self, request_id: int, name: str, *, in_use: str) -> ModelInfo | Notice:
        try:
            card = self._shelf.card(name)
        except ModelError as error:
            return Notice(request_id, error.code, str(error))
        return ModelInfo(request_id, name, card.version, card.description, int(name == in_use))

    def _beats_of(self, name: str) -> Mapping[str, int]:
        with suppress(ModelError):  # whoever composes says what is wrong
            return self._shelf.card(name).beats
        return {}

    def _use_model(self, message: UseModel, peer: Peer) -> None:
        try:
            self._shelf.card(message.name)
        except ModelError as error:
            self._post.reject(peer, message.id, error)
            return
        self._post.use_model(peer, message.name)
        self._post.reply(peer, Done(message.id, 0, 0))


def _check_protocol(raw: RawMessage) -> None:
    """Refuse a hello of another protocol, whatever else it holds.

    Raises:
        ProtocolMismatch: naming both.
    """
    spoken = protocol_of(raw)
    if isinstance(spoken, int | float) and spoken != PROTOCOL:
        raise ProtocolMismatch(
            f"the client speaks protocol {spoken:g}, this bridge protocol {PROTOCOL}",
            hint="Update whichever of the two is older.",
        )
