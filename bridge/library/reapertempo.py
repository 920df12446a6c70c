"""REAPER's time: where seconds of a project lie in quarter notes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.music.note import TICKS_PER_BEAT, Meter, MeterChange
from bridge.music.song import TempoChange

if TYPE_CHECKING:
    from collections.abc import Sequence

_SQUARE = 1


@dataclass(frozen=True, slots=True)
class _Point:
    """From `time_s` on the tempo is `tempo_bpm`; unless `is_square` it slides to that of the next point."""

    time_s: float
    tempo_bpm: float
    is_square: bool = True
    beat: float = 0.0


@dataclass(frozen=True, slots=True)
class TempoMap:
    """The tempos and meters of a project.

    Attributes:
        points: in order of time, the first at 0 s.
        meters: as a song has them.
    """

    points: tuple[_Point, ...]
    meters: tuple[MeterChange, ...]

    @property
    def tempos(self) -> tuple[TempoChange, ...]:
        """As a song has them; a slide counts as its first tempo."""
        return tuple(TempoChange(round(p.beat * TICKS_PER_BEAT), p.tempo_bpm) for p in self.points)

    def beats(self, time_s: float) -> float:
        """Quarter notes from the project's start."""
        index = self._index(time_s)
        later = self.points[index + 1] if index + 1 < len(self.points) else None
        return _beat_at(self.points[index], later, time_s)

    def tempo_bpm(self, time_s: float) -> float:
        """The tempo of the last point before a time; within a slide, the one that it starts with."""
        return self.points[self._index(time_s)].tempo_bpm

    def _index(self, time_s: float) -> int:
        return max(0, bisect_right(self.points, time_s, key=lambda point: point.time_s) - 1)


def tempo_map(tempo: Sequence[str], points: Sequence[Sequence[str]]) -> TempoMap:
    """The map of a `TEMPO` line and the `PT` lines of a tempo envelope, both as words.

    Raises:
        ValueError: a tempo is not above 0, or a meter means nothing.
    """
    first = float(tempo[1]) if len(tempo) > 1 else 120.0
    meter = Meter(int(tempo[2]), int(tempo[3])) if len(tempo) > 3 else Meter()
    given = sorted(
        (_Point(float(p[1]), float(p[2]), len(p) < 4 or int(p[3]) == _SQUARE) for p in points if len(p) > 2),
        key=lambda point: point.time_s,
    )
    if not given or given[0].time_s > 0:
        given.insert(0, _Point(0.0, first))
    if any(not 1 <= point.tempo_bpm <= 10_000 for point in given):
        raise ValueError("a tempo that no music has")
    placed = _placed(given)
    whole = TempoMap(placed, ())
    changes = {0: meter}
    for words in points:
        if len(words) > 4 and (signature := int(float(words[4]))) > 0:
            at = round(whole.beats(float(words[1])) * TICKS_PER_BEAT)
            changes[at] = Meter(signature & 0xFFFF, signature >> 16)
    return TempoMap(placed, tuple(MeterChange(at, m) for at, m in sorted(changes.items())))


def _placed(points: Sequence[_Point]) -> tuple[_Point, ...]:
    """The points with the quarter note that each stands at."""
    placed = [_Point(0.0, points[0].tempo_bpm, points[0].is_square)]
    for point in points[1:]:
        beat = _beat_at(placed[-1], point, point.time_s)
        if point.time_s > placed[-1].time_s:
            placed.append(_Point(point.time_s, point.tempo_bpm, point.is_square, beat))
    return tuple(placed)


def _beat_at(point: _Point, later: _Point | None, time_s: float) -> float:
    gone = time_s - point.time_s
    tempo = point.tempo_bpm
    if later is not None and not point.is_square and later.time_s > point.time_s:
        slope = (later.tempo_bpm - tempo) / (later.time_s - point.time_s)
        tempo += slope * gone / 2  # the mean tempo of a straight slide
    return point.beat + gone * tempo / 60
