"""What is learned from and what is held out, of many songs and of few."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.beats.playlist import Score, score_of
from bridge.errors import TooLittleMusic
from bridge.music.note import Clip, Meter, MeterChange, Note, Role
from bridge.network.corpus import Reading, enough, held_out, in_pieces, split_by_song
from tests.network import toy


@pytest.mark.parametrize(
    ("songs", "count"), [(2, 1), (5, 1), (10, 2), (50, 10), (100, 12), (661, 53), (100_000, 100)]
)
def test_a_fifth_of_few_songs_is_held_out_and_less_of_many(songs: int, count: int) -> None:
    assert held_out(songs) == count


def test_one_long_song_is_parted_at_bar_lines_and_some_bars_are_held_out() -> None:
    song = score_of({Role.MELODY: toy.rising(0, beats=80)}, name="only", shift=0)
    learned, chosen_by = split_by_song([song])
    pieces = [*learned, *chosen_by]
    assert len(chosen_by) == 2
    assert len(learned) == 8
    assert sum(map(len, pieces)) == 80
    assert all(piece.beats[0].index == 0 for piece in pieces)
    assert len({piece.name for piece in pieces}) == len(pieces)


def test_pieces_count_the_quarter_notes_of_their_own() -> None:
    song = score_of({Role.MELODY: toy.rising(0, beats=64)}, name="song")
    pieces = list(in_pieces(song, 16))
    assert [piece.quarters for piece in pieces] == [16.0] * 4
    assert sum(piece.shift_nats for piece in pieces) == song.shift_nats


def test_pieces_of_a_waltz_start_at_its_bars() -> None:
    notes = tuple(Note(960 * beat, 60, 960) for beat in range(48))
    waltz = score_of({Role.MELODY: Clip(notes, 48 * 960, (MeterChange(0, Meter(3, 4)),))}, name="waltz")
    assert [len(piece) for piece in in_pieces(waltz, 16)] == [18, 18, 12]


def a_loop(name: str, beats: int) -> Score:
    return score_of({Role.MELODY: toy.rising(0, beats=beats)}, name=name, shift=0)


def test_two_loops_are_too_little_and_the_refusal_says_why() -> None:
    reading = Reading((a_loop("one", 8), a_loop("two", 8)), {"kick.mid": "drums alone"})
    with pytest.raises(TooLittleMusic, match=r"2 usable songs of 16 beats \(1 files left out\)") as refused:
        enough(reading, Path("loops"))
    assert "32 beats" in refused.value.hint
    assert "macnet library" in refused.value.hint


def test_four_loops_of_two_bars_are_enough() -> None:
    reading = Reading(tuple(a_loop(str(number), 8) for number in range(4)), {})
    assert enough(reading, Path("loops")) is reading
    learned, chosen_by = split_by_song(reading.scores)
    assert learned
    assert chosen_by
