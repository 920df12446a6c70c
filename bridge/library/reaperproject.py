"""REAPER's projects (`.rpp`): text in blocks between `<NAME` and `>`. The only file that knows their form.

A project is one song: its MIDI items are put where they play, in quarter notes of the project's tempo map, and the
song is parted where it is silent for long. Of an item's takes the one that plays is read.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.errors import ClipError, NoClips, SetUnreadable
from bridge.library.found import FoundSong
from bridge.library.placing import Idea, Loop, RawNote, ideas, played_out, song_of_tracks
from bridge.library.reapertempo import TempoMap, tempo_map
from bridge.music.song import Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bridge.music.note import Note

_DEFAULT_PPQ = 960
_WORDS = re.compile(r'"([^"]*)"|\'([^\']*)\'|`([^`]*)`|(\S+)')


@dataclass(slots=True)
class _Source:
    """A MIDI source as it is met, in its own ticks."""

    ppq: int = _DEFAULT_PPQ
    now: int = 0
    pool: str = ""
    own_tempo_bpm: float = 0.0  # 0: it follows the project
    notes: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    open: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def channel(self) -> int:
        return min(self.notes)[2] if self.notes else 0


@dataclass(slots=True)
class _Take:
    """One take of an item."""

    name: str = ""
    offset_s: float = 0.0
    rate: float = 1.0
    is_active: bool = False
    source: _Source | None = None


@dataclass(slots=True)
class _Item:
    """A media item; times in seconds."""

    position_s: float = 0.0
    length_s: float = 0.0
    is_looped: bool = False
    is_muted: bool = False
    takes: list[_Take] = field(default_factory=lambda: [_Take()])

    @property
    def take(self) -> _Take:
        return next((take for take in self.takes if take.is_active), self.takes[0])


@dataclass(slots=True)
class _ReaperTrack:
    """A track as it is met."""

    name: str = ""
    items: list[_Item] = field(default_factory=list)


def read_project(data: bytes, path: Path) -> tuple[FoundSong, ...]:
    """The songs of a REAPER project.

    Raises:
        SetUnreadable: it is no project, or broken.
        NoClips: it has no MIDI notes of its own.
    """
    reader = _ProjectReader()
    try:
        reader.read(_text(data))
        songs = tuple(_songs(reader))
    except (ValueError, LookupError, OverflowError, ClipError) as error:
        raise SetUnreadable(
            f"{path} cannot be read as a REAPER project: {error}", hint="Open it in REAPER and save it again."
        ) from error
    if not songs:
        raise NoClips(
            f"{path} holds no MIDI notes of its own",
            hint="MIDI files that it refers to are read for themselves.",
        )
    return songs


def _text(data: bytes) -> Iterator[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return (line.strip() for line in text.splitlines())


def _words(line: str) -> list[str]:
    """The words of a line; one with spaces stands in quotes of one of three kinds."""
    return ["".join(groups) for groups in _WORDS.findall(line)]


class _ProjectReader:
    """Walks through a project's lines and keeps what plays MIDI."""

    def __init__(self) -> None:
        self.tracks: list[_ReaperTrack] = []
        self.pools: dict[str, _Source] = {}
        self.tempo: list[str] = []
        self.points: list[list[str]] = []
        self.blocks: list[str] = []

    def read(self, lines: Iterator[str]) -> None:
        first = next(lines, "")
        if not first.startswith("<REAPER_PROJECT"):
            raise ValueError("it does not start like a REAPER project")
        self.blocks = ["REAPER_PROJECT"]
        for line in lines:
            if line[:1] == "<":
                self._open(line)
            elif line == ">":
                self._close()
            elif line and self.blocks and (keep := _KEEPERS.get(self.blocks[-1])) is not None:
                keep(self, line)
        if self.blocks:
            raise ValueError("it is cut off")

    def _open(self, line: str) -> None:
        words = _words(line[1:])
        name = words[0] if words else ""
        if name == "SOURCE" and self._is_in("ITEM"):
            kind = words[1] if len(words) > 1 else ""
            name = "MIDI" if kind in {"MIDI", "MIDIPOOL"} else name
        parent = self.blocks[-1] if self.blocks else ""
        self.blocks.append(name)
        if name == "TRACK":
            self.tracks.append(_ReaperTrack())
        elif name == "ITEM" and parent == "TRACK":
            self.tracks[-1].items.append(_Item())
        elif name == "MIDI":
            self._item.takes[-1].source = _Source()
        elif parent == "MIDI" and name.lower() == "x":
            self._source.now += int(words[1])  # a text or system exclusive message: its time counts

    def _close(self) -> None:
        if not self.blocks:
            raise ValueError("a block is closed that was not opened")
        if self.blocks.pop() == "MIDI":
            source = self._source
            _end_notes(source)
            if source.pool and source.notes:
                self.pools[source.pool] = source

    def _is_in(self, name: str) -> bool:
        return name in self.blocks

    @property
    def _item(self) -> _Item:
        return self.tracks[-1].items[-1]

    @property
    def _source(self) -> _Source:
        source = self._item.takes[-1].source
        assert source is not None  # noqa: S101  set where its block was opened
        return source

    def keep_project(self, line: str) -> None:
        if line.startswith("TEMPO "):
            self.tempo = _words(line)

    def keep_tempo(self, line: str) -> None:
        if line.startswith("PT "):
            self.points.append(_words(line))

    def keep_track(self, line: str) -> None:
        words = _words(line)
        if words[0] == "NAME" and len(words) > 1:
            self.tracks[-1].name = words[1]

    def keep_item(self, line: str) -> None:
        item, words = self._item, _words(line)
        if words[0] == "TAKE":
            item.takes.append(_Take(is_active="SEL" in words))
        elif (set_value := _ITEM_VALUES.get(words[0])) is not None and len(words) > 1:
            set_value(item, words[1])

    def keep_midi(self, line: str) -> None:
        source = self._source
        words = line.split()
        if words[0].lower() in {"e", "em"} and len(words) >= 4:
            _event(source, int(words[1]), [int(word, 16) for word in words[2:5]], is_muted="m" in words[0])
        elif words[0] == "HASDATA" and len(words) > 2:
            source.ppq = int(words[2])
            if source.ppq < 1:
                raise ValueError(f"{source.ppq} ticks to the quarter note")
        elif words[0] == "POOLEDEVTS" and len(words) > 1:
            source.pool = words[1]
        elif words[0] == "IGNTEMPO" and len(words) > 2 and words[1] == "1":
            source.own_tempo_bpm = max(1.0, _number(words[2]))


