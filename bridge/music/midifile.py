"""MIDI files: the only file of the product that reads and writes them.

Times are kept in the file's own ticks until the very end, then rounded once, each onset and each end by itself, to
960 to the quarter note. Notes of one channel and pitch are closed first in, first out; a note left open ends with its
track; a note of no length is kept as one tick.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict, deque
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import mido

from bridge.errors import MidiMissing, MidiTooLong, MidiUnreadable, MidiUnwritable
from bridge.music.midibytes import mend
from bridge.music.midimeta import decode_name, file_tempo, meters_of, tempos_of
from bridge.music.note import TICKS_PER_BEAT, Note, Ticks
from bridge.music.song import DRUM_CHANNEL, Song, TempoChange, Track
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "ExactNote",
    "Song",
    "TempoChange",
    "Track",
    "exact_notes",
    "read_bytes",
    "read_song",
    "song_of_bytes",
    "write_song",
]

LONGEST_FILE_BYTES = 8 * 2**20
LONGEST_SONG_BEATS = 32_768
"""Four and a half hours at 120 quarter notes a minute."""

FileTicks: TypeAlias = int
"""A time in the file's own ticks, from its start."""

_Timed: TypeAlias = tuple[FileTicks, Any]
"""A mido message with its time from the start."""

# Whatever mido raises on bytes that it does not like. `mend` leaves no known cause for any of them.
_READER_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    mido.KeySignatureError,
)


@dataclass(frozen=True, slots=True)
class ExactNote:
    """A note as the file has it, before rounding.

    Attributes:
        track: index into the tracks that `read_song` gives.
        pitch: MIDI key.
        onset: in 960ths of a quarter note, exactly.
        duration: in 960ths of a quarter note, exactly; may be 0.
    """

    track: int
    pitch: int
    onset: Fraction
    duration: Fraction


