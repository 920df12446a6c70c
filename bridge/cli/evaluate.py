"""`macnet evaluate`: figures of a model, on whatever songs it is pointed at."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.parameters import AsJson, DataDir, Model, data_folder
from bridge.cli.printing import progress_bar, remark, show, show_json, show_table
from bridge.config import DEFAULT_MODEL
from bridge.errors import BadArgument, EvaluationUnavailable, TooLittleMusic, TrainingUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.evaluation.cases import Piece
    from bridge.evaluation.continuations import Continuations
    from bridge.network.measuring import Figures
    from bridge.request import OptionValue

evaluate_app = typer.Typer(
    no_args_is_help=True, help="Measure networks and their answers on songs that they have not heard."
)

Songs = Annotated[Path, typer.Argument(metavar="FOLDER", help="MIDI files, also in folders within.")]
_VOICES = ("melody", "accompaniment", "sum")
_HINTS = {
    "torch": (TrainingUnavailable, "train"),
    "onnx": (TrainingUnavailable, "train"),
    "sklearn": (EvaluationUnavailable, "evaluate"),
    "matplotlib": (EvaluationUnavailable, "evaluate"),
}


@contextmanager
def extras() -> Iterator[None]:
    """Within it, a library that is not installed is an error that says what to install.

    Raises:
        TrainingUnavailable, EvaluationUnavailable: one of the libraries of that extra is not there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in _HINTS:
            raise
        kind, extra = _HINTS[library]
        raise kind(
            f"this measurement needs {library}, which is not installed",
            hint=f"pip install 'macnet-bridge[{extra}]'",
        ) from error


