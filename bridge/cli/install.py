"""`macnet install`: the scripts or the device into a DAW's own folder, and out again."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.parameters import AsJson, DataDir, data_folder
from bridge.cli.printing import remark, show, show_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.install.hosts import Host, Started
    from bridge.install.steps import Step

install_app = typer.Typer(no_args_is_help=True, help="Put the scripts or the device where a DAW finds them.")

To = Annotated[
    Path | None,
    typer.Option("--to", metavar="FOLDER", help="The DAW's folder.", show_default="where the DAW keeps it"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")]
Uninstall = Annotated[bool, typer.Option("--uninstall", help="Take out what was put there.")]


@install_app.command()
def reaper(
    *,
    to: To = None,
    dry_run: DryRun = False,
    uninstall: Uninstall = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy the actions for REAPER into its resource folder."""
    _install("reaper", to, data_dir, dry_run=dry_run, uninstall=uninstall, as_json=as_json)


@install_app.command()
def live(
    *,
    to: To = None,
    dry_run: DryRun = False,
    uninstall: Uninstall = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy the Max for Live device into Live's User Library."""
    _install("live", to, data_dir, dry_run=dry_run, uninstall=uninstall, as_json=as_json)


@install_app.command()
def ardour(
    *,
    to: To = None,
    dry_run: DryRun = False,
    uninstall: Uninstall = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy the script for Ardour into its configuration folder."""
    _install("ardour", to, data_dir, dry_run=dry_run, uninstall=uninstall, as_json=as_json)


def _install(
    name: str, to: Path | None, data_dir: Path | None, *, dry_run: bool, uninstall: bool, as_json: bool
) -> None:
    from bridge.install.hosts import HOSTS, Machine
    from bridge.install.steps import carry_out, plan_install, plan_uninstall

    host = HOSTS[name]
    machine = Machine(sys.platform, Path.home(), os.environ)
    folder = host.check(to.expanduser()) if to else host.find(machine)
    steps = plan_uninstall(folder) if uninstall else plan_install(folder, host.files(_started(data_dir)))
    now = datetime.now(UTC).astimezone()
    backup = data_folder(data_dir) / "backups" / f"{name}-{now:%Y-%m-%d-%H%M%S-%f}"
    if not dry_run:
        carry_out(folder, steps, backup=backup)
    kept = backup if any(step.deed == "replaced" for step in steps) else None
    if as_json:
        show_json(_as_json(folder, steps, kept, dry_run=dry_run))
    else:
        _tell(host, folder, steps, kept, dry_run=dry_run)
        if not uninstall:
            remark(host.next_step)


def _started(data_dir: Path | None) -> Started:
    """How a DAW may start the bridge that this command belongs to."""
    from bridge.config import user_data_dir
    from bridge.install.hosts import Started

    data = data_folder(data_dir).absolute()
    if data == user_data_dir():
        return Started(f'"{sys.executable}" -m bridge serve --no-demo')
    return Started(f'"{sys.executable}" -m bridge serve --no-demo --data-dir "{data}"', str(data))


def _as_json(folder: Path, steps: Sequence[Step], backup: Path | None, *, dry_run: bool) -> dict[str, object]:
    return {
        "folder": str(folder),
        "files": [{"path": step.path, "deed": step.deed.value} for step in steps],
        "backup": str(backup) if backup else None,
        "done": not dry_run,
    }


def _tell(host: Host, folder: Path, steps: Sequence[Step], backup: Path | None, *, dry_run: bool) -> None:
    show(f"{host.folder} is {folder}", style="bold")
    for step in steps:
        show(f"  {step.deed.value:9}  {step.path}")
    if backup:
        show(f"  what is replaced {'would be' if dry_run else 'is'} kept in {backup}")
    if any(step.deed == "kept" for step in steps):
        show("  what is kept was changed since it was put there; delete it yourself if you want it gone")
    if dry_run:
        show("nothing was done: --dry-run")
