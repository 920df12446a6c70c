"""A request comes in, variations go out."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bridge.composer.hearing import allowed_keys, key_of, shifts_of, together
from bridge.composer.parts import part_of
from bridge.composer.playing import perform
from bridge.composer.writing import clips_of
from bridge.errors import ModelDamaged, ModelMissing, RequestCancelled
from bridge.network.runtime import Runtime
from bridge.network.sampling import Rules
from bridge.request import Kind, Request, Variation

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.network.checkpoint import Shelf


@dataclass(frozen=True, slots=True)
class _Leaning:
    """How much new words are preferred to those heard before; see `network.sampling.Rules`."""

    invention: float = 0.0
    weariness: float = 0.0
    patience: int = 0


# As learned, one continuation in 30 did nothing but loop its primer, which the tunes themselves never do; this
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
        request = replace(request, clips=together(request.clips))
        key = key_of(request)
        shifts = shifts_of(request, key, runtime.registers)
        part = part_of(request, shifts)
        leaning = _LEANINGS[request.kind]
        rules = Rules(
            float(request.option("temperature")),
            allowed_keys(request, key, shifts),
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

        voices = perform(runtime, part, rules, request=request, tick=tick)
        return tuple(
            Variation(index, clips_of(request, part, words, shifts=shifts))
            for index, words in enumerate(voices)
        )

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
