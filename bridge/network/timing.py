"""How long a run takes, so that it ends in the time that was promised."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """How long a run has learned, and whether another iteration and a last measurement still fit."""

    def __init__(self, budget_s: float) -> None:
        self.budget_s = budget_s
        self._began = self._saved = time.monotonic()
        self._iteration_s = 0.0
        self._check_s = 0.0

    def start(self, seconds_before: float) -> None:
        """Count from now on, and what was learned before the run was broken off."""
        self._saved = time.monotonic()
        self._began = self._saved - seconds_before

    @property
    def seconds(self) -> float:
        """Seconds learned."""
        return time.monotonic() - self._began

    @property
    def since_saved_s(self) -> float:
        """Seconds since `saved`."""
        return time.monotonic() - self._saved

    def saved(self) -> None:
        """What was learned until now is safe."""
        self._saved = time.monotonic()

    def is_late(self) -> bool:
        """Whether as slow an iteration as any so far, and a measurement, would not fit any more."""
        return self.seconds + self._iteration_s + 1.2 * self._check_s >= self.budget_s

    @contextmanager
    def timing_iteration(self) -> Iterator[None]:
        """The iteration within is one to reckon with."""
        began = time.monotonic()
        yield
        self._iteration_s = max(self._iteration_s, time.monotonic() - began)

    @contextmanager
    def timing_check(self) -> Iterator[None]:
        """The measurement within is one to reckon with."""
        began = time.monotonic()
        yield
        self._check_s = max(self._check_s, time.monotonic() - began)
