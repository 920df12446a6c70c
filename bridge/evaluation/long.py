"""Whether music that goes on for a long time stays what it is, and whether an accompaniment goes with its melody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.evaluation.cases import ANSWER_BARS, Piece, cut_out
from bridge.evaluation.continuations import home_shift
from bridge.evaluation.measures import chord_tones, in_key, known_mean, pitch_class_entropy, self_similarity
from bridge.evaluation.passage import passage_of
from bridge.music.key import find_key
from bridge.music.note import VOICES, Clip, Role
from bridge.request import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bridge.composer import Composer
    from bridge.evaluation.cases import Case

LONG_BEATS: Final = 2_000
A_MINUTE: Final = 120
"""Quarter notes: a minute at 120 BPM."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of music.

    Attributes:
        self_similarity: see `measures`.
        entropy: of its pitch classes, bits.
        in_key: share of notes in the key that the whole piece is in.
    """

    self_similarity: float
    entropy: float
    in_key: float


def generated_minutes(
    composer: Composer, model: str, rng_seed: int, on_progress: Callable[[float], None] = lambda _: None
) -> tuple[Minute, ...]:
    """2,000 beats from nothing, minute by minute.

    Raises:
        ModelMissing, ModelDamaged, ModelIncompatible: the model cannot be used.
    """
    request = Request(Kind.GENERATE, {}, LONG_BEATS * 960, 1, rng_seed, model)
    (variation,) = composer.compose(request, on_progress=on_progress)
    return tuple(minutes_of(variation.clips))


def real_minutes(pieces: Sequence[Piece]) -> tuple[Minute, ...]:
    """The minutes of real songs, those that are whole."""
    return tuple(minute for piece in pieces if len(piece.clips) > 1 for minute in minutes_of(piece.clips))


def minutes_of(clips: Mapping[Role, Clip]) -> Iterator[Minute]:
    """The whole minutes of some voices in one meter; voices that change their meter give none."""
    first = next(iter(clips.values()))
    shift = find_key(note for clip in clips.values() for note in clip.notes).home_shift
    bars = A_MINUTE * 960 // first.meter.bar
    step = bars * first.meter.bar
    if len(first.meters) > 1:
        return
    for start in range(0, first.length - step + 1, step):
        cut = {role: cut_out(clip, start, start + step) for role, clip in clips.items()}
        passage = passage_of(cut, meter=first.meter, bars=bars, shift=shift)
        if any(len(line) for line in passage.lines):
            yield Minute(self_similarity(passage), pitch_class_entropy(passage), in_key(passage))


@dataclass(frozen=True, slots=True)
class Accompanied:
    """Of the beats at which both voices sound, the share at which the melody plays a note of the chord.

    Attributes:
        model: with the accompaniments that the model makes.
        real: with the real one.
        others: with the real accompaniment of another song, moved to the same key.
    """

    model: float
    real: float
    others: float


def measure_accompaniments(
    composer: Composer,
    model: str,
    cases: Sequence[Case],
    on_progress: Callable[[float], None] = lambda _: None,
) -> Accompanied:
    """Have the real melodies that follow the primers accompanied.

    Raises:
        ModelMissing, ModelDamaged, ModelIncompatible: the model cannot be used.
    """
    rows = []
    for number, case in enumerate(cases):
        melody = {Role.MELODY: case.real[Role.MELODY]}
        request = Request(Kind.ACCOMPANY, melody, case.length, 1, number, model)
        (variation,) = composer.compose(request)
        made = variation.clips[Role.ACCOMPANIMENT]
        rows.append([_agreement(case, c) for c in (made, case.real[Role.ACCOMPANIMENT], _other(case, cases))])
        on_progress((number + 1) / len(cases))
    return Accompanied(*(known_mean(column) for column in np.array(rows, np.float64).T))


def _agreement(case: Case, accompaniment: Clip) -> float:
    clips = dict(zip(VOICES, (case.real[Role.MELODY], accompaniment), strict=True))
    passage = passage_of(clips, meter=case.meter, bars=ANSWER_BARS, shift=home_shift(case))
    return chord_tones(passage)


def _other(case: Case, cases: Sequence[Case]) -> Clip:
    """The accompaniment of the next case of another song in the same meter, in this case's key; else its own."""
    later = [*cases[cases.index(case) :], *cases]
    other = next((c for c in later if c.song != case.song and c.meter == case.meter), case)
    return _moved(other.real[Role.ACCOMPANIMENT], home_shift(other) - home_shift(case))


def _moved(clip: Clip, semitones: int) -> Clip:
    notes = tuple(sorted(replace(n, pitch=min(127, max(0, n.pitch + semitones))) for n in clip.notes))
    return replace(clip, notes=notes)
