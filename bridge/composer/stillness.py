"""Harmony that stands still, and how it is moved on.

A network that copies what it has played, and then what it has copied, may rest on one chord for minutes without ever
repeating a bar. In real songs four bars seldom lie on three pitch classes alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.word import PARTS
from bridge.music.note import TICKS_PER_BEAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.network.demand import Weights

_KEPT: Final = 0.93
"""What is left of a quarter note's weight a quarter note later: about four bars are looked back over."""
_ENOUGH: Final = 8.0
"""Quarter notes before which nothing is said."""
_CHORD: Final = 3
"""So many pitch classes are a chord."""
USUAL: Final = 0.7
"""What share of the sound three pitch classes may have: four of five real passages of four bars have less."""
_PULL: Final = 30.0
"""Nats for all that is beyond that."""
_MOST: Final = 3.0
"""Nats between what sounds most and what does not sound, at most."""


@dataclass(slots=True)
class Stillness:
    """How long one piece has rested on few pitch classes.

    Attributes:
        most: the share of the sound that three of them may have, 0 to 1.
        pull: for each pitch class how much more welcome it is than it would be, in nats, (12); None while it moves.
    """

    most: float = USUAL
    pull: Weights | None = None
    _heard: list[float] = field(default_factory=lambda: [0.0] * 12)
    _quarters: float = 0.0

    def add(self, beat: Beat, words: Iterable[Word]) -> None:
        """Go on by a beat, of which each voice has a word."""
        quarters = beat.length / TICKS_PER_BEAT
        self._quarters += quarters
        kept = _KEPT**quarters
        self._heard = heard = [length * kept for length in self._heard]
        for word in words:
            for note in word.notes:
                heard[note.pitch % 12] += quarters * note.duration / PARTS
        beyond = share_of_chord(heard) - self.most
        self.pull = None
        if beyond > 0 and self._quarters >= _ENOUGH:
            self.pull = min(_MOST, _PULL * beyond) * (0.5 - np.array(heard) / max(heard))


def share_of_chord(lengths: Sequence[float]) -> float:
    """What share of the sound its three most frequent pitch classes have, from how long each of the 12 sounds."""
    return sum(sorted(lengths)[-_CHORD:]) / max(1e-9, sum(lengths))
