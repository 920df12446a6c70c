"""Primers out of songs, what follows them, and what an answer has to be better than."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.errors import MidiMissing
from bridge.evaluation.cases import Case, Piece, cases_of, cut_out, read_pieces
from bridge.evaluation.rivals import dealt, held, looped, shuffled
from bridge.music.key import own_classes
from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip, transpose
from tests.evaluation.music import BAR, line, pieces, tune, write_pieces

if TYPE_CHECKING:
    from pathlib import Path


def test_a_primer_and_what_follows_are_the_song() -> None:
    song = pieces(1)[0]
    case = cases_of([song], 100)[0]
    start, melody = case.start, song.clips[Role.MELODY]
    heard = [n for n in melody.notes if start <= n.onset < start + 12 * BAR]
    told = [
        *case.primer[Role.MELODY].notes,
        *(replace(n, onset=n.onset + 4 * BAR) for n in case.real[Role.MELODY].notes),
    ]
    assert told == [replace(n, onset=n.onset - start) for n in heard]
    assert (case.length, case.meter) == (8 * BAR, Meter(4, 4))


def test_the_last_bar_of_a_song_is_never_asked_for() -> None:
    assert [case.start // BAR for case in cases_of(pieces(1, bars=17), 100)] == [0, 4]
    assert [case.start // BAR for case in cases_of(pieces(1, bars=16), 100)] == [0]
    assert cases_of(pieces(1, bars=12), 100) == ()


def test_as_many_songs_as_possible_are_asked_about() -> None:
    songs = pieces(5)
    assert {case.song for case in cases_of(songs, 5)} == {piece.name for piece in songs}
    assert cases_of(songs, 7) == cases_of(songs[::-1], 7)


def test_songs_of_one_voice_and_passages_that_change_their_meter_are_left_out() -> None:
    clips = tune(1)
    alone = Piece("alone", {Role.MELODY: clips[Role.MELODY]})
    meters = (MeterChange(0, Meter(4, 4)), MeterChange(6 * BAR, Meter(3, 4)))
    changing = Piece("changing", {role: replace(clip, meters=meters) for role, clip in clips.items()})
    assert cases_of([alone], 9) == ()
    assert {case.meter for case in cases_of([changing], 9)} == {Meter(3, 4)}


def test_a_note_that_is_held_into_a_cut_counts_as_struck_there() -> None:
    clip = make_clip([Note(0, 60, 3 * BAR)], length=3 * BAR)
    assert cut_out(clip, BAR, 2 * BAR).notes == (Note(0, 60, BAR),)


def bars_of(clip: Clip) -> list[tuple[tuple[int, int], ...]]:
    return [
        tuple((n.onset % BAR, n.pitch) for n in clip.notes if n.onset // BAR == bar)
        for bar in range(clip.length // BAR)
    ]


@pytest.fixture
def case() -> Case:
    return cases_of(pieces(3), 3)[0]


def test_the_looped_primer_is_the_primer_twice(case: Case) -> None:
    again = looped(case)
    for role, clip in case.primer.items():
        assert bars_of(again[role]) == bars_of(clip) * 2
        assert again[role].length == case.length


def test_shuffled_bars_are_the_real_ones_in_another_order_each_voice_by_itself(case: Case) -> None:
    made = shuffled(case, random.Random(3))
    for role, clip in case.real.items():
        assert Counter(bars_of(made[role])) == Counter(bars_of(clip))
        assert bars_of(made[role]) != bars_of(clip)
        assert len(made[role].notes) == len(clip.notes)


def test_what_follows_is_held_to_the_key_of_its_primer(case: Case) -> None:
    assert held(case) == case.real  # it is in key as it is
    foreign = replace(case, real={role: transpose(clip, 1) for role, clip in case.real.items()})
    allowed = own_classes([note for clip in case.primer.values() for note in clip.notes])
    for role, clip in held(foreign).items():
        assert {note.pitch % 12 for note in clip.notes} <= allowed
        for note, real in zip(clip.notes, foreign.real[role].notes, strict=True):
            assert note.onset == real.onset
            assert abs(note.pitch - real.pitch) <= 1


def test_dealt_bars_are_those_of_other_songs(case: Case) -> None:
    cases = cases_of(pieces(3), 3)
    made = dealt(case, cases, random.Random(3))
    others = {bar for other in cases if other.song != case.song for bar in bars_of(other.real[Role.MELODY])}
    assert set(bars_of(made[Role.MELODY])) <= others


def test_folders_are_read_and_what_is_no_music_is_left_out(tmp_path: Path) -> None:
    folder = write_pieces(tmp_path / "songs", 2)
    (folder / "broken.mid").write_bytes(b"MThd")
    told: list[float] = []
    found = read_pieces(folder, on_progress=told.append)
    assert [piece.name for piece in found] == ["tune 00.mid", "tune 01.mid"]
    assert told[-1] == 1.0
    notes = found[1].clips[Role.MELODY].notes
    assert [(n.onset, n.pitch) for n in notes] == [(n.onset, n.pitch) for n in tune(1)[Role.MELODY].notes]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_songs_is_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(MidiMissing, match=name):
        read_pieces(tmp_path / name)


def test_a_line_is_as_long_as_it_says() -> None:
    assert line([60, 62], step=960).length == 1920
