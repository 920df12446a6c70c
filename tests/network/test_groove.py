"""A groove makes of a word the same, whether it is weighed whole or symbol by symbol while it is spelled."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.beats.grid import GRID
from bridge.beats.vocabulary import LAST, PITCH_0, TO_0, Speller, spell
from bridge.beats.word import PARTS, Word, parse_word
from bridge.network.demand import Demand, facts_of
from bridge.network.groove import Groove
from bridge.network.stock import Stock, Weighing

OFF_BEAT = GRID.index(PARTS // 2)
IN_GROOVE = ("60-0.5-1@0.5#64-0.5-1@0.5", "60-0.5-0#62-0.5-1@0.5")
OUTSIDE = (
    *("r", "60-1-1", "60-1-0"),
    "60-1-0#67-0.25-1@0.75",
    "48-1-1#55-1-1@0#64-1-1@0",
    "48-0.5-1@0#60-1-1@0#64-0.5-1@0.5",
    "48-0.25-1#48-0.25-1#48-0.25-1#48-0.25-1",
    "72-1/3-1#74-1/3-1#76-1/3-1",
)


def between_beats() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Nats for the groove of chords between the beats."""
    nats = np.full(LAST, -4.0)
    nats[OFF_BEAT] = 4.0
    return nats


def spelled_nats(groove: Groove, word: Word, sounding: tuple[int, ...]) -> float:
    """What the groove adds to the symbols of a word, one after the other."""
    speller, nats = Speller(sounding), 0.0
    for symbol in spell(word, sounding):
        nats += groove.biases(speller.spelled)[symbol]
        speller.push(symbol)
    return float(nats)


@pytest.mark.parametrize("text", [*IN_GROOVE, *OUTSIDE])
@pytest.mark.parametrize("rng_seed", range(5))
def test_a_word_weighs_as_much_whole_as_it_does_spelled(text: str, rng_seed: int) -> None:
    word = parse_word(text)
    groove = Groove(np.random.default_rng(rng_seed).normal(scale=3.0, size=LAST))
    demand = Demand(sounding=(60,), groove=groove)
    (whole,) = Stock([word]).weights(np.array([0]), np.array([0]), Weighing([demand]))
    assert spelled_nats(groove, word, (60,)) == pytest.approx(whole)
    assert whole == pytest.approx(-groove.missed(facts_of(word).onsets))


def test_a_word_in_the_groove_weighs_nothing_and_every_other_less() -> None:
    groove = Groove(between_beats())
    assert [groove.missed(facts_of(parse_word(text)).onsets) for text in IN_GROOVE] == [0, 0]
    assert min(groove.missed(facts_of(parse_word(text)).onsets) for text in OUTSIDE) >= 4


def test_where_more_is_to_follow_it_is_the_end_of_a_chord_that_becomes_likelier() -> None:
    nats = between_beats()
    nats[0] = 4.0
    speller = Speller(())
    speller.push(PITCH_0 + 60)
    biases = Groove(nats).biases(speller.spelled)
    assert biases[TO_0 + OFF_BEAT] == 4.0
    assert biases[PITCH_0:].max() == 0  # no further pitch, which would make clusters
