"""A team learns what one learns: the same with one member, a run that repeats itself with more, whoever is killed."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from bridge.cluster.fitting import ClusterFit
from bridge.errors import ClusterTooSmall, OtherRun
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


def alone(folder: Path, settings: TrainSettings = BRIEF) -> Fit:
    return Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=folder, device=torch.device("cpu"))


def ignore(_: object) -> None:
    """Nobody waits."""


def differences(one: Weights, other: Weights) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def test_a_team_of_one_learns_the_same_weights_as_without_a_cluster(
    machines: Cluster, tmp_path: Path
) -> None:
    team, one = team_of(1, machines, tmp_path / "team"), alone(tmp_path / "alone")
    seen: list[TrainProgress] = []
    heard: list[Weights] = []
    figures = team.run(seen.append, on_better=heard.append)
    assert figures == one.run(ignore)
    assert differences(one.model.state_dict(), team.model.state_dict()) == 0.0
    assert (team.ending, team.is_better) == (Ending.PASSES, True)
    assert seen[-1].of == 2 * one._batches_in_epoch
    assert differences(heard[-1], team.model.state_dict()) == 0.0
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
