"""What a word that is made for another one has of its tones."""

from __future__ import annotations

import pytest

from bridge.beats.word import parse_word
from bridge.network.sampling import agreement


@pytest.mark.parametrize(
    ("given", "word", "share"),
    [
        ("72-1-1", "48-1-1#52-1-1@0#55-1-1@0", 1.0),  # C over C major, in any octave
        ("74-1-1", "48-1-1#52-1-1@0#55-1-1@0", 0.0),  # D over it
        ("72-1-1", "48-1-0#52-1-0@0", 1.0),  # a chord that is held on counts as well
        ("72-0.5-1#74-0.5-1", "48-1-1", 2 / 3),  # the tone on the beat counts twice
        ("74-0.5-1#72-0.5-1", "48-1-1", 1 / 3),
        ("72-1-1", "r", 0.0),
        ("r", "48-1-1", 1.0),
    ],
)
def test_tones_that_both_have_agree(given: str, word: str, share: float) -> None:
    assert agreement(parse_word(given), parse_word(word)) == pytest.approx(share)
