"""The use cases: continue, accompany, vary, generate. The one place where a request becomes music.

All four are one act: a *part* says for each beat and voice which word is given, and the network fills in what is
not. Continuing gives the primer's beats and leaves the answer open; accompanying gives one voice and leaves the
other open; varying plays the clip once as given and then again with its melody open; generating gives nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.encoding import Shade, Voice, decode_voice
from bridge.beats.metre import Beat, beats_of, clip_beats, felt_beats
from bridge.beats.playlist import transpose_word, words_of
from bridge.beats.vocabulary import settle
from bridge.beats.word import Word
from bridge.errors import RequestCancelled
from bridge.music.key import Key, find_key
from bridge.music.note import COMMON_TIME, VOICES, Clip, MeterChange, Note, Role, Ticks, slice_clip
from bridge.music.unison import merge_unisons
from bridge.network.runtime import Runtime, Song
from bridge.network.sampling import Before, Rules, choose_fitting_words, choose_words
from bridge.request import Kind, Request, Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from bridge.network.checkpoint import Shelf


@dataclass(frozen=True, slots=True)
class _Leaning:
    """How much new words are preferred to those heard before; see `network.sampling.Rules`."""

    invention: float = 0.0
    weariness: float = 0.0
    patience: int = 0


# As learned, one continuation in 25 did nothing but loop its primer, which the tunes themselves never do; this
# weariness leaves one in 100 and takes 3 of 100 repeated bars away (29 folk primers, 4 answers each).
_ON = _Leaning(weariness=0.2, patience=4)
_LEANINGS: Final = {
    Kind.CONTINUE: _ON,
    Kind.GENERATE: _ON,
    # An accompaniment may repeat itself whenever its melody does.
    Kind.ACCOMPANY: _Leaning(),
    # The clip has just been heard: without this it would come back as it is.
    Kind.VARY: _Leaning(invention=2.5),
}

_FAR_OFF: Final = 9.0
"""Semitones from a voice's middle in training beyond which it is moved by octaves."""

_UNKNOWN_TEMPERATURE: Final = 0.6
"""At most this for a voice that was not given and is only imagined beneath the primer."""

_FOLLOWING_VELOCITY: Final = {Role.MELODY: 96, Role.ACCOMPANIMENT: 78}
"""Where the primer says nothing of a voice."""

Given = tuple[Word | None, ...]
"""For each voice, the word that a beat must have; None leaves it to the network."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is played: first alone as a primer, then in every variation.

    Attributes:
        primer: beats that come before the answer, all variations sharing them.
        answer: beats of the answer.
        given: for each beat of `answer` the words that are given; fewer than beats leave the rest open.
        repeats: the answer plays the primer's beats again, with the voices that `keeps` says as they were.
        keeps: voices that a repeat keeps.
    """

    primer: tuple[tuple[Beat, Given], ...]
    answer: tuple[tuple[Beat, Given], ...]
    keeps: tuple[bool, ...] = (False, False)


