"""Words <-> symbols <-> ids: how the network spells a beat, note by note, so that no word is ever unknown.

A beat word is spelled in the order in which it sounds. What is still sounding from the beat before comes first:

    SUSTAIN           all of it is held through the beat, and nothing else happens: the word is over
    ALL               all of it is held through the beat, and there is more
    NONE              none of it is held
    SOME d d d        one decision for each sounding pitch, ascending: TO(x) held up to x, CUT not held

(nothing sounding: none of these). Then the notes that are articulated, in groups that share onset and end:

    AT(x)             the group starts at x; left out when it starts where the last group ended
    P(60) P(64) ...   its pitches, ascending
    TO(x)             they sound up to x
    FIN               they sound up to the end of the beat, and the word is over

and `END`, unless `FIN` or `SUSTAIN` came. Each word has exactly one spelling, and `Speller` knows at every step
which symbols may follow: what is sampled among them is always a word.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.beats.grid import GRID, nearest
from bridge.beats.word import PARTS, Parts, Word, WordNote, format_parts, in_word_order
from bridge.errors import BadWord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LAST: Final = len(GRID) - 1
"""The index in `GRID` of the end of the beat."""

END, NONE, ALL, SOME, SUSTAIN, CUT, FIN = range(7)
AT_0: Final = 7
"""`AT(GRID[i])` has the id `AT_0 + i`, for every position before the end of the beat."""
TO_0: Final = AT_0 + LAST - 1
"""`TO(GRID[i])` has the id `TO_0 + i`, for every position after the start of the beat (`i` of 1 or more)."""
PITCH_0: Final = TO_0 + LAST + 1
"""`P(60)` has the id `PITCH_0 + 60`."""
SIZE: Final = PITCH_0 + 128
"""How many symbols there are."""

MAX_SYMBOLS: Final = 96
"""The longest spelling that is made; what is read may be longer."""

_CLOSING: Final = (END, SUSTAIN, FIN)
_TIES: Final = (NONE, ALL, SOME, CUT)
_NAMES: Final = ("END", "NONE", "ALL", "SOME", "SUSTAIN", "CUT", "FIN")
_INDEX: Final = {position: index for index, position in enumerate(GRID)}

Mask = npt.NDArray[np.bool_]
_EVERYWHERE: Final[Mask] = np.ones(LAST, np.bool_)


def symbol_names() -> tuple[str, ...]:
    """The name of every symbol, by id: `@1/3` starts, `>1/3` ends there, `60` is a pitch."""
    places = [format_parts(position) for position in GRID]
    starts = [f"@{place}" for place in places[:-1]]
    ends = [f">{place}" for place in places[1:]]
    return (*_NAMES, *starts, *ends, *map(str, range(128)))


def project(word: Word) -> Word:
    """The nearest word whose every position is in `GRID`: what the network hears of any word.

    Words of quantised music are left as they are. Where two notes of one pitch fall together, one is kept.
    """
    if all(note.onset in _INDEX and note.end in _INDEX for note in word.notes):
        return word
    kept: dict[tuple[Parts, int], WordNote] = {}
    for note in word.notes:
        onset = min(nearest(note.onset, GRID), GRID[LAST - 1])
        end = max(nearest(note.end, GRID), GRID[bisect_right(GRID, onset)])
        kept.setdefault((onset, note.pitch), WordNote(onset, end - onset, note.pitch, note.articulated))
    return Word(tuple(sorted(_without_overlaps(kept.values()))))


def _without_overlaps(notes: Iterable[WordNote]) -> Iterable[WordNote]:
    by_pitch: dict[int, list[WordNote]] = {}
    for note in sorted(notes, reverse=True):
        later = by_pitch.setdefault(note.pitch, [])
        limit = later[-1].onset if later else PARTS
        later.append(WordNote(note.onset, min(note.end, limit) - note.onset, note.pitch, note.articulated))
    return (note for group in by_pitch.values() for note in group)


def settle(word: Word, sounding: Sequence[int]) -> Word:
    """The word with held notes only where something is `sounding` to be held; the others count as articulated."""
    if all(note.articulated or note.pitch in sounding for note in word.notes):
        return word
    return Word(
        tuple(
            sorted(
                WordNote(n.onset, n.duration, n.pitch, n.articulated or n.pitch not in sounding)
                for n in word.notes
            )
        )
    )


def spell(word: Word, sounding: Sequence[int]) -> tuple[int, ...]:
    """The ids that spell a projected, settled word after a beat that left `sounding` pitches (ascending)."""
    held = {note.pitch: _INDEX[note.end] for note in word.notes if not note.articulated}
    struck = sorted((n.onset, n.end, n.pitch) for n in word.notes if n.articulated)
    ids = _spell_held(held, sounding, is_all=not struck)
    if ids == [SUSTAIN]:
        return (SUSTAIN,)
    here = max([end for end in held.values() if end < LAST], default=0)
    group: tuple[Parts, Parts] | None = None
    for onset, end, pitch in struck:
        if group != (onset, end):
            if group is not None:
                ids.append(TO_0 + _INDEX[group[1]])
                here = _INDEX[group[1]] if group[1] < PARTS else _INDEX[group[0]]
            if _INDEX[onset] != here:
                ids.append(AT_0 + _INDEX[onset])
            group = (onset, end)
        ids.append(PITCH_0 + pitch)
    return tuple(ids + _closing(group))


def _closing(group: tuple[Parts, Parts] | None) -> list[int]:
    if group is None:
        return [END]
    return [FIN] if group[1] == PARTS else [TO_0 + _INDEX[group[1]], END]


def _spell_held(held: dict[int, int], sounding: Sequence[int], *, is_all: bool) -> list[int]:
    if not sounding:
        return []
    if not held:
        return [NONE]
    if len(held) == len(sounding) and set(held.values()) == {LAST}:
        return [SUSTAIN] if is_all else [ALL]
    return [SOME, *(TO_0 + held[pitch] if pitch in held else CUT for pitch in sounding)]


class Spelled(NamedTuple):
    """How far a word has been spelled, in places of `GRID`.

    Attributes:
        onset: of the last group of pitches, or of the one that has begun; -1 before the first.
        here: where a group starts that does not say so.
        is_open: a group has begun and has not ended: a pitch joins it, and starts nothing.
    """

    onset: int
    here: int
    is_open: bool


class Speller:
    """Spells one word symbol by symbol: which ids may come next, and the word once it is over.

    Args:
        sounding: the pitches left sounding by the beat before, ascending.
        allowed: of 128 keys, those that may be articulated (a locked key); all when not given.
        may_hold: what sounds may be held over; not where a clip ends and its answer begins.
        places: of the `LAST` positions of `GRID` before the beat's end, those where a note may start; the beat
            itself is always one of them. All when not given.
        ends: of the same positions, those where a note may end; all when not given. An end where nothing may start
            leaves a gap.
        strike_by: the index in `GRID` at which a note starts at the latest; none need start where it is None,
        may_sound_on: nor where something is held through the beat.
    """

    def __init__(
        self,
        sounding: Sequence[int],
        allowed: Mask | None = None,
        *,
        may_hold: bool = True,
        places: Mask | None = None,
        ends: Mask | None = None,
        strike_by: int | None = None,
        may_sound_on: bool = False,
    ) -> None:
        self._sounding = tuple(sounding)
        self._allowed = np.ones(128, np.bool_) if allowed is None else allowed
        self._must_strike, self._may_sound_on, self._may_hold = strike_by is not None, may_sound_on, may_hold
        self._places = _EVERYWHERE if places is None else places
        self._ends = _EVERYWHERE if ends is None else ends
        self._strike_by = LAST - 1 if strike_by is None else strike_by
        self._notes: list[WordNote] = []
        self._open = np.count_nonzero(self._allowed)
        self._busy: dict[int, int] = {}  # up to which position pitches sound already
        self._ties: list[int] = []  # for each sounding pitch, up to where it is held; 0: not held
        self._pitches: list[int] = []  # of the group that is being spelled
        self._onset = -1  # of the last group, or of the one that is being spelled
        self._end = 0  # of the last group at that onset: groups of one onset come in order of their ends
        self._here = 0  # where a group starts that does not say so
        self._count = 0
        self._next = self._after_nothing if sounding else self._after_ties
        self.is_over = False

    @property
    def word(self) -> Word:
        """What has been spelled; whole once `is_over`."""
        return Word(tuple(sorted(self._notes, key=in_word_order)))

    @property
    def spelled(self) -> Spelled:
        """How far the word has come."""
        return Spelled(self._onset, self._here, bool(self._pitches) or self._next == self._after_at)

    def forbid(self, pitch: int) -> None:
        """Strike a pitch no more in the rest of the word."""
        self._allowed = self._allowed.copy()
        self._allowed[pitch] = False
        self._open = np.count_nonzero(self._allowed)

    def legal(self) -> Mask:
        """Which of the `SIZE` symbols may come next; at least one."""
        mask = np.zeros(SIZE, np.bool_)
        self._next(mask)
        return mask

    def push(self, symbol: int) -> None:
        """Take the next symbol, which must be legal."""
        self._count += 1
        if symbol in _CLOSING:
            self._finish(symbol)
        elif symbol in _TIES:
            self._tie(symbol)
        elif symbol >= PITCH_0:
            self._strike(symbol - PITCH_0)
        elif symbol < TO_0 + 1:
            self._start_at(symbol - AT_0)
        elif self._next == self._within_ties:
            self._hold_next(symbol - TO_0)
        else:
            self._close_group(symbol - TO_0)

    # What may follow: one method for each place in the word; each fills `mask`.

    def _after_nothing(self, mask: Mask) -> None:
        mask[NONE] = True
        if not self._may_hold:
            return
        mask[SUSTAIN] = not self._must_strike or self._may_sound_on
        mask[SOME] = len(self._sounding) > 1 or bool(self._ends[1:].any())
        held = sum(map(self._allowed.item, self._sounding))
        mask[ALL] = self._open > held  # then something else must be struck

    def _within_ties(self, mask: Mask) -> None:
        mask[CUT] = True
        mask[TO_0 + 1 : TO_0 + LAST] = self._ends[1:]
        mask[TO_0 + LAST] = True
        if len(self._ties) + 1 == len(self._sounding):
            # All cut is spelled NONE, all held through is spelled ALL or SUSTAIN.
            mask[CUT] = any(end > 0 for end in self._ties)
            mask[TO_0 + LAST] = any(end < LAST for end in self._ties)

    def _after_ties(self, mask: Mask) -> None:
        self._allow_onsets(mask)
        sounds_on = self._may_sound_on and LAST in self._ties
        mask[END] = sounds_on or not (self._must_strike and mask.any())

    def _after_all(self, mask: Mask) -> None:
        self._allow_onsets(mask)

    def _after_at(self, mask: Mask) -> None:
        self._allow_pitches(mask, self._onset)

    def _within_group(self, mask: Mask) -> None:
        if self._has_room:
            self._allow_pitches(mask, self._onset)
            mask[PITCH_0 : PITCH_0 + self._pitches[-1] + 1] = False
        least = max(self._onset, self._end) + 1
        mask[TO_0 + least : TO_0 + LAST] = self._ends[least:]
        mask[TO_0 + LAST] = self._may_go_on()
        mask[FIN] = True

    def _after_group(self, mask: Mask) -> None:
        mask[END] = self._end < LAST
        if self._has_room or self._end == LAST:
            self._allow_onsets(mask)

    @property
    def _has_room(self) -> bool:
        return self._count < MAX_SYMBOLS // 2

    def _may_go_on(self) -> bool:
        """Whether something can still be struck later, once the group sounds up to the end of the beat."""
        least = max(self._onset + 1, self._first_free(self._pitches))
        return self._has_room and bool(self._places[least:].any())

    def _first_free(self, taken: Sequence[int] = ()) -> int:
        """From which position on something can be struck, other than what is taken."""
        if self._open > len(self._busy) + len(taken):  # one of them does not sound yet
            return 0
        pitches = set(self._allowed.nonzero()[0].tolist()) - set(taken)
        return min((self._busy.get(pitch, 0) for pitch in pitches), default=LAST)

    def _allow_onsets(self, mask: Mask) -> None:
        """The next group may start with the last one, if it can end later, or after it."""
        least = self._onset if self._onset >= 0 and self._end < LAST else self._onset + 1
        first = max(least, self._first_free())
        until = self._strike_by + 1 if self._onset < 0 else LAST
        mask[AT_0 + first : AT_0 + until] = self._places[first:until]
        if self._here >= least:
            mask[AT_0 + self._here] = False
            if self._places[self._here] and self._here < until:
                self._allow_pitches(mask, self._here)

    def _allow_pitches(self, mask: Mask, onset: int) -> None:
        mask[PITCH_0:] = self._allowed
        for pitch, end in self._busy.items():
            if end > onset:
                mask[PITCH_0 + pitch] = False

    # What the symbols do.

    def _tie(self, symbol: int) -> None:
        if symbol == CUT:
            self._hold_next(0)
        elif symbol == SOME:
            self._next = self._within_ties
        elif symbol == ALL:
            self._hold([LAST] * len(self._sounding))
            self._next = self._after_all
        else:
            self._next = self._after_ties

    def _hold_next(self, end: int) -> None:
        self._ties.append(end)
        if len(self._ties) == len(self._sounding):
            self._hold(self._ties)
            self._next = self._after_ties

    def _hold(self, ends: Sequence[int]) -> None:
        for pitch, end in zip(self._sounding, ends, strict=True):
            if end:
                self._notes.append(WordNote(0, GRID[end], pitch, articulated=False))
                self._busy[pitch] = end
        self._here = max([end for end in ends if end < LAST], default=0)

    def _start_at(self, onset: int) -> None:
        self._here = onset
        self._move_to(onset)
        self._next = self._after_at

    def _strike(self, pitch: int) -> None:
        if not self._pitches:
            self._move_to(self._here)
        self._pitches.append(pitch)
        self._next = self._within_group

    def _move_to(self, onset: int) -> None:
        if onset != self._onset:
            self._onset, self._end = onset, 0

    def _close_group(self, end: int) -> None:
        onset = GRID[self._onset]
        self._notes += [WordNote(onset, GRID[end] - onset, pitch) for pitch in self._pitches]
        self._busy |= dict.fromkeys(self._pitches, end)
        self._pitches = []
        self._end = end
        self._here = end if end < LAST else self._onset
        self._next = self._after_group

    def _finish(self, symbol: int) -> None:
        if symbol == FIN:
            self._close_group(LAST)
        if symbol == SUSTAIN:
            self._hold([LAST] * len(self._sounding))
        self.is_over = True


def unspell(ids: Sequence[int], sounding: Sequence[int]) -> Word:
    """The word that ids spell after a beat that left `sounding` pitches.

    Raises:
        BadWord: the ids are not the spelling of a word.
    """
    speller = Speller(sounding)
    for symbol in ids:
        if speller.is_over or not 0 <= symbol < SIZE or not speller.legal()[symbol]:
            raise BadWord(f"{list(ids)} spells no beat word", hint="Use the ids that `spell` gives.")
        speller.push(symbol)
    if not speller.is_over:
        raise BadWord(
            f"{list(ids)} stops before its beat is over", hint="Spellings close with END, FIN or SUSTAIN."
        )
    return speller.word
