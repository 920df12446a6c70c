"""Fitting a network on a cluster: what `network.training.Fit` does, done by a team of workers.

Ray Train starts the workers, joins them to one process group, and starts all of them again when one is lost. Where
they go on is our own file of the run, which the first of them saves once a minute or oftener: what was learned since
then is learned again, from the same batches, so that the run ends as one that nothing happened to.
"""

from __future__ import annotations

import math
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from bridge.cluster.board import Board, Notes, Outcome
from bridge.cluster.joining import ray_errors
from bridge.cluster.member import learn
from bridge.cluster.orders import NOTHING_BEYOND, Beyond, Orders, digest_of_run, size_of_team_in
from bridge.errors import ClusterLost, ClusterTooSmall, OtherRun
from bridge.network.measuring import Figures
from bridge.network.model import MacNet
from bridge.network.tensors import read_tensors
from bridge.network.training import BEST, LOG, RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.cluster.joining import Cluster
    from bridge.config import NetworkConfig, TrainSettings
    from bridge.network.training import Ending, TrainProgress, Weights

_LOSSES: Final = 16
"""How often workers are replaced until the run is given up; it can be gone on with."""
_LOOK_EVERY_S: Final = 0.2
_ITERATIONS: Final = 12
"""A pass has about so many iterations at least: more workers than leave so many do not learn better, only oftener."""


