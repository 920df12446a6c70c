"""Where a run of training stands."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(slots=True)
class Place:
    """Where a run stands; what is saved beside the tensors.

    Attributes:
        checks: how often the songs that are held out were measured; `best_check`: when they were best.
        checked: the iteration of the last of them.
        lost, quarters: nats and quarter notes that were learned from since.
    """

    epoch: int = 0
    iteration_in_epoch: int = 0
    iteration: int = 0
    seconds: float = 0.0
    checks: int = 0
    best_check: int = 0
    checked: int = -1
    start_nats: float = math.inf
    best_nats: float = math.inf
    best_voices: tuple[float, ...] = ()
    train_nats: float = math.inf
    valid_nats: float = math.inf
    lost: float = 0.0
    quarters: float = 0.0
