"""From a folder of songs to a model on disk: read, split by song, fit, measure, save."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from bridge.beats.vocabulary import SIZE
from bridge.config import NetworkConfig, TrainSettings
from bridge.errors import TooLittleMusic
from bridge.network.checkpoint import Card, check_name
from bridge.network.corpus import (
    Reading,
    beats_of_voices,
    dealt,
    enough,
    read_folder,
    split_by_song,
    to_measure,
)
from bridge.network.faults import told_apart
from bridge.network.features import METRE
from bridge.network.finishing import dated, fresh_folder, put_in_place, write_draft, write_figures
from bridge.network.folding import (
    CrossValidation,
    fold_count,
    forget_folds,
    may_be_folded,
    stored_folds,
)
from bridge.network.measuring import Figures
from bridge.network.starting import Plan, figures_of, plan_of
from bridge.network.tensors import read_model_weights
from bridge.network.training import BEST, LOG, RUN, Ending, Fit, TrainProgress
from bridge.network.trial import WAY, choose_way, store_way, stored_way
from bridge.network.tuning import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.network.model import MacNet
    from bridge.network.starting import FindWay
    from bridge.network.training import Weights

SHAPE: Final = NetworkConfig(2, SIZE, METRE, likeness_size=16, lags=256, groove_size=64)
"""The network that is trained when nothing else is said."""

_TRIED: Final = 8
"""Songs, or pieces of songs, that tell what storing in int8 costs where none are held out."""
_LISTENING: Final = "listening"
"""Where a run keeps the model that samples are made with."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made.

    Attributes:
        settings: how it is trained; its minutes count from `Audience.began` to the finished model.
        shape: of a network that starts from nothing; its dictionary is made from the songs.
        card: what to say of it; data, terms and description of the user's own library when not given.
        base: the folder of the model to start from, whose shape is taken over; None: from nothing.
    """

    settings: TrainSettings = field(default_factory=TrainSettings)
    shape: NetworkConfig = SHAPE
    card: Card | None = None
    base: Path | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """A model to hear what has been learned so far with.

    Attributes:
        model: its folder.
        held_out: songs that it has not learned from, to start from.
        seconds: how long it has learned; 0: the base.
    """

    model: Path
    held_out: Sequence[Score]
    seconds: float


@dataclass(frozen=True, slots=True)
class Audience:
    """Who waits for a model: what is told and asked along the way.

    Attributes:
        on_progress: told after every iteration.
        on_sample: told before the first iteration and whenever there is something better to hear, not too often.
        should_stop: asked after every iteration; the best so far becomes the model.
        sample_every_s: seconds between two samples at least.
        began: when the minutes that were promised began, by `time.monotonic`; now when not given.
    """

    on_progress: Callable[[TrainProgress], None] = lambda _: None
    on_sample: Callable[[Listen], None] = lambda _: None
    should_stop: Callable[[], bool] = lambda: False
    sample_every_s: float = math.inf
    began: float | None = None


ALONE: Final = Audience()
"""Nobody waits."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished model.

    Attributes:
        folder: where it is.
        reading: what it was trained on.
        figures: nats a quarter note of each voice on the songs that were held out.
        base: those of the model that it started from.
        ending: why training ended.
        is_better: whether it is better than its base; else it is the base under another name.
        seconds: how long it learned.
        learned, held_out: the songs (or phrases of a few songs) that it learned from, and that the best state was
            chosen by.
        folds: where the best state was chosen by cross-validation, in how many: then it learned from all songs, and
            the figures are those of runs that had not learned from the songs that they were asked about; else 0.
    """

    folder: Path
    reading: Reading
    figures: Figures
    base: Figures | None = None
    ending: Ending = Ending.PASSES
    is_better: bool = True
    seconds: float = 0.0
    learned: Sequence[Score] = ()
    held_out: Sequence[Score] = ()
    folds: int = 0


class Learner(Protocol):
    """What fits a network to songs: a `Fit`, or many that work together."""

    folder: Path
    ending: Ending | None
    model: MacNet

    @property
    def is_better(self) -> bool:
        """See `Fit`."""

    @property
    def seconds(self) -> float:
        """See `Fit`."""

    def run(
        self,
        on_progress: Callable[[TrainProgress], None],
        *,
        resume: bool,
        should_stop: Callable[[], bool],
        on_better: Callable[[Weights], None],
    ) -> Figures:
        """See `Fit`."""


def train(  # noqa: PLR0913  a recipe names all its parts
    folder: Path,
    name: str,
    *,
    recipe: Recipe,
    models_dir: Path,
    resume: bool = False,
    audience: Audience = ALONE,
    reading: Reading | None = None,
    run_dir: Path | None = None,
    fitting: Callable[..., Learner] = Fit,
) -> Trained:
    """Train a model on a folder of MIDI files and put it on the shelf, whole or not at all.

    Args:
        folder: files in it and below it are read, never changed.
        name: what the model will be called; a model of that name is replaced once the new one is whole.
        recipe: how to train what, and what to say of it.
        models_dir: the shelf's folder.
        resume: go on with a run of that name that was broken off.
        audience: who is told how it goes, and may stop it.
        reading: what the folder gave, where a library has read it; else its MIDI files are read here.
        run_dir: where the run is kept until it is done; beside the shelf when not given.
        fitting: makes what fits the network, from what a `Fit` is made of.

    Raises:
        BadArgument: the name cannot be one.
        TooLittleMusic: there are too few usable songs.
        ModelDamaged, ModelIncompatible: the base cannot be used.
        OtherRun: what was broken off is another run.
        DiskFull, TrainingUnwritable, OutOfMemory: the machine does not allow it; no model has changed.
    """
    check_name(name)
    if fitting is not Fit:  # whoever has several machines has songs to spare
        recipe = replace(recipe, settings=replace(recipe.settings, folds=0))
    began = time.monotonic() if audience.began is None else audience.began
    reading = enough(reading, folder) if reading else read_folder(folder, exclude=recipe.settings.exclude)
    run = run_dir or models_dir / ".training" / name
    with told_apart(run):
        before = stored_way(run) if resume else None
        find_way = partial(choose_way, before=before) if fitting is Fit else None
        split, plan = _planned(recipe, reading, folder, run if resume else None, began, find_way)
        store_way(run, plan.way)
        card = recipe.card or _own_card(folder, reading, plan.base)
        fit = _fit(split, plan, run, resume=resume, fitting=fitting)
        listening = _Listening(run, plan, card, split.held_out, audience)
        listening.to_base(None if resume else recipe.base)
        figures = fit.run(
            audience.on_progress,
            resume=resume,
            should_stop=audience.should_stop,
            on_better=lambda weights: listening.to(weights, fit.seconds),
        )
        beats = _beats(plan.base, split.learned if fit.is_better else ())
        described = dated(replace(card, beats=beats), name, fit.model.state_dict())
        still = None if fit.is_better else recipe.base
        placed = _finish(fit, plan, described, split, figures, models_dir / name, still)
        _tidy(run, fit.ending)
    return Trained(
        folder=placed,
        reading=reading,
        figures=figures,
        base=plan.floor,
        ending=fit.ending or Ending.PASSES,
        is_better=fit.is_better,
        seconds=fit.seconds,
        learned=split.learned,
        held_out=split.held_out,
        folds=split.folds,
    )


@dataclass(frozen=True, slots=True)
class _Split:
    """What is learned from, and what the best state is chosen by; see `Trained`."""

    learned: Sequence[Score]
    held_out: Sequence[Score]
    folds: int = 0


def _planned(
    recipe: Recipe,
    reading: Reading,
    folder: Path,
    resumed: Path | None,
    began: float,
    find_way: FindWay | None,
) -> tuple[_Split, Plan]:
    """How songs are parted, and what the run starts from; of a few songs a base is tuned with, none is spared."""
    is_parted = recipe.settings.folds == 0 or (resumed is not None and (resumed / RUN).exists())
    if recipe.base is not None and not is_parted and may_be_folded(reading.scores):
        every = _Split(reading.scores, to_measure(dealt(reading.scores, 1)[0]))
        plan = plan_of(recipe, every.learned, every.held_out, began=began, find_way=find_way)
        left_s = plan.settings.minutes * 60 or math.inf
        folds = recipe.settings.folds or (stored_folds(resumed) if resumed else 0)
        folds = folds or fold_count(reading.scores, measuring_s=plan.measuring_s, left_s=left_s)
        if folds:
            return replace(every, folds=folds), plan
        way = plan.way
        find_way = find_way and (lambda *_: way)  # it has been found
    split = _split(reading, folder)
    return split, plan_of(recipe, split.learned, split.held_out, began=began, find_way=find_way)


def _fit(split: _Split, plan: Plan, run: Path, *, resume: bool, fitting: Callable[..., Learner]) -> Learner:
    if split.folds:
        return CrossValidation(split.learned, dealt(split.learned, split.folds), plan, folder=run)
    if not resume:
        forget_folds(run)
    place = {"device": plan.way.device} if fitting is Fit else {}
    return fitting(
        split.learned,
        split.held_out,
        plan.config,
        plan.settings,
        folder=run,
        start=plan.start,
        floor=plan.floor,
        **place,
    )


def _split(reading: Reading, folder: Path) -> _Split:
    learned, held_out = split_by_song(reading.scores)
    if not learned:
        raise TooLittleMusic(
            f"the music in {folder} cannot be parted into bars to learn from and bars to try it on",
            hint="Add a second song, or a longer one.",
        )
    return _Split(learned, held_out)


def _own_card(folder: Path, reading: Reading, base: Base | None) -> Card:
    songs = reading.songs
    data = f"{songs} {'song' if songs == 1 else 'songs'} of {folder.name}; {len(reading.left_out)} files left out"
    terms = "those of the songs, which never left this machine"
    if base is None:
        return Card("", "", f"trained on {folder.name}", data, terms, "")
    return Card(
        name="",
        version="",
        description=f"{base.card.name}, trained on with {folder.name}",
        data=f"{data}; on top of {base.card.name} {base.card.version}, which learned from: {base.card.data}",
        terms=f"{terms}; and those of {base.card.name}: {base.card.terms}",
        date="",
        notes=base.card.notes,
    )


def _beats(base: Base | None, learned: Sequence[Score]) -> dict[str, int]:
    """What has been heard of each voice; nothing is counted where the base's own beats are not known."""
    own = beats_of_voices(learned)
    if base is None:
        return own
    return {role: beats + own[role] for role, beats in base.card.beats.items()}


