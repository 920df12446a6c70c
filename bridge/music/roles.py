"""Which track plays the melody, which the accompaniment, which the drums; and the two voices that come of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING

from bridge.errors import BadArgument, DrumClip, EmptyClip
from bridge.music.note import Clip, Role
from bridge.music.rolenames import role_of_name
from bridge.music.song import end_bar_line
from bridge.music.unison import Merged, merge_unisons

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.music.song import Song, Track

_NO_OVERRIDES: Mapping[int, Role] = MappingProxyType({})

_BASS_BELOW = 48
"""A track whose middle pitch is under this (C3 where middle C is C4) is a bass line."""


@dataclass(frozen=True, slots=True)
class RoleGuess:
    """What a track is taken for.

    Attributes:
        role: as said, named or guessed.
        confidence: 0.5 (a toss-up) to 1 (said by the user or by the channel).
        reason: half a sentence that a producer understands.
    """

    role: Role
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Voices:
    """The two voices of a song, as long as its whole bars.

    Attributes:
        melody, accompaniment: None when no track plays it: unknown, not silent.
        doubled: notes left out because another track of the voice plays the same pitch at the same time: heard once,
            they are not lost.
        shortened: notes cut where the same pitch is struck again in their voice while they sound.
        left_out: indices of the tracks that play neither voice (drums).
    """

    melody: Clip | None
    accompaniment: Clip | None
    doubled: int = 0
    shortened: int = 0
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Something about a track that speaks for the melody (points above 0) or for the accompaniment (below)."""

    points: float
    says: str


# General MIDI programs from the first number on, up to the next row: the points and what to call the sound.
_PROGRAM_ROWS = (
    (0, 0.0, ""),
    (16, -0.5, "an organ"),
    (24, -0.5, "a guitar"),
    (32, -3.0, "a bass"),
    (40, 1.0, "a solo string"),
    (43, -2.0, "a double bass"),
    (44, -1.0, "strings"),
    (52, 1.5, "a voice"),
    (55, -1.0, "an orchestra hit"),
    (56, 1.0, "a brass solo"),
    (61, -0.5, "a brass section"),
    (64, 1.0, "a reed"),
    (72, 1.5, "a flute"),
    (80, 1.5, "a synth lead"),
    (88, -2.0, "a pad"),
    (96, -1.0, "an effect"),
    (104, 0.0, ""),
    (112, -2.0, "percussion"),
)


def find_roles(song: Song, overrides: Mapping[int, Role] = _NO_OVERRIDES) -> tuple[RoleGuess, ...]:
    """The role of each track of `song`, in the order of its tracks.

    What the user says holds, then channel 10, then a name that tells the role. Of the other tracks the likeliest one
    is the melody, unless a track has been said or named to be: it plays single notes, lies high, comes first and has
    the sound of a solo instrument. All others accompany, bass lines among them. A track that is alone is judged by
    itself: single notes above the bass are a melody.

    Args:
        song: any song, also one without tracks.
        overrides: roles by index of the track.

    Raises:
        BadArgument: an override names a track that the song does not have.
    """
    unknown = sorted(index for index in overrides if not 0 <= index < len(song.tracks))
    if unknown:
        raise BadArgument(
            f"there is no track {unknown[0]}", hint=f"The file has {len(song.tracks)} tracks, the first is 0."
        )
    known = _silent_roles(song) | _named_roles(song) | _drum_roles(song)
    known |= {index: RoleGuess(role, 1.0, "you said so") for index, role in overrides.items()}
    guesses = known | _guess_rest(song, known)
    return tuple(guesses[index] for index in range(len(song.tracks)))


def _silent_roles(song: Song) -> dict[int, RoleGuess]:
    guess = RoleGuess(Role.ACCOMPANIMENT, 0.5, "it has no notes")
    return {index: guess for index, track in enumerate(song.tracks) if not track.notes}


def _drum_roles(song: Song) -> dict[int, RoleGuess]:
    guess = RoleGuess(Role.DRUMS, 1.0, "it plays on channel 10")
    return {index: guess for index, track in enumerate(song.tracks) if track.is_drums}


def _named_roles(song: Song) -> dict[int, RoleGuess]:
    """Roles told by names. Names that make melodies of several tracks and of nothing else tell nothing.

    Notation programs write such names (Voice 1, Voice 2) over the two hands of a piano.
    """
    named = {index: name for index, track in enumerate(song.tracks) if (name := role_of_name(track.name))}
    pitched = [index for index, track in enumerate(song.tracks) if not track.is_drums]
    if len(pitched) > 1 and all(i in named and named[i].role is Role.MELODY for i in pitched):
        return {}
    return {i: RoleGuess(name.role, 0.95, f'its name says "{name.said}"') for i, name in named.items()}


def _guess_rest(song: Song, known: Mapping[int, RoleGuess]) -> dict[int, RoleGuess]:
    roles = {guess.role for guess in known.values()}
    rest = [index for index in range(len(song.tracks)) if index not in known]
    if Role.MELODY in roles:
        return {index: RoleGuess(Role.ACCOMPANIMENT, 0.9, "another track is the melody") for index in rest}
    pitched = [
        index
        for index, track in enumerate(song.tracks)
        if track.notes and (index in rest or known[index].role is not Role.DRUMS)
    ]
    middles = {index: _middle(song.tracks[index]) for index in {*pitched, *rest}}
    evidence = {index: _evidence(song, index, pitched, middles) for index in rest}
    return _pick_melody(evidence, alone=len(rest) == 1)


