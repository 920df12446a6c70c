"""The scale that a Live clip is set to: a name in Live 11 and the betas of 12, a number in Live 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.music.key import HOME, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCALES = (
    ("Major", "101011010101"),
    ("Minor", "101101011010"),
    ("Dorian", "101101010110"),
    ("Mixolydian", "101011010110"),
    ("Lydian", "101010110101"),
    ("Phrygian", "110101011010"),
    ("Locrian", "110101101010"),
    ("Whole Tone", "101010101010"),
    ("Half-whole Dim.", "110110110110"),
    ("Whole-half Dim.", "101101101101"),
    ("Minor Blues", "100101110010"),
    ("Minor Pentatonic", "100101010010"),
    ("Major Pentatonic", "101010010100"),
    ("Harmonic Minor", "101101011001"),
)
"""In the order of Live's menu, which is how Live 12 counts them (read in others' tools, not in Live: a guess). Of
later entries only the notes decide."""

_BY_NAME = dict(_SCALES) | {"Melodic Minor": "101101010101"}


def scale_of(clips: Iterable[Mapping[str, str]]) -> Key | None:
    """The one scale that clips which play together are set to; None when they differ or nobody chose one.

    Every clip that was never touched says C major: that is no choice.
    """
    keys = {_key(values) for values in clips if values.get("IsInKey", "true") == "true"}
    keys -= {None, HOME}
    return next(iter(keys)) if len(keys) == 1 else None


def _key(values: Mapping[str, str]) -> Key | None:
    root, name = values.get("ScaleRoot", values.get("ScaleRootNote", "")), values.get("ScaleName", "")
    scale = _BY_NAME.get(name)
    if scale is None and name.isdecimal() and int(name) < len(_SCALES):
        scale = _SCALES[int(name)][1]
    return Key(int(root) % 12, scale) if scale and root.isdecimal() else None