class ClusterFit:
    """One run of training on a cluster; told and asked as a `Fit` is.

    Args:
        learned, held_out: scores to learn from, and to choose the best state by.
        config: the shape of the network.
        settings: how to train.
        folder: where the run is kept; every machine sees it.
        start: weights to start from; fresh ones when not given.
        floor: figures that must be beaten.
        cluster: where.
        beyond: songs to learn from that no machine holds.
        on_team: told how many workers learn together.
        on_loss: told when workers were lost and replaced.

    Attributes:
        ending: why the run is over; None before.
    """

    def __init__(  # noqa: PLR0913  as a `Fit`
        self,
        learned: Sequence[Score],
        held_out: Sequence[Score],
        config: NetworkConfig,
        settings: TrainSettings,
        *,
        folder: Path,
        start: Weights | None = None,
        floor: Figures | None = None,
        cluster: Cluster,
        beyond: Beyond = NOTHING_BEYOND,
        on_team: Callable[[int], None] = lambda _: None,
        on_loss: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder
        self.ending: Ending | None = None
        self.model = MacNet(config)
        self._songs = (learned, held_out)
        self._plan = (config, settings, start)
        self._floor, self._cluster, self._beyond = floor, cluster, beyond
        self._on_team, self._on_loss = on_team, on_loss
        self._notes = Notes()

    @property
    def is_better(self) -> bool:
        """Whether any state was better than the floor."""
        return self._notes.outcome is not None and self._notes.outcome.is_better

    @property
    def seconds(self) -> float:
        """How long the run has learned, breaks left out."""
        return self._notes.outcome.seconds if self._notes.outcome else self._notes.seconds

    def run(
        self,
        on_progress: Callable[[TrainProgress], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
        on_better: Callable[[Weights], None] = lambda _: None,
    ) -> Figures:
        """Train until done; leaves the best weights in the model, where any are. As `Fit.run`.

        Raises:
            OtherRun: what is in the folder cannot be gone on with.
            ClusterTooSmall: fewer workers can work than were asked for.
            ClusterLost: workers were lost again and again, or the cluster went away.
            OSError, MemoryError: what a worker met.
        """
        orders = self._orders(resume=resume)
        self._make_way(orders, resume=resume)
        orders.lay_out(*self._songs, self._plan[2])
        watch = _Watch(orders, self._cluster)
        while (notes := watch.next()) is not None:
            self._take(notes, on_progress, on_better)
            if should_stop():
                watch.stop()
        figures = self._end(watch.outcome())
        orders.clear()
        return figures

    def _orders(self, *, resume: bool) -> Orders:
        learned, held_out = self._songs
        config, settings, start = self._plan
        size = self._size(resume=resume)
        digest = digest_of_run([*learned, *held_out], self._plan, size, self._beyond)
        until = time.time() + (60 * settings.minutes or math.inf)
        self._on_team(size)
        return Orders(
            self.folder, size, config, settings, self._floor, digest, start is not None, self._beyond, until
        )

    def _size(self, *, resume: bool) -> int:
        """How many workers: as asked for, or as before, or as many as leave a pass enough iterations."""
        most = self._cluster.gpus or self._cluster.processors
        if self._cluster.asked > most:
            raise ClusterTooSmall(
                f"the cluster has {most} {'GPUs' if self._cluster.gpus else 'processors'}, "
                f"fewer than {self._cluster.asked} workers",
                hint="Name fewer --workers, or let more machines join.",
            )
        before = size_of_team_in(self.folder) if resume else 0
        settings = self._plan[1]
        beats = sum(map(len, self._songs[0]))
        beats += round(beats / max(1, len(self._songs[0])) * self._beyond.songs)
        return (
            self._cluster.asked or before or max(1, min(most, beats // (_ITERATIONS * settings.batch_beats)))
        )

    def _make_way(self, orders: Orders, *, resume: bool) -> None:
        """What was saved stays where it can be gone on with, and goes where the run begins anew."""
        shutil.rmtree(orders.folder, ignore_errors=True)
        saved = self.folder / RUN
        if not resume:
            for path in (saved, self.folder / BEST, self.folder / LOG):
                path.unlink(missing_ok=True)
        elif saved.exists() and read_tensors(saved)[1].get("learns_from") != orders.digest:
            raise OtherRun(
                f"the run in {self.folder} learned from other songs, or otherwise, than this one would",
                hint="Leave out --resume to start over; or name the same folder, base, workers and options.",
            )

    def _take(
        self, notes: Notes, on_progress: Callable[[TrainProgress], None], on_better: Callable[[Weights], None]
    ) -> None:
        """Pass on what is new."""
        before, self._notes = self._notes, notes
        if notes.starts > max(1, before.starts):
            self._on_loss()
        if notes.progress is not None and notes.progress != before.progress:
            on_progress(notes.progress)
        if notes.betters > before.betters:
            on_better(read_tensors(self.folder / BEST)[0])

    def _end(self, outcome: Outcome) -> Figures:
        self.ending = outcome.ending
        if outcome.is_better:
            self.model.load_state_dict(read_tensors(self.folder / BEST)[0])
        return Figures(outcome.voices)


class _Watch:
    """The run of some orders on a cluster, watched from here.

    Args:
        orders: laid out already.
        cluster: where.
    """

    def __init__(self, orders: Orders, cluster: Cluster) -> None:
        import ray  # noqa: PLC0415  it may not be there
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415  with it

        self._ray = ray
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._board = ray.remote(num_cpus=0)(Board).options(scheduling_strategy=here).remote()
        self._error: list[BaseException] = []
        self._is_stopping = False
        self._is_over = False
        self._thread = threading.Thread(
            target=self._run, args=(_trainer(orders, cluster, self._board),), daemon=True
        )
        self._thread.start()

    def _run(self, trainer: Any) -> None:  # noqa: ANN401  Ray's
        try:
            trainer.fit()
        except Exception as error:
            self._error.append(error)

    def next(self) -> Notes | None:
        """What stands on the board after a moment; None once the run is over and all of it was seen.

        Raises:
            ClusterLost: the board is gone.
            OSError, MemoryError: a worker met what no other could help.
        """
        if self._is_over:
            return None
        self._thread.join(timeout=_LOOK_EVERY_S)
        self._is_over = not self._thread.is_alive()
        with ray_errors():
            notes: Notes = self._ray.get(self._board.look.remote())
        if notes.fault is not None:
            raise notes.fault.error()
        return notes

    def stop(self) -> None:
        """Ask for the best so far."""
        if not self._is_stopping:
            self._is_stopping = True
            self._board.stop.remote()

    def outcome(self) -> Outcome:
        """How it ended.

        Raises:
            ClusterLost: it did not end well.
        """
        with ray_errors():
            outcome: Outcome | None = self._ray.get(self._board.look.remote()).outcome
        if outcome is None or self._error:
            why = str(self._error[0]).strip().splitlines() if self._error else []
            raise ClusterLost(
                f"the workers were lost again and again: {why[-1] if why else 'they ended without a word'}",
                hint="Look whether the machines run (ray status), then go on with --resume.",
            )
        return outcome


def _trainer(orders: Orders, cluster: Cluster, board: Any) -> Any:  # noqa: ANN401  Ray's
    from ray.train import FailureConfig, RunConfig, ScalingConfig  # noqa: PLC0415  it may not be there
    from ray.train.torch import TorchTrainer  # noqa: PLC0415  with it

    def work() -> None:
        learn(orders, board)

    return TorchTrainer(
        work,
        scaling_config=ScalingConfig(num_workers=orders.size, use_gpu=cluster.gpus > 0),
        run_config=RunConfig(
            name="run",
            storage_path=str((orders.folder / "ray").resolve()),
            failure_config=FailureConfig(max_failures=_LOSSES),
        ),
    )
