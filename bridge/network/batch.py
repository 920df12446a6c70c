"""Scores in numbers: what one iteration of training, or one measurement, reads. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from bridge.beats.grid import GRID
from bridge.beats.vocabulary import LAST, spell
from bridge.network.features import distance_matrix, lookback_indices, metre_columns, run_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score
    from bridge.beats.word import Word

_Number = TypeVar("_Number", np.int64, np.uint8)
Ints: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

_POSITION = {position: index for index, position in enumerate(GRID)}
PAD_NOTE = (128, LAST, LAST, 2)
"""Fills up the notes of a word; the embedding leaves it out."""
LONGEST_RUN = 62
_GROUPS = 4
"""Spellings of like length are computed together, in this many groups, so that little is padded."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One score in numbers.

    Attributes:
        score: the score.
        metre: (beats, columns), see `features.metre_columns`.
        lookback: (beats, 3 or more), see `features.lookback_indices`.
        runs: (voices, beats, beats), see `features.run_matrix`; capped at `LONGEST_RUN`.
        distances: (beats, beats), see `features.distance_matrix`.
        spellings: for each voice, the ids that spell each beat.
    """

    score: Score
    metre: Ints
    lookback: Ints
    runs: Bytes
    distances: Bytes
    spellings: tuple[tuple[tuple[int, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Spelled:
    """Spellings of like length: `symbols` (n, longest) ends in -1; `where` (n) is song x beats + beat."""

    where: Ints
    symbols: Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Some scores, padded to the longest of them.

    Attributes:
        notes: (words, notes, 4): pitch, onset and end as indices of `GRID`, articulated; of each word that occurs.
        words: (songs, voices, beats) of indices into `notes`.
        is_beat: (songs, beats): False where padded.
        known: (songs, voices): whether the voice is known.
        metre, lookback, runs, distances: as in `Prepared`, with the songs as first axis.
        spelled: for each voice, its spellings in groups.
    """

    notes: Ints
    words: Ints
    is_beat: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    metre: Ints
    lookback: Ints
    runs: Bytes
    distances: Bytes
    spelled: tuple[tuple[Spelled, ...], ...]


def note_rows(word: Word) -> Ints:
    """The notes of a word, (notes, 4), as `Batch.notes` has them."""
    rows = [(n.pitch, _POSITION[n.onset], _POSITION[n.end], int(n.articulated)) for n in word.notes]
    return np.array(rows, np.int64).reshape(len(rows), 4)


def prepare(score: Score, lookbacks: Sequence[int] = ()) -> Prepared:
    """The numbers of one score; `lookbacks` as in `NetworkConfig`."""
    beats = score.beats
    bars = np.array([beat.bar for beat in beats], np.int64)
    places = np.array([beat.index for beat in beats], np.int64)
    runs = np.stack([np.minimum(run_matrix(words), LONGEST_RUN).astype(np.uint8) for words in score.voices])
    return Prepared(
        score,
        metre_columns(beats),
        lookback_indices(beats, lookbacks),
        runs,
        distance_matrix(bars, places).astype(np.uint8),
        tuple(_spellings(words, is_tied=score.is_tied) for words in score.voices),
    )


def _spellings(words: Sequence[Word], *, is_tied: bool) -> tuple[tuple[int, ...], ...]:
    before = [(), *(word.sounding if is_tied else () for word in words[:-1])]
    return tuple(spell(word, sounding) for word, sounding in zip(words, before, strict=True))


def collate(songs: Sequence[Prepared]) -> Batch:
    """Put songs side by side."""
    longest = max(len(song.score) for song in songs)
    number: dict[Word, int] = {}
    voices = len(songs[0].score.voices)
    words = np.zeros((len(songs), voices, longest), np.int64)
    for row, song in enumerate(songs):
        for voice, line in enumerate(song.score.voices):
            words[row, voice, : len(line)] = [number.setdefault(word, len(number)) for word in line]
    lengths = np.array([len(song.score) for song in songs])
    return Batch(
        notes=_note_table(list(number)),
        words=words,
        is_beat=np.arange(longest) < lengths[:, None],
        known=np.array([song.score.known for song in songs]),
        metre=_pad([song.metre for song in songs], (longest, songs[0].metre.shape[1]), 0),
        lookback=_pad([song.lookback for song in songs], (longest, songs[0].lookback.shape[1]), -1),
        runs=_pad([song.runs for song in songs], (voices, longest, longest), 0),
        distances=_pad([song.distances for song in songs], (longest, longest), 0),
        spelled=tuple(_group_spellings(songs, voice, longest) for voice in range(voices)),
    )


def _note_table(words: Sequence[Word]) -> Ints:
    most = max(1, *(len(word.notes) for word in words))
    table = np.empty((len(words), most, 4), np.int64)
    table[:] = PAD_NOTE
    for row, word in enumerate(words):
        table[row, : len(word.notes)] = note_rows(word)
    return table


def _pad(arrays: Sequence[npt.NDArray[_Number]], shape: tuple[int, ...], fill: int) -> npt.NDArray[_Number]:
    def pad(array: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
        missing = [(0, whole - size) for whole, size in zip(shape, array.shape, strict=True)]
        return np.pad(array, missing, constant_values=fill)

    return np.stack([pad(array) for array in arrays])


def _group_spellings(songs: Sequence[Prepared], voice: int, longest: int) -> tuple[Spelled, ...]:
    flat = [
        (ids, row * longest + beat)
        for row, song in enumerate(songs)
        if song.score.known[voice]
        for beat, ids in enumerate(song.spellings[voice])
    ]
    flat.sort(key=lambda pair: len(pair[0]))
    size = max(1, -(-len(flat) // _GROUPS))
    return tuple(_spelled(flat[at : at + size]) for at in range(0, len(flat), size))


def _spelled(flat: Sequence[tuple[tuple[int, ...], int]]) -> Spelled:
    symbols = np.full((len(flat), max(len(ids) for ids, _ in flat)), -1, np.int64)
    for row, (ids, _) in enumerate(flat):
        symbols[row, : len(ids)] = ids
    return Spelled(np.array([where for _, where in flat], np.int64), symbols)
