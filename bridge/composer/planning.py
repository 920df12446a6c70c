"""From a request's options, and the manner of its clips, to what holds for every voice of the answer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.grid import GRID, tick_of
from bridge.beats.word import Word
from bridge.composer.apart import (
    LATITUDES,
    STRICT_LATITUDES,
    GivenBefore,
    latitudes_from,
    line_of,
    strikes_of,
)
from bridge.composer.choosing import candidates_for
from bridge.composer.manner import divisions_of, manner_of
from bridge.composer.parts import made_voices
from bridge.composer.pattern import Pattern, pattern_of
from bridge.composer.rhythm import models_of
from bridge.composer.steering import (
    AT_EASE,
    LONGEST_RUN,
    PATIENCE,
    SLACK,
    Bounds,
    busy_places,
    places_in,
    range_welcome,
)
from bridge.composer.stillness import USUAL, share_of_chord
from bridge.music.note import TICKS_PER_BEAT, VOICES, Role, Ticks
from bridge.network.demand import Anchor, Leaning, Weights, facts_of
from bridge.network.sampling import COLD
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.vocabulary import Mask
    from bridge.composer.apart import Latitude, Line
    from bridge.composer.hearing import Hearing
    from bridge.composer.manner import Manner
    from bridge.composer.parts import Part
    from bridge.composer.rhythm import Model
    from bridge.music.note import Clip

# A passage may run along with an earlier one for three bars, as those of real songs do, before it tires: what has
# learned from songs that begin late does not come back to its primer more often than they do, but may loop it.
_ON = Leaning(weariness=0.2, patience=12)
# What has nothing but itself to go back to falls into a loop of a few bars sooner or later, with a note changed here
# and there: after four bars of it, it shall move on.
_FROM_ITSELF = Leaning(weariness=0.2, patience=4, satiety=20.0, tolerance=0.4)
_LEANINGS: Final = {
    Kind.CONTINUE: _ON,
    Kind.GENERATE: _FROM_ITSELF,
    # An accompaniment may repeat itself whenever its melody does.
    Kind.ACCOMPANY: Leaning(),
    # The clip has just been heard: without this it would come back as it is.
    Kind.VARY: Leaning(invention=2.5),
}
_COMPOUND: Final[Ticks] = 3 * TICKS_PER_BEAT // 8
"""What felt beats of three parts are multiples of, and those of two are not."""
_AHEAD: Final = 2.2
"""Nats for one more onset, for each e-fold that a voice shall be denser than its clip, before it is behind."""
_INVENTED: Final = 8.0
"""Nats towards new words, from the middle of `similarity` to 0."""
_ANCHORED: Final = ((0, 0.25, 0.5, 0.75, 1), (0, 0.23, 0.46, 0.65, 0.89))
"""For some of `similarity`, how often a voice that is varied comes back to its clip's own word in a beat at least."""
_FARTHEST: Final = 6
"""Semitones that a range is moved by at most, beside octaves."""
_FROM_NOTHING: Final = 1.2
"""Onsets a quarter note of a melody from nothing: folk tunes have 1.4, art songs 0.8."""
_WAITS: Final = 2
"""How many bars, or times as long as in its clip, a voice may strike nothing: 3 of 100 real chords do longer."""
_RESTS: Final[Ticks] = TICKS_PER_BEAT // 4
"""Silences that are shorter are the gaps between notes that are not quite held."""
_STILLER: Final = 0.1
"""By how much more of the sound three pitch classes may have than in the clip as a whole."""
_FOREIGN: Final = 45.0
"""Nats against a tone that is foreign to a harmony that shall stay."""
_AGREEING: Final = 1.5
"""Nats towards a pitch class that is all that a melody has in the rest of the bar."""
_RETUNED: Final = 2.5
"""Nats towards new words where the rhythm is kept: it comes with new pitches."""
_RECALLED: Final = 6.0
"""Nats towards words heard before, from the middle of `similarity` to 1."""


def leaning_of(request: Request) -> Leaning:
    """How much new words are preferred, by how similar to its clip an answer shall be."""
    leaning = _LEANINGS[request.kind]
    similarity = float(request.option("similarity"))
    off = similarity - 0.5
    nats = -_INVENTED * off if off < 0 else -_RECALLED * off
    if request.option("rhythm") == "keep":
        nats += _RETUNED
    tires = min(1.0, 2 - 2 * similarity)
    return replace(
        leaning,
        invention=leaning.invention + nats,
        weariness=leaning.weariness * tires,
        satiety=leaning.satiety * tires,
    )


