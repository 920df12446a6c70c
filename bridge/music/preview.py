"""What a song looks and sounds like before it goes into a DAW: a drawn piano roll and a WAV file.

Nothing has to be installed for the sound: the tones are made here and mixed by pretty_midi, without a soundfont.
"""

from __future__ import annotations

import io
import wave
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from bridge.errors import EmptyClip, MidiUnwritable
from bridge.music.note import TICKS_PER_BEAT, Role, Ticks
from bridge.music.roles import find_roles
from bridge.music.roll import Ink, Roll, Span, draw_roll
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from bridge.music.note import Note
    from bridge.music.song import Song, TempoChange

    Signal: TypeAlias = NDArray[np.float64]

__all__ = ["Ink", "Roll", "Span", "draw_roll", "render_wav"]

SAMPLE_RATE = 44_100
LONGEST_PREVIEW_S = 300.0
"""A preview is for listening; what comes later than five minutes is left out."""

# The strength of each harmonic from the fundamental on. The melody sings, the accompaniment stays soft below it.
_HARMONICS = {Role.MELODY: (1.0, 0.45, 0.28, 0.12, 0.06), Role.ACCOMPANIMENT: (1.0, 0.30, 0.08)}
_GAINS = {Role.MELODY: 1.0, Role.ACCOMPANIMENT: 0.55}
_PANS = {Role.MELODY: 0.56, Role.ACCOMPANIMENT: 0.42}
"""Where a voice sits between left (0) and right (1)."""

_LOUDEST = 0.89  # of full scale: one decibel of room for what a player resamples


def render_wav(path: Path, song: Song) -> None:
    """Write a song as a WAV file (16 bits, stereo, 44.1 kHz), whole or not at all.

    Melody and accompaniment, as `find_roles` tells them apart, have a tone each; drums are left out. Tempo changes
    are followed. The file is as loud as it can be without clipping, and ends a second after the last note or five
    minutes after the first bar.

    Raises:
        EmptyClip: there is nothing to hear.
        MidiUnwritable: the file cannot be written; nothing is left behind.
    """
    voices = _voices(song)
    if not voices:
        raise EmptyClip("there is no note to hear", hint="Choose a song that has more than drums.")
    try:
        write_whole(Path(path), _wav_bytes(_mix(voices)))
    except OSError as error:
        raise MidiUnwritable(
            f"{path} cannot be written: {error}",
            hint="Check that the folder exists and that you may write in it.",
        ) from error


def _voices(song: Song) -> list[tuple[Role, list[tuple[Note, float, float]]]]:
    """Each audible track's role and its notes with start and end in seconds."""
    clock = _clock(song.tempos)
    voices = []
    for track, guess in zip(song.tracks, find_roles(song), strict=True):
        timed = [(note, clock(note.onset), clock(note.end)) for note in track.notes]
        heard = [
            (note, start, min(end, LONGEST_PREVIEW_S))
            for note, start, end in timed
            if start < LONGEST_PREVIEW_S
        ]
        if heard and guess.role in _HARMONICS:
            voices.append((guess.role, heard))
    return voices


def _clock(tempos: Iterable[TempoChange]) -> Callable[[Ticks], float]:
    """From ticks to seconds, through every change of tempo."""
    changes = list(tempos)
    starts = [0.0]
    for change, following in pairwise(changes):
        starts.append(starts[-1] + (following.at - change.at) * _tick_s(change))
    marks = list(zip(changes, starts, strict=True))

    def seconds(at: Ticks) -> float:
        change, start = next(mark for mark in reversed(marks) if mark[0].at <= at)
        return start + (at - change.at) * _tick_s(change)

    return seconds


def _tick_s(change: TempoChange) -> float:
    return 60.0 / (change.tempo_bpm * TICKS_PER_BEAT)


def _mix(voices: Iterable[tuple[Role, list[tuple[Note, float, float]]]]) -> Signal:
    """Left and right, within -1 to 1, shape (samples, 2)."""
    import numpy as np  # noqa: PLC0415  numpy and pretty_midi take a third of a second that only a preview needs

    signals = [(role, _synthesize(role, notes)) for role, notes in voices]
    mixed = np.zeros((max(len(signal) for _, signal in signals), 2))
    for role, signal in signals:
        sides = np.array([np.cos(_PANS[role] * np.pi / 2), np.sin(_PANS[role] * np.pi / 2)])
        mixed[: len(signal)] += _GAINS[role] * signal[:, None] * sides
    peak = float(np.abs(mixed).max())
    return mixed * (_LOUDEST / peak) if peak > 0 else mixed


def _synthesize(role: Role, notes: Iterable[tuple[Note, float, float]]) -> Signal:
    import pretty_midi  # noqa: PLC0415  see _mix

    instrument: Any = pretty_midi.Instrument(program=0)
    instrument.notes = [pretty_midi.Note(n.velocity, n.pitch, start, end) for n, start, end in notes]
    signal: Signal = instrument.synthesize(fs=SAMPLE_RATE, wave=_tone(_HARMONICS[role]))
    return signal


def _tone(harmonics: Iterable[float]) -> Callable[[Signal], Signal]:
    """A wave that begins softly and loses its upper harmonics as it rings, as a struck or breathed tone does."""
    import numpy as np  # noqa: PLC0415  see _mix

    def wave_at(phase: Signal) -> Signal:
        cycles = phase / (2 * np.pi)
        tone: Signal = np.zeros_like(phase)
        for order, strength in enumerate(harmonics, 1):
            tone += strength * np.exp(-cycles * (order - 1) / 160) * np.sin(order * phase)
        return tone * -np.expm1(-cycles / 2)

    return wave_at


def _wav_bytes(signal: Signal) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(signal.shape[1])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((signal * 32_767).round().astype("<i2").tobytes())
    return buffer.getvalue()
