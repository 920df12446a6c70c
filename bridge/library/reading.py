"""Reads one file of a library: its songs with all that the report and training need, or the reason why not.

A pure function of the file's bytes, its name and what the user said of it; any process or machine may run it.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from bridge.errors import MacNetError, MidiTooLong
from bridge.library.finding import LIVE_SUFFIXES, REAPER_SUFFIXES, printable
from bridge.library.found import FoundSong
from bridge.library.liveset import read_set
from bridge.library.overrides import Overrides, is_skipped, said_of
from bridge.library.packing import pack_clips
from bridge.library.parts import PartGuess, find_parts
from bridge.library.reaperproject import read_project
from bridge.music.key import Key, find_key
from bridge.music.midifile import LONGEST_FILE_BYTES
from bridge.music.midiquick import quick_song
from bridge.music.note import TICKS_PER_BEAT, VOICES, Clip, Note, Role, bar_lines, in_order
from bridge.music.roles import voices_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bridge.music.song import Song

VERSION = 1
"""Counted up whenever the same file would be read otherwise, so that what is remembered is read again."""

LONGEST_PROJECT_BYTES = 64 * 2**20
"""Of a Live set as it lies on disk, and of a REAPER project: plug-ins keep their settings in them."""

MOST_NOTES = 200_000
"""More are no music that anybody plays: such files are made to be looked at."""

_GRAIN = 20
"""Ticks that two readings of one note may lie apart (1/48 of a quarter note) in songs that count as the same."""

_LEAST_ONSETS = 2


@dataclass(frozen=True, slots=True)
class Task:
    """A file to be read.

    Attributes:
        name: its path within the library.
        path: where it is.
        overrides: what the user says of it.
    """

    name: str
    path: Path
    overrides: Overrides = ()


class TrackReading(NamedTuple):
    """What a track was taken for."""

    name: str
    part: str
    confidence: float
    reason: str
    notes: int


@dataclass(frozen=True, slots=True)
class SongReading:
    """One song of a file.

    Attributes:
        title: where in the file it stands; empty for a whole MIDI file.
        code, reason: why it is left out; empty when it can be used.
        tracks: what each was taken for.
        clips: the names of the clips that it is made of.
        beats: its length in quarter notes.
        bars: its length in bars.
        meter: the one that most of it is in, such as `6/8`: a first bar is often an upbeat.
        key: such as `D major`.
        shift: the semitones that bring it home.
        scale: the key that the project says; empty where it says none.
        voices: the roles that it has, such as `melody accompaniment`.
        notes: in its voices.
        print: the same for the same music in every key; empty when left out.
        lowest: its lowest pitch: tells the same music in another key.
        packed: its clips, see `packing`.
    """

    title: str = ""
    code: str = ""
    reason: str = ""
    tracks: tuple[TrackReading, ...] = ()
    clips: tuple[str, ...] = ()
    beats: float = 0.0
    bars: int = 0
    meter: str = ""
    key: str = ""
    shift: int = 0
    scale: str = ""
    voices: str = ""
    notes: int = 0
    print: bytes = b""
    lowest: int = 0
    packed: bytes = b""


@dataclass(frozen=True, slots=True)
class FileReading:
    """What became of a file.

    Attributes:
        code, reason: why nothing of it can be used; empty when something can.
        digest: of its bytes; empty where they could not be read.
        songs: in the file's order; may be given beside a code, when all of them are left out.
    """

    code: str = ""
    reason: str = ""
    digest: bytes = b""
    songs: tuple[SongReading, ...] = field(default=())


def read_file(task: Task) -> FileReading:
    """Read one file. Whatever is wrong with it comes back as a code and a reason, never as an error."""
    if is_skipped(task.overrides):
        return FileReading("library.skipped", "you said so")
    try:
        data = _read_bytes(task.path)
        digest = hashlib.blake2b(data, digest_size=16).digest()
    except OSError as error:
        return FileReading("library.unreadable", f"it cannot be opened: {error.strerror or error}")
    if not data:
        return FileReading("library.empty_file", "the file holds 0 bytes")
    try:
        found = _songs(data, task.path)
    except MacNetError as error:
        return FileReading(error.code, _without_path(str(error), task.path), digest)
    songs = tuple(_read_song(song, task) for song in found)
    if any(not song.code for song in songs):
        return FileReading(digest=digest, songs=songs)
    return FileReading(songs[0].code, songs[0].reason, digest, songs)


def _most_bytes(path: Path) -> int:
    return LONGEST_PROJECT_BYTES if path.suffix.lower() in _READERS else LONGEST_FILE_BYTES


def _read_bytes(path: Path) -> bytes:
    """All bytes, or one more than may be."""
    with path.open("rb") as file:
        return file.read(_most_bytes(path) + 1)


def _songs(data: bytes, path: Path) -> tuple[FoundSong, ...]:
    most = _most_bytes(path)
    if len(data) > most:
        raise MidiTooLong(f"{path} is larger than {most // 2**20} MiB")
    return _READERS.get(path.suffix.lower(), _read_midi)(data, path)


def _read_midi(data: bytes, path: Path) -> tuple[FoundSong, ...]:
    return (FoundSong("", quick_song(data, path)),)


_READERS: Mapping[str, Callable[[bytes, Path], tuple[FoundSong, ...]]] = {
    **dict.fromkeys(LIVE_SUFFIXES, read_set),
    **dict.fromkeys(REAPER_SUFFIXES, read_project),
}


def _without_path(message: str, path: Path) -> str:
    """The reason alone: the report names the file beside it."""
    return printable(message.removeprefix(str(path)).strip(": ") or message)


def _read_song(found: FoundSong, task: Task) -> SongReading:
    count = sum(len(track.notes) for track in found.song.tracks)
    if count > MOST_NOTES:
        return SongReading(found.title, "library.too_many_notes", f"it has {count:,} notes")
    said = dict(found.said) | said_of(task.overrides, found.song)
    parts = find_parts(found.song, said, hint=_hint(task.name))
    heard = SongReading(found.title, tracks=_track_readings(found.song, parts), clips=found.clips)
    try:
        voices = voices_of(found.song, {index: guess.part.role for index, guess in enumerate(parts)})
    except MacNetError as error:
        return _refused(heard, error.code, str(error))
    both = {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}
    clips = {role: both[role] for role in VOICES if both[role] is not None}
    return _measured(heard, clips, found.scale)  # type: ignore[arg-type]  # None is filtered out


def _hint(name: str) -> str:
    """The names that may tell what a file plays: its own, then its folder's."""
    *folders, own = name.split("/")
    return "\n".join([own.rpartition(".")[0], *folders[-1:]])


