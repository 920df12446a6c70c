"""A folder as it lies on a producer's disk: what is used, what is left out and why, to the file."""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.library.finding import find_files
from bridge.library.manifest import write_manifest
from bridge.library.reading import Task, read_file
from bridge.library.report import LENGTHS, advice
from bridge.library.verdicts import LEFT_OUT
from tests.library.conftest import counted
from tests.library.music import lay, repeated, track
from tests.library.projects import (
    BEAT,
    CHORDS,
    LOW,
    RIFF,
    Item,
    LiveClip,
    LiveTrack,
    live_set,
    reaper_project,
)
from tests.music.hexdump import midi_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.library.verdicts import FileVerdict

    Judge = Callable[..., dict[str, FileVerdict]]

END = "00 ff 2f 00"
NOTE = "00 90 3c 64 83 60 80 3c 00"
TUNE = f"{NOTE} 00 90 40 64 83 60 80 40 00 00 90 {{}} 64 83 60 80 {{}} 00"


def tune(pitch: int) -> str:
    """Three notes, of which the last tells one file from another."""
    return TUNE.format(f"{pitch:02x}", f"{pitch:02x}")


# Every file of facts/midi.md, by what becomes of it. Each has music of its own where it has any.
BROKEN: dict[str, bytes] = {
    "division 0.mid": midi_file(f"{NOTE} {END}", division=0),
    "film frames.mid": midi_file(f"{NOTE} {END}", division=0xE728),
    "cut off.mid": midi_file(f"{NOTE} {END}", f"{NOTE} {END}")[:-6],
    "no header.mid": b"\x00" * 64,
    "picture.mid": b"\x89PNG\r\n\x1a\n" + b"x" * 100,
    "three songs.mid": midi_file(f"{NOTE} {END}", kind=2),
    "wave.rmi": b"RIFF\x00\x00\x00\x00WAVEfmt " + b"\x00" * 16,
}
ODD_BUT_WHOLE: dict[str, bytes] = {
    "tempo 0.mid": midi_file(f"00 ff 51 03 00 00 00 {tune(0x43)} {END}"),
    "wrong track count.mid": midi_file(f"{tune(0x44)} {END}", count=9),
    "junk key signature.mid": midi_file(f"00 ff 59 02 50 07 {tune(0x45)} {END}"),
    "meter 0 4.mid": midi_file(f"00 ff 58 04 00 02 18 08 {tune(0x46)} {END}"),
    "never switched off.mid": midi_file(f"{tune(0x47)} 00 90 48 64 87 40 ff 2f 00"),
    "zero length.mid": midi_file(f"{tune(0x48)} 00 90 49 64 00 80 49 00 {END}"),
    "overlapping itself.mid": midi_file(
        f"{tune(0x49)} 00 90 4a 64 60 90 4a 64 60 80 4a 00 60 80 4a 00 {END}"
    ),
    "windows.rmi": b"RIFF\x00\x00\x00\x00RMIDdata"
    + (len(midi_file(f"{tune(0x4A)} {END}"))).to_bytes(4, "little")
    + midi_file(f"{tune(0x4A)} {END}"),
    "karaoke.kar": midi_file(f"00 ff 05 02 6c 61 {tune(0x4B)} {END}"),
    "SHOUTED.MIDI": midi_file(f"{tune(0x4C)} {END}"),
}
CHORD = midi_file(f"00 90 3c 64 00 90 40 64 60 80 3c 00 00 80 40 00 {END}")
ENDLESS = midi_file(f"{NOTE} ff ff ff 7f 90 3c 64 00 80 3c 00 {END}")


def put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def lay_songs(folder: Path, rng: random.Random) -> None:
    """Files that are used: 4 of MIDI, a Live set, a Live clip, a REAPER project; and one that gives two songs."""
    names = ["Песня.mid", "歌 🎹.mid", "a'b\"c&<d>.mid", "deep/er/still/Lied.mid"]
    for number, name in enumerate(names):
        melody = tuple((at, 0.5, 60 + rng.randint(0, 12), 90) for at in range(16))
        lay(
            folder, name, [track(melody, "Lead", higher=number), track(repeated(CHORDS, 4), "Keys")], beats=16
        )
    upside_down = tuple((at, long, 130 - pitch, loud) for at, long, pitch, loud in RIFF)
    lead = LiveTrack("Lead", [LiveClip(RIFF, "Riff"), LiveClip(upside_down, "Down")])
    drums = LiveTrack("Kit", [LiveClip(BEAT)], drum_rack=True)
    put(
        folder / "Live",
        {"Song.als": live_set(lead, drums), "Low.alc": live_set(LiveTrack("B", [LiveClip(LOW)]))},
    )
    item = Item(repeated(CHORDS, 2), length_s=4, source_beats=8, name="Chords")
    put(folder / "Reaper", {"Song.rpp": reaper_project(("Chords", [item]))})


