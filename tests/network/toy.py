"""A toy with known answers: songs that are rising scales over one held chord, and a network small enough to learn
them in seconds."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import torch
from torch import nn

from bridge.beats.playlist import Score, score_of, transposed
from bridge.beats.vocabulary import SIZE, symbol_names
from bridge.config import NetworkConfig, TrainSettings
from bridge.music.note import Clip, Note, Role, make_clip
from bridge.network.checkpoint import Card, Vocabulary
from bridge.network.features import METRE
from bridge.network.model import MacNet

SCALE = (60, 62, 64, 65, 67, 69, 71)
SMALL = NetworkConfig(
    2,
    SIZE,
    METRE,
    word_size=24,
    core_size=48,
    key_size=12,
    symbol_size=16,
    speller_size=32,
    dropout=0.0,
)
DICTIONARY = (("60-1-1", "62-1-1", "64-1-1", "67-1-1"), ("48-1-1#55-1-1@0",))
"""Some of the words of the toy's songs; the others have to be spelled."""
QUICK = TrainSettings(
    epochs=40,
    patience=40,
    batch_beats=64,
    learning_rate=1e-2,
    weight_decay=1e-2,
    warmup=10,
    save_every_s=3600,
)
WORDY = replace(SMALL, chooser_size=24, dictionary=DICTIONARY)
"""With a dictionary, so that it can be trained on with other words."""
BRIEF = replace(QUICK, epochs=6, patience=6, transpose=0.0)
PLAIN = replace(SMALL, memory=False)
"""Without its memory a network cannot copy the scale from its primer: it has to know it."""
PATIENT = replace(QUICK, epochs=120, patience=120, learning_rate=5e-3, weight_decay=0.0)
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


def falling(start: int) -> Clip:
    """The scale the other way."""
    notes = [Note(960 * beat, SCALE[(start - beat) % 7], 960) for beat in range(16)]
    return make_clip(notes, length=960 * 16)


def falling_songs(count: int = 8) -> tuple[Score, ...]:
    """What `rising` has not heard: the scale the other way, an octave higher."""
    clips = ({Role.MELODY: falling(i), Role.ACCOMPANIMENT: chord()} for i in range(count))
    return tuple(transposed(score_of(c, name=f"fall {i}", shift=0), 12) for i, c in enumerate(clips))


@cache
def songs(count: int = 14) -> tuple[Score, ...]:
    """The playlist: scales from every step, all in C."""
    return tuple(
        score_of({Role.MELODY: rising(i), Role.ACCOMPANIMENT: chord()}, name=f"song {i}", shift=0)
        for i in range(count)
    )


def wide_start() -> dict[str, torch.Tensor]:
    """Weights for `PLAIN` in which words differ more than torch lets them, on the way to the speller.

    From torch's own start so small a network takes minutes to find out that a scale rises.
    """
    torch.manual_seed(1)
    weights = MacNet(PLAIN).state_dict()
    for name, weight in weights.items():
        if "weight_hh" in name:
            for gate in weight.chunk(3):
                nn.init.orthogonal_(gate)
        elif "weight_ih" in name:
            for gate in weight.chunk(3):
                nn.init.xavier_uniform_(gate, gain=1.5)
        elif name.endswith(("plan.weight", "start.weight", "word.out.weight")):
            nn.init.xavier_uniform_(weight, gain=1.5)
        elif name.startswith("metre"):
            nn.init.normal_(weight, std=0.3)
    return weights


def folder_of(path: Path) -> Path:
    """Make a folder."""
    path.mkdir(parents=True, exist_ok=True)
    return path
