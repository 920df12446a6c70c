"""The playlist: songs one after another, as the network reads them.

A `Score` is one song in words, brought home to C major or A minor. Every score starts with a fresh state and an
empty memory: that boundary is the only one there is, so nothing of one song leaks into the next.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from bridge.beats.encoding import encode_clip
from bridge.beats.metre import Beat, clip_beats
from bridge.beats.vocabulary import project, settle
from bridge.beats.word import PARTS, Word, WordNote, in_word_order
from bridge.music.key import find_key
from bridge.music.note import VOICES, Clip, Note, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_AT_PHRASES = 0.6
"""The share of the pieces that begin late which do so a multiple of four bars after their beginning."""
_HEARD_BARS = (2, 4, 4, 8)
"""How many bars of a piece that begins late its key is found from, one as often as the other."""


@dataclass(frozen=True, slots=True)
class Score:
    """One song as words on the network's grid.

    Attributes:
        name: where it comes from.
        beats: where each felt beat lies.
        voices: for each voice of MAC-Net one word a beat, the melody first; all rests where a voice is not known.
        known: for each voice, whether it is known; what is not known is neither learned nor scored.
        shift: semitones by which the song was transposed to stand in C major or A minor.
        shift_nats: what it takes to tell the shift, where it was found from the whole song: part of its likelihood.
        is_tied: whether notes are held from beat to beat; piano rolls only say what sounds.
    """

    name: str
    beats: tuple[Beat, ...]
    voices: tuple[tuple[Word, ...], ...]
    known: tuple[bool, ...]
    shift: int = 0
    shift_nats: float = 0.0
    is_tied: bool = True

    def __len__(self) -> int:
        return len(self.beats)

    @property
    def quarters(self) -> float:
        """The length in quarter notes."""
        first, last = self.beats[0], self.beats[-1]
        return (last.start + last.length - first.start) / 960


def score_of(clips: Mapping[Role, Clip], *, name: str = "", shift: int | None = None) -> Score:
    """The score of one or both voices of a song, which share length and meters.

    Args:
        clips: by role; at least one.
        name: where it comes from.
        shift: semitones to transpose by; found from the notes when not given.
    """
    frame = clip_beats(next(iter(clips.values())))
    shift_nats = 0.0 if shift is not None else math.log(12)
    if shift is None:
        shift = find_key([note for clip in clips.values() for note in clip.notes]).home_shift
    voices = tuple(
        words_of(clips[role], shift) if role in clips else (Word(),) * len(frame) for role in VOICES
    )
    return Score(name, frame, voices, tuple(role in clips for role in VOICES), shift, shift_nats)


def words_of(clip: Clip, shift: int, beats: tuple[Beat, ...] = ()) -> tuple[Word, ...]:
    """A clip's words, transposed, on the network's grid, holding only what sounds; see `encode_clip`."""
    words: list[Word] = []
    sounding: tuple[int, ...] = ()
    for word in encode_clip(clip, beats).words:
        words.append(settle(project(transpose_word(word, shift)), sounding))
        sounding = words[-1].sounding
    return tuple(words)


def transpose_word(word: Word, semitones: int) -> Word:
    """The word `semitones` higher; a pitch that would leave the keyboard stays in it, octaves away."""
    if semitones == 0:
        return word
    moved = [WordNote(n.onset, n.duration, _fold(n.pitch + semitones), n.articulated) for n in word.notes]
    return Word(tuple(sorted(moved, key=in_word_order)))


def transposed(score: Score, semitones: int) -> Score:
    """The score in another key."""
    voices = tuple(tuple(_moved(word, semitones) for word in words) for words in score.voices)
    return replace(score, voices=voices)


@lru_cache(maxsize=1 << 18)
def _moved(word: Word, semitones: int) -> Word:
    return transpose_word(word, semitones)


def _fold(pitch: int) -> int:
    """The nearest key of the keyboard with the same name."""
    if pitch < 0:
        return pitch % 12
    return pitch if pitch <= 127 else 116 + (pitch - 116) % 12


def cut(score: Score, start: int, end: int) -> Score:
    """Beats `start` to `end` of a score; what is held into the cut counts as articulated."""
    voices = []
    for words in score.voices:
        first, *rest = words[start:end]
        voices.append((settle(first, ()), *rest))
    return replace(score, beats=score.beats[start:end], voices=tuple(voices))


def as_clip(score: Score, start: int, heard: int) -> Score:
    """A score from a beat on, as a clip that begins there is read: from bar 0, in the key of what is heard first.

    Args:
        score: the score.
        start: the first beat.
        heard: beats that the key is found from, as it is found from a primer.
    """
    rest = cut(score, start, len(score))
    first = rest.beats[0]
    beats = tuple(
        replace(beat, start=beat.start - first.start, bar=beat.bar - first.bar) for beat in rest.beats
    )
    here = find_key(_notes_of(rest, heard)).home_shift
    moved = transposed(replace(rest, beats=beats), here)
    return replace(moved, shift=(score.shift + here + 6) % 12 - 6)


def _notes_of(score: Score, beats: int) -> Iterator[Note]:
    for voice in score.voices:
        for beat, word in zip(score.beats[:beats], voice, strict=False):
            for note in word.notes:
                duration = max(1, note.duration * beat.felt // PARTS)
                yield Note(beat.start + note.onset * beat.felt // PARTS, note.pitch, duration)


def one_pass(
    scores: Sequence[Score], *, longest: int, batch_beats: int, rng: random.Random, late: float = 0.0
) -> Iterator[list[Score]]:
    """Yield batches that together play the whole list once, each song (or piece of a long one) fresh.

    Pieces of like length go together, so that little is padded; the order of the batches is shuffled, and long
    songs are cut at other places in every pass.

    Args:
        scores: the list.
        longest: felt beats of one piece at most.
        batch_beats: felt beats of one batch, padding included, at most, unless one piece is longer.
        rng: decides on cuts and order.
        late: share of the pieces of which the beginning is left out, up to some bar: see `as_clip`.
    """
    pieces = [
        _begun_late(piece, rng) if late and rng.random() < late else piece
        for score in scores
        for piece in _pieces(score, longest, rng)
    ]
    pieces.sort(key=lambda piece: (len(piece), rng.random()))
    batches: list[list[Score]] = [[]]
    for piece in pieces:
        if batches[-1] and (len(batches[-1]) + 1) * len(piece) > batch_beats:
            batches.append([])
        batches[-1].append(piece)
    rng.shuffle(batches)
    yield from batches


def _begun_late(piece: Score, rng: random.Random) -> Score:
    """A piece from a bar of its first three quarters on; bars of phrases, as people cut clips, more often."""
    lines = [at for at, beat in enumerate(piece.beats) if beat.index == 0 and at <= len(piece) * 3 // 4]
    phrases = [at for at in lines if (piece.beats[at].bar - piece.beats[0].bar) % 4 == 0]
    starts = phrases if rng.random() < _AT_PHRASES else lines
    start = rng.choice(starts) if starts else 0
    bars = rng.choice(_HEARD_BARS)
    first = piece.beats[start].bar
    heard = sum(beat.bar < first + bars for beat in piece.beats[start:])
    return as_clip(piece, start, heard)


def _pieces(score: Score, longest: int, rng: random.Random) -> Iterator[Score]:
    if len(score) <= longest:
        yield score
        return
    start = 0
    end = rng.randint(longest // 2, longest)
    while start < len(score):
        yield cut(score, start, min(end, len(score)))
        start, end = end, end + longest
