"""`macnet models`: what can be given as `--model`, and what to do with your own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.parameters import AsJson, DataDir, Force, data_folder
from bridge.cli.printing import show, show_facts, show_json, show_table
from bridge.errors import BadArgument, ModelError

if TYPE_CHECKING:
    from bridge.network.checkpoint import Card, Shelf

models_app = typer.Typer(help="List, show, rename, remove, export and import models.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `macnet models` lists it.")]


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, *, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the models that can be used, bundled and your own; or do something with one."""
    if context.invoked_subcommand is None:
        list_models(data_dir=data_dir, as_json=as_json)
    elif any(_is_typed(context, name) for name in ("data_dir", "as_json")):
        raise typer.BadParameter(
            f"write options behind the command: macnet models {context.invoked_subcommand} ..."
        )


def _is_typed(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line, and not in the environment."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


@models_app.command("list")
def list_models(*, data_dir: DataDir = None, as_json: AsJson = False) -> None:
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
        "beats": dict(card.beats),
        "folder": str(folder),
    }


@models_app.command("show")
def show_model(name: Name, *, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show a model's card: what it learned from, its figures, where it lies; every file of it is checked."""
    from bridge.network.checkpoint import default_shelf, fingerprint, read_config

    folder = default_shelf(data_folder(data_dir)).folder(name)
    read_config(folder)
    card = default_shelf(data_folder(data_dir)).card(name)
    told = {**_card_json(card, folder), "notes": card.notes, "fingerprint": fingerprint(folder)}
    if as_json:
        show_json(told)
        return
    figures = [(what, f"{value:g}") for what, value in card.figures.items()]
    told["beats"] = ", ".join(f"{beats or 'no'} beats of {role}" for role, beats in card.beats.items())
    show_facts([(what, str(value)) for what, value in told.items() if what != "figures" and value])
    show_facts(figures or [("figures", "none")])


@models_app.command()
def rename(
    name: Name,
    new_name: Annotated[str, typer.Argument(metavar="NEW", help="What it will be called.")],
    *,
    data_dir: DataDir = None,
) -> None:
    """Call one of your own models otherwise. Takes that it made are made again by its new name alone."""
    from bridge.network import shelving

    shelving.rename(data_folder(data_dir), name, new_name)
    show(f"{name} is now {new_name}")


@models_app.command()
def remove(
    name: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Remove one of your own models. Takes that it made stay."""
    from bridge.network import shelving

    folder = shelving.own_folder(data_folder(data_dir), name)
    if not yes:
        if not sys.stdin.isatty():
            raise BadArgument(f"{name} is not removed unasked", hint="Add --yes to remove it.")
        typer.confirm(f"Remove {name} ({folder}) for good?", abort=True)
    shelving.remove(data_folder(data_dir), name)
    show(f"{name} is removed")


@models_app.command("export")
def export_model(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to, such as NAME.macnet; or a folder.")],
    *,
    force: Force = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a model as one file, for another machine or another person."""
    from bridge.network import shelving

    written = shelving.export(data_folder(data_dir), name, file, force=force)
    size = written.stat().st_size
    if as_json:
        show_json({"name": name, "file": str(written), "bytes": size})
    else:
        show(f"{name} is in {written}, {size / 1e6:.1f} MB; `macnet models import {written.name}` reads it")


@models_app.command("import")
def import_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `macnet models export` wrote.")],
    *,
    name: Annotated[
        str, typer.Option("--name", help="What it will be called.", show_default="as the file")
    ] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Take in a model from one file, once everything in it has been checked."""
    from bridge.network import shelving
    from bridge.network.checkpoint import read_card

    folder = shelving.receive(data_folder(data_dir), file, name)
    card = read_card(folder)
    if as_json:
        show_json(_card_json(card, folder))
    else:
        show(f"{card.name} is here: {card.description}")
        show(f"try it: macnet continue CLIP.mid -o OUT.mid --model {card.name}")
