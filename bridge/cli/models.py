"""`macnet models` and `macnet train`."""

from __future__ import annotations

import math
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.library import RolesFile, open_library, tell_report
from bridge.cli.parameters import AsJson, DataDir, data_folder
from bridge.cli.printing import note_console, progress_bar, remark, show, show_json, show_table
from bridge.config import TrainSettings
from bridge.errors import ModelError, TrainingUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.network.checkpoint import Card, Shelf
    from bridge.network.corpus import Reading
    from bridge.network.recipe import Recipe, Trained
    from bridge.network.training import TrainProgress

DEFAULTS = TrainSettings()


def models(*, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the models that can be used, bundled and your own."""
    from bridge.network.checkpoint import default_shelf

    shelf = default_shelf(data_folder(data_dir))
    if as_json:
        show_json({"models": [_as_json(shelf, name) for name in shelf.names()]})
    else:
        show_table(("name", "version", "date", "what it is"), [_row(shelf, name) for name in shelf.names()])


def _row(shelf: Shelf, name: str) -> tuple[str, str, str, str]:
    try:
        card = shelf.card(name)
    except ModelError as error:
        return name, "", "", f"cannot be used: {error} {error.hint}"
    return card.name, card.version, str(card.date), card.description


def _as_json(shelf: Shelf, name: str) -> dict[str, Any]:
    try:
        return _card_json(shelf.card(name), shelf.folder(name))
    except ModelError as error:
        return {"name": name, "error": {"code": error.code, "message": str(error), "hint": error.hint}}


def _card_json(card: Card, folder: Path) -> dict[str, Any]:
    return {
        "name": card.name,
        "version": card.version,
        "date": str(card.date),
        "description": card.description,
        "data": card.data,
        "terms": card.terms,
        "figures": dict(card.figures),
        "folder": str(folder),
    }


def train(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your music, also in folders within.")],
    *,
    name: Annotated[str, typer.Option("--name", help="What the model will be called.")],
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run was broken off.")] = False,
    epochs: Annotated[
        int, typer.Option("--epochs", min=1, help="Passes over the songs at most.")
    ] = DEFAULTS.epochs,
    minutes: Annotated[
        float, typer.Option("--minutes", min=0, help="Time at most; 0: until it no longer gets better.")
    ] = DEFAULTS.minutes,
    rng_seed: Annotated[int, typer.Option("--rng-seed", min=0, help="Repeats a run.")] = DEFAULTS.rng_seed,
    roles: RolesFile = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Train a model on a folder of your music; nothing leaves this machine."""
    recipe_of, run = _training()
    settings = TrainSettings(epochs=epochs, minutes=minutes, rng_seed=rng_seed)
    shelf = data_folder(data_dir) / "models"
    try:
        reading = _read_library(folder, name, data_folder(data_dir), roles=roles, tell=not as_json)
        with _progress() as on_progress:
            trained = run(
                folder,
                name,
                recipe=recipe_of(settings),
                models_dir=shelf,
                resume=resume,
                on_progress=on_progress,
                reading=reading,
            )
    except KeyboardInterrupt:
        remark(f"broken off; add --resume to go on: macnet train {folder} --name {name} --resume")
        raise
    if as_json:
        show_json(_trained_json(name, trained))
    else:
        _tell_trained(name, trained)


def _read_library(folder: Path, name: str, data_dir: Path, *, roles: Path | None, tell: bool) -> Reading:
    """What a library gives to learn from; its report is shown first, so that nobody trains on half of it unawares."""
    from bridge.library.songs import songs_of
    from bridge.library.verdicts import verdicts
    from bridge.network.checkpoint import check_name
    from bridge.network.corpus import Reading

    check_name(name)
    with open_library(folder, data_dir, roles=roles) as read:
        if tell:
            tell_report(read.report)
            show(f"every file by name: {read.manifest}")
        songs = max(1, read.report.songs)
        with progress_bar("spelling the songs in beat words") as on_progress:
            scores = []
            for song in songs_of(read.cache):
                scores.append(song.score)
                on_progress(len(scores) / songs)
        left_out = {
            file.name: file.reason for file in verdicts(read.cache) if file.code and not file.is_folder
        }
    return Reading(tuple(scores), left_out)


def _training() -> tuple[type[Recipe], Callable[..., Trained]]:
    try:
        from bridge.network.recipe import Recipe
        from bridge.network.recipe import train as run
    except ModuleNotFoundError as error:
        raise TrainingUnavailable(
            f"training needs {error.name}, which is not installed", hint="pip install 'macnet-bridge[train]'"
        ) from error
    return Recipe, run


def _trained_json(name: str, trained: Trained) -> dict[str, Any]:
    return {
        "name": name,
        "folder": str(trained.folder),
        "songs": len(trained.reading.scores),
        "left_out": trained.reading.left_out,
        "valid_nats": list(trained.figures.voices),
    }


def _tell_trained(name: str, trained: Trained) -> None:
    for path, reason in trained.reading.left_out.items():
        remark(f"left out {path}: {reason}")
    nats = " + ".join(f"{voice:.3f}" for voice in trained.figures.voices)
    songs = len(trained.reading.scores)
    show(f"trained {name} on {songs} songs; on those held out it has {nats} nats a quarter note")
    show(f"try it: macnet continue CLIP.mid -o OUT.mid --model {name}")


@contextmanager
def _progress() -> Iterator[Callable[[TrainProgress], None]]:
    from rich.progress import BarColumn, Progress, TextColumn

    console = note_console()
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the songs", total=None)
        yield lambda p: bar.update(task, total=p.of, completed=p.iteration, description=_describe(p))


def _describe(progress: TrainProgress) -> str:
    left = (
        "" if math.isinf(progress.seconds_left) else f", {timedelta(seconds=int(progress.seconds_left))} left"
    )
    nats = f"nats a quarter note: train {progress.train_nats:.3f}, held out {progress.valid_nats:.3f}"
    return f"{progress.iteration}/{progress.of}{left}, {nats}"
