"""What an answer has to be better than (the primer again, real bars in disorder), and what it can be at best.

Notes keep their lengths and belong to the bar that they start in, so that nothing but the order tells.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.evaluation.cases import ANSWER_BARS, PRIMER_BARS
from bridge.music.key import own_classes
from bridge.music.note import Clip, Note, Role
from bridge.music.unison import merge_unisons

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from bridge.evaluation.cases import Case

_Bar = tuple[Note, ...]


def looped(case: Case) -> dict[Role, Clip]:
    """The primer, over and over."""
    return {
        role: _joined([_bars(clip, PRIMER_BARS)[bar % PRIMER_BARS] for bar in range(ANSWER_BARS)], clip)
        for role, clip in case.primer.items()
    }


def shuffled(case: Case, rng: random.Random) -> dict[Role, Clip]:
    """The bars that really follow, each voice's in another order."""
    return {
        role: _joined(rng.sample(_bars(clip, ANSWER_BARS), ANSWER_BARS), clip)
        for role, clip in case.real.items()
    }


def held(case: Case) -> dict[Role, Clip]:
    """What really follows, with every note that the primer's key would lock out moved to the nearest that it allows.

    An answer that keeps to the primer's key can hardly be more like what really follows than this.
    """
    allowed = own_classes([note for clip in case.primer.values() for note in clip.notes])
    return {
        role: replace(
            clip, notes=merge_unisons(replace(n, pitch=_nearest(n.pitch, allowed)) for n in clip.notes).notes
        )
        for role, clip in case.real.items()
    }


def _nearest(pitch: int, allowed: frozenset[int]) -> int:
    """The key of some pitch classes that is nearest; of two, the lower, and none off the keyboard."""
    return min((key for key in range(128) if key % 12 in allowed), key=lambda key: abs(key - pitch))


def dealt(case: Case, cases: Sequence[Case], rng: random.Random) -> dict[Role, Clip]:
    """Bars of other songs in the same meter, each voice's by itself, in the keys that they stand in.

    Where no other song has the meter, bars of the same song.
    """
    others = [other for other in cases if other.meter == case.meter and other.song != case.song] or [case]
    return {
        role: _joined([_any_bar(rng.choice(others).real[role], rng) for _ in range(ANSWER_BARS)], clip)
        for role, clip in case.real.items()
    }


def _any_bar(clip: Clip, rng: random.Random) -> _Bar:
    return rng.choice(_bars(clip, ANSWER_BARS))


def _bars(clip: Clip, count: int) -> list[_Bar]:
    """The notes that start in each bar, from its bar line."""
    bar = clip.meter.bar
    return [
        tuple(replace(note, onset=note.onset % bar) for note in clip.notes if note.onset // bar == number)
        for number in range(count)
    ]


def _joined(bars: Sequence[_Bar], like: Clip) -> Clip:
    bar = like.meter.bar
    length = len(bars) * bar
    notes = [
        replace(n, onset=n.onset + at * bar, duration=min(n.duration, length - n.onset - at * bar))
        for at, content in enumerate(bars)
        for n in content
    ]
    return replace(like, notes=merge_unisons(notes).notes, length=length)