class Composer:
    """Answers requests with the models of a shelf; safe to call from several threads.

    Args:
        shelf: where models are found; each is loaded when it is first asked for, and kept.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._runtimes: dict[tuple[str, float], Runtime] = {}
        self._lock = threading.Lock()

    def compose(
        self,
        request: Request,
        *,
        on_progress: Callable[[float], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> tuple[Variation, ...]:
        """Answer a request; the same request and model always give the same notes.

        Args:
            request: what is asked.
            on_progress: told the share that is done, 0 to 1, after every beat.
            should_stop: asked before every beat.

        Returns:
            One variation after the other, each with the voices that the request wants, in order.

        Raises:
            ModelMissing, ModelDamaged, ModelIncompatible: the model cannot be used.
            RequestCancelled: `should_stop` said so.
        """
        runtime = self.runtime(request.model)
        request = replace(request, clips=_together(request.clips))
        key = _key_of(request)
        shifts = _shifts(request, key, runtime.registers)
        part = _part_of(request, shifts)
        leaning = _LEANINGS[request.kind]
        rules = Rules(
            float(request.option("temperature")),
            _allowed(request, key, shifts),
            invention=leaning.invention,
            weariness=leaning.weariness,
            patience=leaning.patience,
        )
        total = len(part.primer) + len(part.answer)
        played = 0

        def tick() -> None:
            nonlocal played
            if should_stop():
                raise RequestCancelled("the request was cancelled", hint="Send it again to start over.")
            played += 1
            on_progress(played / total)

        voices = _perform(runtime, part, rules, request=request, tick=tick)
        return tuple(
            Variation(index, _clips_of(request, part, words, shifts=shifts))
            for index, words in enumerate(voices)
        )

    def runtime(self, name: str) -> Runtime:
        """A loaded model; a model that was trained anew under the same name is loaded anew.

        Raises:
            ModelMissing, ModelDamaged, ModelIncompatible: it cannot be used.
        """
        folder = self.shelf.folder(name)
        stamp = (str(folder), (folder / "config.json").stat().st_mtime)
        with self._lock:
            if stamp not in self._runtimes:
                self._runtimes = {known: r for known, r in self._runtimes.items() if known[0] != stamp[0]}
                self._runtimes[stamp] = Runtime(folder)
            return self._runtimes[stamp]


# What is played.


def _part_of(request: Request, shifts: Mapping[Role, int]) -> _Part:
    primer = _given_beats(request.clips, shifts) if request.kind is not Kind.GENERATE else ()
    if request.kind is Kind.ACCOMPANY:
        return _Part((), _open(primer, _to_compose(request)))
    if request.kind is Kind.VARY:
        rewritten = Role.MELODY if Role.MELODY in request.clips else Role.ACCOMPANIMENT
        keeps = tuple(role is not rewritten for role in VOICES)
        return _Part(primer, tuple((beat, (None, None)) for beat, _ in primer), keeps)
    frame = _frame_after(request)
    return _Part(primer, tuple((beat, (None, None)) for beat in frame))


def _to_compose(request: Request) -> Role:
    """The voice that accompanying makes: the one that is missing; where both are there, the accompaniment anew."""
    return Role.MELODY if Role.MELODY not in request.clips else Role.ACCOMPANIMENT


def _given_beats(clips: Mapping[Role, Clip], shifts: Mapping[Role, int]) -> tuple[tuple[Beat, Given], ...]:
    frame = clip_beats(next(iter(clips.values())))
    unknown: Given = (None,) * len(frame)
    lines = [words_of(clips[role], shifts[role]) if role in clips else unknown for role in VOICES]
    return tuple((beat, tuple(words)) for beat, *words in zip(frame, *lines, strict=True))


def _open(beats: Sequence[tuple[Beat, Given]], role: Role) -> tuple[tuple[Beat, Given], ...]:
    return tuple(
        (beat, tuple(None if of is role else word for of, word in zip(VOICES, given, strict=True)))
        for beat, given in beats
    )


def _frame_after(request: Request) -> tuple[Beat, ...]:
    """The beats of an answer, its bars counted on from the primer's where that ends on a beat line.

    A primer that ends inside a beat is followed by a new bar.
    """
    clip = next(iter(request.clips.values()), None)
    meter = clip.end_meter if clip else COMMON_TIME
    if clip is None or request.kind is Kind.GENERATE:
        return beats_of((MeterChange(0, meter),), request.length)
    before = clip_beats(clip)
    through = [
        beat for beat in beats_of(clip.meters, clip.length + request.length) if beat.start >= clip.length
    ]
    if before[-1].length == before[-1].felt and through and through[0].start == clip.length:
        return tuple(replace(beat, start=beat.start - clip.length) for beat in through)
    first = before[-1].bar + 1
    return tuple(replace(b, bar=b.bar + first) for b in beats_of((MeterChange(0, meter),), request.length))


# Key, register and rules.


def _key_of(request: Request) -> Key:
    """The key that the request names, else the one its notes are in."""
    root = request.option("key")
    if isinstance(root, str):
        return find_key(note for clip in request.clips.values() for note in clip.notes)
    return Key(int(root), str(request.option("scale")))


def _shifts(request: Request, key: Key, registers: Sequence[float]) -> dict[Role, int]:
    """By how many semitones each voice is moved to where the model knows its way: home, and to its register.

    Octaves are only moved for a voice that is given and lies far off; its answer comes back in its own register.
    """
    middles = dict(zip(VOICES, registers, strict=True)) if registers else {}
    return {
        role: key.home_shift + 12 * _octaves(request.clips.get(role), middles.get(role), key)
        for role in VOICES
    }


def _octaves(clip: Clip | None, middle: float | None, key: Key) -> int:
    if clip is None or middle is None or not clip.notes:
        return 0
    away = middle - (fmean(note.pitch for note in clip.notes) + key.home_shift)
    return 0 if abs(away) < _FAR_OFF else round(away / 12)


def _together(clips: Mapping[Role, Clip]) -> dict[Role, Clip]:
    """The clips as two voices of one piece: as long as the longest, in the meters of that one.

    No pitch of a voice overlaps itself afterwards, as the instruments of most DAWs play it anyway.
    """
    if not clips:
        return {}
    longest = max(clips.values(), key=lambda clip: clip.length)
    return {
        role: replace(
            clip, notes=merge_unisons(clip.notes).notes, length=longest.length, meters=longest.meters
        )
        for role, clip in clips.items()
    }


def _allowed(
    request: Request, key: Key, shifts: Mapping[Role, int]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the network's 128 keys may be struck: those that are keys, and in key, once transposed back."""
    heard = np.arange(128)
    fits = np.ones(128, np.bool_)
    for shift in shifts.values():
        fits &= (heard >= shift) & (heard - shift <= 127)
    if request.option("key") == "off":
        return fits
    return fits & np.isin((heard - key.home_shift) % 12, sorted(key.pitch_classes))


