"""Every command, by name."""

from __future__ import annotations

from typing import Annotated

import typer

from bridge import __version__
from bridge.cli.compose import accompany, continue_, generate, vary
from bridge.cli.demo import demo
from bridge.cli.doctor import doctor
from bridge.cli.evaluate import evaluate_app
from bridge.cli.install import install_app
from bridge.cli.library import library
from bridge.cli.models import models_app
from bridge.cli.serve import serve
from bridge.cli.takes import takes_app
from bridge.cli.training import train
from bridge.cli.words import words

app = typer.Typer(
    name="macnet",
    no_args_is_help=True,
    add_completion=False,
    help="Continue a clip with melody and accompaniment, on your own machine.",
)


def _tell_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"macnet {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            callback=lambda wanted: _tell_version(wanted=wanted),
            help="Show the version.",
        ),
    ] = False,
) -> None:
    del version  # its callback has spoken


app.command()(serve)
app.command("continue")(continue_)
app.command()(accompany)
app.command()(vary)
app.command()(generate)
app.add_typer(takes_app, name="takes")
app.command()(library)
app.add_typer(models_app, name="models")
app.command()(train)
app.command()(words)
app.add_typer(evaluate_app, name="evaluate")
app.command()(doctor)
app.add_typer(install_app, name="install")
app.command()(demo)
