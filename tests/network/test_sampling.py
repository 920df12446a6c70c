"""Chance decides as the network expects, within what is left to it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bridge.beats.metre import beats_of
from bridge.beats.word import Word, parse_word
from bridge.music.note import Meter, MeterChange
from bridge.network.checkpoint import default_shelf
from bridge.network.demand import Anchor, Demand
from bridge.network.runtime import Runtime, Song
from bridge.network.sampling import Chance, _draw, _draw_of_some, choose_words, numbers_of

DRAWS = 20_000
RNG_SEED = 7
SHARES = [0.6, 0.3, 0.0, 0.0995, 0.0005]


def drawn(temperature: float, unlikely: float) -> list[float]:
    """How often each index is drawn, as a share."""
    with np.errstate(divide="ignore"):
        logits = np.log([SHARES])
    chance = Chance(temperature, [numbers_of(np.random.default_rng(RNG_SEED))])
    indices = [int(_draw(logits, chance, [0], unlikely)[0]) for _ in range(DRAWS)]
    shares: list[float] = (np.bincount(indices, minlength=len(SHARES)) / DRAWS).tolist()
    return shares


@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.5])
def test_what_is_likely_is_drawn_as_often_as_the_temperature_makes_it(temperature: float) -> None:
    raised = [share ** (1 / temperature) for share in SHARES]
    expected = [share / sum(raised) for share in raised]
    assert drawn(temperature, -math.inf) == pytest.approx(expected, abs=0.012), f"rng seed {RNG_SEED}"


def test_what_is_too_unlikely_is_never_drawn() -> None:
    rarely = drawn(1.0, math.log(0.004))
    assert rarely[4] == 0
    assert rarely[3] > 0.09


def test_nothing_is_left_to_chance_at_temperature_zero() -> None:
    assert drawn(0.0, -math.inf) == [1, 0, 0, 0, 0]


def test_each_variation_has_a_stream_of_chance_of_its_own() -> None:
    logits = np.zeros((2, 50))

    def of(*rows: int) -> list[list[int]]:
        chance = Chance(1.0, [numbers_of(np.random.default_rng(row)) for row in range(2)])
        return [_draw(logits[: len(rows)], chance, rows, -math.inf).tolist() for _ in range(300)]

    both = of(0, 1)
    assert [pair[0] for pair in both] == [alone[0] for alone in of(0)]
    assert [pair[1] for pair in both] == [alone[0] for alone in of(1)]
    assert [pair[0] for pair in both] != [pair[1] for pair in both]


@pytest.mark.parametrize("rng_seed", range(60))
def test_what_is_offered_to_some_is_drawn_as_from_a_table(rng_seed: int) -> None:
    """Rows that are offered nothing, and words that cannot stand, are among them."""
    rng = np.random.default_rng(rng_seed)
    temperature = float(rng.choice([0.0, 0.5, 1.0, 2.0]))
    rows, words, unlikely = 5, 12, float(rng.choice([-np.inf, -2.0]))
    table = np.where(rng.random((rows, words)) < 0.4, rng.normal(0, 3, (rows, words)), -np.inf)
    table[:, :-1][rng.random((rows, words - 1)) < 0.1] = -np.inf
    table[:, -1] = rng.normal(size=rows)
    whose, at = np.isfinite(table[:, :-1]).nonzero()

    def chance() -> Chance:
        return Chance(temperature, [numbers_of(np.random.default_rng([rng_seed, n])) for n in range(rows)])

    dense = _draw(table, chance(), range(rows), unlikely)
    drawn = _draw_of_some(
        table[whose, at], whose, table[:, -1], chance=chance(), rows=range(rows), unlikely=unlikely
    )
    assert [words - 1 if index < 0 else at[index] for index in drawn] == dense.tolist(), (
        f"rng seed {rng_seed}"
    )


COUNT, FREE = 200, Demand()
ODD, REST, HELD, UNHEARD = map(parse_word, ("61-0.25-1@0.75", "r", "61-1-0", "66-1-1"))


@pytest.fixture(scope="module", params=["songs", "folk"])
def song(request: pytest.FixtureRequest) -> Song:
    """Two bars of one note a beat, and a strange one in the middle, `COUNT` times over."""
    folder = default_shelf(Path("/nonexistent")).folder(request.param)
    heard, plain = Song(Runtime(folder)), parse_word("60-1-1")
    *beats, last = beats_of((MeterChange(0, Meter(4, 4)),), 13 * 960)
    words = {3: ODD, 5: REST, 6: parse_word("61-1-1"), 7: HELD}
    for number, beat in enumerate(beats):
        heard.begin(beat)
        for voice, word in enumerate((words.get(number, plain), REST)):
            heard.skip(voice)
            heard.put([word])
        heard.end()
    many = heard.spread(COUNT)
    many.begin(last)
    return many


def came(
    song: Song,
    word: Word,
    nats: float,
    asked: Demand = FREE,
    *,
    temperature: float = 1.0,
) -> float:
    """How often a word comes that a beat is drawn to, as a share."""
    demand = asked._replace(anchor=Anchor(word, nats))
    chance = Chance(temperature, [numbers_of(np.random.default_rng([RNG_SEED, n])) for n in range(COUNT)])
    words = choose_words(song, 0, song.outlook(0), demands=[demand] * COUNT, chance=chance)
    return sum(each == word for each in words) / COUNT


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.0])
@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("word", [ODD, REST], ids=["odd", "rest"])
def test_a_word_comes_as_often_as_a_beat_is_drawn_to_it(
    song: Song, word: Word, share: float, temperature: float
) -> None:
    nats = math.log(share / (1 - share))
    assert came(song, word, nats, temperature=temperature) == pytest.approx(share, abs=0.1)


def test_a_word_that_cannot_stand_does_not_come_however_a_beat_is_drawn_to_it(song: Song) -> None:
    assert came(song, HELD, 9.0) == 0
    assert came(song, HELD, 9.0, Demand(sounding=(61,))) > 0.99
    assert came(song, ODD, 9.0, Demand(allowed=np.arange(128) % 12 != 1)) == 0
    assert came(song, ODD, 9.0, Demand(strike_by=0)) == 0


def test_a_word_that_was_never_heard_draws_nothing(song: Song) -> None:
    assert song.number_of(UNHEARD) is None
    assert came(song, UNHEARD, 9.0) < 0.2


def test_what_is_asked_for_counts_against_a_word_that_a_beat_is_drawn_to(song: Song) -> None:
    welcome = np.where(np.arange(128) == 61, -9.0, 0.0)
    assert came(song, ODD, 1.0, Demand(welcome=welcome)) < 0.05
    assert came(song, ODD, 1.0, Demand(welcome=-welcome)) > 0.7
