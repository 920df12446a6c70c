"""Nats: how well networks guess held-out music, on words and on piano rolls. Needs what training needs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.pianoroll import read_pianorolls
from bridge.errors import ModelMissing
from bridge.network.batch import collate, prepare
from bridge.network.benchmark import Kind, frame_nats
from bridge.network.checkpoint import read_config
from bridge.network.features import run_matrix
from bridge.network.measuring import Figures, measure, to_inputs
from bridge.network.model import MacNet
from bridge.network.tensors import read_model_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.beats.playlist import Score
    from bridge.evaluation.counting import Counting
    from bridge.network.benchmark import FrameNats

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BENCHMARKS: Final = Path(__file__).parent.parent / "benchmarks"
"""The benchmark's networks that come with the package."""

MATCH_EDGES: Final = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
"""The least length of each class of matches."""


@dataclass(frozen=True, slots=True)
class ByMatch:
    """Nats by how long the music before has run along with a passage before that.

    Attributes:
        least: the shortest match of each class, in frames or beats.
        nats: the mean of each class; not a number where there is none.
        count: how many frames or beats each class has.
    """

    least: tuple[int, ...]
    nats: tuple[float, ...]
    count: tuple[int, ...]


def benchmark_nats(
    folder: Path, songs: Path, on_progress: Callable[[float], None] = lambda _: None
) -> dict[Kind, FrameNats]:
    """What both networks of the benchmark say of a file of piano rolls.

    Args:
        folder: holds `pianoroll-plain` and `pianoroll-memory`.
        songs: an npz file, see `beats.pianoroll`.
        on_progress: told the share that is done, 0 to 1.

    Raises:
        ModelMissing: a network is not there.
        ModelDamaged, ModelIncompatible: a network or the file of songs cannot be read.
    """
    places = {kind: _network(folder, kind) for kind in (Kind.PLAIN, Kind.MEMORY)}
    plain = frame_nats(places[Kind.PLAIN], songs, on_progress=lambda part: on_progress(part / 2))
    memory = frame_nats(places[Kind.MEMORY], songs, on_progress=lambda part: on_progress(0.5 + part / 2))
    return {Kind.PLAIN: plain, Kind.MEMORY: memory}


def _network(folder: Path, kind: Kind) -> Path:
    found = folder / f"pianoroll-{kind}"
    if not found.is_dir():
        raise ModelMissing(
            f"the benchmark's network {found.name} is not in {folder}",
            hint=f"`python bench/pianoroll.py train {kind}` makes it; --networks names another folder.",
        )
    return found


def frames_by_match(nats: Floats, songs: Path) -> ByMatch:
    """The nats of all scored frames of a file by the length of the match before each."""
    rolls = read_pianorolls(songs)
    return by_match(nats, np.concatenate([_matches(score)[1:] for score in rolls]))


def word_nats(
    folder: Path, scores: Sequence[Score], on_progress: Callable[[float], None] = lambda _: None
) -> Figures:
    """Nats a quarter note of each voice of some songs, by a model.

    Raises:
        ModelDamaged, ModelIncompatible: the model cannot be read.
    """
    model = _load(folder)
    songs = []
    for number, score in enumerate(scores):
        songs.append(prepare(score, model.config))
        on_progress(0.5 * (number + 1) / len(scores))
    figures = measure(model, songs)
    on_progress(1.0)
    return figures


def counted_nats(counting: Counting, scores: Sequence[Score]) -> Figures:
    """The same, by the counting model, over those songs that have both voices."""
    lost, quarters = np.zeros(2), 0.0
    for score in scores:
        if all(score.known):
            lost += counting.nats(score)
            lost[0] += score.shift_nats
            quarters += score.quarters
    return Figures(tuple(float(nats) for nats in lost / max(quarters, 1e-9)))


def beats_by_match(folder: Path, scores: Sequence[Score]) -> ByMatch:
    """Nats a felt beat, both voices together, by the length of the match before each."""
    model = _load(folder).eval().requires_grad_(requires_grad=False)
    nats, lengths = [], []
    for score in scores:
        inputs = to_inputs(collate([prepare(score, model.config)]))
        nats.append(-model(inputs)[0].sum(0).numpy().astype(np.float64))
        lengths.append(_matches(score))
    return by_match(np.concatenate(nats), np.concatenate(lengths))


def _load(folder: Path) -> MacNet:
    model = MacNet(read_config(folder))
    model.load_state_dict(read_model_weights(folder))
    return model


def _matches(score: Score) -> Ints:
    """For each beat, for how many beats the music before it has run along with a passage before that."""
    return match_lengths(tuple(zip(*score.voices, strict=True)))


def match_lengths(moments: Sequence[object]) -> Ints:
    """For each moment the longest run, just before it, of moments that stood together before."""
    longest: Ints = run_matrix(moments).max(1, initial=0)
    return longest


def by_match(nats: Floats, lengths: Ints) -> ByMatch:
    """Nats in the classes of `MATCH_EDGES`."""
    classes = np.digitize(lengths, MATCH_EDGES) - 1
    groups = [nats[classes == number] for number in range(len(MATCH_EDGES))]
    means = tuple(float(group.mean()) if len(group) else float("nan") for group in groups)
    return ByMatch(MATCH_EDGES, means, tuple(map(len, groups)))