# Playing.


def _perform(
    runtime: Runtime, part: _Part, rules: Rules, *, request: Request, tick: Callable[[], None]
) -> list[list[tuple[Word, ...]]]:
    """For each variation, for each voice, the words of the answer."""
    song = Song(runtime)
    imagined = replace(
        rules, temperature=min(rules.temperature, _UNKNOWN_TEMPERATURE), invention=0.0, weariness=0.0
    )
    first = [np.random.default_rng([request.rng_seed])]
    heard: list[list[tuple[Word, ...]]] = []
    silences = _silences(part)
    for words in _play(song, part.primer, imagined, rngs=first, silences=silences):
        heard.append(words)
        tick()
    song = song.spread(request.variations)
    rngs = [np.random.default_rng([request.rng_seed, index + 1]) for index in range(request.variations)]
    made: list[list[tuple[Word, ...]]] = []
    for words in _play(song, _kept(part, heard), rules, rngs=rngs, silences=silences):
        made.append(words)
        tick()
    return [
        [tuple(beat[voice][index] for beat in made) for voice in range(len(VOICES))]
        for index in range(request.variations)
    ]


def _silences(part: _Part) -> tuple[int, ...]:
    """For how many beats each voice may rest at a stretch.

    A bar, and not more than half of the answer; or as long as it does in what is given.
    """
    beats = (*part.primer, *part.answer)
    bar = max(len(felt_beats(beat.meter)) for beat, _ in beats)
    rest = min(bar, max(1, len(part.answer) // 2))
    return tuple(max(rest, _longest_rest(given[voice] for _, given in beats)) for voice in range(len(VOICES)))


def _longest_rest(words: Iterable[Word | None]) -> int:
    stretches = (len(list(group)) for rests, group in groupby(words, lambda w: w == Word()) if rests)
    return max(stretches, default=0)


def _kept(part: _Part, heard: Sequence[Sequence[tuple[Word, ...]]]) -> Iterator[tuple[Beat, Given]]:
    """The answer's beats, with the voices that a repeat keeps taken from what was heard in the primer."""
    for number, (beat, given) in enumerate(part.answer):
        if not any(part.keeps):
            yield beat, given
            continue
        yield beat, tuple(heard[number][voice][0] if keep else None for voice, keep in enumerate(part.keeps))


def _play(
    song: Song,
    beats: Iterable[tuple[Beat, Given]],
    rules: Rules,
    *,
    rngs: Sequence[np.random.Generator],
    silences: Sequence[int],
) -> Iterator[list[tuple[Word, ...]]]:
    """Play beat after beat; yields for each of them, for each voice, its word in every variation.

    `silences` says for how many beats each voice may rest at a stretch.
    """
    before = [[Before()] * song.count for _ in VOICES]
    rested = np.zeros((len(VOICES), song.count), np.int64)
    for beat, given in beats:
        song.begin(beat)
        played: list[tuple[Word, ...]] = []
        for voice, word in enumerate(given):
            following = given[voice + 1] if voice + 1 < len(given) else None
            if word is None and following is not None:
                words = choose_fitting_words(
                    song,
                    voice,
                    following=[following] * song.count,
                    before=before[voice : voice + 2],
                    rules=rules,
                    rngs=rngs,
                )
            elif word is None:
                words = choose_words(song, voice, before=before[voice], rules=rules, rngs=rngs)
            else:
                song.skip(voice)
                words = [settle(word, one.sounding) for one in before[voice]]
            song.put(words)
            rested[voice] = [
                0 if made.notes else rest + 1 for made, rest in zip(words, rested[voice], strict=True)
            ]
            before[voice] = [
                Before(made.sounding, must_strike=bool(rest >= silences[voice]))
                for made, rest in zip(words, rested[voice], strict=True)
            ]
            played.append(tuple(words))
        song.end()
        yield played


# Back to clips.


def _clips_of(
    request: Request, part: _Part, words: Sequence[Sequence[Word]], *, shifts: Mapping[Role, int]
) -> dict[Role, Clip]:
    length = request.length if request.kind in (Kind.CONTINUE, Kind.GENERATE) else _length_of(request.clips)
    beats = tuple(beat for beat, _ in part.answer)
    return {
        role: _clip_of(line, beats, request, role=role, length=length, shift=shifts[role])
        for role, line in zip(VOICES, words, strict=True)
        if role in _returned(request)
    }


def _length_of(clips: Mapping[Role, Clip]) -> Ticks:
    return next(iter(clips.values())).length


def _returned(request: Request) -> tuple[Role, ...]:
    """The voices that come back: those that are new and wanted."""
    if request.kind is Kind.ACCOMPANY:
        return (_to_compose(request),)
    if request.kind is Kind.VARY:
        return tuple(role for role in request.wanted if role in request.clips) or tuple(request.clips)
    return request.wanted


def _clip_of(
    words: Sequence[Word], beats: tuple[Beat, ...], request: Request, *, role: Role, length: Ticks, shift: int
) -> Clip:
    """The clip that words make, transposed back, with the primer's accents."""
    velocity_at = _velocities(request.clips, role)
    home = tuple(transpose_word(word, -shift) for word in words)
    shades = tuple(
        tuple(Shade(velocity_at(beat, note.onset)) for note in word.notes if note.articulated)
        for beat, word in zip(beats, home, strict=True)
    )
    primer = next(iter(request.clips.values()), None)
    meters = primer.meters if primer and request.kind in (Kind.ACCOMPANY, Kind.VARY) else None
    end_meter = primer.end_meter if primer else COMMON_TIME
    # The last beat may be cut by the answer's end; the network composed it whole.
    whole = (*beats[:-1], replace(beats[-1], length=beats[-1].felt))
    end = whole[-1].start + whole[-1].length
    cut = slice_clip(decode_voice(Voice(whole, home, shades, end, (MeterChange(0, end_meter),))), 0, length)
    return replace(
        cut,
        # Given pitches at the end of the keyboard may have been folded onto each other on their way.
        notes=merge_unisons(cut.notes).notes,
        meters=meters or cut.meters,
        name=primer.name if primer else "",
    )


def _velocities(clips: Mapping[Role, Clip], role: Role) -> Callable[[Beat, int], int]:
    """How loud the primer is at each place of its bar; elsewhere, as loud as it is on the whole."""
    clip = clips.get(role) or next(iter(clips.values()), None)
    if clip is None or not clip.notes:
        return lambda *_: _FOLLOWING_VELOCITY[role]
    whole = _mean([note.velocity for note in clip.notes])
    softer = _FOLLOWING_VELOCITY[role] - _FOLLOWING_VELOCITY[Role.MELODY] if role not in clips else 0
    by_place: dict[int, list[int]] = {}
    for beat, notes in _notes_by_beat(clip):
        by_place.setdefault(beat.index, []).extend(note.velocity for note in notes)
    curve = {place: _mean(velocities) for place, velocities in by_place.items() if velocities}
    return lambda beat, _: min(127, max(1, curve.get(beat.index, whole) + softer))


def _mean(values: Sequence[int]) -> int:
    return round(sum(values) / len(values))


def _notes_by_beat(clip: Clip) -> Iterator[tuple[Beat, list[Note]]]:
    for beat in clip_beats(clip):
        yield beat, [note for note in clip.notes if beat.start <= note.onset < beat.start + beat.length]
