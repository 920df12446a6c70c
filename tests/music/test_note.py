from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import ClipOutOfRange
from bridge.music.note import (
    COMMON_TIME,
    Clip,
    Meter,
    MeterChange,
    Note,
    bar_lines,
    make_clip,
    slice_clip,
    transpose,
)

QUARTER = 960
BAR = 3840


def test_a_note_ends_where_the_next_one_may_begin() -> None:
    assert Note(QUARTER, 60, 2 * QUARTER).end == 3 * QUARTER


def test_a_note_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Note(0, 60, 1).pitch = 61  # type: ignore[misc]  # that is what is tested


def test_notes_are_ordered_by_onset_then_pitch() -> None:
    assert sorted([Note(5, 60, 1), Note(0, 64, 1), Note(0, 60, 9)]) == [
        Note(0, 60, 9),
        Note(0, 64, 1),
        Note(5, 60, 1),
    ]


@pytest.mark.parametrize(
    ("onset", "pitch", "duration", "velocity"),
    [(-1, 60, 1, 100), (0, -1, 1, 100), (0, 128, 1, 100), (0, 60, 0, 100), (0, 60, 1, 0), (0, 60, 1, 128)],
)
def test_a_note_that_midi_cannot_hold_is_refused(
    onset: int, pitch: int, duration: int, velocity: int
) -> None:
    with pytest.raises(ClipOutOfRange) as caught:
        Note(onset, pitch, duration, velocity)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("meter", "bar"),
    [
        (Meter(4, 4), 3840),
        (Meter(3, 4), 2880),
        (Meter(6, 8), 2880),
        (Meter(7, 8), 3360),
        (Meter(5, 16), 1200),
    ],
)
def test_a_bar_is_as_long_as_its_meter_says(meter: Meter, bar: int) -> None:
    assert meter.bar == bar


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 4), (4, 3), (4, 0), (256, 4), (4, 128), (-3, 4)])
def test_what_is_no_meter_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ClipOutOfRange):
        Meter(numerator, denominator)


def test_a_clip_puts_its_notes_in_order() -> None:
    clip = make_clip([Note(QUARTER, 62, QUARTER), Note(0, 60, QUARTER)], length=BAR)
    assert [note.pitch for note in clip.notes] == [60, 62]
    assert clip.meter == clip.end_meter == COMMON_TIME


def test_a_note_may_sound_beyond_its_clip_but_not_start_there() -> None:
    assert make_clip([Note(BAR - 1, 60, BAR)], length=BAR).notes
    with pytest.raises(ClipOutOfRange):
        make_clip([Note(BAR, 60, QUARTER)], length=BAR)


@pytest.mark.parametrize(
    "meters",
    [
        (),
        (MeterChange(QUARTER, COMMON_TIME),),
        (MeterChange(0, COMMON_TIME), MeterChange(0, Meter(3, 4))),
        (MeterChange(0, COMMON_TIME), MeterChange(BAR, Meter(3, 4)), MeterChange(QUARTER, Meter(3, 4))),
    ],
)
def test_a_clip_has_a_meter_from_its_start_on(meters: tuple[MeterChange, ...]) -> None:
    with pytest.raises(ClipOutOfRange):
        Clip((), BAR, meters)


def test_a_clip_has_a_length() -> None:
    with pytest.raises(ClipOutOfRange):
        Clip((), 0)


def test_unsorted_notes_are_no_clip() -> None:
    with pytest.raises(ClipOutOfRange):
        Clip((Note(QUARTER, 60, 1), Note(0, 60, 1)), BAR)


def test_bars_follow_each_meter_from_where_it_starts() -> None:
    meters = (MeterChange(0, Meter(3, 4)), MeterChange(2880, Meter(2, 4)))
    assert list(bar_lines(meters, 2880 + 3840)) == [
        (0, Meter(3, 4)),
        (2880, Meter(2, 4)),
        (4800, Meter(2, 4)),
    ]


def test_a_meter_change_cuts_the_bar_before_it() -> None:
    meters = (MeterChange(0, COMMON_TIME), MeterChange(QUARTER, COMMON_TIME))  # a pickup of one beat
    assert [at for at, _ in bar_lines(meters, QUARTER + 2 * BAR)] == [0, QUARTER, QUARTER + BAR]


def test_no_bar_starts_at_the_end() -> None:
    assert [at for at, _ in bar_lines((MeterChange(0, COMMON_TIME),), 2 * BAR)] == [0, BAR]


def test_a_clip_moves_up_and_down_whole() -> None:
    clip = make_clip([Note(0, 60, QUARTER, 70), Note(QUARTER, 64, QUARTER)], length=BAR, name="hook")
    higher = transpose(clip, 5)
    assert [note.pitch for note in higher.notes] == [65, 69]
    assert transpose(higher, -5) == clip


def test_a_clip_does_not_move_out_of_the_keyboard() -> None:
    with pytest.raises(ClipOutOfRange):
        transpose(make_clip([Note(0, 120, QUARTER)], length=BAR), 12)


def test_a_slice_starts_at_0_and_cuts_what_sounds_beyond_it() -> None:
    notes = [Note(0, 60, 2 * QUARTER), Note(QUARTER, 64, QUARTER), Note(3 * QUARTER, 67, 2 * QUARTER)]
    part = slice_clip(make_clip(notes, length=2 * BAR), QUARTER, BAR)
    assert part.notes == (Note(0, 64, QUARTER), Note(2 * QUARTER, 67, QUARTER))
    assert part.length == BAR - QUARTER


def test_a_slice_keeps_the_meters_that_hold_in_it() -> None:
    meters = (
        MeterChange(0, COMMON_TIME),
        MeterChange(BAR, Meter(3, 4)),
        MeterChange(BAR + 2880, Meter(6, 8)),
    )
    clip = Clip((), 4 * BAR, meters)
    assert slice_clip(clip, BAR, 2 * BAR).meters == (
        MeterChange(0, Meter(3, 4)),
        MeterChange(2880, Meter(6, 8)),
    )
    assert slice_clip(clip, QUARTER, BAR).meters == (MeterChange(0, COMMON_TIME),)


@given(cut=st.integers(1, 4 * BAR - 1), onsets=st.lists(st.integers(0, 4 * BAR - 1), max_size=20))
def test_two_slices_hold_every_note_of_a_clip_once(cut: int, onsets: list[int]) -> None:
    clip = make_clip([Note(onset, 60, 1) for onset in onsets], length=4 * BAR)
    first, second = slice_clip(clip, 0, cut), slice_clip(clip, cut, clip.length)
    assert first.length + second.length == clip.length
    assert [n.onset for n in first.notes] + [n.onset + cut for n in second.notes] == sorted(onsets)
