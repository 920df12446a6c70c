"""What the readers of all formats give: the songs of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.library.parts import NOTHING_SAID, PartGuess

if TYPE_CHECKING:
    from bridge.music.key import Key
    from bridge.music.song import Song


@dataclass(frozen=True, slots=True)
class FoundSong:
    """One song of a file: a MIDI file has one, a Live set or a REAPER project may have many.

    Attributes:
        title: where in the file it stands; empty for a whole MIDI file.
        song: what it plays.
        said: parts that the project states, by index of the track.
        scale: the key that its clips are set to, where the project says so.
        clips: the names of the clips that it is made of.
    """

    title: str
    song: Song
    said: Mapping[int, PartGuess] = field(default_factory=lambda: NOTHING_SAID)
    scale: Key | None = None
    clips: tuple[str, ...] = ()
