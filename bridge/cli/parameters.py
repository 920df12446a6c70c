"""The parameters that commands share, each spelled once; the musical options come from `request.OPTIONS`."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from bridge.config import DEFAULT_MODEL, LIMITS, PORT, user_data_dir
from bridge.errors import BadArgument
from bridge.request import OPTIONS, OptionSpec, OptionValue, check_option

DATA_DIR_VARIABLE = "MACNET_DATA_DIR"

MusicFile = Annotated[Path, typer.Argument(metavar="CLIP.mid", help="A MIDI file of type 0 or 1.")]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar=DATA_DIR_VARIABLE,
        help="Where takes and trained models are kept.",
        show_default="your user data folder",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line, for scripts.")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="UDP port on 127.0.0.1.")]
Model = Annotated[str, typer.Option("--model", help="A name that `macnet models` lists.")]
Bars = Annotated[int, typer.Option("--bars", min=1, max=2048, help="Length of the answer.")]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="TRACK=ROLE",
        help="What a track plays, where the guess is wrong: 1=melody, 2=accompaniment, 3=drums.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist already.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="OUT.mid", help="The MIDI file to write.")]

DEFAULT_PORT = PORT


def data_folder(chosen: Path | None) -> Path:
    """The data folder: as chosen, or as the environment says, or the user's own."""
    named = chosen or os.environ.get(DATA_DIR_VARIABLE)
    return Path(named).expanduser() if named else user_data_dir()


@dataclass(frozen=True, slots=True)
class Order:
    """What every composing command takes besides the music: how many, how, and where to.

    Attributes:
        options: the musical options that were given, checked.
    """

    out: Out
    variations: Annotated[
        int,
        typer.Option("--variations", min=1, max=LIMITS.variations, help="More than one: OUT-1.mid, ..."),
    ] = 1
    rng_seed: Annotated[
        int | None,
        typer.Option("--rng-seed", min=0, max=2**31 - 1, help="Repeats an answer.", show_default="a new one"),
    ] = None
    model: Model = DEFAULT_MODEL
    wav: Annotated[bool, typer.Option("--wav", help="Also write OUT.wav to listen to.")] = False
    force: Force = False
    data_dir: DataDir = None
    as_json: AsJson = False
    options: Mapping[str, OptionValue] = field(default_factory=dict)


def with_order(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an `Order` as its parameter `order`, typed by the user as options of their own.

    typer reads a command's parameters from its signature; the shared ones are written into it here.
    """
    own = [parameter for parameter in _parameters(command) if parameter.name != "order"]
    shared = [parameter for parameter in _parameters(Order) if parameter.name != "options"]
    music = [spec for spec in OPTIONS.values() if spec.only in (None, command.__name__)]
    signature = inspect.Signature([*own, *shared, *map(_option_parameter, music)])

    @wraps(command)
    def ordered(**values: Any) -> None:  # noqa: ANN401  typer has checked each against its own type
        texts = {spec.name: values.pop(spec.name) for spec in music}
        options = {name: check_option(name, text) for name, text in texts.items() if text is not None}
        order = Order(**{parameter.name: values.pop(parameter.name) for parameter in shared}, options=options)
        command(**values, order=order)

    ordered.__signature__ = signature  # type: ignore[attr-defined]  # functions allow it, their type does not say
    ordered.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    return ordered


def _parameters(command: Callable[..., object]) -> list[inspect.Parameter]:
    hints = get_type_hints(command, include_extras=True)
    named = inspect.signature(command).parameters.values()
    return [p.replace(kind=p.KEYWORD_ONLY, annotation=hints[p.name]) for p in named]


def _option_parameter(spec: OptionSpec) -> inspect.Parameter:
    declared = typer.Option(
        f"--{spec.name.replace('_', '-')}",
        metavar=_range_of(spec),
        help=spec.meaning,
        show_default=str(spec.default),
        callback=_checker(spec),
        rich_help_panel="Music",
    )
    annotation = Annotated[str | None, declared]
    return inspect.Parameter(spec.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _range_of(spec: OptionSpec) -> str:
    number = [f"{spec.low:g}..{spec.high:g}"] if spec.high > spec.low else []
    return "|".join([*number, *spec.choices])


def _checker(spec: OptionSpec) -> Callable[[str | None], str | None]:
    def checked(text: str | None) -> str | None:
        try:
            if text is not None:
                check_option(spec.name, text)
        except BadArgument as error:
            raise typer.BadParameter(f"{error}. {error.hint}") from error
        return text

    return checked
