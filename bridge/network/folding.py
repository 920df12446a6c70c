"""Cross-validation: of a few songs none can be spared, so each is held out once, and the model learns from all.

The songs are dealt into folds. For each fold a run learns from all songs but those, and is measured on them; one
more run learns from all songs. They start from the base and play their passes in step, so that at any moment the
folds together tell what the last run would make of songs that it has not learned from (k-fold cross-validation,
Stone 1974). Its weights are kept as they are after the pass where that figure was best, if it is clearly better than
the base's.
"""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bridge.network.corpus import dealt, to_measure
from bridge.network.device import seed_rngs
from bridge.network.finishing import fresh_folder
from bridge.network.measuring import Figures
from bridge.network.tensors import read_tensors, write_tensors
from bridge.network.timing import Clock
from bridge.network.training import BEST, LOG, RUN, Ending, Fit, TrainProgress
from bridge.network.tuning import new_words, widened
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.network.model import MacNet
    from bridge.network.starting import Plan
    from bridge.network.training import Weights

STATE: Final = "folds.json"
"""Where the runs stand, and which of the saved states is theirs."""
SAVED: Final = "folds"
"""The folder of what is needed to go on."""

CLEARLY: Final = 0.005
"""The share by which the folds must be less surprised than by the base; less than that is chance."""

_MOST_SONGS: Final = 30
_FOLDS: Final = ((6_000, 4), (16_000, 3))
"""Into how many folds songs of so many felt beats at most are dealt; of more, a part can be spared."""
_LEAST_FOLDS: Final = 3
_LEAST_PASSES: Final = 12
"""Where the time that is promised would not hold so many passes, there are fewer folds, or none."""
_LEARNING_S: Final = 4.0
"""How long it takes to learn from songs, in terms of how long it takes to measure them."""


def may_be_folded(songs: Sequence[Score]) -> bool:
    """Whether songs are so few that none can be spared, and can be parted."""
    return _most_folds(songs) >= _LEAST_FOLDS


def _most_folds(songs: Sequence[Score]) -> int:
    most = next((count for beats, count in _FOLDS if sum(map(len, songs)) <= beats), 0)
    return min(most, len(dealt(songs, 1)[0])) if len(songs) <= _MOST_SONGS else 0


def fold_count(songs: Sequence[Score], *, measuring_s: float, left_s: float) -> int:
    """Into how many folds songs are dealt; 0: a part of them is held out once and for all.

    Args:
        songs: all of them.
        measuring_s: how long it took to measure them.
        left_s: seconds to learn in; infinite where none were promised.
    """
    for count in range(_most_folds(songs), _LEAST_FOLDS - 1, -1):
        if _LEAST_PASSES * (_LEARNING_S * count + 1) * measuring_s <= left_s:
            return count
    return 0


