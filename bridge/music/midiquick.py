"""MIDI files read fast, for libraries of many thousands: the same songs as `midifile`, or nothing.

symusic reads notes hundreds of times faster than the exact reader, and errs where a file is odd: it drops a note
that is never switched off, ends two notes of one pitch at once, makes two tracks of one whose sound changes, believes
wrong headers (seen with symusic 0.6). So every byte is first walked by a strict scan. A file in which it finds
nothing odd is given to symusic. Where notes alone are odd, they are paired here, first in, first out, from what the
scan saw. Whatever else is odd goes the exact way, with the exact reader's limits and errors.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bridge.music.midifile import LONGEST_SONG_BEATS, song_of_bytes
from bridge.music.midimeta import decode_name, meters_of, tempos_of
from bridge.music.note import TICKS_PER_BEAT, Note, Ticks
from bridge.music.song import DRUM_CHANNEL, Song, Track

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

_NAME, _END, _TEMPO, _METER, _KEY = 0x03, 0x2F, 0x51, 0x58, 0x59
_EXACT_SIZE = {_END: 0, _TEMPO: 3, _METER: 4, _KEY: 2}
"""Meta events that must be as long as this to be plain."""

_DATA_BYTES = {0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}


class _NotPlain(Exception):
    """Something odd was met: the exact reader shall decide."""


class _Meta(NamedTuple):
    """A meter or a tempo, with what `midimeta` asks for."""

    numerator: int = 0
    denominator: int = 0
    tempo: int = 0


@dataclass(slots=True)
class _Scan:
    """What the strict scan learned of one track, in the file's ticks.

    Attributes:
        end: its last event.
        name: as the file has it.
        is_odd: symusic would read its notes otherwise than the exact reader.
        events: every note on and off: time, 128 x channel + pitch, velocity (0: off).
        counts: notes by channel, where nothing is odd.
        programs: the first program of each channel.
        meters, tempos: with their times.
    """

    end: int = 0
    name: bytes | None = None
    is_odd: bool = False
    events: list[tuple[int, int, int]] = field(default_factory=list)
    counts: Counter[int] = field(default_factory=Counter)
    programs: dict[int, int] = field(default_factory=dict)
    meters: list[tuple[int, _Meta]] = field(default_factory=list)
    tempos: list[tuple[int, _Meta]] = field(default_factory=list)


class _Line(NamedTuple):
    """The notes of one channel of one track: arrays of onset, duration, pitch, velocity in the file's ticks."""

    channel: int
    notes: npt.NDArray[Any]


@cache
def has_symusic() -> bool:
    """Whether symusic is installed; without it notes are paired here."""
    try:
        import symusic  # noqa: F401, PLC0415  a library of few files needs no fast reader
    except ImportError:
        return False
    return True


def quick_song(data: bytes, path: Path) -> Song:
    """The song in the bytes of a MIDI file, equal to what `midifile.song_of_bytes` gives.

    Raises:
        MidiUnreadable, MidiTooLong: as `midifile.read_song`.
    """
    return plain_song(data) or song_of_bytes(data, path)


def plain_song(data: bytes) -> Song | None:
    """The song, if nothing but notes is odd in the file; else None."""
    try:
        division, scans = _scan_file(data)
        is_plain = has_symusic() and not any(scan.is_odd for scan in scans)
        return _song(division, scans, _read_lines(data, scans) if is_plain else [*map(_pair_lines, scans)])
    except (_NotPlain, IndexError, struct.error):
        return None


def _scan_file(data: bytes) -> tuple[int, list[_Scan]]:
    name, size, kind, count, division = struct.unpack_from(">4sLHHH", data)
    if name != b"MThd" or size != 6 or kind > 1 or not 0 < division < 0x8000 or (kind == 0 and count != 1):
        raise _NotPlain
    at, scans = 14, []
    for _ in range(count):
        name, size = struct.unpack_from(">4sL", data, at)
        if name != b"MTrk" or at + 8 + size > len(data):
            raise _NotPlain
        scans.append(_scan_track(data[at + 8 : at + 8 + size]))
        at += 8 + size
    longest = max((scan.end for scan in scans), default=0)
    if at != len(data) or not scans or longest > LONGEST_SONG_BEATS * division:
        raise _NotPlain
    return division, scans


