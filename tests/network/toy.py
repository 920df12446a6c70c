"""A toy with known answers: songs that are rising scales over one held chord, and a network small enough to learn
them in seconds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bridge.beats.playlist import Score, score_of
from bridge.beats.vocabulary import SIZE, symbol_names
from bridge.config import NetworkConfig, TrainSettings
from bridge.music.note import Clip, Note, Role, make_clip
from bridge.network.checkpoint import Card, Vocabulary
from bridge.network.features import METRE

SCALE = (60, 62, 64, 65, 67, 69, 71)
SMALL = NetworkConfig(
    2, SIZE, METRE, word_size=24, core_size=48, key_size=12, symbol_size=16, speller_size=32, dropout=0.0
)
QUICK = TrainSettings(
    epochs=40,
    patience=40,
    batch_beats=64,
    learning_rate=1e-2,
    weight_decay=1e-2,
    warmup=10,
    save_every_s=3600,
)
CARD = Card("toy", "1", "rising scales", "made by the tests", "none", "2026-11-22")
VOCABULARY = Vocabulary(symbol_names(), {"60-1-1": 1})


def rising(start: int, beats: int = 16) -> Clip:
    """A scale in C that rises a step a beat, and starts over after its seventh."""
    notes = [Note(960 * beat, SCALE[(start + beat) % 7], 960) for beat in range(beats)]
    return make_clip(notes, length=960 * beats)


def chord(beats: int = 16) -> Clip:
    """A fifth, struck once a bar."""
    return make_clip(
        (Note(3840 * bar, pitch, 3840) for bar in range(beats // 4) for pitch in (48, 55)), length=960 * beats
    )


@cache
def songs(count: int = 14) -> tuple[Score, ...]:
    """The playlist: scales from every step, all in C."""
    return tuple(
        score_of({Role.MELODY: rising(i), Role.ACCOMPANIMENT: chord()}, name=f"song {i}", shift=0)
        for i in range(count)
    )


def folder_of(path: Path) -> Path:
    """Make a folder."""
    path.mkdir(parents=True, exist_ok=True)
    return path
