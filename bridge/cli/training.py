"""`macnet train`: a model of your own music, made here."""

from __future__ import annotations

import math
import os
import shlex
import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bridge.cli.library import ClusterAddress, RolesFile, Workers, cluster_at
from bridge.cli.material import needing_torch, read_library
from bridge.cli.parameters import AsJson, DataDir, data_folder
from bridge.cli.printing import note_console, progress_bar, remark, show, show_json
from bridge.cli.telling import describe, how_it_ended, how_original, what_it_brought
from bridge.config import DEFAULT_MODEL, TrainSettings
from bridge.errors import BadArgument, MacNetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.cli.material import Material
    from bridge.evaluation.originality import Originality
    from bridge.network.recipe import Trained
    from bridge.network.training import TrainProgress

DEFAULTS: Final = TrainSettings()
NOTHING: Final = "none"
"""The base of a model that starts from nothing."""

_MOST_NAMED: Final = 20
_SAMPLE_EVERY_S: Final = 60.0
_BAR_WIDTH: Final = 8
_PLAIN_EVERY_S: Final = 30.0
"""Where no bar can be drawn, how it goes is a line now and then."""
_LISTENING_SHARE: Final = 0.05
_LISTENING_S: Final = 30.0
"""Of the minutes that were promised, so much is left to compare what the model plays with the songs."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be trained.

    Attributes:
        folder, name: of the music, of the model.
        base: the name of the model to start from, or `none`.
        settings: how.
        resume: go on with what was broken off.
        data_dir: where everything is kept.
        roles: the file of roles, where one was named.
        began: when the minutes that were promised began.
        cluster: the address of a cluster to do it on; None: here.
        workers: how many; 0: as many as are good.
    """

    folder: Path
    name: str
    base: str
    settings: TrainSettings
    resume: bool
    data_dir: Path
    roles: Path | None
    began: float
    cluster: str | None = None
    workers: int = 0

    @property
    def go_on(self) -> str:
        """The command that goes on with this run."""
        named = {
            "--name": (self.name, ""),
            "--base": (self.base, DEFAULT_MODEL),
            "--rng-seed": (self.settings.rng_seed, DEFAULTS.rng_seed),
            "--roles": (self.roles, None),
            "--cluster": (self.cluster, None),
            "--workers": (self.workers, 0),
            "--data-dir": (self.data_dir, data_folder(None)),
        }
        options = [part for name, (value, usual) in named.items() if value != usual for part in (name, value)]
        return shlex.join(map(str, ["macnet", "train", self.folder, *options, "--resume"]))

    @property
    def run_dir(self) -> Path:
        """Where the run is kept, and its samples."""
        return self.data_dir / "training" / self.name

    @property
    def promised_s(self) -> float:
        """Seconds in which all of it has to be done; without end where none were named."""
        return self.settings.minutes * 60 or math.inf

    @property
    def settings_to_learn(self) -> TrainSettings:
        """How, with the time that is left when what the model plays is to be compared to the songs as well."""
        minutes = self.settings.minutes
        return replace(self.settings, minutes=minutes - min(_LISTENING_S / 60, _LISTENING_SHARE * minutes))

    @property
    def until(self) -> float:
        """When all of it has to be done, by `time.monotonic`."""
        return self.began + self.promised_s


