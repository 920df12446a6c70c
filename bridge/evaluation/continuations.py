"""Answers to primers out of held-out songs, beside what really follows and beside what is no music."""

from __future__ import annotations

import random
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.metre import beats_of
from bridge.beats.playlist import score_of
from bridge.evaluation.cases import ANSWER_BARS, PRIMER_BARS, Case
from bridge.evaluation.copying import Steps, longest_runs, steps_of
from bridge.evaluation.distance import distance
from bridge.evaluation.features import features_of, table_of
from bridge.evaluation.measures import MEASURES, known_mean
from bridge.evaluation.passage import Passage, line_of_clip, line_of_words, passage_of
from bridge.evaluation.rivals import dealt, held, looped, shuffled
from bridge.evaluation.telling import Giveaway, Side, Told, giveaways, tell_apart, tell_rivals, telling_power
from bridge.music.key import find_key
from bridge.music.note import Clip, MeterChange, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.evaluation.cases import Piece
    from bridge.evaluation.counting import Counting
    from bridge.evaluation.measures import Floats

VARIATIONS: Final = 4
_SURE: Final = 2.58
"""Standard errors: a measure that tells real from shuffled by less does so by chance once in a hundred times."""

Answer = Callable[[Case, int], Sequence[Mapping[Role, Clip]]]
"""Variations that follow a case's primer; the number is an rng seed."""


class Kind(StrEnum):
    """What may follow a primer."""

    REAL = "real"
    MODEL = "model"
    FREE = "model_key_off"
    HELD = "real_held_to_key"
    LOOPED = "primer_looped"
    COUNTING = "counting_model"
    SHUFFLED = "shuffled_bars"
    DEALT = "bars_of_other_songs"


@dataclass(frozen=True, slots=True)
class Copied:
    """Notes of the longest run of each passage that a training song has: the median, 95th percentile and longest."""

    median: float
    p95: float
    longest: int


@dataclass(frozen=True, slots=True)
class Continuations:
    """What was measured.

    Attributes:
        cases: primers, one answer of each kind for each, or `variations` where there are several.
        songs: songs that the primers are from.
        variations: answers of the model to one primer.
        measures: for each measure that tells real music from shuffled bars, its mean for each kind.
        dropped: the measures that do not.
        distances: of each kind's features from the real ones'; of the real: from one half of the songs to the other.
        copied: how much each kind has from the training songs; empty when there are none.
        classifier: which one was used.
        told: how well it tells each kind from real.
        giveaways: the features that tell the model's answers, the most telling first.
    """

    cases: int
    songs: int
    variations: int
    measures: Mapping[str, Mapping[Kind, float]]
    dropped: tuple[str, ...]
    distances: Mapping[Kind, float]
    copied: Mapping[Kind, Copied]
    classifier: str
    told: Mapping[Kind, Told]
    giveaways: tuple[Giveaway, ...]


@dataclass(frozen=True, slots=True)
class _Set:
    """The passages of one kind."""

    rows: Floats
    songs: Sequence[str]
    steps: Sequence[Steps]

    @property
    def side(self) -> Side:
        return Side(self.rows, self.songs)


def measure_continuations(
    cases: Sequence[Case],
    answers: Mapping[Kind, Answer],
    *,
    training: Sequence[Piece],
    counting: Counting | None,
    on_progress: Callable[[float], None] = lambda _: None,
) -> Continuations:
    """Measure answers to primers.

    Args:
        cases: primers with what really follows.
        answers: what is measured, `Kind.MODEL` and perhaps `Kind.FREE`.
        training: the songs that the model learned from, to look for copies in; may be empty.
        counting: the counting model to put beside; None leaves it out.
        on_progress: told the share that is done, 0 to 1.
    """
    names, sets = _collect(cases, answers, counting, lambda part: on_progress(0.7 * part))
    real = sets[Kind.REAL]
    rivals: dict[Kind, Side] = {
        kind: sets[kind].side for kind in (Kind.SHUFFLED, Kind.COUNTING) if kind in sets
    }
    classifier, told = tell_rivals(real.side, rivals)
    on_progress(0.9)
    rest = (kind for kind in sets if kind not in (Kind.REAL, *rivals))
    told |= {kind: tell_apart(real.side, sets[kind].side, classifier) for kind in rest}
    measures, dropped = _sift(names, sets)
    return Continuations(
        cases=len(cases),
        songs=len({case.song for case in cases}),
        variations=len(sets[Kind.MODEL].rows) // len(cases),
        measures=measures,
        dropped=dropped,
        distances=_distances(sets),
        copied=_copied(sets, training),
        classifier=classifier,
        told=told,
        giveaways=giveaways(names, real.rows, sets[Kind.MODEL].rows),
    )