@evaluate_app.command()
def pianoroll(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.npz", help="Piano rolls: arrays `frames` and `lengths`.")
    ],
    *,
    networks: Annotated[
        Path | None,
        typer.Option(
            "--networks",
            help="The folder of the benchmark's networks.",
            show_default="those that come with macnet",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Nats a frame on the field's benchmark, by the networks that were made for it."""
    with extras():
        from bridge.evaluation.likelihood import BENCHMARKS, benchmark_nats
        from bridge.network.benchmark import Kind
    with progress_bar(f"measuring {file.name}") as on_progress:
        nats = benchmark_nats(networks or BENCHMARKS, file, on_progress)
    plain, memory = nats[Kind.PLAIN], nats[Kind.MEMORY]
    figures = {
        "plain": plain.mean,
        "memory": memory.mean,
        "new_context": memory.mean_of_new,
        "plain_new_context": plain.mean_of_new,
        "frames": len(memory.nats),
        "new_context_frames": int(memory.is_new.sum()),
    }
    if as_json:
        show_json(figures)
        return
    rows = [(str(kind), f"{one.mean:.4f}", f"{one.mean_of_new:.4f}") for kind, one in nats.items()]
    show_table(("network", "nats a frame", "new context"), rows, numbers=("nats a frame", "new context"))
    show(f"{figures['frames']:,} frames; the context of {figures['new_context_frames']:,} is new in its song")


@evaluate_app.command()
def words(
    folder: Songs,
    *,
    model: Model = DEFAULT_MODEL,
    counting: Annotated[
        Path | None,
        typer.Option("--counting", metavar="FOLDER", help="Put the counting model beside; it counts there."),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Nats a quarter note of each voice, by a model."""
    with extras():
        from bridge.evaluation.likelihood import word_nats
    from bridge.network.checkpoint import default_shelf

    shelf = default_shelf(data_folder(data_dir))
    where = shelf.folder(model)
    with progress_bar(f"reading {folder}") as on_progress:
        scores = _scores(folder, on_progress)
    with progress_bar(f"measuring {len(scores)} songs") as on_progress:
        figures = word_nats(where, scores, on_progress)
    found = {model: figures} | ({"counting model": _counted(counting, scores)} if counting else {})
    if as_json:
        told = {"model": model, "songs": len(scores), "quarters": sum(score.quarters for score in scores)}
        beside = {"counting_model": _voices(found["counting model"])} if counting else {}
        show_json({**_voices(figures), **told, **beside})
        return
    rows = [(name, *(f"{nats:.4f}" for nats in _voices(one).values())) for name, one in found.items()]
    show_table(("nats a quarter note", *_VOICES), rows, numbers=_VOICES)
    show(f"on {len(scores)} songs; lower is better")


def _voices(figures: Figures) -> dict[str, float]:
    return dict(zip(_VOICES, (*figures.voices, figures.sum), strict=True))


def _counted(folder: Path, scores: Sequence[Score]) -> Figures:
    """What the counting model has of some songs after it has counted in a folder."""
    from bridge.evaluation.cases import read_pieces, scores_of
    from bridge.evaluation.counting import Counting, songs_to_count
    from bridge.evaluation.likelihood import counted_nats

    with progress_bar(f"reading {folder}") as on_progress:
        pieces = songs_to_count(read_pieces(folder, on_progress=on_progress))
    with progress_bar("counting") as on_progress:
        return counted_nats(Counting(scores_of(pieces), on_progress), scores)


def _scores(folder: Path, on_progress: Any) -> tuple[Score, ...]:  # noqa: ANN401  a bar's callback
    from bridge.evaluation.cases import read_pieces, scores_of

    return scores_of(read_pieces(folder, on_progress=on_progress))


@evaluate_app.command()
def continuations(
    folder: Songs,
    *,
    model: Model = DEFAULT_MODEL,
    train: Annotated[
        Path | None,
        typer.Option(
            "--train",
            metavar="FOLDER",
            help="The songs that the model learned from: copies are looked for there, and the counting model "
            "counts there.",
            show_default="a folder `train` beside FOLDER",
        ),
    ] = None,
    primers: Annotated[int, typer.Option("--primers", min=8, help="How many 4-bar primers at most.")] = 320,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option", metavar="NAME=VALUE", help="A musical option of `macnet continue`: key=off."
        ),
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Four-bar primers, eight bars of answer: beside the real ones, the counting model, loops and shuffled bars."""
    with extras():
        from bridge.evaluation.continuations import measure_continuations
    from bridge.cli.compose import open_composer
    from bridge.evaluation.cases import cases_of, read_pieces, scores_of
    from bridge.evaluation.counting import Counting, songs_to_count
    from bridge.evaluation.questions import answers_of

    composer = open_composer(data_folder(data_dir))
    composer.runtime(model)
    options = _options(option or ())
    with progress_bar(f"reading {folder}") as on_progress:
        cases = cases_of(read_pieces(folder, on_progress=on_progress), primers)
    if len({case.song for case in cases}) < 2:
        raise TooLittleMusic(
            f"{folder} has no two songs with 13 bars of both voices in one meter",
            hint="Give a folder with more or longer songs.",
        )
    heard = train or _beside(folder)
    training: Sequence[Piece] = ()
    if heard is None:
        remark("no training songs: copies are not looked for and nothing is counted; --train names them")
    else:
        with progress_bar(f"reading {heard}") as on_progress:
            training = read_pieces(heard, on_progress=on_progress)
    with progress_bar("counting") as on_progress:
        counted = songs_to_count(training)
        counting = Counting(scores_of(counted), on_progress) if counted else None
    with progress_bar(f"measuring {len(cases)} primers") as on_progress:
        found = measure_continuations(
            cases,
            answers_of(composer, model, options),
            training=training,
            counting=counting,
            on_progress=on_progress,
        )
    if as_json:
        show_json({"model": model, **continuations_json(found)})
    else:
        _tell(model, found)


def _beside(folder: Path) -> Path | None:
    """The training songs that belong to a folder of held-out songs."""
    beside = folder.resolve().with_name("train")
    return beside if beside.is_dir() and beside != folder.resolve() else None


def _options(texts: Sequence[str]) -> dict[str, OptionValue]:
    from bridge.request import check_option

    for text in texts:
        if "=" not in text:
            raise BadArgument(f"--option {text!r} has no value", hint="Write --option key=off.")
    pairs = (text.partition("=") for text in texts)
    return {name.replace("-", "_"): check_option(name.replace("-", "_"), value) for name, _, value in pairs}


def continuations_json(found: Continuations) -> dict[str, Any]:
    """What was measured, under the names of the kinds of passages."""
    from dataclasses import asdict

    from bridge.evaluation.continuations import Kind

    copied = {kind.value: asdict(copies) for kind, copies in found.copied.items()}
    return {
        "accuracy": found.told[Kind.MODEL].accuracy,
        "primers": found.cases,
        "songs": found.songs,
        "variations": found.variations,
        "classifier": found.classifier,
        "told": {kind.value: asdict(told) for kind, told in found.told.items()},
        "copied": copied,
        "measures": {
            name: {kind.value: mean for kind, mean in means.items()} for name, means in found.measures.items()
        },
        "dropped": list(found.dropped),
        "distance": {kind.value: apart for kind, apart in found.distances.items()},
        "giveaways": [asdict(giveaway) for giveaway in found.giveaways[:20]],
    }


def _tell(model: str, found: Continuations) -> None:
    from bridge.evaluation.tables import GIVEAWAY_HEADS, giveaway_rows, kind_heads, kind_rows

    heads = kind_heads(found)
    show(
        f"{found.cases} primers of 4 bars from {found.songs} songs; {found.variations} answers of {model} to each"
    )
    show_table(heads, kind_rows(found), numbers=heads[1:])
    show(f"told by {found.classifier}, from songs that it has not learned from; a coin is right 50 %")
    if found.dropped:
        show(f"left out, as they do not tell real music from shuffled bars: {', '.join(found.dropped)}")
    show("\nwhat gives the answers away, each by itself")
    show_table(GIVEAWAY_HEADS, giveaway_rows(found.giveaways[:12]), numbers=GIVEAWAY_HEADS[1:])
