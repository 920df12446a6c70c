"""`macnet words`: how MAC-Net reads a file, beat by beat, and the proof that nothing is lost on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.parameters import AsJson, Roles
from bridge.cli.printing import progress_bar, show, show_facts, show_json, show_table
from bridge.errors import MacNetError, MidiMissing
from bridge.music.song import MIDI_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.encoding import Voice
    from bridge.beats.roundtrip import RoundTrip
    from bridge.music.note import Role


def words(
    path: Annotated[Path, typer.Argument(metavar="FILE.mid", help="With --check also a whole folder.")],
    *,
    check: Annotated[
        bool,
        typer.Option("--check", help="Encode and decode, and count what is lost (exit code 1 if any is)."),
    ] = False,
    role: Roles = None,
    as_json: AsJson = False,
) -> None:
    """Show the beat words of a file's melody and accompaniment, bar by bar."""
    if check:
        _check(path, as_json=as_json)
    elif path.is_dir():
        raise typer.BadParameter(f"{path} is a folder; add --check, or name a file in it.")
    else:
        _show(path, role or (), as_json=as_json)


def _show(path: Path, roles: Sequence[str], *, as_json: bool) -> None:
    from bridge.beats.encoding import encode_clip
    from bridge.cli.songs import read_primer, tell_roles

    primer = read_primer(path, roles)
    voices = {role: encode_clip(clip) for role, clip in primer.clips.items()}
    if as_json:
        spelled = {role: [str(word) for word in voice.words] for role, voice in voices.items()}
        show_json({"file": str(path), "words": spelled})
        return
    tell_roles(primer)
    show_table(("bar", "beat", *voices), _rows(voices), numbers=("bar", "beat"))
    distinct = {str(word) for voice in voices.values() for word in voice.words}
    show(f"{sum(len(voice.words) for voice in voices.values())} beats, {len(distinct)} distinct words")


def _rows(voices: Mapping[Role, Voice]) -> list[tuple[str, ...]]:
    frame = next(iter(voices.values())).beats
    columns = [voice.words for voice in voices.values()]
    return [
        # The bar's number once, at its first beat.
        (str(beat.bar + 1) if beat.index == 0 else "", str(beat.index + 1), *map(str, spelled))
        for beat, *spelled in zip(frame, *columns, strict=True)
    ]


@dataclass(slots=True)
class Tally:
    """What a check adds up over files.

    Attributes:
        files, beats, notes: how much there was.
        words: how often each beat word occurred.
        onset_error, duration_error: the largest, in ticks.
        lost: notes that did not come back.
        doubled: unisons of two tracks that became one voice; one note each.
        shortened: notes that end where their pitch is struck again.
        drums: notes of drum tracks, which have no words.
        lossy: the files in which notes were lost.
        refused: the files that cannot be read, with the reason.
    """

    files: int = 0
    beats: int = 0
    notes: int = 0
    words: Counter[str] = field(default_factory=Counter)
    onset_error: float = 0
    duration_error: float = 0
    lost: int = 0
    doubled: int = 0
    shortened: int = 0
    drums: int = 0
    lossy: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, path: Path, trip: RoundTrip) -> None:
        """Count one file."""
        self.files += 1
        self.beats += trip.beats
        self.notes += trip.notes
        self.words += trip.words
        self.onset_error = max(self.onset_error, trip.onset_error)
        self.duration_error = max(self.duration_error, trip.duration_error)
        self.lost += trip.lost
        self.doubled += trip.doubled
        self.shortened += trip.shortened
        self.drums += trip.drums
        if trip.lost:
            self.lossy.append(str(path))


def _check(path: Path, *, as_json: bool) -> None:
    tally = _tally(path)
    if as_json:
        show_json(_as_json(tally))
    else:
        show_facts(_lines(tally))
    raise typer.Exit(1 if tally.lost else 0)


def _tally(path: Path) -> Tally:
    tally = Tally()
    if path.is_file():
        # One file was named: that it cannot be read is the answer, not a line in a table.
        _check_one(path, tally)
        return tally
    files = _midi_files(path)
    with progress_bar(f"checking {len(files)} files") as on_progress:
        for number, file in enumerate(files, start=1):
            try:
                _check_one(file, tally)
            except MacNetError as error:
                tally.refused[str(file)] = str(error)
            on_progress(number / len(files))
    return tally


def _check_one(path: Path, tally: Tally) -> None:
    from bridge.beats.roundtrip import check_file

    tally.add(path, check_file(path))


def _midi_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES)
    if not files:
        raise MidiMissing(f"there is no MIDI file in {folder}", hint="Name a .mid file or a folder of them.")
    return files


def _lines(tally: Tally) -> list[tuple[str, str]]:
    counted = (
        ("files", tally.files),
        ("beats", tally.beats),
        ("distinct words", len(tally.words)),
        ("notes", tally.notes),
        ("doubled unisons", tally.doubled),
        ("shortened by a repeat", tally.shortened),
        ("drums, left out", tally.drums),
        ("notes lost", tally.lost),
    )
    errors = (("largest onset error", tally.onset_error), ("largest duration error", tally.duration_error))
    return [
        *((name, f"{count:,}") for name, count in counted),
        *((name, f"{ticks:g} ticks") for name, ticks in errors),
        *(("lost notes in", path) for path in tally.lossy),
        *(("cannot be read", f"{path}: {reason}") for path, reason in tally.refused.items()),
    ]


def _as_json(tally: Tally) -> dict[str, Any]:
    return {
        "files": tally.files,
        "beats": tally.beats,
        "distinct_words": len(tally.words),
        "notes": tally.notes,
        "doubled": tally.doubled,
        "shortened": tally.shortened,
        "drums": tally.drums,
        "lost": tally.lost,
        "onset_error": tally.onset_error,
        "duration_error": tally.duration_error,
        "lossy": tally.lossy,
        "refused": tally.refused,
    }
