"""The whole path over the port, nothing faked: packets, desk, worker, bundled model, takes on disk."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

import pytest

from bridge.composer import Composer
from bridge.config import DEFAULT_MODEL, ServeConfig
from bridge.music.note import COMMON_TIME, Role
from bridge.network.checkpoint import default_shelf
from bridge.takes import FILE_NAME, Takes
from bridge.wire.client import Client
from bridge.wire.server import Server
from tests.wire.wire_fakes import WAIT_S, a_clip, chords

BAR = COMMON_TIME.bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def whole(data_dir: Path) -> Iterator[Client]:
    ready: SimpleQueue[int] = SimpleQueue()
    with Takes(data_dir / FILE_NAME) as takes:
        composer = Composer(default_shelf(data_dir))
        server = Server(composer, takes, config=ServeConfig(port=0, data_dir=data_dir), on_ready=ready.put)
        thread = threading.Thread(target=server.run)
        thread.start()
        with Client(ready.get(timeout=WAIT_S), timeout_s=WAIT_S, name="whole") as client:
            yield client
        server.stop()
        thread.join(WAIT_S)


def test_the_bundled_model_is_offered(whole: Client) -> None:
    assert DEFAULT_MODEL in {model.name for model in whole.models() if model.in_use}


def test_a_clip_is_continued_in_both_voices_and_kept(whole: Client, data_dir: Path) -> None:
    answer = whole.continue_(a_clip(16, length=4 * BAR), length=8 * BAR, variations=2, rng_seed=5)
    assert len(answer.takes) == 2
    for take in answer.takes:
        assert set(take.clips) == {Role.MELODY, Role.ACCOMPANIMENT}
        assert all(clip.length == 8 * BAR for clip in take.clips.values())
        with Takes(data_dir / FILE_NAME) as takes:
            assert takes.find(take.take_id).variation.clips == take.clips


def test_the_same_request_gives_the_same_notes(whole: Client) -> None:
    clip = a_clip(16, length=4 * BAR)
    one, two = (whole.continue_(clip, length=2 * BAR, rng_seed=11, variations=2) for _ in range(2))
    assert [take.clips for take in one.takes] == [take.clips for take in two.takes]
    assert [take.take_id for take in one.takes] != [take.take_id for take in two.takes]


def test_every_use_case_is_answered(whole: Client) -> None:
    both = {Role.MELODY: a_clip(16, length=4 * BAR), Role.ACCOMPANIMENT: chords(length=4 * BAR)}
    accompanied = whole.accompany({Role.MELODY: both[Role.MELODY]}, rng_seed=1)
    assert Role.ACCOMPANIMENT in accompanied.takes[0].clips
    assert whole.vary(both, rng_seed=1).takes[0].clips[Role.MELODY].length == 4 * BAR
    assert whole.generate(length=3_360, rng_seed=1).takes[0].clips[Role.MELODY].length == 3_360


def test_a_take_is_starred_on_disk(whole: Client, data_dir: Path) -> None:
    take_id = whole.generate(length=BAR, rng_seed=1).takes[0].take_id
    whole.star(take_id)
    with Takes(data_dir / FILE_NAME) as takes:
        assert takes.find(take_id).starred
