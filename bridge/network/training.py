"""Fitting a network to a playlist: interruptible, resumable, repeatable.

What is needed to go on after kill -9 (weights, their average, the optimiser's moments, torch's generator) is
saved in one safetensors file; batches follow from the rng seed and the epoch, so that a run that was broken and
resumed meets the same batches as an unbroken one.
"""

from __future__ import annotations

import json
import math
import random
import time
import timeit
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

from bridge.beats.playlist import one_pass
from bridge.network.batch import Batch, Prepared, Spelled, collate, moved, prepare
from bridge.network.model import Inputs, MacNet, Notes, Spellings
from bridge.network.tensors import read_tensors, write_tensors

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


@dataclass(frozen=True, slots=True)
class TrainProgress:
    """What is shown while training.

    Attributes:
        iteration, of: optimiser updates done, and planned.
        epoch: passes over the playlist done.
        seconds_left: a guess.
        train_nats: nats a quarter note, all voices, over the last pass.
        valid_nats: the same on songs that are held out; infinite before the first measurement.
        best_nats: the least `valid_nats` so far.
    """

    iteration: int
    of: int
    epoch: int
    seconds_left: float
    train_nats: float
    valid_nats: float
    best_nats: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Nats a quarter note of each voice on some songs, over those songs that have it.

    What it takes to tell the songs' transpositions counts as the first voice's.
    """

    voices: tuple[float, ...]

    @property
    def sum(self) -> float:
        """All voices together."""
        return sum(self.voices)


@dataclass(slots=True)
class _Place:
    """Where a run stands; what is saved beside the tensors."""

    epoch: int = 0
    iteration_in_epoch: int = 0
    iteration: int = 0
    seconds: float = 0.0
    best_nats: float = math.inf
    best_epoch: int = 0
    train_nats: float = math.inf
    valid_nats: float = math.inf


def to_inputs(batch: Batch, device: torch.device | str = "cpu") -> Inputs:
    """A batch as tensors on a device."""

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    def spellings(voices: Sequence[Sequence[Spelled]]) -> list[list[Spellings]]:
        return [[Spellings(tensor(g.where), tensor(g.symbols)) for g in groups] for groups in voices]

    return Inputs(
        notes=Notes(tensor(batch.notes), tensor(batch.owners), batch.distinct),
        words=tensor(batch.words),
        is_beat=tensor(batch.is_beat),
        metre=tensor(batch.metre),
        lookback=tensor(batch.lookback),
        runs=tensor(batch.runs).long(),
        distances=tensor(batch.distances).long(),
        known=tensor(batch.known),
        choices=tensor(batch.choices),
        spelled=spellings(batch.spelled),
        practised=spellings(batch.practised),
    )


def measure(model: MacNet, songs: Sequence[Prepared], *, batch_beats: int = 4_096) -> Figures:
    """The figures of a model on songs: nats of each voice, divided by the songs' length in quarter notes."""
    lost = np.zeros(model.config.voices)
    quarters = np.zeros(model.config.voices)
    model.eval()
    with torch.inference_mode():
        for group in _like_lengths(songs, batch_beats):
            inputs = to_inputs(collate(group))
            nats = -model(inputs).sum(2).numpy().astype(np.float64)  # songs, voices
            known = np.array([song.score.known for song in group])
            lost += (nats * known).sum(0)
            lost[0] += sum(song.score.shift_nats for song in group)
            quarters += (np.array([[song.score.quarters] for song in group]) * known).sum(0)
    return Figures(tuple(float(nats) for nats in lost / np.maximum(quarters, 1e-9)))


def _like_lengths(songs: Sequence[Prepared], batch_beats: int) -> Iterator[list[Prepared]]:
    group: list[Prepared] = []
    for song in sorted(songs, key=lambda song: len(song.score)):
        if group and (len(group) + 1) * len(song.score) > batch_beats:
            yield group
            group = []
        group.append(song)
    if group:
        yield group


