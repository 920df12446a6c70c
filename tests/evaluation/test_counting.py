"""The counting model, on music whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bridge.beats.playlist import Score, cut, score_of
from bridge.beats.word import Word
from bridge.evaluation.cases import scores_of
from bridge.evaluation.counting import MOST_BEATS, Counting, songs_to_count
from bridge.music.note import Role
from tests.evaluation.music import chords, line, pieces

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def rising(start: int, beats: int = 32) -> Score:
    melody = line([SCALE[(start + beat) % 8] for beat in range(beats)], step=960)
    return score_of({Role.MELODY: melody, Role.ACCOMPANIMENT: chords([(48, 55)] * (beats // 4))}, shift=0)


@pytest.fixture(scope="module")
def counting() -> Counting:
    return Counting([rising(start) for start in range(8)] * 3)


def test_it_knows_that_scales_rise(counting: Counting) -> None:
    """Each of 32 beats in each voice costs little; by chance the eight notes alone would cost ln 8."""
    melody, accompaniment = counting.nats(rising(3))
    assert melody / 32 < 0.4 < math.log(8)
    assert accompaniment / 32 < 0.2


def test_it_goes_on_with_a_scale(counting: Counting) -> None:
    whole = rising(2)
    made = counting.go_on(cut(whole, 0, 16), whole.beats[16:], np.random.default_rng(1))
    right = [words == tuple(line[16 + at] for line in whole.voices) for at, words in enumerate(made)]
    assert sum(right) >= 12


def test_the_same_rng_seed_draws_the_same_and_another_differs() -> None:
    model = Counting(scores_of(pieces(6)))
    primer = cut(scores_of(pieces(7))[-1], 0, 16)
    first, again, other = (
        model.go_on(primer, primer.beats, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_nothing_is_impossible(counting: Counting) -> None:
    strange = score_of({Role.MELODY: line([13, 120, 61]), Role.ACCOMPANIMENT: line([99, 2, 7])}, shift=0)
    assert all(math.isfinite(nats) for nats in counting.nats(strange))


def test_the_chances_of_all_words_together_are_no_more_than_one() -> None:
    """Of every word that was heard, as the next of a song; the rest is left for words that were not."""
    scores = scores_of(pieces(4))
    model = Counting(scores)
    song = cut(scores[0], 0, 9)
    heard = {word for score in scores for word in score.voices[0]}
    before = model.nats(cut(song, 0, 8))[0]

    def chance(word: Word) -> float:
        melody = (*song.voices[0][:8], word)
        asked = Score(song.name, song.beats, (melody, song.voices[1]), song.known)
        return math.exp(before - model.nats(asked)[0])

    total = sum(chance(word) for word in heard)
    assert 0.8 < total <= 1.0 + 1e-9


def test_a_large_corpus_is_thinned_and_a_small_one_is_not() -> None:
    few = pieces(3)
    assert songs_to_count(few) == few
    beats = sum(next(iter(piece.clips.values())).length for piece in few) // 960
    many = few * (2 * MOST_BEATS // beats + 1)
    kept = songs_to_count(many)
    assert len(many) / 4 < len(kept) <= len(many) / 2 + 1
