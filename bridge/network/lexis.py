"""What a network makes of words, without torch: their embeddings, and the tables that its choosers compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bridge.beats.word import parse_word
from bridge.network.batch import note_rows, note_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.word import Word
    from bridge.config import NetworkConfig

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

POINTERS: Final = ("pointers", "grooves")
"""The two kinds of pointers by what their weights are called: those at words, and those at rhythms."""

_KEPT: Final = 16_384
"""How many notes are kept at most."""

POINTED: Final = ("query", "key", "new")
"""What each pointer makes of the core's state, besides what it asks lags by."""

JOINED: Final = "point"
"""The name under which a voice's pointers are handed to their graph, joined; it follows from the weights."""

OF_PLAN: Final = "of_plan"
"""The name under which a speller's gates of its plan are handed to their graph; they are a part of its weights."""

TABLE: Final = "table"
"""The name under which a chooser's table is handed to its graph; it follows from the weights and is not stored."""


def embed_words(weights: Mapping[str, Floats], words: Sequence[Word]) -> Floats:
    """The embedding of each word, (U, E); see `network.model.WordEmbedding`."""
    rows, owners = note_table(words)
    of_pitch = _of_pitches(weights, rows)
    each = _of_notes(weights, "word", rows, of_pitch)
    whole = np.zeros((len(words), each.shape[1]), np.float32)
    np.add.at(whole, owners, each)
    embedded: Floats = whole @ weights["word.out.weight"].T + weights["word.out.bias"]
    return embedded


class Embedder:
    """Embeds words, or their rhythms, as a song meets them: one by one, of notes that have mostly been seen.

    Args:
        weights: the network's.
        kind: `word` or `rhythm`; see `network.model.WordEmbedding` and `RhythmEmbedding`.
    """

    def __init__(self, weights: Mapping[str, Floats], kind: str) -> None:
        self._weights, self._kind = weights, kind
        self._matrix, self._bias = weights[f"{kind}.out.weight"], weights[f"{kind}.out.bias"]
        self._notes: dict[tuple[int, ...], Floats] = {}

    def of(self, word: Word) -> Floats:
        """The embedding of one word, (E)."""
        whole = np.zeros(self._matrix.shape[1], np.float32)
        for row in note_rows(word).tolist():
            whole += self._of_note(tuple(row if self._kind == "word" else row[1:]))
        return np.asarray(self._matrix @ whole + self._bias)

    def _of_note(self, note: tuple[int, ...]) -> Floats:
        found = self._notes.get(note)
        if found is None:
            if len(self._notes) >= _KEPT:
                self._notes.clear()
            rows = np.array([(0, *note)[-4:]])
            more = _of_pitches(self._weights, rows) if self._kind == "word" else np.float32(0)
            found = self._notes[note] = _of_notes(self._weights, self._kind, rows, more)[0]
        return found


def _of_pitches(weights: Mapping[str, Floats], rows: Ints) -> Floats:
    """What the pitches of notes, (notes, 4), add to the notes of words."""
    pitch = rows[:, 0]
    return np.asarray(weights["word.pitch.weight"][pitch] + weights["word.pitch_class.weight"][pitch % 12])


def _of_notes(weights: Mapping[str, Floats], name: str, rows: Ints, more: Floats | np.float32) -> Floats:
    """What each note, (notes, 4), comes to, together with `more`."""
    _, onset, end, articulated = rows.T
    summed = more + weights[f"{name}.onset.weight"][onset] + weights[f"{name}.end.weight"][end]
    return np.asarray(np.maximum(summed + weights[f"{name}.articulated.weight"][articulated], 0))


def derived(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, Floats]:
    """What graphs ask for that is not stored, as it follows from the weights."""
    return _word_tables(weights, config) | _joined_points(weights, config) | _of_plans(weights, config)


def _of_plans(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, Floats]:
    """For each voice the columns of its speller's gates that a plan goes through, (3P, P).

    In int8 they have scales of their own: the largest weight of a row may stand among the symbol's columns.
    """
    names = [f"spellers.{voice}" for voice in range(config.voices)]
    return {
        f"{name}.{OF_PLAN}": np.ascontiguousarray(
            weights[f"{name}.gru.weight_ih_l0"][:, config.symbol_size :]
        )
        for name in names
    }


def _joined_points(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, Floats]:
    """For each voice all that its pointers make of the core's state, as one matrix with its bias: one product."""
    names = [f"{{}}.{{}}.{part}" for part in (*POINTED, *(("lag_query",) * (config.lags > 0)))]
    kinds = POINTERS[: 1 + (config.groove_size > 0)] if config.memory else ()
    joined = {}
    for voice in range(config.voices if kinds else 0):
        parts = [name.format(kind, voice) for kind in kinds for name in names]
        for of in ("weight", "bias"):
            joined[f"{JOINED}.{voice}.{of}"] = np.concatenate([weights[f"{part}.{of}"] for part in parts])
    return joined


def _word_tables(weights: Mapping[str, Floats], config: NetworkConfig) -> dict[str, Floats]:
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
