"""How welcome an onset is at each place of one beat: the groove that a word keeps to.

A word has the nats of the places at which it starts something, and misses those of the welcome places that it passes
over: one in the groove weighs nothing, every other one less. While a word is spelled, a group of pitches is taken to
be its last, and to miss all that comes after it, until it ends inside the beat. So it is its end that becomes
likelier where more is to follow, and not one more pitch, as it would be if to hold on became less likely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bridge.beats.vocabulary import AT_0, END, LAST, PITCH_0, SIZE, SUSTAIN, TO_0

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.beats.vocabulary import Spelled
    from bridge.network.demand import Weights


class Groove:
    """The groove of one beat.

    Args:
        nats: (LAST) for an onset at each position of `GRID` before the end of the beat.
    """

    def __init__(self, nats: Weights) -> None:
        self.nats = nats
        missed = np.concatenate([[0.0], np.maximum(nats, 0).cumsum()])  # before each place
        self._before, self._after = missed, missed[-1] - missed[1:]
        self._struck = np.minimum(nats, 0)
        self._found: dict[Spelled, Weights] = {}

    def missed(self, onsets: Iterable[int]) -> float:
        """By how many nats a beat with onsets at some places is not in the groove, 0 or more."""
        return self.whole - sum([float(self.nats[onset]) for onset in onsets])

    @property
    def whole(self) -> float:
        """Nats of all the welcome places together."""
        return float(self._before[-1])

    def biases(self, spelled: Spelled) -> Weights:
        """What it adds to each symbol that may come next, (SIZE)."""
        found = self._found.get(spelled)
        if found is None:
            found = self._found[spelled] = self._find(spelled)
        return found

    def _find(self, spelled: Spelled) -> Weights:
        onset, here, is_open = spelled
        biases = np.zeros(SIZE)
        if is_open:
            biases[TO_0 + 1 : TO_0 + LAST + 1] = self._after[onset]
            return biases
        first = onset + 1  # of the places that are not settled yet
        starts = self._struck - (self._before[:-1] - self._before[first]) - self._after
        if onset >= 0:
            starts[onset] = -self._after[onset]  # one more group with the last one
        biases[[END, SUSTAIN]] = self._before[first] - self.whole
        biases[AT_0 + max(onset, 0) : AT_0 + LAST] = starts[max(onset, 0) :]
        biases[PITCH_0:] = starts[here]
        return biases
