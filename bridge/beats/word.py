"""Beat words: what sounds in one felt beat of one voice, and the text that people read.

`72-0.7-1#69-0.3-1` reads: C5 articulated for 0.7 of the beat, then A4 articulated for the remaining 0.3. The
third field is 1 for a note that is articulated in this beat and 0 for one that is held over from the beat
before. A note starts where the one before it in the text ends, unless `@` says where: `60-1-1#64-1-1@0` is a
third, both notes from the start of the beat. An empty beat reads `r`.

Fractions are exact: decimals where four digits hold them, else quotients such as `1/3`.

The spelling `pitch-fraction-articulated`, joined by `#`, is MAC-Net's; `@` and `r` are added here, so that
chords, rests within a beat and overlapping notes have one, exact text too.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from bridge.errors import BadWord

Parts: TypeAlias = int
"""A position or length inside a beat, in 1/2880 of the felt beat."""

PARTS: Parts = 2880
"""The smallest number in which every tick of every felt beat is a whole number of parts."""

REST = "r"
_NOTE = re.compile(r"(\d{1,3})-([\d./]+)-([01])(?:@([\d./]+))?")
_DECIMALS = 10_000


class WordNote(NamedTuple):
    """One note inside one beat; `<` is the order of onset, duration, pitch.

    Attributes:
        onset: parts from the beat's start, 0 to 2879.
        duration: parts, 1 or more; `onset + duration` is at most 2880, where the note may go on.
        pitch: MIDI key, 0 to 127.
        articulated: False when the note is held over from the beat before (then `onset` is 0).
    """

    onset: Parts
    duration: Parts
    pitch: int
    articulated: bool = True

    @property
    def end(self) -> Parts:
        """Where the note stops, or leaves the beat."""
        return self.onset + self.duration


in_word_order = attrgetter("onset", "duration", "pitch", "articulated")
"""The key that sorts notes as `<` does, several times faster."""


class Word(NamedTuple):
    """What sounds in one beat of one voice; `notes` are in order of onset, duration, pitch."""

    notes: tuple[WordNote, ...] = ()

    def __str__(self) -> str:
        return format_word(self)

    @property
    def rhythm(self) -> tuple[tuple[Parts, Parts, bool], ...]:
        """When its notes sound, whatever their pitches: onset, duration, articulated; what sounds together is one."""
        return tuple(sorted({(note.onset, note.duration, note.articulated) for note in self.notes}))

    @property
    def sounding(self) -> tuple[int, ...]:
        """The pitches that sound up to the end of the beat, ascending: those that the next beat may hold."""
        return tuple(sorted({note.pitch for note in self.notes if note.end == PARTS}))


def format_word(word: Word) -> str:
    """The text of a word."""
    if not word.notes:
        return REST
    texts: list[str] = []
    here = 0
    for note in word.notes:
        place = "" if note.onset == here else f"@{format_parts(note.onset)}"
        texts.append(f"{note.pitch}-{format_parts(note.duration)}-{int(note.articulated)}{place}")
        here = note.end
    return "#".join(texts)


def parse_word(text: str) -> Word:
    """The word that a text spells; decimals and quotients are both read.

    Raises:
        BadWord: the text is not a beat word.
    """
    if text == REST:
        return Word()
    notes: list[WordNote] = []
    here = 0
    for part in text.split("#"):
        note = _parse_note(part, here)
        notes.append(note)
        here = note.end
    return Word(tuple(sorted(notes)))


def _parse_note(text: str, here: Parts) -> WordNote:
    match = _NOTE.fullmatch(text)
    if match is None:
        raise BadWord(
            f"{text!r} is not a note of a beat word", hint="Write pitch-fraction-1, such as 72-0.5-1."
        )
    pitch, fraction, articulated, place = match.groups()
    onset = here if place is None else _parse_parts(place)
    note = WordNote(onset, _parse_parts(fraction), int(pitch), articulated == "1")
    if note.pitch > 127 or note.duration < 1 or note.end > PARTS or (onset > 0 and not note.articulated):
        raise BadWord(
            f"{text!r} does not fit into a beat",
            hint="Pitches go to 127, a beat holds fractions up to 1, and held notes start at 0.",
        )
    return note


def format_parts(parts: Parts) -> str:
    """A position or length as an exact fraction of the beat: `0.25`, `1/3`."""
    fraction = Fraction(parts, PARTS)
    if _DECIMALS % fraction.denominator == 0:
        return f"{float(fraction):.4f}".rstrip("0").rstrip(".")
    return str(fraction)


@lru_cache(maxsize=1024)  # a dictionary of thousands of words has some dozens of fractions
def _parse_parts(text: str) -> Parts:
    try:
        parts = Fraction(text) * PARTS
    except (ValueError, ZeroDivisionError):
        raise BadWord(f"{text!r} is not a fraction of a beat", hint="Write 0.25 or 1/3.") from None
    if parts.denominator != 1:
        raise BadWord(
            f"{text!r} is finer than a tick", hint=f"Use fractions whose denominator divides {PARTS}."
        )
    return int(parts)
