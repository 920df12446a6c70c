"""What each track of a library's song plays: melody, accompaniment, bass or drums, and how sure that is.

`music.roles` tells the two voices and what is on channel 10. Here stands what only a library needs: bass lines told
from other accompaniment, drum loops that do not lie on channel 10, and names of files and folders, which is all that
a loop of a sample pack often has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bridge.music.note import Role
from bridge.music.rolenames import role_of_name
from bridge.music.roles import RoleGuess, chord_share, find_roles

if TYPE_CHECKING:
    from bridge.music.song import Song, Track


class Part(StrEnum):
    """What a track of a library plays; `BASS` belongs to MAC-Net's accompaniment, `DRUMS` to no voice."""

    MELODY = "melody"
    ACCOMPANIMENT = "accompaniment"
    BASS = "bass"
    DRUMS = "drums"

    @property
    def role(self) -> Role:
        """The voice that it belongs to."""
        return Role.ACCOMPANIMENT if self is Part.BASS else Role(self.value)


class PartGuess(NamedTuple):
    """What a track is taken for, from 0.5 (a toss-up) to 1 (said by the user, the channel or the project)."""

    part: Part
    confidence: float
    reason: str


NOTHING_SAID: Mapping[int, PartGuess] = MappingProxyType({})

_BASS_WORDS = frozenset(
    ["bass", "bs", "bassline", "sub", "basse", "bajo", "baixo", "basso", "bas"]  # noqa: RUF005  two lines
    + ["бас", "ベース", "贝斯", "貝斯", "베이스"]  # noqa: RUF001  Russian
)
_BASS_PROGRAMS = frozenset({*range(32, 40), 43})
_BASS_BELOW = 48
_PERCUSSIVE_PROGRAMS = frozenset(
    {115, 116, 117, 118, 119}
)  # wood block to reverse cymbal; 114 is a steel drum

# General MIDI's percussion keys.
_KICKS = frozenset({35, 36})
_SNARES = frozenset({37, 38, 39, 40})
_CYMBALS = frozenset({42, 44, 46, 49, 51, 52, 53, 55, 57, 59})
_KIT = _KICKS | _SNARES | _CYMBALS | frozenset({41, 43, 45, 47, 48, 50, 54, 56, 69, 70, 75, 76, 82})


def find_parts(
    song: Song, said: Mapping[int, PartGuess] = NOTHING_SAID, *, hint: str = ""
) -> list[PartGuess]:
    """The part of each track of `song`.

    What is said holds, then what `music.roles` finds by channel and name, then what the sound of a drum kit or the
    name of the file tells, then the likeliest melody.

    Args:
        song: any song.
        said: parts that the user or the project states, by index of the track.
        hint: names of the file and its folder, nearest first, one a line: they tell of files with one track.
    """
    known = dict(said)
    for index, track in enumerate(song.tracks):
        if index not in known and (heard := _drums_by_sound(track)) is not None:
            known[index] = heard
    pitched = [i for i, track in enumerate(song.tracks) if not track.is_drums and i not in known]
    if len(pitched) == 1 and (told := _told_by_file(song.tracks[pitched[0]], hint)) is not None:
        known[pitched[0]] = told
    roles = find_roles(song, {index: guess.part.role for index, guess in known.items()})
    return [
        known[index] if index in known else _refined(track, guess)
        for index, (track, guess) in enumerate(zip(song.tracks, roles, strict=True))
    ]


def _refined(track: Track, guess: RoleGuess) -> PartGuess:
    """A role as a part: of what accompanies, the bass lines are told apart."""
    if guess.role is not Role.ACCOMPANIMENT or not track.notes:
        return PartGuess(Part(guess.role.value), guess.confidence, guess.reason)
    named = role_of_name(track.name)
    if named is not None and named.said.rstrip("0123456789") in _BASS_WORDS:
        return PartGuess(Part.BASS, 0.95, guess.reason)
    if track.program in _BASS_PROGRAMS:
        return PartGuess(Part.BASS, 0.9, "it sounds as a bass")
    if median(note.pitch for note in track.notes) < _BASS_BELOW and chord_share(track) < 0.1:
        return PartGuess(Part.BASS, max(0.7, min(guess.confidence, 0.8)), "it plays single low notes")
    return PartGuess(Part.ACCOMPANIMENT, guess.confidence, guess.reason)


def _drums_by_sound(track: Track) -> PartGuess | None:
    """Drums that do not lie on channel 10, as most drum loops of sample packs do not."""
    if track.is_drums or not track.notes or role_of_name(track.name) is not None:
        return None
    if track.program in _PERCUSSIVE_PROGRAMS:
        return PartGuess(Part.DRUMS, 0.8, "it sounds as percussion")
    if track.program == 0 and _plays_a_kit(track):
        return PartGuess(Part.DRUMS, 0.8, "it plays the keys of a drum kit")
    return None


def _plays_a_kit(track: Track) -> bool:
    """Kick, snare and cymbals on General MIDI's keys, hardly anything else, a few of them struck together.

    A bass line can stand on the same keys, but plays one at a time; low chords have more notes, on other keys too.
    """
    struck = Counter(note.pitch for note in track.notes)
    count = len(track.notes)
    kicks, snares, cymbals, kit = (
        sum(n for pitch, n in struck.items() if pitch in kind) / count
        for kind in (_KICKS, _SNARES, _CYMBALS, _KIT)
    )
    together = count / len({note.onset for note in track.notes}) if kit >= 0.97 else 0.0
    return (
        min(kicks, snares) >= 0.05
        and cymbals >= 0.2
        and kicks + snares + cymbals >= 0.8
        and 1.05 <= together <= 2.2
    )


def _told_by_file(track: Track, hint: str) -> PartGuess | None:
    """What a file's name, or else its folder's, tells of its one track, unless that plays something else."""
    if role_of_name(track.name) is not None or not track.notes:
        return None
    for name in hint.splitlines():
        told = role_of_name(name)
        if told is None or told.said.isdecimal() or (told.role is Role.MELODY and chord_share(track) > 0.5):
            continue  # "loop 808" may be the 808th
        is_bass = told.said.rstrip("0123456789") in _BASS_WORDS
        part = Part.BASS if is_bass else Part(told.role.value)
        return PartGuess(part, 0.8, f'the file is called "{told.said}"')
    return None
