"""Music with known answers."""

from __future__ import annotations

import random
from itertools import accumulate
from typing import TYPE_CHECKING

from bridge.evaluation.cases import Piece
from bridge.evaluation.passage import Passage, passage_of
from bridge.music.midifile import write_song
from bridge.music.note import COMMON_TIME, Clip, Meter, Note, Role, make_clip
from bridge.music.song import Song, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

BAR = 3840
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def line(pitches: Iterable[int], *, step: int = 480, length: int | None = None, start: int = 0) -> Clip:
    """One pitch after another, each as long as the step."""
    notes = [Note(start + at * step, pitch, step) for at, pitch in enumerate(pitches)]
    return make_clip(notes, length=length or max(note.end for note in notes))


def chords(bars: Sequence[Sequence[int]], *, meter: Meter = COMMON_TIME) -> Clip:
    """One chord a bar, held through it."""
    notes = [Note(at * meter.bar, pitch, meter.bar) for at, chord in enumerate(bars) for pitch in chord]
    return make_clip(notes, length=len(bars) * meter.bar, meter=meter)


def passage(melody: Clip | None = None, accompaniment: Clip | None = None, *, shift: int = 0) -> Passage:
    """A passage in 4/4 of as many bars as its clips have."""
    given = {Role.MELODY: melody, Role.ACCOMPANIMENT: accompaniment}
    clips = {role: clip for role, clip in given.items() if clip is not None}
    bars = max(-(-clip.length // BAR) for clip in clips.values())
    return passage_of(clips, meter=COMMON_TIME, bars=bars, shift=shift)


def tune(rng_seed: int, *, bars: int = 26) -> Mapping[Role, Clip]:
    """A walk over the scale of C in eighths and quarters, over triads; no two are alike."""
    rng = random.Random(rng_seed)
    durations: list[int] = []
    for _ in range(bars):
        durations += rng.choice([[480] * 8, [960] * 4, [960, 480, 480] * 2])
    onsets = [0, *accumulate(durations)]
    step, notes = 4, []
    for onset, duration in zip(onsets, durations, strict=False):
        step = min(7, max(0, step + rng.choice([-2, -1, -1, 1, 1, 2])))
        notes.append(Note(onset, SCALE[step], duration, rng.randint(60, 100)))
    roots = [rng.choice([48, 53, 55]) for _ in range(bars)]
    return {
        Role.MELODY: make_clip(notes, length=bars * BAR),
        Role.ACCOMPANIMENT: chords([(root, root + 4, root + 7) for root in roots]),
    }


def pieces(count: int, *, bars: int = 26) -> tuple[Piece, ...]:
    """Different tunes."""
    return tuple(Piece(f"tune {number:02}.mid", tune(number, bars=bars)) for number in range(count))


def write_pieces(folder: Path, count: int, *, first: int = 0, bars: int = 26) -> Path:
    """The same, as MIDI files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        clips = tune(number, bars=bars)
        tracks = tuple(
            Track(role.value, clip.notes, channel=at) for at, (role, clip) in enumerate(clips.items())
        )
        write_song(folder / f"tune {number:02}.mid", Song(tracks, bars * BAR))
    return folder
