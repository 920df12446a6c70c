"""How far the features of made passages lie from those of real ones, as distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from bridge.evaluation.measures import Floats

_QUANTILES: Final = np.linspace(0.5, 99.5, 100)


def distance(real: Floats, made: Floats) -> float:
    """The mean over all features of how far the made distribution must be moved to be the real one.

    In standard deviations of the real one (the Wasserstein distance of order 1); features that do not vary in real
    music, or that either side lacks, are left out. Both are (passages, features).
    """
    moved = [
        _moved(one[np.isfinite(one)], other[np.isfinite(other)])
        for one, other in zip(real.T, made.T, strict=True)
    ]
    varying = [apart for apart in moved if np.isfinite(apart)]
    return float(np.mean(varying)) if varying else float("nan")


def _moved(real: Floats, made: Floats) -> float:
    if not len(made) or not len(real) or real.std() == 0:
        return float("nan")
    apart = np.percentile(real, _QUANTILES) - np.percentile(made, _QUANTILES)
    return float(np.abs(apart).mean() / real.std())
