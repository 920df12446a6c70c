"""The fast reader gives what the exact one gives, or leaves the file to it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MidiError, MidiTooLong
from bridge.music import midiquick
from bridge.music.midifile import read_song, song_of_bytes, write_song
from bridge.music.midiquick import plain_song, quick_song
from bridge.music.note import Note
from bridge.music.song import Song, Track
from tests.music.hexdump import laid_in, midi_file

END = "00 ff 2f 00"
NOTE = "00 90 3c 64 83 60 80 3c 00"
HERE = Path("song.mid")


def agree(data: bytes) -> Song | None:
    """What the fast reader makes of a file by itself, having seen that the exact one says the same."""
    plain = plain_song(data)
    if plain is not None:
        assert plain == song_of_bytes(data, HERE)
    return plain


PLAIN = {
    "one track": midi_file(f"{NOTE} {END}"),
    "type 0 with three channels": midi_file(
        f"00 93 40 64 00 90 3c 64 00 99 24 64 60 83 40 00 00 80 3c 00 00 89 24 00 {END}", kind=0
    ),
    "two tracks, one of them with two channels": midi_file(
        f"00 c1 20 00 91 3c 64 00 90 48 64 60 81 3c 00 00 80 48 00 {END}", f"00 94 30 64 60 84 30 00 {END}"
    ),
    "drums inside of a track": midi_file(
        f"00 99 24 64 00 90 48 64 60 89 24 00 00 80 48 00 {END}", f"00 94 30 64 60 84 30 00 {END}"
    ),
    "running status and velocity 0": midi_file(f"00 90 3c 64 60 3c 00 00 40 64 60 40 00 {END}"),
    "names, tempos and meters": midi_file(
        f"00 ff 03 04 53 6f 6e 67 00 ff 51 03 07 a1 20 00 ff 58 04 06 03 18 08 83 60 ff 51 03 00 00 00 {END}",
        f"00 ff 03 04 42 61 73 73 {NOTE} {END}",
    ),
    "a system exclusive message": midi_file(f"00 f0 05 7e 7f 09 01 f7 {NOTE} {END}"),
    "ticks that do not divide 960": midi_file(f"07 90 3c 64 05 80 3c 00 {END}", division=96),
    "no notes": midi_file(END),
}
ODD_NOTES = {
    "a note that overlaps itself": midi_file(f"00 90 3c 64 10 90 3c 64 10 80 3c 00 10 80 3c 00 {END}"),
    "a note that is never switched off": midi_file(f"00 90 3c 64 60 90 40 64 10 80 40 00 {END}"),
    "a note of no length": midi_file(f"00 90 3c 64 00 80 3c 00 {END}"),
    "another sound on the way": midi_file(f"{NOTE} 00 c0 05 {NOTE} {END}"),
    "a sound that comes late": midi_file(f"00 90 3c 64 60 c0 05 00 80 3c 00 {END}"),
    "a note switched off twice": midi_file(f"{NOTE} 00 80 3c 00 {END}"),
    "three of one pitch in a heap": midi_file(
        f"00 90 3c 64 10 90 3c 32 10 91 3c 40 00 80 3c 00 05 81 3c 00 07 80 3c 00 00 90 3c 01 {END}"
    ),
}
STRANGE = {
    "a wrong track count": midi_file(f"{NOTE} {END}", count=5),
    "junk in the key signature": midi_file(f"00 ff 59 02 50 07 {NOTE} {END}"),
    "a short tempo": midi_file(f"00 ff 51 02 07 a1 {NOTE} {END}"),
    "no end of track": midi_file(NOTE),
    "a chunk that is no track": midi_file(f"{NOTE} {END}") + b"XFIH\x00\x00\x00\x01a",
}


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_a_plain_file_is_read_fast_and_the_same(data: bytes) -> None:
    assert agree(data) is not None


@pytest.mark.parametrize("data", ODD_NOTES.values(), ids=ODD_NOTES)
def test_notes_that_symusic_would_read_otherwise_are_paired_as_the_exact_reader_does(data: bytes) -> None:
    assert agree(data) is not None


@pytest.mark.parametrize("data", [*PLAIN.values(), *ODD_NOTES.values()], ids=[*PLAIN, *ODD_NOTES])
def test_without_symusic_the_same_is_read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midiquick, "has_symusic", lambda: False)
    assert agree(data) is not None


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_what_is_strange_goes_the_exact_way(data: bytes) -> None:
    assert agree(data) is None
    assert quick_song(data, HERE) == song_of_bytes(data, HERE)


@pytest.mark.parametrize("meter", ["00 02", "04 40", "00 00", "ff 7f"])
def test_a_meter_that_means_nothing_is_ignored_by_both(meter: str) -> None:
    assert agree(midi_file(f"00 ff 58 04 {meter} 18 08 {NOTE} {END}")) is not None


def test_a_delta_longer_than_any_music_is_refused_in_our_words() -> None:
    with pytest.raises(MidiTooLong):
        quick_song(midi_file(f"{NOTE} ff ff ff 7f 90 3c 64 00 80 3c 00 {END}"), HERE)


@given(data=st.data())
def test_damage_never_makes_the_two_readers_differ(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([*PLAIN.values(), *ODD_NOTES.values(), *STRANGE.values()])))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    plain = plain_song(cut)
    try:
        exact = song_of_bytes(cut, HERE)
    except MidiError:
        assert plain is None
        return
    assert plain in (None, exact)


@pytest.mark.parametrize("rng_seed", range(20))
def test_random_songs_come_out_the_same(tmp_path: Path, rng_seed: int) -> None:
    rng = random.Random(rng_seed)
    path = tmp_path / "song.mid"
    write_song(path, random_song(rng))
    data = path.read_bytes()
    assert agree(data) is not None
    assert quick_song(data, path) == read_song(path)


def random_song(rng: random.Random) -> Song:
    tracks = tuple(random_track(rng, number) for number in range(rng.randint(1, 4)))
    length = max(note.end for track in tracks for note in track.notes)
    return Song(tracks, length, name="ランダム")


def random_track(rng: random.Random, number: int) -> Track:
    """Notes in any order of pitch, none of which overlaps itself."""
    free = dict.fromkeys(range(128), 0)
    notes = []
    at = 0
    for _ in range(rng.randint(1, 60)):
        at += rng.choice((0, 0, 60, 240, 480, 7))
        pitch = rng.randint(20, 100)
        onset = max(at, free[pitch])
        notes.append(Note(onset, pitch, rng.randint(1, 2000), rng.randint(1, 127)))
        free[pitch] = notes[-1].end
    return Track(f"track {number}", tuple(sorted(notes)), rng.choice((0, 1, 9)), rng.randint(0, 127))


def test_files_of_the_library_are_read_from_disk_the_same(tmp_path: Path) -> None:
    path = laid_in(tmp_path, PLAIN["names, tempos and meters"])
    song = quick_song(path.read_bytes(), path)
    assert (song, song.name, song.tracks[0].name) == (read_song(path), "Song", "Bass")


@pytest.mark.data
def test_songs_from_elsewhere_come_out_the_same(songs_folder: Path) -> None:
    paths = sorted(songs_folder.rglob("*.mid"))[::40]
    assert len(paths) > 20
    plain = [agree(path.read_bytes()) for path in paths]
    assert all(song is not None for song in plain)
