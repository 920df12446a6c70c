"""Stepping a network without torch: ONNX Runtime for the products, numpy for the rest.

A `Runtime` is a loaded model, shared by all; a `Song` is one running piece of music for some variations at once:
the core's state and the memory of the beats so far, of bounded size however long the music gets.

Shapes: n variations, M remembered beats, E word size, H core size, K key size.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.beats.word import Word
from bridge.errors import ModelDamaged
from bridge.network.batch import dictionary_places
from bridge.network.checkpoint import (
    WEIGHTS,
    read_card,
    read_config,
    read_vocabulary,
)
from bridge.network.discriminator import read_discriminator
from bridge.network.features import (
    LOOKBACKS,
    distance_row,
    metre_columns,
    run_buckets,
)
from bridge.network.lexis import POINTERS, Embedder, derived
from bridge.network.memory import Lexicon, Memory, Now
from bridge.network.sessions import load_sessions
from bridge.network.stock import Stock
from bridge.network.weights import load_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bridge.beats.metre import Beat

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Chances = npt.NDArray[np.float64]
Rows = list[int]
"""Variations, by number."""

_KEPT: Final = 4_096
"""How many words' embeddings are kept at most."""


class Outlook:
    """What the network expects of one voice in one beat; what only new words need is found when it is asked for.

    Attributes:
        logs: (n, M + 1) log-probability that the word stands at each remembered beat; the last: that it is new.
        along: (n) for how many beats the music has gone along with an earlier passage, in every voice.
        chances: (n, words) of each word that was heard, by number, all of its places together.
    """

    def __init__(
        self, runtime: Runtime, voice: int, logs: Floats, along: Ints, plan_inputs: Floats, chances: Chances
    ) -> None:
        self.logs, self.along, self.chances = logs, along, chances
        self._chosen = _Later(lambda rows: [runtime.choose(voice, plan_inputs[rows])])
        self._plan = _Later(lambda rows: runtime.plan(voice, plan_inputs[rows]))

    def chosen(self, rows: Rows) -> Floats:
        """The log-probability of each word of the dictionary, if the word is new, (rows, W + 1).

        The last: that it is none of them and is spelled. Without a dictionary there is only that.
        """
        return self._chosen.of(rows)[0]

    def plan(self, rows: Rows) -> Sequence[Floats]:
        """What the plan gives to the speller's gates, (rows, 3P), and the speller's first state, (rows, P)."""
        return self._plan.of(rows)


class _Later:
    """What is found for each row when it is first asked for."""

    def __init__(self, find: Callable[[Rows], Sequence[Floats]]) -> None:
        self._find = find
        self._found: dict[int, list[Floats]] = {}

    def of(self, rows: Rows) -> Sequence[Floats]:
        """What was found for some rows, each part (rows, size)."""
        if missing := [row for row in rows if row not in self._found]:
            parts = self._find(missing)
            self._found |= {row: [part[at] for part in parts] for at, row in enumerate(missing)}
            if len(missing) == len(rows):
                return parts
        return [np.array(each) for each in zip(*(self._found[row] for row in rows), strict=True)]


class Pointing(NamedTuple):
    """What P pointers make of the core's state and the voices before one.

    Query (P, n, K), key (P, n, K), the logit that nothing comes back (P, n, 1), how welcome each lag is (P, n, lags).
    """

    query: Floats
    key: Floats
    new: Floats
    lag: Floats | None = None


class Likening(NamedTuple):
    """What a voice's pointers make of likeness; see `network.model.Pointer`."""

    alike: Floats  # P F units
    bias: Floats  # P 1 units
    weigh: Floats  # P units 1
    unlike: Floats  # P V*D 1


class Tables(NamedTuple):
    """The learned tables of a voice's pointers; see `network.model.Pointer`."""

    run: Floats  # P V buckets
    joint: Floats  # P buckets
    best: Floats  # P buckets
    distance: Floats  # P buckets
    likening: Likening | None


class Pointed(NamedTuple):
    """Words that have been heard, by number (U), each with the chance of all its places together, (n, U)."""

    numbers: Ints
    chances: Chances


LEAST_CHANCE: Final = 1e-4
"""A word that was heard and is no likelier than this counts as none."""


