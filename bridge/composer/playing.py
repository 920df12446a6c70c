"""The network plays a part, all variations in step."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from bridge.beats.vocabulary import settle
from bridge.beats.word import Word
from bridge.composer.apart import LATITUDES, Apart, shunning
from bridge.composer.centre import Centre
from bridge.composer.choosing import choosing_of
from bridge.composer.rhythm import open_after, pitches_of, rhythm_of
from bridge.composer.steering import Bounds, Line
from bridge.composer.stillness import Stillness
from bridge.music.note import VOICES, Role
from bridge.network.runtime import Runtime, Song
from bridge.network.sampling import (
    COLD,
    Chance,
    choose_agreeing_words,
    choose_fitting_words,
    choose_words,
    numbers_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bridge.beats.metre import Beat
    from bridge.composer.apart import GivenBefore, Latitude
    from bridge.composer.choosing import Choosing
    from bridge.composer.parts import Given, Part
    from bridge.composer.rhythm import Model
    from bridge.music.key import Key
    from bridge.music.note import Clip
    from bridge.network.demand import Anchor, Demand, Weights
    from bridge.network.discriminator import Discriminator

UNKNOWN_TEMPERATURE: Final = 0.6
"""At most this for a voice that was not given and is only imagined beneath the primer."""

Words = tuple[Word, ...]
"""One word a variation."""

Heard = tuple[Song, tuple[tuple[Word, ...], ...]]
"""A song after its primer, and for each voice the primer's words."""

_REMEMBERED: Final = 4
"""How many primers are remembered."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a part is played by.

    Attributes:
        temperature: 0 to 2.
        bounds: for each voice, what holds for all of its words.
        variations: how many.
        rng_seed: 0 or more.
        models: for voices that keep the rhythm of a clip, which of its beats each beat has; and the clip.
        anchors: for each beat, what a voice that is varied is drawn to.
        harmony: for each beat, how welcome each pitch class is to a voice, in nats, (12).
        given_before: what the variations keep away from.
        latitudes: how much the variations may have in common with each other.
        prompt: for each voice, whether it strikes as the answer begins where no voice before it does.
        home: the key that it is called back to where it settles in another; see `composer.centre`.
        stillest: how still its harmony may stand, 0 to 1; see `composer.stillness`. None: as still as it likes.
        candidates: how many go on for each variation, of which one is left; see `composer.choosing`.
        discriminator: what they are compared by.
    """

    temperature: float
    bounds: Sequence[Bounds]
    variations: int
    rng_seed: int
    models: Mapping[Role, tuple[tuple[Model | None, ...], Clip]] = field(default_factory=dict)
    anchors: Mapping[Role, Sequence[Anchor]] = field(default_factory=dict)
    harmony: Mapping[Role, Sequence[Weights]] = field(default_factory=dict)
    given_before: Sequence[GivenBefore] = ()
    latitudes: Mapping[Role, Latitude] = field(default_factory=lambda: LATITUDES)
    prompt: tuple[bool, ...] = (False, False)
    home: Key | None = None
    stillest: float | None = None
    candidates: int = 1
    discriminator: Discriminator | None = None


def _movers(score: Score) -> tuple[Centre | Stillness, ...]:
    """What moves one variation on where its harmony does not."""
    home = () if score.home is None else (Centre(score.home),)
    return home if score.stillest is None else (*home, Stillness(score.stillest))


class Ear:
    """Hears primers. A clip is continued again and again, so the last few that leave nothing open are remembered.

    Safe to use from several threads: what is remembered is never changed.
    """

    def __init__(self) -> None:
        self._remembered: dict[tuple[Runtime, object], Heard] = {}

    def hear(
        self, runtime: Runtime, part: Part, score: Callable[[], Score], tick: Callable[[], None]
    ) -> Heard:
        """The song after a primer, and for each voice its words, imagined by `score` where it is not given."""
        if any(word is None for _, given in part.primer for word in given):
            return _hear(runtime, part, score(), tick)
        found = self._remembered.get((runtime, part.primer))
        if found is None:
            found = _hear(runtime, part, score(), tick)
        else:
            for _ in part.primer:
                tick()
        others = {about: heard for about, heard in self._remembered.items() if heard is not found}
        latest = [*others.items()][-_REMEMBERED + 1 :]
        self._remembered = dict([*latest, ((runtime, part.primer), found)])
        return found


