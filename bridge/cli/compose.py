"""`macnet continue`, `accompany`, `vary` and `generate`: from a MIDI file (or nothing) to MIDI files."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.parameters import Bars, MusicFile, Order, Roles, data_folder, with_order
from bridge.cli.printing import progress_bar, remark, show, show_json
from bridge.cli.songs import output_paths, primed_song, read_primer, refuse_to_replace, song_of, tell_roles
from bridge.music.note import COMMON_TIME
from bridge.request import Kind, Request, Variation, parse_meter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bridge.cli.songs import Primer
    from bridge.composer import Composer
    from bridge.music.note import Clip, Role
    from bridge.music.song import Song

_DONE = {
    Kind.CONTINUE: "continued",
    Kind.ACCOMPANY: "accompanied",
    Kind.VARY: "varied",
    Kind.GENERATE: "generated",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a request, and under which ids it is kept."""

    request: Request
    variations: Sequence[Variation]
    take_ids: Sequence[int]


@with_order
def continue_(
    clip: MusicFile,
    *,
    order: Order,
    bars: Bars = 8,
    with_primer: Annotated[bool, typer.Option("--with-primer", help="Write the clip itself first.")] = False,
    role: Roles = None,
) -> None:
    """Continue a clip: write the melody and accompaniment that follow it."""
    paths = _paths(order)
    primer = _read(clip, role or (), order)
    request = _request(Kind.CONTINUE, primer.clips, bars * primer.last_bar, order, primer.tempo_bpm)
    answer = _answer(request, order)
    name = clip.stem
    if with_primer:
        songs = [primed_song(primer, variation, name=name) for variation in answer.variations]
    else:
        songs = [song_of(v.clips, tempo_bpm=primer.tempo_bpm, name=name) for v in answer.variations]
    _deliver(answer, songs, paths, order)


@with_order
def accompany(clip: MusicFile, *, order: Order, role: Roles = None) -> None:
    """Add the other voice to a clip: an accompaniment to a melody, or a melody to an accompaniment."""
    _rewrite(Kind.ACCOMPANY, clip, role or (), order)


@with_order
def vary(clip: MusicFile, *, order: Order, role: Roles = None) -> None:
    """Rewrite a clip's own bars."""
    _rewrite(Kind.VARY, clip, role or (), order)


@with_order
def generate(
    *,
    order: Order,
    bars: Bars = 8,
    tempo: Annotated[
        float, typer.Option("--tempo", min=10, max=600, help="Quarter notes a minute, for the file.")
    ] = 120.0,
) -> None:
    """Compose from nothing."""
    paths = _paths(order)
    felt = parse_meter(order.options.get("meter", COMMON_TIME))
    answer = _answer(_request(Kind.GENERATE, {}, bars * felt.bar, order, tempo), order)
    songs = [song_of(v.clips, tempo_bpm=tempo, name=order.out.stem) for v in answer.variations]
    _deliver(answer, songs, paths, order)


def _rewrite(kind: Kind, clip: Path, roles: Sequence[str], order: Order) -> None:
    paths = _paths(order)
    primer = _read(clip, roles, order)
    answer = _answer(_request(kind, primer.clips, primer.length, order, primer.tempo_bpm), order)
    songs = [
        # The voices that were given and not rewritten belong to the result.
        replace(song_of({**primer.clips, **v.clips}, name=clip.stem), tempos=primer.song.tempos)
        for v in answer.variations
    ]
    _deliver(answer, songs, paths, order)


def _read(clip: Path, roles: Sequence[str], order: Order) -> Primer:
    primer = read_primer(clip, roles)
    if not order.as_json:
        tell_roles(primer)
    return primer


def _paths(order: Order) -> list[Path]:
    if order.out.suffix.lower() not in {".mid", ".midi"}:
        raise typer.BadParameter(f"{order.out} does not end in .mid.", param_hint="--out")
    paths = output_paths(order.out, order.variations)
    if not order.force:
        sounds = [path.with_suffix(".wav") for path in paths] if order.wav else []
        refuse_to_replace([*paths, *sounds])
    return paths