def lay_loops(folder: Path) -> None:
    """One loop in 12 keys under two names each and a copy by link; drum loops on every channel."""
    loop = ((0, 0.5, 50, 90), (0.5, 0.5, 57, 90), (1, 0.5, 62, 90), (2, 2, 53, 90), (4, 3, 64, 70))
    for higher in range(12):
        lay(folder / "keys", f"loop in {higher:02d}.mid", [track(loop, "Lead", higher=higher)], beats=8)
    shutil.copy(folder / "keys" / "loop in 00.mid", folder / "keys" / "zz the same.mid")
    lay(folder / "keys", "zz louder.mid", [track(tuple((*n[:3], 127) for n in loop), "Other")], beats=8)
    lay(folder / "Drums", "on ten.mid", [track(BEAT, channel=9)])
    lay(folder / "Drums", "on one.mid", [track(BEAT)])
    lay(folder / "more", "Snare roll.mid", [track(tuple((n / 4, 0.1, 38, 90) for n in range(16)))])


def lay_trouble(folder: Path) -> None:
    put(folder / "broken", BROKEN)
    put(folder / "odd", ODD_BUT_WHOLE)
    put(
        folder,
        {"endless.mid": ENDLESS, "nothing.mid": b"", "._Lied.mid": b"\x00\x05\x16\x07", "notes.txt": b"x"},
    )
    put(
        folder,
        {
            "no notes.mid": midi_file(END),
            "one chord.mid": CHORD,
        },
    )
    put(
        folder,
        {"broken.als": b"\x1f\x8b....", "audio.als": live_set(LiveTrack("none")), "broken.rpp": b"RIFF"},
    )
    put(folder, {"huge.mid": midi_file(END) + b"\x00" * (8 * 2**20)})
    (folder / "nowhere.mid").symlink_to(folder / "never.mid")
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "broken" / "again").symlink_to(folder / "odd", target_is_directory=True)
    (folder / "self.mid").symlink_to(folder / "self.mid")
    os.mkfifo(folder / "pipe.mid")


EXPECTED = {
    "midi.unreadable": len(BROKEN),
    "midi.too_long": 2,
    "clip.empty": 1,
    "clip.drums": 3,
    "library.same_file": 1,
    "library.same_notes": 1,
    "library.other_key": 11,
    "library.too_short": 1,
    "library.empty_file": 1,
    "library.companion": 1,
    "library.broken_link": 2,
    "library.not_a_file": 1,
    "library.set_unreadable": 2,
    "library.no_clips": 1,
}
USED = 4 + 3 + 1 + len(ODD_BUT_WHOLE)


@pytest.fixture
def mixed(folder: Path) -> Path:
    lay_songs(folder, random.Random(6))
    lay_loops(folder)
    lay_trouble(folder)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made otherwise")
def test_the_counts_are_right_to_the_file(mixed: Path, judge: Judge) -> None:
    files = judge()
    report = counted(files)
    assert dict(report.left_out) == EXPECTED
    assert report.used == USED
    assert report.files == USED + sum(EXPECTED.values())
    assert dict(report.folders) == {"library.link": 2}
    assert {name for name in files if not files[name].is_folder} == names_on_disk(mixed)


def names_on_disk(folder: Path) -> set[str]:
    endings = (".mid", ".midi", ".kar", ".rmi", ".als", ".alc", ".rpp")
    return {
        Path(base, name).relative_to(folder).as_posix()
        for base, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(endings)
    }


@pytest.mark.usefixtures("mixed")
def test_every_reason_has_words(judge: Judge) -> None:
    for verdict in judge().values():
        assert verdict.code in {"", *LEFT_OUT}
        assert bool(verdict.code) == bool(verdict.reason)


@pytest.mark.usefixtures("mixed")
def test_beats_keys_lengths_and_parts_are_counted(judge: Judge) -> None:
    report = counted(judge())
    # Four songs of 16 beats, Live's two riffs and a bass of 4 each, REAPER's 8, the loop's 8; the odd ones have
    # three quarter notes or a little more in a bar of four, but for the note that sounds into a second bar.
    assert report.beats == 4 * 16 + 3 * 4 + 8 + 8 + 4 * (len(ODD_BUT_WHOLE) + 1)
    assert report.songs == USED + 1
    assert report.keys.total() == report.meters.total() == report.songs
    assert sum(report.lengths[name] for _, name in LENGTHS) == report.songs
    assert report.parts["drums"] == 4
    assert report.parts["bass"] == 1


