"""What a request's clips are in: their key, their register, and what may be struck in answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.music.key import (
    HARMONIC_MINOR,
    MAJOR,
    MELODIC_MINOR,
    MINOR,
    Key,
    find_key,
    find_scale,
    own_classes,
)
from bridge.music.note import VOICES, Clip, Role
from bridge.music.unison import merge_unisons
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.vocabulary import Mask
    from bridge.music.note import Note

_FAR_OFF: Final = 9.0
"""Semitones from a voice's middle in training beyond which it is moved by octaves."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How one voice is heard by the network, and written down again.

    Attributes:
        shift: semitones from the clip to where the network knows its way.
        back: semitones from there to the answer.
        up: semitones by which the answer shall lie above the clip, beyond what `back` does in octaves.
        allowed: of the network's 128 keys, those that may be struck: in key and on the keyboard once written.
    """

    shift: int
    back: int
    up: int
    allowed: Mask


def hearings_of(request: Request, registers: Sequence[float]) -> dict[Role, Hearing]:
    """How each voice is heard.

    Octaves are only moved for a voice that is given and lies far off; its answer comes back in its own register.

    Args:
        request: what is asked; its clips are one piece.
        registers: the middle pitch of each voice in the songs that the network has learned.
    """
    home = _home_of(request)
    classes = _classes_of(request)
    middles = dict(zip(VOICES, registers, strict=True)) if registers else {}
    octaves, up = divmod(int(request.option("register")) + 6, 12)
    hearings = {}
    for role in VOICES:
        shift = home.home_shift + 12 * _octaves(request.clips.get(role), middles.get(role), home)
        back = _playable(12 * octaves - shift, request.clips.get(role), shift)
        hearings[role] = Hearing(shift, back, up - 6, _allowed(classes, back))
    return hearings


def scale_of(request: Request) -> Key | None:
    """The scale that the notes are held to: named, or the clips' own; none where the key is off."""
    root = request.option("key")
    if root == "off":
        return None
    if isinstance(root, str):
        return find_scale(_notes(request))
    return Key(int(root), str(request.option("scale")))


def _classes_of(request: Request) -> frozenset[int] | None:
    """The pitch classes that every note is held to; none where the key is off.

    Where the key is found in the clips, what they play outside of its scale is theirs as well: a song that borrows
    an F# in C goes on with it. Of what follows a passage of the Lieder a fourth
    lies outside of the passage's plain scale.
    """
    scale = scale_of(request)
    if scale is None:
        return None
    return own_classes(_notes(request)) if request.option("key") == "auto" else scale.pitch_classes


def _home_of(request: Request) -> Key:
    """The key that is brought home before the network hears it."""
    root = request.option("key")
    if isinstance(root, str):
        return find_key(_notes(request))
    return Key(int(root), str(request.option("scale")))


_PLAIN: Final = {MAJOR: MAJOR, MINOR: MINOR, HARMONIC_MINOR: MINOR, MELODIC_MINOR: MINOR}
"""The plain scale of the key that a scale belongs to."""


def centre_of(request: Request) -> Key | None:
    """The key, as the network hears it, that music from nothing comes back to.

    None where a clip says by itself where it is at home, where the key is off, and for scales that are no major or
    minor key: nobody has counted what sounds in those.
    """
    key = _home_of(request)
    if request.kind is not Kind.GENERATE or scale_of(request) is None or key.scale not in _PLAIN:
        return None
    return Key((key.root + key.home_shift) % 12, _PLAIN[key.scale])


def _notes(request: Request) -> list[Note]:
    return [note for clip in request.clips.values() for note in clip.notes]


def _octaves(clip: Clip | None, middle: float | None, key: Key) -> int:
    if clip is None or middle is None or not clip.notes:
        return 0
    away = middle - (fmean(note.pitch for note in clip.notes) + key.home_shift)
    return 0 if abs(away) < _FAR_OFF else round(away / 12)


def _playable(back: int, clip: Clip | None, shift: int) -> int:
    """The way back, some octaves nearer where a clip at the end of the keyboard would be moved off it."""
    if clip is None or not clip.notes:
        return back
    low, high = (extreme(note.pitch for note in clip.notes) + shift for extreme in (min, max))
    while high + back > 127 and low + back - 12 >= 0:
        back -= 12
    while low + back < 0 and high + back + 12 <= 127:
        back += 12
    return back


def together(clips: Mapping[Role, Clip]) -> dict[Role, Clip]:
    """The clips as two voices of one piece: as long as the longest, in the meters of that one.

    No pitch of a voice overlaps itself afterwards, as the instruments of most DAWs play it anyway.
    """
    if not clips:
        return {}
    longest = max(clips.values(), key=lambda clip: clip.length)
    return {
        role: replace(
            clip, notes=merge_unisons(clip.notes).notes, length=longest.length, meters=longest.meters
        )
        for role, clip in clips.items()
    }


def _allowed(classes: frozenset[int] | None, back: int) -> Mask:
    heard = np.arange(128)
    fits = (heard + back >= 0) & (heard + back <= 127)
    if classes is None:
        return np.asarray(fits)
    return np.asarray(fits & np.isin((heard + back) % 12, sorted(classes)))
