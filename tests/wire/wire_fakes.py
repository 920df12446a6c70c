"""A server whose composer echoes what it hears, and clips to send to it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bridge.config import ServeConfig
from bridge.errors import ModelMissing, RequestCancelled, TakeMissing
from bridge.music.note import Clip, Note, make_clip
from bridge.request import Request, Variation
from bridge.wire.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

WAIT_S = 10.0
"""Seconds after which a test that waits for something has failed."""


@dataclass(frozen=True)
class FakeCard:
    version: str = "1"
    description: str = "plays what it hears"
    beats: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FakeShelf:
    cards: dict[str, FakeCard] = field(default_factory=lambda: {"folk": FakeCard(), "mine": FakeCard("2")})

    def names(self) -> tuple[str, ...]:
        return tuple(self.cards)

    def card(self, name: str) -> FakeCard:
        if name not in self.cards:
            raise ModelMissing(f"there is no model {name!r}", hint="macnet models lists them.")
        return self.cards[name]


class EchoComposer:
    """Answers with the clip itself, a semitone higher per variation, as both voices; waits at `gate`."""

    def __init__(self) -> None:
        self.shelf = FakeShelf()
        self.gate = threading.Event()
        self.gate.set()
        self.composed: list[Request] = []
        self.fault: Exception | None = None

    def compose(
        self, request: Request, *, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
    ) -> tuple[Variation, ...]:
        self.composed.append(request)
        on_progress(0.5)
        while not self.gate.wait(0.01):
            if should_stop():
                raise RequestCancelled("stopped")
        if self.fault:
            raise self.fault
        return echo(request)


def echo(request: Request) -> tuple[Variation, ...]:
    heard = next((clip for clip in request.clips.values() if clip.notes), a_clip(1))
    return tuple(
        Variation(index, {role: _as_long(_higher(heard, index), request.length) for role in request.wanted})
        for index in range(request.variations)
    )


def _higher(clip: Clip, semitones: int) -> Clip:
    return replace(clip, notes=tuple(replace(n, pitch=min(127, n.pitch + semitones)) for n in clip.notes))


def _as_long(clip: Clip, length: int) -> Clip:
    notes = tuple(note for note in clip.notes if note.onset < length)
    return replace(clip, length=length, notes=notes)


class FakeTakes:
    """Keeps takes in a list."""

    def __init__(self) -> None:
        self.kept: list[tuple[Request, Variation, str]] = []
        self.stars: dict[int, bool] = {}

    def informed(self, request: Request, *, is_new: bool) -> Request:
        """As the store does, for any clip: what was kept is avoided unless an answer is to be repeated."""
        given = tuple(variation.clips for _, variation, _ in self.kept)
        return replace(request, avoid=given) if is_new else request

    def keep(self, request: Request, variations: Sequence[Variation], *, client: str) -> tuple[int, ...]:
        first = len(self.kept) + 1
        self.kept.extend((request, variation, client) for variation in variations)
        return tuple(range(first, len(self.kept) + 1))

    def star(self, take_id: int, *, starred: bool) -> None:
        if not 1 <= take_id <= len(self.kept):
            raise TakeMissing(f"there is no take {take_id}", hint="macnet takes lists them.")
        self.stars[take_id] = starred


def a_clip(notes: int = 8, *, length: int = 3_840, name: str = "verse") -> Clip:
    """`notes` single notes one after another, filling `length`."""
    step = max(1, length // notes)
    return make_clip(
        (
            Note(onset=at * step, pitch=60 + at % 12, duration=step, velocity=64 + at % 32)
            for at in range(notes)
        ),
        length=max(length, notes * step),
        name=name,
    )


def chords(*, length: int = 3_840) -> Clip:
    """A triad on every beat."""
    return make_clip(
        (Note(onset=at, pitch=pitch, duration=960) for at in range(0, length, 960) for pitch in (48, 52, 55)),
        length=length,
        name="chords",
    )


@dataclass
class Running:
    """A server in a thread."""

    port: int
    composer: EchoComposer
    takes: FakeTakes
    data_dir: Path
    server: Server


@contextmanager
def running_server(data_dir: Path) -> Iterator[Running]:
    composer, takes = EchoComposer(), FakeTakes()
    ready = threading.Event()
    ports: list[int] = []

    def on_ready(port: int) -> None:
        ports.append(port)
        ready.set()

    config = ServeConfig(port=0, data_dir=data_dir)
    server = Server(composer, takes, config=config, on_ready=on_ready)
    thread = threading.Thread(target=server.run)
    thread.start()
    assert ready.wait(WAIT_S)
    try:
        yield Running(ports[0], composer, takes, data_dir, server)
    finally:
        composer.gate.set()
        server.stop()
        thread.join(WAIT_S)
        assert not thread.is_alive()
