"""The Python client: typed answers, lost packets asked for again, errors as the bridge names them."""

from __future__ import annotations

import random
import select
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bridge.config import DEFAULT_MODEL, HOST
from bridge.errors import (
    BadArgument,
    ClipOutOfRange,
    DrumClip,
    ModelMissing,
    RequestCancelled,
    ServerUnreachable,
    TakeMissing,
)
from bridge.music.note import Meter, Note, Role, make_clip
from bridge.wire.client import Client
from bridge.wire.gathering import error_of
from bridge.wire.messages import Fail
from tests.wire.wire_fakes import WAIT_S, Running, a_clip, chords

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = {Role.MELODY: a_clip(200, length=96_000), Role.ACCOMPANIMENT: chords(length=96_000)}


def test_hello_tells_who_answers(client: Client) -> None:
    welcome = client.hello()
    assert (welcome.protocol, welcome.model) == (1, DEFAULT_MODEL)


def test_a_clip_comes_back_in_both_voices(client: Client, running: Running) -> None:
    clip = a_clip(64, length=61_440)
    answer = client.continue_(clip, length=61_440, variations=8, rng_seed=11)
    assert [take.take_id for take in answer.takes] == list(range(1, 9))
    assert {take.rng_seed for take in answer.takes} == {11}
    assert set(answer.takes[0].clips) == {Role.MELODY, Role.ACCOMPANIMENT}
    assert answer.takes[0].clips[Role.MELODY] == clip
    assert running.takes.kept[0][2].startswith(HOST)


def test_the_answer_is_felt_in_the_meter_of_the_clip(client: Client) -> None:
    clip = make_clip([Note(0, 60, 480)], length=3_360, meter=Meter(7, 8))
    take = client.continue_({Role.MELODY: clip}, length=3_360).takes[0]
    assert take.clips[Role.MELODY].meter == Meter(7, 8)
    assert take.clips[Role.MELODY].length == 3_360


def test_every_use_case_is_answered(client: Client, running: Running) -> None:
    client.accompany(a_clip(), rng_seed=1)
    client.vary(BOTH, options={"temperature": 0.5})
    answer = client.generate(length=960, options={"voices": "melody", "meter": "3/4"})
    assert [request.kind for request in running.composer.composed] == ["accompany", "vary", "generate"]
    assert set(answer.takes[0].clips) == {Role.MELODY}
    assert answer.takes[0].clips[Role.MELODY].meter == Meter(3, 4)
    assert answer.notices == ()


def test_what_a_request_had_no_use_for_is_told(client: Client) -> None:
    answer = client.vary(a_clip(), options={"meter": "3/4"})
    assert answer.notices == ("meter is for generate alone: a clip has its own.",)


def test_asking_again_avoids_what_was_given_unless_it_shall_be_repeated(
    client: Client, running: Running
) -> None:
    first = client.continue_(a_clip(), length=960, variations=2)
    client.continue_(a_clip(), length=960)
    client.continue_(a_clip(), length=960, rng_seed=first.takes[0].rng_seed)
    assert [len(request.avoid) for request in running.composer.composed] == [0, 2, 0]


def test_models_are_listed_and_chosen(client: Client, running: Running) -> None:
    client.use_model("mine")
    assert [(model.name, model.in_use) for model in client.models()] == [("folk", False), ("mine", True)]
    client.generate(length=960)
    assert running.composer.composed[0].model == "mine"
    with pytest.raises(ModelMissing):
        client.use_model("none")


def test_a_take_is_starred(client: Client, running: Running) -> None:
    take_id = client.generate(length=960).takes[0].take_id
    client.star(take_id)
    assert running.takes.stars == {take_id: True}
    client.star(take_id, starred=False)
    assert running.takes.stars == {take_id: False}
    with pytest.raises(TakeMissing):
        client.star(77)


