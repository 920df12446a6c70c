from __future__ import annotations

import pytest

from bridge.music.note import COMMON_TIME, Meter, MeterChange, Note
from bridge.music.song import Song, Track, end_bar_line

BAR = 3840
FIRST = MeterChange(0, COMMON_TIME)


def song(*notes: Note, length: int = 0, meters: tuple[MeterChange, ...] = (FIRST,)) -> Song:
    return Song((Track("", notes),), max([length, *(note.end for note in notes)]), meters)


@pytest.mark.parametrize(
    ("length", "end"),
    [
        (1, BAR),
        (BAR, BAR),
        (BAR + 1, BAR),  # notation programs end a track one tick late
        (BAR + 60, BAR),
        (BAR + 61, 2 * BAR),
        (2 * BAR - 1, 2 * BAR),
    ],
)
def test_a_song_is_over_at_the_bar_line_after_its_last_sound(length: int, end: int) -> None:
    assert end_bar_line(song(Note(0, 60, 1), length=length)) == end


def test_a_note_that_starts_after_the_bar_line_opens_a_bar_however_short() -> None:
    assert end_bar_line(song(Note(0, 60, BAR), Note(BAR, 60, 10))) == 2 * BAR


def test_an_empty_song_is_one_bar() -> None:
    assert end_bar_line(Song((), 0)) == BAR


def test_the_last_bar_is_in_the_last_meter() -> None:
    meters = (FIRST, MeterChange(BAR, Meter(3, 4)))
    assert end_bar_line(song(Note(BAR, 60, 960), meters=meters)) == BAR + 2880


def test_a_meter_that_starts_after_the_last_note_ends_the_bar_before_it() -> None:
    meters = (FIRST, MeterChange(960, COMMON_TIME))
    assert end_bar_line(song(Note(0, 60, 960), meters=meters)) == 960


def test_channel_10_is_drums() -> None:
    assert Track("", (), channel=9).is_drums
    assert not Track("", (), channel=10).is_drums
