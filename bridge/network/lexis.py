"""What a network makes of words, without torch: their embeddings, and the tables that its choosers compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.word import parse_word
from bridge.network.batch import note_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.word import Word
    from bridge.config import NetworkConfig

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

POINTERS: Final = ("pointers", "grooves")
"""The two kinds of pointers by what their weights are called: those at words, and those at rhythms."""

TABLE: Final = "table"
"""The name under which a chooser's table is handed to its graph; it follows from the weights and is not stored."""


def embed_words(weights: Mapping[str, Floats], words: Sequence[Word]) -> Floats:
    """The embedding of each word, (U, E); see `network.model.WordEmbedding`."""
    rows, owners = note_table(words)
    pitch = rows[:, 0]
    of_pitch = weights["word.pitch.weight"][pitch] + weights["word.pitch_class.weight"][pitch % 12]
    return _summed(weights, "word", of_pitch, (rows, owners), len(words))


def embed_rhythms(weights: Mapping[str, Floats], words: Sequence[Word]) -> Floats:
    """The embedding of each word's rhythm, (U, G); see `network.model.RhythmEmbedding`."""
    return _summed(weights, "rhythm", np.float32(0), note_table(words), len(words))


def _summed(
    weights: Mapping[str, Floats], name: str, more: Floats | np.float32, notes: tuple[Ints, Ints], words: int
) -> Floats:
    """What the notes of each word come to, together with `more` of each note."""
    rows, owners = notes
    _, onset, end, articulated = rows.T
    summed = more + weights[f"{name}.onset.weight"][onset] + weights[f"{name}.end.weight"][end]
    each = np.maximum(summed + weights[f"{name}.articulated.weight"][articulated], 0)
    if words == 1:  # as a song meets them
        whole = each.sum(0, keepdims=True)
    else:
        whole = np.zeros((words, each.shape[1]), np.float32)
        np.add.at(whole, owners, each)
    embedded: Floats = whole @ weights[f"{name}.out.weight"].T + weights[f"{name}.out.bias"]
    return embedded


def word_tables(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, Floats]:
    """For each voice what its chooser tells the words of its dictionary by, (W + 1, C)."""
    tables = {}
    for voice, texts in enumerate(config.dictionary):
        name = f"choosers.{voice}"
        by_notes = (
            embed_words(weights, [parse_word(text) for text in texts]) @ weights[f"{name}.of_notes.weight"].T
        )
        table = weights[f"{name}.own"].copy()
        table[:-1] += by_notes
        tables[f"{name}.{TABLE}"] = table
    return tables