def _request(kind: Kind, clips: Mapping[Role, Clip], length: int, order: Order, tempo_bpm: float) -> Request:
    chosen = order.rng_seed
    return Request(
        kind=kind,
        clips=clips,
        length=length,
        variations=order.variations,
        rng_seed=random.SystemRandom().randrange(2**31) if chosen is None else chosen,
        model=order.model,
        options=order.options,
        tempo_bpm=tempo_bpm,
    )


def _answer(request: Request, order: Order) -> Answer:
    """Compose, and keep what was composed as takes."""
    from bridge.takes import FILE_NAME, Takes

    folder = data_folder(order.data_dir)
    composer = open_composer(folder)
    with Takes(folder / FILE_NAME, version_of=version_in(composer)) as takes:
        request = takes.informed(request, is_new=order.rng_seed is None)
        variations = compose(composer, request)
        take_ids = takes.keep(request, variations, client=f"macnet {request.kind}")
    return Answer(request, variations, take_ids)


def open_composer(folder: Path) -> Composer:
    """A composer with the bundled models and those of the data folder."""
    from bridge.composer import Composer
    from bridge.network.checkpoint import default_shelf

    return Composer(default_shelf(folder))


def version_in(composer: Composer) -> Callable[[str], str]:
    """Tells which state of a model answers, by its name: its version, and a digest of what is on the disk."""
    from bridge.network.checkpoint import fingerprint

    shelf = composer.shelf
    return lambda name: f"{shelf.card(name).version} {fingerprint(shelf.folder(name))}"


def compose(composer: Composer, request: Request) -> Sequence[Variation]:
    """Compose with a progress bar."""
    from bridge.composer.knowing import said_of_silence

    if said := said_of_silence(request, composer.shelf.card(request.model).beats):
        remark(said)
    with progress_bar(f"{request.kind} with {request.model}") as on_progress:
        return composer.compose(request, on_progress=on_progress)


def _deliver(answer: Answer, songs: Sequence[Song], paths: Sequence[Path], order: Order) -> None:
    sounds = write_songs(songs, paths, wav=order.wav)
    if order.as_json:
        show_json(_as_json(answer, paths, sounds))
        return
    request = answer.request
    key = _key_of(request)
    show(
        f"{_DONE[request.kind]} with {request.model}{f' in {key}' if key else ''}, rng seed {request.rng_seed}"
    )
    for path, variation, take_id in zip(paths, answer.variations, answer.take_ids, strict=True):
        voices = ", ".join(f"{role} {len(clip.notes)} notes" for role, clip in variation.clips.items())
        show(f"  {path}  take {take_id}: {voices}")
    for path in sounds:
        show(f"  {path}")


def _key_of(request: Request) -> str | None:
    """The scale that the answer is held to, such as `D major`; nothing where it is free."""
    from bridge.composer.hearing import scale_of

    scale = scale_of(request)
    return None if scale is None else str(scale)


def write_songs(songs: Sequence[Song], paths: Sequence[Path], *, wav: bool) -> list[Path]:
    """Write songs as MIDI files, and beside them as sound if wished.

    Returns:
        The sound files.
    """
    from bridge.music.midifile import write_song

    for song, path in zip(songs, paths, strict=True):
        write_song(path, song)
    return _write_sounds(songs, paths) if wav else []


def _write_sounds(songs: Sequence[Song], paths: Sequence[Path]) -> list[Path]:
    from bridge.music.preview import render_wav

    audible = [
        (song, path.with_suffix(".wav")) for song, path in zip(songs, paths, strict=True) if song.tracks
    ]
    with progress_bar("rendering sound") as on_progress:
        for number, (song, path) in enumerate(audible, start=1):
            render_wav(path, song)
            on_progress(number / len(audible))
    return [path for _, path in audible]


def _as_json(answer: Answer, paths: Sequence[Path], sounds: Sequence[Path]) -> dict[str, Any]:
    request = answer.request
    return {
        "kind": request.kind.value,
        "model": request.model,
        "rng_seed": request.rng_seed,
        "length": request.length,
        "options": dict(request.options),
        "key": _key_of(request),
        "takes": list(answer.take_ids),
        "files": [str(path) for path in paths],
        "sounds": [str(path) for path in sounds],
        "notes": [{role: len(clip.notes) for role, clip in v.clips.items()} for v in answer.variations],
    }