@dataclass(frozen=True, slots=True, order=True)
class _FileNote:
    """A note in the file's ticks."""

    onset: FileTicks
    end: FileTicks
    channel: int
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A track as the product sees it, in the file's ticks."""

    name: str
    program: int
    notes: tuple[_FileNote, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A whole file in its own ticks."""

    division: int
    tracks: tuple[tuple[_Timed, ...], ...]
    parts: tuple[_Part, ...]

    @property
    def end(self) -> FileTicks:
        return max((track[-1][0] for track in self.tracks if track), default=0)

    def messages(self, kind: str) -> list[_Timed]:
        """The messages of a kind, track by track."""
        return [timed for track in self.tracks for timed in track if timed[1].type == kind]

    def ticks(self, time: FileTicks) -> Ticks:
        """The nearest tick; halfway goes up."""
        return (2 * time * TICKS_PER_BEAT + self.division) // (2 * self.division)

    def exact(self, time: FileTicks) -> Fraction:
        return Fraction(time * TICKS_PER_BEAT, self.division)

    def note(self, note: _FileNote) -> Note:
        onset = self.ticks(note.onset)
        return Note(onset, note.pitch, max(1, self.ticks(note.end) - onset), note.velocity)

    def rounded(self, part: _Part) -> list[tuple[Note, _FileNote]]:
        """Each note as it is rounded beside the note that it was, in the order of `Track.notes`."""
        return sorted((self.note(note), note) for note in part.notes)


def read_song(path: Path) -> Song:
    """The song in a MIDI file of type 0 or 1, or in the RIFF form of one (`.rmi`).

    A file that has all its notes in one track (every file of type 0) becomes one track a channel. In other files a
    track stays whole, whatever its channels, except that drums (channel 10) are parted from other notes. Tracks
    without notes are left out. A meter or tempo that means nothing (0/4, tempo 0) is ignored; until the first, 4/4
    and 120 hold, except that a first meter within the first bar is taken to start the song.

    Raises:
        MidiMissing: there is no such file.
        MidiUnreadable: it is no MIDI file, or broken, or of a kind that is not read.
        MidiTooLong: it is over 8 MiB or over 32,768 quarter notes.
    """
    return song_of_bytes(read_bytes(path), path)


def song_of_bytes(data: bytes, path: Path) -> Song:
    """The song in the bytes of a MIDI file, as `read_song` gives it; errors name `path`.

    Raises:
        MidiUnreadable, MidiTooLong: as `read_song`.
    """
    file = _parse(data, path)
    tracks = tuple(_track(file, part) for part in file.parts)
    meters = meters_of([(file.ticks(at), message) for at, message in file.messages("time_signature")])
    tempos = tempos_of([(file.ticks(at), message) for at, message in file.messages("set_tempo")])
    ends = [note.end for track in tracks for note in track.notes]
    return Song(tracks, max([file.ticks(file.end), *ends]), meters, tempos, _song_name(file))


def exact_notes(path: Path) -> tuple[ExactNote, ...]:
    """Every note's time as the file has it: what `read_song` rounds, note by note in the same order.

    Raises:
        MidiMissing, MidiUnreadable, MidiTooLong: as `read_song`.
    """
    file = _parse(read_bytes(path), path)
    return tuple(
        ExactNote(index, note.pitch, file.exact(note.onset), file.exact(note.end - note.onset))
        for index, part in enumerate(file.parts)
        for _, note in file.rounded(part)
    )


def _parse(data: bytes, path: Path) -> _File:
    try:
        midi = mido.MidiFile(file=io.BytesIO(mend(data)))
        tracks = tuple(tuple(_absolute(track)) for track in midi.tracks)
        file = _File(midi.ticks_per_beat, tracks, _parts(tracks))
    except _READER_ERRORS as error:
        reason = str(error) or type(error).__name__
        raise MidiUnreadable(
            f"{path} cannot be read as MIDI: {reason}",
            hint="Export the song again as a MIDI file of type 0 or 1.",
        ) from error
    if file.end > LONGEST_SONG_BEATS * file.division:
        raise MidiTooLong(
            f"{path} is {file.end // file.division:,} quarter notes long",
            hint=f"Songs have at most {LONGEST_SONG_BEATS:,}; look for a stray event far behind the last note.",
        )
    return file


def read_bytes(path: Path) -> bytes:
    """All bytes of a file that may be MIDI; no more than 8 MiB are ever read.

    Raises:
        MidiMissing: there is no such file.
        MidiUnreadable: it is no file, or may not be read.
        MidiTooLong: it is over 8 MiB.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise MidiUnreadable(f"{path} is not a file", hint="Name a MIDI file (.mid).")
        with path.open("rb") as file:
            data = file.read(LONGEST_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise MidiMissing(f"there is no file {path}", hint="Check the name and the folder.") from error
    except (OSError, ValueError) as error:
        raise MidiUnreadable(
            f"{path} cannot be opened: {error}", hint="Check that you may read the file."
        ) from error
    if len(data) > LONGEST_FILE_BYTES:
        raise MidiTooLong(
            f"{path} is larger than {LONGEST_FILE_BYTES // 2**20} MiB", hint="Export a part of the song."
        )
    return data


def _absolute(track: Iterable[Any]) -> Iterator[_Timed]:
    """Every message with its time from the start: the deltas of all messages count, of whatever kind."""
    now = 0
    for message in track:
        now += message.time
        yield now, message


def _parts(tracks: tuple[tuple[_Timed, ...], ...]) -> tuple[_Part, ...]:
    noted = [(track, notes) for track in tracks if (notes := _pair_notes(track))]
    by_channel = len(noted) == 1
    return tuple(part for track, notes in noted for part in _split_part(track, notes, by_channel=by_channel))


def _split_part(track: tuple[_Timed, ...], notes: list[_FileNote], *, by_channel: bool) -> Iterator[_Part]:
    groups: dict[int, list[_FileNote]] = defaultdict(list)
    for note in notes:
        groups[note.channel if by_channel else int(note.channel == DRUM_CHANNEL)].append(note)
    for _, group in sorted(groups.items()):
        channel = min(group).channel
        yield _Part(_track_name(track), _program(track, channel), tuple(group))


def _pair_notes(track: tuple[_Timed, ...]) -> list[_FileNote]:
    sounding: dict[tuple[int, int], deque[tuple[FileTicks, int]]] = defaultdict(deque)
    notes = []
    for now, message in track:
        if message.type not in {"note_on", "note_off"}:
            continue
        started = sounding[message.channel, message.note]
        if message.type == "note_on" and message.velocity > 0:
            started.append((now, message.velocity))
        elif started:
            onset, velocity = started.popleft()
            notes.append(_FileNote(onset, now, message.channel, message.note, velocity))
    for (channel, pitch), started in sounding.items():
        notes += [_FileNote(onset, track[-1][0], channel, pitch, velocity) for onset, velocity in started]
    return notes


def _program(track: tuple[_Timed, ...], channel: int) -> int:
    changes = (message for _, message in track if message.type == "program_change")
    return next((int(change.program) for change in changes if change.channel == channel), 0)


def _track_name(track: tuple[_Timed, ...]) -> str:
    return next((decode_name(message.name) for _, message in track if message.type == "track_name"), "")


def _song_name(file: _File) -> str:
    """In a file of several tracks the first one names the song, if it has no notes of its own."""
    first = file.tracks[0]
    if any(message.type == "note_on" for _, message in first):
        return ""
    return _track_name(first)


def _track(file: _File, part: _Part) -> Track:
    notes = tuple(note for note, _ in file.rounded(part))
    return Track(part.name, notes, min(part.notes).channel, part.program)


def write_song(path: Path, song: Song) -> None:
    """Write the song as a MIDI file of type 1 at 960 ticks to the quarter note, whole or not at all.

    The first track has name, meters and tempos; each of the song's tracks follows. Every track ends at the song's
    length, or with its last note if that is later. The same song gives the same bytes. Tempos are rounded to the
    microsecond a quarter note that the format counts in.

    Raises:
        MidiUnwritable: the file cannot be written, or the song has a value that MIDI cannot hold; nothing is left
            behind, and a file that was there before is as it was.
    """
    try:
        write_whole(Path(path), _file_bytes(song))
    except (OSError, ValueError, TypeError) as error:
        raise MidiUnwritable(
            f"{path} cannot be written: {error}",
            hint="Check that the folder exists and that you may write in it.",
        ) from error


def _file_bytes(song: Song) -> bytes:
    tracks = [_conductor_messages(song), *(_track_messages(track) for track in song.tracks)]
    midi = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT)
    midi.tracks = [mido.MidiTrack(_relative(track, song.length)) for track in tracks]
    buffer = io.BytesIO()
    midi.save(file=buffer)
    return buffer.getvalue()


def _conductor_messages(song: Song) -> list[_Timed]:
    meters = [
        (
            c.at,
            mido.MetaMessage("time_signature", numerator=c.meter.numerator, denominator=c.meter.denominator),
        )
        for c in song.meters
    ]
    tempos = [(c.at, mido.MetaMessage("set_tempo", tempo=file_tempo(c.tempo_bpm))) for c in song.tempos]
    return [*_name_message(song.name), *sorted([*meters, *tempos], key=lambda timed: timed[0])]


def _track_messages(track: Track) -> list[_Timed]:
    program = mido.Message("program_change", channel=track.channel, program=track.program)
    offs = [
        (note.end, mido.Message("note_off", channel=track.channel, note=note.pitch, velocity=0))
        for note in track.notes
    ]
    ons = [
        (note.onset, mido.Message("note_on", channel=track.channel, note=note.pitch, velocity=note.velocity))
        for note in track.notes
    ]
    # Stable, so that at one tick what ends comes before what starts: a repeated note is struck again.
    played = sorted([*offs, *ons], key=lambda timed: timed[0])
    return [*_name_message(track.name), (0, program), *played]


def _name_message(name: str) -> list[_Timed]:
    """The name in UTF-8, which mido takes as Latin-1 letters; none for an empty one."""
    letters = name.encode("utf-8", errors="replace").decode("latin-1")
    return [(0, mido.MetaMessage("track_name", name=letters))] if name else []


def _relative(timed: list[_Timed], length: Ticks) -> Iterator[Any]:
    now = 0
    for at, message in timed:
        yield message.copy(time=at - now)
        now = at
    yield mido.MetaMessage("end_of_track", time=max(0, length - now))
