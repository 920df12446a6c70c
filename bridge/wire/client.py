"""A client in Python, for scripts, for `macnet doctor` and for whoever likes to tinker.

Example:
    >>> from bridge.music.note import Note, Role, make_clip
    >>> from bridge.wire.client import Client
    >>> clip = make_clip([Note(0, 60, 960), Note(960, 64, 960), Note(1920, 67, 1920)], length=3840)
    >>> with Client() as client:  # doctest: +SKIP
    ...     answer = client.continue_({Role.MELODY: clip}, length=8 * 3840, variations=4)
    ...     for take in answer.takes:
    ...         print(take.take_id, take.clips[Role.MELODY].notes)
"""

from __future__ import annotations

import random
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

from bridge.config import HOST, PORT, PROTOCOL
from bridge.errors import MacNetError, RequestCancelled, ServerUnreachable
from bridge.music.note import COMMON_TIME, Clip, Role
from bridge.request import parse_meter
from bridge.wire.gathering import Gathering, error_of
from bridge.wire.messages import (
    AUTO,
    Accompany,
    Cancel,
    ClipNotes,
    Continue,
    Fail,
    Generate,
    Hello,
    ListModels,
    Missing,
    ModelInfo,
    Progress,
    StarTake,
    UseModel,
    Vary,
    Welcome,
)
from bridge.wire.notes import clip_messages
from bridge.wire.osc import MAX_PACKET
from bridge.wire.packets import format_message, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.music.note import Meter, Ticks
    from bridge.request import OptionValue
    from bridge.wire.gathering import Answer
    from bridge.wire.messages import Ask, Message, Pairs, ToServer

QUIET_S = 0.1
"""Seconds without a packet after which this client asks again."""
_RECEIVE_BUFFER = 2**20

Clips: TypeAlias = "Mapping[Role, Clip] | Clip"
"""Clips by voice, or one clip whose voice the bridge finds out."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the bridge offers.

    Attributes:
        name, version, description: what the bridge tells of it.
        in_use: this client's requests use it.
    """

    name: str
    version: str
    description: str
    in_use: bool