def _hear(runtime: Runtime, part: Part, score: Score, tick: Callable[[], None]) -> Heard:
    song = Song(runtime)
    stage = _Stage(song, replace(score, variations=1), [np.random.default_rng([score.rng_seed])])
    heard = []
    for number, (beat, given) in enumerate(part.primer):
        heard.append(stage.play(number, beat, given))
        tick()
    return song, tuple(tuple(words[voice][0] for words in heard) for voice in range(len(VOICES)))


def answer(
    song: Song,
    part: Part,
    heard: Sequence[Sequence[Word]],
    *,
    score: Score,
    tick: Callable[[], None],
) -> list[list[tuple[Word, ...]]]:
    """For each variation, for each voice, the words of the answer, after a primer that was heard."""
    rngs = [
        np.random.default_rng([score.rng_seed, index + 1, candidate])
        for index in range(score.variations)
        for candidate in range(score.candidates)
    ]
    # The network hears what sounds as the primer ends, but nothing is held over from one clip into the next.
    after = [words[-1].sounding if words else () for words in heard]
    stage = _Stage(song.spread(len(rngs)), score, rngs, after, beats=len(part.answer))
    choosing = _choosing(part, heard, score)
    made: list[list[Words]] = []
    turns: dict[int, Sequence[int]] = {}
    for number, (beat, given) in enumerate(part.answer):
        kept = [heard[voice][number] if keep else given[voice] for voice, keep in enumerate(part.keeps)]
        made.append(stage.play(number, beat, tuple(kept)))
        if choosing is not None:
            following = part.answer[number + 1 : number + 2]
            is_over = not following or following[0][0].bar != beat.bar
            rows = choosing.add(beat, made[-1], is_last_of_bar=is_over)
            if rows is not None:
                stage.select(rows)
                turns[number] = rows
        tick()
    left = range(0, len(rngs), score.candidates) if choosing is None else choosing.last()
    return [_traced(made, turns, row) for row in left]


def _traced(
    made: Sequence[Sequence[Words]], turns: Mapping[int, Sequence[int]], row: int
) -> list[tuple[Word, ...]]:
    """For each voice, the words that a row has gone on from; `turns`: from which rows all did after some beats."""
    back: list[list[Word]] = []
    for number in reversed(range(len(made))):
        if number in turns:
            row = turns[number][row]
        back.append([words[row] for words in made[number]])
    return [tuple(line) for line in zip(*reversed(back), strict=True)]


def _choosing(part: Part, heard: Sequence[Sequence[Word]], score: Score) -> Choosing | None:
    rngs = [
        np.random.default_rng([score.rng_seed, index + 1, score.candidates])
        for index in range(score.variations)
    ]
    primer = [beat for beat, _ in part.primer]
    return choosing_of(score.discriminator, primer, heard, rngs, score.candidates)


