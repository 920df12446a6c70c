"""Fitting a network to a playlist: interruptible, resumable, repeatable, in time.

What is needed to go on after kill -9 (weights, their average, the optimiser's moments, torch's generators) is
saved in one safetensors file; batches follow from the rng seed and the epoch, so that a run that was broken and
resumed meets the same batches as an unbroken one.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Final

import torch

from bridge.errors import OtherRun
from bridge.network.batch import prepare
from bridge.network.device import (
    bfloat16_is_faster,
    choose_device,
    prefer_speed,
    restore_rng_states,
    rng_states,
)
from bridge.network.feeding import Feeders, Maker, Portion, feeder_count
from bridge.network.measuring import Figures, measure, to_inputs
from bridge.network.model import MacNet
from bridge.network.place import Place
from bridge.network.team import ALONE, Team
from bridge.network.tensors import read_tensors, write_tensors
from bridge.network.timing import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings

AVERAGE_DECAY: Final = 0.998
"""The model that is kept is an average of the weights over the last few hundred iterations."""

RUN: Final = "run.safetensors"
"""What is needed to go on."""
BEST: Final = "best.safetensors"
"""The best weights so far."""
LOG: Final = "log.jsonl"
"""Every epoch's figures, one JSON object a line."""

Weights = dict[str, torch.Tensor]


class Ending(StrEnum):
    """Why a run is over."""

    LEARNED = "learned"
    """The songs that are held out have not become likelier for long."""
    PASSES = "passes"
    """Every pass that was planned is done."""
    TIME = "time"
    STOPPED = "stopped"
    """Whoever waits for it said so."""


@dataclass(frozen=True, slots=True)
class TrainProgress:
    """What is shown while training.

    Attributes:
        iteration, of: optimiser updates done, and planned.
        epoch: passes over the playlist done.
        seconds_left: a guess; it may be over earlier.
        train_nats: nats a quarter note, all voices, over what was learned from last.
        valid_nats: the same on songs that are held out; infinite before the first measurement.
        best_nats: the least `valid_nats` so far.
        start_nats: what it started from: the base's figure, or the first that was measured.
        share: how much of the run is over, 0 to 1.
    """

    iteration: int
    of: int
    epoch: int
    seconds_left: float
    train_nats: float
    valid_nats: float
    best_nats: float
    start_nats: float = math.inf
    share: float = 0.0


