"""Clip <-> beat words, exact.

`decode_voice(encode_clip(clip)) == clip` for every clip in which no pitch overlaps itself. A word holds what was
meant (positions on the grid); a `Shade` beside it holds how it was played (velocity, and the ticks by which the
note was off), which is where feel lives.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bridge.beats.grid import GRID, division, is_exact, meant_division, nearest, parts_of, tick_of
from bridge.beats.metre import Beat, clip_beats
from bridge.beats.word import PARTS, Parts, Word, WordNote
from bridge.music.note import Clip, MeterChange, Note, Ticks, in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUANTISED = 0.9
"""A clip of which this share of onsets stands on the grid was drawn or quantised, not played."""


class Shade(NamedTuple):
    """How one note was played, beside the word that says what was meant.

    Attributes:
        velocity: 1 to 127.
        onset_shift: ticks by which the note starts after its written position; negative when early.
        end_shift: ticks by which it ends after its written end.
    """

    velocity: int = 100
    onset_shift: Ticks = 0
    end_shift: Ticks = 0


PLAIN = Shade()


@dataclass(frozen=True, slots=True)
class Voice:
    """A clip as beat words.

    Attributes:
        beats: where each felt beat lies.
        words: one word a beat.
        shades: for each beat, one shade for each note that is articulated in it, in the word's order.
        length: of the clip, in ticks.
        meters: of the clip.
        name: of the clip.
    """

    beats: tuple[Beat, ...]
    words: tuple[Word, ...]
    shades: tuple[tuple[Shade, ...], ...]
    length: Ticks
    meters: tuple[MeterChange, ...]
    name: str = ""


# A position in a whole clip: beat number x PARTS + position in that beat.
_Place = int

# A note under way: when it starts, and how it is played.
_Sounding = tuple[Ticks, Shade]


def encode_clip(clip: Clip, beats: tuple[Beat, ...] = ()) -> Voice:
    """The beat words of a clip; in `beats` where it starts inside of a bar that its meters do not tell of."""
    beats = beats or clip_beats(clip)
    spans = _place_notes(clip.notes, beats)
    bins: list[list[tuple[WordNote, Shade | None]]] = [[] for _ in beats]
    for note, (onset, end) in zip(clip.notes, spans, strict=True):
        shade = Shade(note.velocity, note.onset - _tick(onset, beats), note.end - _tick_of_end(end, beats))
        for index in range(onset // PARTS, (end - 1) // PARTS + 1):
            first = index == onset // PARTS
            begin = max(onset - index * PARTS, 0)
            until = min(end - index * PARTS, PARTS)
            bins[index].append((WordNote(begin, until - begin, note.pitch, first), shade if first else None))
    for content in bins:
        content.sort(key=lambda pair: pair[0])
    words = tuple(Word(tuple(note for note, _ in content)) for content in bins)
    shades = tuple(tuple(shade for _, shade in content if shade) for content in bins)
    return Voice(beats, words, shades, clip.length, clip.meters, clip.name)


def decode_voice(voice: Voice) -> Clip:
    """The clip that a voice's words and shades spell.

    A held note that nothing came before (a voice that was cut) counts as articulated.
    """
    notes: list[Note] = []
    end: Ticks = 0
    sounding: dict[int, list[_Sounding]] = {}  # by pitch, up to the last beat line
    for beat, word, shades in zip(voice.beats, voice.words, voice.shades, strict=True):
        going: dict[int, list[_Sounding]] = {}
        shade_of = iter(shades)
        for note in word.notes:
            if not note.articulated and sounding.get(note.pitch):
                start, shade = sounding[note.pitch].pop(0)
            else:
                shade = next(shade_of, PLAIN) if note.articulated else PLAIN
                start = tick_of(note.onset, beat) + shade.onset_shift
            if note.end == PARTS:
                going.setdefault(note.pitch, []).append((start, shade))
            else:
                notes.append(_ended(note.pitch, (start, shade), tick_of(note.end, beat)))
        if sounding:
            notes += _all_ended(sounding, end)
        sounding, end = going, beat.start + beat.length
    notes += _all_ended(sounding, end)
    return Clip(tuple(sorted(notes, key=in_order)), voice.length, voice.meters, voice.name)


def _all_ended(sounding: dict[int, list[_Sounding]], end: Ticks) -> list[Note]:
    return [_ended(pitch, each, end) for pitch, group in sounding.items() for each in group]


def _ended(pitch: int, sounding: _Sounding, end: Ticks) -> Note:
    start, shade = sounding
    return Note(start, pitch, max(1, end + shade.end_shift - start), shade.velocity)


def _tick(place: _Place, beats: Sequence[Beat]) -> Ticks:
    return tick_of(place % PARTS, beats[place // PARTS])


def _tick_of_end(place: _Place, beats: Sequence[Beat]) -> Ticks:
    index = (place - 1) // PARTS
    return tick_of(place - index * PARTS, beats[index])


def _place_notes(notes: Sequence[Note], beats: Sequence[Beat]) -> list[tuple[_Place, _Place]]:
    """Onset and end of each note on the grid, with every note still distinct and none overlapping itself."""
    homes = _beat_numbers([note.onset for note in notes], beats)
    quantised = _is_quantised(notes, homes, beats)
    divisions = _divisions(notes, homes, beats)
    onsets = [
        _snap_onset(note.onset, home, beats, division_=divisions[home], quantised=quantised)
        for note, home in zip(notes, homes, strict=True)
    ]
    _part_collisions(notes, homes, beats, onsets)
    ends = [
        _snap_end(note, onset, beats, divisions=divisions, quantised=quantised)
        for note, onset in zip(notes, onsets, strict=True)
    ]
    _part_overlaps(notes, onsets, ends)
    return list(zip(onsets, ends, strict=True))


def _beat_numbers(ticks: Sequence[Ticks], beats: Sequence[Beat]) -> list[int]:
    """The beat that each of some ascending ticks lies in; what is beyond the last beat lies in it."""
    numbers: list[int] = []
    index = 0
    for tick in ticks:
        while index + 1 < len(beats) and tick >= beats[index + 1].start:
            index += 1
        numbers.append(index)
    return numbers


def _is_quantised(notes: Sequence[Note], homes: Sequence[int], beats: Sequence[Beat]) -> bool:
    exact = sum(is_exact(note.onset, beats[home]) for note, home in zip(notes, homes, strict=True))
    return exact >= _QUANTISED * len(notes)


def _divisions(notes: Sequence[Note], homes: Sequence[int], beats: Sequence[Beat]) -> dict[int, int]:
    """Into how many parts each beat is meant to be cut; beats without an onset are left to the default of 4."""
    struck: dict[int, list[Parts]] = defaultdict(list)
    for note, home in zip(notes, homes, strict=True):
        struck[home].append(parts_of(note.onset, beats[home]))
    found: dict[int, int] = defaultdict(lambda: 4)
    found.update({home: meant_division(sorted(set(positions))) for home, positions in struck.items()})
    return found


def _snap_onset(tick: Ticks, home: int, beats: Sequence[Beat], *, division_: int, quantised: bool) -> _Place:
    beat = beats[home]
    exact = quantised and is_exact(tick, beat)
    position = nearest(parts_of(tick, beat), GRID if exact else division(division_))
    is_last = home + 1 == len(beats)
    if position < PARTS and tick_of(position, beat) < beat.start + beat.length:
        return home * PARTS + position
    return home * PARTS + parts_of(tick, beat) if is_last else (home + 1) * PARTS


def _part_collisions(
    notes: Sequence[Note], homes: Sequence[int], beats: Sequence[Beat], onsets: list[_Place]
) -> None:
    """Where snapping made two notes of one pitch meet or change places, put both back to their exact positions."""
    for indices in _by_pitch(notes):
        colliding = True
        while colliding:
            colliding = False
            for a, b in pairwise(indices):
                exact = [homes[i] * PARTS + parts_of(notes[i].onset, beats[homes[i]]) for i in (a, b)]
                if onsets[a] >= onsets[b] and [onsets[a], onsets[b]] != exact:
                    onsets[a], onsets[b] = exact
                    colliding = True


def _snap_end(
    note: Note, onset: _Place, beats: Sequence[Beat], *, divisions: dict[int, int], quantised: bool
) -> _Place:
    """The end on the grid of its beat, always after the onset."""
    index = _beat_of_end(note.end, onset // PARTS, beats)
    beat = beats[index]
    exact = quantised and is_exact(note.end, beat)
    grid = GRID if exact else division(max(divisions[index], 4) if divisions[index] != 3 else 6)
    position = min(nearest(parts_of(note.end, beat), grid), PARTS)
    if position < PARTS and tick_of(position, beat) >= beat.start + beat.length:
        position = PARTS
    place = index * PARTS + position
    return place if place > onset else _next_place(onset, division(max(4, divisions[onset // PARTS])))


def _beat_of_end(tick: Ticks, index: int, beats: Sequence[Beat]) -> int:
    while index + 1 < len(beats) and tick > beats[index].start + beats[index].length:
        index += 1
    return index


def _next_place(onset: _Place, grid: Sequence[Parts]) -> _Place:
    base = onset - onset % PARTS
    return base + next(position for position in grid if position > onset % PARTS)


def _part_overlaps(notes: Sequence[Note], onsets: Sequence[_Place], ends: list[_Place]) -> None:
    """Where snapping made a note reach into the next one of its pitch, let it end there."""
    for indices in _by_pitch(notes):
        for a, b in pairwise(indices):
            if notes[a].end <= notes[b].onset and ends[a] > onsets[b]:
                ends[a] = onsets[b]


def _by_pitch(notes: Sequence[Note]) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for index, note in enumerate(notes):
        groups[note.pitch].append(index)
    return [group for group in groups.values() if len(group) > 1]