def imagining(part: Part, hearings: Mapping[Role, Hearing]) -> list[Bounds]:
    """What holds for the voices that are imagined beneath a primer."""
    divisions = _given_divisions(part)
    frame = [beat for beat, _ in part.primer]
    return [
        Bounds(
            hearings[role].allowed,
            places=_shared_places(divisions, frame),
            silence=_bar(frame) if frame else 1,
            wait=_WAITS * _bar(frame) if frame else 1,
        )
        for role in VOICES
    ]


def bounds_of(
    request: Request,
    part: Part,
    heard: Sequence[Sequence[Word]],
    hearings: Mapping[Role, Hearing],
    registers: Sequence[float],
) -> list[Bounds]:
    """What holds for each voice of the answer."""
    frame = [beat for beat, _ in part.primer]
    manners = [manner_of(words, frame) if words else None for words in heard]
    plain = _plain_bounds(request, part)
    bounds = [
        _voice_bounds(request, role, manner, hearing=hearings[role], plain=plain, part=part, middle=middle)
        for role, manner, middle in zip(VOICES, manners, registers or (0.0, 0.0), strict=True)
    ]
    return [
        replace(
            each,
            pattern=_pattern(request, words, frame),
            patience=_patience(request),
            entry=_entry(request, words, frame),
        )
        if role in request.clips
        else each
        for each, role, words in zip(bounds, VOICES, heard, strict=True)
    ]


def _pattern(request: Request, words: Sequence[Word], frame: Sequence[Beat]) -> Pattern:
    """The groove that a voice is held to: what is to be like its clip is so in its rhythm, too."""
    if request.kind not in (Kind.CONTINUE, Kind.VARY) or not words:
        return Pattern()
    return pattern_of(
        words,
        frame,
        request.meter,
        firmness=min(1.0, 2 * float(request.option("similarity"))),
        density=float(request.option("density")),
        is_its_own=request.kind is Kind.VARY,
    )


def _patience(request: Request) -> float:
    """How long a voice may be out of its groove: never where it is varied, else the less, the liker it shall be."""
    if request.kind is Kind.VARY:
        return -1.0
    return PATIENCE * min(1.0, 2 - 2 * float(request.option("similarity")))


def _entry(request: Request, words: Sequence[Word], frame: Sequence[Beat]) -> Ticks:
    """By when a voice strikes first: where it is varied, hardly later than its clip does."""
    first = next((at for at, word in enumerate(words) if facts_of(word).onsets), None)
    if request.kind is not Kind.VARY or first is None:
        return 1 << 40
    beat, onset = frame[first], facts_of(words[first]).onsets[0]
    slack = round(beat.felt / min(1.0, float(request.option("density"))))
    return tick_of(GRID[onset], beat) - frame[0].start + slack


def _plain_bounds(request: Request, part: Part) -> Bounds:
    """What holds for a voice that nothing is known of."""
    frame = part.frame
    density = float(request.option("density"))
    places = _shared_places(_given_divisions(part), frame)
    return Bounds(
        np.ones(128, np.bool_),
        places=places,
        ends=places,
        silence=_silence(_bar(frame), request.length),
        wait=_WAITS * _bar(frame),
        going_on=math.log(density),
        leaning=leaning_of(request),
    )


def _voice_bounds(
    request: Request,
    role: Role,
    manner: Manner | None,
    *,
    hearing: Hearing,
    plain: Bounds,
    part: Part,
    middle: float,
) -> Bounds:
    density = float(request.option("density"))
    if manner is None:
        welcome = _moved_welcome(hearing, middle) if hearing.up and middle else plain.welcome
        rate = _FROM_NOTHING * density if request.kind is Kind.GENERATE and role is Role.MELODY else 0.0
        return replace(plain, allowed=hearing.allowed, welcome=welcome, rate=rate, typical=rate)
    is_given, bar = role in request.clips, _bar(part.frame)
    longest = _longest_silence(manner, bar, is_pad=role is Role.ACCOMPANIMENT and density >= 1)
    places = busy_places(manner, _felts(part.frame), density=density)
    return replace(
        plain,
        allowed=hearing.allowed,
        welcome=range_welcome(manner, up=hearing.up),
        places=places,
        ends=_ends(manner, places),
        silence=_silence(longest, request.length) if is_given else plain.silence,
        wait=round(_WAITS * max(manner.wait, bar) / min(1.0, density)) if is_given else plain.wait,
        longest_run=max(LONGEST_RUN, manner.run) if is_given else LONGEST_RUN,
        rate=manner.rate * density * _heard_share(request, part),
        going_on=_AHEAD * math.log(density),
        typical=manner.onsets * density,
        chord=manner.chord if is_given else 0.0,
        fullness=manner.fullness * min(1.0, density) if is_given else 0.0,
        slack=AT_EASE if density == 1 else SLACK,
        chord_slack=AT_EASE if density == 1 and request.kind is not Kind.VARY else SLACK,
    )


