"""A song: what a MIDI file holds, in ticks."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.music.note import COMMON_TIME, TICKS_PER_BEAT, MeterChange, Note, Ticks, bar_lines

DRUM_CHANNEL = 9
"""What musicians call channel 10: General MIDI keeps it for drums."""

DEFAULT_TEMPO_BPM = 120.0

_OVERHANG: Ticks = TICKS_PER_BEAT // 16
"""How far a song may run over a bar line without starting a bar: an end of track that notation programs write one
tick late, or a last note held a 64th too long."""


MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi")
"""How the names of MIDI files end; `.kar` is karaoke, `.rmi` the same wrapped by Windows."""


@dataclass(frozen=True, slots=True)
class TempoChange:
    """From tick `at` on, `tempo_bpm` quarter notes are played a minute."""

    at: Ticks
    tempo_bpm: float


@dataclass(frozen=True, slots=True)
class Track:
    """One instrument's notes.

    Attributes:
        name: as the producer called it; may be empty.
        notes: in order of onset, then pitch. Two notes of one pitch should not overlap: a MIDI file cannot tell
            which of them ends first.
        channel: 0 to 15, that of the first note; 9 is drums.
        program: the General MIDI instrument, 0 to 127, that the track starts with.
    """

    name: str
    notes: tuple[Note, ...]
    channel: int = 0
    program: int = 0

    @property
    def is_drums(self) -> bool:
        """The track plays on channel 10, where pitches are drums."""
        return self.channel == DRUM_CHANNEL


@dataclass(frozen=True, slots=True)
class Song:
    """The tracks of one MIDI file.

    Attributes:
        tracks: those that have notes, in the file's order.
        length: where the file says that it ends, or the last note if that is later. 0 for an empty file.
        meters: meter changes in order of time, the first at tick 0.
        tempos: tempo changes in order of time, the first at tick 0.
        name: as the file calls itself; may be empty.
    """

    tracks: tuple[Track, ...]
    length: Ticks
    meters: tuple[MeterChange, ...] = (MeterChange(0, COMMON_TIME),)
    tempos: tuple[TempoChange, ...] = (TempoChange(0, DEFAULT_TEMPO_BPM),)
    name: str = ""


def end_bar_line(song: Song) -> Ticks:
    """The bar line at which the song is over, at least one bar from its start.

    That is the first one at or after its length, or the one just before if the song runs over it by no more than
    a 64th note and no note starts there.
    """
    bars = list(bar_lines(song.meters, max(song.length, 1)))
    start, meter = bars[-1]
    last_onset = max((track.notes[-1].onset for track in song.tracks if track.notes), default=0)
    if start > 0 and last_onset < start and song.length - start <= _OVERHANG:
        return start
    later = [change.at for change in song.meters if change.at >= max(song.length, 1)]
    return min([start + meter.bar, *later])
