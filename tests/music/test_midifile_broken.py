"""Every file that cannot be read gives one error that names the file and the reason."""

from __future__ import annotations

import contextlib
import struct
from typing import TYPE_CHECKING

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import MidiError, MidiMissing, MidiTooLong, MidiUnreadable
from bridge.music import midifile
from bridge.music.midifile import exact_notes, read_song
from tests.music.hexdump import chunk, from_hex, laid_in, midi_file

if TYPE_CHECKING:
    from pathlib import Path

END = "00 ff 2f 00"
NOTE = "00 90 3c 64 83 60 80 3c 00"
GOOD = midi_file(f"{NOTE} {END}", f"{NOTE} {END}")
HEADER = chunk(b"MThd", from_hex("00 01 00 01 01 e0"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "does not start like a MIDI file"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "RIFF file without MIDI"),
        (b"RIFF\x00\x00\x00\x00RMIDDISP\x01\x00\x00\x00a\x00", "RIFF file without MIDI"),
        (b"\x89PNG\r\n\x1a\n", "does not start like a MIDI file"),
        (b"MThd\x00\x00\x00\x06\x00\x01", "ends inside its header"),
        (HEADER, "no tracks"),
        (midi_file(f"{NOTE} {END}", kind=2), "type 2"),
        (midi_file(f"{NOTE} {END}", kind=77), "type 77"),
        (midi_file(f"{NOTE} {END}", division=0), "0 ticks to the beat"),
        (midi_file(f"{NOTE} {END}", division=0xE728), "SMPTE"),
        (GOOD[:-6], "track 2 is cut off"),
        (HEADER + chunk(b"MTrk", from_hex(NOTE))[:-4], "track 1 is cut off"),
        (midi_file(f"{NOTE} {NOTE}")[: -len(from_hex(NOTE))], "track 1 is cut off"),
        (midi_file("00 90 3c"), "track 1 is cut off"),
        (midi_file(NOTE + "83"), "track 1 is cut off"),
        (midi_file("00 ff 03 7f 61 62"), "track 1 is cut off"),
        (midi_file("00 3c 64"), "without a status byte"),
        (midi_file("00 90 3c ff"), "a value of 255"),
        (midi_file("00 f4 00"), "unknown status byte 0xf4"),
        (midi_file("ff ff ff ff ff 90 3c 64"), "a number of more than four bytes"),
    ],
)
def test_a_broken_file_says_what_is_broken(tmp_path: Path, data: bytes, reason: str) -> None:
    path = laid_in(tmp_path, data, "broken.mid")
    with pytest.raises(MidiUnreadable) as caught:
        read_song(path)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)
    assert caught.value.hint


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MidiMissing, match=r"nothing\.mid"):
        read_song(tmp_path / "nothing.mid")


def test_a_folder_is_no_song(tmp_path: Path) -> None:
    with pytest.raises(MidiUnreadable, match="not a file"):
        read_song(tmp_path)


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiError):
        read_song(tmp_path / "a\x00b.mid")
    with pytest.raises(MidiError):
        read_song(tmp_path / ("x" * 5000))


def test_a_delta_longer_than_any_music_is_refused(tmp_path: Path) -> None:
    endless = midi_file(f"{NOTE} ff ff ff 7f 90 3c 64 00 80 3c 00 {END}")
    for read in (read_song, exact_notes):
        with pytest.raises(MidiTooLong, match="559,241 quarter notes"):
            read(laid_in(tmp_path, endless))


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midifile, "LONGEST_FILE_BYTES", 20)
    with pytest.raises(MidiTooLong, match="larger than"):
        read_song(laid_in(tmp_path, GOOD))


@pytest.mark.parametrize(
    "error",
    [
        OSError("no MTrk header at start of track"),
        EOFError(),
        ValueError("attribute must be in range 0..127"),
        UnicodeDecodeError("ascii", b"\xff", 0, 1, "ordinal not in range"),
        IndexError("list index out of range"),
        KeyError(7),
        TypeError("attribute must be an integer"),
        ZeroDivisionError("division by zero"),
        OverflowError("int too large"),
        RuntimeError("generator raised StopIteration"),
        struct.error("unpack requires a buffer of 8 bytes"),
        mido.KeySignatureError("Could not decode key with 14 sharps and mode 0"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_the_reader_raises_is_one_error_to_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(mido, "MidiFile", fail)
    with pytest.raises(MidiUnreadable) as caught:
        read_song(laid_in(tmp_path, GOOD))
    assert caught.value.__cause__ is error
    assert (str(error) or type(error).__name__) in str(caught.value)


@given(data=st.data())
def test_no_damage_gets_past_as_anything_but_a_midi_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    path = laid_in(tmp_path_factory.getbasetemp(), cut, "damaged.mid")
    with contextlib.suppress(MidiError):
        notes = [note for track in read_song(path).tracks for note in track.notes]
        assert len(exact_notes(path)) == len(notes)