class Client:
    """Talks to a bridge on this machine, one request at a time; lost packets are asked for again.

    Args:
        port: of the bridge.
        timeout_s: seconds without any sign of life after which the bridge counts as unreachable.
        name: what the bridge calls this client in its takes.
        on_progress: told how much of a request is done, 0 to 1.
        should_stop: looked at often while a request is under way; once true the request is cancelled.

    Every method raises `ServerUnreachable` when nothing answers, and the error that the bridge names when it
    cannot do what was asked.
    """

    def __init__(
        self,
        port: int = PORT,
        *,
        timeout_s: float = 5.0,
        name: str = "python",
        on_progress: Callable[[float], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._port, self._timeout_s, self._name = port, timeout_s, name
        self._on_progress, self._should_stop = on_progress, should_stop
        self._next_id = random.Random().randrange(2**22)  # noqa: S311  only unlike that of a client before
        self._socket = _open(port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def hello(self) -> Welcome:
        """Who answers: its protocol, version and model."""
        gathered = self._ask(Hello(self._take_id(), PROTOCOL, self._name, 0))
        return next(m for m in gathered.others if isinstance(m, Welcome))

    def models(self) -> tuple[Model, ...]:
        """The models that can be used."""
        gathered = self._ask(ListModels(self._take_id()))
        found = (m for m in gathered.others if isinstance(m, ModelInfo))
        return tuple(Model(m.name, m.version, m.description, m.in_use == 1) for m in found)

    def use_model(self, name: str) -> None:
        """Let this client's requests use another model."""
        self._ask(UseModel(self._take_id(), name))

    def star(self, take_id: int, *, starred: bool = True) -> None:
        """Mark a take as a favourite, or not any more."""
        self._ask(StarTake(self._take_id(), take_id, int(starred)))

    def continue_(
        self,
        clips: Clips,
        *,
        length: Ticks,
        variations: int = 1,
        rng_seed: int = -1,
        options: Mapping[str, OptionValue] | None = None,
    ) -> Answer:
        """What follows the clips; `length` is in ticks, an rng seed of -1 leaves it to the bridge."""
        ask = Continue(self._take_id(), length, variations, rng_seed, _pairs(clips, options))
        return self._compose(ask, clips)

    def accompany(
        self,
        clips: Clips,
        *,
        variations: int = 1,
        rng_seed: int = -1,
        options: Mapping[str, OptionValue] | None = None,
    ) -> Answer:
        """The other voice for a clip."""
        return self._compose(Accompany(self._take_id(), variations, rng_seed, _pairs(clips, options)), clips)

    def vary(
        self,
        clips: Clips,
        *,
        variations: int = 1,
        rng_seed: int = -1,
        options: Mapping[str, OptionValue] | None = None,
    ) -> Answer:
        """The clips' own bars, rewritten."""
        return self._compose(Vary(self._take_id(), variations, rng_seed, _pairs(clips, options)), clips)

    def generate(
        self,
        *,
        length: Ticks,
        variations: int = 1,
        rng_seed: int = -1,
        options: Mapping[str, OptionValue] | None = None,
    ) -> Answer:
        """Music from nothing."""
        meter = parse_meter((options or {}).get("meter", COMMON_TIME))
        ask = Generate(self._take_id(), length, variations, rng_seed, _pairs({}, options))
        return self._compose(ask, {}, meter)

    def _compose(self, ask: Ask, clips: Clips, meter: Meter = COMMON_TIME) -> Answer:
        named = (
            {AUTO: clips} if isinstance(clips, Clip) else {role.value: clip for role, clip in clips.items()}
        )
        parts = [m for role, clip in named.items() for m in clip_messages(ask.id, role, clip)]
        meter = next((clip.end_meter for clip in named.values()), meter)
        return self._ask(*parts, ask).answer(meter)

    def _ask(self, *messages: ToServer) -> Gathering:
        """Send messages of one id and gather what is answered."""
        gathering = Gathering(messages[-1].id)
        try:
            self._send(*messages)
            while not gathering.is_complete:
                self._hear(gathering, messages)
        except KeyboardInterrupt:
            self._send(Cancel(gathering.request_id))
            raise
        return gathering

    def _hear(self, gathering: Gathering, messages: Sequence[ToServer]) -> None:
        """Wait for a message and act on it; ask again where none comes."""
        asked_s = time.monotonic()
        while (message := self._receive(gathering.request_id)) is None:
            if self._should_stop():
                self._send(Cancel(gathering.request_id))
                raise RequestCancelled("the request was cancelled")
            if time.monotonic() > asked_s + self._timeout_s:
                raise _unreachable(self._port, f"no answer within {self._timeout_s:g} seconds")
            self._send(*(gathering.missing() or messages[-1:]))
        match message:
            case Fail():
                raise error_of(message)
            case Missing():
                self._send(*_parts(messages, message))
            case Progress():
                self._on_progress(message.fraction)
            case _:
                gathering.add(message)

    def _receive(self, request_id: int) -> Message | None:
        """The next message that belongs to a request, or None when it is quiet."""
        while True:
            try:
                message = parse(self._socket.recv(MAX_PACKET))
            except TimeoutError:
                return None
            except OSError as error:
                raise _unreachable(self._port, "nothing listens there") from error
            except MacNetError:
                continue  # from a newer bridge, or none: not for this request
            if message.id == request_id:
                return message

    def _send(self, *messages: ToServer) -> None:
        try:
            for message in messages:
                self._socket.send(format_message(message))
        except OSError as error:
            raise _unreachable(self._port, "nothing listens there") from error

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id


def _open(port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        opened.settimeout(QUIET_S)
        opened.connect((HOST, port))  # so that the system tells when nothing listens
    except (OSError, OverflowError) as error:
        opened.close()
        raise _unreachable(port, str(error)) from error
    return opened


def _pairs(clips: Clips, options: Mapping[str, OptionValue] | None) -> Pairs:
    count = 1 if isinstance(clips, Clip) else len(clips)
    return (*(options or {}).items(), *([("clips", count)] if count else []))


def _parts(messages: Sequence[ToServer], wanted: Missing) -> list[ToServer]:
    """The parts of a request that did not arrive: of one role, its announcement, or everything."""
    of_role = [m for m in messages if wanted.role in (AUTO, getattr(m, "role", None))]
    numbers = {number for (number,) in wanted.packets}
    return [m for m in of_role if not numbers or (isinstance(m, ClipNotes) and m.packet in numbers)]


def _unreachable(port: int, why: str) -> ServerUnreachable:
    return ServerUnreachable(
        f"the bridge does not answer on {HOST}:{port}: {why}", hint="Start it with: macnet serve"
    )
