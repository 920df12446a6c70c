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

TABLE: Final = "table"
"""The name under which a chooser's table is handed to its graph; it follows from the weights and is not stored."""


def embed_words(weights: Mapping[str, Floats], words: Sequence[Word]) -> Floats:
    """The embedding of each word, (U, E); see `network.model.WordEmbedding`."""
    rows, owners = note_table(words)
    pitch, onset, end, articulated = rows.T
    summed = weights["word.pitch.weight"][pitch] + weights["word.pitch_class.weight"][pitch % 12]
    summed = summed + weights["word.onset.weight"][onset] + weights["word.end.weight"][end]
    each = np.maximum(summed + weights["word.articulated.weight"][articulated], 0)
    whole = np.zeros((len(words), each.shape[1]), np.float32)
    np.add.at(whole, owners, each)
    embedded: Floats = whole @ weights["word.out.weight"].T + weights["word.out.bias"]
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
