"""A clip on disk, a composer that answers with scales, and a way to run a command and see what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from bridge.cli.edge import run
from bridge.config import DEFAULT_MODEL
from bridge.music.midifile import write_song
from bridge.music.note import VOICES, Clip, Meter, MeterChange, Note, Role
from bridge.music.song import Song, TempoChange, Track
from bridge.request import Kind, Request, Variation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

QUARTER = 960


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  whatever the command printed
        """The last line of stdout."""
        return json.loads(self.out.splitlines()[-1])


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data folder"
    monkeypatch.setenv("MACNET_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def macnet(capsys: pytest.CaptureFixture[str], data_dir: Path) -> Callable[..., Said]:
    """Runs a command as the terminal would, with its error handling, in a data folder of its own."""
    del data_dir  # set by its fixture

    def command(*args: object) -> Said:
        capsys.readouterr()
        code = run([str(arg) for arg in args])
        return Said(code, *capsys.readouterr())

    return command


@pytest.fixture
def waltz(tmp_path: Path) -> Path:
    """Four bars of 3/4 at 90 BPM, melody over chords: `waltz.mid`."""
    melody = tuple(
        Note(bar * 3 * QUARTER + beat * QUARTER, 72 + beat, QUARTER) for bar in range(4) for beat in range(3)
    )
    chords = tuple(
        sorted(Note(bar * 3 * QUARTER, pitch, 3 * QUARTER, 70) for bar in range(4) for pitch in (48, 52, 55))
    )
    tracks = (Track("Melody", melody, channel=0), Track("Chords", chords, channel=1))
    path = tmp_path / "waltz.mid"
    meters, tempos = (MeterChange(0, Meter(3, 4)),), (TempoChange(0, 90.0),)
    write_song(path, Song(tracks, 12 * QUARTER, meters, tempos, "Waltz"))
    return path


@dataclass(frozen=True)
class ScaleCard:
    name: str
    version: str
    description: str
    beats: Mapping[str, int]


class ScaleShelf:
    """A shelf with one model, whose version a test may change, and what it has heard."""

    version = "1"
    beats: Mapping[str, int] = MappingProxyType({})

    def names(self) -> tuple[str, ...]:
        return ("folk",)

    def card(self, name: str) -> ScaleCard:
        return ScaleCard(name, self.version, "plays scales", self.beats)


class ScaleComposer:
    """Answers with a scale that starts on the rng seed; remembers what it was asked."""

    def __init__(self) -> None:
        self.shelf = ScaleShelf()
        self.asked: list[Request] = []
        self.transposed = 0
        self.fault: BaseException | None = None

    def compose(
        self,
        request: Request,
        *,
        on_progress: Callable[[float], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> tuple[Variation, ...]:
        assert not should_stop()
        self.asked.append(request)
        if self.fault:
            raise self.fault
        on_progress(1.0)
        return tuple(Variation(n, self._clips(request, n)) for n in range(request.variations))

    def runtime(self, name: str) -> None:
        assert name in {"folk", DEFAULT_MODEL}

    def _clips(self, request: Request, number: int) -> dict[Role, Clip]:
        meters = (MeterChange(0, request.meter),)
        first = 48 + (request.rng_seed + number) % 12 + self.transposed
        notes = tuple(Note(at, first + i % 8, 480) for i, at in enumerate(range(0, request.length, 480)))
        roles = [Role.ACCOMPANIMENT] if request.kind is Kind.ACCOMPANY else VOICES
        return {role: Clip(notes, request.length, meters) for role in roles}


@pytest.fixture
def composer(monkeypatch: pytest.MonkeyPatch) -> ScaleComposer:
    made = ScaleComposer()
    monkeypatch.setattr("bridge.cli.compose.open_composer", lambda _: made)
    monkeypatch.setattr("bridge.cli.compose.version_in", lambda _: lambda name: made.shelf.card(name).version)
    return made
