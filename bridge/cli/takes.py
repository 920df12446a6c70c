"""`macnet takes`: what was made, kept with what it was made from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.parameters import AsJson, DataDir, Force, Out, data_folder
from bridge.cli.printing import remark, show, show_facts, show_json, show_table
from bridge.cli.songs import refuse_to_replace, song_of
from bridge.music.note import TICKS_PER_BEAT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.request import OptionValue, Variation
    from bridge.takes import Take, Takes

takes_app = typer.Typer(no_args_is_help=True, help="List, show, star, export, prune and remake takes.")

TakeId = Annotated[int, typer.Argument(metavar="ID", min=1, help="As `macnet takes list` shows it.")]


def _open(data_dir: Path | None) -> Takes:
    from bridge.takes import FILE_NAME, Takes

    return Takes(data_folder(data_dir) / FILE_NAME)


@takes_app.command("list")
def list_takes(
    *,
    starred: Annotated[bool, typer.Option("--starred", help="Only favourites.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 20,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the newest takes."""
    with _open(data_dir) as takes:
        found = takes.list(starred=starred, limit=limit)
    if as_json:
        show_json({"takes": [_as_json(take) for take in found]})
    elif found:
        show_table(("id", "", "made", "what", "model", "rng seed", "notes"), [_row(take) for take in found])
    else:
        show(
            "no starred takes" if starred else "no takes yet: `macnet continue CLIP.mid -o OUT.mid` makes one"
        )


def _row(take: Take) -> Sequence[str]:
    made = take.created.astimezone().strftime("%Y-%m-%d %H:%M")
    star = "*" if take.starred else ""
    request = take.request
    what = f"{request.kind}, {request.length / TICKS_PER_BEAT:g} beats"
    return (
        str(take.id),
        star,
        made,
        what,
        request.model,
        str(request.rng_seed),
        _count_notes(take.variation),
    )


def _count_notes(variation: Variation) -> str:
    return ", ".join(f"{role} {len(clip.notes)}" for role, clip in variation.clips.items())


def _spell(options: Mapping[str, OptionValue]) -> str:
    return ", ".join(f"{name} {value}" for name, value in options.items()) or "none"


def _as_json(take: Take) -> dict[str, Any]:
    request = take.request
    return {
        "id": take.id,
        "created": take.created.isoformat(),
        "starred": take.starred,
        "client": take.client,
        "kind": request.kind.value,
        "model": request.model,
        "model_version": take.model_version,
        "rng_seed": request.rng_seed,
        "variation": take.variation.index,
        "variations": request.variations,
        "length": request.length,
        "options": dict(request.options),
        "notes": {role.value: len(clip.notes) for role, clip in take.variation.clips.items()},
    }


@takes_app.command("show")
def show_take(take_id: TakeId, *, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show a take: what was asked, and its notes as a piano roll."""
    with _open(data_dir) as takes:
        take = takes.find(take_id)
    from bridge.cli.roll import show_roll

    facts = _as_json(take)
    if as_json:
        clips = take.variation.clips.items()
        rolls = {role: [[n.onset, n.pitch, n.duration, n.velocity] for n in c.notes] for role, c in clips}
        show_json({**facts, "clips": rolls})
        return
    told = {**facts, "notes": _count_notes(take.variation), "options": _spell(take.request.options)}
    show_facts([(name, str(value)) for name, value in told.items()])
    show_roll(take.variation.clips)


@takes_app.command()
def star(
    take_ids: Annotated[list[int], typer.Argument(metavar="ID...")], *, data_dir: DataDir = None
) -> None:
    """Mark takes as favourites: pruning leaves them alone."""
    _star(take_ids, data_dir, starred=True)


@takes_app.command()
def unstar(
    take_ids: Annotated[list[int], typer.Argument(metavar="ID...")], *, data_dir: DataDir = None
) -> None:
    """Take the star away."""
    _star(take_ids, data_dir, starred=False)


def _star(take_ids: Sequence[int], data_dir: Path | None, *, starred: bool) -> None:
    with _open(data_dir) as takes:
        for take_id in take_ids:
            takes.star(take_id, starred=starred)
            show(f"take {take_id} is {'starred' if starred else 'no longer starred'}")


@takes_app.command()
def export(
    take_id: TakeId, *, out: Out, force: Force = False, data_dir: DataDir = None, as_json: AsJson = False
) -> None:
    """Write a take as a MIDI file."""
    if not force:
        refuse_to_replace([out])
    with _open(data_dir) as takes:
        take = takes.find(take_id)
    _write(take, out)
    if as_json:
        show_json({"id": take.id, "file": str(out)})
    else:
        show(f"{out}: take {take.id}, {_count_notes(take.variation)}")


def _write(take: Take, out: Path) -> None:
    from bridge.music.midifile import write_song

    name = f"take {take.id}"
    write_song(out, song_of(take.variation.clips, tempo_bpm=take.request.tempo_bpm, name=name))


@takes_app.command()
def prune(
    *,
    keep_days: Annotated[
        float | None, typer.Option("--keep-days", min=0, help="Keep what is younger than this.")
    ] = None,
    keep_last: Annotated[int | None, typer.Option("--keep-last", min=0, help="Keep the newest.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget old takes for good; starred ones always stay."""
    if keep_days is None and keep_last is None:
        raise typer.BadParameter("say what stays: --keep-days, --keep-last, or both.")
    with _open(data_dir) as takes:
        if not yes and sys.stdin.isatty():
            typer.confirm("Forget the takes that are neither kept nor starred?", abort=True, err=True)
        gone = takes.prune(keep_days=keep_days, keep_last=keep_last)
        left = takes.count()
    if as_json:
        show_json({"pruned": gone, "left": left})
    else:
        show(f"{gone} takes forgotten, {left} left")


@takes_app.command()
def again(
    take_id: TakeId,
    *,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT.mid", help="Also write what was made.")
    ] = None,
    force: Force = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a take again from what is stored; exit code 1 if the notes differ."""
    from bridge.cli.compose import compose, open_composer, version_in

    if out and not force:
        refuse_to_replace([out])
    with _open(data_dir) as takes:
        take = takes.find(take_id)
    composer = open_composer(data_folder(data_dir))
    version = version_in(composer)(take.request.model)
    made = compose(composer, take.request)[take.variation.index]
    same = dict(made.clips) == dict(take.variation.clips)
    if out:
        _write_variation(made, take, out)
    if as_json:
        show_json({"id": take.id, "same": same, "model_version": version, "then": take.model_version})
    else:
        _tell_same(take, version, same=same)
    raise typer.Exit(0 if same else 1)


def _write_variation(made: Variation, take: Take, out: Path) -> None:
    from dataclasses import replace

    _write(replace(take, variation=made), out)


def _tell_same(take: Take, version: str, *, same: bool) -> None:
    if same:
        show(f"take {take.id} came out the same, note for note")
        return
    show(f"take {take.id} came out differently; the notes that are kept are untouched")
    if version != take.model_version:
        remark(f"it was made with {take.request.model} {take.model_version}; the model is now {version}")
