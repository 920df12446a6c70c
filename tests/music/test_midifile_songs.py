"""Real songs, read by us and by a reader that others wrote (symusic, in C++, which shares no code with ours)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
import symusic

from bridge.music.midifile import exact_notes, read_song, write_song
from bridge.music.note import TICKS_PER_BEAT
from bridge.music.song import Song

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.data

Sound = tuple[Fraction, int, Fraction]
"""Onset, pitch and duration in 960ths of a quarter note, exactly."""


def songs(folder: Path, *, every: int) -> list[Path]:
    return sorted(folder.glob("*/*.mid"))[::every]


def heard_by_us(path: Path) -> Counter[Sound]:
    return Counter((note.onset, note.pitch, note.duration) for note in exact_notes(path))


def heard_by_symusic(path: Path) -> Counter[Sound]:
    score: Any = symusic.Score(path)
    ticks = Fraction(TICKS_PER_BEAT, score.ticks_per_quarter)
    notes = (note for track in score.tracks for note in track.notes)
    return Counter((note.time * ticks, note.pitch, note.duration * ticks) for note in notes)


@pytest.mark.parametrize(("collection", "every"), [("nottingham", 18), ("lieder", 60)])
def test_another_reader_hears_the_same_notes(songs_folder: Path, collection: str, every: int) -> None:
    paths = songs(songs_folder / collection, every=every)
    assert len(paths) > 20
    for path in paths:
        assert heard_by_us(path) == heard_by_symusic(path), path.name


@pytest.mark.parametrize(("collection", "every"), [("nottingham", 18), ("lieder", 60)])
def test_a_note_is_rounded_by_half_a_tick_at_most(songs_folder: Path, collection: str, every: int) -> None:
    for path in songs(songs_folder / collection, every=every):
        rounded = [note for track in read_song(path).tracks for note in track.notes]
        for note, exact in zip(rounded, exact_notes(path), strict=True):
            assert abs(note.onset - exact.onset) <= Fraction(1, 2), path.name
            assert note.duration == 1 or abs(note.end - exact.onset - exact.duration) <= Fraction(1, 2), (
                path.name
            )


@pytest.mark.parametrize(("collection", "every"), [("nottingham", 40), ("lieder", 80)])
def test_a_real_song_comes_back_as_it_was_written(
    songs_folder: Path, tmp_path: Path, collection: str, every: int
) -> None:
    for path in songs(songs_folder / collection, every=every):
        song = read_song(path)
        write_song(tmp_path / "again.mid", song)
        assert read_song(tmp_path / "again.mid") == song, path.name


def test_the_tunes_of_nottingham_have_a_melody_and_mostly_chords(songs_folder: Path) -> None:
    tunes: list[Song] = [read_song(path) for path in songs(songs_folder / "nottingham", every=20)]
    assert {len(tune.tracks) for tune in tunes} <= {1, 2}
    assert {meter.meter.denominator for tune in tunes for meter in tune.meters} <= {2, 4, 8}
