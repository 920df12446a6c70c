"""The field's published benchmark: nats a frame on the Nottingham piano rolls, by networks made for it.

Eighth-note frames of 88 keys; every song starts fresh; the first frame is not scored; nats are summed over keys and
frames and divided by all scored frames. `plain` is the network without its memory of the song so far. The bars of
these songs are not known: beside lookbacks by bars of eight frames there are some for bars of six.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from bridge.beats.pianoroll import read_pianorolls
from bridge.beats.vocabulary import SIZE
from bridge.config import NetworkConfig, TrainSettings
from bridge.network.batch import collate, prepare
from bridge.network.checkpoint import read_config
from bridge.network.features import METRE
from bridge.network.measuring import to_inputs
from bridge.network.model import MacNet
from bridge.network.tensors import read_model_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bridge.beats.playlist import Score

CONTEXT: Final = 4
"""A frame is new when the frames just before it, this many, have not stood together in the song before."""


class Kind(StrEnum):
    """The two networks of the benchmark."""

    PLAIN = "plain"
    MEMORY = "memory"


SHAPES: Final = {
    Kind.PLAIN: NetworkConfig(2, SIZE, METRE, memory=False, core_size=512, dropout=0.5),
    Kind.MEMORY: NetworkConfig(
        2, SIZE, METRE, dropout=0.4, likeness_size=16, lags=512, lookbacks=(6, 12, 24, 48, 64)
    ),
}
SETTINGS: Final = TrainSettings(
    epochs=400, batch_beats=2048, weight_decay=3e-2, longest=384, patience=40, transpose=0.6, practice=0.02
)


@dataclass(frozen=True, slots=True)
class FrameNats:
    """What a network says of the scored frames of some songs, one song after another.

    Attributes:
        nats: of each scored frame, over all its keys.
        is_new: whether the frame's context is new in its song.
    """

    nats: npt.NDArray[np.float64]
    is_new: npt.NDArray[np.bool_]

    @property
    def mean(self) -> float:
        """Nats a frame."""
        return float(self.nats.mean())

    @property
    def mean_of_new(self) -> float:
        """Nats a frame, of those whose context is new in the song."""
        return float(self.nats[self.is_new].mean())


def frame_nats(
    folder: Path, songs: Path, *, on_progress: Callable[[float], None] = lambda _: None
) -> FrameNats:
    """Measure a saved network on a file of piano rolls.

    Args:
        folder: of the model.
        songs: an npz file, see `beats.pianoroll`.
        on_progress: told the share that is done, 0 to 1.

    Raises:
        ModelDamaged, ModelIncompatible: the model or the file of songs cannot be read.
    """
    model = MacNet(read_config(folder))
    model.load_state_dict(read_model_weights(folder))
    return measure_frames(model, read_pianorolls(songs), on_progress=on_progress)


def measure_frames(
    model: MacNet, songs: Sequence[Score], *, on_progress: Callable[[float], None] = lambda _: None
) -> FrameNats:
    """Measure a network on piano rolls."""
    model.eval()
    nats, is_new = [], []
    for number, song in enumerate(songs):
        with torch.inference_mode():
            whole = model(to_inputs(collate([prepare(song, model.config)])))[0].sum(0)
        nats.append(-whole.numpy().astype(np.float64)[1:])
        is_new.append(new_frames(song)[1:])
        on_progress((number + 1) / len(songs))
    return FrameNats(np.concatenate(nats), np.concatenate(is_new))


def new_frames(song: Score) -> npt.NDArray[np.bool_]:
    """For each frame, whether the `CONTEXT` frames before it have not stood together in the song before."""
    frames = tuple(zip(*song.voices, strict=True))
    seen: set[object] = set()
    flags = []
    for at in range(len(frames)):
        context = frames[max(0, at - CONTEXT) : at]
        flags.append(at < CONTEXT or context not in seen)
        seen.add(context)
    return np.array(flags)