def _track_readings(song: Song, parts: Sequence[PartGuess]) -> tuple[TrackReading, ...]:
    return tuple(
        TrackReading(
            printable(track.name), guess.part.value, guess.confidence, guess.reason, len(track.notes)
        )
        for track, guess in zip(song.tracks, parts, strict=True)
    )


def _refused(heard: SongReading, code: str, reason: str) -> SongReading:
    return replace(heard, code=code, reason=reason)


def _measured(heard: SongReading, clips: Mapping[Role, Clip], scale: Key | None) -> SongReading:
    notes = sorted((note for clip in clips.values() for note in clip.notes), key=in_order)
    if len({note.onset for note in notes}) < _LEAST_ONSETS:
        return _refused(heard, "library.too_short", "nothing follows its first note or chord")
    first = next(iter(clips.values()))
    key = _key(notes, scale)
    return replace(
        heard,
        beats=first.length / TICKS_PER_BEAT,
        bars=_bars(first),
        meter=_meter(first),
        key=str(key),
        shift=key.home_shift,
        scale=str(scale or ""),
        voices=" ".join(clips),
        notes=len(notes),
        print=fingerprint(notes),
        lowest=min(note.pitch for note in notes),
        packed=pack_clips(clips),
    )


def _meter(clip: Clip) -> str:
    ends = [*(change.at for change in clip.meters[1:]), clip.length]
    spans: Counter[str] = Counter()
    for change, end in zip(clip.meters, ends, strict=True):
        spans[str(change.meter)] += max(0, end - change.at)
    return spans.most_common(1)[0][0]


def _bars(clip: Clip) -> int:
    return sum(1 for _ in bar_lines(clip.meters, clip.length))


def _key(notes: Sequence[Note], scale: Key | None) -> Key:
    """The key that the project says, if the notes are in it; else the one that they are heard in."""
    if scale is not None and all(scale.holds(note.pitch) for note in notes):
        return scale
    return find_key(notes)


def fingerprint(notes: Sequence[Note]) -> bytes:
    """16 bytes that are the same for the same notes in every key and at every place, however loud.

    Args:
        notes: in order of onset, then pitch; at least one.
    """
    start, home = notes[0].onset, notes[0].pitch
    half = _GRAIN // 2
    flat = [
        number
        for n in notes
        for number in (
            (n.onset - start + half) // _GRAIN,
            n.pitch - home,
            (n.duration + half) // _GRAIN,
        )
    ]
    return hashlib.blake2b(struct.pack(f"<{len(flat)}i", *flat), digest_size=16).digest()