def _scan_track(body: bytes) -> _Scan:
    """One walk over a track's events. Written as one loop: it sees every byte of every file of a library."""
    scan = _Scan()
    keep = scan.events.append
    at = now = status = 0
    size = len(body)
    while at < size:
        delta = body[at]
        at += 1
        if delta > 0x7F:
            delta, at = _number(body, at - 1)
        now += delta
        if body[at] > 0x7F:
            status = body[at]
            at += 1
        kind = status & 0xF0
        if kind == 0x90 or kind == 0x80:  # noqa: PLR1714  twice as fast as a set, once for every note
            pitch, velocity = body[at], body[at + 1]
            at += 2
            if pitch > 0x7F or velocity > 0x7F:
                raise _NotPlain
            keep((now, (status & 0x0F) << 7 | pitch, velocity if kind == 0x90 else 0))
        elif kind == 0xF0:
            at = _meta(scan, body, at, now, status)
            status = 0
        else:
            at = _other(scan, body, at, status)
    if size < 4 or body[-3:] != bytes((0xFF, _END, 0)):
        raise _NotPlain
    scan.end = now
    _count_notes(scan)
    return scan


def _count_notes(scan: _Scan) -> None:
    """Count the notes of each channel, and see whether any is odd."""
    sounding: dict[int, int] = {}
    ended: list[int] = []
    is_odd = False
    for now, key, velocity in scan.events:
        if velocity:
            is_odd |= key in sounding  # the pitch overlaps itself
            sounding[key] = now
        elif (onset := sounding.pop(key, None)) is not None:
            is_odd |= onset == now  # a note of no length
            ended.append(key >> 7)
    scan.is_odd |= is_odd or bool(sounding)  # what still sounds is never switched off
    scan.counts = Counter(ended)


def _other(scan: _Scan, body: bytes, at: int, status: int) -> int:
    """Past a message that is neither a note nor a meta event."""
    kind, channel = status & 0xF0, status & 0x0F
    if kind not in _DATA_BYTES or max(body[at], body[at + _DATA_BYTES[kind] - 1]) > 0x7F:
        raise _NotPlain
    if kind == 0xC0:
        scan.is_odd |= bool(scan.events) and scan.programs.get(channel) != body[at]
        scan.is_odd |= scan.programs.setdefault(channel, body[at]) != body[at]
    return at + _DATA_BYTES[kind]


def _meta(scan: _Scan, body: bytes, at: int, now: int, status: int) -> int:
    """Past a meta event or a system exclusive message; keeps what is music."""
    kind = 0
    if status == 0xFF:
        kind = body[at]
        at += 1
    elif status != 0xF0:
        raise _NotPlain
    size, at = _number(body, at)
    data = body[at : at + size]
    if at + size > len(body) or size != _EXACT_SIZE.get(kind, size):
        raise _NotPlain
    if kind == _END and at + size != len(body):
        raise _NotPlain
    _keep(scan, kind, data, now)
    return at + size


def _keep(scan: _Scan, kind: int, data: bytes, now: int) -> None:
    if kind == _TEMPO:
        scan.tempos.append((now, _Meta(tempo=int.from_bytes(data, "big"))))
    elif kind == _METER:
        scan.meters.append((now, _Meta(data[0], 1 << min(data[1], 8))))
    elif kind == _NAME and scan.name is None:
        scan.name = data
    elif kind == _KEY and (data[1] > 1 or not (data[0] <= 7 or data[0] >= 249)):
        raise _NotPlain


