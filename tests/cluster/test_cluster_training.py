"""A team learns what one learns: the same with one member, a run that repeats itself with more, whoever is killed."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
import torch

pytest.importorskip("pyarrow", reason="the extra [cluster] is not installed")

from bridge.cluster.fitting import ClusterFit
from bridge.errors import ClusterTooSmall, OtherRun
from bridge.network.checkpoint import WEIGHTS, read_card
from bridge.network.corpus import Reading
from bridge.network.recipe import Audience, Listen, Recipe, train
from bridge.network.training import Ending, Fit, TrainProgress
from tests.network import toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bridge.cluster.joining import Cluster
    from bridge.config import TrainSettings
    from bridge.network.training import Weights

BRIEF = replace(toy.QUICK, epochs=2)
LONG = replace(toy.QUICK, epochs=16, save_every_s=0.0)


def team_of(
    size: int,
    machines: Cluster,
    folder: Path,
    settings: TrainSettings = BRIEF,
    *,
    on_loss: Callable[[], None] = lambda: None,
) -> ClusterFit:
    return ClusterFit(
        toy.songs(),
        toy.songs()[:2],
        toy.SMALL,
        settings,
        folder=folder,
        cluster=replace(machines, asked=size),
        on_loss=on_loss,
    )


def ignore(_: object) -> None:
    """Nobody waits."""


def differences(one: Weights, other: Weights) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def test_a_team_of_one_makes_the_same_model_as_without_a_cluster(machines: Cluster, tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    heard: list[Listen] = []
    audience = Audience(on_progress=seen.append, on_sample=heard.append, sample_every_s=0.0)
    here = partial(Fit, device=torch.device("cpu"))
    there = partial(ClusterFit, cluster=replace(machines, asked=1))
    one, team = (
        train(
            tmp_path,
            "mine",
            recipe=Recipe(BRIEF, shape=toy.SMALL),
            models_dir=tmp_path / which,
            audience=audience,
            reading=Reading(toy.songs(), {}),
            fitting=fitting,
        )
        for which, fitting in (("here", here), ("there", there))
    )
    assert (team.folder / WEIGHTS).read_bytes() == (one.folder / WEIGHTS).read_bytes()
    assert read_card(team.folder) == read_card(one.folder)
    assert (team.figures, team.ending, team.is_better) == (one.figures, Ending.PASSES, True)
    assert [path.name for path in sorted(team.folder.iterdir())] == [
        path.name for path in sorted(one.folder.iterdir())
    ]
    assert seen[-1].of == seen[0].of
    assert len(heard) >= 2
    assert team.seconds > 0


def test_a_worker_that_is_killed_while_it_learns_is_replaced_and_the_model_is_the_same(
    machines: Cluster, tmp_path: Path
) -> None:
    losses: list[int] = []
    killed: list[int] = []

    def kill_the_second(progress: TrainProgress) -> None:
        if not killed:
            killed.append(progress.iteration)
            os.kill(dict(broken._notes.workers)[1], signal.SIGKILL)

    broken = team_of(2, machines, tmp_path / "broken", LONG, on_loss=lambda: losses.append(1))
    after = broken.run(kill_the_second)
    whole = team_of(2, machines, tmp_path / "whole", LONG)
    assert after == whole.run(ignore)
    assert len(killed) == len(losses) == 1
    assert differences(whole.model.state_dict(), broken.model.state_dict()) == 0.0


def test_whoever_waits_may_stop_it_and_go_on_later(machines: Cluster, tmp_path: Path) -> None:
    seen: list[TrainProgress] = []
    team = team_of(1, machines, tmp_path, LONG)
    figures = team.run(seen.append, should_stop=lambda: bool(seen))
    assert team.ending is Ending.STOPPED
    assert seen[-1].iteration < seen[-1].of
    again = team_of(0, machines, tmp_path, LONG)
    assert again.run(ignore, resume=True, should_stop=lambda: True) == figures
    assert again.seconds >= team.seconds > 0
    with pytest.raises(OtherRun):
        team_of(2, machines, tmp_path, LONG).run(ignore, resume=True)


def test_more_workers_than_processors_are_refused(machines: Cluster, tmp_path: Path) -> None:
    with pytest.raises(ClusterTooSmall):
        team_of(3, machines, tmp_path).run(ignore)
