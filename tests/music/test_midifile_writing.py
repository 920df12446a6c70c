from __future__ import annotations

import os
from typing import TYPE_CHECKING

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MidiUnwritable
from bridge.music.midifile import exact_notes, read_song, write_song
from bridge.music.note import Meter, MeterChange, Note
from bridge.music.song import Song, TempoChange, Track
from tests.music.hexdump import from_hex

if TYPE_CHECKING:
    from pathlib import Path

LEAD = Track("Lead", (Note(0, 60, 480, 100), Note(480, 60, 960, 80)), channel=2, program=73)
SONG = Song(
    (LEAD,), 3840, (MeterChange(0, Meter(6, 8)),), (TempoChange(0, 120.0), TempoChange(1920, 66.0)), "Song"
)


def test_a_song_is_written_byte_for_byte(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", SONG)
    assert (tmp_path / "song.mid").read_bytes() == from_hex("""
        4d 54 68 64  # MThd
        00 00 00 06  # header size
        00 01        # type 1
        00 02        # 2 tracks
        03 c0        # 960 ticks to the quarter note

        4d 54 72 6b  # MTrk
        00 00 00 24  # track size
        00 ff 03 04 53 6f 6e 67     # name: Song
        00 ff 58 04 06 03 18 08     # meter: 6/8
        00 ff 51 03 07 a1 20        # 120 quarter notes a minute
        8f 00 ff 51 03 0d df 23     # at 1920: 66
        8f 00 ff 2f 00              # the song ends at 3840

        4d 54 72 6b  # MTrk
        00 00 00 22  # track size
        00 ff 03 04 4c 65 61 64     # name: Lead
        00 c2 49                    # channel 3 plays program 73
        00 92 3c 64                 # C4 on
        83 60 82 3c 00              # 480 ticks later: off
        00 92 3c 50                 # and on again, after the off
        87 40 82 3c 00              # 960 ticks later: off
        92 60 ff 2f 00              # the track ends with the song
        """)


def test_a_song_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", SONG)
    assert read_song(tmp_path / "song.mid") == SONG


def test_silence_at_the_end_of_a_song_is_kept(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", Song((LEAD,), 7 * 3840))
    assert read_song(tmp_path / "song.mid").length == 7 * 3840


def test_a_note_may_sound_beyond_the_end_of_its_song(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", Song((LEAD,), 960))
    assert read_song(tmp_path / "song.mid").tracks == (LEAD,)


def test_names_in_any_script_come_back(tmp_path: Path) -> None:
    names = ("旋律", "Мелодия", "Flöte", "🎹")
    tracks = tuple(Track(name, LEAD.notes, LEAD.channel) for name in names)
    write_song(tmp_path / "song.mid", Song(tracks, 3840, name="Übung 練習"))
    song = read_song(tmp_path / "song.mid")
    assert tuple(track.name for track in song.tracks) == names
    assert song.name == "Übung 練習"


def notes(max_onset: int = 20_000) -> st.SearchStrategy[tuple[Note, ...]]:
    """Notes that do not overlap one of their own pitch."""
    note = st.builds(
        Note, st.integers(0, max_onset), st.integers(0, 127), st.integers(1, 5_000), st.integers(1, 127)
    )
    return st.lists(note, min_size=1, max_size=30).map(_without_overlaps)


def _without_overlaps(drawn: list[Note]) -> tuple[Note, ...]:
    ends: dict[int, int] = {}
    kept = []
    for note in sorted(drawn):
        if note.onset >= ends.get(note.pitch, 0):
            ends[note.pitch] = note.end
            kept.append(note)
    return tuple(kept)


tracks = st.builds(
    Track, st.text("abc äß旋", max_size=9).map(str.strip), notes(), st.integers(0, 15), st.integers(0, 127)
)
tempos = st.dictionaries(st.integers(1, 30_000), st.integers(5, 300).map(float), max_size=4)
# Bars of the drawn meters never fit into the odd distances between changes, so none says only what holds anyway.
meters = st.dictionaries(
    st.integers(0, 30_000).map(lambda at: 2 * at + 1),
    st.builds(Meter, st.integers(1, 255), st.sampled_from([1, 2, 4, 8, 16, 32, 64])),
    max_size=4,
)


@given(
    parts=st.lists(tracks, min_size=1, max_size=4),
    silence=st.integers(0, 9_000),
    tempos=tempos,
    meters=meters,
)
def test_any_song_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[Track],
    silence: int,
    tempos: dict[int, float],
    meters: dict[int, Meter],
) -> None:
    end = max(note.end for track in parts for note in track.notes)
    song = Song(
        tuple(parts),
        max([end, *tempos, *meters]) + silence,
        tuple(MeterChange(at, meter) for at, meter in sorted({0: Meter(3, 4), **meters}.items())),
        _changes(tempos),
        "Song",
    )
    path = tmp_path_factory.getbasetemp() / "any.mid"
    write_song(path, song)
    assert read_song(path) == song
    assert all(note.onset.denominator == note.duration.denominator == 1 for note in exact_notes(path))


def _changes(tempos: dict[int, float]) -> tuple[TempoChange, ...]:
    """Changes from 120 on, each to another tempo."""
    changes = [TempoChange(0, 120.0)]
    for at, tempo in sorted(tempos.items()):
        if tempo != changes[-1].tempo_bpm:
            changes.append(TempoChange(at, tempo))
    return tuple(changes)


def test_the_same_song_is_the_same_bytes(tmp_path: Path) -> None:
    write_song(tmp_path / "one.mid", SONG)
    write_song(tmp_path / "two.mid", SONG)
    assert (tmp_path / "one.mid").read_bytes() == (tmp_path / "two.mid").read_bytes()


def test_what_is_written_another_library_reads(tmp_path: Path) -> None:
    write_song(tmp_path / "song.mid", SONG)
    file = mido.MidiFile(tmp_path / "song.mid")
    assert [track.name for track in file.tracks] == ["Song", "Lead"]
    assert file.length == pytest.approx(1 + 2 * 60 / 66)


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "song.mid"
    with pytest.raises(MidiUnwritable) as caught:
        write_song(path, SONG)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "song",
    [
        Song((Track("", LEAD.notes, channel=16),), 960),
        Song((Track("", LEAD.notes, program=128),), 960),
        Song((LEAD,), 960, tempos=(TempoChange(0, 0.0),)),
        Song((LEAD,), 960, tempos=(TempoChange(0, float("nan")),)),
    ],
)
def test_what_midi_cannot_hold_is_refused_and_the_old_file_stays(tmp_path: Path, song: Song) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(b"old")
    with pytest.raises(MidiUnwritable):
        write_song(path, song)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("broken_call", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken_call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "song.mid"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, broken_call, fail)
    with pytest.raises(MidiUnwritable, match="No space left"):
        write_song(path, SONG)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_place_of_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "song.mid").mkdir()
    with pytest.raises(MidiUnwritable):
        write_song(tmp_path / "song.mid", SONG)
    assert [path.name for path in tmp_path.iterdir()] == ["song.mid"]


def test_a_link_stays_a_link_to_the_new_song(tmp_path: Path) -> None:
    real, link = tmp_path / "real.mid", tmp_path / "link.mid"
    real.write_bytes(b"old")
    try:
        link.symlink_to(real)
    except OSError:  # Windows lets only some users make links; there is then nothing to keep
        return
    write_song(link, SONG)
    assert link.is_symlink()
    assert read_song(real) == SONG
