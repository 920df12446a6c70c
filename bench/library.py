"""How many files of a library are read a second, beside what the common MIDI readers do alone.

    python -m bench.library --files 10000
    python -m bench.library ~/Music/MIDI --files 2000

The songs of the folder are laid, again and again under new names, into a temporary folder until there are as many
files as asked for. `macnet library` finds them, reads them, tells their roles, keys and doubles, packs them for
training and remembers them; the other readers only parse, in one process, a sample of the same files. Absolute
figures move with the machine and with what else it does: compare the rows of one run.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import mido
import pretty_midi
import symusic
from rich.console import Console
from rich.table import Table

from bridge.library.looking import look_through
from bridge.library.manifest import write_manifest
from bridge.library.verdicts import verdicts
from bridge.music.song import MIDI_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SONGS = Path(__file__).parents[2] / "shared" / "data"
_SAMPLE = 200


class Row(NamedTuple):
    """A line of the table."""

    what: str
    files: int
    seconds: float
    cpu_seconds: float


def lay_library(songs: Sequence[Path], folder: Path, files: int) -> None:
    """Copy the songs, again and again, until there are `files` of them, a thousand to a folder."""
    for number, song in enumerate(islice(cycle(songs), files)):
        place = folder / f"{number // 1000:03d}"
        place.mkdir(exist_ok=True)
        shutil.copyfile(song, place / f"{number % 1000:03d} {song.name}")


def timed(what: str, files: int, work: Callable[[], object]) -> Row:
    """How long some work takes, by the clock and by the processors, those of its processes included."""
    start, cpu = time.perf_counter(), _cpu_seconds()
    work()
    return Row(what, files, time.perf_counter() - start, _cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def look(folder: Path, data: Path, workers: int) -> None:
    """One look, its manifest included."""
    with look_through(folder, data, workers=workers) as cache:
        write_manifest(data / "manifest.jsonl", verdicts(cache))


def parse(read: Callable[[Path], object], sample: Sequence[Path]) -> None:
    """Parse a sample, what the reader refuses included."""
    for path in sample:
        try:
            read(path)
        except Exception as error:
            print(f"{path.name}: {type(error).__name__}", file=sys.stderr)


def rows(songs: Sequence[Path], files: int) -> list[Row]:
    """Measure everything."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, data = Path(scratch, "library"), Path(scratch, "data")
        folder.mkdir()
        lay_library(songs, folder, files)
        table = [
            timed("macnet library, all cores", files, lambda: look(folder, data, 0)),
            timed("macnet library, a second look", files, lambda: look(folder, data, 0)),
            timed("macnet library, one core", files, lambda: look(folder, Path(scratch, "other"), 1)),
        ]
    sample = sorted(songs)[:: max(1, len(songs) // _SAMPLE)]
    readers: dict[str, Callable[[Path], object]] = {
        "symusic alone, parsing": symusic.Score,
        "mido alone, parsing": mido.MidiFile,
        "pretty_midi alone, parsing": lambda path: pretty_midi.PrettyMIDI(str(path)),
    }
    return table + [timed(name, len(sample), partial(parse, read, sample)) for name, read in readers.items()]


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m bench.library", description=__doc__.splitlines()[0])
    parser.add_argument("songs", nargs="?", type=Path, default=SONGS, help="a folder of MIDI files")
    parser.add_argument("--files", type=int, default=10_000, help="how many files the library shall have")
    options = parser.parse_args()
    songs = sorted(path for path in options.songs.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES)
    if not songs:
        parser.error(f"there is no MIDI file in {options.songs}")
    heads = ("files", "seconds", "files a second", "of one processor")
    table = Table(f"{options.files:,} files of {len(songs):,} songs", *heads)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows(songs, options.files):
        speeds = (row.files / row.seconds, row.files / row.cpu_seconds)
        table.add_row(
            row.what, f"{row.files:,}", f"{row.seconds:.2f}", *(f"{speed:,.0f}" for speed in speeds)
        )
    console = Console(width=100)
    console.print(table)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"most memory of the process that looked through the library: {most:,.0f} MiB")


if __name__ == "__main__":
    main()
