"""Fine-tuning: a run that starts from a model instead of from nothing, and never ends worse than it.

Weights, shape and dictionary are the base's. Words that several of the songs share and the base's dictionary lacks
are added to it; each starts from what its notes say of it, as likely as the base's rarest words. While it learns, the
network is drawn back to the base (`TrainSettings.anchor`), the more, the fewer the songs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import torch

from bridge.network.checkpoint import Card, Vocabulary, read_card, read_config, read_vocabulary
from bridge.network.tensors import read_model_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Base:
    """The model that a run starts from."""

    card: Card
    config: NetworkConfig
    vocabulary: Vocabulary
    weights: Weights


class _Care(NamedTuple):
    """How carefully to learn from songs of so many felt beats at most."""

    beats: float
    learning_rate: float
    anchor: float
    passes: int


_CARE: Final = (
    _Care(2_000, 5e-4, 0.2, 40),
    _Care(10_000, 8e-4, 0.06, 40),
    _Care(40_000, 1e-3, 0.03, 30),
    _Care(float("inf"), 1e-3, 0.01, 30),
)
# Tried with a base of dance tunes: on 10 tunes of its own kind (21 others became 5.7 % likelier with a rate of 3e-4,
# 6.1 % with 6e-4, 3 % with 2e-3), and on 10 art songs (16 others: 60 % with 5e-4, 61 % with 15e-4).
_BATCHES: Final = 12
"""A pass has at least about so many iterations, where that leaves enough beats in each."""
_BATCH_BEATS: Final = (192, 1_024)
_LONGEST: Final = 256
_RARE: Final = 0.25
"""The share of a dictionary's words, the least frequent, whose chances words that are added start from."""


def read_base(folder: Path) -> Base:
    """A model on the shelf to start from.

    Raises:
        ModelDamaged, ModelIncompatible: it cannot be used.
    """
    config = read_config(folder)
    return Base(read_card(folder), config, read_vocabulary(folder), read_model_weights(folder))


def careful(settings: TrainSettings, beats: int) -> TrainSettings:
    """How to learn from songs of so many felt beats without forgetting the base."""
    care = next(care for care in _CARE if beats <= care.beats)
    least, most = _BATCH_BEATS
    return replace(
        settings,
        epochs=min(settings.epochs, care.passes),
        learning_rate=care.learning_rate,
        anchor=care.anchor,
        weight_decay=0.0,
        batch_beats=max(least, min(most, beats // _BATCHES)),
        longest=min(settings.longest, _LONGEST),
        warmup=20,
    )


def new_words(base: NetworkConfig, scores: Sequence[Score], most: int) -> tuple[tuple[str, ...], ...]:
    """For each voice the words that at least two of the songs have and the base's dictionary lacks, by frequency."""
    if not base.dictionary:
        return ()
    return tuple(
        tuple(_shared_words(scores, voice, set(known), most)) for voice, known in enumerate(base.dictionary)
    )


def _shared_words(scores: Sequence[Score], voice: int, known: set[str], most: int) -> list[str]:
    songs, counts = Counter[str](), Counter[str]()
    for score in scores:
        if score.known[voice]:
            heard = Counter(map(str, score.voices[voice]))
            songs.update(heard.keys())
            counts.update(heard)
    lacking = [word for word, _ in counts.most_common() if songs[word] > 1 and word not in known]
    return lacking[:most]


def widened(base: Base, words: Sequence[Sequence[str]]) -> tuple[NetworkConfig, Weights]:
    """The base with more words in its dictionary, its place for all others staying the last."""
    if not any(words):
        return base.config, dict(base.weights)
    pairs = zip(base.config.dictionary, words, strict=True)
    dictionary = tuple((*known, *added) for known, added in pairs)
    weights = dict(base.weights)
    for voice, added in enumerate(words):
        name = f"choosers.{voice}"
        own, often = weights[f"{name}.own"], weights[f"{name}.often"]
        weights[f"{name}.own"] = _with_rows(own, torch.zeros(len(added), own.shape[1]))
        rare = often[int((1 - _RARE) * (len(often) - 1)) : -1]
        usual = float(rare.mean()) if len(rare) else float(often[-1])
        weights[f"{name}.often"] = _with_rows(often, torch.full((len(added),), usual))
    return replace(base.config, dictionary=dictionary), weights


def _with_rows(table: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    return torch.cat([table[:-1], rows, table[-1:]])
