"""The key that music from nothing is at home in, and how it is called back when it settles in another.

What a lock lets through are the notes of a scale, and the same notes are C major, G mixolydian and F lydian. A song
goes to the fifth and comes home; a network that has only its own last minute to go by may stay there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.word import PARTS
from bridge.music.key import MAJOR, MINOR, Key, key_profile
from bridge.music.note import TICKS_PER_BEAT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.beats.metre import Beat
    from bridge.beats.vocabulary import Mask
    from bridge.beats.word import Word
    from bridge.network.demand import Weights

_KEPT: Final = 0.98
"""What is left of a quarter note's weight a quarter note later: about twelve bars are looked back over."""
_ENOUGH: Final = 24.0
"""Quarter notes before which nothing is said: a phrase may lie anywhere."""
_PULL: Final = 30.0
"""Nats for all of the correlation by which another key fits better."""
_MOST: Final = 1.0
"""Nats by which a pitch class is more, or less, welcome at most."""
_SETTLED: Final = 0.8
"""Correlation from which on music is in a key at all: what rests on two notes fits many keys, and none well."""

_KEYS: Final = tuple(Key(root, scale) for root in range(12) for scale in (MAJOR, MINOR))
_PROFILES: Final = np.array([key_profile(key) for key in _KEYS])  # 24 12


@cache
def _has_the_notes_of(home: Key) -> Mask:
    """Of the 24 keys the one and its relative: whoever goes from C to A minor is still at home."""
    return np.array([key.pitch_classes == home.pitch_classes for key in _KEYS])


@dataclass(slots=True)
class Centre:
    """How far one piece has gone from its key.

    Attributes:
        home: a major or natural minor key, as the network hears it.
        pull: for each pitch class how much more welcome it is than it would be, in nats, (12); None at home.
    """

    home: Key
    pull: Weights | None = None
    _heard: Weights = field(default_factory=lambda: np.zeros(12))
    _quarters: float = 0.0

    def add(self, beat: Beat, words: Iterable[Word]) -> None:
        """Go on by a beat, of which each voice has a word."""
        quarters = beat.length / TICKS_PER_BEAT
        self._quarters += quarters
        self._heard = self._heard * _KEPT**quarters  # anew, as copies share it
        for word in words:
            for note in word.notes:
                self._heard[note.pitch % 12] += quarters * note.duration / PARTS
        self.pull = self._pull() if self._quarters >= _ENOUGH else None

    def _pull(self) -> Weights | None:
        heard = self._heard - self._heard.mean()
        fits = _PROFILES @ heard / max(1e-9, float(np.linalg.norm(heard)))
        is_home = _has_the_notes_of(self.home)
        away = int(np.where(is_home, -np.inf, fits).argmax())
        home = int(np.where(is_home, fits, -np.inf).argmax())
        beyond = float(fits[away] - fits[home])
        if beyond <= 0 or fits[away] < _SETTLED:
            return None
        back = _PROFILES[home] - _PROFILES[away]
        return np.asarray(min(_MOST, _PULL * beyond) * back / np.abs(back).max())
