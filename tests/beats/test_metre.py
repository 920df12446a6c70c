from __future__ import annotations

import pytest

from bridge.beats.metre import beats_of, felt_beats
from bridge.music.note import Meter, MeterChange


@pytest.mark.parametrize(
    ("meter", "beats"),
    [
        (Meter(4, 4), (960, 960, 960, 960)),
        (Meter(3, 4), (960, 960, 960)),
        (Meter(5, 4), (960,) * 5),
        (Meter(2, 2), (960,) * 4),
        (Meter(6, 8), (1440, 1440)),
        (Meter(9, 8), (1440,) * 3),
        (Meter(12, 8), (1440,) * 4),
        (Meter(3, 8), (1440,)),
        (Meter(5, 8), (960, 1440)),
        (Meter(7, 8), (960, 960, 1440)),
        (Meter(8, 8), (960,) * 4),
        (Meter(1, 8), (480,)),
        (Meter(6, 16), (720, 720)),
    ],
    ids=str,
)
def test_a_bar_is_cut_into_the_beats_one_feels(meter: Meter, beats: tuple[int, ...]) -> None:
    assert felt_beats(meter) == beats


@pytest.mark.parametrize("numerator", range(1, 65))
@pytest.mark.parametrize("denominator", [1, 2, 4, 8, 16, 32, 64])
def test_felt_beats_fill_their_bar_exactly(numerator: int, denominator: int) -> None:
    meter = Meter(numerator, denominator)
    assert sum(felt_beats(meter)) == meter.bar


def test_a_meter_change_starts_a_bar_and_cuts_the_beat_it_falls_into() -> None:
    beats = beats_of((MeterChange(0, Meter(4, 4)), MeterChange(1200, Meter(6, 8))), 1200 + 2880)
    assert [(b.start, b.length, b.bar, b.index) for b in beats] == [
        (0, 960, 0, 0),
        (960, 240, 0, 1),
        (1200, 1440, 1, 0),
        (2640, 1440, 1, 1),
    ]


def test_a_clip_that_ends_inside_a_beat_cuts_that_beat() -> None:
    *_, last = beats_of((MeterChange(0, Meter(4, 4)),), 1000)
    assert (last.start, last.length, last.felt) == (960, 40, 960)


def test_bars_are_counted_through_changes_of_meter() -> None:
    changes = (
        MeterChange(0, Meter(3, 4)),
        MeterChange(2 * 2880, Meter(7, 8)),
        MeterChange(2 * 2880 + 3360, Meter(2, 4)),
    )
    beats = beats_of(changes, 2 * 2880 + 3360 + 1920)
    assert [beat.bar for beat in beats if beat.index == 0] == [0, 1, 2, 3]
    assert [beat.start for beat in beats if beat.index == 0] == [0, 2880, 5760, 9120]
