"""Measures on music whose answers are known."""

from __future__ import annotations

import math

import pytest

from bridge.evaluation.measures import (
    MEASURES,
    chord_tones,
    empty_bars,
    groove_consistency,
    in_key,
    pitch_class_entropy,
    repeat_rate,
    self_similarity,
    stuck_notes,
)
from bridge.music.note import make_clip
from tests.evaluation.music import SCALE, chords, line, passage

C_MAJOR, G_MAJOR = (48, 52, 55), (55, 59, 62)


def test_a_scale_is_in_its_key_and_a_chromatic_scale_for_seven_notes_of_twelve() -> None:
    assert in_key(passage(line(SCALE))) == 1.0
    assert in_key(passage(line(range(60, 72), step=320))) == pytest.approx(7 / 12)


def test_notes_are_in_key_once_they_are_brought_home() -> None:
    in_d = line([pitch + 2 for pitch in SCALE])
    assert in_key(passage(in_d)) < 1.0
    assert in_key(passage(in_d, shift=-2)) == 1.0


def test_chord_tones_are_counted_at_beats_where_both_voices_sound() -> None:
    arpeggio = line([60, 64, 67, 72], step=960)
    assert chord_tones(passage(arpeggio, chords([C_MAJOR]))) == 1.0
    assert chord_tones(passage(arpeggio, chords([G_MAJOR]))) == 0.25
    assert math.isnan(chord_tones(passage(arpeggio)))


def test_between_beats_the_melody_is_free() -> None:
    passing = line([60, 62, 64, 65, 67, 69, 72, 71])
    assert chord_tones(passage(passing, chords([C_MAJOR]))) == 1.0


def test_one_pitch_class_has_no_entropy_and_twelve_have_the_most() -> None:
    assert pitch_class_entropy(passage(line([60, 72, 48, 60]))) == 0.0
    assert pitch_class_entropy(passage(line([60, 62, 60, 62]))) == pytest.approx(1.0)
    assert pitch_class_entropy(passage(line(range(60, 72), step=320))) == pytest.approx(math.log2(12))


def test_bars_of_one_rhythm_groove_whatever_their_pitches() -> None:
    assert groove_consistency(passage(line(range(50, 66)))) == 1.0
    eighths, quarters = list(range(60, 68)), list(range(60, 64))
    mixed = [*line(eighths).notes, *line(quarters, step=960, start=3840).notes]
    assert groove_consistency(passage(make_clip(mixed, length=7680))) == 0.5


def test_a_loop_is_all_similar_to_itself_and_a_climb_not_at_all() -> None:
    loop = passage(line([*SCALE] * 4))
    climb = passage(line(range(40, 72)))
    assert (self_similarity(loop), repeat_rate(loop)) == (1.0, 1.0)
    assert (self_similarity(climb), repeat_rate(climb)) == (0.0, 0.0)


def test_half_a_bar_that_comes_back_is_a_third_alike() -> None:
    first, second = [60, 62, 64, 65, 67, 69, 71, 72], [60, 62, 64, 65, 40, 41, 42, 43]
    found = passage(line([*first, *second]))
    assert self_similarity(found) == pytest.approx(4 / 12)
    assert repeat_rate(found) == 0.0


def test_a_bar_in_which_one_voice_is_silent_is_empty_for_that_voice() -> None:
    melody = line(SCALE, length=4 * 3840)
    assert empty_bars(passage(melody, chords([C_MAJOR] * 4))) == pytest.approx(3 / 8)


def test_a_note_that_is_held_fills_its_bars() -> None:
    assert empty_bars(passage(line([60], step=2 * 3840), chords([C_MAJOR] * 2))) == 0.0


def test_a_stuck_note_is_counted_and_the_octave_is_another_note() -> None:
    assert stuck_notes(passage(line([60, 60, 60, 62, 62, 74]))) == 3.0


def test_every_measure_answers_for_music_of_one_note() -> None:
    alone = passage(line([60], length=2 * 3840))
    for name, measure in MEASURES.items():
        assert isinstance(measure(alone), float), name
