from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip
from bridge.music.roll import Ink, draw_roll

BAR = 3840
WALTZ = Meter(3, 4)


def line(*pitches: int, duration: int = 960, meter: Meter = WALTZ, bars: int = 1) -> Clip:
    notes = [Note(duration * i, pitch, duration) for i, pitch in enumerate(pitches)]
    return make_clip(notes, length=bars * meter.bar, meter=meter)


def test_a_melody_rises_over_held_chords() -> None:
    melody = line(60, 62, 64, 65, 67, 65, bars=2)
    chords = make_clip([Note(0, p, 2880) for p in (48, 52, 55)], length=2 * 2880, meter=WALTZ)
    assert str(draw_roll({Role.MELODY: melody, Role.ACCOMPANIMENT: chords})).splitlines() == [
        "    1            2",
        "  G4│            │    ▀▀▀▀",
        "  F4│        ▄▄▄▄│▀▀▀▀    ▀▀▀▀",
        "  D4│    ▄▄▄▄    │",
        "  C4│▄▄▄▄        │",
        "    ──────────────────────────",
        "  G3│▀▀▀▀▀▀▀▀▀▀▀▀│",
        "  E3│▄▄▄▄▄▄▄▄▄▄▄▄│",
        "    │            │",
        "  C3│▄▄▄▄▄▄▄▄▄▄▄▄│",
    ]


def test_primer_and_answer_are_parted_by_a_heavier_bar_line() -> None:
    roll = draw_roll({Role.MELODY: line(65, 64, 62)}, primer={Role.MELODY: line(60, 62, 64)})
    heading, *rows = str(roll).splitlines()
    assert heading == "    1 primer     2 answer"
    assert all(row[4] == "│" and row[17] == "┃" for row in rows)


def test_a_repeated_note_can_be_told_from_a_held_one() -> None:
    repeated, held = line(60, 60, 60), make_clip([Note(0, 60, 2880)], length=2880, meter=WALTZ)
    assert str(draw_roll({Role.MELODY: repeated})).splitlines()[1] == "  C4│▄▄▄ ▄▄▄ ▄▄▄▄"
    assert str(draw_roll({Role.MELODY: held})).splitlines()[1] == "  C4│▄▄▄▄▄▄▄▄▄▄▄▄"


def test_plain_ascii_is_enough() -> None:
    roll = draw_roll(
        {Role.MELODY: line(61, 60, 61)}, primer={Role.ACCOMPANIMENT: line(48, 48, 50)}, ascii_only=True
    )
    assert str(roll).isascii()
    assert "I" in str(roll)


@pytest.mark.parametrize(("bars", "columns_a_beat"), [(4, 4), (12, 2), (24, 1)])
def test_longer_music_is_drawn_more_coarsely(bars: int, columns_a_beat: int) -> None:
    roll = draw_roll({Role.MELODY: make_clip([Note(0, 60, 960)], length=bars * BAR)})
    assert str(roll).splitlines()[1].count("▄") == columns_a_beat


def test_lines_are_about_equally_long() -> None:
    roll = draw_roll({Role.MELODY: line(*[60] * 12, meter=Meter(4, 4), bars=5)})
    headings = [
        line for line in str(roll).splitlines() if line.startswith("    ") and line.strip()[0].isdigit()
    ]
    assert [heading.split() for heading in headings] == [["1", "2", "3"], ["4", "5"]]


def test_what_is_too_long_says_how_much_is_left_out() -> None:
    roll = draw_roll({Role.MELODY: make_clip([Note(0, 60, 960)], length=100 * BAR)})
    assert str(roll).splitlines()[-1] == "    … and 74 more bars"


def test_bars_follow_the_meter() -> None:
    meters = (MeterChange(0, Meter(3, 4)), MeterChange(2880, Meter(6, 8)), MeterChange(5760, Meter(2, 4)))
    roll = draw_roll({Role.MELODY: Clip((Note(0, 60, 7680),), 7680, meters)})
    row = str(roll).splitlines()[1]
    assert [place for place, letter in enumerate(row) if letter == "│"] == [4, 17, 30]
    assert row.count("▄") == 32


def test_a_voice_that_rests_takes_no_room() -> None:
    roll = draw_roll({Role.MELODY: line(60), Role.ACCOMPANIMENT: make_clip([], length=2880, meter=WALTZ)})
    assert len(str(roll).splitlines()) == 2


def test_no_music_is_an_empty_drawing() -> None:
    assert str(draw_roll({})) == ""


def test_pitches_are_called_as_the_key_spells_them() -> None:
    flats = line(58, 62, 65, 63, 62, 60, meter=WALTZ, bars=2)  # B flat major
    sharps = line(57, 61, 64, 62, 61, 59, meter=WALTZ, bars=2)  # A major
    assert "Eb4" in str(draw_roll({Role.MELODY: flats}))
    assert "C#4" in str(draw_roll({Role.MELODY: sharps}))


def test_every_voice_of_primer_and_answer_has_its_ink() -> None:
    clips = {Role.MELODY: line(60, 62, 64), Role.ACCOMPANIMENT: line(48, 50, 52)}
    roll = draw_roll(clips, primer=clips)
    inks = {span.ink for row in roll.lines for span in row if any(block in span.text for block in "▄▀█")}
    assert inks == {Ink.MELODY, Ink.ACCOMPANIMENT, Ink.PRIMER_MELODY, Ink.PRIMER_ACCOMPANIMENT}


clips = st.builds(
    lambda notes, bars, meter: make_clip(
        [note for note in notes if note.onset < bars * meter.bar], length=bars * meter.bar, meter=meter
    ),
    st.lists(
        st.builds(Note, st.integers(0, 20_000), st.integers(0, 127), st.integers(1, 9_000)), max_size=15
    ),
    st.integers(1, 30),
    st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 64])),
)


@given(
    answer=st.dictionaries(st.sampled_from([Role.MELODY, Role.ACCOMPANIMENT]), clips),
    primer=st.dictionaries(st.sampled_from([Role.MELODY, Role.ACCOMPANIMENT]), clips),
    width=st.integers(32, 120),
    systems=st.integers(1, 3),
)
def test_any_music_fits_the_width(
    answer: dict[Role, Clip], primer: dict[Role, Clip], width: int, systems: int
) -> None:
    for row in str(draw_roll(answer, primer=primer, width=width, systems=systems)).splitlines():
        assert len(row) <= width
