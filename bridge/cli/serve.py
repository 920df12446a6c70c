"""`macnet serve`: open what serving needs, say what runs where, and answer until Ctrl-C."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bridge import __version__
from bridge.cli.parameters import DEFAULT_PORT, DataDir, Model, data_folder
from bridge.cli.printing import result_console, show
from bridge.config import DEFAULT_MODEL, HOST, ServeConfig

if TYPE_CHECKING:
    from bridge.network.checkpoint import Card


_GARBAGE = 50_000
"""So many new objects are looked through at once for those that only name each other."""


def serve(
    *,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="UDP port on 127.0.0.1; 0: any that is free.")
    ] = DEFAULT_PORT,
    model: Model = DEFAULT_MODEL,
    data_dir: DataDir = None,
    demo: Annotated[
        bool | None,
        typer.Option("--demo/--no-demo", help="Show that it works.", show_default="on a terminal"),
    ] = None,
) -> None:
    """Start the bridge: answer Live, REAPER and other OSC clients on this machine until Ctrl-C."""
    from bridge.cli.compose import open_composer, version_in
    from bridge.takes import FILE_NAME, Takes
    from bridge.wire.server import Server

    logging.basicConfig(format="%(levelname)s: %(message)s", level=logging.WARNING)
    config = ServeConfig(port=port, model=model, data_dir=data_folder(data_dir))
    composer = open_composer(config.data_dir)
    composer.runtime(model)  # a model that cannot be used is told now, and the first answer is quick
    # What is loaded stays: collecting garbage need not look at it again, in the middle of an answer. An answer makes
    # a hundred thousand small things, hardly any of them in circles: looking for those each 700 costs some percent.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE, 20, 20)
    shows = result_console().is_terminal if demo is None else demo

    def ready(bound_port: int) -> None:
        _tell(config, bound_port, composer.shelf.card(model))
        if shows:
            _start_demo(config, bound_port)

    with Takes(config.data_dir / FILE_NAME, version_of=version_in(composer)) as takes:
        Server(composer, takes, config=config, on_ready=ready).run()
    show("stopped; every answered request is kept")


def _tell(config: ServeConfig, port: int, card: Card) -> None:
    there = "" if port == DEFAULT_PORT else f" --port {port}"
    show(
        f"macnet {__version__} listens on {HOST}:{port} (OSC over UDP, this machine alone)",
        style="bold green",
    )
    show(f"  model   {card.name}, version {card.version}: {card.description}")
    show(f"  data    {config.data_dir}")
    show("  next    in another terminal:")
    show(f"            macnet doctor{there}")
    show("            macnet continue CLIP.mid -o OUT.mid --bars 8 --variations 4")
    show("          or send OSC from any program: docs/OSC.md has every message")
    show("  stop    Ctrl-C")
    sys.stdout.flush()


def _start_demo(config: ServeConfig, port: int) -> None:
    # A process of its own: a client like any other, whose drawing and rendering leave the server alone.
    command = [
        sys.executable,
        "-m",
        "bridge",
        "demo",
        "--port",
        str(port),
        "--data-dir",
        str(config.data_dir),
    ]
    subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  our own program, our own arguments
