"""Where a run starts: from nothing or from a model, with how much time and how much care."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bridge.network.batch import prepare
from bridge.network.checkpoint import Vocabulary
from bridge.network.corpus import STORED_WORDS, frequent_words, vocabulary_of
from bridge.network.device import Way
from bridge.network.measuring import Figures, measure
from bridge.network.model import MacNet
from bridge.network.trial import choose_way
from bridge.network.tuning import Base, careful, new_words, read_base, widened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings
    from bridge.network.recipe import Recipe
    from bridge.network.tuning import Weights

    FindWay = Callable[[NetworkConfig, Sequence[Score], TrainSettings], Way]

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
        way: how products are computed.
    """

    settings: TrainSettings
    config: NetworkConfig
    vocabulary: Vocabulary
    base: Base | None = None
    start: Weights | None = None
    floor: Figures | None = None
    measuring_s: float = 0.0
    way: Way = field(default_factory=Way)


def plan_of(
    recipe: Recipe,
    learned: Sequence[Score],
    held_out: Sequence[Score],
    *,
    began: float,
    find_way: FindWay | None = choose_way,
) -> Plan:
    """What a recipe comes to for some songs; the fastest way is found and the base is measured first.

    Args:
        recipe: how the model is made.
        learned: what it learns from.
        held_out: what its best state is chosen by.
        began: when the minutes that were promised began, by `time.monotonic`.
        find_way: as `choose_way`; None where others than this process learn, and find out by themselves.

    Raises:
        ModelDamaged, ModelIncompatible: the base cannot be used.
    """
    settings, vocabulary = recipe.settings, vocabulary_of(learned)
    if recipe.base is None:
        config = replace(recipe.shape, dictionary=frequent_words(learned, settings.words))
        way, settings = _found(find_way, config, learned, settings)
        return Plan(_in_time(settings, began, 0.0), config, vocabulary, way=way)
    base = read_base(recipe.base)
    config, start = widened(base, new_words(base.config, learned, settings.words))
    settings = careful(settings, sum(map(len, learned)))
    way, settings = _found(find_way, config, learned, settings)
    measured = time.monotonic()
    floor = figures_of(base.config, base.weights, held_out, way)
    measuring_s = time.monotonic() - measured
    return Plan(
        _in_time(settings, began, measuring_s),
        config,
        _merged(base.vocabulary, vocabulary, learned),
        base,
        start,
        floor,
        measuring_s,
        way,
    )


def _found(
    find_way: FindWay | None,
    config: NetworkConfig,
    learned: Sequence[Score],
    settings: TrainSettings,
) -> tuple[Way, TrainSettings]:
    """How products are computed, and the settings that say so."""
    if find_way is None:
        return Way(), settings
    way = find_way(config, learned, settings)
    return way, replace(settings, mixed_precision=way.is_mixed)


def _in_time(settings: TrainSettings, began: float, measuring_s: float) -> TrainSettings:
    """The settings with the minutes that are left to learn in, if the model is to be whole when it was promised."""
    if not settings.minutes:
        return settings
    promised_s = settings.minutes * 60
    kept_back_s = _SAVING_S + _SAVING_SHARE * promised_s + 1.5 * measuring_s
    left_s = promised_s - (time.monotonic() - began) - kept_back_s
    return replace(settings, minutes=max(left_s, 1.0) / 60)


def figures_of(config: NetworkConfig, weights: Weights, songs: Sequence[Score], way: Way) -> Figures:
    """What weights say of songs."""
    model = MacNet(config)
    model.load_state_dict(weights)
    return measure(model.to(way.device), [prepare(song, config) for song in songs])


def _merged(base: Vocabulary, own: Vocabulary, scores: Sequence[Score]) -> Vocabulary:
    """What both have heard; a voice that the songs do not have lies where the base has heard it."""
    counts = {word: base.words.get(word, 0) + own.words.get(word, 0) for word in (*base.words, *own.words)}
    has = [any(score.known[voice] for score in scores) for voice in range(len(own.registers))]
    lies = [o if known else b for o, b, known in zip(own.registers, base.registers, has, strict=False)]
    most = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:STORED_WORDS])
    return Vocabulary(own.symbols, most, tuple(lies) or own.registers)
