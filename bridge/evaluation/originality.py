"""How much of what a model plays stands note for note in the songs that it learned from.

By itself such a figure says nothing: songs of one style share turns of phrase. So it stands beside what real songs of
the same library share with each other, measured in the same way; see `copying` for what counts as the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.evaluation.copying import longest_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.evaluation.copying import Steps

RUN: Final = 8
"""Notes in a row, the least that counts as copied."""

_SEVERAL: Final = ""
"""Stands for more than one song."""


@dataclass(frozen=True, slots=True)
class Originality:
    """What a model has from its songs, beside what real songs have from each other.

    Attributes:
        answers, songs: passages of each that were looked at.
        copied, shared: the share of the notes that stand in a run of `RUN` notes or more, 0 to 1.
        longest, longest_shared: notes of the longest such run; 0 where not even two notes agree.
        source: the song that the longest run of the answers stands in.
    """

    answers: int
    songs: int
    copied: float
    shared: float
    longest: int
    longest_shared: int
    source: str


def originality(
    answers: Sequence[Steps], songs: Mapping[str, Steps], passages: Sequence[tuple[str, Steps]]
) -> Originality:
    """Measure answers against the songs of a library.

    Args:
        answers: of the model.
        songs: that it learned from, by name.
        passages: of real songs, about as long as the answers, each with the name of its song, which it is never
            compared to.
    """
    heard = _windows(songs)
    runs = longest_runs(answers, list(songs.values()))
    others = [_longest_elsewhere(name, steps, songs) for name, steps in passages]
    longest = int(runs.max(initial=0))
    return Originality(
        answers=len(answers),
        songs=len(passages),
        copied=_share([(None, steps) for steps in answers], heard),
        shared=_share(passages, heard),
        longest=longest,
        longest_shared=max(others, default=0),
        source=_source(answers[int(runs.argmax())], songs, longest) if longest else "",
    )


def _longest_elsewhere(name: str, steps: Steps, songs: Mapping[str, Steps]) -> int:
    others = [other for song, other in songs.items() if song != name]
    return int(longest_runs([steps], others).max(initial=0))


def _windows(songs: Mapping[str, Steps]) -> dict[Steps, str]:
    """Every run of `RUN` notes, and the one song that has it."""
    found: dict[Steps, str] = {}
    for name, steps in songs.items():
        for at in range(len(steps) - RUN + 2):
            window = steps[at : at + RUN - 1]
            if found.setdefault(window, name) != name:
                found[window] = _SEVERAL
    return found


def _share(passages: Sequence[tuple[str | None, Steps]], heard: Mapping[Steps, str]) -> float:
    """The share of all notes that stand in a run that another song has."""
    copied, notes = 0, 0
    for name, steps in passages:
        inside = np.zeros(len(steps) + 1, np.bool_)
        for at in range(len(steps) - RUN + 2):
            if heard.get(steps[at : at + RUN - 1], name) != name:
                inside[at : at + RUN] = True
        copied, notes = copied + int(inside.sum()), notes + len(inside)
    return copied / notes if notes else 0.0


def _source(steps: Steps, songs: Mapping[str, Steps], longest: int) -> str:
    """The first song in which a run of that length stands; songs are halved until one is left."""
    names = list(songs)
    while len(names) > 1:
        half = names[: len(names) // 2]
        if longest_runs([steps], [songs[name] for name in half])[0] < longest:
            half = names[len(names) // 2 :]
        names = half
    return names[0]