def _pick_melody(evidence: Mapping[int, list[_Evidence]], *, alone: bool) -> dict[int, RoleGuess]:
    scores = {index: sum(item.points for item in items) for index, items in evidence.items()}
    best = max(scores, key=lambda index: scores[index], default=None)
    if best is None:
        return {}
    if alone:
        role = Role.MELODY if scores[best] > 0 else Role.ACCOMPANIMENT
        return {best: _guess(role, abs(scores[best]), evidence[best])}
    rival = max(score for index, score in scores.items() if index != best)
    guesses = {
        index: _guess(Role.ACCOMPANIMENT, scores[best] - score, evidence[index])
        for index, score in scores.items()
    }
    return guesses | {best: _guess(Role.MELODY, scores[best] - rival, evidence[best])}


def _guess(role: Role, margin: float, evidence: Iterable[_Evidence]) -> RoleGuess:
    sign = 1 if role is Role.MELODY else -1
    telling = sorted((e for e in evidence if e.points * sign >= 0.5), key=lambda e: -abs(e.points))
    reason = ", ".join(item.says for item in telling[:3])
    otherwise = (
        "it is the likeliest melody" if role is Role.MELODY else "another track is likelier the melody"
    )
    return RoleGuess(role, round(min(0.95, 1 / (1 + math.exp(-margin))), 2), reason or otherwise)


def _evidence(song: Song, index: int, pitched: list[int], middles: Mapping[int, float]) -> list[_Evidence]:
    track = song.tracks[index]
    others = [middles[other] for other in pitched if other != index]
    items = [_texture(track), _sound(track)]
    if middles[index] < _BASS_BELOW:
        items.append(_Evidence(-2.0, "it is a bass line"))
    if others:
        items.append(_register(middles[index] - sum(others) / len(others)))
        items.append(_Evidence(0.5 if index == pitched[0] else 0.0, "it comes first"))
    if _is_one_of_two_hands(song, index, pitched):
        items.append(_Evidence(-1.0, "it shares its instrument with another track"))
    return items


def _is_one_of_two_hands(song: Song, index: int, pitched: list[int]) -> bool:
    """Two tracks play one instrument, as a piano's staves do, while a third plays another."""
    instruments = [(song.tracks[i].channel, song.tracks[i].program) for i in pitched]
    mine = (song.tracks[index].channel, song.tracks[index].program)
    return 1 < instruments.count(mine) < len(instruments)


def _texture(track: Track) -> _Evidence:
    points = 2 - 4 * chord_share(track)
    return _Evidence(points, "it plays single notes" if points > 0 else "it plays chords")


def _sound(track: Track) -> _Evidence:
    points, sound = next(row[1:] for row in reversed(_PROGRAM_ROWS) if row[0] <= track.program)
    return _Evidence(points, f"it sounds as {sound}")


def _register(semitones: float) -> _Evidence:
    points = max(-2.0, min(2.0, semitones / 6))
    return _Evidence(points, "it lies above the rest" if points > 0 else "it lies below the rest")


def _middle(track: Track) -> float:
    return median(note.pitch for note in track.notes)


def chord_share(track: Track) -> float:
    """The part of a track's sounding time, 0 to 1, in which two notes or more sound together; it has notes."""
    changes = sorted([(note.end, -1) for note in track.notes] + [(note.onset, 1) for note in track.notes])
    sounding = together = count = last = 0
    for at, step in changes:
        sounding += (at - last) * (count > 0)
        together += (at - last) * (count > 1)
        count, last = count + step, at
    return together / sounding


def voices_of(song: Song, overrides: Mapping[int, Role] = _NO_OVERRIDES) -> Voices:
    """Melody and accompaniment of a song, each merged from the tracks that play it.

    Args:
        song: any song.
        overrides: roles by index of the track, where `find_roles` would guess wrongly.

    Raises:
        EmptyClip: the song has no notes.
        DrumClip: it has drums alone.
        BadArgument: an override names a track that the song does not have.
    """
    if not any(track.notes for track in song.tracks):
        raise EmptyClip("the file has no notes", hint="Choose a file or a clip that has notes.")
    roles = [guess.role for guess in find_roles(song, overrides)]
    if all(role is Role.DRUMS for role, track in zip(roles, song.tracks, strict=True) if track.notes):
        raise DrumClip("the file has drums alone", hint="Choose a clip that has pitches, or name its role.")
    melody, accompaniment = (_merge(song, roles, role) for role in (Role.MELODY, Role.ACCOMPANIMENT))
    return Voices(
        _clip(song, melody),
        _clip(song, accompaniment),
        doubled=melody.doubled + accompaniment.doubled,
        shortened=melody.shortened + accompaniment.shortened,
        left_out=tuple(index for index, role in enumerate(roles) if role is Role.DRUMS),
    )


def _merge(song: Song, roles: Iterable[Role], role: Role) -> Merged:
    tracks = (track for track, played in zip(song.tracks, roles, strict=True) if played is role)
    return merge_unisons(note for track in tracks for note in track.notes)


def _clip(song: Song, merged: Merged) -> Clip | None:
    if not merged.notes:
        return None
    return Clip(merged.notes, end_bar_line(song), song.meters, song.name)
