"""Live sets and REAPER projects as the tests need them: written here, in the forms that the programs write."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Onset and duration in quarter notes, pitch, velocity.
Hits = tuple[tuple[float, float, int, int], ...]

RIFF: Hits = ((0, 0.5, 62, 100), (0.5, 0.5, 66, 90), (1, 1, 69, 90), (2, 1.5, 71, 80), (3.5, 0.5, 69, 80))
CHORDS: Hits = tuple((bar, 1.9, pitch, 70) for bar in (0, 2) for pitch in (50, 54, 57))
LOW: Hits = ((0, 1, 38, 100), (1.5, 0.5, 38, 90), (2, 1, 33, 100), (3, 1, 35, 100))
BEAT: Hits = (
    *((step / 2, 0.1, 42, 60 + step) for step in range(8)),
    *((0, 0.1, 36, 110), (1, 0.1, 38, 110), (2, 0.1, 36, 110), (3, 0.1, 38, 110)),
)


@dataclass(frozen=True)
class LiveClip:
    """A MIDI clip; `time` is where an arrangement has it."""

    notes: Hits
    name: str = ""
    length: float = 4.0
    time: float = 0.0
    played: float = 0.0
    loop: bool = True
    start_relative: float = 0.0
    disabled: bool = False
    muted: Hits = ()
    meter: tuple[int, int] = (4, 4)
    scale: str = '<Root Value="0"/><Name Value="0"/>'
    in_key: bool = True


@dataclass(frozen=True)
class LiveTrack:
    """A MIDI track: a clip or None in each slot, and the clips of the arrangement and of take lanes."""

    name: str
    slots: Sequence[LiveClip | None] = ()
    arranged: Sequence[LiveClip] = ()
    takes: Sequence[LiveClip] = ()
    drum_rack: bool = False


def live_set(*tracks: LiveTrack, packed: bool = True) -> bytes:
    audio = (
        '<AudioTrack Id="9"><Name><EffectiveName Value="Vocals"/></Name><DeviceChain><MainSequencer>'
        '<ClipSlotList><ClipSlot Id="0"><ClipSlot><Value><AudioClip Id="1" Time="0"><Name Value="take"/>'
        "</AudioClip></Value></ClipSlot></ClipSlot></ClipSlotList></MainSequencer></DeviceChain></AudioTrack>"
    )
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Ableton MajorVersion="5" MinorVersion="12.0_12120" '
        'Creator="Ableton Live 12.0"><LiveSet><Tracks>'
        f"{''.join(_live_track(number, track) for number, track in enumerate(tracks))}{audio}"
        "</Tracks></LiveSet></Ableton>"
    ).encode()
    return gzip.compress(xml, mtime=0) if packed else xml


def _live_track(number: int, track: LiveTrack) -> str:
    slots = "".join(
        f'<ClipSlot Id="{slot}"><ClipSlot><Value>{_live_clip(clip) if clip else ""}</Value></ClipSlot></ClipSlot>'
        for slot, clip in enumerate(track.slots)
    )
    arranged = "".join(map(_live_clip, track.arranged))
    takes = "".join(
        f'<TakeLane Id="0"><ClipAutomation><Events>{_live_clip(clip)}</Events></ClipAutomation></TakeLane>'
        for clip in track.takes
    )
    rack = '<DrumGroupDevice Id="0"><Name Value="Kit"/></DrumGroupDevice>' if track.drum_rack else ""
    return (
        f'<MidiTrack Id="{number}"><Name><EffectiveName Value="{number + 1}-{escape(track.name)}"/>'
        f'<UserName Value="{escape(track.name)}"/></Name>'
        f"<TakeLanes><TakeLanes>{takes}</TakeLanes></TakeLanes>"
        f"<DeviceChain><MainSequencer><ClipSlotList>{slots}</ClipSlotList><ClipTimeable><ArrangerAutomation>"
        f"<Events>{arranged}</Events></ArrangerAutomation></ClipTimeable></MainSequencer>"
        f"<DeviceChain><Devices>{rack}</Devices></DeviceChain></DeviceChain></MidiTrack>"
    )


def _live_clip(clip: LiveClip) -> str:
    played = clip.played or clip.length
    keys = "".join(
        f'<KeyTrack Id="{pitch}"><Notes>{_live_notes(clip, pitch)}</Notes><MidiKey Value="{pitch}"/></KeyTrack>'
        for pitch in sorted({note[2] for note in (*clip.notes, *clip.muted)})
    )
    return (
        f'<MidiClip Id="0" Time="{clip.time:g}"><CurrentStart Value="{clip.time:g}"/>'
        f'<CurrentEnd Value="{clip.time + played:g}"/><Loop><LoopStart Value="0"/>'
        f'<LoopEnd Value="{clip.length:g}"/><StartRelative Value="{clip.start_relative:g}"/>'
        f'<LoopOn Value="{str(clip.loop).lower()}"/></Loop><Name Value="{escape(clip.name)}"/>'
        '<TimeSignature><TimeSignatures><RemoteableTimeSignature Id="0">'
        f'<Numerator Value="{clip.meter[0]}"/><Denominator Value="{clip.meter[1]}"/><Time Value="0"/>'
        "</RemoteableTimeSignature></TimeSignatures></TimeSignature>"
        f'<Disabled Value="{str(clip.disabled).lower()}"/><IsInKey Value="{str(clip.in_key).lower()}"/>'
        f"<ScaleInformation>{clip.scale}</ScaleInformation>"
        f"<Notes><KeyTracks>{keys}</KeyTracks></Notes></MidiClip>"
    )


def _live_notes(clip: LiveClip, pitch: int) -> str:
    return "".join(
        f'<MidiNoteEvent Time="{at:g}" Duration="{length:g}" Velocity="{velocity}" OffVelocity="64" '
        f'Probability="1" IsEnabled="{is_on}" NoteId="1"/>'
        for notes, is_on in ((clip.notes, "true"), (clip.muted, "false"))
        for at, length, key, velocity in notes
        if key == pitch
    )


@dataclass(frozen=True)
class Item:
    """A REAPER item with one MIDI take; `extra` are further lines of the item."""

    notes: Hits
    position_s: float = 0.0
    length_s: float = 2.0
    source_beats: float = 4.0
    name: str = "item"
    loop: bool = True
    offset_s: float = 0.0
    rate: float = 1.0
    mute: bool = False
    channel: int = 0
    pool: str = ""
    pooled: bool = False
    ppq: int = 960
    own_tempo: float = 0.0
    extra: str = ""


def reaper_project(
    *tracks: tuple[str, Sequence[Item]], tempo: str = "TEMPO 120 4 4", points: str = ""
) -> bytes:
    body = "\r\n".join(_reaper_track(name, items) for name, items in tracks)
    return (
        '<REAPER_PROJECT 0.1 "7.22/linux-x86_64" 1719999999\r\n  <NOTES 0 2\r\n    |> not a block\r\n  >\r\n'
        f"  {tempo}\r\n  <TEMPOENVEX\r\n    ACT 1 -1\r\n{points}  >\r\n{body}\r\n>\r\n"
    ).encode()


def _reaper_track(name: str, items: Sequence[Item]) -> str:
    lines = [
        "  <TRACK {11111111-2222-3333-4444-555555555555}",
        f'    NAME "{name}"',
        "    <FXCHAIN",
        '      <VST "VSTi: ReaSynth (Cockos)" reasynth.vst.so 0 ""',
        "        eXNlcu5e7f4CAAAAAQAAAA==",
        "      >",
        "    >",
        *map(_reaper_item, items),
        "  >",
    ]
    return "\r\n".join(lines)


def _reaper_item(item: Item) -> str:
    kind = "MIDIPOOL" if item.pooled else "MIDI"
    pool = [f"        POOLEDEVTS {{{item.pool}}}"] if item.pool else []
    lines = [
        "    <ITEM",
        f"      POSITION {item.position_s}",
        f"      LENGTH {item.length_s}",
        f"      LOOP {int(item.loop)}",
        f"      MUTE {int(item.mute)} 0",
        f'      NAME "{item.name}"',
        f"      SOFFS {item.offset_s}",
        f"      PLAYRATE {item.rate} 1 0 -1 0 0.0025",
        f"      <SOURCE {kind}",
        f"        HASDATA 1 {item.ppq} QN",
        *pool,
        *([] if item.pooled else _events(item)),
        f"        IGNTEMPO {int(item.own_tempo > 0)} {item.own_tempo or 120} 4 4",
        "      >",
        *([item.extra] if item.extra else []),
        "    >",
    ]
    return "\r\n".join(lines)


def _events(item: Item) -> list[str]:
    timed = [(round(at * item.ppq), 0x90, pitch, velocity) for at, _, pitch, velocity in item.notes]
    timed += [(round((at + length) * item.ppq), 0x80, pitch, 0) for at, length, pitch, _ in item.notes]
    timed.sort()
    end = round(item.source_beats * item.ppq)
    lines, now = [], 0
    for number, (at, status, pitch, velocity) in enumerate(timed):
        letter = "Ee"[number % 2]  # selected or not: both count
        if number == 1:
            lines.append(f"        <X {at - now} 0\r\n          /wNUZXN0\r\n        >")
            now = at
        lines.append(f"        {letter} {at - now} {status | item.channel:02x} {pitch:02x} {velocity:02x}")
        now = at
    return [*lines, f"        E {end - now} b0 7b 00"]
