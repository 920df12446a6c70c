"""The classifier that is told to tell composed passages from real ones, and what gives them away.

It is tested on songs that it has not learned from, and both kinds weigh the same: a coin is right half of the time.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bridge.evaluation.measures import known_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.evaluation.measures import Floats

FOLDS: Final = 8
_RESAMPLES: Final = 2_000

_Kind = TypeVar("_Kind", bound=Hashable)
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Told:
    """How well the classifier told two kinds of passages apart.

    Attributes:
        accuracy: share that was told right, both kinds weighing the same; 0.5 is chance.
        low, high: the interval that holds 95 of 100 such figures when songs are drawn anew.
    """

    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A feature by which passages can be told.

    Attributes:
        name: of the feature.
        alone: how well it tells by itself, 0.5 to 1: the chance that a pair of one real and one made passage is
            put in the right order by it.
        real, made: its means.
        spread: its standard deviation in real passages.
    """

    name: str
    alone: float
    real: float
    made: float
    spread: float


CLASSIFIERS: Final[Mapping[str, Callable[[], Any]]] = {
    "logistic regression": lambda: make_pipeline(
        SimpleImputer(keep_empty_features=True), StandardScaler(), LogisticRegression(C=0.03, max_iter=500)
    ),
    "gradient boosting": lambda: make_pipeline(
        HistGradientBoostingClassifier(
            max_iter=50,
            learning_rate=0.2,
            max_leaf_nodes=6,
            max_bins=32,
            min_samples_leaf=15,
            max_features=0.3,
            l2_regularization=1.0,
            random_state=0,
        )
    ),
}
"""Which one is used is chosen by how well it tells the rivals, never by the figure that is reported. (A forest of
extremely randomised trees told them less well than either.)"""


@dataclass(frozen=True, slots=True)
class Side:
    """One kind of passages: features (n, f) and the song that each follows."""

    rows: Floats
    songs: Sequence[str]


def tell_apart(real: Side, made: Side, classifier: str) -> Told:
    """How well a classifier tells `made` from `real` in songs that it has not learned from."""
    rows = np.concatenate([real.rows, made.rows])
    songs = np.array([*real.songs, *made.songs])
    is_made = np.arange(len(rows)) >= len(real.rows)
    right = _guesses(rows, is_made, songs, classifier) == is_made
    return _with_interval(right, is_made, songs)


def _guesses(rows: Floats, is_made: Bools, songs: npt.NDArray[np.str_], classifier: str) -> Bools:
    """For each passage, what is said of it by a classifier that learned from other songs."""
    said = np.zeros(len(rows), np.bool_)
    folds = GroupKFold(min(FOLDS, len(set(songs.tolist()))), shuffle=True, random_state=0)
    for learn, test in folds.split(rows, is_made, songs):
        model = CLASSIFIERS[classifier]()
        weights = np.where(is_made[learn], 0.5 / is_made[learn].mean(), 0.5 / (1 - is_made[learn].mean()))
        model.fit(rows[learn], is_made[learn], **{f"{model.steps[-1][0]}__sample_weight": weights})
        said[test] = model.predict(rows[test])
    return said


def _with_interval(right: Bools, is_made: Bools, songs: npt.NDArray[np.str_]) -> Told:
    """Balanced accuracy, and its interval by drawing songs with replacement."""
    names, number = np.unique(songs, return_inverse=True)
    kinds = (~is_made, is_made)
    hits = np.stack([np.bincount(number[kind], right[kind], len(names)) for kind in kinds])
    counts = np.stack([np.bincount(number[kind], minlength=len(names)) for kind in kinds])
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), _RESAMPLES)
    low, high = np.percentile(((draws @ hits.T) / np.maximum(draws @ counts.T, 1)).mean(1), [2.5, 97.5])
    return Told(float((hits.sum(1) / counts.sum(1)).mean()), float(low), float(high))


def tell_rivals(real: Side, rivals: Mapping[_Kind, Side]) -> tuple[str, dict[_Kind, Told]]:
    """The classifier that tells the rivals from real passages best, and how well it tells each."""
    told = {
        name: {kind: tell_apart(real, rival, name) for kind, rival in rivals.items()} for name in CLASSIFIERS
    }
    best = max(told, key=lambda name: sum(one.accuracy for one in told[name].values()))
    return best, told[best]


def giveaways(names: Sequence[str], real: Floats, made: Floats) -> tuple[Giveaway, ...]:
    """The features of passages, those first that tell most by themselves."""
    found = [
        Giveaway(
            name,
            telling_power(real[:, column], made[:, column]),
            known_mean(real[:, column]),
            known_mean(made[:, column]),
            known_mean((real[:, column] - known_mean(real[:, column])) ** 2) ** 0.5,
        )
        for column, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda giveaway: -giveaway.alone))


def telling_power(one: Floats, other: Floats) -> float:
    """The area under the ROC curve of one number as a classifier, whichever way round: 0.5 to 1."""
    one, other = one[np.isfinite(one)], other[np.isfinite(other)]
    if not len(one) or not len(other):
        return 0.5
    order = np.sort(one)
    below = np.searchsorted(order, other, side="left") + np.searchsorted(order, other, side="right")
    area = float(below.mean()) / (2 * len(one))
    return max(area, 1 - area)
