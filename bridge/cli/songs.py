"""Between files and requests: the primer that a MIDI file holds, and the song that an answer becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from bridge.cli.printing import remark
from bridge.errors import BadArgument, ClipError, MidiUnwritable
from bridge.music.note import VOICES, Clip, MeterChange, Note, Role, Ticks, slice_clip
from bridge.music.song import DEFAULT_TEMPO_BPM, Song, TempoChange, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from bridge.music.roles import RoleGuess
    from bridge.request import Variation


@dataclass(frozen=True, slots=True)
class Primer:
    """What a MIDI file gives to go on from.

    Attributes:
        clips: the voices that were found, as long as the whole bars of the song.
        song: the file as it was read.
        roles: what each of its tracks was taken for.
    """

    clips: Mapping[Role, Clip]
    song: Song
    roles: Sequence[RoleGuess]

    @property
    def length(self) -> Ticks:
        """Up to the bar line where an answer starts."""
        return max(clip.length for clip in self.clips.values())

    @property
    def last_bar(self) -> Ticks:
        """The length of a bar in the meter that holds at the end."""
        return next(iter(self.clips.values())).end_meter.bar

    @property
    def tempo_bpm(self) -> float:
        """The tempo that holds at the end."""
        return self.song.tempos[-1].tempo_bpm


def read_primer(path: Path, roles: Sequence[str] = ()) -> Primer:
    """The melody and accompaniment of a MIDI file.

    Args:
        path: the file.
        roles: what single tracks play, such as `2=melody`; the others are guessed.

    Raises:
        MidiError: the file cannot be read.
        EmptyClip, DrumClip: there is nothing in it to go on from.
        BadArgument: a role is malformed.
    """
    from bridge.music.midifile import read_song
    from bridge.music.roles import find_roles, voices_of

    song = read_song(path)
    overrides = parse_roles(roles, tracks=len(song.tracks))
    try:
        voices = voices_of(song, overrides)
    except ClipError as error:
        raise type(error)(f"{path}: {error}", hint=error.hint) from error
    found = {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}
    clips = {role: clip for role, clip in found.items() if clip is not None}
    return Primer(clips, song, find_roles(song, overrides))


def tell_roles(primer: Primer) -> None:
    """Say what each track was taken for, and why, so that a wrong guess is seen."""
    for number, (track, guess) in enumerate(zip(primer.song.tracks, primer.roles, strict=True), start=1):
        remark(f"track {number} {track.name!r}: {guess.role}, {guess.reason}")


def parse_roles(texts: Iterable[str], *, tracks: int) -> dict[int, Role]:
    """Roles by track, counted from 0, from texts such as `1=melody` that count from 1.

    Raises:
        BadArgument: not of that form, no such track, or no such role.
    """
    return dict(_parse_role(text, tracks) for text in texts)


def _parse_role(text: str, tracks: int) -> tuple[int, Role]:
    number, _, name = text.partition("=")
    if not number.isdecimal() or name not in set(Role):
        raise BadArgument(
            f"--role {text!r} is not a track's role", hint=f"Write 1=melody; roles are {', '.join(Role)}."
        )
    if not 1 <= int(number) <= tracks:
        raise BadArgument(f"there is no track {number}", hint=f"The file's tracks are 1 to {tracks}.")
    return int(number) - 1, Role(name)


def song_of(clips: Mapping[Role, Clip], *, tempo_bpm: float = 0.0, name: str = "") -> Song:
    """A song with one track a voice, in the meters of its clips.

    Args:
        clips: the voices; a voice that is missing gets no track.
        tempo_bpm: quarter notes a minute; 0 when unknown.
        name: the song's title.
    """
    first = next(iter(clips.values()))
    tracks = tuple(_track(role, clips[role]) for role in VOICES if role in clips)
    length = max(clip.length for clip in clips.values())
    return Song(tracks, length, first.meters, (TempoChange(0, tempo_bpm or DEFAULT_TEMPO_BPM),), name)


def _track(role: Role, clip: Clip) -> Track:
    channel = VOICES.index(role)
    return Track(role.value.capitalize(), clip.notes, channel=channel, program=0)


def primed_song(primer: Primer, variation: Variation, *, name: str = "") -> Song:
    """The primer, then its continuation; tempo changes of the primer stay where they are."""
    clips = {
        role: _joined(primer.clips.get(role), variation.clips.get(role), at=primer.length)
        for role in VOICES
        if role in primer.clips or role in variation.clips
    }
    song = song_of(clips, tempo_bpm=primer.tempo_bpm, name=name)
    return replace(song, tempos=primer.song.tempos)


def _joined(first: Clip | None, second: Clip | None, *, at: Ticks) -> Clip:
    """One clip after the other; where one is missing, there is silence."""
    if second is None:
        assert first is not None  # noqa: S101  one of the two is there: `primed_song` asks for no others
        return first
    moved = [replace(note, onset=note.onset + at) for note in second.notes]
    later = [MeterChange(change.at + at, change.meter) for change in second.meters]
    if first is None:
        return Clip(
            tuple(moved), at + second.length, _without_repeats([MeterChange(0, second.meter), *later])
        )
    # A note that rings beyond its clip would overlap what follows.
    primed: list[Note] = [*slice_clip(first, 0, at).notes, *moved]
    return Clip(tuple(primed), at + second.length, _without_repeats([*first.meters, *later]), first.name)


def _without_repeats(changes: Sequence[MeterChange]) -> tuple[MeterChange, ...]:
    """The changes that change something."""
    kept = [changes[0]]
    kept += [c for before, c in pairwise(changes) if c.meter != before.meter]
    return tuple(kept)


def output_paths(out: Path, count: int) -> list[Path]:
    """`OUT.mid` for one variation, `OUT-1.mid`, `OUT-2.mid`, ... for several."""
    if count == 1:
        return [out]
    return [out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, count + 1)]


def refuse_to_replace(paths: Iterable[Path]) -> None:
    """Make sure that nothing a producer made is written over.

    Raises:
        MidiUnwritable: one of the files exists.
    """
    for path in paths:
        if path.exists():
            raise MidiUnwritable(
                f"{path} exists already", hint="Choose another name, or add --force to replace it."
            )