def _number(body: bytes, at: int) -> tuple[int, int]:
    """A number in the format's own spelling, and where it ends."""
    value = 0
    for place in range(at, at + 4):
        byte = body[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    raise _NotPlain


def _read_lines(data: bytes, scans: list[_Scan]) -> list[list[_Line]]:
    """The notes that symusic reads, by track, then channel, held against what the scan counted."""
    import symusic  # noqa: PLC0415  heavy, and an extra

    try:
        read: Any = symusic.Score.from_midi(data)
    except (RuntimeError, ValueError) as error:
        raise _NotPlain from error
    found = [track.notes.numpy() for track in read.tracks if len(track.notes)]
    wanted = [(index, channel) for index, scan in enumerate(scans) for channel in sorted(scan.counts)]
    if [len(f["time"]) for f in found] != [scans[index].counts[channel] for index, channel in wanted]:
        raise _NotPlain
    lines: list[list[_Line]] = [[] for _ in scans]
    for (index, channel), notes in zip(wanted, found, strict=True):
        rows = np.stack([notes[name].astype(np.int64) for name in ("time", "duration", "pitch", "velocity")])
        lines[index].append(_Line(channel, rows))
    return lines


def _pair_lines(scan: _Scan) -> list[_Line]:
    """A track's notes by channel, closed first in, first out, as the exact reader does."""
    sounding: dict[int, deque[tuple[int, int]]] = defaultdict(deque)
    notes: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for now, key, velocity in scan.events:
        if velocity:
            sounding[key].append((now, velocity))
        elif started := sounding[key]:
            onset, loud = started.popleft()
            notes[key >> 7].append((onset, now - onset, key & 0x7F, loud))
    for key, started in sounding.items():
        notes[key >> 7] += [(onset, scan.end - onset, key & 0x7F, loud) for onset, loud in started]
    return [_Line(channel, np.array(rows, np.int64).T) for channel, rows in sorted(notes.items()) if rows]


def _song(division: int, scans: list[_Scan], lines: list[list[_Line]]) -> Song:
    def ticks(time: int) -> Ticks:
        return (2 * time * TICKS_PER_BEAT + division) // (2 * division)

    by_channel = sum(map(bool, lines)) == 1
    tracks = tuple(
        _track(scan, part, division)
        for scan, channels in zip(scans, lines, strict=True)
        for part in _parts(channels, by_channel=by_channel)
    )
    meters = meters_of([(ticks(at), meter) for scan in scans for at, meter in scan.meters])
    tempos = tempos_of([(ticks(at), tempo) for scan in scans for at, tempo in scan.tempos])
    ends = [note.end for track in tracks for note in track.notes]
    is_conductor = not any(velocity for _, _, velocity in scans[0].events)
    name = _name(scans[0]) if is_conductor else ""
    return Song(tracks, max([ticks(max(scan.end for scan in scans)), *ends]), meters, tempos, name)


def _parts(channels: list[_Line], *, by_channel: bool) -> Iterator[list[_Line]]:
    """The channels that make one track each, as `midifile` parts them."""
    if by_channel:
        yield from ([line] for line in channels)
        return
    for drums in (False, True):
        if part := [line for line in channels if (line.channel == DRUM_CHANNEL) is drums]:
            yield part


def _track(scan: _Scan, part: list[_Line], division: int) -> Track:
    channel = min(part, key=lambda line: (*_first(line.notes), line.channel)).channel
    onsets, durations, pitches, velocities = np.concatenate([line.notes for line in part], axis=1)
    starts = (2 * onsets * TICKS_PER_BEAT + division) // (2 * division)
    ends = (2 * (onsets + durations) * TICKS_PER_BEAT + division) // (2 * division)
    rows = np.stack([starts, pitches, (ends - starts).clip(min=1), velocities])
    ordered = rows[:, np.lexsort(rows[::-1])]
    return Track(_name(scan), tuple(map(Note, *ordered.tolist())), channel, scan.programs.get(channel, 0))


def _first(rows: npt.NDArray[Any]) -> tuple[int, int]:
    """Onset and end of the note that starts first, of several the shortest."""
    return min(zip(rows[0].tolist(), (rows[0] + rows[1]).tolist(), strict=True))


def _name(scan: _Scan) -> str:
    return decode_name(scan.name.decode("latin-1")) if scan.name else ""
