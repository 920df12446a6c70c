"""Ableton Live's sets (`.als`) and clips (`.alc`): gzip around XML. The only file that knows their form.

What sounds together is read together: the clips of one scene are one song, the shorter ones repeated until the
longest has ended, as Live plays them; the arrangement is one song, parted where it is silent for long. A clip in a
take lane stands for itself. Seen in sets of Live 9 to 12.
"""

from __future__ import annotations

import math
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from xml.parsers import expat

from bridge.errors import ClipError, NoClips, SetUnreadable
from bridge.library.found import FoundSong
from bridge.library.livescale import scale_of
from bridge.library.parts import Part, PartGuess
from bridge.library.placing import Loop, RawNote, ideas, played_out, song_of_tracks
from bridge.music.note import COMMON_TIME, Meter, MeterChange, Note
from bridge.music.song import DEFAULT_TEMPO_BPM, Song, TempoChange, Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

LONGEST_SET_BYTES = 512 * 2**20
"""Unpacked: the XML of the largest sets that were met is a fifth of this."""

_STEP = 2**16
_DRUM_RACK = PartGuess(Part.DRUMS, 1.0, "its track holds a drum rack")

_Place: TypeAlias = int | str
"""The number of a scene, `_ARRANGEMENT`, or `_TAKE`."""

_ARRANGEMENT = "arrangement"
_TAKE = "take"


@dataclass(slots=True)
class _Clip:
    """A MIDI clip as it is met; times in quarter notes."""

    time: float
    place: _Place
    values: dict[str, str] = field(default_factory=dict)
    notes: list[RawNote] = field(default_factory=list)

    def number(self, name: str, default: float = 0.0) -> float:
        return _number(self.values.get(name, str(default)))

    def says(self, name: str, *, default: bool) -> bool:
        return self.values.get(name, str(default)).lower() == "true"

    @property
    def name(self) -> str:
        return self.values.get("Name", "").strip()

    @property
    def loop(self) -> Loop:
        start = self.number("LoopStart")
        looped = self.says("LoopOn", default=True)
        first = start + self.number("StartRelative") if looped else start
        return Loop(tuple(self.notes), first, start, self.number("LoopEnd", self.length), looped)

    @property
    def length(self) -> float:
        """How long the arrangement plays it."""
        return self.number("CurrentEnd") - self.number("CurrentStart")


@dataclass(slots=True)
class _LiveTrack:
    """A MIDI track as it is met."""

    names: dict[str, str] = field(default_factory=dict)
    has_drum_rack: bool = False
    clips: list[_Clip] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.names.get("UserName") or self.names.get("EffectiveName", "")


_CLIP_VALUES = frozenset(
    {("Loop", name) for name in ("LoopStart", "LoopEnd", "StartRelative", "LoopOn")}
    | {("MidiClip", name) for name in ("CurrentStart", "CurrentEnd", "Name", "Disabled", "IsInKey")}
    | {("ScaleInformation", name) for name in ("Root", "RootNote", "Name")}
)
"""The elements with a `Value` that are kept of a clip, each with the element that it must stand in."""


def read_set(data: bytes, path: Path) -> tuple[FoundSong, ...]:
    """The songs of a Live set or a Live clip.

    Raises:
        SetUnreadable: it is no gzip, no XML, or no set.
        NoClips: it has no MIDI notes.
    """
    try:
        tracks = _parse(data)
        songs = tuple(_songs(tracks))
    except (zlib.error, EOFError, expat.ExpatError, ValueError, KeyError, OverflowError, ClipError) as error:
        raise SetUnreadable(
            f"{path} cannot be read as a Live set: {error or type(error).__name__}",
            hint="Open it in Live and save it again.",
        ) from error
    if not songs:
        raise NoClips(f"{path} holds no MIDI notes", hint="Sets with audio alone have nothing to learn from.")
    return songs


def _parse(data: bytes) -> list[_LiveTrack]:
    reader = _SetReader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse_doctype
    for part in _unpacked(data):
        parser.Parse(part, False)  # noqa: FBT003  expat takes no keywords
    parser.Parse(b"", True)  # noqa: FBT003  expat takes no keywords
    if not reader.is_set:
        raise ValueError("it is XML, but no Live set")
    return reader.tracks


