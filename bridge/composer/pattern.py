"""The groove of a clip: where in the bar it strikes, and how much it keeps to that.

A network that knows other music drifts out of the groove of a clip within a bar: stabs off the beat move onto it. So
a voice is watched, and held to its groove from where it has lost it (`steering.Line`); what the network knows by
itself keeps its freedom to change. One that is varied is held from the beginning. It is held as firmly as the clip's
own bars are alike: a tune that never has one rhythm twice has no groove.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.vocabulary import LAST
from bridge.network.demand import facts_of
from bridge.network.groove import Groove

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.music.note import Meter
    from bridge.network.demand import Weights

Place = tuple[int, int]
"""A beat's place: which of the bars of a pattern, and which beat of the bar."""

_LONGER: Final = 0.05
"""By how much more alike bars must be in patterns of two, as a clave is, than in patterns of one."""
_LOOSE: Final = 0.7
"""A clip whose bars are no more alike has no groove, 0 to 1."""
_FIRM: Final = 16.0
"""Nats for an onset in the groove, and against one outside of it, where all bars are alike."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The groove of some bars, which comes again and again.

    Attributes:
        bars: how many.
        beats: the groove of each place.
        whole: nats of a bar's welcome places together, on average.
        usual: by how many nats a beat of the clip itself is not in it, on average.
    """

    bars: int = 1
    beats: Mapping[Place, Groove] = field(default_factory=dict)
    whole: float = 0.0
    usual: float = 0.0

    def at(self, beat: Beat) -> Groove | None:
        """The groove of a beat; None where it is free."""
        return self.beats.get((beat.bar % self.bars, beat.index))

    def beyond(self, beat: Beat, onsets: Sequence[int]) -> float:
        """By how much of a bar a beat with onsets at some places is out of the groove, beyond what is usual."""
        groove = self.at(beat)
        return (groove.missed(onsets) - self.usual) / self.whole if groove and self.whole else 0.0


def pattern_of(
    words: Sequence[Word],
    beats: Sequence[Beat],
    meter: Meter,
    *,
    firmness: float,
    density: float = 1.0,
    is_its_own: bool = False,
) -> Pattern:
    """Where a voice strikes in the bars of a meter.

    Args:
        words: the voice's.
        beats: theirs.
        meter: of the bars that count.
        firmness: 0 to 1, how much of the groove is kept.
        density: notes, as a multiple of the clip's: who shall play more is free to strike outside of the groove, who
            shall play fewer to pass over some of it.
        is_its_own: each beat keeps to what the voice does in that very bar, as one that is varied does.

    Returns:
        A pattern; one without beats where no bars are alike.
    """
    bars = [(beat, _struck(word)) for word, beat in zip(words, beats, strict=True) if beat.meter == meter]
    one, two = (_by_place(bars, length) for length in (1, 2))
    length, by_place = (2, two) if _alike(two) > _alike(one) + _LONGER else (1, one)
    nats = firmness * _FIRM * max(0.0, _alike(by_place) - _LOOSE) / (1 - _LOOSE)
    if not nats:
        return Pattern()
    if is_its_own:
        length = beats[-1].bar + 1
        by_place = _by_place(bars, length)
    welcome = {place: nats * (2 * np.mean(struck, 0) - 1) for place, struck in by_place.items()}
    low, high = (-nats if density <= 1 else 0.0), (nats if density >= 1 else 0.0)
    beats_of_it = {place: Groove(each.clip(low, high)) for place, each in welcome.items()}
    missed = [beats_of_it[beat.bar % length, beat.index].missed(np.flatnonzero(each)) for beat, each in bars]
    whole = sum(float(each[each > 0].sum()) for each in welcome.values()) / length
    return Pattern(length, beats_of_it, whole, float(np.mean(missed)))


def _struck(word: Word) -> Weights:
    struck = np.zeros(LAST)
    struck[list(facts_of(word).onsets)] = 1
    return struck


def _by_place(bars: Sequence[tuple[Beat, Weights]], length: int) -> dict[Place, list[Weights]]:
    by_place: dict[Place, list[Weights]] = defaultdict(list)
    for beat, struck in bars:
        by_place[beat.bar % length, beat.index].append(struck)
    return by_place


def _alike(by_place: Mapping[Place, Sequence[Weights]]) -> float:
    """How well each beat is told by the others of its place, 0 to 1: onsets that agree, of all that there are."""
    differ = total = 0.0
    for struck in by_place.values():
        if len(struck) < 2:
            return 0.0
        others = (np.sum(struck, 0) - struck) / (len(struck) - 1)
        differ += float(np.abs(struck - others).sum())
        total += float(np.sum(struck) + others.sum())
    return 1 - differ / total if total else 0.0
