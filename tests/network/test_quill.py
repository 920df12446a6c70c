"""What a demand makes of each symbol while a word is spelled."""

from __future__ import annotations

import pytest

from bridge.beats.grid import GRID
from bridge.beats.vocabulary import AT_0, END, FIN, NONE, PITCH_0, SUSTAIN, TO_0
from bridge.beats.word import PARTS
from bridge.network.demand import PLENTY, STACKING, Demand, biases_of
from bridge.network.quill import Quill

HALF = GRID.index(PARTS // 2)


def mood_after(demand: Demand, *symbols: int) -> int:
    quill = Quill(demand)
    for symbol in symbols:
        quill.push(symbol)
    return quill.mood


def test_a_chord_is_asked_to_grow_no_further_than_the_fullest_word_counts() -> None:
    thin = Demand(chord=1.0, stacking=4.0)
    pitches = [PITCH_0 + pitch for pitch in (60, 64, 67)]
    assert [mood_after(thin, *pitches[:n]) for n in range(4)] == [0, STACKING, STACKING, 0]
    single = Demand(chord=1.0, stacking=-60.0)
    assert mood_after(single, *pitches) == STACKING  # what shall not grow is told so however large it is
    assert mood_after(thin, *pitches[:2], TO_0 + HALF) == 0


def test_a_word_is_asked_for_no_more_onsets_than_count() -> None:
    demand = Demand(typical=0.0, going_on=3.0)
    one = (PITCH_0 + 60, TO_0 + HALF)
    assert mood_after(demand, *one) == 0
    assert mood_after(demand, *one, PITCH_0 + 62) == STACKING + PLENTY


def test_whoever_would_go_on_ends_notes_and_not_chords() -> None:
    (rule, pitch, enough, _) = biases_of([Demand(going_on=3.0)])
    assert rule[END] == rule[SUSTAIN] == -3
    assert pitch[TO_0 + HALF] == 3
    assert pitch[FIN] == pitch[PITCH_0 + 60] == 0
    assert enough[END] == 0
    (_, pitch, enough, _) = biases_of([Demand(going_on=-3.0)])
    assert pitch[TO_0 + HALF] == 0
    assert pitch[FIN] == enough[END] == 3


@pytest.mark.parametrize(("sounding", "nats"), [((60,), 0.0), ((60, 67), 2.0), ((48, 60, 67), 2.0)])
def test_thin_chords_are_asked_to_sound_on_the_more_of_them_sound(
    sounding: tuple[int, ...], nats: float
) -> None:
    (rule, *_) = biases_of([Demand(sounding, filling=2.0, fullness=2.0)])
    assert rule[SUSTAIN] == pytest.approx(nats)
    assert rule[END] == -2
    assert rule[FIN] == 2
    assert rule[NONE] == rule[AT_0] == 0
