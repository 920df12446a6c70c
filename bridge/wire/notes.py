"""Clips as messages and messages as clips."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from bridge.errors import ClipOutOfRange
from bridge.music.note import VOICES, Clip, Meter, Note, Role, make_clip
from bridge.music.roles import find_roles
from bridge.music.song import Song, Track
from bridge.wire.messages import NOTES_A_PACKET, ClipHead, ClipNotes, TakeHead, TakeNotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from bridge.music.note import Ticks
    from bridge.request import Variation
    from bridge.wire.messages import NoteRow


_FIRST_ONSET = 5
"""The position of the first note's onset in the message of a clip's notes."""


def clip_messages(request_id: int, role: str, clip: Clip) -> Iterator[ClipHead | ClipNotes]:
    """The messages that hand a clip to the bridge."""
    packets = _packets(clip)
    meter = clip.meter
    yield ClipHead(
        request_id,
        role,
        clip.length,
        meter.numerator,
        meter.denominator,
        len(clip.notes),
        len(packets),
        clip.name,
    )
    for number, rows in enumerate(packets):
        yield ClipNotes(request_id, role, number, rows)


def take_messages(
    request_id: int, variation: Variation, *, take_id: int, rng_seed: int
) -> Iterator[TakeHead | TakeNotes]:
    """The messages that hand a variation to the client, voice by voice."""
    for role, clip in variation.clips.items():
        packets = _packets(clip)
        yield TakeHead(
            request_id,
            variation.index,
            take_id,
            role.value,
            clip.length,
            len(clip.notes),
            len(packets),
            rng_seed,
            clip.name,
        )
        for number, rows in enumerate(packets):
            yield TakeNotes(request_id, variation.index, role.value, number, rows)


def read_clip(head: ClipHead, packets: Mapping[int, Sequence[NoteRow]]) -> Clip:
    """The clip that was announced and sent.

    Notes of one pitch that overlap are shortened to where the next begins, doubles become one.

    Raises:
        ClipOutOfRange: a note starts at or after the clip's end.
    """
    _check_onsets(head.length, packets)
    rows = chain.from_iterable(packets[number] for number in sorted(packets))
    meter = Meter(head.numerator, head.denominator)
    return make_clip(without_overlaps(map(_note, rows)), length=head.length, meter=meter, name=head.name)


def read_take(head: TakeHead, packets: Mapping[int, Sequence[NoteRow]], meter: Meter) -> Clip:
    """One voice of a variation, felt in `meter`, which the wire does not carry back."""
    rows = chain.from_iterable(packets[number] for number in sorted(packets))
    return make_clip(map(_note, rows), length=head.length, meter=meter, name=head.name)


def without_overlaps(notes: Iterable[Note]) -> Iterator[Note]:
    """The same notes, none of which sounds while another of its pitch begins; in order of onset.

    Of notes with the same onset and pitch the longest stays.
    """
    ahead: dict[int, Note] = {}
    kept: list[Note] = []
    for note in sorted(notes, key=lambda note: (-note.onset, -note.duration)):
        following = ahead.get(note.pitch)
        if following is not None and following.onset == note.onset:
            continue
        gap = note.duration if following is None else following.onset - note.onset
        ahead[note.pitch] = replace(note, duration=min(note.duration, gap))
        kept.append(ahead[note.pitch])
    return reversed(kept)


def guess_voice(clip: Clip) -> Role:
    """The voice of a clip whose role nobody named: by its name, else chords and basses accompany."""
    if not clip.notes:
        return Role.MELODY
    (guess,) = find_roles(Song((Track(clip.name, clip.notes),), clip.length, clip.meters))
    return guess.role


def lengthened(clips: Mapping[Role, Clip]) -> dict[Role, Clip]:
    """The same clips, melody first, all as long as the longest; what is added is silence."""
    length = max((clip.length for clip in clips.values()), default=0)
    return {role: replace(clips[role], length=length) for role in VOICES if role in clips}


def _packets(clip: Clip) -> list[tuple[NoteRow, ...]]:
    rows = [(n.pitch, n.onset, n.duration, n.velocity) for n in clip.notes]
    return [tuple(rows[at : at + NOTES_A_PACKET]) for at in range(0, len(rows), NOTES_A_PACKET)]


def _note(row: NoteRow) -> Note:
    pitch, onset, duration, velocity = row
    return Note(onset=onset, pitch=pitch, duration=duration, velocity=velocity)


def _check_onsets(length: Ticks, packets: Mapping[int, Sequence[NoteRow]]) -> None:
    for number, rows in packets.items():
        for at, (_, onset, _, _) in enumerate(rows):
            if onset >= length:
                position = _FIRST_ONSET + 4 * at
                raise ClipOutOfRange(
                    f"{ClipNotes.ADDRESS} packet {number}, argument {position} (onset of note {at + 1}) cannot be"
                    f" {onset}: the clip is {length} ticks long",
                    hint="Make the clip longer or leave the note out.",
                )
