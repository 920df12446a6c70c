"""Primers out of held-out songs, and what really follows them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final

from bridge.beats.playlist import Score, score_of
from bridge.errors import MacNetError, MidiMissing
from bridge.music.midifile import read_song
from bridge.music.note import VOICES, Clip, Meter, MeterChange, Role, Ticks, bar_lines
from bridge.music.roles import voices_of
from bridge.music.song import MIDI_SUFFIXES
from bridge.music.unison import merge_unisons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

PRIMER_BARS: Final = 4
ANSWER_BARS: Final = 8
_STEP_BARS: Final = 4
"""Primers start at every fourth bar: phrases mostly do."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A song's voices, as long as its whole bars; `name` is its path within the folder."""

    name: str
    clips: Mapping[Role, Clip]


@dataclass(frozen=True, slots=True)
class Case:
    """Four bars of a song as primer, and the eight that really follow; both start at tick 0.

    Attributes:
        song: the name of the piece.
        start: where the primer starts in it.
        primer, real: the clips of both voices, cut alike: what is held into a cut counts as struck there.
    """

    song: str
    start: Ticks
    primer: Mapping[Role, Clip]
    real: Mapping[Role, Clip]

    @property
    def meter(self) -> Meter:
        """The meter of every bar."""
        return next(iter(self.primer.values())).meter

    @property
    def length(self) -> Ticks:
        """Of an answer."""
        return ANSWER_BARS * self.meter.bar


def read_pieces(folder: Path, *, on_progress: Callable[[float], None] = lambda _: None) -> tuple[Piece, ...]:
    """The songs of a folder and of those below it; files without usable notes are left out.

    Raises:
        MidiMissing: the folder is not there, or has no usable song.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES)
    pieces: list[Piece] = []
    for number, path in enumerate(paths):
        pieces += _read(path, path.relative_to(folder).as_posix())
        on_progress((number + 1) / len(paths))
    if not pieces:
        what = f"{folder} has no usable song" if folder.is_dir() else f"there is no folder {folder}"
        raise MidiMissing(what, hint="Name a folder of MIDI files that have notes.")
    return tuple(pieces)


def _read(path: Path, name: str) -> Iterator[Piece]:
    try:
        voices = voices_of(read_song(path))
    except MacNetError:
        return
    found = {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}
    yield Piece(name, {role: clip for role, clip in found.items() if clip is not None})


def scores_of(pieces: Sequence[Piece]) -> tuple[Score, ...]:
    """The pieces in words, as networks read them."""
    return tuple(score_of(piece.clips, name=piece.name) for piece in pieces)


def cases_of(pieces: Sequence[Piece], wanted: int) -> tuple[Case, ...]:
    """At most `wanted` cases, as many songs among them as possible; the same pieces always give the same.

    A primer has notes in both voices, and so has what follows. The last bar of a song is never part of it: an answer
    cannot know that the song is about to end.
    """
    by_song = [sorted(_cases(piece), key=_digest) for piece in sorted(pieces, key=lambda p: p.name)]
    turns = chain.from_iterable(zip_longest(*by_song))
    chosen = [case for case in turns if case is not None][:wanted]
    return tuple(sorted(chosen, key=lambda case: (case.song, case.start)))


def _digest(case: Case) -> bytes:
    return hashlib.sha256(f"{case.song} {case.start}".encode()).digest()


def _cases(piece: Piece) -> Iterator[Case]:
    if len(piece.clips) < len(VOICES):
        return
    first = piece.clips[Role.MELODY]
    bars = list(bar_lines(first.meters, first.length))
    for at in range(0, len(bars) - PRIMER_BARS - ANSWER_BARS, _STEP_BARS):
        meters = {meter for _, meter in bars[at : at + PRIMER_BARS + ANSWER_BARS]}
        start, middle, end = (bars[at + count][0] for count in (0, PRIMER_BARS, PRIMER_BARS + ANSWER_BARS))
        bar = bars[at][1].bar
        if len(meters) > 1 or end - start != (PRIMER_BARS + ANSWER_BARS) * bar:
            continue
        primer, real = (
            {role: cut_out(clip, *span) for role, clip in piece.clips.items()}
            for span in ((start, middle), (middle, end))
        )
        if all(clip.notes for clip in (*primer.values(), *real.values())):
            yield Case(piece.name, start, primer, real)


def cut_out(clip: Clip, start: Ticks, end: Ticks) -> Clip:
    """What sounds from `start` to `end` in a clip, moved to tick 0; a note held into it counts as struck there."""
    inside = [
        replace(
            note, onset=max(note.onset, start) - start, duration=min(note.end, end) - max(note.onset, start)
        )
        for note in clip.notes
        if note.onset < end and note.end > start
    ]
    active = [change for change in clip.meters if change.at <= start][-1]
    return Clip(merge_unisons(inside).notes, end - start, (MeterChange(0, active.meter),), clip.name)
