"""How a clip is played, and how its answers are."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.music.feel import Feel, Moment, Touch, feel_of, plain_touches

BAR = 3840


def moment(onset: int, pitch: int = 60, duration: int = 480) -> Moment:
    place = onset % BAR
    weight = 1.0 if place == 0 else 0.6 if place % 960 == 0 else 0.3
    return Moment(onset, place, weight, pitch, duration)


def eighths(bars: int = 4) -> list[Moment]:
    return [moment(480 * number, 60 + number % 5) for number in range(8 * bars)]


def play(feel: Feel, moments: list[Moment], seed: int = 1, **how: float) -> list[Touch]:
    return feel.play(moments, np.random.default_rng(seed), **how)  # type: ignore[arg-type]  # one of its options


def test_a_flat_clip_on_the_grid_stays_flat_and_on_the_grid() -> None:
    feel = feel_of([(m, Touch(83)) for m in eighths()])
    assert set(play(feel, eighths(2))) == {Touch(83)}


def test_a_pattern_of_accents_comes_back_exactly_where_the_clip_has_it() -> None:
    accents = {0: 112, 1920: 96}
    feel = feel_of([(m, Touch(accents.get(m.place, 70))) for m in eighths()])
    wanted = [moment(480 * n, 72 - n % 7) for n in range(16)]
    assert [t.velocity for t in play(feel, wanted)] == [accents.get(m.place, 70) for m in wanted]


def test_high_notes_are_louder_where_the_clips_are() -> None:
    feel = feel_of([(moment(480 * n, p := 60 + 7 * n % 24), Touch(60 + (p - 60))) for n in range(64)])
    low, high = play(feel, [moment(0, 61), moment(480, 83)])
    assert high.velocity > low.velocity + 8


@pytest.mark.parametrize("seed", range(5))
def test_a_clip_with_a_spread_of_velocities_gets_an_answer_with_that_spread(seed: int) -> None:
    rng = np.random.default_rng(seed)
    velocities = np.clip(np.round(rng.normal(80, 12, 32)), 1, 127)
    feel = feel_of([(m, Touch(int(v))) for m, v in zip(eighths(), velocities, strict=True)])
    made = [t.velocity for t in play(feel, eighths(8), seed)]
    assert 0.7 < np.std(made) / np.std(velocities) < 1.3
    assert min(velocities) <= min(made) <= max(made) <= max(velocities)


def test_late_offbeats_stay_late_and_downbeats_on_time() -> None:
    feel = feel_of([(m, Touch(80, 0 if m.place % 960 == 0 else 55, -30)) for m in eighths()])
    for m, touch in zip(eighths(2), play(feel, eighths(2)), strict=True):
        assert touch.onset_shift == (0 if m.place % 960 == 0 else 55)
        assert touch.end_shift == -30


def test_at_0_it_is_played_evenly_and_on_the_grid_and_half_way_between() -> None:
    feel = feel_of([(m, Touch(112 if m.place == 0 else 72, 20)) for m in eighths()])
    assert set(play(feel, eighths(), amount=0.0)) == {Touch(77)}
    first, second, *_ = play(feel, eighths(), amount=0.5)
    assert (first.velocity, second.velocity, first.onset_shift) == (94, 74, 10)


def test_the_top_of_a_chord_stays_the_loudest() -> None:
    chords = [moment(960 * n, p, 960) for n in range(16) for p in (48, 55, 64)]
    feel = feel_of([(m, Touch(100 if m.pitch == 64 else 70)) for m in chords])
    made = play(feel, [moment(0, p, 960) for p in (50, 57, 65)])
    assert [t.velocity for t in made] == [70, 70, 100]


def test_chance_is_the_rng_seeds() -> None:
    rng = np.random.default_rng(3)
    feel = feel_of([(m, Touch(int(v))) for m, v in zip(eighths(), rng.integers(40, 120, 32), strict=True)])
    assert play(feel, eighths(), 1) == play(feel, eighths(), 1)
    assert play(feel, eighths(), 1) != play(feel, eighths(), 2)


def test_music_from_nothing_has_the_accents_of_its_metre() -> None:
    touches = plain_touches(eighths(), np.random.default_rng(1), loud=96, amount=1.0)
    loud = {
        place: np.mean([t.velocity for m, t in zip(eighths(), touches, strict=True) if m.place == place])
        for place in (0, 960, 480)
    }
    assert loud[0] > loud[960] > loud[480]
    assert {t.velocity for t in plain_touches(eighths(), np.random.default_rng(1), loud=96, amount=0)} == {96}
