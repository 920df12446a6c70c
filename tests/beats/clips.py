"""Clips that tests of the representation share, and a strategy for any clip."""

from __future__ import annotations

from hypothesis import strategies as st

from bridge.music.note import COMMON_TIME, Clip, Meter, MeterChange, Note, make_clip

QUARTER = 960


def clip_of(*notes: tuple[int, int, int], beats: float = 4, meter: Meter = COMMON_TIME) -> Clip:
    """A clip from (pitch, onset, duration) in ticks."""
    return make_clip(
        (Note(onset, pitch, duration) for pitch, onset, duration in notes),
        length=int(beats * QUARTER),
        meter=meter,
    )


METERS = [
    Meter(n, d)
    for n, d in (
        (4, 4),
        (3, 4),
        (5, 4),
        (2, 2),
        (6, 8),
        (9, 8),
        (12, 8),
        (5, 8),
        (7, 8),
        (3, 8),
        (1, 16),
        (11, 16),
    )
]


@st.composite
def any_clip(draw: st.DrawFn) -> Clip:
    """Any clip in which no pitch overlaps itself: any ticks, any meters, also ones that cut a bar."""
    length = draw(st.integers(1, 12 * QUARTER))
    changes = draw(st.dictionaries(st.integers(1, 12 * QUARTER), st.sampled_from(METERS), max_size=2))
    meters = (
        MeterChange(0, draw(st.sampled_from(METERS))),
        *(MeterChange(at, m) for at, m in sorted(changes.items())),
    )
    step = draw(st.sampled_from([1, 7, 40, 120, 240, 320]))
    starts = draw(st.lists(st.integers(0, (length - 1) // step), max_size=24))
    free: dict[int, int] = {}
    notes = []
    for onset in sorted(start * step for start in starts):
        pitch = draw(st.integers(58, 64))
        if free.get(pitch, 0) > onset:
            continue
        duration = draw(st.integers(1, 3 * QUARTER))
        free[pitch] = onset + duration
        notes.append(Note(onset, pitch, duration, draw(st.integers(1, 127))))
    return Clip(tuple(sorted(notes)), length, meters, "any")
