from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.music.note import Note
from bridge.music.unison import merge_unisons


def test_two_hands_on_one_key_are_one_note_as_long_and_loud_as_the_greater() -> None:
    for velocities in ((50, 90), (90, 50)):
        merged = merge_unisons([Note(0, 60, 960, velocities[0]), Note(0, 60, 480, velocities[1])])
        assert merged.notes == (Note(0, 60, 960, 90),)
        assert (merged.doubled, merged.shortened) == (1, 0)


def test_a_key_struck_again_ends_the_note_that_still_sounds() -> None:
    merged = merge_unisons([Note(0, 60, 960), Note(480, 60, 240)])
    assert merged.notes == (Note(0, 60, 480), Note(480, 60, 240))
    assert (merged.doubled, merged.shortened) == (0, 1)


def test_a_key_released_and_struck_again_at_once_loses_nothing() -> None:
    notes = (Note(0, 60, 480), Note(480, 60, 480))
    merged = merge_unisons(notes)
    assert merged.notes == notes
    assert (merged.doubled, merged.shortened) == (0, 0)


def test_octaves_are_no_unison() -> None:
    merged = merge_unisons([Note(0, 60, 480), Note(0, 72, 480)])
    assert (len(merged.notes), merged.doubled) == (2, 0)


def test_three_on_one_key_double_twice() -> None:
    assert merge_unisons([Note(0, 60, 480)] * 3).doubled == 2


@given(
    st.lists(
        st.builds(Note, st.integers(0, 50), st.integers(60, 62), st.integers(1, 30), st.integers(1, 127)),
        max_size=30,
    )
)
def test_a_voice_never_overlaps_itself_and_counts_every_note(drawn: list[Note]) -> None:
    merged = merge_unisons(drawn)
    assert len(merged.notes) + merged.doubled == len(drawn)
    assert {(n.onset, n.pitch) for n in merged.notes} == {(n.onset, n.pitch) for n in drawn}
    for pitch in (60, 61, 62):
        line = [note for note in merged.notes if note.pitch == pitch]
        assert all(line[i].end <= line[i + 1].onset for i in range(len(line) - 1))
    cut = [
        n
        for n in merged.notes
        if n.end < max(d.end for d in drawn if (d.onset, d.pitch) == (n.onset, n.pitch))
    ]
    assert len(cut) == merged.shortened
