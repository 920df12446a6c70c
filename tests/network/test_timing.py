"""A promise of minutes: the last iteration and the last measurement still fit."""

from __future__ import annotations

import pytest

from bridge.network import timing
from bridge.network.timing import Clock


class Watch:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(timing, "time", made)
    return made


def test_a_run_is_late_before_the_slowest_iteration_and_a_measurement_would_not_fit(watch: Watch) -> None:
    clock = Clock(100.0)
    clock.start(0.0)
    with clock.timing_iteration():
        watch.now += 5
    with clock.timing_check():
        watch.now += 10
    with clock.timing_iteration():
        watch.now += 1
    assert clock.seconds == 16
    assert not clock.is_late()
    watch.now = 1082.0
    assert not clock.is_late()
    watch.now = 1083.5
    assert clock.is_late()


def test_what_was_learned_before_a_break_counts(watch: Watch) -> None:
    clock = Clock(100.0)
    clock.start(90.0)
    assert not clock.is_late()
    watch.now += 10
    assert clock.is_late()


def test_a_clock_tells_when_the_last_save_was(watch: Watch) -> None:
    clock = Clock(float("inf"))
    clock.start(0.0)
    watch.now += 40
    assert clock.since_saved_s == 40
    clock.saved()
    assert clock.since_saved_s == 0
    watch.now += 1e9
    assert not clock.is_late()
