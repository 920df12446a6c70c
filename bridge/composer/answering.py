"""A request comes in, variations go out."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from bridge.composer import planning
from bridge.composer.hearing import centre_of, hearings_of, together
from bridge.composer.knowing import never_heard, silenced, within
from bridge.composer.parts import part_of
from bridge.composer.playing import UNKNOWN_TEMPERATURE, Ear, Score, answer
from bridge.composer.writing import Writer
from bridge.errors import ModelDamaged, ModelMissing, RequestCancelled
from bridge.network.runtime import Runtime
from bridge.request import Kind, Request, Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.beats.word import Word
    from bridge.composer.hearing import Hearing
    from bridge.composer.parts import Part
    from bridge.composer.rhythm import Model
    from bridge.music.note import Clip, Role
    from bridge.network.checkpoint import Shelf


_ATTEMPTS: Final = 3
_BETWEEN_S: Final = 0.05
"""A new model takes its place in two moves of a folder; so often, and so long apart, it is looked for."""


class Composer:
    """Answers requests with the models of a shelf; safe to call from several threads.

    Args:
        shelf: where models are found; each is loaded when it is first asked for, and kept.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._runtimes: dict[tuple[str, int, int], Runtime] = {}
        self._answered: set[str] = set()
        self._ear = Ear()
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
            VoiceUnheard: it never learned what it would take.
            RequestCancelled: `should_stop` said so.
        """
        runtime = self.runtime(request.model)
        request = within(_settled(request), runtime.card.beats)
        hearings = hearings_of(request, runtime.registers)
        part = part_of(request, {role: hearing.shift for role, hearing in hearings.items()})
        part = silenced(part, never_heard(runtime.card.beats))
        models = planning.models(request, part.frame)
        tick = _ticker(part, on_progress, should_stop)
        song, heard = self._ear.hear(runtime, part, partial(_imagined, request, part, hearings), tick)
        score = _score(request, part, heard, hearings, models, runtime)
        played = answer(song, part, heard, score=score, tick=tick)
        back = {role: hearing.back for role, hearing in hearings.items()}
        writer = Writer(request, part.frame, back, models)
        return tuple(Variation(index, writer.clips_of(index, words)) for index, words in enumerate(played))

    def runtime(self, name: str) -> Runtime:
        """A loaded model; a model that was trained anew under the same name is loaded anew.

        Raises:
            ModelMissing, ModelDamaged, ModelIncompatible: it cannot be used.
        """
        for _ in range(_ATTEMPTS if name in self._answered else 0):
            with suppress(ModelMissing, ModelDamaged, OSError):
                return self._load(name)
            time.sleep(_BETWEEN_S)
        return self._load(name)

    def _load(self, name: str) -> Runtime:
        folder = self.shelf.folder(name)
        about = (folder / "config.json").stat()
        stamp = (str(folder), about.st_mtime_ns, about.st_ino)
        with self._lock:
            if stamp not in self._runtimes:
                runtime = Runtime(folder)
                self._runtimes = {known: r for known, r in self._runtimes.items() if known[0] != stamp[0]}
                self._runtimes[stamp] = runtime
                self._answered.add(name)
            return self._runtimes[stamp]


def _settled(request: Request) -> Request:
    """The request with its clips as one piece and its true length; at temperature 0 nothing else decides."""
    clips = together(request.clips)
    length = request.length
    if request.kind in (Kind.ACCOMPANY, Kind.VARY):
        length = next(iter(clips.values())).length
    is_cold = float(request.option("temperature")) == 0
    if is_cold:
        request = replace(request, rng_seed=0, avoid=())
    return replace(request, clips=clips, length=length)


def _ticker(
    part: Part, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
) -> Callable[[], None]:
    total = len(part.primer) + len(part.answer)
    played = 0

    def tick() -> None:
        nonlocal played
        if should_stop():
            raise RequestCancelled("the request was cancelled", hint="Send it again to start over.")
        played += 1
        on_progress(played / total)

    return tick


def _imagined(request: Request, part: Part, hearings: Mapping[Role, Hearing]) -> Score:
    """What a voice is played by that is not given and only imagined beneath the primer."""
    temperature = min(float(request.option("temperature")), UNKNOWN_TEMPERATURE)
    return Score(temperature, planning.imagining(part, hearings), 1, request.rng_seed)


def _score(
    request: Request,
    part: Part,
    heard: Sequence[tuple[Word, ...]],
    hearings: Mapping[Role, Hearing],
    models: Mapping[Role, tuple[tuple[Model | None, ...], Clip]],
    runtime: Runtime,
) -> Score:
    return Score(
        float(request.option("temperature")),
        planning.bounds_of(request, part, heard, hearings, runtime.registers),
        request.variations,
        request.rng_seed,
        models=models,
        anchors=planning.anchors_of(request, heard, hearings),
        harmony=planning.harmony_of(request, part, heard),
        given_before=planning.given_before(request, part, heard, hearings),
        latitudes=planning.latitudes_of(request),
        prompt=planning.prompt(request),
        home=centre_of(request),
        stillest=planning.stillest(request, part, heard),
        candidates=planning.candidates(request) if runtime.discriminator else 1,
        discriminator=runtime.discriminator,
    )
