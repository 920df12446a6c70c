from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.beats.word import PARTS, Word, WordNote, format_word, parse_word
from bridge.errors import BadWord


def test_the_example_word_of_mac_net() -> None:
    word = parse_word("72-0.7-1#69-0.3-1")
    assert word.notes == (WordNote(0, 2016, 72), WordNote(2016, 864, 69))
    assert str(word) == "72-0.7-1#69-0.3-1"


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("r", ()),
        ("60-1-0", (WordNote(0, PARTS, 60, articulated=False),)),
        ("60-1/3-1#62-1/3-1#64-1/3-1", ((0, 960, 60), (960, 960, 62), (1920, 960, 64))),
        ("60-0.25-1@0.75", ((2160, 720, 60),)),
        ("48-1-1#52-1-1@0#55-1-1@0", ((0, 2880, 48), (0, 2880, 52), (0, 2880, 55))),
        ("60-1/5-1#60-0.2-1@2/5", ((0, 576, 60), (1152, 576, 60))),
    ],
)
def test_words_read_as_music(text: str, notes: tuple[tuple[int, int, int] | WordNote, ...]) -> None:
    expected = tuple(note if isinstance(note, WordNote) else WordNote(*note) for note in notes)
    assert parse_word(text).notes == expected


def test_decimals_are_used_where_they_are_exact_and_quotients_elsewhere() -> None:
    thirds = Word((WordNote(0, PARTS // 3, 60), WordNote(PARTS // 3, PARTS // 16, 62)))
    assert str(thirds) == "60-1/3-1#62-0.0625-1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "60",
        "60-0-1",
        "60-2-1",
        "60-0.5-2",
        "128-1-1",
        "60-1-0@0.5",
        "60-1/0-1",
        "60-0.7-1#62-0.7-1",
        "60-1/7-1",
        "60-1-1##",
    ],
)
def test_what_is_no_beat_word_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadWord) as refused:
        parse_word(text)
    assert refused.value.hint


def test_what_sounds_up_to_the_end_of_the_beat_may_be_held_by_the_next() -> None:
    assert parse_word("60-1-1#64-0.5-1@0#67-1-0@0").sounding == (60, 67)


@st.composite
def _words(draw: st.DrawFn) -> Word:
    notes = []
    for _ in range(draw(st.integers(0, 6))):
        onset = draw(st.integers(0, PARTS - 1))
        notes.append(
            WordNote(
                onset,
                draw(st.integers(1, PARTS - onset)),
                draw(st.integers(0, 127)),
                onset > 0 or draw(st.booleans()),
            )
        )
    return Word(tuple(sorted(notes)))


@given(_words())
def test_the_text_of_any_word_reads_back_as_that_word(word: Word) -> None:
    assert parse_word(format_word(word)) == word
