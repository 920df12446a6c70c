"""Puts clips where a project plays them: loops are played out, long silences part one idea from the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from bridge.errors import ClipTooLong
from bridge.music.midifile import LONGEST_SONG_BEATS
from bridge.music.note import TICKS_PER_BEAT, MeterChange, Note, Ticks, bar_lines
from bridge.music.song import Song, TempoChange, Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SILENT_BARS = 4
"""So many whole bars without a note, and what comes after is another idea."""

_MOST_NOTES = 200_000
_SHORTEST_LOOP = 1 / 32


class RawNote(NamedTuple):
    """A note as a project has it: onset and duration in quarter notes."""

    onset: float
    duration: float
    pitch: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Loop:
    """The content of a clip, in quarter notes of its own time.

    Attributes:
        notes: as the project has them, in any order.
        start: where playing starts.
        loop_start, loop_end: what is repeated, or where the content ends when `is_looped` is false.
        is_looped: whether it is repeated.
    """

    notes: tuple[RawNote, ...]
    start: float
    loop_start: float
    loop_end: float
    is_looped: bool = True


def played_out(loop: Loop, *, at: float, length: float) -> Iterator[Note]:
    """The notes that sound when a clip is played from quarter note `at` for `length` quarter notes.

    Raises:
        ClipTooLong: that is longer than music is, or more notes than a song has.
    """
    if not 0 <= at + length <= LONGEST_SONG_BEATS:
        raise ClipTooLong(
            f"a clip ends {at + length:,.0f} quarter notes from the start",
            hint=f"Songs have at most {LONGEST_SONG_BEATS:,} quarter notes.",
        )
    if loop.is_looped and loop.loop_end - loop.loop_start < _SHORTEST_LOOP:
        raise ClipTooLong("a loop is too short to be played", hint="Make its loop longer.")
    count, gone, position = 0, 0.0, loop.start
    while gone < length and position < loop.loop_end:
        end = min(loop.loop_end, position + length - gone)
        for raw in loop.notes:
            if position <= raw.onset < end:
                count += 1
                yield _note(raw, at + gone - position, until=end)
        gone += end - position
        position = loop.loop_start if loop.is_looped else loop.loop_end
        if count > _MOST_NOTES:
            raise ClipTooLong(f"a track has over {_MOST_NOTES:,} notes", hint="Use a part of it.")


def _note(raw: RawNote, shift: float, *, until: float) -> Note:
    onset = round((raw.onset + shift) * TICKS_PER_BEAT)
    end = round((min(raw.onset + raw.duration, until) + shift) * TICKS_PER_BEAT)
    return Note(max(0, onset), raw.pitch, max(1, end - onset), max(1, min(127, raw.velocity)))


class Idea(NamedTuple):
    """A part of a song between long silences: the number of its first bar, where that starts, and what it plays."""

    bar: int
    start: Ticks
    song: Song

    def holds(self, at: float, length: float) -> bool:
        """Whether something of `length` from quarter note `at` on sounds in it."""
        end = self.start + self.song.length
        return at * TICKS_PER_BEAT < end and (at + length) * TICKS_PER_BEAT > self.start


def ideas(song: Song) -> Iterator[Idea]:
    """Part a song where it is silent for `SILENT_BARS` bars.

    Silence before the first and after the last note goes, in whole bars.
    """
    lines = [start for start, _ in bar_lines(song.meters, max(song.length, 1))] + [song.length]
    filled = _filled_bars(song, lines)
    first = last = -1
    for bar, is_filled in enumerate([*filled, *[False] * (SILENT_BARS + 1)]):
        if is_filled:
            first, last = (bar if first < 0 else first), bar
        elif first >= 0 and bar - last > SILENT_BARS:
            yield Idea(first + 1, lines[first], _part(song, lines[first], lines[last + 1]))
            first = -1


def _filled_bars(song: Song, lines: Sequence[Ticks]) -> list[bool]:
    """Whether something sounds in each bar."""
    filled = [False] * (len(lines) - 1)
    notes = sorted(note for track in song.tracks for note in track.notes)
    bar = 0
    for note in notes:
        while bar + 2 < len(lines) and lines[bar + 1] <= note.onset:
            bar += 1
        held = bar
        while held < len(filled) and lines[held] < note.end:
            filled[held] = True
            held += 1
    return filled


def _part(song: Song, start: Ticks, end: Ticks) -> Song:
    tracks = (
        replace(track, notes=tuple(replace(n, onset=n.onset - start) for n in notes))
        for track in song.tracks
        if (notes := [n for n in track.notes if start <= n.onset < end])
    )
    return Song(tuple(tracks), end - start, _meters(song, start, end), _tempos(song, start, end), song.name)


def _meters(song: Song, start: Ticks, end: Ticks) -> tuple[MeterChange, ...]:
    before = [change for change in song.meters if change.at <= start][-1]
    later = (MeterChange(c.at - start, c.meter) for c in song.meters if start < c.at < end)
    return (MeterChange(0, before.meter), *later)


def _tempos(song: Song, start: Ticks, end: Ticks) -> tuple[TempoChange, ...]:
    before = [change for change in song.tempos if change.at <= start][-1]
    later = (TempoChange(c.at - start, c.tempo_bpm) for c in song.tempos if start < c.at < end)
    return (TempoChange(0, before.tempo_bpm), *later)


def song_of_tracks(
    tracks: Sequence[Track],
    meters: tuple[MeterChange, ...],
    tempos: tuple[TempoChange, ...],
    *,
    name: str = "",
    length: Ticks = 0,
) -> Song:
    """A song of those tracks that have notes; at least as long as its last note."""
    filled = tuple(track for track in tracks if track.notes)
    ends = [note.end for track in filled for note in track.notes]
    return Song(filled, max([length, *ends], default=0), meters, tempos, name)
