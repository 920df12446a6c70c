from __future__ import annotations

import random
from dataclasses import replace

from bridge.beats.playlist import as_clip, cut, one_pass, score_of
from bridge.beats.word import parse_word
from bridge.music.note import Clip, Note, Role, make_clip

D_MAJOR = [62, 64, 66, 67, 69, 71, 73, 74]


def scale(root_shift: int = 0, *, beats: int = 8, held: bool = False) -> Clip:
    length = 1920 if held else 960
    notes = [Note(960 * i, D_MAJOR[i % 8] + root_shift, length) for i in range(0, beats, 2 if held else 1)]
    return make_clip(notes, length=960 * beats)


def test_songs_are_brought_home_to_c_and_the_way_back_is_kept() -> None:
    score = score_of({Role.MELODY: scale()})
    assert score.shift == -2
    assert [str(word) for word in score.voices[0]][:3] == ["60-1-1", "62-1-1", "64-1-1"]


def test_the_same_tune_in_every_key_is_the_same_score() -> None:
    scores = [score_of({Role.MELODY: scale(shift)}) for shift in range(-5, 7)]
    octaves = {tuple(n.pitch % 12 for w in score.voices[0] for n in w.notes) for score in scores}
    assert len(octaves) == 1


def test_a_voice_that_is_not_there_is_unknown_not_silent() -> None:
    score = score_of({Role.MELODY: scale()})
    assert score.known == (True, False)


def test_a_cut_starts_fresh_what_was_held_into_it_is_struck() -> None:
    score = score_of({Role.MELODY: scale(held=True)}, shift=0)
    assert str(score.voices[0][1]) == "62-1-0"
    assert cut(score, 1, 4).voices[0][0] == parse_word("62-1-1")


def test_one_pass_plays_every_beat_of_every_song_once() -> None:
    scores = [score_of({Role.MELODY: scale(beats=n)}, name=str(n), shift=0) for n in (4, 9, 17, 40, 64)]
    batches = list(one_pass(scores, longest=16, batch_beats=48, rng=random.Random(5)))
    played: dict[str, list[int]] = {}
    for batch in batches:
        assert max(map(len, batch)) * len(batch) <= 48
        for piece in batch:
            assert len(piece) <= 16
            played.setdefault(piece.name, []).extend(beat.start for beat in piece.beats)
    assert {name: sorted(starts) for name, starts in played.items()} == {
        score.name: [beat.start for beat in score.beats] for score in scores
    }


def test_the_same_rng_seed_plays_the_list_in_the_same_order() -> None:
    scores = [score_of({Role.MELODY: scale(beats=n)}, name=str(n), shift=0) for n in range(4, 40)]
    first, second = (
        [
            [piece.name for piece in batch]
            for batch in one_pass(scores, longest=20, batch_beats=60, rng=random.Random(3))
        ]
        for _ in range(2)
    )
    assert first == second


def test_a_song_that_begins_late_is_read_as_the_clip_that_is_cut_out_of_it() -> None:
    notes = [*scale(beats=8).notes, *(replace(n, onset=n.onset + 7680) for n in scale(5, beats=24).notes)]
    song = make_clip(notes, length=32 * 960)  # eight beats in D, then in G
    clip = make_clip((replace(n, onset=n.onset - 7680) for n in notes if n.onset >= 7680), length=24 * 960)
    late = as_clip(score_of({Role.MELODY: song}), 8, heard=16)
    alone = score_of({Role.MELODY: clip})
    assert (late.voices, late.beats, late.shift) == (alone.voices, alone.beats, alone.shift)


def test_some_songs_begin_late_at_a_bar() -> None:
    scores = [score_of({Role.MELODY: scale(beats=40)}, name=str(n), shift=0) for n in range(40)]
    lengths = [
        len(piece)
        for batch in one_pass(scores, longest=64, batch_beats=400, rng=random.Random(7), late=0.5)
        for piece in batch
    ]
    assert len(lengths) == 40
    assert 10 < lengths.count(40) < 30
    assert min(lengths) >= 10
    assert all(length % 4 == 0 for length in lengths)