@pytest.mark.usefixtures("mixed")
def test_the_manifest_names_every_file_once(judge: Judge, tmp_path: Path) -> None:
    files = judge()
    report = write_manifest(tmp_path / "manifest.jsonl", files.values())
    lines = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert [line.get("file", line.get("folder")) for line in lines] == list(files)
    told = Counter(line["code"] for line in lines if "file" in line and not line["used"])
    assert told == report.left_out
    by_name = {line["file"]: line for line in lines if "file" in line}
    live = by_name["Live/Song.als"]["songs"]
    assert [song["title"] for song in live] == ["scene 1: Riff", "scene 2: Down"]
    assert live[0]["clips"] == ["Riff"]
    assert [part["part"] for part in live[0]["tracks"]] == ["melody", "drums"]
    assert by_name["keys/loop in 03.mid"]["songs"][0]["reason"] == "keys/loop in 00.mid, 3 semitones higher"
    assert "keys/loop in 00.mid" in by_name["keys/zz the same.mid"]["reason"]


@pytest.mark.usefixtures("mixed")
def test_the_same_library_gives_the_same_verdicts_in_the_same_order(judge: Judge) -> None:
    first = judge()
    again = judge()
    assert list(first.items()) == list(again.items())
    names = [name.encode() for name in first]
    assert names == sorted(names)


def test_a_link_in_a_circle_ends_and_files_keep_their_real_names(folder: Path) -> None:
    lay(folder / "real", "song.mid", [track(RIFF)])
    (folder / "a link").symlink_to(folder / "real", target_is_directory=True)
    (folder / "real" / "up").symlink_to(folder, target_is_directory=True)
    found = {file.name: file.code for file in find_files(folder)}
    assert found == {"real/song.mid": "", "a link": "library.link", "real/up": "library.link"}


def test_a_linked_folder_from_elsewhere_is_read(folder: Path, tmp_path: Path) -> None:
    lay(tmp_path / "other disk", "song.mid", [track(RIFF)])
    (folder / "more").symlink_to(tmp_path / "other disk", target_is_directory=True)
    assert [file.name for file in find_files(folder)] == ["more/song.mid"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs names that are no text, and /proc")
def test_names_that_are_no_text_and_files_that_cannot_be_read_are_told_of(folder: Path, judge: Judge) -> None:
    lay(folder, "song.mid", [track(RIFF)]).rename(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.mid"))
    (folder / "memory.mid").symlink_to("/proc/self/mem")
    told = {name: verdict.code for name, verdict in judge().items()}
    assert told == {"\\xff\\xfe.mid": "", "memory.mid": "library.unreadable"}


def test_folders_and_files_that_may_not_be_read_are_told_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = lay(folder / "closed", "song.mid", [track(RIFF)])
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # root, as in a container, may read everything
    (found,) = find_files(folder)
    assert (found.name, found.code, found.is_folder) == ("closed", "library.unreadable", True)
    assert "Permission denied" in found.reason

    def closed(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied", str(song))

    monkeypatch.setattr(Path, "open", closed)
    reading = read_file(Task("closed/song.mid", song))
    assert (reading.code, reading.reason) == ("library.unreadable", "it cannot be opened: Permission denied")


# Advice


def test_a_library_of_loops_of_one_voice_is_told_what_it_lacks(folder: Path, judge: Judge) -> None:
    for number in range(3):
        riff = tuple((at, long, pitch + (number if at else 0), loud) for at, long, pitch, loud in RIFF)
        lay(folder, f"loop {number}.mid", [track(riff, "Lead")])
    said = " ".join(advice(counted(judge())))
    assert "3 songs of 12 beats are few" in said
    assert "a melody alone" in said
    assert "not made up" in said
    assert "8 bars or less" in said


def test_an_empty_library_is_told_so(judge: Judge) -> None:
    (sentence,) = advice(counted(judge()))
    assert "nothing here to learn from" in sentence


@pytest.mark.data
def test_songs_of_others_are_counted_to_the_file(folder: Path, judge: Judge, songs_folder: Path) -> None:
    paths = sorted((songs_folder / "nottingham").rglob("*.mid"))[::60]
    for path in paths:
        shutil.copy(path, folder / path.name)
        shutil.copy(path, folder / f"zz {path.name}")
    put(folder / "broken", BROKEN)
    report = counted(judge())
    assert report.used == len(paths)
    assert dict(report.left_out) == {"library.same_file": len(paths), "midi.unreadable": len(BROKEN)}
    assert report.voices["melody accompaniment"] == len(paths)
    assert report.parts["drums"] == 0
