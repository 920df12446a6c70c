"""What the meta events of a MIDI file mean: names, meters and tempos, whoever parsed them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bridge.errors import ClipOutOfRange
from bridge.music.note import COMMON_TIME, Meter, MeterChange, Ticks
from bridge.music.song import DEFAULT_TEMPO_BPM, TempoChange

if TYPE_CHECKING:
    from collections.abc import Iterable

_MICROSECONDS_A_MINUTE = 60_000_000
_SLOWEST_TEMPO = 0xFFFFFF  # microseconds a quarter note: what the format can hold


def decode_name(name: str) -> str:
    """A name from whatever encoding it was written in.

    mido gives bytes as Latin-1 letters. They are tried as UTF-8, then as Japanese (Shift-JIS, taken only if kana come
    out of it), then as Western Windows.
    """
    data = name.encode("latin-1").rstrip(b"\x00")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp932" or any("ぁ" <= letter <= "ヿ" for letter in text):
            return text.strip()
    return data.decode("cp1252", errors="replace").strip()


def meters_of(timed: Iterable[tuple[Ticks, Any]]) -> tuple[MeterChange, ...]:
    """The meters of a song, from messages with `numerator` and `denominator`; what means nothing is ignored."""
    changes = {at: meter for at, message in timed if (meter := _meter(message)) is not None}
    if not any(at < COMMON_TIME.bar for at in changes):
        changes[0] = COMMON_TIME
    elif 0 not in changes:
        changes[0] = changes.pop(min(changes))
    return _without_repeats([MeterChange(at, meter) for at, meter in sorted(changes.items())])


def _meter(message: Any) -> Meter | None:  # noqa: ANN401  mido has no types
    try:
        return Meter(message.numerator, message.denominator)
    except ClipOutOfRange:
        return None


def _without_repeats(changes: list[MeterChange]) -> tuple[MeterChange, ...]:
    """Without changes to the meter that holds anyway; inside a bar such a change stays: it starts a new bar."""
    kept = changes[:1]
    for change in changes[1:]:
        last = kept[-1]
        if change.meter != last.meter or (change.at - last.at) % last.meter.bar:
            kept.append(change)
    return tuple(kept)


def tempos_of(timed: Iterable[tuple[Ticks, Any]]) -> tuple[TempoChange, ...]:
    """The tempos of a song, from messages with `tempo` in microseconds a quarter note; 0 is ignored."""
    tempos = {0: DEFAULT_TEMPO_BPM}
    tempos |= {at: _tempo_bpm(message.tempo) for at, message in timed if message.tempo > 0}
    changes = [TempoChange(at, tempo) for at, tempo in sorted(tempos.items())]
    later = [change for last, change in pairwise(changes) if change.tempo_bpm != last.tempo_bpm]
    return (changes[0], *later)


def _tempo_bpm(microseconds: int) -> float:
    """The roundest tempo that the file spells so: it has 66 as 909,091 microseconds, a little slower."""
    exact = _MICROSECONDS_A_MINUTE / microseconds
    rounded = (round(exact, digits) for digits in range(4))
    return next((bpm for bpm in rounded if bpm > 0 and file_tempo(bpm) == microseconds), exact)


def file_tempo(tempo_bpm: float) -> int:
    """A tempo as the format has it: microseconds a quarter note.

    Raises:
        ValueError: the tempo is not above 0.
    """
    if not tempo_bpm > 0:
        raise ValueError(f"a tempo of {tempo_bpm} quarter notes a minute")
    return max(1, min(round(_MICROSECONDS_A_MINUTE / tempo_bpm), _SLOWEST_TEMPO))
