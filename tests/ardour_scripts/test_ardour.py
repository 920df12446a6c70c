"""Ardour, a real DAW, without a display: a clip goes from a session through the bridge and back into the session."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import mido
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TICKS = 1920  # Ardour's, a quarter note
TUNE = (60, 64, 67, 72, 71, 67, 62, 65, 69, 74, 72, 69, 67, 65, 64, 62)
CHANNEL = 5
NAME = "song"


class Heard(NamedTuple):
    """A note, in quarter notes from the start of its region."""

    onset: float
    duration: float
    pitch: int
    velocity: int
    channel: int


@dataclass(frozen=True)
class Region:
    """A region, in quarter notes from the start of the session."""

    track: str
    name: str
    first: float
    length: float
    notes: tuple[Heard, ...]

    @property
    def last(self) -> float:
        return self.first + self.length


def program() -> Path:
    """Ardour's interpreter for the terminal, whose name tells its version."""
    for version in range(7, 20):
        if found := shutil.which(f"ardour{version}-lua"):
            return Path(found)
    if os.environ.get("CI"):
        pytest.fail("Ardour is not installed")
    pytest.skip("Ardour is not installed")


def config_folder(home: Path) -> Path:
    return home / ".config" / program().name.removesuffix("-lua")


def ardour(script: str, *args: object, home: Path, **environment: str) -> list[str]:
    """Run a script in Ardour; what it has to say."""
    surroundings = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), **environment}
    done = subprocess.run(
        [str(program()), str(HERE / script), *map(str, args)],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "UNDO transaction" not in done.stdout + done.stderr
    return done.stderr.splitlines()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """A user's own folder, with the scripts installed as a user installs them."""
    folder = tmp_path_factory.mktemp("home")
    config = config_folder(folder)
    (config / "scripts").mkdir(parents=True)
    command = [sys.executable, "-m", "bridge", "install", "ardour", "--to", str(config)]
    subprocess.run([*command, "--data-dir", str(data)], check=True, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("the bridge's data")


@pytest.fixture
def bridge(data: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "bridge", "serve", "--no-demo", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.terminate()


def write_clip(session: Path, track: str, first: float, pitches: Sequence[tuple[int, ...]]) -> None:
    """Put a clip of quarter notes on a track, as Ardour itself writes one: a MIDI file, a source, a region.

    Ardour's Lua cannot make a source; a session is XML that can.
    """
    path = session / f"{NAME}.ardour"
    text = path.read_text("utf-8")
    counter = int(re.search(r'id-counter="(\d+)"', text)[1]) + 1000  # type: ignore[index]  # it is there
    midi = mido.MidiFile(type=0, ticks_per_beat=TICKS, tracks=[mido.MidiTrack()])
    for chord in pitches:
        for kind in ("note_on", "note_off"):
            for index, pitch in enumerate(chord):
                time = TICKS if kind == "note_off" and index == 0 else 0
                midi.tracks[0].append(mido.Message(kind, note=pitch, velocity=90, channel=CHANNEL, time=time))
    folder = session / "interchange" / session.name / "midifiles"
    folder.mkdir(parents=True, exist_ok=True)
    midi.save(folder / f"{track}-1.mid")
    source = f'<Source name="{track}-1.mid" type="midi" flags="Writable,CanRename" id="{counter}"/>'
    region = (
        f'<Region name="{track}-1" type="midi" muted="0" opaque="1" locked="0" whole-file="0" automatic="0" '
        f'hidden="0" start="b0" length="b{len(pitches) * TICKS}@b{int(first * TICKS)}" stretch="1" shift="1" '
        f'first-edit="nothing" id="{counter + 1}" source-0="{counter}" master-source-0="{counter}"/>'
    )
    text = text.replace("<Sources/>", "<Sources></Sources>").replace("</Sources>", f"{source}</Sources>")
    text = re.sub(rf'(<Playlist [^>]*name="{track}"[^>]*)/>', rf"\1>{region}</Playlist>", text)
    text = re.sub(r'id-counter="\d+"', f'id-counter="{counter + 2}"', text)
    path.write_text(text, "utf-8")


def beats(text: str) -> float:
    """A position of a session's file, such as `b7680`."""
    assert text.startswith("b"), text
    return int(text[1:]) / TICKS


def saved_regions(session: Path) -> list[Region]:
    """What the session's own files hold, read without Ardour."""
    root = ET.fromstring((session / f"{NAME}.ardour").read_text("utf-8"))
    names = {source.get("id"): source.get("name", "") for source in root.iter("Source")}
    midi = {path.name: path for path in session.rglob("*.mid")}
    found = []
    for playlist in root.findall("./Playlists/Playlist"):
        for region in playlist.findall("Region"):
            length, first = (beats(part) for part in region.get("length", "").split("@"))
            heard = notes_of(midi[names[region.get("source-0")]])
            found.append(Region(playlist.get("name", ""), region.get("name", ""), first, length, heard))
    return sorted(found, key=lambda region: (region.first, region.track))


def notes_of(path: Path) -> tuple[Heard, ...]:
    file = mido.MidiFile(path)
    now, sounding, found = 0.0, {}, []
    for message in mido.merge_tracks(file.tracks):
        now += message.time / file.ticks_per_beat
        if message.type == "note_on" and message.velocity > 0:
            sounding[message.channel, message.note] = (now, message.velocity)
        elif message.type in {"note_on", "note_off"}:
            onset, velocity = sounding.pop((message.channel, message.note))
            found.append(Heard(onset, now - onset, message.note, velocity, message.channel))
    assert not sounding
    return tuple(sorted(found))


def listed_regions(session: Path, home: Path) -> list[Region]:
    """What Ardour finds when it opens the session again."""
    found: list[tuple[list[str], list[Heard]]] = []
    for line in ardour("list.lua", session, NAME, home=home):
        kind, *fields = line.split("\t")
        if kind == "REGION":
            found.append((fields, []))
        elif kind == "NOTE":
            onset, duration = (int(b) + int(t) / TICKS for b, t in (f.split(":") for f in fields[:2]))
            pitch, velocity, channel = map(int, fields[2:])
            found[-1][1].append(Heard(onset, duration, pitch, velocity, channel))
    return [
        Region(track, name, int(first) / TICKS, int(length) / TICKS, tuple(sorted(heard)))
        for (track, name, first, length), heard in found
    ]


def check_answers(answers: Sequence[Region], home: Path, session: Path) -> None:
    for answer in answers:
        assert answer.notes
        for note in answer.notes:
            assert note.channel == CHANNEL
            assert note.onset >= 0
            assert note.onset + note.duration <= answer.length + 1e-6
    by_ardour = {(region.track, region.first): region for region in listed_regions(session, home)}
    for answer in answers:
        again = by_ardour[answer.track, answer.first]
        assert again.length == answer.length
        assert [note.pitch for note in again.notes] == [note.pitch for note in answer.notes]
        assert [note.onset for note in again.notes] == pytest.approx([note.onset for note in answer.notes])


def press(session: Path, home: Path, action: str, *regions: str) -> list[str]:
    """Run an installed action; what it told its user."""
    path = config_folder(home) / "scripts" / f"MAC-Net_{action}.lua"
    said = ardour("press.lua", session, NAME, path, *regions, home=home)
    assert f"ACTION MAC-Net: {action} (EditorAction)" in said
    return [line.removeprefix("DIALOG MAC-Net: ") for line in said if line.startswith("DIALOG")]


@pytest.mark.usefixtures("bridge")
def test_a_clip_is_continued_right_after_it_and_accompanied_on_a_new_track(
    tmp_path: Path, home: Path
) -> None:
    session = tmp_path / "first"
    ardour("make.lua", session, NAME, "Melody", home=home)
    write_clip(session, "Melody", 4, [(pitch,) for pitch in TUNE])
    (before,) = saved_regions(session)
    assert press(session, home, "Continue", "Melody-1") == []
    primer, *answers = saved_regions(session)
    assert primer == before
    assert [(answer.track, answer.first, answer.length) for answer in answers] == [
        ("Melody", 20, 32),
        ("Melody-1 accompaniment", 20, 32),
    ]
    assert all(re.fullmatch(r"Melody-1 > \S+ #\d+", answer.name) for answer in answers)
    check_answers(answers, home, session)
    assert press(session, home, "Continue", answers[0].name) == []
    more = [region for region in saved_regions(session) if region.first == 52]
    assert [region.track for region in more] == ["Melody", "Melody-1 accompaniment"]
    assert all(re.fullmatch(r"Melody-1 > \S+ #\d+", region.name) for region in more)


@pytest.mark.usefixtures("bridge")
def test_two_regions_go_on_together_and_fill_the_bar_after_a_change_of_meter(
    tmp_path: Path, home: Path
) -> None:
    session = tmp_path / "second"
    ardour("make.lua", session, NAME, "Lead", "Keys", home=home, METER="6/8", TEMPO="90")
    write_clip(session, "Lead", 6, [(pitch,) for pitch in TUNE[:12]])
    write_clip(session, "Keys", 6, [(48, 52, 55), (47, 50, 55)] * 6)
    before = {region.name: region for region in saved_regions(session)}
    assert press(session, home, "Continue", "Keys-1", "Lead-1") == []
    after = saved_regions(session)
    assert {region.name: region for region in after if region.first == 6} == before
    answers = [region for region in after if region.first == 18]
    assert {answer.track for answer in answers} == {"Lead", "Keys"}
    assert {answer.last for answer in answers} == {20 + 8 * 3}  # 18 is in the bar of 6/8 from 17 to 20
    check_answers(answers, home, session)


@pytest.mark.usefixtures("bridge")
def test_nothing_is_overwritten_and_the_accompaniment_lies_beneath(tmp_path: Path, home: Path) -> None:
    session = tmp_path / "third"
    ardour("make.lua", session, NAME, "Melody", home=home)
    write_clip(session, "Melody", 0, [(pitch,) for pitch in TUNE])
    assert press(session, home, "Accompany", "Melody-1") == []
    (beneath,) = (region for region in saved_regions(session) if region.track != "Melody")
    assert (beneath.first, beneath.length) == (0, 16)
    check_answers([beneath], home, session)


def test_a_bridge_that_is_not_there_is_told_and_the_session_stays(tmp_path: Path, home: Path) -> None:
    session = tmp_path / "fourth"
    ardour("make.lua", session, NAME, "Melody", home=home)
    write_clip(session, "Melody", 0, [(pitch,) for pitch in TUNE])
    before = saved_regions(session)
    (told,) = press(session, home, "Continue", "Melody-1")
    assert "macnet serve" in told
    (told,) = press(session, home, "Continue")
    assert told == "Select a MIDI region first."
    assert saved_regions(session) == before
