"""The clip's rhythm, again and again at the same places of its bars."""

from __future__ import annotations

from dataclasses import replace

from bridge.beats.grid import GRID
from bridge.beats.metre import Beat, beats_of
from bridge.beats.word import Word, WordNote, parse_word
from bridge.composer.rhythm import models_of, notes_in_rhythm, open_after, pitches_of, rhythm_of
from bridge.music.note import Clip, Meter, MeterChange, Note, make_clip

FOUR = (MeterChange(0, Meter(4, 4)),)


def frame(bars: int, first: int = 0, meter: Meter | None = None) -> tuple[Beat, ...]:
    beats = beats_of((MeterChange(0, meter or Meter(4, 4)),), bars * (meter or Meter(4, 4)).bar)
    return tuple(replace(beat, bar=beat.bar + first) for beat in beats)


def tied() -> Clip:
    """Two bars: a half note, a note tied over the beat, two eighths; then a whole note."""
    notes = [Note(0, 60, 1920), Note(1920, 62, 1440), Note(3360, 64, 480), Note(3840, 65, 3840)]
    return make_clip(notes, length=7680)


def test_bars_come_again_in_order() -> None:
    sources = [model.source.bar for model in models_of(tied(), frame(4, first=2)) if model]
    assert sources == [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4


def test_an_answer_that_starts_inside_a_bar_goes_on_at_its_place() -> None:
    clip = make_clip([Note(960 * n, 60 + n, 960) for n in range(6)], length=6 * 960)  # a bar and a half
    answer = [beat for beat in frame(3) if (beat.bar, beat.index) >= (1, 2)]
    places = [(model.source.bar, model.source.index) for model in models_of(clip, answer) if model]
    assert places[:4] == [(0, 2), (0, 3), (0, 0), (0, 1)]


def test_a_place_that_no_bar_has_is_left_free() -> None:
    clip = make_clip([Note(0, 60, 960)], length=1920)
    assert [model is None for model in models_of(clip, frame(1))] == [False, False, True, True]
    waltz = make_clip([Note(0, 60, 960)], length=2880, meter=Meter(6, 8))
    assert models_of(waltz, frame(1)) == (None,) * 4


def words_in_rhythm(clip: Clip, beats: tuple[Beat, ...], pitches: list[int]) -> list[Word]:
    """Words that follow the clip's rhythm, their pitches one after another from a list."""
    waiting = iter(pitches)
    words = []
    known: dict[int, int] = {}
    for model in models_of(clip, beats):
        assert model is not None
        rhythm = rhythm_of(model, known)
        held = [WordNote(0, GRID[end], pitch, articulated=False) for pitch, end in rhythm.held]
        struck = [
            WordNote(GRID[a], GRID[b] - GRID[a], next(waiting)) for a, b, n in rhythm.groups for _ in range(n)
        ]
        words.append(Word(tuple(sorted(held + struck))))
        known = open_after(model, known, pitches_of(model, words[-1], clip))
    return words


def test_every_onset_and_duration_is_the_clips_and_the_pitches_are_new() -> None:
    clip = tied()
    pitches = [70, 71, 72, 73]
    words = words_in_rhythm(clip, frame(2), pitches)
    notes = notes_in_rhythm(clip, models_of(clip, frame(2)), words, frame(2), length=7680)
    assert [note.pitch for note, _ in notes] == pitches
    assert [(n.onset, n.duration) for n, _ in notes] == [(n.onset, n.duration) for n in clip.notes]


def test_a_played_rhythm_is_kept_to_the_tick() -> None:
    clip = Clip(
        tuple(replace(n, onset=n.onset + 13, duration=n.duration - 70) for n in tied().notes), 7680, FOUR
    )
    words = words_in_rhythm(clip, frame(2), [70, 71, 72, 73])
    notes = notes_in_rhythm(clip, models_of(clip, frame(2)), words, frame(2), length=7680)
    assert [(n.onset, n.duration) for n, _ in notes] == [(n.onset, n.duration) for n in clip.notes]


def test_what_the_clip_cuts_off_by_its_end_is_cut_where_it_comes_again() -> None:
    clip = make_clip([Note(0, 60, 960), Note(2880, 64, 4000)], length=3840)
    words = words_in_rhythm(clip, frame(2), [70, 72, 74, 76])
    notes = notes_in_rhythm(clip, models_of(clip, frame(2)), words, frame(2), length=7680)
    assert [(n.onset, n.duration) for n, _ in notes] == [(0, 960), (2880, 960), (3840, 960), (6720, 960)]


def test_low_notes_of_a_chord_stay_low() -> None:
    clip = make_clip([Note(0, 40, 960), Note(0, 60, 960)], length=960)
    (model,) = models_of(clip, frame(1)[:1])
    assert model is not None
    assert pitches_of(model, parse_word("50-1-1#70-1-1@0"), clip) == {0: 50, 1: 70}
