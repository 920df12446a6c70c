"""What a request's clips are in: their key, their register, and what may be struck in answer."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.music.key import Key, find_key
from bridge.music.note import VOICES, Clip, Role
from bridge.music.unison import merge_unisons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.request import Request

_FAR_OFF: Final = 9.0
"""Semitones from a voice's middle in training beyond which it is moved by octaves."""


def key_of(request: Request) -> Key:
    """The key that the request names, else the one its notes are in."""
    root = request.option("key")
    if isinstance(root, str):
        return find_key(note for clip in request.clips.values() for note in clip.notes)
    return Key(int(root), str(request.option("scale")))


def shifts_of(request: Request, key: Key, registers: Sequence[float]) -> dict[Role, int]:
    """By how many semitones each voice is moved to where the model knows its way: home, and to its register.

    Octaves are only moved for a voice that is given and lies far off; its answer comes back in its own register.
    """
    middles = dict(zip(VOICES, registers, strict=True)) if registers else {}
    return {
        role: key.home_shift + 12 * _octaves(request.clips.get(role), middles.get(role), key)
        for role in VOICES
    }


def _octaves(clip: Clip | None, middle: float | None, key: Key) -> int:
    if clip is None or middle is None or not clip.notes:
        return 0
    away = middle - (fmean(note.pitch for note in clip.notes) + key.home_shift)
    return 0 if abs(away) < _FAR_OFF else round(away / 12)


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


def allowed_keys(
    request: Request, key: Key, shifts: Mapping[Role, int]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the network's 128 keys may be struck: those that are keys, and in key, once transposed back."""
    heard = np.arange(128)
    fits = np.ones(128, np.bool_)
    for shift in shifts.values():
        fits &= (heard >= shift) & (heard - shift <= 127)
    if request.option("key") == "off":
        return fits
    return fits & np.isin((heard - key.home_shift) % 12, sorted(key.pitch_classes))
