"""The longest run that was heard in training."""

from __future__ import annotations

import random

import pytest

from bridge.evaluation.copying import Steps, longest_runs, steps_of
from bridge.evaluation.passage import line_of_clip
from bridge.music.note import Role, transpose
from tests.evaluation.music import SCALE, line, tune


def slow(passage: Steps, songs: list[Steps]) -> int:
    """The same, looked for at every place one by one."""
    runs = [passage[a:b] for a in range(len(passage)) for b in range(a + 1, len(passage) + 1)]
    found = [
        len(run)
        for run in runs
        if any(song[at : at + len(run)] == run for song in songs for at in range(len(song)))
    ]
    return max(found) + 1 if found else 0


@pytest.mark.parametrize("rng_seed", range(20))
def test_it_finds_what_a_slow_search_finds(rng_seed: int) -> None:
    rng = random.Random(rng_seed)

    def walk(most: int) -> Steps:
        return tuple((rng.randint(0, 2), 12, 12) for _ in range(rng.randint(0, most)))

    songs, passages = [walk(14) for _ in range(5)], [walk(10) for _ in range(6)]
    assert longest_runs(passages, songs).tolist() == [slow(passage, songs) for passage in passages]


def test_a_copy_in_another_key_is_a_copy() -> None:
    heard = tune(1)[Role.MELODY]
    moved = steps_of(line_of_clip(transpose(heard, 5)))
    assert longest_runs([moved], [steps_of(line_of_clip(heard))]).tolist() == [len(heard.notes)]


def test_the_same_pitches_in_another_rhythm_are_none() -> None:
    eighths, quarters = (steps_of(line_of_clip(line(SCALE, step=step))) for step in (480, 960))
    assert longest_runs([quarters], [eighths]).tolist() == [0]


def test_a_tick_more_or_less_hides_no_copy() -> None:
    one, other = (steps_of(line_of_clip(line(SCALE, step=step))) for step in (480, 481))
    assert longest_runs([other], [one]).tolist() == [8]


def test_a_run_does_not_reach_from_one_song_into_the_next() -> None:
    whole = steps_of(line_of_clip(line(SCALE)))
    assert longest_runs([whole], [whole[:3], whole[3:]]).tolist() == [5]


def test_without_songs_nothing_is_copied() -> None:
    assert longest_runs([((1, 12, 12),)], []).tolist() == [0]
    assert longest_runs([], [((1, 12, 12),)]).tolist() == []
