from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import BadArgument
from bridge.music.key import HOME, MAJOR, MINOR, Key, find_key, find_scale
from bridge.music.note import Note

C_MAJOR_TUNE = (60, 64, 67, 65, 64, 62, 59, 60)
A_MINOR_TUNE = (57, 60, 64, 62, 60, 59, 56, 57)


def sing(pitches: tuple[int, ...], *, up: int = 0, duration: int = 480) -> list[Note]:
    return [Note(480 * i, pitch + up, duration) for i, pitch in enumerate(pitches)]


@pytest.mark.parametrize("up", range(-12, 13))
def test_a_tune_sung_higher_is_in_a_key_as_much_higher(up: int) -> None:
    assert find_key(sing(C_MAJOR_TUNE, up=up)) == Key(up % 12, MAJOR)
    assert find_key(sing(A_MINOR_TUNE, up=up)) == Key((9 + up) % 12, MINOR)


def test_long_notes_count_for_more_than_short_ones() -> None:
    scale = [Note(480 * i, pitch, 240) for i, pitch in enumerate((60, 62, 64, 65, 67, 69, 71))]
    assert find_key([*scale, *(Note(9600, pitch, 3840) for pitch in (60, 64, 67))]) == Key(0, MAJOR)
    assert find_key([*scale, *(Note(9600, pitch, 3840) for pitch in (57, 60, 64))]) == Key(9, MINOR)


def test_the_order_and_loudness_of_the_notes_do_not_matter() -> None:
    tune = sing(C_MAJOR_TUNE, up=3)
    quiet = [Note(n.onset, n.pitch, n.duration, 1) for n in reversed(tune)]
    assert find_key(quiet) == find_key(tune)


def test_silence_is_in_c_major() -> None:
    assert find_key([]) == HOME == Key(0, MAJOR)


def test_one_repeated_note_is_the_root_of_a_major_key() -> None:
    assert find_key([Note(0, 62, 960), Note(960, 74, 960)]) == Key(2, MAJOR)


def test_all_twelve_pitches_alike_still_give_one_answer() -> None:
    chromatic = [Note(0, pitch, 960) for pitch in range(60, 72)]
    assert find_key(chromatic) == find_key(reversed(chromatic)) == HOME


def test_a_scale_says_which_pitches_it_holds() -> None:
    d_major = Key(2, MAJOR)
    assert d_major.pitch_classes == {2, 4, 6, 7, 9, 11, 1}
    assert d_major.holds(66)
    assert not d_major.holds(65)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Key(2, MAJOR), "D major"),
        (Key(10, MAJOR), "Bb major"),
        (Key(6, MINOR), "F# minor"),
        (Key(2, "101101010110"), "D dorian"),
        (Key(9, "101101011001"), "A harmonic minor"),
        (Key(0, "100000000000"), "C 100000000000"),
    ],
)
def test_a_key_is_called_what_musicians_call_it(key: Key, name: str) -> None:
    assert str(key) == name


@pytest.mark.parametrize(
    ("key", "shift"),
    [
        (Key(0, MAJOR), 0),
        (Key(9, MINOR), 0),
        (Key(2, MAJOR), -2),
        (Key(11, MINOR), -2),
        (Key(7, MAJOR), 5),
        (Key(5, MAJOR), -5),
        (Key(10, MAJOR), 2),
        (Key(6, MAJOR), -6),
        (Key(2, "101101010110"), 0),  # D dorian has no accidentals
        (Key(7, "101011010110"), 0),  # nor has G mixolydian
        (Key(9, "100101010010"), 0),  # a pentatonic scale fits C, F and G: its root decides
        (Key(0, "111111111111"), 0),
    ],
)
def test_home_is_where_the_scale_has_only_white_keys(key: Key, shift: int) -> None:
    assert key.home_shift == shift


@given(root=st.integers(0, 11), scale=st.sampled_from([MAJOR, MINOR]))
def test_every_major_and_minor_key_comes_home_exactly(root: int, scale: str) -> None:
    key = Key(root, scale)
    assert {(pc + key.home_shift) % 12 for pc in key.pitch_classes} == HOME.pitch_classes
    assert -6 <= key.home_shift <= 5


@pytest.mark.parametrize(
    ("root", "scale"), [(12, MAJOR), (-1, MAJOR), (0, "10101"), (0, "0" * 12), (0, "x" * 12)]
)
def test_what_is_no_key_is_refused(root: int, scale: str) -> None:
    with pytest.raises(BadArgument):
        Key(root, scale)


C_MINOR_TUNE = (60, 62, 63, 65, 67, 68, 67, 65, 63, 62, 60, 60)


@pytest.mark.parametrize(
    ("pitches", "scale"),
    [
        ((60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 60), "C major"),
        ((*C_MINOR_TUNE, 70, 72), "C minor"),
        ((*C_MINOR_TUNE, 71, 72), "C harmonic minor"),
        ((60, 62, 63, 65, 67, 69, 67, 70, 72, 67, 63, 60), "C dorian"),
        ((60, 62, 64, 67, 70, 72, 70, 67, 64, 62, 60, 67, 64, 60), "C mixolydian"),
        ((), "C major"),
    ],
)
def test_the_scale_is_the_one_that_the_notes_are_in(pitches: tuple[int, ...], scale: str) -> None:
    notes = [Note(480 * number, pitch, 480) for number, pitch in enumerate(pitches)]
    assert str(find_scale(notes)) == scale


@pytest.mark.parametrize("up", range(12))
def test_a_scale_moves_with_its_notes(up: int) -> None:
    notes = [Note(480 * n, pitch + up, 480) for n, pitch in enumerate((*C_MINOR_TUNE, 71, 72))]
    assert find_scale(notes) == Key(up, "101101011001")


def test_a_passing_tone_does_not_change_the_scale() -> None:
    notes = [Note(480 * n, pitch, 480) for n, pitch in enumerate((*C_MINOR_TUNE, 70, 72) * 4)]
    assert str(find_scale([*notes, Note(99_000, 71, 240)])) == "C minor"
