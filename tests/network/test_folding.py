"""A few songs: each is held out once, and the model learns from all."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch

from bridge.errors import OtherRun
from bridge.network import recipe, starting
from bridge.network.checkpoint import read_card, read_config
from bridge.network.corpus import Reading, dealt
from bridge.network.folding import CrossValidation, fold_count, stored_folds
from bridge.network.recipe import Audience, Recipe, train
from bridge.network.starting import plan_of
from bridge.network.tensors import read_model_weights
from bridge.network.training import LOG, Ending, TrainProgress
from tests.network import toy

if TYPE_CHECKING:
    from bridge.beats.playlist import Score
    from bridge.config import TrainSettings
    from bridge.network.measuring import Figures
    from bridge.network.recipe import Trained

SONGS = toy.falling_songs(7)
HASTY = replace(toy.BRIEF, epochs=2, folds=3)


class Killed(BaseException):
    """As kill -9: nothing is tidied up."""


def validation(base: Path, folder: Path, settings: TrainSettings = HASTY) -> CrossValidation:
    songs = list(SONGS)
    plan = plan_of(Recipe(settings, base=base), songs, songs, began=0.0)
    plan = replace(plan, settings=replace(plan.settings, learning_rate=3e-3, warmup=1, batch_beats=48))
    return CrossValidation(songs, dealt(songs, 3), plan, folder=folder)


def tuned(
    base: Path,
    place: Path,
    settings: TrainSettings = HASTY,
    *,
    resume: bool = False,
    audience: Audience = recipe.ALONE,
) -> Trained:
    return train(
        place / "songs",
        "mine",
        recipe=Recipe(settings, base=base),
        models_dir=place / "models",
        audience=audience,
        reading=Reading(SONGS, {}),
        resume=resume,
    )


@pytest.mark.parametrize("songs", [toy.songs(), toy.songs(3)])
def test_every_song_is_in_one_fold_whatever_order_they_come_in(songs: tuple[Score, ...]) -> None:
    folds = dealt(songs, 3)
    assert dealt(songs[::-1], 3) == folds
    assert sum(len(score) for fold in folds for score in fold) == sum(map(len, songs))
    assert max(map(len, folds)) - min(map(len, folds)) <= 1
    names = [score.name for fold in folds for score in fold]
    assert len(set(names)) == len(names)


def test_as_many_folds_as_the_songs_and_the_minutes_ask_for() -> None:
    def count(songs: int, left_s: float = math.inf) -> int:
        return fold_count(toy.songs(songs), measuring_s=1.0, left_s=left_s)

    assert count(10) == 4
    assert count(10, left_s=900.0) == 4
    assert count(10, left_s=170.0) == 3
    assert count(10, left_s=60.0) == 0  # too short to find out anything: a part is held out
    assert count(31) == 0  # so many can spare some


def test_no_run_knows_the_songs_that_it_is_asked_about_not_even_their_words(
    base: Path, tmp_path: Path
) -> None:
    made = validation(base, tmp_path)
    for run, fold in zip(made._runs, dealt(SONGS, 3), strict=True):
        learned = {score.name for score in run._train}
        assert {song.score.name for song in run._valid} == {score.name for score in fold}
        assert learned == {score.name for score in SONGS} - {score.name for score in fold}
        shared = {w for w in run.model.config.dictionary[0] if w not in toy.DICTIONARY[0]}
        heard = [{str(word) for word in score.voices[0]} for score in run._train]
        assert all(sum(word in words for words in heard) > 1 for word in shared)
    assert {score.name for score in made._whole._train} == {score.name for score in SONGS}


def test_a_model_of_few_songs_learns_from_all_and_says_how_it_was_chosen(base: Path, tmp_path: Path) -> None:
    told: list[TrainProgress] = []
    made = tuned(base, tmp_path, replace(HASTY, epochs=6), audience=Audience(told.append))
    assert made.folds == 3
    assert made.is_better
    assert made.base is not None
    assert made.figures.sum < 0.95 * made.base.sum
    assert [score.name for score in made.learned] == [score.name for score in SONGS]
    figures = read_card(made.folder).figures
    name = "cross-validated in 3 folds: sum, nats a quarter note"
    lost = figures["lost by int8 weights, nats a quarter note"]
    assert figures[name] == pytest.approx(made.figures.sum + lost, abs=1e-3)
    assert figures["cross-validated in 3 folds before: sum, nats a quarter note"] == pytest.approx(
        made.base.sum, abs=1e-3
    )
    assert all(one.share <= other.share and one.iteration < other.iteration for one, other in pairwise(told))
    assert told[-1].share == pytest.approx(1.0)
    assert not list((tmp_path / "models" / ".training" / "mine").glob("folds*"))


def test_what_every_fold_said_is_in_the_log(base: Path, tmp_path: Path) -> None:
    figures = validation(base, tmp_path).run(lambda _: None)
    lines = [json.loads(line) for line in (tmp_path / LOG).read_text("utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2]
    assert all(len(line["folds"]) == 3 for line in lines)
    assert min(line["valid"] for line in lines) == pytest.approx(figures.sum)


@pytest.fixture(scope="module")
def unbroken(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Figures, dict[str, torch.Tensor]]:
    made = validation(base, tmp_path_factory.mktemp("whole"))
    return made.run(lambda _: None), made.model.state_dict()


@pytest.mark.parametrize("dies_after", [1, 12])
def test_killed_in_any_fold_and_resumed_it_ends_as_an_unbroken_run(
    base: Path, tmp_path: Path, unbroken: tuple[Figures, dict[str, torch.Tensor]], dies_after: int
) -> None:
    updates = 0

    def die(_: object) -> None:
        nonlocal updates
        updates += 1
        if updates > dies_after:
            raise Killed

    broken = validation(base, tmp_path, replace(HASTY, save_every_s=0.0))
    with pytest.raises(Killed):
        broken.run(die)
    resumed = validation(base, tmp_path)
    left: list[TrainProgress] = []
    assert resumed.run(left.append, resume=True) == unbroken[0]
    assert left[0].iteration == dies_after + 1  # what had been learned is not learned again
    weights = resumed.model.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in unbroken[1].items())


def test_folds_of_other_songs_are_not_gone_on_with(base: Path, tmp_path: Path) -> None:
    made = validation(base, tmp_path, replace(HASTY, save_every_s=0.0))
    made.run(lambda _: None, should_stop=lambda: made.seconds > 0)
    assert stored_folds(tmp_path) == 3
    other = validation(base, tmp_path, replace(HASTY, rng_seed=2))
    with pytest.raises(OtherRun):
        other.run(lambda _: None, resume=True)


def test_stopped_it_is_the_best_so_far_and_goes_on(base: Path, tmp_path: Path) -> None:
    updates = 0

    def count(_: object) -> None:
        nonlocal updates
        updates += 1

    run = tmp_path / "models" / ".training" / "mine"
    made = tuned(base, tmp_path, audience=Audience(count, should_stop=lambda: updates >= 5))
    assert (made.ending, updates, stored_folds(run)) == (Ending.STOPPED, 5, 3)
    assert made.base is not None
    assert made.figures.sum <= made.base.sum
    made = tuned(base, tmp_path, resume=True, audience=Audience(count))
    assert made.ending is Ending.PASSES
    assert stored_folds(run) == 0


def test_where_the_folds_get_no_better_the_base_stays_as_it_was(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reckless(settings: TrainSettings, _: int) -> TrainSettings:
        return replace(settings, learning_rate=30.0, warmup=1, patience=2)

    monkeypatch.setattr(starting, "careful", reckless)
    made = tuned(base, tmp_path, replace(HASTY, epochs=5))
    assert not made.is_better
    assert made.ending is Ending.LEARNED
    assert made.figures == made.base
    assert read_config(made.folder) == read_config(base)
    kept, first = read_model_weights(made.folder), read_model_weights(base)
    assert all(torch.allclose(kept[name], first[name], atol=1e-6) for name in first)


def test_where_there_is_no_time_for_folds_a_part_of_the_songs_is_held_out(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def no_time(_: object, *, measuring_s: float, left_s: float) -> int:
        asked.extend((measuring_s, left_s))
        return 0

    monkeypatch.setattr(recipe, "fold_count", no_time)
    made = tuned(base, tmp_path, replace(HASTY, folds=None, minutes=2.0))
    assert made.folds == 0
    assert len(made.learned) + len(made.held_out) == len(SONGS)
    assert 0 < asked[0] < asked[1] < 120
