"""What each worker of a training does: it is one member of a team that fits one network."""

from __future__ import annotations

import os
import random
import time
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from bridge.beats.playlist import one_pass
from bridge.cluster.board import Outcome, faults_told
from bridge.cluster.team import TorchTeam
from bridge.network.training import Ending, Fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.cluster.orders import Beyond, Orders
    from bridge.network.training import TrainProgress

HELD: Final = 16_384
"""Songs beyond those that are dealt which a member has in memory at once, in words alone: some 100 MB."""
_TELL_EVERY_S: Final = 0.25


class _Part(Fit):
    """A member's part in fitting: songs beyond those in memory come from shards, some thousands at a time."""

    def __init__(self, orders: Orders, *, device: Any, team: TorchTeam) -> None:  # noqa: ANN401  torch's
        self._beyond = orders.beyond
        self._digest = orders.digest
        self._until = orders.until
        self._is_member_of = (team.rank, team.size)
        super().__init__(
            orders.learned(team.rank),
            orders.held_out(),
            orders.config,
            orders.settings,
            folder=orders.run,
            start=orders.start(),
            floor=orders.floor,
            device=device,
            team=team,
        )

    def _begin(self, *, resume: bool) -> None:
        """Begin or go on; of the minutes that were promised, those are left that starting workers has not taken."""
        super()._begin(resume=resume)
        (left_s,) = self.team.told([self._until - time.time()])
        self._clock.budget_s = self._place.seconds + max(1.0, left_s)

    def _learns_from(self) -> str:
        return self._digest

    def _batches(self, epoch: int) -> Iterator[list[Score]]:
        yield from super()._batches(epoch)
        rng = random.Random(f"{self.settings.rng_seed} {epoch} beyond")  # noqa: S311  music is no secret
        for songs in windows(self._beyond, *self._is_member_of, rng):
            yield from one_pass(
                songs,
                longest=self.settings.longest,
                batch_beats=self.settings.batch_beats,
                rng=rng,
                late=self.settings.late,
            )


def windows(
    beyond: Beyond, rank: int, size: int, rng: random.Random, *, most: int = HELD
) -> Iterator[Sequence[Score]]:
    """The songs of a member's shards, in another order each time, as many at a time as memory holds."""
    shards = list(beyond.dealt(rank, size))
    rng.shuffle(shards)
    songs = (score for shard in shards for score in beyond.songs_in(shard))
    while window := list(islice(songs, most)):
        yield window


def learn(orders: Orders, board: Any) -> None:  # noqa: ANN401  an actor
    """The life of a worker: go on where the team was last saved, until the run is over.

    Args:
        orders: what to learn, and how.
        board: where to tell how it goes.
    """
    from ray.train.torch import get_device  # noqa: PLC0415  it is there where this runs

    device = get_device()
    team = TorchTeam(device)
    voice = _Voice(board, team.rank)
    with faults_told(voice.fault):
        part = _Part(orders, device=device, team=team)
        voice.begin()
        figures = part.run(
            voice.progress,
            resume=True,
            should_stop=voice.should_stop,
            on_better=lambda _: voice.better(part.seconds),
        )
    voice.end(Outcome(part.ending or Ending.PASSES, figures.voices, part.is_better, part.seconds))


class _Voice:
    """How a member speaks to the board; all but the first are silent."""

    def __init__(self, board: Any, rank: int) -> None:  # noqa: ANN401  an actor
        import ray  # noqa: PLC0415  as above

        self._ray, self._board, self._rank = ray, board, rank
        self._told = -_TELL_EVERY_S
        self._is_stopping = False
        self._asked = board.is_stopping.remote()

    def begin(self) -> None:
        self._ray.get(self._board.begin.remote(self._rank, os.getpid()))

    def fault(self, fault: object) -> None:
        self._ray.get(self._board.note.remote(fault=fault))

    def progress(self, progress: TrainProgress) -> None:
        now = time.monotonic()
        if self._rank == 0 and now - self._told >= _TELL_EVERY_S:
            self._told = now
            self._board.note.remote(progress=progress)

    def better(self, seconds: float) -> None:
        self._ray.get(self._board.better.remote(seconds))

    def should_stop(self) -> bool:
        """What was answered last; nobody waits for an answer."""
        if self._rank == 0 and self._ray.wait([self._asked], timeout=0)[0]:
            self._is_stopping = self._ray.get(self._asked)
            self._asked = self._board.is_stopping.remote()
        return self._is_stopping

    def end(self, outcome: Outcome) -> None:
        if self._rank == 0:
            self._ray.get(self._board.note.remote(outcome=outcome))
