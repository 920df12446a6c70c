from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bridge.errors import EmptyClip, MidiUnwritable
from bridge.music import preview
from bridge.music.note import Note
from bridge.music.preview import SAMPLE_RATE, render_wav
from bridge.music.song import Song, TempoChange, Track

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BEAT = 960


def song(*tracks: Track, tempos: tuple[TempoChange, ...] = (TempoChange(0, 120.0),)) -> Song:
    return Song(tracks, 4 * BEAT, tempos=tempos)


def melody(*notes: Note) -> Track:
    return Track("Melody", notes)


def heard(path: Path) -> NDArray[np.int16]:
    """Samples, shape (length, 2)."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, SAMPLE_RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def pitch_at(samples: NDArray[np.int16], start_s: float, end_s: float) -> float:
    """The strongest frequency in hertz."""
    part = samples[int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)].astype(np.float64).sum(axis=1)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(part)


def test_an_a_sounds_at_440_hertz(tmp_path: Path) -> None:
    render_wav(tmp_path / "a.wav", song(melody(Note(0, 69, 2 * BEAT))))
    assert pitch_at(heard(tmp_path / "a.wav"), 0.1, 0.9) == pytest.approx(440, abs=3)


def test_notes_sound_when_the_tempos_say(tmp_path: Path) -> None:
    # The second note, a fifth higher, starts after one beat at 120 and one at 60: at 1.5 seconds.
    tempos = (TempoChange(0, 120.0), TempoChange(BEAT, 60.0))
    render_wav(
        tmp_path / "t.wav", song(melody(Note(0, 60, 2 * BEAT), Note(2 * BEAT, 67, BEAT)), tempos=tempos)
    )
    samples = heard(tmp_path / "t.wav")
    assert pitch_at(samples, 1.0, 1.4) == pytest.approx(261.6, abs=4)
    assert pitch_at(samples, 1.6, 2.3) == pytest.approx(392.0, abs=4)
    assert len(samples) == pytest.approx(3.5 * SAMPLE_RATE, abs=2)


def test_the_sound_is_loud_and_never_clips(tmp_path: Path) -> None:
    chord = tuple(Note(0, pitch, BEAT, 127) for pitch in range(48, 72))
    render_wav(tmp_path / "loud.wav", song(melody(Note(0, 84, BEAT, 127)), Track("Chords", chord)))
    peak = int(np.abs(heard(tmp_path / "loud.wav")).max())
    assert 0.85 * 32_768 < peak < 0.95 * 32_768


def test_the_melody_stands_out_from_the_accompaniment(tmp_path: Path) -> None:
    note = Note(0, 72, 2 * BEAT)
    render_wav(tmp_path / "both.wav", song(melody(note), Track("Chords", (Note(0, 65, 2 * BEAT),))))
    assert pitch_at(heard(tmp_path / "both.wav"), 0.1, 0.9) == pytest.approx(523.3, abs=4)


def test_a_note_fades_in_and_out_without_a_click(tmp_path: Path) -> None:
    render_wav(tmp_path / "a.wav", song(melody(Note(0, 48, BEAT))))
    samples = heard(tmp_path / "a.wav").astype(np.int32)
    loudest_step = int(np.abs(np.diff(samples, axis=0)).max())
    for edge in (0, int(0.5 * SAMPLE_RATE)):
        assert np.abs(samples[max(0, edge - 2) : edge + 3]).max() < loudest_step


def test_drums_are_left_out(tmp_path: Path) -> None:
    beat = Track("", (Note(0, 36, BEAT),), channel=9)
    render_wav(tmp_path / "one.wav", song(melody(Note(0, 60, BEAT))))
    render_wav(tmp_path / "two.wav", song(melody(Note(0, 60, BEAT)), beat))
    assert (tmp_path / "one.wav").read_bytes() == (tmp_path / "two.wav").read_bytes()
    with pytest.raises(EmptyClip):
        render_wav(tmp_path / "none.wav", song(beat))
    assert not (tmp_path / "none.wav").exists()


def test_a_very_long_song_is_previewed_from_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "LONGEST_PREVIEW_S", 2.0)
    long = song(melody(Note(0, 60, BEAT), Note(3 * BEAT, 62, 100 * BEAT), Note(50 * BEAT, 64, BEAT)))
    render_wav(tmp_path / "long.wav", long)
    assert len(heard(tmp_path / "long.wav")) == pytest.approx(3 * SAMPLE_RATE, abs=2)


def test_a_sound_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "song.wav"
    with pytest.raises(MidiUnwritable, match="nowhere"):
        render_wav(path, song(melody(Note(0, 60, BEAT))))