def _collect(
    cases: Sequence[Case],
    answers: Mapping[Kind, Answer],
    counting: Counting | None,
    on_progress: Callable[[float], None],
) -> tuple[list[str], dict[Kind, _Set]]:
    """The features of all passages of each kind, and their names."""
    rows: dict[Kind, list[dict[str, float]]] = defaultdict(list)
    songs: dict[Kind, list[str]] = defaultdict(list)
    steps: dict[Kind, list[Steps]] = defaultdict(list)
    for number, case in enumerate(cases):
        shift = home_shift(case)
        primer = passage_of(case.primer, meter=case.meter, bars=PRIMER_BARS, shift=shift)
        for kind, passage in _passages(case, cases, number, answers=answers, counting=counting, shift=shift):
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", RuntimeWarning
                )  # what has no value is not a number, and stays so
                rows[kind].append(features_of(passage, primer))
            songs[kind].append(case.song)
            steps[kind].append(steps_of(passage.lines[0]))
        on_progress((number + 1) / len(cases))
    names = list(rows[Kind.REAL][0])
    return names, {kind: _Set(table_of(rows[kind])[1], songs[kind], steps[kind]) for kind in rows}


def home_shift(case: Case) -> int:
    """Semitones that bring a primer, and with it all that follows, to C major or A minor."""
    return find_key(note for clip in case.primer.values() for note in clip.notes).home_shift


def _passages(
    case: Case,
    cases: Sequence[Case],
    number: int,
    *,
    answers: Mapping[Kind, Answer],
    counting: Counting | None,
    shift: int,
) -> Iterator[tuple[Kind, Passage]]:
    rng = random.Random(number)  # noqa: S311  music is no secret
    clips = [(Kind.REAL, case.real), (Kind.HELD, held(case)), (Kind.LOOPED, looped(case))]
    clips += [(kind, variation) for kind, answer in answers.items() for variation in answer(case, number)]
    for _ in range(VARIATIONS):
        clips += [(Kind.SHUFFLED, shuffled(case, rng)), (Kind.DEALT, dealt(case, cases, rng))]
    for kind, voices in clips:
        yield kind, passage_of(voices, meter=case.meter, bars=ANSWER_BARS, shift=shift)
    if counting is not None:
        for variation in range(VARIATIONS):
            yield Kind.COUNTING, counted(case, counting, shift, np.random.default_rng([number, variation]))


def counted(case: Case, counting: Counting, shift: int, rng: np.random.Generator) -> Passage:
    """What the counting model has follow a primer."""
    beats = beats_of((MeterChange(0, case.meter),), case.length)
    words = counting.go_on(score_of(case.primer, shift=shift), beats, rng)
    melody, accompaniment = (
        line_of_words(beats, tuple(pair[voice] for pair in words), case.length) for voice in range(2)
    )
    return Passage((melody, accompaniment), case.meter, ANSWER_BARS)


def _sift(
    names: Sequence[str], sets: Mapping[Kind, _Set]
) -> tuple[dict[str, dict[Kind, float]], tuple[str, ...]]:
    """The means of the measures that tell real from shuffled, and the names of those that do not."""
    means: dict[str, dict[Kind, float]] = {}
    dropped: list[str] = []
    for name in MEASURES:
        columns = {kind: made.rows[:, names.index(name)] for kind, made in sets.items()}
        if tells(columns[Kind.REAL], columns[Kind.SHUFFLED]) or tells(
            columns[Kind.REAL], columns[Kind.DEALT]
        ):
            means[name] = {kind: known_mean(column) for kind, column in columns.items()}
        else:
            dropped.append(name)
    return means, tuple(dropped)


def tells(real: Floats, shuffled: Floats) -> bool:
    """Whether a measure tells real passages from shuffled ones: surely, and not by chance."""
    count = int(np.isfinite(real).sum())
    error = ((2 * count + 1) / (12 * count**2)) ** 0.5 if count else np.inf
    return telling_power(real, shuffled) - 0.5 > _SURE * error


def _distances(sets: Mapping[Kind, _Set]) -> dict[Kind, float]:
    real = sets[Kind.REAL]
    is_odd = np.unique(real.songs, return_inverse=True)[1] % 2 == 1
    apart = {kind: distance(real.rows, made.rows) for kind, made in sets.items()}
    return apart | {Kind.REAL: distance(real.rows[~is_odd], real.rows[is_odd]) if is_odd.any() else 0.0}


def _copied(sets: Mapping[Kind, _Set], training: Sequence[Piece]) -> dict[Kind, Copied]:
    songs = [steps_of(line_of_clip(p.clips[Role.MELODY])) for p in training if Role.MELODY in p.clips]
    if not songs:
        return {}
    return {kind: _summary(longest_runs(made.steps, songs)) for kind, made in sets.items()}


def _summary(runs: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Copied:
    median, p95 = np.percentile(runs, [50, 95])
    return Copied(float(median), float(p95), int(runs.max()))
