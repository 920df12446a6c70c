"""What a run learns from, made ready iteration by iteration: where it learns, or ahead of it in other processes.

A GPU is done with an iteration before one process has put the next one together; so some processes take turns, each
making every so-manieth iteration of a pass. What is made does not depend on who makes it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from bridge.beats.playlist import one_pass
from bridge.network.batch import Batch, Prepared, collate, moved, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings

_MOST_FEEDERS: Final = 6
_AHEAD: Final = 4
"""Iterations that each process has ready at most."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What one iteration learns from: a batch (None: nothing), its felt beats and its quarter notes."""

    batch: Batch | None = None
    beats: int = 0
    quarters: float = 0.0


NOTHING: Final = Portion()


class Maker:
    """Makes portions of scores: prepared, some of them in another key, and collated.

    Args:
        songs: those that are met again in every pass; what is prepared of them is kept.
        config: the shape of the network.
        settings: how it is trained.

    Attributes:
        of: iterations that are planned.
    """

    def __init__(self, songs: Sequence[Score], config: NetworkConfig, settings: TrainSettings) -> None:
        self.config, self.settings = config, settings
        self._songs = songs
        self.of = 1
        self._whole = {id(score) for score in songs}
        self._prepared: dict[int, Prepared] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_prepared": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._whole = {id(score) for score in self._songs}

    def portion(self, scores: Sequence[Score], iteration: int, share_of_time: float) -> Portion:
        """What an iteration learns from.

        Args:
            scores: all of one batch; none of an empty one.
            iteration: counted from the start of the run; with the rng seed it decides what is drawn.
            share_of_time: how much of the run's time is over, 0 to 1.
        """
        if not scores:
            return NOTHING
        rng = random.Random(f"{self.settings.rng_seed} {iteration} update")  # noqa: S311  music is no secret
        share = max(share_of_time, min(1.0, iteration / max(1, self.of)))
        songs = [self._transposed(self._prepare(score), share, rng) for score in scores]
        batch = collate(songs, practice=self.settings.practice, rng_seed=rng.getrandbits(32))
        return Portion(batch, int(batch.is_beat.sum()), sum(score.quarters for score in scores))

    def batches(self, epoch: int) -> Iterator[list[Score]]:
        """The scores of each iteration of a pass."""
        rng = random.Random(f"{self.settings.rng_seed} {epoch}")  # noqa: S311  as above
        settings = self.settings
        yield from one_pass(
            self._songs,
            longest=settings.longest,
            batch_beats=settings.batch_beats,
            rng=rng,
            late=settings.late,
        )

    def _transposed(self, song: Prepared, share: float, rng: random.Random) -> Prepared:
        """The song, now and then in another key: less and less often, so that the last keys heard are its own."""
        settings = self.settings
        if rng.random() >= settings.transpose * (1 - share):
            return song
        by = rng.randint(-settings.transpose_by, settings.transpose_by)
        return moved(song, by, self.config)

    def _prepare(self, score: Score) -> Prepared:
        """The numbers of a score; those of whole songs are kept, pieces of long ones are new each time."""
        key = id(score)
        if key not in self._whole:
            return prepare(score, self.config)
        if key not in self._prepared:
            self._prepared[key] = prepare(score, self.config)
        return self._prepared[key]


class _Turns(IterableDataset[Portion]):
    """One process's turns of the pass that `told` names: epoch, iterations of it that are done, and of all passes."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self.told = torch.zeros(4, dtype=torch.float64)
        self.told.share_memory_()  # type: ignore[no-untyped-call]  # torch's own

    def __iter__(self) -> Iterator[Portion]:
        worker = get_worker_info()
        turn, of = (worker.id, worker.num_workers) if worker else (0, 1)
        epoch, done, iteration = (int(number) for number in self.told[:3])
        for number, scores in enumerate(self._maker.batches(epoch)):
            if number >= done and (number - done) % of == turn:
                yield self._maker.portion(scores, iteration + number - done, float(self.told[3]))


def _leave_with_parent(_: int) -> None:
    """End this process when the one that learns is gone, however it went: what it made has nowhere to go."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


class Feeders:
    """Makes the portions of whole passes in processes of its own.

    Args:
        maker: what makes them.
        count: how many processes.
    """

    def __init__(self, maker: Maker, count: int) -> None:
        self._turns = _Turns(maker)
        self._loader: DataLoader[Portion] = DataLoader(
            self._turns,
            batch_size=None,
            num_workers=count,
            prefetch_factor=_AHEAD,
            persistent_workers=True,
            worker_init_fn=_leave_with_parent,
        )

    def portions(self, epoch: int, *, done: int, iteration: int) -> Iterator[Portion]:
        """The rest of a pass of which so many iterations are done, the next one being that iteration of the run."""
        self._turns.told[:3] = torch.tensor([epoch, done, iteration])
        yield from self._loader

    def tell_time(self, share: float) -> None:
        """How much of the run's time is over, 0 to 1; what has been made already was made earlier."""
        self._turns.told[3] = share


def feeder_count(settings: TrainSettings, device: torch.device) -> int:
    """How many processes make portions ahead: none where the processor that they need is the one that learns."""
    if settings.feeders is not None:
        return settings.feeders
    return 0 if device.type == "cpu" else max(1, min(_MOST_FEEDERS, (os.cpu_count() or 1) - 1))
