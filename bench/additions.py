"""What each thing that the composer does beside the network costs: `python -m bench.additions`.

Milliseconds of processor time for 8 variations of 8 bars of both voices, each row with one thing left out, or put in;
rows take turns, so that a busy machine is unfair to none.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from bench.speed import LENGTH, primer
from bridge.composer import Composer, planning, writing
from bridge.composer.apart import Apart
from bridge.composer.pattern import Pattern
from bridge.composer.steering import Line
from bridge.config import DEFAULT_MODEL
from bridge.music.feel import Touch
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, OptionValue, Request, Variation


@contextmanager
def _without(*changes: tuple[object, str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, new in changes:
            stack.enter_context(patch.object(owner, name, new))
        yield


def _flat(_: object, __: object, moments: Sequence[object], ___: object) -> list[Touch]:
    return [Touch(80)] * len(moments)


LEFT_OUT: dict[str, tuple[tuple[object, str, Any], ...]] = {
    "everything on": (),
    "without steering density and chords": (
        (Line, "_going_on", lambda _: 0.0),
        (Line, "_stacking", lambda _: 0.0),
    ),
    "without minding silences": ((Line, "_strike_by", lambda *_: (None, False)),),
    "without holding grooves": ((planning, "_pattern", lambda *_: Pattern()),),
    "without keeping variations apart": (
        (Apart, "shun", lambda *_, **__: []),
        (Apart, "add", lambda *_: None),
    ),
    "without the clip's feel": ((writing.Writer, "_touches", _flat),),
}
PUT_IN: dict[str, dict[str, OptionValue]] = {
    "key off": {"key": "off"},
    "the rhythm kept": {"rhythm": "keep"},
    "density 2": {"density": 2.0},
}


def rows(model: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds by row."""
    composer = Composer(default_shelf(Path("/nonexistent")))

    def compose(rng_seed: int, **more: Any) -> tuple[Variation, ...]:  # noqa: ANN401  parts of a request
        options, count = more.pop("options", {}), more.pop("variations", 8)
        request = Request(Kind.CONTINUE, primer(), LENGTH, count, rng_seed, model, options, **more)
        return composer.compose(request)

    before = tuple(answer.clips for seed in (101, 102) for answer in compose(seed))
    acts: dict[str, tuple[tuple[tuple[object, str, Any], ...], Callable[[int], object]]] = {
        name: (changes, compose) for name, changes in LEFT_OUT.items()
    }
    for name, options in PUT_IN.items():
        acts[name] = ((), lambda seed, o=options: compose(seed, options=o))  # type: ignore[misc]
    acts["keeping away from 16 earlier answers"] = ((), lambda seed: compose(seed, avoid=before))
    four = partial(compose, variations=4)
    acts["4 variations, each of four candidates"] = ((), four)
    acts["4 variations as they come"] = (((planning, "candidates", lambda *_: 1),), four)
    times: dict[str, list[float]] = {name: [] for name in acts}
    for seed in range(rounds):
        for name, (changes, act) in acts.items():
            with _without(*changes):
                began = time.process_time()
                act(seed)
                times[name].append(1e3 * (time.process_time() - began))
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    chosen = parser.parse_args()
    for name, values in rows(chosen.model, chosen.rounds).items():
        print(f"{name:<42} {np.median(values):6.1f} ms, least {min(values):6.1f}")


if __name__ == "__main__":
    main()
