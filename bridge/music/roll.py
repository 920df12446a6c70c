"""A small piano roll for the terminal: melody above, accompaniment below, primer and answer told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from bridge.music.key import find_key
from bridge.music.note import (
    TICKS_PER_BEAT,
    VOICES,
    Clip,
    Meter,
    MeterChange,
    Note,
    Role,
    Ticks,
    bar_lines,
)

NO_CLIPS: Mapping[Role, Clip] = MappingProxyType({})

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_MARGIN = 4
_NARROWEST = 32
_FINEST = (4, 2, 1)
"""Columns to the beat, from the finest on that lets the roll stay short."""


class Ink(StrEnum):
    """What a piece of the roll shows; the command line gives each its colour."""

    PAPER = "paper"
    LABEL = "label"
    BAR_LINE = "bar_line"
    PRIMER_MELODY = "primer_melody"
    PRIMER_ACCOMPANIMENT = "primer_accompaniment"
    MELODY = "melody"
    ACCOMPANIMENT = "accompaniment"


_INKS = {
    (Role.MELODY, True): Ink.PRIMER_MELODY,
    (Role.MELODY, False): Ink.MELODY,
    (Role.ACCOMPANIMENT, True): Ink.PRIMER_ACCOMPANIMENT,
    (Role.ACCOMPANIMENT, False): Ink.ACCOMPANIMENT,
}
"""By voice, and whether the column belongs to the primer."""


class Span(NamedTuple):
    """A run of characters in one ink."""

    text: str
    ink: Ink


@dataclass(frozen=True, slots=True)
class Roll:
    """A drawn piano roll; `str` gives it without colours.

    Attributes:
        lines: from the top, each as its spans from the left.
    """

    lines: tuple[tuple[Span, ...], ...]

    def __str__(self) -> str:
        return "\n".join("".join(span.text for span in line).rstrip() for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """The characters of one alphabet; `halves` by whether the upper and the lower pitch of a row sound."""

    halves: tuple[str, str, str, str]
    bar: str
    answer_bar: str
    rule: str
    more: str


_BLOCKS = _Glyphs((" ", "▄", "▀", "█"), "│", "┃", "─", "…")
_ASCII = _Glyphs((" ", "_", '"', "#"), "|", "I", "-", "...")


class _Column(NamedTuple):
    """A character's width of time; a bar line has none. `bar` is the number of the bar that a line opens."""

    start: Ticks
    end: Ticks
    bar: int = 0


@dataclass(frozen=True, slots=True)
class _Score:
    """Primer and answer one after the other on one time line."""

    notes: Mapping[Role, tuple[Note, ...]]
    meters: tuple[MeterChange, ...]
    answer: Ticks
    length: Ticks
    names: tuple[str, ...]


def draw_roll(
    answer: Mapping[Role, Clip],
    *,
    primer: Mapping[Role, Clip] = NO_CLIPS,
    width: int = 72,
    systems: int = 2,
    ascii_only: bool = False,
) -> Roll:
    """The voices of an answer behind the primer that it goes on from.

    A character is two semitones high. Time is drawn as finely as lets everything fit into `systems` lines of music,
    down to a quarter note a character; what is still too long ends with a count of the bars left out.

    Args:
        answer: clips by voice, starting where the primer ends.
        primer: clips by voice, starting at tick 0; may be empty.
        width: characters a line, 32 or more.
        systems: lines of music, 1 or more.
        ascii_only: draw with plain ASCII, for terminals without block characters.
    """
    score = _score(primer, answer)
    if not score.length:
        return Roll(())
    glyphs = _ASCII if ascii_only else _BLOCKS
    room = max(width, _NARROWEST) - _MARGIN
    layout = _lay_out(score, room, systems)
    drawn = [line for system in layout[:systems] for line in _draw_system(score, system, glyphs)]
    left_out = sum(column.bar > 0 for system in layout[systems:] for column in system)
    if left_out:
        text = f"{glyphs.more} and {left_out} more bar{'s' * (left_out > 1)}"
        drawn.append((Span(" " * _MARGIN + text, Ink.LABEL),))
    return Roll(tuple(drawn))


def _score(primer: Mapping[Role, Clip], answer: Mapping[Role, Clip]) -> _Score:
    boundary = max((clip.length for clip in primer.values()), default=0)
    length = boundary + max((clip.length for clip in answer.values()), default=0)
    notes = {
        role: (*_notes(primer, role), *(replace(n, onset=n.onset + boundary) for n in _notes(answer, role)))
        for role in VOICES
    }
    before = {
        change.at: change.meter for clip in primer.values() for change in clip.meters if change.at < boundary
    }
    after = {boundary + change.at: change.meter for clip in answer.values() for change in clip.meters}
    meters = tuple(MeterChange(at, meter) for at, meter in sorted((before | after).items()))
    key = find_key(note for line in notes.values() for note in line)
    names = _FLATS if key.fifths < 0 else _SHARPS
    return _Score(notes, meters or (MeterChange(0, Meter()),), boundary, length, names)


def _notes(clips: Mapping[Role, Clip], role: Role) -> tuple[Note, ...]:
    return clips[role].notes if role in clips else ()