def stored_folds(run: Path) -> int:
    """The folds of a cross-validation that was broken off; 0 where there is none to go on with."""
    try:
        return len(json.loads((run / STATE).read_text("utf-8"))["songs"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def forget_folds(run: Path) -> None:
    """Remove what is needed to go on with a cross-validation."""
    (run / STATE).unlink(missing_ok=True)
    shutil.rmtree(run / SAVED, ignore_errors=True)


@dataclass(slots=True)
class _Standing:
    """Where the runs stand.

    Attributes:
        songs: how many each fold holds.
        rounds: after each pass, for each fold, the figures of each voice.
        seconds: learned.
        saved: how often it was saved, which names the folder of the last.
    """

    songs: list[int]
    rounds: list[list[list[float]]] = field(default_factory=list)
    seconds: float = 0.0
    saved: int = 0


class CrossValidation:
    """Runs on all songs but one fold each, and one on all songs, in step; used as a `Fit`.

    Args:
        songs: what the model learns from.
        folds: the songs again, or their phrases, in as many parts as there are runs to choose by.
        plan: what all runs start from, and the figures to beat, of all songs.
        folder: where the run keeps `folds.json`, `folds/` and `log.jsonl`.

    Attributes:
        ending: why it is over; None before.
        model: the network that learns from all songs; the best of it, once the run is over.
    """

    def __init__(
        self, songs: Sequence[Score], folds: Sequence[Sequence[Score]], plan: Plan, *, folder: Path
    ) -> None:
        self._device = plan.way.device
        settings = plan.settings
        self.settings = replace(settings, save_every_s=math.inf)
        self.folder = folder
        self.ending: Ending | None = None
        self._save_every_s = settings.save_every_s
        self._clock = Clock(settings.minutes * 60 or math.inf)
        self._floor = plan.floor or Figures((math.inf,))
        self._quarters = [_quarters(fold) for fold in folds]
        self._runs = [self._run_without(number, folds, plan) for number in range(len(folds))]
        self._whole = Fit(
            songs,
            [],
            plan.config,
            self.settings,
            folder=folder,
            start=plan.start,
            device=self._device,
            clock=self._clock,
        )
        self.model: MacNet = self._whole.model
        self._standing = _Standing([len(fold) for fold in folds])
        self._best: Weights | None = None
        self._best_round = 0
        self._round_s = 0.0
        self._train_nats = math.inf
        self._is_saved = True

    def _run_without(self, number: int, folds: Sequence[Sequence[Score]], plan: Plan) -> Fit:
        """A run that knows nothing of one fold, not even its words."""
        learned = [score for other, fold in enumerate(folds) if other != number for score in fold]
        config, start = plan.config, plan.start
        if plan.base is not None:
            config, start = widened(plan.base, new_words(plan.base.config, learned, self.settings.words))
        return Fit(
            learned,
            to_measure(folds[number]),
            config,
            self.settings,
            folder=self.folder,
            start=start,
            device=self._device,
            clock=self._clock,
        )

    @property
    def is_better(self) -> bool:
        """Whether any pass was clearly better than the base."""
        return self._best_round > 0

    @property
    def seconds(self) -> float:
        """How long it has learned, breaks left out."""
        return self._standing.seconds

    def run(
        self,
        on_progress: Callable[[TrainProgress], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
        on_better: Callable[[Weights], None] = lambda _: None,
    ) -> Figures:
        """Learn until done; leaves the best weights in the model, where any are better than the base.

        Args:
            on_progress: told after every iteration.
            resume: go on with the run that is in the folder, if one is.
            should_stop: asked after every iteration.
            on_better: given the weights of the run on all songs whenever the folds say that it is the best so far.

        Returns:
            The figures of the folds together at the best pass; the base's where none was better.

        Raises:
            OtherRun: what is in the folder cannot be gone on with.
            OSError: the folder cannot be written.
        """
        self._begin(resume=resume)
        self._clock.start(self._standing.seconds)
        while (ending := self._ended(should_stop)) is None:
            self._play_round(on_progress, should_stop, on_better)
        self.ending = ending
        self._save()
        if self._best is not None:
            self.model.load_state_dict(self._best)
        return self._pooled(self._best_round) if self.is_better else self._floor

    def _begin(self, *, resume: bool) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if resume and stored_folds(self.folder):
            self._load()
            return
        forget_folds(self.folder)
        for name in (RUN, BEST, LOG):
            (self.folder / name).unlink(missing_ok=True)

    def _ended(self, should_stop: Callable[[], bool]) -> Ending | None:
        done = len(self._standing.rounds)
        if should_stop():
            return Ending.STOPPED
        if self._clock.is_late() or self._clock.seconds + self._round_s >= self._clock.budget_s:
            return Ending.TIME
        if done >= self.settings.epochs:
            return Ending.PASSES
        return Ending.LEARNED if done - self._best_round >= self.settings.patience else None

    def _play_round(
        self,
        on_progress: Callable[[TrainProgress], None],
        should_stop: Callable[[], bool],
        on_better: Callable[[Weights], None],
    ) -> None:
        """One pass of every run, and what the folds say of it; broken off where time is over before."""
        began = self._clock.seconds
        rounds = len(self._standing.rounds)
        for number, run in enumerate(self._every_run()):
            if run.passes > rounds:
                continue
            if not run.share_of_pass:
                # Each run draws from generators of its own, whichever runs are beside it.
                seed_rngs(self.settings.rng_seed + 1_000_003 * number + 101 * rounds)

            def tell(told: TrainProgress, number: int = number) -> None:
                self._tell(told, number, on_progress)

            run.play(tell, should_stop, lambda: None)
            if run.passes <= rounds:
                return
        self._weigh(on_better)
        self._round_s = max(self._round_s, self._clock.seconds - began)

    def _every_run(self) -> list[Fit]:
        return [*self._runs, self._whole]

    def _tell(self, told: TrainProgress, number: int, on_progress: Callable[[TrainProgress], None]) -> None:
        self._is_saved = False
        self._standing.seconds = self._clock.seconds
        runs = self._every_run()
        passes = len(self._standing.rounds)
        share = (passes + (number + runs[number].share_of_pass) / len(runs)) / max(1, self.settings.epochs)
        share = min(1.0, max(share, self.seconds / self._clock.budget_s))
        best, last = self._pooled(self._best_round).sum, self._pooled(passes).sum
        on_progress(
            TrainProgress(
                iteration=sum(run.iteration for run in runs),
                of=told.of * len(runs),
                epoch=passes,
                seconds_left=self.seconds * (1 - share) / share if share else math.inf,
                train_nats=self._train_nats,
                valid_nats=last,
                best_nats=best,
                start_nats=self._floor.sum,
                share=share,
            )
        )
        if self._clock.since_saved_s > self._save_every_s:
            self._save()

    def _weigh(self, on_better: Callable[[Weights], None]) -> None:
        """Measure the folds; keep the weights of the run on all songs if they were never less surprised."""
        with self._clock.timing_check():
            figures = [list(run.measured().voices) for run in self._runs]
            self._standing.rounds.append(figures)
            self._standing.seconds = self._clock.seconds
            self._train_nats = self._whole.count()
            now, done = self._pooled(len(self._standing.rounds)), len(self._standing.rounds)
            is_better = now.sum < min(self._pooled(self._best_round).sum, (1 - CLEARLY) * self._floor.sum)
            if is_better:
                self._best_round = done
                self._best = {name: value.detach().clone() for name, value in self._whole.average.items()}
            self._is_saved = False
            self._log(now)
        if is_better and self._best is not None:
            on_better(self._best)

    def _pooled(self, done: int) -> Figures:
        """The figures of all folds together after so many passes; before the first, the base's."""
        if not done:
            return self._floor
        figures = self._standing.rounds[done - 1]
        voices = range(len(figures[0]))
        return Figures(tuple(self._mean([each[voice] for each in figures], voice) for voice in voices))

    def _mean(self, nats: Sequence[float], voice: int) -> float:
        lengths = [quarters[voice] for quarters in self._quarters]
        return sum(n * q for n, q in zip(nats, lengths, strict=True)) / max(sum(lengths), 1e-9)

    def _log(self, now: Figures) -> None:
        line = {
            "epoch": len(self._standing.rounds),
            "iteration": self._whole.iteration,
            "seconds": round(self.seconds, 1),
            "train": self._train_nats if math.isfinite(self._train_nats) else None,
            "valid": now.sum,
            "voices": now.voices,
            "folds": [round(sum(voices), 5) for voices in self._standing.rounds[-1]],
        }
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _save(self) -> None:
        """All runs as they stand, in a new folder; the old one goes once the new one is named."""
        if self._is_saved:
            return
        old = self._saved_folder()
        self._standing.saved += 1
        new = fresh_folder(self._saved_folder())
        for number, run in enumerate(self._every_run()):
            run.save(new / _name(number))
        if self._best is not None:
            write_tensors(new / BEST, self._best, {"round": str(self._best_round)})
        write_whole(self.folder / STATE, json.dumps(asdict(self._standing)).encode())
        shutil.rmtree(old, ignore_errors=True)
        self._is_saved = True
        self._clock.saved()

    def _load(self) -> None:
        self._standing = _Standing(**json.loads((self.folder / STATE).read_text("utf-8")))
        folder = self._saved_folder()
        if (folder / BEST).exists():
            self._best, notes = read_tensors(folder / BEST)
            self._best_round = int(notes["round"])
        for number, run in enumerate(self._every_run()):
            run.load(folder / _name(number))
        for number, run in enumerate(self._every_run()):
            if run.share_of_pass:  # it goes on at once: the generators must be as it left them
                run.load(folder / _name(number))

    def _saved_folder(self) -> Path:
        return self.folder / SAVED / f"{self._standing.saved}"


def _name(number: int) -> str:
    return f"{number}.safetensors"


def _quarters(songs: Sequence[Score]) -> tuple[float, ...]:
    """Quarter notes of each voice, over the songs that have it."""
    voices = range(len(songs[0].known))
    return tuple(sum(song.quarters for song in songs if song.known[voice]) for voice in voices)
