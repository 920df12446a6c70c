"""The songs of a library for training: each with its voices, in a stable order, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from bridge.beats.playlist import Score, score_of
from bridge.library.packing import unpack_clips
from bridge.library.verdicts import verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.library.cache import Cache
    from bridge.music.note import Clip, Role


@dataclass(frozen=True, slots=True)
class LibrarySong:
    """A song that is used.

    Attributes:
        name: its file's path within the library, with `#title` behind it where the file holds several.
        clips: by role; a voice that no track plays is missing: unknown, not silent.
        shift: the semitones that bring it to C major or A minor.
        is_scale_known: the project says the scale; else the shift was found from the notes.
    """

    name: str
    clips: Mapping[Role, Clip]
    shift: int
    is_scale_known: bool

    @property
    def score(self) -> Score:
        """The song in words, as training reads it; what is unknown is neither learned nor scored."""
        return score_of(self.clips, name=self.name, shift=self.shift if self.is_scale_known else None)


@dataclass(frozen=True, slots=True)
class PackedSong:
    """A song that is used, as it is remembered: for the way to where it is unpacked.

    Attributes:
        name, shift, is_scale_known: as of a `LibrarySong`.
        packed: its clips, see `packing`.
    """

    name: str
    packed: bytes
    shift: int
    is_scale_known: bool

    def unpacked(self) -> LibrarySong:
        """The song itself."""
        return LibrarySong(self.name, unpack_clips(self.packed), self.shift, self.is_scale_known)


def songs_of(cache: Cache, *, exclude: Sequence[str] = ()) -> Iterator[LibrarySong]:
    """Yield the songs of a library that are used, in order of their files' names, then as they stand in them.

    Only one song is in memory at a time, and no file of the library is opened: what was read of it is remembered.

    Args:
        cache: a library that was looked through.
        exclude: patterns of files that are left out, of their whole paths or their last parts.
    """
    return (song.unpacked() for song in packed_songs_of(cache, exclude=exclude))


def packed_songs_of(cache: Cache, *, exclude: Sequence[str] = ()) -> Iterator[PackedSong]:
    """Yield what `songs_of` yields, packed."""
    for file in verdicts(cache):
        if file.code or _is_excluded(file.name, exclude):
            continue
        for song in file.songs:
            if not song.code:
                name = f"{file.name}#{song.title}" if song.title else file.name
                is_known = bool(song.facts["scale"]) and song.facts["scale"] == song.facts["key"]
                yield PackedSong(name, cache.packed(song.rowid), song.facts["shift"], is_known)


def _is_excluded(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(part, pattern) for pattern in patterns for part in (name, name.rpartition("/")[2]))