class _Stage:
    """A song on its way, with what each of its lines has done so far."""

    def __init__(
        self,
        song: Song,
        score: Score,
        rngs: Sequence[np.random.Generator],
        after: Sequence[tuple[int, ...]] = ((), ()),
        *,
        beats: int = 0,
    ) -> None:
        self._song, self._score = song, score
        self._chance = Chance(score.temperature, [numbers_of(rng) for rng in rngs])
        self._lines = [
            [Line(bounds, sounding, may_hold=False) for _ in range(song.count)]
            for bounds, sounding in zip(score.bounds, after, strict=True)
        ]
        self._apart = Apart(
            song.count, score.given_before, score.latitudes, beats=beats, candidates=score.candidates
        )
        self._open: list[list[dict[int, int]]] = [[{} for _ in range(song.count)] for _ in VOICES]
        self._played: list[Words] = []
        self._movers = [_movers(score) for _ in range(song.count)]

    def select(self, rows: Sequence[int]) -> None:
        """Between two beats: go on with some of the variations, each of them once or more often, in all places.

        What a place is decided by stays with it: rows that go on from one may part.
        """
        self._song.select(rows)
        self._apart.select(rows)
        self._lines = [[copy(lines[row]) for row in rows] for lines in self._lines]
        self._open = [[each[row] for row in rows] for each in self._open]
        self._movers = [tuple(map(copy, self._movers[row])) for row in rows]

    def play(self, number: int, beat: Beat, given: Given) -> list[Words]:
        """Play one beat; for each voice, its word in every variation."""
        self._song.begin(beat)
        self._apart.begin(number)
        self._played = []
        for voice, word in enumerate(given):
            lines = self._lines[voice]
            if word is None:
                words = self._choose(number, beat, voice, given)
                self._apart.add(voice, words)
            else:
                self._song.skip(voice)
                words = [settle(word, () if not line.may_hold else line.sounding) for line in lines]
            self._song.put(words)
            for line, made in zip(lines, words, strict=True):
                line.add(beat, made)
            self._played.append(tuple(words))
        self._song.end()
        for row, movers in enumerate(self._movers):
            for mover in movers:
                mover.add(beat, [words[row] for words in self._played])
        return self._played

    def _choose(self, number: int, beat: Beat, voice: int, given: Given) -> list[Word]:
        every = range(self._song.count)
        demands = [self._demand(number, beat, voice, row) for row in every]
        outlook = self._song.outlook(voice)

        def choose(rows: Sequence[int]) -> list[Word]:
            after = given[voice + 1] if voice + 1 < len(given) else None
            before = given[voice - 1] if voice > 0 else None
            if before is not None and VOICES[voice] in self._score.harmony:
                return choose_agreeing_words(
                    self._song,
                    voice,
                    outlook,
                    given=before,
                    demands=demands,
                    chance=self._chance,
                    rows=rows,
                )
            if after is None:
                return choose_words(
                    self._song, voice, outlook, demands=demands, chance=self._chance, rows=rows
                )
            return choose_fitting_words(
                self._song,
                voice,
                outlook,
                following=[(after, self._demand(number, beat, voice + 1, row)) for row in every],
                demands=demands,
                chance=self._chance,
                rows=rows,
            )

        words = choose(every)
        # Without chance, rows that are alike would change alike: they change one after another.
        for rows in self._rows_to_change(voice, words):
            for row, shunned in rows.items():
                demands[row] = shunning(demands[row], shunned)
            for row, word in zip(rows, choose(list(rows)), strict=True):
                words[row] = word
        self._follow_rhythm(number, voice, words)
        return words

    def _rows_to_change(self, voice: int, words: Sequence[Word]) -> Iterator[dict[int, set[int]]]:
        """The rows that have too much in common with others, with the pitches that they keep away from.

        `words` may change between one step and the next.
        """
        if self._score.temperature >= COLD:
            if rows := self._apart.shun(voice, words):
                yield rows
            return
        for row in range(self._song.count):
            if pitches := self._apart.shun(voice, words).get(row):
                yield {row: pitches}

    def _demand(self, number: int, beat: Beat, voice: int, row: int) -> Demand:
        line = self._lines[voice][row]
        is_begun = any(words[row].notes and words[row].notes[0].onset == 0 for words in self._played)
        at_once = number == 0 and self._score.prompt[voice] and not is_begun
        demand = line.demand(beat, at_once=at_once)
        for pull in self._pulls(number, voice, row):
            demand = demand._replace(welcome=demand.welcome + np.resize(pull, 128))
        if anchors := self._score.anchors.get(VOICES[voice]):
            demand = demand._replace(anchor=anchors[number])
        if (model := self._model(number, voice)) is not None:
            demand = demand._replace(rhythm=rhythm_of(model, self._open[voice][row]))
        return demand

    def _pulls(self, number: int, voice: int, row: int) -> Iterator[Weights]:
        """How welcome each pitch class is beyond what the line says, in nats, (12)."""
        if harmony := self._score.harmony.get(VOICES[voice]):
            yield harmony[number]
        for mover in self._movers[row]:
            if mover.pull is not None:
                yield mover.pull

    def _model(self, number: int, voice: int) -> Model | None:
        models = self._score.models.get(VOICES[voice])
        return models[0][number] if models else None

    def _follow_rhythm(self, number: int, voice: int, words: Sequence[Word]) -> None:
        """Remember which pitch sounds on for which stroke of the clip."""
        model = self._model(number, voice)
        if model is None:
            self._open[voice] = [{} for _ in words]
            return
        for row, word in enumerate(words):
            struck = pitches_of(model, word, self._score.models[VOICES[voice]][1])
            self._open[voice][row] = open_after(model, self._open[voice][row], struck)
