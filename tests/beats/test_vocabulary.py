from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.beats.encoding import encode_clip
from bridge.beats.grid import GRID
from bridge.beats.vocabulary import (
    LAST,
    MAX_SYMBOLS,
    SIZE,
    Speller,
    project,
    settle,
    spell,
    symbol_names,
    unspell,
)
from bridge.beats.word import PARTS, Word, parse_word
from bridge.composer.steering import places_in
from bridge.errors import BadWord
from bridge.music.note import Clip
from tests.beats.clips import any_clip


def spelling(text: str, sounding: tuple[int, ...] = ()) -> list[str]:
    return [symbol_names()[symbol] for symbol in spell(parse_word(text), sounding)]


def test_every_symbol_has_a_name_of_its_own() -> None:
    assert len(set(symbol_names())) == SIZE


@pytest.mark.parametrize(
    ("text", "sounding", "symbols"),
    [
        ("r", (), ["END"]),
        ("r", (60,), ["NONE", "END"]),
        ("60-1-1", (), ["60", "FIN"]),
        ("60-0.5-1#62-0.5-1", (), ["60", ">0.5", "62", "FIN"]),
        ("60-0.25-1@0.5", (), ["@0.5", "60", ">0.75", "END"]),
        ("60-1-0#64-1-0@0", (60, 64), ["SUSTAIN"]),
        ("60-1-0#64-1-0@0#72-0.5-1@0", (60, 64), ["ALL", "72", ">0.5", "END"]),
        ("60-0.5-0#62-0.5-1", (60, 64), ["SOME", ">0.5", "CUT", "62", "FIN"]),
        ("48-1-1#52-1-1@0#55-1-1@0", (50,), ["NONE", "48", "52", "55", "FIN"]),
    ],
)
def test_a_word_is_spelled_in_the_order_in_which_it_sounds(
    text: str, sounding: tuple[int, ...], symbols: list[str]
) -> None:
    assert spelling(text, sounding) == symbols


@given(any_clip())
def test_no_clip_is_out_of_vocabulary(clip: Clip) -> None:
    sounding: tuple[int, ...] = ()
    for word in encode_clip(clip).words:
        heard = settle(project(word), sounding)
        assert unspell(spell(heard, sounding), sounding) == heard
        sounding = heard.sounding


@given(any_clip())
def test_what_the_network_hears_lies_on_its_grid_with_no_note_added(clip: Clip) -> None:
    for word in encode_clip(clip).words:
        heard = project(word)
        assert all(note.onset in GRID and note.end in GRID and note.duration > 0 for note in heard.notes)
        assert {n.pitch for n in heard.notes} == {n.pitch for n in word.notes}


def test_words_on_the_grid_are_heard_as_they_are() -> None:
    word = parse_word("72-0.7-1#69-0.3-1")
    assert project(word) is word


@given(
    seed=st.integers(0, 2**32 - 1),
    sounding=st.sets(st.integers(0, 127), max_size=6),
    allowed=st.none() | st.sets(st.integers(0, 127), min_size=1, max_size=8),
)
def test_whatever_is_sampled_among_legal_symbols_is_the_one_spelling_of_a_word(
    seed: int, sounding: set[int], allowed: set[int] | None
) -> None:
    rng = np.random.default_rng(seed)
    held = tuple(sorted(sounding))
    mask = None if allowed is None else np.isin(np.arange(128), sorted(allowed))
    speller = Speller(held, mask)
    ids = []
    while not speller.is_over:
        ids.append(int(rng.choice(np.flatnonzero(speller.legal()))))
        speller.push(ids[-1])
    assert len(ids) <= MAX_SYMBOLS
    assert spell(speller.word, held) == tuple(ids)
    struck = {note.pitch for note in speller.word.notes if note.articulated}
    assert allowed is None or struck <= allowed
    _assert_no_pitch_overlaps_itself(speller.word)


@given(
    seed=st.integers(0, 2**32 - 1),
    sounding=st.sets(st.integers(58, 64), max_size=4),
    divisions=st.sets(st.sampled_from([1, 2, 3, 4]), min_size=1),
    ends=st.sets(st.integers(1, LAST - 1), max_size=2),
    options=st.fixed_dictionaries(
        {
            "strike_by": st.sampled_from([None, 0, LAST - 1]),
            "may_sound_on": st.booleans(),
            "may_hold": st.booleans(),
        }
    ),
)
def test_notes_start_and_end_where_they_may(
    seed: int, sounding: set[int], divisions: set[int], ends: set[int], options: dict[str, Any]
) -> None:
    rng = np.random.default_rng(seed)
    places = places_in(frozenset(divisions | {1}))
    may_end = places | np.isin(np.arange(LAST), sorted(ends))
    allowed = np.isin(np.arange(128), [60, 62, 64])
    speller = Speller(tuple(sorted(sounding)), allowed, places=places, ends=may_end, **options)
    while not speller.is_over:
        speller.push(int(rng.choice(np.flatnonzero(speller.legal()))))
    struck = [note for note in speller.word.notes if note.articulated]
    # Where all keys are held there is none to strike.
    none_is_free = {note.pitch for note in speller.word.notes} == {60, 62, 64}
    sounds_on = options["may_sound_on"] and speller.word.sounding
    assert struck or options["strike_by"] is None or none_is_free or sounds_on
    assert all(places[GRID.index(note.onset)] for note in struck)
    assert all(may_end[GRID.index(note.end)] for note in speller.word.notes if note.end < PARTS)
    _assert_no_pitch_overlaps_itself(speller.word)


@given(seed=st.integers(0, 2**32 - 1))
def test_a_word_that_must_strike_is_never_a_rest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    speller = Speller((), strike_by=LAST - 1)
    while not speller.is_over:
        speller.push(int(rng.choice(np.flatnonzero(speller.legal()))))
    assert speller.word.notes


def _assert_no_pitch_overlaps_itself(word: Word) -> None:
    for a in word.notes:
        for b in word.notes:
            assert a is b or a.pitch != b.pitch or a.end <= b.onset or b.end <= a.onset


@pytest.mark.parametrize("ids", [[], [0, 0], [SIZE], [-1], [7 + 10]])
def test_ids_that_spell_nothing_are_refused(ids: list[int]) -> None:
    with pytest.raises(BadWord):
        unspell(ids, ())