class _Listening:
    """Lets the audience hear what has been learned, not too often.

    Args:
        run: the run's folder.
        plan: what it started from.
        card: of the model that it will be.
        held_out: songs to start from.
        audience: who listens.
    """

    def __init__(
        self, run: Path, plan: Plan, card: Card, held_out: Sequence[Score], audience: Audience
    ) -> None:
        self._folder = run / _LISTENING
        self._plan, self._card, self._held_out, self._audience = plan, card, held_out, audience
        self._last = time.monotonic()

    def to_base(self, folder: Path | None) -> None:
        """The model that the run starts from."""
        if folder is not None and math.isfinite(self._audience.sample_every_s):
            self._audience.on_sample(Listen(folder, self._held_out, 0.0))
            self._last = time.monotonic()

    def to(self, weights: Weights, seconds: float) -> None:
        """The best weights so far."""
        if time.monotonic() - self._last < self._audience.sample_every_s:
            return
        draft = write_draft(
            fresh_folder(self._folder) / "now",
            weights,
            self._plan.config,
            card=dated(self._card, "now", weights),
            vocabulary=self._plan.vocabulary,
        )
        self._audience.on_sample(Listen(draft, self._held_out, seconds))
        self._last = time.monotonic()


def _finish(
    fit: Learner, plan: Plan, card: Card, split: _Split, figures: Figures, target: Path, still: Path | None
) -> Path:
    """Save the best state, or what it `still` is, as a whole model with its figures, and put it in its place."""
    weights, config = fit.model.state_dict(), plan.config
    if plan.base is not None and not fit.is_better:
        weights, config = plan.base.weights, plan.base.config
    draft = write_draft(
        target.parent / ".training" / f"{target.name}.whole",
        weights,
        config,
        card=card,
        vocabulary=plan.vocabulary,
        log=fit.folder / LOG,
        base=still,
    )
    asked = split.held_out[:_TRIED] if split.folds else split.held_out
    stored = figures_of(config, read_model_weights(draft), asked, plan.way)
    fitted = figures_of(config, weights, asked, plan.way) if split.folds else figures
    named = _named(figures.sum, stored.sum - fitted.sum, plan.floor, split.folds)
    write_figures(draft, named, name=target.name)
    return put_in_place(draft, target)


def _named(fitted: float, lost: float, floor: Figures | None, folds: int) -> dict[str, float]:
    """What the songs that chose the best state say of it, and what storing it in int8 costs."""
    songs = f"cross-validated in {folds} folds" if folds else "held-out songs"
    found = {
        f"{songs}: sum, nats a quarter note": round(fitted + lost, 4),
        "lost by int8 weights, nats a quarter note": round(lost, 5),
    }
    if floor is not None:
        found[f"{songs} before: sum, nats a quarter note"] = round(floor.sum, 4)
    return found


def _tidy(run: Path, ending: Ending | None) -> None:
    """Keep what can be listened to and read; and what it takes to go on, where there is more to learn."""
    fresh_folder(run / _LISTENING).rmdir()
    if ending in (Ending.STOPPED, Ending.TIME):
        return
    forget_folds(run)
    for name in (RUN, BEST, WAY):
        (run / name).unlink(missing_ok=True)