_KEEPERS: Mapping[str, Callable[[_ProjectReader, str], None]] = {
    "REAPER_PROJECT": _ProjectReader.keep_project,
    "TEMPOENVEX": _ProjectReader.keep_tempo,
    "TRACK": _ProjectReader.keep_track,
    "ITEM": _ProjectReader.keep_item,
    "MIDI": _ProjectReader.keep_midi,
}


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} where a number is expected")
    return number


def _set_position(item: _Item, word: str) -> None:
    item.position_s = _number(word)


def _set_length(item: _Item, word: str) -> None:
    item.length_s = _number(word)


def _set_loop(item: _Item, word: str) -> None:
    item.is_looped = word == "1"


def _set_mute(item: _Item, word: str) -> None:
    item.is_muted = word == "1"


def _set_name(item: _Item, word: str) -> None:
    item.takes[-1].name = word


def _set_offset(item: _Item, word: str) -> None:
    item.takes[-1].offset_s = _number(word)


def _set_rate(item: _Item, word: str) -> None:
    item.takes[-1].rate = _number(word)
    if not 0.01 <= item.takes[-1].rate <= 100:
        raise ValueError(f"a play rate of {word}")


_ITEM_VALUES: Mapping[str, Callable[[_Item, str], None]] = {
    "POSITION": _set_position,
    "LENGTH": _set_length,
    "LOOP": _set_loop,
    "MUTE": _set_mute,
    "NAME": _set_name,
    "SOFFS": _set_offset,
    "PLAYRATE": _set_rate,
}


def _event(source: _Source, delta: int, message: Sequence[int], *, is_muted: bool) -> None:
    source.now += delta
    status, data = message[0], message[1:]
    if is_muted or len(data) < 2 or status & 0xF0 not in {0x80, 0x90}:
        return
    key = (status & 0x0F, data[0])
    if status & 0xF0 == 0x90 and data[1]:
        source.open.setdefault(key, []).append((source.now, data[1]))
    elif source.open.get(key):
        onset, velocity = source.open[key].pop(0)
        source.notes.append((onset, source.now, key[0], key[1], velocity))


def _end_notes(source: _Source) -> None:
    """A note left open ends with its source."""
    for (channel, pitch), started in source.open.items():
        source.notes += [(onset, source.now, channel, pitch, velocity) for onset, velocity in started]
    source.open.clear()


def _songs(reader: _ProjectReader) -> Iterator[FoundSong]:
    tempos = tempo_map(reader.tempo, reader.points)
    tracks = [_track(track, reader.pools, tempos) for track in reader.tracks]
    if not any(track.notes for track in tracks):
        return
    for idea in ideas(song_of_tracks(tracks, tempos.meters, tempos.tempos)):
        names = (
            _name_in(item, idea, reader.pools, tempos) for track in reader.tracks for item in track.items
        )
        yield FoundSong(f"bar {idea.bar}", idea.song, clips=tuple(dict.fromkeys(filter(None, names))))


def _name_in(item: _Item, idea: Idea, pools: Mapping[str, _Source], tempos: TempoMap) -> str:
    """An item's name, if it plays MIDI in a part of the project."""
    if item.is_muted or _source_of(item, pools) is None:
        return ""
    start = tempos.beats(item.position_s)
    length = tempos.beats(item.position_s + item.length_s) - start
    return item.take.name if idea.holds(start, length) else ""


def _track(track: _ReaperTrack, pools: Mapping[str, _Source], tempos: TempoMap) -> Track:
    notes: list[Note] = []
    channels: list[int] = []
    for item in track.items:
        source = _source_of(item, pools)
        if source is None or item.is_muted:
            continue
        notes += _played(item, source, tempos)
        channels.append(source.channel)
    return Track(track.name, tuple(sorted(notes)), channels[0] if channels else 0)


def _source_of(item: _Item, pools: Mapping[str, _Source]) -> _Source | None:
    """What the active take plays: its own notes, or those of its pool."""
    source = item.take.source
    if source is None:
        return None
    return source if source.notes else pools.get(source.pool)


def _played(item: _Item, source: _Source, tempos: TempoMap) -> Iterator[Note]:
    start = tempos.beats(item.position_s)
    length = tempos.beats(item.position_s + item.length_s) - start
    rate = item.take.rate
    scale = 1 / (source.ppq * rate)
    if source.own_tempo_bpm:
        scale *= tempos.tempo_bpm(item.position_s) / source.own_tempo_bpm
    notes = tuple(
        RawNote(onset * scale, (end - onset) * scale, pitch, velocity)
        for onset, end, _, pitch, velocity in source.notes
    )
    offset = (tempos.beats(item.position_s + item.take.offset_s) - start) / rate
    end = source.now * scale
    if item.is_looped and end > 0:
        return played_out(Loop(notes, offset % end, 0.0, end), at=start, length=length)
    return played_out(Loop(notes, offset, 0.0, max(end, offset), is_looped=False), at=start, length=length)
