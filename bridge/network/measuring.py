"""What a model says of songs: its figures, in nats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from bridge.network.batch import Batch, Prepared, Spelled, collate
from bridge.network.model import Inputs, MacNet, Notes, Spellings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Figures:
    """Nats a quarter note of each voice on some songs, over those songs that have it.

    What it takes to tell the songs' transpositions counts as the first voice's.
    """

    voices: tuple[float, ...]

    @property
    def sum(self) -> float:
        """All voices together."""
        return sum(self.voices)


def to_inputs(batch: Batch, device: torch.device | str = "cpu") -> Inputs:
    """A batch as tensors on a device."""

    def tensor(array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(array).to(device)

    def spellings(voices: Sequence[Sequence[Spelled]]) -> list[list[Spellings]]:
        return [[Spellings(tensor(g.where), tensor(g.symbols)) for g in groups] for groups in voices]

    return Inputs(
        notes=Notes(tensor(batch.notes), tensor(batch.owners), batch.distinct),
        words=tensor(batch.words),
        is_beat=tensor(batch.is_beat),
        metre=tensor(batch.metre),
        lookback=tensor(batch.lookback),
        rhythms=tensor(batch.rhythms),
        runs=tensor(batch.runs).long(),
        grooves=tensor(batch.grooves).long(),
        distances=tensor(batch.distances).long(),
        known=tensor(batch.known),
        choices=tensor(batch.choices),
        spelled=spellings(batch.spelled),
        practised=spellings(batch.practised),
    )


def measure(model: MacNet, songs: Sequence[Prepared], *, batch_beats: int = 4_096) -> Figures:
    """The figures of a model on songs: nats of each voice, divided by the songs' length in quarter notes."""
    device = next(model.parameters()).device
    lost = np.zeros(model.config.voices)
    quarters = np.zeros(model.config.voices)
    model.eval()
    with torch.inference_mode():
        for group in _like_lengths(songs, batch_beats):
            inputs = to_inputs(collate(group), device)
            nats = -model(inputs).sum(2).cpu().numpy().astype(np.float64)  # songs, voices
            known = np.array([song.score.known for song in group])
            lost += (nats * known).sum(0)
            lost[0] += sum(song.score.shift_nats for song in group)
            quarters += (np.array([[song.score.quarters] for song in group]) * known).sum(0)
    return Figures(tuple(float(nats) for nats in lost / np.maximum(quarters, 1e-9)))


def _like_lengths(songs: Sequence[Prepared], batch_beats: int) -> Iterator[list[Prepared]]:
    group: list[Prepared] = []
    for song in sorted(songs, key=lambda song: len(song.score)):
        if group and (len(group) + 1) * len(song.score) > batch_beats:
            yield group
            group = []
        group.append(song)
    if group:
        yield group