def _heard_share(request: Request, part: Part) -> float:
    """What share of the clip is heard: the rests before its first note are not, but make its notes fewer a beat.

    That counts where a number of notes is asked for. Who shall be as dense as the clip is so from its first note on.
    """
    if not part.primer or float(request.option("density")) == 1:
        return 1.0
    length = next(iter(request.clips.values())).length
    return sum(beat.length for beat, _ in part.primer) / length


def _ends(manner: Manner, places: Mapping[Ticks, Mask]) -> dict[Ticks, Mask]:
    """Where notes may end: where others may start, and where the clip's end.

    A network that would go on at a place where nothing may start must not end a note there: a gap would be left that
    neither it nor the clip has in mind.
    """
    return {
        felt: mask | np.isin(np.arange(len(mask)), list(manner.ends.get(felt, ())))
        for felt, mask in places.items()
    }


def _moved_welcome(hearing: Hearing, middle: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """For a voice without a clip: a pull towards its register in training, moved up."""
    away = np.abs(np.arange(128) - (middle + hearing.up))
    return np.asarray(-0.15 * np.maximum(0, away - 7))


def _silence(longest: Ticks, length: Ticks) -> Ticks:
    """Ticks for which a voice is never silent, be it for the longest that it may; it is never silent throughout."""
    return max(1, min(longest, length // 2))


def _longest_silence(manner: Manner, bar: Ticks, *, is_pad: bool) -> Ticks:
    """A bar, or longer than in the clip; half a bar for chords that never rest: who stops then is missed."""
    return bar // 2 if is_pad and manner.silence < _RESTS else max(bar, manner.silence + 1)


def _bar(frame: Sequence[Beat]) -> Ticks:
    return max(beat.meter.bar for beat in frame)


def _felts(frame: Sequence[Beat]) -> dict[Ticks, int]:
    """The lengths of felt beats, with the number of parts that each has by itself: threes in compound meters."""
    return {beat.felt: 3 if beat.felt % _COMPOUND == 0 else 2 for beat in frame}


def _given_divisions(part: Part) -> dict[Ticks, frozenset[int]]:
    """How the voices that are given cut their beats."""
    found: dict[Ticks, frozenset[int]] = {}
    beats = part.primer or part.answer
    frame = [beat for beat, _ in beats]
    for voice in range(len(VOICES)):
        words = [given[voice] for _, given in beats]
        known = [word for word in words if word is not None]
        if len(known) == len(words):
            for felt, divisions in divisions_of(known, frame).items():
                found[felt] = found.get(felt, frozenset()) | divisions
    return found


def _shared_places(divisions: Mapping[Ticks, frozenset[int]], frame: Sequence[Beat]) -> dict[Ticks, Mask]:
    """Where a voice that is made for another may start its notes; everywhere if nothing is given."""
    return {
        felt: places_in(divisions[felt] | {plain})
        for felt, plain in _felts(frame).items()
        if felt in divisions
    }


def models(request: Request, frame: Sequence[Beat]) -> dict[Role, tuple[tuple[Model | None, ...], Clip]]:
    """The rhythms that are kept, by voice; a voice without a clip takes that of the other where it joins it."""
    if request.option("rhythm") != "keep" or request.kind is Kind.GENERATE:
        return {}
    found = {}
    for role in made_voices(request):
        clip = request.clips.get(role)
        if clip is None and request.kind is Kind.ACCOMPANY:
            clip = next(iter(request.clips.values()))
        if clip is not None and clip.notes:
            found[role] = (models_of(clip, frame), clip)
    return found


def anchors_of(
    request: Request, heard: Sequence[Sequence[Word]], hearings: Mapping[Role, Hearing]
) -> dict[Role, list[Anchor]]:
    """For each beat of a voice that is varied, the clip's own word and how much it is drawn to that.

    Less, the more it shall differ as a whole: no word of the clip is where the range is moved to, nor as dense.
    """
    if request.kind is not Kind.VARY:
        return {}
    (role,) = made_voices(request)
    share = float(np.interp(float(request.option("similarity")), *_ANCHORED))
    share *= 1 - min(1.0, abs(math.log2(float(request.option("density")))))
    share *= 1 - abs(hearings[role].up) / _FARTHEST
    if share == 0:
        return {}
    nats = math.log(share / (1 - share))
    return {role: [Anchor(word, nats) for word in heard[VOICES.index(role)]]}


def harmony_of(request: Request, part: Part, heard: Sequence[Sequence[Word]]) -> dict[Role, list[Weights]]:
    """How welcome each pitch class is in each beat of a voice whose harmony is given, in nats, (12).

    An accompaniment that is varied keeps to the pitch classes that it had. One that is made for a melody leans to
    those that the melody has in the rest of the bar: what follows is known.
    """
    if made_voices(request) != (Role.ACCOMPANIMENT,):
        return {}
    if request.kind is Kind.VARY:
        return {Role.ACCOMPANIMENT: [_only(word) for word in heard[VOICES.index(Role.ACCOMPANIMENT)]]}
    melody = [given[VOICES.index(Role.MELODY)] or Word() for _, given in part.answer]
    return {Role.ACCOMPANIMENT: [_ahead(melody, part.frame, at) for at in range(len(melody))]}


def _only(word: Word) -> Weights:
    """The pitch classes of a word alone; any where it has none."""
    classes = {note.pitch % 12 for note in word.notes}
    return np.array([-_FOREIGN if classes and pitch not in classes else 0.0 for pitch in range(12)])


def _ahead(melody: Sequence[Word], frame: Sequence[Beat], at: int) -> Weights:
    lengths = np.zeros(12)
    for word, beat in zip(melody[at:], frame[at:], strict=True):
        if beat.bar != frame[at].bar:
            break
        for note in word.notes:
            lengths[note.pitch % 12] += note.duration
    return _AGREEING * lengths / max(1.0, float(lengths.sum()))


def latitudes_of(request: Request) -> Mapping[Role, Latitude]:
    """How much the variations of an answer may have in common."""
    return _widened(request, STRICT_LATITUDES if float(request.option("temperature")) < COLD else LATITUDES)


def _widened(request: Request, usual: Mapping[Role, Latitude]) -> Mapping[Role, Latitude]:
    """As much as each has from the clip that it varies, where that is more: they all have it from there."""
    if request.kind is not Kind.VARY:
        return usual
    own = latitudes_from(float(request.option("similarity")))
    return {role: max(usual[role], own[role], key=lambda latitude: latitude.share) for role in VOICES}


def given_before(
    request: Request, part: Part, heard: Sequence[tuple[Word, ...]], hearings: Mapping[Role, Hearing]
) -> list[GivenBefore]:
    """What the variations keep away from, as the network hears it: earlier answers, and a clip that is varied."""
    earlier = _widened(request, STRICT_LATITUDES)
    lines = [
        GivenBefore([_line(clips.get(role), part, hearings[role].back) for role in VOICES], earlier)
        for clips in request.avoid
    ]
    if request.kind is Kind.VARY:
        own = [tuple(map(strikes_of, words)) for words in heard]
        lines.append(GivenBefore(own, latitudes_from(float(request.option("similarity")))))
    return lines


def _line(clip: Clip | None, part: Part, back: int) -> Line:
    return () if clip is None else line_of(clip, -back, part.frame)


def prompt(request: Request) -> tuple[bool, ...]:
    """For each voice, whether it strikes as the answer begins where none before it does: no answer is late."""
    if request.kind not in (Kind.CONTINUE, Kind.GENERATE) or request.option("rhythm") == "keep":
        return (False, False)
    return (request.option("voices") == Role.MELODY.value, True)


def stillest(request: Request, part: Part, heard: Sequence[Sequence[Word]]) -> float | None:
    """How still the harmony of the answer may stand: as that of its clip, and a little more."""
    if request.kind not in (Kind.CONTINUE, Kind.GENERATE):
        return None
    lengths = [0.0] * 12
    for words in heard:
        for (beat, _), word in zip(part.primer, words, strict=True):
            for note in word.notes:
                lengths[note.pitch % 12] += beat.length * note.duration
    return max(USUAL, share_of_chord(lengths) + _STILLER)


def candidates(request: Request) -> int:
    """How many candidates go on for each variation.

    One where nothing is left to chance, and where no clip is continued: a discriminator knows nothing else.
    """
    is_open = request.kind is Kind.CONTINUE and float(request.option("temperature")) >= COLD
    return candidates_for(request.variations) if is_open else 1
