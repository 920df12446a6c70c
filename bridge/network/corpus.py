"""What a model learns from: songs are read, counted, and parted into those to learn from and those to choose by."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Final

from bridge.beats.playlist import Score, cut, score_of
from bridge.beats.vocabulary import symbol_names
from bridge.errors import MacNetError, TooLittleMusic
from bridge.music.midifile import read_song
from bridge.music.note import VOICES, Role
from bridge.music.roles import voices_of
from bridge.music.song import MIDI_SUFFIXES
from bridge.network.checkpoint import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

HELD_OUT: Final = 0.08
"""The share of songs that are held out of training to choose the best state by; more of few songs, see `held_out`."""

STORED_WORDS: Final = 20_000
"""How many words of its songs are stored with a model, the most frequent; those heard once never are."""

_LEAST_BEATS: Final = 32
_FEW_SONGS: Final = 5
"""Fewer songs than this are parted within, so that something can be held out."""
_PIECES: Final = 10
_PIECE_BEATS: Final = (8, 128)
_LONGEST_HELD_OUT: Final = 1_024
"""Felt beats; longer songs are measured in pieces, as memory grows with the square of their length."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder gave.

    Attributes:
        scores: the songs that can be learned from, in order of their names.
        left_out: the files that cannot, by path within the folder, each with its reason.
        beyond: songs that can, but are more than memory holds: what is learned from them lies elsewhere.
    """

    scores: tuple[Score, ...]
    left_out: dict[str, str]
    beyond: int = 0

    @property
    def songs(self) -> int:
        """How many songs can be learned from."""
        return len(self.scores) + self.beyond


def read_folder(folder: Path, *, exclude: Sequence[str] = ()) -> Reading:
    """The scores of all MIDI files in a folder and below it.

    Raises:
        TooLittleMusic: fewer than two songs, or hardly any beats.
    """
    scores: list[Score] = []
    left_out: dict[str, str] = {}
    for path in _midi_files(folder, exclude):
        name = path.relative_to(folder).as_posix()
        try:
            scores.append(read_score(path, name))
        except MacNetError as error:
            left_out[name] = str(error)
    return enough(Reading(tuple(scores), left_out), folder)


def enough(reading: Reading, folder: Path) -> Reading:
    """The same reading, if there is enough in it to learn from.

    Raises:
        TooLittleMusic: no song, or hardly any beats.
    """
    songs, beats = len(reading.scores), sum(map(len, reading.scores))
    if not songs or beats < _LEAST_BEATS:
        raise TooLittleMusic(
            f"{folder} gives {songs} usable {'song' if songs == 1 else 'songs'} of {beats} beats "
            f"({len(reading.left_out)} files left out): too little to learn from",
            hint=f"Training needs {_LEAST_BEATS} beats (8 bars of 4/4) or more; 50 songs make a style clear. "
            "`macnet library FOLDER` tells why files are left out.",
        )
    return reading


def frequent_words(scores: Sequence[Score], most: int) -> tuple[tuple[str, ...], ...]:
    """For each voice its most frequent words, those that were heard once left out; nothing where `most` is 0."""
    if not most:
        return ()
    voices = range(len(scores[0].voices))
    counted = [Counter(w for s in scores if s.known[voice] for w in s.voices[voice]) for voice in voices]
    return tuple(
        tuple(str(word) for word, count in counts.most_common(most) if count > 1) for counts in counted
    )


def read_score(path: Path, name: str) -> Score:
    """The score of one MIDI file.

    Raises:
        MidiError: the file cannot be read.
        EmptyClip, DrumClip: it has nothing to learn from.
    """
    voices = voices_of(read_song(path))
    found = {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}
    return score_of({role: clip for role, clip in found.items() if clip is not None}, name=name)


def split_by_song(scores: Sequence[Score]) -> tuple[list[Score], list[Score]]:
    """Songs to learn from and songs held out: by a digest of their names, whatever order they come in.

    A handful of songs are parted into phrases first, some of which are held out.
    """
    ordered = _in_lot(scores)
    count = held_out(len(ordered))
    return ordered[count:], to_measure(ordered[:count])


def dealt(scores: Sequence[Score], folds: int) -> list[list[Score]]:
    """The songs in as many parts of like size, by a digest of their names; a handful of songs by their phrases."""
    ordered = _in_lot(scores)
    return [ordered[number::folds] for number in range(folds)]


def to_measure(scores: Sequence[Score]) -> list[Score]:
    """Songs in pieces short enough to be measured."""
    return [piece for score in scores for piece in in_pieces(score, _LONGEST_HELD_OUT)]


def _in_lot(scores: Sequence[Score]) -> list[Score]:
    """The songs, or the phrases of a handful, in an order that their names decide."""
    units = list(scores) if len(scores) >= _FEW_SONGS else list(_phrases(scores))
    return sorted(units, key=lambda score: hashlib.sha256(score.name.encode()).digest())


def held_out(songs: int) -> int:
    """How many of some songs are held out: a fifth of few, a twelfth of many, a hundred at most."""
    return max(1, min(round(songs / 5), 12), min(round(HELD_OUT * songs), 100))


def _phrases(scores: Sequence[Score]) -> Iterator[Score]:
    """The songs in pieces from bar line to bar line, about ten together."""
    least, most = _PIECE_BEATS
    length = max(least, min(most, sum(map(len, scores)) // _PIECES))
    for score in scores:
        yield from in_pieces(score, length)


def in_pieces(score: Score, longest: int) -> Iterator[Score]:
    """The song, or its pieces of so many felt beats or a few more, each starting at a bar line."""
    if len(score) <= longest:
        yield score
        return
    starts = [0]
    for at, beat in enumerate(score.beats):
        if beat.index == 0 and at >= starts[-1] + longest and len(score) - at >= longest // 2:
            starts.append(at)
    for start, end in zip(starts, [*starts[1:], len(score)], strict=True):
        nats = score.shift_nats if start == 0 else 0.0
        yield replace(cut(score, start, end), name=f"{score.name} {start}", shift_nats=nats)


def _midi_files(folder: Path, exclude: Sequence[str]) -> Iterable[Path]:
    found = (path for path in folder.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES and path.is_file())
    return sorted(path for path in found if not any(path.match(pattern) for pattern in exclude))


def vocabulary_of(scores: Sequence[Score]) -> Vocabulary:
    """The symbols; the words heard, in C major or A minor, the most frequent first; where each voice lies."""
    counted = Counter(word for score in scores for words in score.voices for word in words)
    words = {str(word): count for word, count in counted.most_common(STORED_WORDS) if count > 1}
    voices = range(len(scores[0].voices))
    return Vocabulary(symbol_names(), words, tuple(_middle(scores, voice) for voice in voices))


def beats_of_voices(scores: Sequence[Score]) -> dict[str, int]:
    """How many felt beats of each voice there are, by role."""
    return {
        role.value: sum(len(score) for score in scores if score.known[voice])
        for voice, role in enumerate(VOICES)
    }


def _middle(scores: Sequence[Score], voice: int) -> float:
    """The mean pitch of what a voice strikes; middle C where it strikes nothing."""
    struck = [
        n.pitch for score in scores for word in score.voices[voice] for n in word.notes if n.articulated
    ]
    return round(fmean(struck), 2) if struck else 60.0
