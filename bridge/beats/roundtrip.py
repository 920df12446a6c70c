"""The proof that nothing is lost: a file's notes, through beat words and their text, and back, beside the file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bridge.beats.encoding import Voice, decode_voice, encode_clip
from bridge.beats.word import parse_word
from bridge.music.midifile import ExactNote, exact_notes, read_song
from bridge.music.note import VOICES, Clip, Role
from bridge.music.roles import find_roles, voices_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

_NEAR = 1
"""A note that comes back further than this many ticks from its onset is not the same note."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What became of a file.

    Attributes:
        beats: beat words made, of all voices.
        words: how often each occurs.
        notes: notes of the file's voices, drums aside.
        lost: notes that did not come back.
        doubled: notes that two tracks of a voice play together, which come back as one.
        shortened: notes that come back only up to where their pitch is struck again in their voice.
        drums: notes of drum tracks, which have no words.
        onset_error, duration_error: the largest, in ticks, of the notes that came back (up to where they are
            struck again), against the file's own time before any rounding.
    """

    beats: int
    words: Counter[str]
    notes: int
    lost: int
    doubled: int
    shortened: int
    drums: int
    onset_error: float
    duration_error: float


def check_file(path: Path) -> RoundTrip:
    """Take a file through beat words and back.

    Raises:
        MidiError: the file cannot be read.
        EmptyClip, DrumClip: it has nothing that has words.
    """
    song = read_song(path)
    voices = voices_of(song)
    roles = [guess.role for guess in find_roles(song)]
    exact = exact_notes(path)
    words: Counter[str] = Counter()
    errors: list[tuple[float, float] | None] = []
    for role, clip in zip(VOICES, (voices.melody, voices.accompaniment), strict=True):
        if clip is None:
            continue
        voice = encode_clip(clip)
        words.update(str(word) for word in voice.words)
        errors += _compare(_of_role(exact, roles, role), _through_text(voice))
    found = [error for error in errors if error is not None]
    drums = sum(len(song.tracks[index].notes) for index in voices.left_out)
    return RoundTrip(
        beats=words.total(),
        words=words,
        notes=sum(len(track.notes) for track in song.tracks) - drums,
        lost=len(errors) - len(found),
        doubled=voices.doubled,
        shortened=voices.shortened,
        drums=drums,
        onset_error=max((onset for onset, _ in found), default=0.0),
        duration_error=max((duration for _, duration in found), default=0.0),
    )


def _through_text(voice: Voice) -> Clip:
    """The clip that the texts of a voice's words spell, with its shades."""
    return decode_voice(replace(voice, words=tuple(parse_word(str(word)) for word in voice.words)))


def _of_role(notes: Iterable[ExactNote], roles: Sequence[Role], role: Role) -> Iterator[ExactNote]:
    return (note for note in notes if roles[note.track] is role)


def _compare(wanted: Iterable[ExactNote], clip: Clip) -> list[tuple[float, float] | None]:
    """For each note that a voice can tell apart, how far off it came back; None where it did not."""
    came = {(note.pitch, note.onset): note for note in clip.notes}
    errors: list[tuple[float, float] | None] = []
    for pitch, onset, duration in _audible(wanted):
        near = [came.get((pitch, round(onset) + off)) for off in range(-_NEAR, _NEAR + 1)]
        notes = [note for note in near if note is not None]
        if not notes:
            errors.append(None)
            continue
        errors.append(min((float(abs(n.onset - onset)), float(abs(n.duration - duration))) for n in notes))
    return errors


def _audible(notes: Iterable[ExactNote]) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Pitch, onset and duration of what a voice sounds: unisons once, each up to where its pitch is struck again."""
    ends: dict[int, dict[Fraction, Fraction]] = defaultdict(dict)
    for note in notes:
        line = ends[note.pitch]
        line[note.onset] = max(line.get(note.onset, note.onset), note.onset + note.duration)
    for pitch, line in ends.items():
        struck = sorted(line)
        for onset, following in pairwise([*struck, None]):
            assert onset is not None  # noqa: S101  only the last of the row is None
            end = line[onset] if following is None else min(line[onset], following)
            yield pitch, onset, end - onset