class Runtime:
    """A model, loaded; its methods change nothing but a cache and may be called from any thread.

    Args:
        folder: see `network.checkpoint`.
        exact: all products in fp32, as training has them; else the large ones in int8, where this machine can.

    Raises:
        ModelDamaged, ModelIncompatible: the folder does not hold a whole model of this version.
    """

    def __init__(self, folder: Path, *, exact: bool = False) -> None:
        self.config = read_config(folder)
        self.card = read_card(folder)
        self.registers = read_vocabulary(folder).registers
        self.discriminator = read_discriminator(folder)
        try:
            stored = load_weights(folder / WEIGHTS)
            self._weights = {**stored, **derived(stored, self.config)}
            self._sessions = load_sessions(folder, self._weights, exact=exact)
        except Exception as error:  # each runtime release raises classes of its own
            raise ModelDamaged(
                f"model {folder.name!r} cannot be loaded: {error}", hint="Install or train it again."
            ) from error
        self._outputs = {
            name: [output.name for output in session.get_outputs()]
            for name, session in self._sessions.items()
        }
        self.places = dictionary_places(self.config.dictionary)
        self.dictionary = tuple(map(tuple, self.places))
        self.stocks = tuple(map(Stock, self.dictionary))
        self._metre = [self._weights[f"metre.{column}.weight"] for column in range(len(self.config.metre))]
        kinds = ("word", "rhythm") if self.config.groove_size else ("word",)
        self._embedders = [Embedder(self._weights, kind) for kind in kinds]
        self._embedded: dict[Word, tuple[Floats, ...]] = {}
        self.pointers = POINTERS[: 1 + (self.config.groove_size > 0)] if self.config.memory else ()
        self.tables = [self._tables(voice) for voice in range(self.config.voices)] if self.pointers else []

    def embed(self, word: Word) -> tuple[Floats, ...]:
        """The embedding of a word, (E), and that of its rhythm, (G), for a network that points at rhythms."""
        found = self._embedded.get(word)
        if found is None:
            if len(self._embedded) >= _KEPT:
                self._embedded.clear()
            found = self._embedded[word] = tuple(embedder.of(word) for embedder in self._embedders)
        return found

    def step(self, before: Floats, metre: Ints, lookback: Sequence[Floats | None], state: Floats) -> Floats:
        """One step of the core: the words before (n, V*E), the metre columns, the words of bars ago, the state."""
        parts = [before, np.repeat(self._metre_row(metre)[None], len(before), 0)]
        for number, lines in enumerate(lookback if self.config.memory else ()):
            weight, bias = (self._weights[f"lookback.{number}.{kind}"] for kind in ("weight", "bias"))
            parts.append(
                np.zeros((len(before), len(weight)), np.float32) if lines is None else lines @ weight.T + bias
            )
        return self._run("core", read=np.concatenate(parts, 1), before=state)[0]

    def _metre_row(self, metre: Ints) -> Floats:
        row = np.zeros(self._metre[0].shape[1], np.float32)
        for table, value in zip(self._metre, metre.tolist(), strict=True):
            row += table[value]
        return row

    def point(self, voice: int, context: Floats) -> Pointing:
        """What the pointers make of the core's state and the voices before this one, (n, C)."""
        outputs = self._run(f"point-{voice}", context=context)
        each = len(outputs) // len(self.pointers)
        return Pointing(*(np.array(outputs[at::each]) for at in range(each)))

    def plan(self, voice: int, plan_inputs: Floats) -> tuple[Floats, Floats]:
        """What the speller is given in every step, and its first state."""
        given, state = self._run(f"plan-{voice}", plan_inputs=plan_inputs)
        return given, state

    def choose(self, voice: int, plan_inputs: Floats) -> Floats:
        """The log-probability of each word of the dictionary and that it is spelled, (n, W + 1)."""
        if not self.dictionary:
            return np.zeros((len(plan_inputs), 1), np.float32)
        return self._run(f"choose-{voice}", plan_inputs=plan_inputs)[0]

    def spell(self, voice: int, symbol: Ints, given: Floats, state: Floats) -> tuple[Floats, Floats]:
        """One symbol on: logits of the next (n, symbols) and the speller's state."""
        logits, state = self._run(f"spell-{voice}", symbol=symbol, given=given, before=state)
        return logits, state

    def _tables(self, voice: int) -> Tables:
        def stacked(name: str) -> Floats:
            return np.stack([self._weights[f"{pointer}.{voice}.{name}"] for pointer in self.pointers])

        likening = None
        if self.config.likeness_size:
            alike, weigh, unlike = (
                stacked(f"{name}.weight").transpose(0, 2, 1) for name in ("alike", "weigh", "unlike")
            )
            likening = Likening(alike, stacked("alike.bias")[:, None], weigh, unlike)
        run, joint, best, distance = map(stacked, ("run", "joint", "best", "distance"))
        return Tables(run, joint, best, distance, likening)

    @property
    def nothing(self) -> Floats:
        """What stands before the first beat, (V*E)."""
        return self._weights["nothing"]

    def _run(self, graph: str, **inputs: Floats | Ints) -> list[Floats]:
        outputs: list[Floats] = self._sessions[graph].run(self._outputs[graph], inputs)
        return outputs


