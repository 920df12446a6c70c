"""A plain text file in which a producer corrects what was guessed of a library's files and tracks.

One correction a line; the last line that fits holds:

    # a path in the library, * and ? as in file names    the part
    Drums/*                        = drums
    *bass*                         = bass
    Songs/Hey.mid : 2              = melody
    Songs/Hey.mid : Rhodes*        = accompaniment
    Old ideas/*                    = skip
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bridge.errors import OverridesMalformed
from bridge.library.parts import Part, PartGuess

if TYPE_CHECKING:
    from pathlib import Path

    from bridge.music.song import Song

FILE_NAME = "macnet-roles.txt"
"""What the file is called when it lies in the library itself."""

SKIP = "skip"
_MOST_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Override:
    """One line.

    Attributes:
        pattern: of paths within the library; case does not matter.
        track: a number from 1, or a pattern of track names; empty for all tracks.
        part: a `Part`, or `SKIP`.
    """

    pattern: str
    track: str
    part: str


Overrides = tuple[Override, ...]


def read_overrides(path: Path) -> Overrides:
    """The corrections in a text file.

    Raises:
        OverridesMalformed: the file cannot be read, or a line is no correction.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise OverridesMalformed(
            f"{path} cannot be read: {error}", hint="It must be a text file in UTF-8."
        ) from error
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    # Only a whole line is a comment: "C# minor" is a common name.
    return tuple(_override(line, path, number) for number, line in lines if line and line[0] != "#")


def _override(line: str, path: Path, number: int) -> Override:
    left, equals, part = (text.strip() for text in line.rpartition("="))
    if not equals or not left or part.lower() not in {*Part, SKIP}:
        raise OverridesMalformed(
            f"{path}, line {number}: {line!r} is no correction",
            hint=f"Write PATH = PART or PATH : TRACK = PART; parts are {', '.join(Part)} and {SKIP}.",
        )
    pattern, colon, track = (text.strip() for text in left.rpartition(" : "))
    return Override(pattern, track, part.lower()) if colon else Override(left, "", part.lower())


def for_file(overrides: Overrides, name: str) -> Overrides:
    """Those that speak of a file, by its path within the library."""
    plain = name.casefold()
    return tuple(override for override in overrides if fnmatchcase(plain, override.pattern.casefold()))


def is_skipped(overrides: Overrides) -> bool:
    """Whether the last of the lines on a whole file leaves it out."""
    whole = [override for override in overrides if not override.track]
    return bool(whole) and whole[-1].part == SKIP


def said_of(overrides: Overrides, song: Song) -> dict[int, PartGuess]:
    """What is said of each track of a song; a track that is skipped counts as drums: it is in no voice."""
    said: dict[int, PartGuess] = {}
    for override in overrides:
        part = Part.DRUMS if override.part == SKIP else Part(override.part)
        for index, track in enumerate(song.tracks):
            if _fits(override.track, index, track.name):
                said[index] = PartGuess(part, 1.0, "you said so")
    return said


def _fits(wanted: str, index: int, name: str) -> bool:
    if wanted.isdecimal():
        return int(wanted) == index + 1
    return not wanted or fnmatchcase(name.casefold(), wanted.casefold())


def digest(overrides: Overrides) -> str:
    """Letters that change when what is said of a file changes; empty when nothing is said."""
    if not overrides:
        return ""
    return hashlib.blake2b(repr(overrides).encode(), digest_size=8).hexdigest()
