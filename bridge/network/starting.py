"""Where a run starts: from nothing or from a model, with how much time and how much care."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bridge.network.batch import prepare
from bridge.network.checkpoint import Vocabulary
from bridge.network.corpus import STORED_WORDS, frequent_words, vocabulary_of
from bridge.network.device import choose_device
from bridge.network.measuring import Figures, measure
from bridge.network.model import MacNet
from bridge.network.tuning import Base, careful, new_words, read_base, widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings
    from bridge.network.recipe import Recipe
    from bridge.network.tuning import Weights

_SAVING_S: Final = 4.0
_SAVING_SHARE: Final = 0.03
"""Of the time that is promised, so much is kept back to measure and save."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run starts from.

    Attributes:
        settings: how it learns, and in what time.
        config: the shape of its network.
        vocabulary: what the model will say that it has heard.
        base: the model that it starts from; None: nothing.
        start: the base's weights, with rows for the words that were added.
        floor: the base's figures on the songs that are held out.
        measuring_s: seconds that it took to find them.
    """

    settings: TrainSettings
    config: NetworkConfig
    vocabulary: Vocabulary
    base: Base | None = None
    start: Weights | None = None
    floor: Figures | None = None
    measuring_s: float = 0.0


def plan_of(recipe: Recipe, learned: Sequence[Score], held_out: Sequence[Score], *, began: float) -> Plan:
    """What a recipe comes to for some songs; the base is measured first.

    Raises:
        ModelDamaged, ModelIncompatible: the base cannot be used.
    """
    settings, vocabulary = recipe.settings, vocabulary_of(learned)
    if recipe.base is None:
        config = replace(recipe.shape, dictionary=frequent_words(learned, settings.words))
        return Plan(_in_time(settings, began, 0.0), config, vocabulary)
    base = read_base(recipe.base)
    config, start = widened(base, new_words(base.config, learned, settings.words))
    measured = time.monotonic()
    floor = figures_of(base.config, base.weights, held_out)
    measuring_s = time.monotonic() - measured
    settings = careful(settings, sum(map(len, learned)))
    return Plan(
        _in_time(settings, began, measuring_s),
        config,
        _merged(base.vocabulary, vocabulary, learned),
        base,
        start,
        floor,
        measuring_s,
    )


def _in_time(settings: TrainSettings, began: float, measuring_s: float) -> TrainSettings:
    """The settings with the minutes that are left to learn in, if the model is to be whole when it was promised."""
    if not settings.minutes:
        return settings
    promised_s = settings.minutes * 60
    kept_back_s = _SAVING_S + _SAVING_SHARE * promised_s + 1.5 * measuring_s
    left_s = promised_s - (time.monotonic() - began) - kept_back_s
    return replace(settings, minutes=max(left_s, 1.0) / 60)


def figures_of(config: NetworkConfig, weights: Weights, songs: Sequence[Score]) -> Figures:
    """What weights say of songs."""
    model = MacNet(config)
    model.load_state_dict(weights)
    return measure(model.to(choose_device()), [prepare(song, config) for song in songs])


def _merged(base: Vocabulary, own: Vocabulary, scores: Sequence[Score]) -> Vocabulary:
    """What both have heard; a voice that the songs do not have lies where the base has heard it."""
    counts = {word: base.words.get(word, 0) + own.words.get(word, 0) for word in (*base.words, *own.words)}
    has = [any(score.known[voice] for score in scores) for voice in range(len(own.registers))]
    lies = [o if known else b for o, b, known in zip(own.registers, base.registers, has, strict=False)]
    most = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:STORED_WORDS])
    return Vocabulary(own.symbols, most, tuple(lies) or own.registers)