def bfloat16_is_faster() -> bool:
    """Whether this machine multiplies matrices faster in bfloat16, by a quarter or more; takes some milliseconds."""
    wide = torch.ones(512, 512)
    narrow = wide.bfloat16()
    seconds = [min(timeit.repeat(partial(torch.mm, m, m), number=4, repeat=5)) for m in (narrow, wide)]
    return seconds[0] * 1.25 < seconds[1]


class Fit:
    """One run of training: a model, its optimiser and where they stand.

    Args:
        train, valid: scores to learn from, and to choose the best state by.
        config: the shape of the network.
        settings: how to train.
        folder: where the run keeps `run.safetensors`, `best.safetensors` and `log.jsonl`.
        start: weights to start from; fresh ones when not given.
    """

    def __init__(
        self,
        train: Sequence[Score],
        valid: Sequence[Score],
        config: NetworkConfig,
        settings: TrainSettings,
        *,
        folder: Path,
        start: Weights | None = None,
    ) -> None:
        torch.manual_seed(settings.rng_seed)
        if settings.threads:
            torch.set_num_threads(settings.threads)
        self.settings = settings
        self.folder = folder
        self.model = MacNet(config)
        if start is not None:
            self.model.load_state_dict(start)
        self._average = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        self._optimizer = _optimizer(self.model, settings)
        self._train = list(train)
        self._valid = [prepare(score, config) for score in valid]
        self._whole = {id(score) for score in self._train}
        self._prepared: dict[int, Prepared] = {}
        self._batches_in_epoch = len(list(self._batches(0)))
        self._place = _Place()
        mixed = settings.mixed_precision
        self._is_mixed = bfloat16_is_faster() if mixed is None else mixed

    def run(self, on_progress: Callable[[TrainProgress], None], *, resume: bool = False) -> Figures:
        """Train until done, or until the best is long past; leaves the best weights in the model.

        Returns:
            The figures of the best state on the validation songs.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if resume and (self.folder / RUN).exists():
            self._load()
        else:
            for name in (RUN, BEST, LOG):
                (self.folder / name).unlink(missing_ok=True)
        began = time.monotonic() - self._place.seconds
        saved = time.monotonic()
        while not self._is_done():
            lost, quarters = 0.0, 0.0
            for number, batch in enumerate(self._batches(self._place.epoch)):
                if number < self._place.iteration_in_epoch:
                    continue
                more = self._update(batch)
                lost, quarters = lost + more[0], quarters + more[1]
                self._place.iteration_in_epoch = number + 1
                self._place.iteration += 1
                self._place.seconds = time.monotonic() - began
                on_progress(self._progress())
                if time.monotonic() - saved > self.settings.save_every_s:
                    self._save()
                    saved = time.monotonic()
            self._close_epoch(lost / max(quarters, 1e-9))
        self.model.load_state_dict(read_tensors(self.folder / BEST)[0])
        return measure(self.model, self._valid)

    def _is_done(self) -> bool:
        place, settings = self._place, self.settings
        late = settings.minutes > 0 and place.seconds >= settings.minutes * 60
        stale = place.epoch - place.best_epoch >= settings.patience
        return place.epoch >= settings.epochs or late or stale

    def _share_done(self) -> float:
        """How much of the run is over, 0 to 1: of its epochs or of its minutes, whichever is nearer."""
        epochs = self._place.iteration / max(1, self.settings.epochs * self._batches_in_epoch)
        minutes = self._place.seconds / (self.settings.minutes * 60) if self.settings.minutes else 0.0
        return min(1.0, max(epochs, minutes))

    def _batches(self, epoch: int) -> Iterator[list[Score]]:
        rng = random.Random(f"{self.settings.rng_seed} {epoch}")  # noqa: S311  music is no secret
        yield from one_pass(
            self._train, longest=self.settings.longest, batch_beats=self.settings.batch_beats, rng=rng
        )

    def _update(self, scores: Sequence[Score]) -> tuple[float, float]:
        rng = random.Random(f"{self.settings.rng_seed} {self._place.iteration} update")  # noqa: S311  as above
        songs = [self._transposed(self._prepare(score), rng) for score in scores]
        self.model.train()
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        self._optimizer.zero_grad(set_to_none=True)
        batch = collate(songs, practice=self.settings.practice, rng_seed=rng.getrandbits(32))
        inputs = to_inputs(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._is_mixed):
            said, practised = self.model.likelihoods(inputs)
        nats = -said.sum()
        quarters = sum(score.quarters for score in scores)
        loss: torch.Tensor = (nats - practised.sum()) / int(inputs.is_beat.sum())
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self._optimizer.step()
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, (1 + self._place.iteration) / (10 + self._place.iteration))
            for name, value in self.model.state_dict().items():
                self._average[name].lerp_(value, 1 - decay)
        return float(nats.detach()), quarters

    def _transposed(self, song: Prepared, rng: random.Random) -> Prepared:
        """The song, now and then in another key: less and less often, so that the last keys heard are its own."""
        settings = self.settings
        if rng.random() >= settings.transpose * (1 - self._share_done()):
            return song
        by = rng.randint(-settings.transpose_by, settings.transpose_by)
        return moved(song, by, self.model.config)

    def _prepare(self, score: Score) -> Prepared:
        """The numbers of a score; those of whole songs are kept, pieces of long ones are new each time."""
        key = id(score)
        if key not in self._whole:
            return prepare(score, self.model.config)
        if key not in self._prepared:
            self._prepared[key] = prepare(score, self.model.config)
        return self._prepared[key]

    def _learning_rate(self) -> float:
        rise = min(1.0, (self._place.iteration + 1) / self.settings.warmup)
        fall = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self._share_done()))
        return self.settings.learning_rate * rise * fall

    def _close_epoch(self, train_nats: float) -> None:
        figures = self._measure_average()
        place = self._place
        place.epoch += 1
        place.iteration_in_epoch = 0
        place.train_nats, place.valid_nats = train_nats, figures.sum
        if figures.sum < place.best_nats:
            place.best_nats, place.best_epoch = figures.sum, place.epoch
            write_tensors(self.folder / BEST, self._average)
        self._log(figures)
        self._save()

    def _measure_average(self) -> Figures:
        own = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.model.load_state_dict(self._average)
        figures = measure(self.model, self._valid)
        self.model.load_state_dict(own)
        return figures

    def _log(self, figures: Figures) -> None:
        place = self._place
        line = {
            "epoch": place.epoch,
            "iteration": place.iteration,
            "seconds": round(place.seconds, 1),
            "learning_rate": self._learning_rate(),
            "train": place.train_nats,
            "valid": figures.sum,
            "voices": figures.voices,
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _progress(self) -> TrainProgress:
        place = self._place
        done = self._share_done()
        planned = self.settings.epochs * self._batches_in_epoch
        left = place.seconds * (1 - done) / done if done else math.inf
        return TrainProgress(
            place.iteration, planned, place.epoch, left, place.train_nats, place.valid_nats, place.best_nats
        )

    def _save(self) -> None:
        tensors: Weights = {f"model.{n}": v for n, v in self.model.state_dict().items()}
        tensors |= {f"average.{n}": v for n, v in self._average.items()}
        for number, moments in self._optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{n}": v for n, v in moments.items()}
        tensors["torch_rng"] = torch.get_rng_state()
        write_tensors(self.folder / RUN, tensors, {"place": json.dumps(asdict(self._place))})

    def _load(self) -> None:
        tensors, notes = read_tensors(self.folder / RUN)
        self._place = _Place(**json.loads(notes["place"]))
        self.model.load_state_dict(_under("model.", tensors))
        self._average = _under("average.", tensors)
        moments: dict[int, Weights] = {}
        for name, value in _under("optimizer.", tensors).items():
            number, key = name.split(".", 1)
            moments.setdefault(int(number), {})[key] = value
        state = self._optimizer.state_dict()
        self._optimizer.load_state_dict({**state, "state": moments})
        torch.set_rng_state(tensors["torch_rng"])


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
