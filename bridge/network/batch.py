"""Scores in numbers: what one iteration of training, or one measurement, reads. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from bridge.beats.grid import GRID
from bridge.beats.playlist import transposed
from bridge.beats.vocabulary import spell
from bridge.beats.word import Word, parse_word
from bridge.network.features import distance_matrix, lookback_indices, metre_columns, run_matrix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig

_Number = TypeVar("_Number", np.int64, np.uint8)
Ints: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]

_POSITION = {position: index for index, position in enumerate(GRID)}
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
        grooves: the same of the words' rhythms; (voices, 0, 0) for a network that does not point at them.
        distances: (beats, beats), see `features.distance_matrix`.
        choices: (voices, beats) places in the dictionary of each voice; -1 where a word is not in it.
    """

    score: Score
    metre: Ints
    lookback: Ints
    runs: Bytes
    grooves: Bytes
    distances: Bytes
    choices: Ints


@dataclass(frozen=True, slots=True)
class Spelled:
    """Spellings of like length: `symbols` (n, longest) ends in -1; `where` (n) is song x beats + beat."""

    where: Ints
    symbols: Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Some scores, padded to the longest of them.

    Attributes:
        notes: (notes, 4): pitch, onset and end as indices of `GRID`, articulated; of each word that occurs.
        owners: (notes) the number of the word that each belongs to.
        distinct: how many words occur.
        rhythms: (distinct) the number of each word's rhythm.
        words: (songs, voices, beats) of numbers of words.
        is_beat: (songs, beats): False where padded.
        known: (songs, voices): whether the voice is known.
        metre, lookback, runs, grooves, distances, choices: as in `Prepared`, with the songs as first axis.
        spelled: for each voice, the spellings of the words that are not in its dictionary, in groups.
        practised: for each voice, the spellings of some words that are, for practice.
    """

    notes: Ints
    owners: Ints
    distinct: int
    rhythms: Ints
    words: Ints
    is_beat: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]
    metre: Ints
    lookback: Ints
    runs: Bytes
    grooves: Bytes
    distances: Bytes
    choices: Ints
    spelled: tuple[tuple[Spelled, ...], ...]
    practised: tuple[tuple[Spelled, ...], ...]


def note_rows(word: Word) -> Ints:
    """The notes of a word, (notes, 4), as `Batch.notes` has them."""
    rows = [(n.pitch, _POSITION[n.onset], _POSITION[n.end], int(n.articulated)) for n in word.notes]
    return np.array(rows, np.int64).reshape(len(rows), 4)


def prepare(score: Score, config: NetworkConfig | None = None) -> Prepared:
    """The numbers of one score, for a network of that shape."""
    beats = score.beats
    bars = np.array([beat.bar for beat in beats], np.int64)
    places = np.array([beat.index for beat in beats], np.int64)
    has_grooves = config is not None and config.groove_size > 0
    rhythms = [[word.rhythm for word in words if has_grooves] for words in score.voices]
    return Prepared(
        score,
        metre_columns(beats),
        lookback_indices(beats, config.lookbacks if config else ()),
        _capped_runs(score.voices),
        _capped_runs(rhythms),
        distance_matrix(bars, places).astype(np.uint8),
        choices_of(score, config.dictionary if config else ()),
    )


def _capped_runs(voices: Sequence[Sequence[object]]) -> Bytes:
    return np.stack([np.minimum(run_matrix(beats), LONGEST_RUN).astype(np.uint8) for beats in voices])


def moved(song: Prepared, semitones: int, config: NetworkConfig) -> Prepared:
    """The song in another key; what repeats and where does not change."""
    if semitones == 0:
        return song
    score = transposed(song.score, semitones)
    return replace(song, score=score, choices=choices_of(score, config.dictionary))


def choices_of(score: Score, dictionary: Sequence[Sequence[str]]) -> Ints:
    """Where each word stands in its voice's dictionary, (voices, beats); -1 where it does not."""
    if not dictionary:
        return np.full((len(score.voices), len(score)), -1, np.int64)
    places = dictionary_places(tuple(dictionary))
    return np.array(
        [[p.get(w, -1) for w in words] for p, words in zip(places, score.voices, strict=True)], np.int64
    )


