"""A model that is trained while the bridge runs: listed at once, played without a restart, in nobody's way."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from bridge.composer import Composer
from bridge.config import DEFAULT_MODEL, ServeConfig
from bridge.errors import ModelMissing
from bridge.music.note import COMMON_TIME
from bridge.network.checkpoint import default_shelf, fingerprint, own_shelf
from bridge.network.corpus import Reading
from bridge.network.recipe import Recipe, train
from bridge.takes import FILE_NAME, Takes
from bridge.wire.client import Client
from bridge.wire.server import Server
from tests.network import toy
from tests.wire.wire_fakes import WAIT_S, a_clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.wire.gathering import ReceivedTake

BAR = COMMON_TIME.bar


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def port(data_dir: Path) -> Iterator[int]:
    """A bridge that runs, nothing faked."""
    ready: SimpleQueue[int] = SimpleQueue()
    with Takes(data_dir / FILE_NAME) as takes:
        composer = Composer(default_shelf(data_dir))
        server = Server(composer, takes, config=ServeConfig(port=0, data_dir=data_dir), on_ready=ready.put)
        thread = threading.Thread(target=server.run)
        thread.start()
        yield ready.get(timeout=WAIT_S)
        server.stop()
        thread.join(WAIT_S)


def train_mine(data_dir: Path, rng_seed: int = 1) -> str:
    """Train a small model called `mine`; gives what tells it from others."""
    settings = replace(toy.QUICK, epochs=1, rng_seed=rng_seed)
    made = train(
        Path("songs"),
        "mine",
        recipe=Recipe(settings, shape=toy.SMALL),
        models_dir=data_dir / "models",
        reading=Reading(toy.songs(), {}),
    )
    return fingerprint(made.folder)


def continued(client: Client, rng_seed: int) -> ReceivedTake:
    return client.continue_(a_clip(16, length=4 * BAR), length=2 * BAR, rng_seed=rng_seed).takes[0]


class Others:
    """Another client, which asks for one continuation after another until it is told to stop."""

    def __init__(self, port: int) -> None:
        self._port, self._stop = port, threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.answers: list[ReceivedTake] = []
        self.faults: list[Exception] = []

    def __enter__(self) -> Others:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(WAIT_S)

    def _ask(self) -> None:
        with Client(self._port, timeout_s=WAIT_S, name="others") as client:
            while not self._stop.is_set():
                try:
                    self.answers.append(continued(client, rng_seed=7))
                except Exception as fault:
                    self.faults.append(fault)
                    return


def test_a_new_model_is_listed_and_played_at_once_while_others_are_answered(
    port: int, data_dir: Path
) -> None:
    with Client(port, timeout_s=WAIT_S, name="mine") as client, Others(port) as others:
        with pytest.raises(ModelMissing):
            client.use_model("mine")
        before = continued(client, rng_seed=3)
        train_mine(data_dir)
        assert "mine" in {model.name for model in client.models()}
        client.use_model("mine")
        after = continued(client, rng_seed=3)
        assert {model.name for model in client.models() if model.in_use} == {"mine"}
    assert before.clips != after.clips
    assert others.faults == []
    assert len(others.answers) > 1
    assert all(answer.clips == others.answers[0].clips for answer in others.answers)
    with Takes(data_dir / FILE_NAME) as takes:
        assert takes.find(before.take_id).request.model == DEFAULT_MODEL
        assert takes.find(after.take_id).request.model == "mine"


def test_a_model_that_is_trained_again_replaces_itself_under_those_who_play_it(
    port: int, data_dir: Path
) -> None:
    first = train_mine(data_dir)
    with Client(port, timeout_s=WAIT_S, name="mine") as client:
        client.use_model("mine")
        before = continued(client, rng_seed=3)
        assert train_mine(data_dir, rng_seed=2) != first
        after = continued(client, rng_seed=3)
    assert before.clips != after.clips
    assert own_shelf(data_dir).names() == ("mine",)
