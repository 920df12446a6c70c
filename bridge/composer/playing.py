"""The network plays a part, all variations in step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.vocabulary import settle
from bridge.composer.parts import silences_of
from bridge.music.note import VOICES
from bridge.network.runtime import Runtime, Song
from bridge.network.sampling import Before, Rules, choose_fitting_words, choose_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from bridge.beats.metre import Beat
    from bridge.beats.word import Word
    from bridge.composer.parts import Given, Part
    from bridge.request import Request

_UNKNOWN_TEMPERATURE: Final = 0.6
"""At most this for a voice that was not given and is only imagined beneath the primer."""


def perform(
    runtime: Runtime, part: Part, rules: Rules, *, request: Request, tick: Callable[[], None]
) -> list[list[tuple[Word, ...]]]:
    """For each variation, for each voice, the words of the answer."""
    song = Song(runtime)
    imagined = replace(
        rules, temperature=min(rules.temperature, _UNKNOWN_TEMPERATURE), invention=0.0, weariness=0.0
    )
    first = [np.random.default_rng([request.rng_seed])]
    heard: list[list[tuple[Word, ...]]] = []
    silences = silences_of(part)
    for words in _play(song, part.primer, imagined, rngs=first, silences=silences):
        heard.append(words)
        tick()
    song = song.spread(request.variations)
    rngs = [np.random.default_rng([request.rng_seed, index + 1]) for index in range(request.variations)]
    after = [words[0].sounding for words in heard[-1]] if heard else [()] * len(VOICES)
    made: list[list[tuple[Word, ...]]] = []
    for words in _play(song, _kept(part, heard), rules, rngs=rngs, silences=silences, after=after):
        made.append(words)
        tick()
    return [
        [tuple(beat[voice][index] for beat in made) for voice in range(len(VOICES))]
        for index in range(request.variations)
    ]


def _kept(part: Part, heard: Sequence[Sequence[tuple[Word, ...]]]) -> Iterator[tuple[Beat, Given]]:
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
    after: Sequence[tuple[int, ...]] = ((), ()),
) -> Iterator[list[tuple[Word, ...]]]:
    """Play beat after beat; yields for each of them, for each voice, its word in every variation.

    `silences` says for how many beats each voice may rest at a stretch, `after` what sounded in each voice when
    the music before stopped: the network hears it, but nothing is held over from one clip into the next.
    """
    before = [[Before(sounding, may_hold=False)] * song.count for sounding in after]
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
                words = [settle(word, one.holdable) for one in before[voice]]
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
