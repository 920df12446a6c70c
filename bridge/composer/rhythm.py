"""The primer's rhythm under new pitches: which stroke of the clip each beat of an answer repeats."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.beats.encoding import encode_clip
from bridge.beats.grid import GRID, nearest
from bridge.beats.vocabulary import LAST
from bridge.beats.word import PARTS, WordNote
from bridge.composer.feeling import moment_of
from bridge.network.demand import Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Parts, Word
    from bridge.music.feel import Moment
    from bridge.music.note import Clip, Note, Ticks


@dataclass(frozen=True, slots=True)
class Stroke:
    """One note of the clip in one beat.

    Attributes:
        number: the note's place among the clip's notes.
        onset, end: indices in `GRID`.
        is_struck: it starts here; else it goes on.
    """

    number: int
    onset: int
    end: int
    is_struck: bool


@dataclass(frozen=True, slots=True)
class Model:
    """The beat of the clip whose rhythm a beat of the answer has.

    Attributes:
        source: the clip's beat.
        strokes: what happens in it.
        goes_on: the answer's beat before has the rhythm of the clip's beat before.
    """

    source: Beat
    strokes: tuple[Stroke, ...]
    goes_on: bool


def models_of(clip: Clip, beats: Sequence[Beat]) -> tuple[Model | None, ...]:
    """For each beat of an answer, the beat of the clip that stands at the same place of its bars.

    The clip's bars come again and again, in order. Where its last bar is not full, the bar before lends what it
    lacks; a place that no bar of the clip has is left free.
    """
    voice = encode_clip(clip)
    strokes = _strokes_of(clip)
    at = {(beat.bar, beat.index): number for number, beat in enumerate(voice.beats)}
    bars = voice.beats[-1].bar + 1
    models: list[Model | None] = []
    before: int | None = None
    for beat in beats:
        found = next((at[key] for key in _places(beat, bars) if key in at), None)
        if found is None or voice.beats[found].felt != beat.felt:
            models.append(None)
            before = None
            continue
        models.append(Model(voice.beats[found], strokes[found], before is not None and found == before + 1))
        before = found
    return tuple(models)


def _places(beat: Beat, bars: int) -> Iterator[tuple[int, int]]:
    bar = beat.bar % bars
    yield from ((other % bars, beat.index) for other in range(bar, bar - bars, -1))


def _strokes_of(clip: Clip) -> list[tuple[Stroke, ...]]:
    """For each beat of the clip, what its notes do there, on the network's grid."""
    waiting: dict[int, list[int]] = defaultdict(list)
    for number, note in enumerate(clip.notes):
        waiting[note.pitch].append(number)
    sounding: dict[int, int] = {}
    strokes: list[tuple[Stroke, ...]] = []
    for word in encode_clip(clip).words:
        here = []
        for part in word.notes:
            if part.articulated:
                sounding[part.pitch] = waiting[part.pitch].pop(0)
            here.append(Stroke(sounding[part.pitch], *_on_grid(part.onset, part.end), part.articulated))
        strokes.append(tuple(here))
    return strokes


def _on_grid(onset: Parts, end: Parts) -> tuple[int, int]:
    first = min(bisect_right(GRID, nearest(onset, GRID)) - 1, LAST - 1)
    last = bisect_right(GRID, nearest(end, GRID)) - 1
    return first, LAST if end == PARTS else max(first + 1, last)


def rhythm_of(model: Model, open_pitches: Mapping[int, int]) -> Rhythm:
    """The rhythm of a beat, after one that left some strokes sounding with the pitches that they were given."""
    held = [
        (open_pitches[s.number], s.end) for s in model.strokes if not s.is_struck and s.number in open_pitches
    ]
    return Rhythm(
        tuple(sorted(held)) if model.goes_on else (),
        tuple((*span, count) for span, count in sorted(_spans(model.strokes).items())),
    )


def _spans(strokes: Iterable[Stroke]) -> Counter[tuple[int, int]]:
    return Counter((s.onset, s.end) for s in strokes if s.is_struck)


def pitches_of(model: Model, word: Word, clip: Clip) -> dict[int, int]:
    """The pitch that each stroke of a beat was given: low ones to what was low."""
    given: dict[tuple[int, int], list[int]] = defaultdict(list)
    for struck_note in sorted(word.notes, key=lambda n: n.pitch):
        if struck_note.articulated:
            given[_on_grid(struck_note.onset, struck_note.end)].append(struck_note.pitch)
    struck = sorted((s for s in model.strokes if s.is_struck), key=lambda s: clip.notes[s.number].pitch)
    found = {}
    for stroke in struck:
        pitches = given[stroke.onset, stroke.end]
        if pitches:
            found[stroke.number] = pitches.pop(0)
    return found


def open_after(model: Model, open_pitches: Mapping[int, int], struck: Mapping[int, int]) -> dict[int, int]:
    """The strokes that sound on after a beat, with their pitches."""
    known = {**(open_pitches if model.goes_on else {}), **struck}
    return {s.number: known[s.number] for s in model.strokes if s.end == LAST and s.number in known}


def notes_in_rhythm(
    clip: Clip, models: Sequence[Model | None], words: Sequence[Word], beats: Sequence[Beat], *, length: Ticks
) -> list[tuple[Note, Moment]]:
    """The notes of an answer exactly when the clip plays them, up to `length`, and where each stands on the grid.

    Velocities are the clip's. Notes of beats without a model are not among them.
    """
    notes = []
    for number, (model, word, beat) in enumerate(zip(models, words, beats, strict=True)):
        if model is None:
            continue
        seam = min(_seam(models, beats, number), length)
        onsets = {stroke.number: GRID[stroke.onset] for stroke in model.strokes}
        for stroke, pitch in pitches_of(model, word, clip).items():
            source = clip.notes[stroke]
            onset = max(0, source.onset - model.source.start + beat.start)
            if onset >= length:
                continue
            note = replace(
                source, onset=onset, pitch=pitch, duration=max(1, min(source.duration, seam - onset))
            )
            placed = WordNote(onsets[stroke], 1, pitch)
            notes.append((note, moment_of(placed, beat, beat.start + note.end - onset)))
    return sorted(notes, key=lambda pair: pair[0])


def _seam(models: Sequence[Model | None], beats: Sequence[Beat], number: int) -> Ticks:
    """Where what starts in a beat must end, because the clip does not go on there."""
    for later in range(number + 1, len(models)):
        model = models[later]
        if model is None or not model.goes_on:
            return beats[later].start
    return beats[-1].start + beats[-1].felt
