"""A GPU is used where it is faster and comes to the same; a few real iterations tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.network.checkpoint import default_shelf
from bridge.network.corpus import Reading
from bridge.network.device import Way
from bridge.network.recipe import Audience, Recipe, train
from bridge.network.training import RUN, Fit
from bridge.network.trial import WAY, Rehearsal, choose_way, fastest, rehearsal, store_way, stored_way
from tests.network import toy

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.network.feeding import Portion

GPU, OTHER, PROCESSOR = Way("cuda"), Way("mps"), Way("cpu", is_mixed=True)


def _rehearsed(**results: Rehearsal | Exception) -> object:
    def rehearse(way: Way) -> Rehearsal:
        result = results[way.kind]
        if isinstance(result, Exception):
            raise result
        return result

    return rehearse


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [
        (Rehearsal(70.0, 0.1), Rehearsal(70.0, 0.5), GPU),
        (Rehearsal(70.0, 0.6), Rehearsal(70.0, 0.5), OTHER),
        (Rehearsal(70.0, 3.0), Rehearsal(70.0, 2.5), PROCESSOR),
        (Rehearsal(75.0, 0.1), Rehearsal(70.5, 0.5), OTHER),
        (Rehearsal(float("nan"), 0.1), Rehearsal(90.0, 0.5), PROCESSOR),
        (RuntimeError("out of memory"), NotImplementedError("no such kernel"), PROCESSOR),
    ],
    ids=["fast", "the_second_is_faster", "both_slower", "one_is_wrong", "both_wrong", "both_fail"],
)
def test_the_fastest_wins_that_comes_to_what_the_processor_comes_to(
    cuda: Rehearsal | Exception, mps: Rehearsal | Exception, expected: Way
) -> None:
    rehearse = _rehearsed(cuda=cuda, mps=mps, cpu=Rehearsal(70.0, 2.0))
    assert fastest([GPU, OTHER, PROCESSOR], rehearse) == expected  # type: ignore[arg-type]  # made above


def test_without_a_gpu_nothing_is_tried() -> None:
    way = choose_way(toy.WORDY, [], toy.BRIEF, gpus={"cuda": lambda: False})
    assert way.kind == "cpu"


def test_precision_that_was_asked_for_stays() -> None:
    for is_mixed in (False, True):
        settings = replace(toy.BRIEF, mixed_precision=is_mixed)
        assert choose_way(toy.WORDY, [], settings, gpus={}) == Way("cpu", is_mixed)


@pytest.mark.parametrize(("gpu_s", "expected"), [(1.0, "cpu:0"), (3.0, "cpu")], ids=["faster", "slower"])
def test_a_gpu_that_is_there_is_tried_on_the_songs(
    monkeypatch: pytest.MonkeyPatch, gpu_s: float, expected: str
) -> None:
    """The processor under another name stands for a GPU: it really learns; only how long it takes is given."""
    nats: dict[str, float] = {}

    def timed(fit: Fit, portion: Portion, *, making_s: float, ahead: int) -> Rehearsal:
        learned = rehearsal(fit, portion, making_s=making_s, ahead=ahead)
        nats[str(fit.device)] = learned.nats
        return replace(learned, seconds=gpu_s if str(fit.device) == "cpu:0" else 2.0)

    monkeypatch.setattr("bridge.network.trial.rehearsal", timed)
    settings = replace(toy.BRIEF, mixed_precision=False)
    way = choose_way(toy.WORDY, toy.falling_songs(), settings, gpus={"cpu:0": lambda: True})
    assert way == Way(expected)
    assert nats["cpu:0"] == pytest.approx(nats["cpu"], rel=1e-6)


def test_a_device_that_gives_no_numbers_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch's own device without memory passes for a GPU that breaks as it learns."""
    monkeypatch.setattr("bridge.network.trial.working_gpus", lambda _: ["meta"])
    assert choose_way(toy.WORDY, toy.falling_songs(), toy.BRIEF).kind == "cpu"


def test_rehearsals_learn_and_count_what_is_not_made_ahead(tmp_path: Path) -> None:
    songs = toy.falling_songs()
    fits = [Fit(songs, [], toy.WORDY, replace(toy.BRIEF, warmup=1), folder=tmp_path) for _ in range(3)]
    portion = fits[0]._maker.portion(songs, 0, 0.0)
    first = fits[0].update(portion)
    alone = rehearsal(fits[1], portion, making_s=100.0, ahead=0)
    ahead = rehearsal(fits[2], portion, making_s=100.0, ahead=4)
    assert alone.nats < first
    assert alone.nats == ahead.nats
    assert alone.seconds > 100.0
    assert ahead.seconds == 25.0


def test_a_run_goes_on_in_its_own_way(tmp_path: Path) -> None:
    assert stored_way(tmp_path) is None
    store_way(tmp_path, Way("cpu", is_mixed=True))
    assert choose_way(toy.WORDY, [], toy.BRIEF, before=stored_way(tmp_path), gpus={}) == PROCESSOR
    store_way(tmp_path, GPU)  # it went on where there is a GPU, and none is here
    assert choose_way(toy.WORDY, [], toy.BRIEF, before=stored_way(tmp_path), gpus={}).kind == "cpu"
    for damaged in ("", "[]", '{"kind": "abacus", "is_mixed": false}'):
        (tmp_path / WAY).write_text(damaged, "utf-8")
        assert stored_way(tmp_path) is None


def test_a_run_that_was_stopped_keeps_its_way_and_one_that_is_done_does_not(tmp_path: Path) -> None:
    def made(*, should_stop: bool) -> Path:
        recipe = Recipe(replace(toy.BRIEF, epochs=1), toy.WORDY)
        audience = Audience(should_stop=lambda: should_stop)
        songs = Reading(toy.falling_songs(), {})
        train(
            tmp_path, "mine", recipe=recipe, models_dir=tmp_path / "models", audience=audience, reading=songs
        )
        return tmp_path / "models" / ".training" / "mine"

    run = made(should_stop=True)
    assert (run / RUN).exists()
    assert stored_way(run) is not None
    assert stored_way(made(should_stop=False)) is None
    assert default_shelf(tmp_path).folder("mine").exists()