class Song:
    """One running piece of music, in `count` variations that share their metre.

    For each beat: `begin` it, then for each voice in turn ask its `outlook` and `put` its words, then `end` it.
    """

    def __init__(self, runtime: Runtime, count: int = 1) -> None:
        config = runtime.config
        self.runtime = runtime
        self.count = count
        self._state = np.zeros((count, config.core_size), np.float32)
        self._before = np.broadcast_to(runtime.nothing, (count, len(runtime.nothing)))
        sizes = (config.word_size, config.groove_size)[: max(1, len(runtime.pointers))]
        lexicon = Lexicon(runtime.embed, sizes)
        self._memory = Memory(config.voices, count, len(sizes), config.key_size, lexicon)
        self._place = (0, 0)
        self._keys: list[Floats | None] = []
        self._now: list[Now] = []
        self._distances, self._lags = (np.zeros(0, np.int64) for _ in range(2))

    def spread(self, count: int) -> Song:
        """The same song, `count` times over; this one must have one variation."""
        other = Song(self.runtime, count)
        other._state = np.repeat(self._state, count, 0)
        other._before = np.repeat(self._before, count, 0)
        other._memory = self._memory.spread(count)
        return other

    def select(self, rows: Sequence[int]) -> None:
        """Between two beats: go on with some of the variations, each of them once or more often, (count)."""
        self._state, self._before = self._state.take(rows, 0), self._before.take(rows, 0)
        self._memory.select(rows)
        self.count = len(rows)

    @property
    def length(self) -> int:
        """How many beats are remembered."""
        return len(self._memory.bars)

    def begin(self, beat: Beat) -> None:
        """Go on to the next beat: the core reads what was before it."""
        self._place = (beat.bar, beat.index)
        lookback = [self._memory.line(beat.bar - bars, beat.index) for bars in LOOKBACKS]
        lookback += [self._memory.line_ago(beats) for beats in self.runtime.config.lookbacks]
        self._state = self.runtime.step(self._before, metre_columns([beat])[0], lookback, self._state)
        self._now, self._keys = [], []
        if self.runtime.config.memory:
            self._distances = distance_row(self._memory.bars, self._memory.places, *self._place)
            self._lags = np.minimum(np.arange(self.length, 0, -1), self.runtime.config.lags - 1)

    def outlook(self, voice: int) -> Outlook:
        """What is expected of a voice, the words of the voices before it being known."""
        outlook, key = self._expect(voice)
        self._keys.append(key)
        return outlook

    def imagine(self, voice: int, words: Sequence[Word]) -> Outlook:
        """What would be expected of a voice if the voice before it had these words; nothing is put."""
        self.put(words)
        outlook, _ = self._expect(voice)
        self._now.pop()
        return outlook

    def _expect(self, voice: int) -> tuple[Outlook, Floats | None]:
        """The outlook of a voice, and the keys under which its beat will be remembered."""
        context = self._context()
        if not self.runtime.config.memory:
            recalled = np.zeros((self.count, self.runtime.config.word_size), np.float32)
            logs, along = np.zeros((self.count, 1), np.float32), np.zeros(self.count, np.int64)
            plan_inputs, nothing = np.concatenate([context, recalled], 1), np.zeros((self.count, 0))
            return Outlook(self.runtime, voice, logs, along, plan_inputs, nothing), None
        pointing = self.runtime.point(voice, context)
        logs, runs = self._point(voice, pointing)  # P n M+1, P V n M
        chances = self._memory.by_word(voice, np.exp(logs[:, :, :-1]))  # P n words
        vectors = self._memory.lexicon.vectors
        found = [chance @ each for chance, each in zip(chances.astype(np.float32), vectors, strict=True)]
        along = runs[0].min(0).max(1, initial=0)
        plan_inputs = np.concatenate([context, *found], 1)
        return Outlook(self.runtime, voice, logs[0], along, plan_inputs, chances[0]), pointing.key

    def skip(self, voice: int) -> None:
        """Instead of `outlook`, where a voice's words are given and nothing need be expected."""
        has_memory = self.runtime.config.memory
        self._keys.append(self.runtime.point(voice, self._context()).key if has_memory else None)

    def _context(self) -> Floats:
        return np.concatenate([self._state, *(now.vectors[0] for now in self._now)], 1)

    def put(self, words: Sequence[Word]) -> None:
        """The next voice's word in each variation."""
        self._now.append(self._memory.now(len(self._now), words))

    def end(self) -> None:
        """Remember the beat."""
        self._before = np.concatenate([now.vectors[0] for now in self._now], 1)
        self._memory.add(self._place, self._now, self._keys)

    def remembered(self, voice: int, variation: int) -> list[Word]:
        """The words of a voice that the pointer can point at, the oldest first."""
        return [self.heard[number] for number in self._memory.ids[0, voice, variation]]

    @property
    def likeness(self) -> Floats:
        """What share of the last 33 beats or so was as before each remembered beat, 0 to 1, (n, M).

        Of the voices, in that which was most like itself: a tune that changes over one bar of chords goes in circles.
        """
        return np.asarray(self._memory.likeness[0, :, :, -1].max(0))

    def chances(self, voice: int, logs: Floats) -> Chances:
        """The chance of each word that was heard, (n, words), where `logs`, (n, M + 1), say where a voice's lies."""
        return np.asarray(self._memory.by_word(voice, np.exp(logs[None, :, :-1]))[0])

    def pointed(self, chances: Chances) -> Pointed:
        """The words that have a chance, (n, words), see `LEAST_CHANCE`."""
        likely = chances > LEAST_CHANCE
        (numbers,) = np.asarray(likely.any(0)).nonzero()
        return Pointed(numbers, np.where(likely, chances, 0.0)[:, numbers])

    @property
    def heard(self) -> Sequence[Word]:
        """The words of the song, by the numbers that `pointed` gives."""
        return self._memory.lexicon.words

    def number_of(self, word: Word) -> int | None:
        """The number of a word in `heard`; None where it was not."""
        return self._memory.lexicon.find(word)

    @property
    def stock(self) -> Stock:
        """The words of the song, to be weighed."""
        return self._memory.lexicon.stock

    def _point(self, voice: int, pointing: Pointing) -> tuple[Floats, Ints]:
        """The pointers' log-probabilities, (P, n, M + 1), and the runs that they come from, (P, V, n, M).

        See `network.model.Pointer`.
        """
        tables, query, memory = self.runtime.tables[voice], pointing.query, self._memory
        same = [now.same for now in self._now[:voice]]
        runs = _runs_now(memory.runs, same)
        buckets = run_buckets(runs)
        joint = buckets.min(1)  # P n M
        logits = (memory.keys[voice].rows @ query[..., None])[..., 0] * np.float32(query.shape[2] ** -0.5)
        logits += _entries(tables.run, buckets).sum(1)
        logits += _entries(tables.joint, joint)
        logits += tables.distance.take(self._distances, 1)[:, None]
        new = pointing.new + _entries(tables.best, joint.max(2, keepdims=True, initial=0))
        if tables.likening is not None:
            alike, unlike = _weighed(tables.likening, memory.likeness, runs, same)
            logits += alike
            new = new + unlike
        if pointing.lag is not None:
            logits += pointing.lag.take(self._lags, 2)
        return _log_softmax(np.concatenate([logits, new], 2)), runs