def test_an_error_of_the_bridge_is_raised_as_what_it_is(client: Client) -> None:
    with pytest.raises(DrumClip):
        client.continue_(a_clip(name="Drum rack"), length=960)
    with pytest.raises(BadArgument) as caught:
        client.generate(length=960, options={"temperature": 9.0})
    assert caught.value.hint


def test_an_error_that_only_a_newer_bridge_knows_keeps_its_words() -> None:
    assert str(error_of(Fail(1, "clip.too_loud", "too loud", ""))) == "too loud"
    assert isinstance(error_of(Fail(1, "clip.out_of_range", "", "")), ClipOutOfRange)


def test_a_request_is_cancelled_when_the_caller_says_so(running: Running) -> None:
    running.composer.gate.clear()
    with (
        Client(running.port, should_stop=lambda: bool(running.composer.composed)) as client,
        pytest.raises(RequestCancelled),
    ):
        client.generate(length=960)


def test_progress_is_handed_on(running: Running) -> None:
    told: list[float] = []
    with Client(running.port, on_progress=told.append) as client:
        client.generate(length=960)
    assert told == [0.5]


def test_a_request_that_takes_longer_than_the_timeout_is_waited_for(running: Running) -> None:
    running.composer.gate.clear()
    asked = threading.Semaphore(0)

    def should_stop() -> bool:
        asked.release()
        return False

    def open_later() -> None:
        for _ in range(6):  # the client has been quiet for longer than its timeout
            assert asked.acquire(timeout=WAIT_S)
        running.composer.gate.set()

    opener = threading.Thread(target=open_later)
    opener.start()
    with Client(running.port, timeout_s=0.3, should_stop=should_stop) as client:
        assert len(client.generate(length=960).takes) == 1
    opener.join(WAIT_S)


def test_where_nothing_listens_the_bridge_is_unreachable() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((HOST, 0))
        port = taken.getsockname()[1]
    with Client(port) as client, pytest.raises(ServerUnreachable) as caught:
        client.hello()
    assert "macnet serve" in caught.value.hint


def test_what_listens_but_never_answers_is_unreachable() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind((HOST, 0))
        port = deaf.getsockname()[1]
        with Client(port, timeout_s=0.25) as client, pytest.raises(ServerUnreachable, match="no answer"):
            client.hello()


@contextmanager
def lossy_path(port: int, rng_seed: int) -> Iterator[int]:
    """A port before the server's that loses a fifth of all packets and doubles or swaps another, both ways."""
    rng, stop = random.Random(rng_seed), threading.Event()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far,
    ):
        near.bind((HOST, 0))
        far.connect((HOST, port))
        thread = threading.Thread(target=_carry, args=(near, far, rng, stop))
        thread.start()
        yield near.getsockname()[1]
        stop.set()
        thread.join(WAIT_S)


def _carry(near: socket.socket, far: socket.socket, rng: random.Random, stop: threading.Event) -> None:
    held: list[bytes] = []
    while not stop.is_set():
        for ready in select.select([near, far], [], [], 0.05)[0]:
            packet, sender = ready.recvfrom(65_536)
            if ready is near:
                client = sender
            arrived = [packet] * rng.choice((0, 1, 1, 1, 2)) + held
            held = [arrived.pop(0)] if arrived and rng.random() < 0.2 else []
            for each in arrived:
                if ready is near:
                    far.send(each)
                else:
                    near.sendto(each, client)


@pytest.mark.parametrize("rng_seed", range(5))
def test_an_answer_arrives_whole_over_a_path_that_loses_a_fifth(running: Running, rng_seed: int) -> None:
    with lossy_path(running.port, rng_seed) as port, Client(port, timeout_s=WAIT_S) as client:
        answer = client.continue_(BOTH, length=96_000, variations=3, rng_seed=5)
    assert answer.takes[0].clips[Role.MELODY].notes == BOTH[Role.MELODY].notes
    assert len(answer.takes) == 3
    assert all(len(take.clips) == 2 for take in answer.takes)
    assert len(running.composer.composed) == 1, f"rng seed {rng_seed}"
    assert len(running.takes.kept) == 3
