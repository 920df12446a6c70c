"""Which way of computing learns fastest here: a trial of a few real iterations decides, not a name.

A GPU of a laptop may be slower at a network of this size than one core beside it, and some drivers compute something
else; so before a run every GPU that is there and the processor learn from the same songs for some iterations. The
fastest is used, of those that come to what the processor comes to.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bridge.network.device import GPUS, NAMES, Way, bfloat16_is_faster, working_gpus
from bridge.network.feeding import Maker, feeder_count
from bridge.network.training import Fit
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings
    from bridge.network.device import Available
    from bridge.network.feeding import Portion

WAY: Final = "way.json"
"""Where a run keeps the way that it learns in."""

_WARMING: Final = 1
"""Iterations that are not timed: a GPU loads and chooses its kernels in the first."""
_TIMED: Final = 2
_AS_GOOD: Final = 0.02
"""The share by which a GPU may differ, after these iterations, in how surprised it is by what it learns from."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What some iterations came to.

    Attributes:
        nats: of the last of them, before its update: it shows what those before it taught.
        seconds: that the fastest of them took, that putting it together took included where that is not done ahead.
    """

    nats: float
    seconds: float


def choose_way(
    config: NetworkConfig,
    songs: Sequence[Score],
    settings: TrainSettings,
    *,
    before: Way | None = None,
    gpus: Mapping[str, Available] = GPUS,
) -> Way:
    """The way in which songs are learned fastest here. Without a GPU nothing need be tried.

    Args:
        config: the shape of the network.
        songs: what it will learn from.
        settings: how; where they say what precision, that stays.
        before: the way that a run which is gone on with has learned in so far: it stays, where it still works.
        gpus: as `device.GPUS`.
    """
    kinds = working_gpus(gpus)
    if before is not None and before.kind in (*kinds, "cpu"):
        return before
    ways = [Way(kind, _is_mixed(kind, settings)) for kind in (*kinds, "cpu")]
    if not kinds:
        return ways[-1]
    # Nothing is left to chance, and the first step is a whole one: what a device gets wrong shows at once.
    tried = replace(settings, warmup=1, feeders=0)
    config = replace(config, dropout=0.0)
    maker = Maker(songs, config, settings)
    scores = next(maker.batches(0))
    portion = maker.portion(scores, 0, 0.0)
    began = time.perf_counter()
    maker.portion(
        scores, 0, 0.0
    )  # from now on as in every later pass: what is prepared of whole songs is kept
    making_s = time.perf_counter() - began

    def rehearse(way: Way) -> Rehearsal:
        fit = Fit(
            scores, [], config, replace(tried, mixed_precision=way.is_mixed), folder=Path(), device=way.device
        )
        ahead = max(1, feeder_count(settings, way.device)) if way.kind != "cpu" else 0
        return rehearsal(fit, portion, making_s=making_s, ahead=ahead)

    return fastest(ways, rehearse)


def _is_mixed(kind: str, settings: TrainSettings) -> bool:
    if settings.mixed_precision is not None:
        return settings.mixed_precision
    return bfloat16_is_faster(Way(kind).device)


def rehearsal(fit: Fit, portion: Portion, *, making_s: float, ahead: int) -> Rehearsal:
    """Learn from a portion again and again.

    Args:
        fit: fresh.
        portion: what each iteration learns from.
        making_s: how long it took to put together.
        ahead: how many processes put portions together ahead; 0: the one that learns does so itself.
    """
    nats, seconds = 0.0, []
    for _ in range(_WARMING + _TIMED):
        began = time.perf_counter()
        nats = fit.update(portion)  # a number: the device has come to it
        seconds.append(time.perf_counter() - began)
    computing_s = min(seconds[_WARMING:])
    return Rehearsal(nats, max(computing_s, making_s / ahead) if ahead else computing_s + making_s)


def fastest(ways: Sequence[Way], rehearse: Callable[[Way], Rehearsal]) -> Way:
    """The fastest of those that come to what the last one, the processor, comes to.

    A way that fails in any way of torch's own is left out; the processor must not fail.
    """
    *others, processor = ways
    expected = rehearse(processor)
    best, best_s = processor, expected.seconds
    for way in others:
        try:
            tried = rehearse(way)
        except (RuntimeError, NotImplementedError, AssertionError):  # no memory, an operation that it lacks
            continue
        if abs(tried.nats - expected.nats) <= _AS_GOOD * expected.nats and tried.seconds < best_s:
            best, best_s = way, tried.seconds
    return best


def store_way(run: Path, way: Way) -> None:
    """Keep a run's way in its folder."""
    run.mkdir(parents=True, exist_ok=True)
    write_whole(run / WAY, (json.dumps(asdict(way)) + "\n").encode())


def stored_way(run: Path) -> Way | None:
    """The way that a run in a folder has learned in; None where none is known."""
    try:
        stored = json.loads((run / WAY).read_text("utf-8"))
        way = Way(stored["kind"], bool(stored["is_mixed"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return way if way.kind in NAMES else None