def train(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your music, also in folders within.")],
    *,
    name: Annotated[str, typer.Option("--name", help="What the model will be called.")],
    base: Annotated[
        str,
        typer.Option(
            "--base",
            metavar="NAME|none",
            help="The model to start from, as `macnet models` lists it; none: nothing.",
        ),
    ] = DEFAULT_MODEL,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run was broken off.")] = False,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, help="Passes over the songs at most.")
    ] = DEFAULTS.epochs,
    minutes: Annotated[
        float,
        typer.Option("--minutes", min=0, help="All in all, at most; 0: until it no longer gets better."),
    ] = DEFAULTS.minutes,
    rng_seed: Annotated[int, typer.Option("--rng-seed", min=0, help="Repeats a run.")] = DEFAULTS.rng_seed,
    roles: RolesFile = None,
    workers: Workers = 0,
    cluster: ClusterAddress = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Train a model on a folder of your music; nothing leaves this machine. Ctrl-C keeps the best so far."""
    began = time.monotonic()
    settings = TrainSettings(epochs=epochs, minutes=minutes, rng_seed=rng_seed)
    job = Job(folder, name, base, settings, resume, data_folder(data_dir), roles, began, cluster, workers)
    _check(job)
    try:
        with (
            cluster_at(cluster, folder, job.data_dir, workers) as joined,
            read_library(job, joined, tell=not as_json) as material,
        ):
            trained = _run(job, material)
    except KeyboardInterrupt:
        remark(f"broken off; this goes on: {job.go_on}")
        raise
    with progress_bar("comparing what it plays with your songs") as on_progress:
        original = _originality(trained, job, on_progress)
    if as_json:
        show_json(_as_json(job, trained, original))
    else:
        _tell(job, trained, original)


def _check(job: Job) -> None:
    """Find out what cannot work before anything is read.

    Raises:
        BadArgument: the name cannot be a model's, or is a bundled one's.
        ModelMissing: there is no such base.
    """
    from bridge.network.checkpoint import bundled_shelf, check_name, default_shelf

    check_name(job.name)
    if job.name in bundled_shelf().names() or job.name == NOTHING:
        raise BadArgument(f"{job.name!r} is taken: it came with the bridge", hint="Choose another --name.")
    if job.base != NOTHING:
        default_shelf(job.data_dir).folder(job.base)


def _run(job: Job, material: Material) -> Trained:
    """Train; the first Ctrl-C ends it with the best so far, the second breaks it off.

    Raises:
        TrainingUnavailable: what it needs is not installed.
    """
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")  # what Apple's GPU lacks, the processor does
    with needing_torch():
        from bridge.network import recipe
    from bridge.cli.listening import Samples
    from bridge.network.checkpoint import default_shelf

    base = None if job.base == NOTHING else default_shelf(job.data_dir).folder(job.base)
    samples = Samples(job.run_dir / "samples", job.base, resume=job.resume)
    with _progress() as on_progress, first_interrupt_asks() as should_stop:
        audience = recipe.Audience(
            on_progress=on_progress,
            on_sample=samples,
            should_stop=should_stop,
            sample_every_s=_SAMPLE_EVERY_S,
            began=job.began,
        )
        trained = recipe.train(
            job.folder,
            job.name,
            recipe=recipe.Recipe(job.settings_to_learn, base=base),
            models_dir=job.data_dir / "models",
            resume=job.resume,
            audience=audience,
            reading=material.reading,
            run_dir=job.run_dir,
            **material.how,
        )
    samples(recipe.Listen(trained.folder, trained.held_out, trained.seconds))
    return trained


@contextmanager
def first_interrupt_asks() -> Iterator[Callable[[], bool]]:
    """Within it, the first Ctrl-C makes the value given say True; the second interrupts as ever."""
    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        remark("stopping: the best so far becomes the model (Ctrl-C again breaks off)")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def _originality(trained: Trained, job: Job, on_progress: Callable[[float], None]) -> Originality | None:
    from bridge.cli.listening import originality_of

    try:
        until = min(job.until, time.monotonic() + _LISTENING_S) - 1.0
        return originality_of(trained, until=until, on_progress=on_progress)
    except MacNetError as error:  # the model is finished, whatever happens here
        remark(f"originality could not be looked at: {error}")
        return None


def _as_json(job: Job, trained: Trained, original: Originality | None) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": job.name,
        "base": job.base,
        "folder": str(trained.folder),
        "songs": trained.reading.songs,
        "held_out": 0 if trained.folds else len(trained.held_out),
        "folds": trained.folds,
        "left_out": trained.reading.left_out,
        "valid_nats": list(trained.figures.voices),
        "base_nats": list(trained.base.voices) if trained.base else None,
        "is_better": trained.is_better,
        "ending": trained.ending,
        "seconds": round(trained.seconds, 1),
        "samples": str(job.run_dir / "samples"),
        "originality": asdict(original) if original else None,
    }


def _tell(job: Job, trained: Trained, original: Originality | None) -> None:
    left_out = trained.reading.left_out
    for path, reason in islice(left_out.items(), _MOST_NAMED):
        remark(f"left out {path}: {reason}")
    if len(left_out) > _MOST_NAMED:
        remark(f"and {len(left_out) - _MOST_NAMED:,} more, which the manifest names")
    show(how_it_ended(trained, job))
    show(what_it_brought(trained, job.base))
    show(how_original(original))
    show(f"samples along the way: {job.run_dir / 'samples'}")
    show(
        f"try it: macnet continue CLIP.mid -o OUT.mid --model {job.name}   (a bridge that runs has it already)"
    )


@contextmanager
def _progress() -> Iterator[Callable[[TrainProgress], None]]:
    """A bar with what matters beside it; lines now and then where no bar can be drawn."""
    from rich.progress import BarColumn, Progress, TextColumn

    console = note_console()
    said = -math.inf

    def on_progress(progress: TrainProgress) -> None:
        nonlocal said
        bar.update(task, total=1.0, completed=progress.share, description=describe(progress))
        if not console.is_terminal and time.monotonic() - said > _PLAIN_EVERY_S:
            said = time.monotonic()
            remark(f"{progress.share:4.0%}  {describe(progress)}")

    columns = (BarColumn(bar_width=_BAR_WIDTH), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("looking at the songs", total=None)
        yield on_progress
