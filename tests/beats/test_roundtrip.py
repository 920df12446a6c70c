from __future__ import annotations

from pathlib import Path

import pytest

from bridge.beats import roundtrip
from bridge.beats.encoding import Voice, decode_voice
from bridge.beats.roundtrip import check_file
from bridge.music.midifile import Song, Track, write_song
from bridge.music.note import Clip, Note


def song_file(folder: Path, *tracks: tuple[Note, ...]) -> Path:
    path = folder / "song.mid"
    names = ("Melody", "Chords", "Chords 2")
    made = tuple(
        Track(name, notes, channel=i, program=0)
        for i, (name, notes) in enumerate(zip(names, tracks, strict=False))
    )
    write_song(path, Song(made, 3840))
    return path


def test_a_file_comes_back_whole(tmp_path: Path) -> None:
    melody = (Note(0, 72, 320), Note(320, 74, 320), Note(640, 76, 1280))
    chords = (Note(0, 48, 3840), Note(0, 52, 3840))
    trip = check_file(song_file(tmp_path, melody, chords))
    assert (trip.notes, trip.lost, trip.doubled, trip.onset_error, trip.duration_error) == (5, 0, 0, 0.0, 0.0)
    assert trip.beats == 8
    assert trip.words["72-1/3-1#74-1/3-1#76-1/3-1"] == 1


def test_a_unison_of_two_tracks_is_doubled_not_lost(tmp_path: Path) -> None:
    trip = check_file(
        song_file(tmp_path, (Note(0, 72, 960),), (Note(0, 48, 960), Note(0, 52, 960)), (Note(0, 48, 480),))
    )
    assert (trip.notes, trip.doubled, trip.lost) == (4, 1, 0)


def test_a_note_that_is_dropped_on_the_way_is_reported_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(voice: Voice) -> Clip:
        whole = decode_voice(voice)
        return Clip(whole.notes[:-1], whole.length, whole.meters, whole.name)

    monkeypatch.setattr(roundtrip, "decode_voice", lossy)
    assert check_file(song_file(tmp_path, (Note(0, 72, 960), Note(960, 74, 960)))).lost == 1


@pytest.mark.data
@pytest.mark.parametrize("corpus", ["nottingham", "lieder"])
def test_no_note_of_real_songs_is_lost_or_moved(songs_folder: Path, corpus: str) -> None:
    for path in sorted((songs_folder / corpus / "valid").glob("*.mid"))[::8]:
        trip = check_file(path)
        assert trip.lost == 0, path.name
        # A file of 1,024 ticks to the quarter rounds an onset by at most half a tick, a duration by a whole one.
        assert trip.onset_error <= 0.5, path.name
        assert trip.duration_error <= 1.0, path.name