def _entries(tables: Floats, indices: Ints) -> Floats:
    """The entries of some tables, (..., size), at indices of each one's own, (..., n, M)."""
    starts = np.arange(0, tables.size, tables.shape[-1]).reshape(*tables.shape[:-1], 1, 1)
    return np.asarray(tables.ravel().take(indices + starts))


def _runs_now(runs: Ints, same: Sequence[npt.NDArray[np.bool_]]) -> Ints:
    """The runs of every voice, (P, V, n, M); of the voices that are known to be the `same`, this beat included."""
    if not same:
        return runs
    runs = runs.copy()
    for voice, each in enumerate(same):
        runs[:, voice] = (runs[:, voice] + 1) * each
    return runs


def _weighed(
    likening: Likening, likeness: Floats, runs: Ints, same: Sequence[npt.NDArray[np.bool_]]
) -> tuple[Floats, Floats]:
    """What likeness, (P, V, n, D, M), adds to the logits of remembered beats, (P, n, M), and of none, (P, n, 1)."""
    pointers, voices, count, decays, beats = likeness.shape
    of_likeness, of_runs = voices * decays, voices * (decays + 1)
    seen = np.empty((pointers, count, beats, of_runs + len(same)), np.float32)
    by_beat = likeness.transpose(0, 2, 4, 1, 3)  # P n M V D
    seen[..., :of_likeness] = by_beat.reshape(pointers, count, beats, of_likeness)
    seen[..., of_likeness:of_runs] = runs.transpose(0, 2, 3, 1)
    np.log1p(seen[..., of_likeness:of_runs], out=seen[..., of_likeness:of_runs])
    for voice, each in enumerate(same):
        seen[..., of_runs + voice] = each
    flat = seen.reshape(pointers, count * beats, seen.shape[-1])
    units = np.tanh(flat @ likening.alike + likening.bias)
    best = by_beat.max(2, initial=0).reshape(pointers, count, of_likeness)
    return (units @ likening.weigh).reshape(pointers, count, beats), best @ likening.unlike


def _log_softmax(logits: Floats) -> Floats:
    below = logits - logits.max(-1, keepdims=True)
    result: Floats = below - np.log(np.exp(below).sum(-1, keepdims=True))
    return result
