"""Nats by tiny networks, which the tests train themselves."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bridge.beats.pianoroll import read_pianorolls
from bridge.errors import ModelMissing
from bridge.evaluation.cases import scores_of
from bridge.evaluation.counting import Counting
from bridge.evaluation.likelihood import (
    MATCH_EDGES,
    beats_by_match,
    benchmark_nats,
    by_match,
    counted_nats,
    frames_by_match,
    match_lengths,
    word_nats,
)
from bridge.network.batch import prepare
from bridge.network.benchmark import Kind, frame_nats
from bridge.network.checkpoint import Shelf
from bridge.network.export import save_model
from bridge.network.measuring import measure
from bridge.network.model import MacNet
from bridge.network.training import Fit
from tests.evaluation.music import pieces
from tests.network import toy

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["tests.network.conftest"]


@pytest.fixture(scope="module")
def rolls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four songs of 40 frames: two keys that move up together, over and over."""
    frames = np.zeros((4 * 40, 88), np.uint8)
    for at in range(len(frames)):
        frames[at, [30 + at % 5, 40 + at % 5]] = 1
    path = tmp_path_factory.mktemp("rolls") / "valid.npz"
    np.savez(path, frames=frames, lengths=np.full(4, 40))
    return path


@pytest.fixture(scope="module")
def networks(rolls: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The benchmark's two networks, tiny and fitted for a moment."""
    folder = tmp_path_factory.mktemp("benchmarks")
    songs = read_pianorolls(rolls)
    for kind, shape in ((Kind.PLAIN, toy.PLAIN), (Kind.MEMORY, replace(toy.SMALL, lookbacks=(6,)))):
        fit = Fit(songs, songs[:1], shape, replace(toy.QUICK, epochs=6), folder=folder / f"run-{kind}")
        fit.run(lambda _: None)
        home = toy.folder_of(folder / f"pianoroll-{kind}")
        save_model(home, fit.model.state_dict(), shape, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return folder


def test_the_benchmark_is_asked_of_both_networks(networks: Path, rolls: Path) -> None:
    told: list[float] = []
    found = benchmark_nats(networks, rolls, told.append)
    assert found[Kind.PLAIN].mean == frame_nats(networks / "pianoroll-plain", rolls).mean
    assert found[Kind.MEMORY].mean != found[Kind.PLAIN].mean
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_network_that_is_not_there_is_named_with_the_command_that_makes_it(
    tmp_path: Path, rolls: Path
) -> None:
    with pytest.raises(ModelMissing, match="pianoroll-plain") as raised:
        benchmark_nats(tmp_path, rolls)
    assert "bench/pianoroll.py train plain" in raised.value.hint


def test_frames_are_sorted_by_how_long_they_have_been_heard_before(networks: Path, rolls: Path) -> None:
    nats = frame_nats(networks / "pianoroll-memory", rolls).nats
    found = frames_by_match(nats, rolls)
    assert sum(found.count) == len(nats) == 4 * 39
    # A cycle of five frames: the first six have heard nothing, then each has heard one frame more.
    assert found.count[MATCH_EDGES.index(0)] == 4 * 5
    assert found.count[MATCH_EDGES.index(1)] == 4
    assert found.count[-1] == 4 * 3


def test_matches_are_the_longest_runs_that_were_heard_before() -> None:
    assert match_lengths("abcabcx").tolist() == [0, 0, 0, 0, 1, 2, 3]


def test_nats_are_averaged_in_their_classes() -> None:
    found = by_match(np.array([4.0, 2.0, 1.0, 0.5]), np.array([0, 0, 3, 99]))
    told = dict(zip(found.least, found.nats, strict=True))
    assert (told[0], told[3], told[32]) == (3.0, 1.0, 0.5)
    assert math.isnan(told[1])
    assert found.count[0] == 2


def test_words_are_measured_as_in_training(toy_shelf: Shelf, fitted: MacNet) -> None:
    scores = toy.songs()[:3]
    found = word_nats(toy_shelf.folder("toy"), scores)
    expected = measure(fitted, [prepare(score) for score in scores])
    assert found.voices == pytest.approx(expected.voices, abs=0.02)  # it is stored in int8
    assert found.sum == pytest.approx(sum(found.voices))


def test_beats_by_match_add_up_to_the_nats_of_words(toy_shelf: Shelf) -> None:
    scores = toy.songs()[:3]
    folder = toy_shelf.folder("toy")
    found = beats_by_match(folder, scores)
    total = sum(n * c for n, c in zip(found.nats, found.count, strict=True) if c)
    assert total == pytest.approx(word_nats(folder, scores).sum * 3 * 16, rel=1e-3)


def test_the_counting_model_is_measured_in_the_same_unit() -> None:
    scores = scores_of(pieces(6))
    counting = Counting(scores[:5])
    melody, accompaniment = counted_nats(counting, scores[5:]).voices
    own = counting.nats(scores[5])
    assert melody == pytest.approx((own[0] + math.log(12)) / scores[5].quarters)
    assert accompaniment == pytest.approx(own[1] / scores[5].quarters)