def _refuse_doctype(*_: object) -> None:
    raise ValueError("it defines entities, which no Live set does")


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The XML, a part at a time; some tools leave it unpacked."""
    if data[:2] != b"\x1f\x8b":
        yield data
        return
    unpacker = zlib.decompressobj(wbits=31)
    done = 0
    while data and not unpacker.eof:
        part = unpacker.decompress(data, _STEP)
        data = unpacker.unconsumed_tail
        done += len(part)
        if done > LONGEST_SET_BYTES:
            raise ValueError(f"it unpacks to more than {LONGEST_SET_BYTES // 2**20} MiB")
        yield part
    if not unpacker.eof:
        raise EOFError("it is cut off")


class _SetReader:
    """Told of every element of the XML; keeps the MIDI tracks."""

    def __init__(self) -> None:
        self.tracks: list[_LiveTrack] = []
        self.is_set = False
        self.path: list[str] = []
        self.clip: _Clip | None = None
        self.scene = -1
        self.key_notes: list[tuple[float, float, int]] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        parent = self.path[-1] if self.path else ""
        self.path.append(tag)
        if tag == "MidiTrack":
            self.tracks.append(_LiveTrack())
        elif tag == "Ableton":
            self.is_set = True
        elif self.clip is not None:
            self._in_clip(tag, parent, attributes)
        elif "MidiTrack" in self.path:
            self._in_track(tag, parent, attributes)

    def _in_track(self, tag: str, parent: str, attributes: Mapping[str, str]) -> None:
        track = self.tracks[-1]
        if tag == "ClipSlotList":
            self.scene = -1
        elif tag == "ClipSlot" and parent == "ClipSlotList":
            self.scene += 1
        elif tag == "DrumGroupDevice":
            track.has_drum_rack = True
        elif tag in {"EffectiveName", "UserName"} and self.path[-3:-1] == ["MidiTrack", "Name"]:
            track.names[tag] = attributes.get("Value", "").strip()
        elif tag == "MidiClip":
            self.clip = _Clip(_number(attributes.get("Time", "0")), self._place())

    def _place(self) -> _Place:
        if "ClipSlotList" in self.path:
            return self.scene
        return _TAKE if "TakeLanes" in self.path else _ARRANGEMENT

    def _in_clip(self, tag: str, parent: str, attributes: Mapping[str, str]) -> None:
        assert self.clip is not None  # noqa: S101  only called inside of one
        if tag == "MidiNoteEvent":
            self._note(attributes)
        elif tag == "MidiKey" and parent == "KeyTrack":
            self.clip.values["MidiKey"] = attributes["Value"]
        elif (parent, tag) in _CLIP_VALUES:
            name = f"Scale{tag}" if parent == "ScaleInformation" else tag
            self.clip.values.setdefault(name, attributes.get("Value", ""))
        elif tag in {"Numerator", "Denominator"} and parent.endswith("TimeSignature"):
            self.clip.values.setdefault(tag, attributes.get("Value", ""))

    def _note(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("IsEnabled", "true") == "true":
            velocity = round(_number(attributes.get("Velocity", "100")))
            self.key_notes.append((_number(attributes["Time"]), _number(attributes["Duration"]), velocity))

    def end(self, tag: str) -> None:
        self.path.pop()
        if self.clip is None:
            return
        if tag == "KeyTrack":
            self._close_key()
        elif tag == "MidiClip":
            if self.clip.notes and not self.clip.says("Disabled", default=False):
                self.tracks[-1].clips.append(self.clip)
            self.clip = None

    def _close_key(self) -> None:
        assert self.clip is not None  # noqa: S101  only called inside of one
        if self.key_notes:
            pitch = int(self.clip.values.pop("MidiKey"))
            self.clip.notes += [RawNote(at, length, pitch, v) for at, length, v in self.key_notes]
        self.key_notes = []


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} where a number is expected")
    return number


_Row: TypeAlias = "list[tuple[_LiveTrack, _Clip]]"


def _songs(tracks: Sequence[_LiveTrack]) -> Iterator[FoundSong]:
    scenes: dict[int, _Row] = defaultdict(list)
    arranged: _Row = []
    takes: _Row = []
    for track in tracks:
        for clip in track.clips:
            if isinstance(clip.place, int):
                scenes[clip.place].append((track, clip))
            else:
                (arranged if clip.place == _ARRANGEMENT else takes).append((track, clip))
    for scene, row in sorted(scenes.items()):
        yield _scene(f"scene {scene + 1}", row)
    if arranged:
        yield from _arrangement(arranged)
    for number, take in enumerate(takes, 1):
        yield _scene(f"take {number}", [take])


def _scene(title: str, row: _Row) -> FoundSong:
    """The clips of a row, played from their starts until the longest has ended."""
    length = max(clip.loop.loop_end - clip.loop.loop_start for _, clip in row)
    lanes = [(track, list(played_out(clip.loop, at=0, length=length))) for track, clip in row]
    return _found(title, row, _song(lanes, _meter(row[0][1]), round(length * 960)))


def _arrangement(row: _Row) -> Iterator[FoundSong]:
    lanes: dict[int, tuple[_LiveTrack, list[Note]]] = {}
    for track, clip in row:
        notes = lanes.setdefault(id(track), (track, []))[1]
        notes += played_out(clip.loop, at=clip.time, length=clip.length)
    song = _song(list(lanes.values()), _meter(row[0][1]), 0)
    for idea in ideas(song):
        within = [(track, clip) for track, clip in row if idea.holds(clip.time, clip.length)]
        yield _found(f"arrangement, bar {idea.bar}", within, idea.song)


def _song(lanes: Sequence[tuple[_LiveTrack, list[Note]]], meter: Meter, length: int) -> Song:
    tracks = [
        Track(track.name, tuple(sorted(notes)), 9 if track.has_drum_rack else 0) for track, notes in lanes
    ]
    meters, tempos = (MeterChange(0, meter),), (TempoChange(0, DEFAULT_TEMPO_BPM),)
    return song_of_tracks(tracks, meters, tempos, length=length)


def _found(title: str, row: _Row, song: Song) -> FoundSong:
    said = {index: _DRUM_RACK for index, track in enumerate(song.tracks) if track.is_drums}
    names = tuple(dict.fromkeys(clip.name for _, clip in row if clip.name))
    whole = f"{title}: {names[0]}" if len(names) == 1 else title
    pitched = [clip.values for track, clip in row if not track.has_drum_rack]
    return FoundSong(whole, song, said, scale_of(pitched), names)


def _meter(clip: _Clip) -> Meter:
    values = clip.values
    if "Numerator" not in values or "Denominator" not in values:
        return COMMON_TIME
    return Meter(int(values["Numerator"]), int(values["Denominator"]))
