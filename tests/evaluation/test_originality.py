"""How much is copied, on melodies of which it is known."""

from __future__ import annotations

import random

from bridge.evaluation.copying import Steps
from bridge.evaluation.originality import RUN, originality

RNG = random.Random(20261126)


def a_melody(notes: int) -> Steps:
    """Steps so various that no two melodies share a run by chance."""
    return tuple((RNG.randint(-9, 9), RNG.randint(1, 50), RNG.randint(1, 50)) for _ in range(notes - 1))


SONGS = {f"song {number}": a_melody(100) for number in range(6)}


def test_what_is_new_is_not_copied() -> None:
    told = originality([a_melody(20)], SONGS, [])
    assert told.copied == 0
    assert told.longest <= 2


def test_a_copy_is_found_with_its_length_its_share_and_its_song() -> None:
    copied = a_melody(10) + SONGS["song 4"][30:49]  # 20 notes in a row
    told = originality([a_melody(30), copied], SONGS, [])
    assert told.longest == 20
    assert told.source == "song 4"
    assert told.copied == 20 / (30 + len(copied) + 1)


def test_runs_shorter_than_eight_notes_are_turns_of_phrase_not_copies() -> None:
    answer = a_melody(10) + SONGS["song 1"][: RUN - 2] + a_melody(10)
    told = originality([answer], SONGS, [])
    assert told.copied == 0
    assert told.longest == RUN - 1


def test_a_song_is_never_compared_to_itself() -> None:
    told = originality([a_melody(20)], SONGS, [("song 2", SONGS["song 2"][:30])])
    assert told.shared == 0
    assert told.longest_shared <= 2


def test_what_songs_share_with_each_other_stands_beside() -> None:
    refrain = a_melody(17)
    songs = {**SONGS, "a": a_melody(20) + refrain, "b": refrain + a_melody(20)}
    told = originality([a_melody(20)], songs, [("a", songs["a"])])
    assert told.longest_shared == 17
    assert told.shared == 17 / (len(songs["a"]) + 1)


def test_a_refrain_that_several_songs_have_is_copied_whichever_it_is_from() -> None:
    refrain = a_melody(17)
    songs = {**SONGS, "a": refrain, "b": refrain}
    told = originality([refrain], songs, [])
    assert told.copied == 1
    assert told.source == "a"


def test_answers_too_short_to_share_a_run_are_no_trouble() -> None:
    told = originality([(), a_melody(3)], SONGS, [("none", ())])
    assert told.copied == 0
    assert told.shared == 0