def _lay_out(score: _Score, room: int, systems: int) -> list[list[_Column]]:
    """The columns of each system, in the finest grain that fits, the systems about equally long."""
    for columns_a_beat in _FINEST:
        bars = _bars(score, TICKS_PER_BEAT // columns_a_beat)
        lines = _fill_lines(bars, room)
        if len(lines) <= systems:
            shortest = -(-sum(len(bar) for bar in bars) // len(lines))
            sizes = range(shortest, room + 1)
            return next(even for size in sizes if len(even := _fill_lines(bars, size)) == len(lines))
    return lines


def _fill_lines(bars: list[list[_Column]], room: int) -> list[list[_Column]]:
    """As many whole bars a line as there is room for, or a part of one that is longer."""
    lines: list[list[_Column]] = []
    for bar in bars:
        for start in range(0, len(bar), room):
            piece = bar[start : start + room]
            if lines and len(lines[-1]) + len(piece) <= room:
                lines[-1] += piece
            else:
                lines.append([*piece])
    return lines


def _bars(score: _Score, grain: Ticks) -> list[list[_Column]]:
    starts = [start for start, _ in bar_lines(score.meters, score.length)]
    ends = [*starts[1:], score.length]
    return [
        [
            _Column(start, start, number),
            *(_Column(at, min(at + grain, end)) for at in range(start, end, grain)),
        ]
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _draw_system(score: _Score, columns: list[_Column], glyphs: _Glyphs) -> list[tuple[Span, ...]]:
    lines: list[tuple[Span, ...]] = [(Span(_heading(score, columns), Ink.LABEL),)]
    for role in VOICES:
        low, high = _range(score.notes[role], columns)
        if low > high:
            continue
        if len(lines) > 1:
            lines.append((Span(" " * _MARGIN + glyphs.rule * len(columns), Ink.BAR_LINE),))
        lines += [
            _draw_row(score, role, pitch, columns, glyphs) for pitch in range(high | 1, (low & ~1) - 1, -2)
        ]
    return lines


def _heading(score: _Score, columns: list[_Column]) -> str:
    """Bar numbers above the bar lines, as far as there is room; where primer and answer begin it says so."""
    line = " " * _MARGIN
    for place, column in enumerate(columns, _MARGIN):
        number, part = str(column.bar), _part(score, column.start)
        room = _MARGIN + len(columns) - place
        text = number + part if len(number + part) <= room else number
        if column.bar and len(line) <= place and len(text) <= room:
            line = f"{line:<{place}}{text} "
    return line.rstrip()


def _part(score: _Score, at: Ticks) -> str:
    if at == score.answer:
        return " answer" if score.answer else ""
    return " primer" if at == 0 else ""


def _range(notes: tuple[Note, ...], columns: list[_Column]) -> tuple[int, int]:
    """Lowest and highest pitch that sounds in these columns; (128, -1) for silence."""
    start, end = columns[0].start, columns[-1].end
    pitches = [note.pitch for note in notes if note.onset < end and note.end > start]
    return min(pitches, default=128), max(pitches, default=-1)


def _draw_row(
    score: _Score, role: Role, pitch: int, columns: list[_Column], glyphs: _Glyphs
) -> tuple[Span, ...]:
    """One row of characters: `pitch` in the upper half, the semitone below in the lower."""
    upper, lower = (_cells(score.notes[role], p, columns) for p in (pitch, pitch - 1))
    played = [p for p, cells in ((pitch, upper), (pitch - 1, lower)) if any(cells)]
    label = f"{score.names[played[0] % 12]}{played[0] // 12 - 1}" if played else ""
    spans = [Span(f"{label:>{_MARGIN}}", Ink.LABEL)]
    for column, above, below in zip(columns, upper, lower, strict=True):
        if column.bar:
            begins_answer = column.start == score.answer > 0
            spans.append(Span(glyphs.answer_bar if begins_answer else glyphs.bar, Ink.BAR_LINE))
            continue
        spans.append(Span(glyphs.halves[2 * above + below], _INKS[role, column.start < score.answer]))
    return _joined(spans)


def _cells(notes: tuple[Note, ...], pitch: int, columns: list[_Column]) -> list[bool]:
    """In which columns the pitch is drawn.

    A note is drawn from the column of its onset on, at least there; before the same pitch is struck again a column
    is left free if there is one, so that repeated notes can be counted.
    """
    cells = [False] * len(columns)
    for note in notes:
        if note.pitch != pitch:
            continue
        held = [i for i, c in enumerate(columns) if not c.bar and c.start < note.end and c.end > note.onset]
        if held and held[0] >= 2 and cells[held[0] - 2]:
            cells[held[0] - 1] = False
        for place in held:
            cells[place] = True
    return cells


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one ink as one span; spaces take any ink."""
    joined: list[Span] = []
    for span in spans:
        if joined and (joined[-1].ink == span.ink or not span.text.strip()):
            joined[-1] = Span(joined[-1].text + span.text, joined[-1].ink)
        else:
            joined.append(span)
    return tuple(joined)
