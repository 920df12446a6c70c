"""Words that are weighed at once weigh what a `Demand` says of each of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bridge.beats.vocabulary import LAST
from bridge.beats.word import Word, parse_word
from bridge.network.checkpoint import default_shelf
from bridge.network.demand import SURPLUS, Demand, Rhythm, Run, facts_of
from bridge.network.runtime import Runtime
from bridge.network.stock import Stock, Weighing

if TYPE_CHECKING:
    from collections.abc import Sequence

WORDS = tuple(
    map(
        parse_word,
        (
            "r",
            "60-1-1",
            "60-1-0",
            "60-0.5-0#62-0.5-1@0.5",
            "48-1-1#55-1-1@0#64-1-1@0",
            "48-0.25-1#48-0.25-1#48-0.25-1#48-0.25-1",
            "72-1/3-1#74-1/3-1#76-1/3-1",
            "60-1-0#67-0.25-1@0.75",
        ),
    )
)


def drawn(rng: np.random.Generator) -> Demand:
    """A demand of every kind, by chance."""
    facts = facts_of(WORDS[rng.integers(len(WORDS))])
    return Demand(
        sounding=tuple(sorted(rng.choice([48, 60, 62, 64], 2, replace=False).tolist())),
        may_hold=bool(rng.integers(2)),
        allowed=rng.random(128) < 0.8,
        places=rng.random(LAST) < 0.8,
        strike_by=(None, 0, 5)[rng.integers(3)],
        may_sound_on=bool(rng.integers(2)),
        welcome=rng.normal(size=128),
        going_on=float(rng.normal()),
        typical=1.3,
        stacking=float(rng.normal()),
        chord=2.0,
        filling=float(rng.normal()) if rng.random() < 0.5 else 0.0,
        fullness=1.5,
        run=Run(int(rng.choice([48, 60, 72])), int(rng.integers(8)), int(rng.integers(1, 9))),
        rhythm=Rhythm(facts.held, facts.groups) if rng.random() < 0.3 else None,
    )


def stands(word: Word, demand: Demand) -> bool:
    """Whether a word can stand, as plainly as it can be said."""
    facts, run = facts_of(word), demand.run
    in_a_row = []
    for pitch in facts.struck:
        run = run.then(pitch)
        in_a_row.append(run.length <= run.longest)
    if not all(demand.allowed[pitch] for pitch in facts.struck):
        return False
    if demand.rhythm is not None:
        return demand.rhythm == Rhythm(facts.held, facts.groups)
    sounds_on = demand.may_sound_on and not facts.onsets and bool(facts.sounding)
    starts_by = LAST if demand.strike_by is None or sounds_on else demand.strike_by
    if min(facts.onsets, default=LAST) > starts_by:
        return False
    holdable = demand.sounding if demand.may_hold else ()
    return (
        all(demand.places[onset] for onset in facts.onsets)
        and all(pitch in holdable for pitch, _ in facts.held)
        and all(in_a_row)
    )


def weight(word: Word, demand: Demand) -> float:
    """The log-weight of one word."""
    if not stands(word, demand):
        return -np.inf
    facts = facts_of(word)
    onsets, struck = len(facts.onsets), len(facts.struck)
    more = min(SURPLUS, max(-SURPLUS, onsets - demand.typical))
    thicker = min(SURPLUS, max(-SURPLUS, struck - onsets * demand.chord))
    welcome = sum(float(demand.welcome[pitch]) for pitch in facts.struck)
    full = 0.0 if demand.rhythm else demand.filling * (2 * min(1.0, len(facts.sounding) / 1.5) - 1)
    return demand.going_on * more + demand.stacking * thicker + welcome + full


def weighed(stock: Stock, rows: Sequence[int], *demands: Demand) -> list[list[float]]:
    """What some words weigh by each demand."""
    weighing = Weighing(demands)
    every = np.array(rows)
    return [
        stock.weights(every, np.full(len(every), whose), weighing).tolist() for whose in range(len(demands))
    ]


@pytest.mark.parametrize("rng_seed", range(200))
def test_a_dictionary_weighs_what_its_words_weigh(rng_seed: int) -> None:
    demand = drawn(np.random.default_rng(rng_seed))
    rows = np.random.default_rng(rng_seed).permutation(len(WORDS))[: 1 + rng_seed % len(WORDS)].tolist()
    one_by_one = [weight(WORDS[row], demand) for row in rows]
    assert weighed(Stock(WORDS), rows, demand) == [pytest.approx(one_by_one, abs=1e-9)], (
        f"rng seed {rng_seed}"
    )


def test_some_words_stand_and_some_do_not() -> None:
    """What is drawn above is neither all allowed nor all forbidden."""
    demands = [drawn(np.random.default_rng(n)) for n in range(200)]
    assert 0.1 < np.isfinite(weighed(Stock(WORDS), range(len(WORDS)), *demands)).mean() < 0.9


def test_words_that_come_later_are_weighed_as_those_that_were_there_from_the_start() -> None:
    grown = Stock(WORDS[:2])
    for word in WORDS[2:]:
        grown.add([word])
    demands = [drawn(np.random.default_rng(n)) for n in range(40)]
    every = range(len(WORDS))
    assert weighed(grown, every, *demands) == weighed(Stock(WORDS), every, *demands)


def test_each_of_several_is_weighed_by_its_own_demand() -> None:
    rng = np.random.default_rng(5)
    demands, stock = [drawn(rng) for _ in range(3)], Stock(WORDS)
    rows, whose = np.array([4, 0, 3, 3, 7, 1]), np.array([2, 0, 1, 2, 1, 0])
    together = stock.weights(rows, whose, Weighing(demands))
    alone = [weighed(stock, [row], demands[at])[0][0] for row, at in zip(rows, whose, strict=True)]
    assert together.tolist() == pytest.approx(alone)


def test_no_words_weigh_nothing() -> None:
    assert weighed(Stock(), [], Demand()) == [[]]


def test_every_bundled_dictionary_can_be_weighed() -> None:
    shelf = default_shelf(Path("/nonexistent"))
    for name in shelf.names():  # one without a dictionary has no stock
        runtime = Runtime(shelf.folder(name))
        for stock, words in zip(runtime.stocks, runtime.dictionary, strict=True):
            assert np.isfinite(weighed(stock, range(len(words)), Demand())[0]).sum() > 0
