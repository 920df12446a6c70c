"""Music that goes on for long, and accompaniments, by composers that are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from bridge.evaluation.cases import cases_of
from bridge.evaluation.long import (
    A_MINUTE,
    LONG_BEATS,
    generated_minutes,
    measure_accompaniments,
    minutes_of,
    real_minutes,
)
from bridge.evaluation.questions import answers_of
from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip
from bridge.request import Kind, Request, Variation
from tests.evaluation.music import SCALE, chords, line, pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.composer import Composer


@dataclass
class Looper:
    """Plays one bar over and over; accompanies with the root that it was given."""

    root: int = 48
    asked: list[Request] = field(default_factory=list)

    def compose(
        self, request: Request, *, on_progress: Callable[[float], None] = lambda _: None
    ) -> tuple[Variation, ...]:
        self.asked.append(request)
        on_progress(1.0)
        bars = request.length // 3840
        clips = {
            Role.MELODY: line(SCALE * bars),
            Role.ACCOMPANIMENT: chords([(self.root, self.root + 4, self.root + 7)] * bars),
        }
        return tuple(Variation(at, clips) for at in range(request.variations))


def composer(looper: Looper) -> Composer:
    return cast("Composer", looper)


def test_a_loop_of_2000_beats_is_the_same_in_every_minute() -> None:
    looper = Looper()
    minutes = generated_minutes(composer(looper), "any", 7)
    assert len(minutes) == LONG_BEATS // A_MINUTE == 16
    assert len(set(minutes)) == 1
    assert (minutes[0].self_similarity, minutes[0].in_key) == (1.0, 1.0)
    (asked,) = looper.asked
    assert (asked.kind, asked.length, asked.rng_seed) == (Kind.GENERATE, LONG_BEATS * 960, 7)


def test_music_that_falls_apart_is_seen_to() -> None:
    loop = line(SCALE * 30).notes
    climb = [Note(120 * 960 + 480 * at, 30 + at % 97, 480) for at in range(240)]
    whole = {Role.MELODY: make_clip([*loop, *climb], length=240 * 960)}
    first, second = minutes_of(whole)
    assert first.self_similarity == 1.0
    assert second.self_similarity < 0.3
    assert second.entropy > first.entropy
    assert second.in_key < first.in_key


def test_a_song_that_changes_its_meter_has_no_minutes() -> None:
    meters = (MeterChange(0, Meter(4, 4)), MeterChange(3840, Meter(3, 4)))
    assert list(minutes_of({Role.MELODY: Clip(line(SCALE * 60).notes, 240 * 960, meters)})) == []
    assert len(real_minutes(pieces(2, bars=64))) == 4


@pytest.mark.parametrize(("root", "agrees"), [(48, True), (49, False)])
def test_an_accompaniment_goes_with_its_melody_or_does_not(root: int, agrees: bool) -> None:  # noqa: FBT001  a table
    cases = cases_of(pieces(4), 4)
    told: list[float] = []
    looper = Looper(root)
    found = measure_accompaniments(composer(looper), "any", cases, told.append)
    assert (found.model > 0.3) == agrees
    assert 0 < found.real < 1
    assert told[-1] == 1.0
    assert {tuple(request.clips) for request in looper.asked} == {(Role.MELODY,)}


def test_a_composer_is_asked_as_a_user_would_ask_and_once_more_with_the_key_off() -> None:
    looper = Looper()
    case = cases_of(pieces(1), 1)[0]
    for answer in answers_of(composer(looper), "any", {"temperature": 0.5}).values():
        assert len(answer(case, 3)) == 4
    assert [dict(request.options) for request in looper.asked] == [
        {"temperature": 0.5},
        {"temperature": 0.5, "key": "off"},
    ]
    assert {request.rng_seed for request in looper.asked} == {3}
    assert len(answers_of(composer(looper), "any", {"key": "off"})) == 1