@lru_cache(maxsize=4)
def dictionary_places(dictionary: tuple[tuple[str, ...], ...]) -> tuple[dict[Word, int], ...]:
    """For each voice, the place of each word of its dictionary."""
    return tuple({parse_word(text): at for at, text in enumerate(words)} for words in dictionary)


def collate(songs: Sequence[Prepared], *, practice: float = 0.0, rng_seed: int = 0) -> Batch:
    """Put songs side by side.

    Args:
        songs: prepared for one shape of network.
        practice: share of the words of the dictionaries that are spelled as well.
        rng_seed: decides which.
    """
    longest = max(len(song.score) for song in songs)
    number: dict[Word, int] = {}
    voices = len(songs[0].score.voices)
    words = np.zeros((len(songs), voices, longest), np.int64)
    for row, song in enumerate(songs):
        for voice, line in enumerate(song.score.voices):
            words[row, voice, : len(line)] = [number.setdefault(word, len(number)) for word in line]
    lengths = np.array([len(song.score) for song in songs])
    notes, owners = note_table(list(number))
    rhythms: dict[object, int] = {}
    of_words = [rhythms.setdefault(word.rhythm, len(rhythms)) for word in number]
    rng = np.random.default_rng(rng_seed)
    unknown = [[song.choices[voice] < 0 for song in songs] for voice in range(voices)]
    drawn = [[~flags & (rng.random(len(flags)) < practice) for flags in one] for one in unknown]
    return Batch(
        notes=notes,
        owners=owners,
        distinct=len(number),
        rhythms=np.array(of_words, np.int64),
        words=words,
        is_beat=np.arange(longest) < lengths[:, None],
        known=np.array([song.score.known for song in songs]),
        metre=_pad([song.metre for song in songs], (longest, songs[0].metre.shape[1]), 0),
        lookback=_pad([song.lookback for song in songs], (longest, songs[0].lookback.shape[1]), -1),
        runs=_pad([song.runs for song in songs], (voices, longest, longest), 0),
        grooves=_pad(
            [song.grooves for song in songs], (voices, *2 * (longest * bool(songs[0].grooves.size),)), 0
        ),
        distances=_pad([song.distances for song in songs], (longest, longest), 0),
        choices=_pad([song.choices for song in songs], (voices, longest), -1),
        spelled=tuple(_group_spellings(songs, v, longest, unknown[v]) for v in range(voices)),
        practised=tuple(_group_spellings(songs, v, longest, drawn[v]) for v in range(voices)),
    )


def note_table(words: Sequence[Word]) -> tuple[Ints, Ints]:
    """The notes of some words, one after another, (notes, 4), and which word each belongs to, (notes)."""
    rows = [note_rows(word) for word in words]
    counts = [len(notes) for notes in rows]
    return np.concatenate([np.zeros((0, 4), np.int64), *rows]), np.repeat(np.arange(len(words)), counts)


def _pad(arrays: Sequence[npt.NDArray[_Number]], shape: tuple[int, ...], fill: int) -> npt.NDArray[_Number]:
    def pad(array: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
        missing = [(0, whole - size) for whole, size in zip(shape, array.shape, strict=True)]
        return np.pad(array, missing, constant_values=fill)

    return np.stack([pad(array) for array in arrays])


def _group_spellings(
    songs: Sequence[Prepared], voice: int, longest: int, wanted: Sequence[npt.NDArray[np.bool_]]
) -> tuple[Spelled, ...]:
    flat = [
        (_spelling(song.score, voice, int(beat)), row * longest + int(beat))
        for row, song in enumerate(songs)
        if song.score.known[voice]
        for beat in np.flatnonzero(wanted[row])
    ]
    flat.sort(key=lambda pair: len(pair[0]))
    size = max(1, -(-len(flat) // _GROUPS))
    return tuple(_spelled(flat[at : at + size]) for at in range(0, len(flat), size))


def _spelling(score: Score, voice: int, beat: int) -> tuple[int, ...]:
    words = score.voices[voice]
    sounding = words[beat - 1].sounding if beat and score.is_tied else ()
    return spell(words[beat], sounding)


def _spelled(flat: Sequence[tuple[tuple[int, ...], int]]) -> Spelled:
    symbols = np.full((len(flat), max(len(ids) for ids, _ in flat)), -1, np.int64)
    for row, (ids, _) in enumerate(flat):
        symbols[row, : len(ids)] = ids
    return Spelled(np.array([where for _, where in flat], np.int64), symbols)
