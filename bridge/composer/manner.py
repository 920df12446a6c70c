"""What a voice has been like: its range, how busy it is, how it cuts the beat, how long it rests."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bridge.beats.grid import GRID, tick_of
from bridge.beats.word import PARTS
from bridge.music.note import TICKS_PER_BEAT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Parts, Word
    from bridge.music.note import Ticks

_RARE: Final = 0.05
"""A subdivision finer than sixteenths that fewer of the onsets need is an ornament, or a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a voice plays, as the network hears it.

    Attributes:
        low, high: its lowest and highest pitch.
        middle: the mean pitch of its onsets.
        rate: onsets a quarter note.
        onsets: onsets a felt beat.
        chord: pitches an onset.
        fullness: keys that sound at a time, on average.
        divisions: for each length of a felt beat, into how many equal parts its onsets cut it.
        ends: for each length of a felt beat, the indices in `GRID` where notes end inside of one.
        silence: ticks of its longest silence.
        wait: ticks of the longest stretch in which it strikes nothing.
        run: how often it strikes one pitch in a row at most.
    """

    low: int
    high: int
    middle: float
    rate: float
    onsets: float
    chord: float
    fullness: float
    divisions: Mapping[Ticks, frozenset[int]]
    ends: Mapping[Ticks, frozenset[int]]
    silence: Ticks
    wait: Ticks
    run: int


def manner_of(words: Sequence[Word], beats: Sequence[Beat]) -> Manner | None:
    """The manner of a voice; None where it strikes nothing."""
    pitches = [pitch for word in words for pitch in _struck(word)]
    if not pitches:
        return None
    quarters = (beats[-1].start + beats[-1].length - beats[0].start) / TICKS_PER_BEAT
    onsets = sum(len({n.onset for n in word.notes if n.articulated}) for word in words)
    return Manner(
        low=min(pitches),
        high=max(pitches),
        middle=sum(pitches) / len(pitches),
        rate=onsets / quarters,
        onsets=onsets / len(words),
        chord=len(pitches) / onsets,
        fullness=_sounded(words, beats) / quarters,
        divisions=divisions_of(words, beats),
        ends=_ends_of(words, beats),
        silence=longest_silence(words, beats),
        wait=longest_wait(words, beats),
        run=longest_run(pitches),
    )


def _sounded(words: Sequence[Word], beats: Sequence[Beat]) -> float:
    """Quarter notes for which keys sound, those of every key counted."""
    parts = (
        note.duration * beat.felt for word, beat in zip(words, beats, strict=True) for note in word.notes
    )
    return sum(parts) / PARTS / TICKS_PER_BEAT


def _struck(word: Word) -> list[int]:
    return [pitch for _, pitch in sorted((n.onset, n.pitch) for n in word.notes if n.articulated)]


def longest_run(pitches: Iterable[int]) -> int:
    """How often one pitch comes in a row at most."""
    longest = length = 0
    last = -1
    for pitch in pitches:
        length = length + 1 if pitch == last else 1
        longest, last = max(longest, length), pitch
    return longest


def longest_silence(words: Sequence[Word], beats: Sequence[Beat]) -> Ticks:
    """Ticks of the longest stretch, from the first beat's start to the last one's end, in which nothing sounds."""
    longest, quiet_from = 0, beats[0].start
    for word, beat in zip(words, beats, strict=True):
        for note in word.notes:
            longest = max(longest, tick_of(note.onset, beat) - quiet_from)
            quiet_from = max(quiet_from, tick_of(note.end, beat))
    return max(longest, beats[-1].start + beats[-1].length - quiet_from)


def longest_wait(words: Sequence[Word], beats: Sequence[Beat]) -> Ticks:
    """Ticks of the longest stretch, from the first beat's start to the last one's end, in which nothing is struck."""
    strikes = [
        tick_of(note.onset, beat)
        for word, beat in zip(words, beats, strict=True)
        for note in word.notes
        if note.articulated
    ]
    line = [beats[0].start, *sorted(strikes), beats[-1].start + beats[-1].length]
    return max(after - before for before, after in pairwise(line))


def divisions_of(words: Iterable[Word], beats: Iterable[Beat]) -> dict[Ticks, frozenset[int]]:
    """For each length of a felt beat, the numbers of equal parts that its onsets ask for."""
    counts: dict[Ticks, Counter[int]] = defaultdict(Counter)
    for word, beat in zip(words, beats, strict=True):
        counts[beat.felt].update(
            _least_division(onset) for onset in {n.onset for n in word.notes if n.articulated}
        )
    return {
        felt: frozenset(d for d, count in found.items() if d <= 6 or count > _RARE * found.total())
        for felt, found in counts.items()
    }


def _ends_of(words: Iterable[Word], beats: Iterable[Beat]) -> dict[Ticks, frozenset[int]]:
    found: dict[Ticks, set[int]] = defaultdict(set)
    for word, beat in zip(words, beats, strict=True):
        found[beat.felt].update(GRID.index(note.end) for note in word.notes if note.end < PARTS)
    return {felt: frozenset(ends) for felt, ends in found.items()}


@cache
def _least_division(onset: Parts) -> int:
    """The least number of equal parts of a beat of which one starts here."""
    return next(d for d in range(1, PARTS + 1) if onset * d % PARTS == 0)