class Fit:
    """One run of training: a model, its optimiser and where they stand.

    Args:
        train, valid: scores to learn from, and to choose the best state by.
        config: the shape of the network.
        settings: how to train.
        folder: where the run keeps `run.safetensors`, `best.safetensors` and `log.jsonl`.
        start: weights to start from; fresh ones when not given.
        floor: figures that must be beaten: only what is better than them is ever the best.
        clock: shared with other runs that are on their way at the same time; of its own when not given.
        team: whom it learns with; then `train` is this member's share of the songs.

    Attributes:
        ending: why the run is over; None before.
    """

    def __init__(  # noqa: PLR0913  a run names all its parts
        self,
        train: Sequence[Score],
        valid: Sequence[Score],
        config: NetworkConfig,
        settings: TrainSettings,
        *,
        folder: Path,
        start: Weights | None = None,
        floor: Figures | None = None,
        device: torch.device | None = None,
        clock: Clock | None = None,
        team: Team = ALONE,
    ) -> None:
        torch.manual_seed(settings.rng_seed)
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self.settings = settings
        self.folder = folder
        self.team = team
        self.ending: Ending | None = None
        self.device = device or choose_device()
        prefer_speed(self.device)
        self.model = MacNet(config)
        if start is not None:
            self.model.load_state_dict(start)
        self.model.to(self.device)
        self._start = self._copy_of_weights() if start is not None else {}
        self._average = self._copy_of_weights()
        self._optimizer = _optimizer(self.model, settings)
        self._train = list(train)
        self._valid = [prepare(score, config) for score in valid]
        self._maker = Maker(self._train, config, settings)
        self._batches_in_epoch = team.most(sum(1 for _ in self._batches(0)))
        self._maker.of = settings.epochs * self._batches_in_epoch
        feeders = feeder_count(settings, self.device) if team is ALONE else 0
        self._feeders = Feeders(self._maker, feeders) if feeders else None
        self._place = Place()
        if floor is not None:
            self._place = Place(start_nats=floor.sum, best_nats=floor.sum, best_voices=floor.voices)
        self._clock = clock or Clock(settings.minutes * 60 or math.inf)
        mixed = settings.mixed_precision
        is_mixed = bfloat16_is_faster(self.device) if mixed is None else mixed
        self._is_mixed = bool(team.told([is_mixed])[0])

    def run(
        self,
        on_progress: Callable[[TrainProgress], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
        on_better: Callable[[Weights], None] = lambda _: None,
    ) -> Figures:
        """Train until done, or until the best is long past; leaves the best weights in the model, where any are.

        Args:
            on_progress: told after every iteration.
            resume: go on with the run that is in the folder, if one is.
            should_stop: asked after every iteration.
            on_better: given the weights whenever they are the best so far.

        Returns:
            The figures of the best state on the validation songs; the floor where nothing was better.

        Raises:
            OtherRun: what is in the folder cannot be gone on with.
            OSError: the folder cannot be written.
        """
        self._begin(resume=resume)
        self._clock.start(self._place.seconds)
        if self._start and self._place.checks == 0:
            self._check(on_better)
        while (ending := self._ended(should_stop)) is None:
            self.play(on_progress, should_stop, lambda: self._check(on_better))
        if self._place.checked != self._place.iteration:
            self._check(on_better)
        self.ending = ending
        if self.is_better and self._is_first:
            self.model.load_state_dict(read_tensors(self.folder / BEST)[0])
        return Figures(tuple(self._place.best_voices))

    @property
    def is_better(self) -> bool:
        """Whether any state was better than the floor."""
        return self._place.best_check > 0

    @property
    def seconds(self) -> float:
        """How long the run has learned, breaks left out."""
        return self._place.seconds

    @property
    def passes(self) -> int:
        """How many passes it has played to their end."""
        return self._place.epoch

    @property
    def iteration(self) -> int:
        """Optimiser updates done."""
        return self._place.iteration

    @property
    def share_of_pass(self) -> float:
        """How much of the pass that is on its way has been played; 0 between two passes."""
        return self._place.iteration_in_epoch / self._batches_in_epoch

    @property
    def _is_first(self) -> bool:
        return self.team.rank == 0

    def _begin(self, *, resume: bool) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.team.told([resume and (self.folder / RUN).exists()])[0]:
            self.load(self.folder / RUN)
        elif self._is_first:
            for name in (RUN, BEST, LOG):
                (self.folder / name).unlink(missing_ok=True)
        if self.team.most(self._place.iteration) > self._place.iteration:
            raise RuntimeError("this member of a team has not seen what was saved last")  # its machine will

    def _ended(self, should_stop: Callable[[], bool]) -> Ending | None:
        place = self._place
        is_stopped, is_late = self.team.told([should_stop(), self._clock.is_late()])
        if is_stopped:
            return Ending.STOPPED
        if is_late:
            return Ending.TIME
        if place.epoch >= self.settings.epochs:
            return Ending.PASSES
        return Ending.LEARNED if place.checks - place.best_check >= self.settings.patience else None

    def play(
        self,
        on_progress: Callable[[TrainProgress], None],
        should_stop: Callable[[], bool],
        check: Callable[[], None],
    ) -> None:
        """Play what is left of one pass, unless time is over before; `check` is called on the way and after it."""
        place = self._place
        portions = self._portions()
        while True:
            with self._clock.timing_iteration():
                portion = next(portions, None)
                if portion is None:
                    break
                self.update(portion)
            place.iteration_in_epoch, place.iteration = place.iteration_in_epoch + 1, place.iteration + 1
            self._tell_seconds()
            if place.iteration_in_epoch % self.settings.check_every == 0:
                check()
            on_progress(self._progress())
            if self._is_first and self._clock.since_saved_s > self.settings.save_every_s:
                self.save(self.folder / RUN)
            if self.team.told([should_stop() or self._clock.is_late()])[0]:
                return
        place.epoch, place.iteration_in_epoch = place.epoch + 1, 0
        if place.checked != place.iteration:
            check()

    def _portions(self) -> Iterator[Portion]:
        """What is left of a pass, an iteration at a time."""
        place = self._place
        if self._feeders:
            yield from self._feeders.portions(
                place.epoch, done=place.iteration_in_epoch, iteration=place.iteration
            )
            return
        batches = self.team.together(self._batches(place.epoch))
        for scores in islice(batches, place.iteration_in_epoch, None):
            yield self._maker.portion(scores, place.iteration, self._share_of_time())

    def _tell_seconds(self) -> None:
        (self._place.seconds,) = self.team.told([self._clock.seconds])
        if self._feeders:
            self._feeders.tell_time(self._share_of_time())

    def _share_of_time(self) -> float:
        return min(1.0, self._place.seconds / self._clock.budget_s)

    def _share_done(self) -> float:
        """How much of the run is over, 0 to 1: of its epochs or of its minutes, whichever is nearer."""
        epochs = self._place.iteration / max(1, self.settings.epochs * self._batches_in_epoch)
        return min(1.0, max(epochs, self._share_of_time()))

    def _batches(self, epoch: int) -> Iterator[list[Score]]:
        yield from self._maker.batches(epoch)

    def update(self, portion: Portion) -> float:
        """Learn from what one iteration learns from; its nats before that."""
        self.team.vary(f"{self.settings.rng_seed} {self._place.iteration}")
        self.model.train()
        rate = self._learning_rate()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad(set_to_none=True)
        nats = self._learn(portion)
        nats, quarters = self.team.share(self.model, portion.beats, (nats, portion.quarters))
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self._optimizer.step()
        self._settle(rate)
        self._place.lost += nats
        self._place.quarters += quarters
        return nats

    def _learn(self, portion: Portion) -> float:
        """Find the gradients of a portion; give its nats."""
        if portion.batch is None:
            return 0.0
        inputs = to_inputs(portion.batch, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._is_mixed):
            said, practised = self.model.likelihoods(inputs)
        nats = -said.sum()
        loss: torch.Tensor = (nats - practised.sum()) / portion.beats
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        return float(nats.detach())

    @torch.no_grad()
    def _settle(self, rate: float) -> None:
        """Draw the weights a little towards where they started, and the average towards them."""
        if self._start and self.settings.anchor:
            for name, value in self.model.named_parameters():
                value.lerp_(self._start[name], rate * self.settings.anchor)
        decay = min(AVERAGE_DECAY, (1 + self._place.iteration) / (10 + self._place.iteration))
        for name, value in self.model.state_dict().items():
            self._average[name].lerp_(value, 1 - decay)

    def _learning_rate(self) -> float:
        rise = min(1.0, (self._place.iteration + 1) / self.settings.warmup)
        fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self._share_done()))
        return self.settings.learning_rate * rise * fall

    def _check(self, on_better: Callable[[Weights], None]) -> None:
        """Measure the songs that are held out; keep the weights if they are the best so far."""
        place = self._place
        with self._clock.timing_check():
            figures = self.measured()
            place.checks, place.checked = place.checks + 1, place.iteration
            self.count()
            place.valid_nats = figures.sum
            place.start_nats = min(place.start_nats, figures.sum) if place.checks == 1 else place.start_nats
            is_better = figures.sum < place.best_nats
            if is_better:
                place.best_nats, place.best_voices = figures.sum, figures.voices
                place.best_check = place.checks
            self._tell_seconds()
            if self._is_first:
                self._keep(figures, is_better=is_better)
        if is_better and self._is_first:
            on_better(self._average)

    def _keep(self, figures: Figures, *, is_better: bool) -> None:
        if is_better:
            write_tensors(self.folder / BEST, self._average)
        self._log(figures)
        self.save(self.folder / RUN)

    def count(self) -> float:
        """Nats a quarter note over what was learned from since the last count."""
        place = self._place
        place.train_nats = place.lost / place.quarters if place.quarters else math.inf
        place.lost, place.quarters = 0.0, 0.0
        return place.train_nats

    @property
    def average(self) -> Weights:
        """The weights as they would be kept: an average over the last iterations, which go on."""
        return self._average

    def measured(self) -> Figures:
        """What the average says of the songs that are held out; the first member measures for all."""
        if not self._is_first:
            return Figures(tuple(self.team.told([0.0] * self.model.config.voices)))
        own = self._copy_of_weights()
        self.model.load_state_dict(self._average)
        figures = measure(self.model, self._valid)
        self.model.load_state_dict(own)
        return Figures(tuple(self.team.told(figures.voices)))

    def _copy_of_weights(self) -> Weights:
        return {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    def _log(self, figures: Figures) -> None:
        place = self._place
        line = {
            "epoch": place.epoch,
            "iteration": place.iteration,
            "seconds": round(place.seconds, 1),
            "learning_rate": self._learning_rate(),
            "train": place.train_nats if math.isfinite(place.train_nats) else None,
            "valid": figures.sum,
            "voices": figures.voices,
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _progress(self) -> TrainProgress:
        place = self._place
        done = self._share_done()
        return TrainProgress(
            iteration=place.iteration,
            of=self.settings.epochs * self._batches_in_epoch,
            epoch=place.epoch,
            seconds_left=place.seconds * (1 - done) / done if done else math.inf,
            train_nats=place.train_nats,
            valid_nats=place.valid_nats,
            best_nats=place.best_nats,
            start_nats=place.start_nats,
            share=done,
        )

    def save(self, path: Path) -> None:
        """Write what is needed to go on."""
        tensors: Weights = {f"model.{n}": v for n, v in self.model.state_dict().items()}
        tensors |= {f"average.{n}": v for n, v in self._average.items()}
        for number, moments in self._optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{n}": v for n, v in moments.items()}
        tensors |= rng_states(self.device)
        notes = {
            "place": json.dumps(asdict(self._place)),
            "learns_from": self._learns_from(),
            "is_mixed": json.dumps(self._is_mixed),
        }
        write_tensors(path, tensors, notes)
        self._clock.saved()

    def load(self, path: Path) -> None:
        """Go on from what was saved.

        Raises:
            OtherRun: it learned from other songs, or otherwise.
        """
        tensors, notes = read_tensors(path)
        if notes.get("learns_from") != self._learns_from():
            raise OtherRun(
                f"the run in {self.folder} learned from other songs, or otherwise, than this one would",
                hint="Leave out --resume to start over; or name the same folder, base and options as before.",
            )
        self._place = Place(**json.loads(notes["place"]))
        # What was faster once stays, so that the run is the same.
        self._is_mixed = json.loads(notes["is_mixed"])
        self.model.load_state_dict(_under("model.", tensors))
        for name, value in _under("average.", tensors).items():
            self._average[name].copy_(value)
        moments: dict[int, Weights] = {}
        for name, value in _under("optimizer.", tensors).items():
            number, key = name.split(".", 1)
            moments.setdefault(int(number), {})[key] = value
        state = self._optimizer.state_dict()
        self._optimizer.load_state_dict({**state, "state": moments})
        restore_rng_states(self.device, tensors)

    def _learns_from(self) -> str:
        songs = [*self._train, *(song.score for song in self._valid)]
        return learns_from(songs, self.model.config, self.settings, self._start)


def learns_from(
    scores: Sequence[Score], config: NetworkConfig, settings: TrainSettings, start: Mapping[str, torch.Tensor]
) -> str:
    """A digest of what decides how a run goes; time and passes may be given anew."""
    lasting = replace(
        settings,
        minutes=0.0,
        epochs=0,
        save_every_s=0.0,
        threads=0,
        mixed_precision=None,
        folds=None,
        feeders=None,
    )
    songs = [(score.name, len(score), score.shift, score.known) for score in scores]
    digest = hashlib.sha256(repr((lasting, config, songs)).encode())
    for value in start.values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> Weights:
    return {name.removeprefix(prefix): v for name, v in tensors.items() if name.startswith(prefix)}


def _optimizer(model: MacNet, settings: TrainSettings) -> torch.optim.AdamW:
    decayed = [p for p in model.parameters() if p.dim() > 1]
    free = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.99))
