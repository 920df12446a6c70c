"""The DAWs: where each keeps its user's files, what it gets, and what its user does next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import InstallFolderMissing
from bridge.install.shipped import (
    ACTIONS,
    ARDOUR,
    DEVICE,
    INSTALLED,
    installed_script,
    scripts_in,
    shipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LIVE_DEVICES = "Presets/MIDI Effects/Max MIDI Effect"
ARDOUR_LIBRARIES = "macnet"


@dataclass(frozen=True, slots=True)
class Machine:
    """What decides where a DAW keeps its files.

    Attributes:
        system: `sys.platform`.
        home: the user's own folder.
        environment: variables by name.
    """

    system: str
    home: Path
    environment: Mapping[str, str]

    def variable(self, name: str, otherwise: Path) -> Path:
        """The folder that a variable names, or another."""
        return Path(self.environment.get(name) or otherwise)


@dataclass(frozen=True, slots=True)
class Started:
    """How the bridge is started on this machine.

    Attributes:
        command: a command line.
        data: the data folder, where it is not the usual one.
    """

    command: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """A DAW.

    Attributes:
        name: what its users call it.
        folder: what the folder is called that it keeps its user's files in.
        shown_by: how a user finds that folder.
        places: where it may lie, the likeliest first.
        marks: one of these lies in it, or it is another folder.
        files: what goes into it, by path from there.
        next_step: what its user does then.
    """

    name: str
    folder: str
    shown_by: str
    places: Callable[[Machine], Sequence[Path]]
    marks: tuple[str, ...]
    files: Callable[[Started], Mapping[str, bytes]]
    next_step: str

    def find(self, machine: Machine) -> Path:
        """The folder, where the DAW keeps it.

        Raises:
            InstallFolderMissing: it is not there.
        """
        tried = self.places(machine)
        for place in tried:
            if self.is_it(place):
                return place
        where = ", ".join(str(place) for place in tried) or "any place known on this system"
        hint = f"Start {self.name} once, or name the folder with --to: {self.shown_by}."
        raise InstallFolderMissing(f"{self.folder} was not found in {where}", hint=hint)

    def check(self, folder: Path) -> Path:
        """A folder that the user names.

        Raises:
            InstallFolderMissing: it is not such a folder.
        """
        if self.is_it(folder):
            return folder
        marks = " or ".join(self.marks)
        raise InstallFolderMissing(
            f"{folder} is not {self.folder}: there is no {marks} in it", hint=f"{self.shown_by}."
        )

    def is_it(self, folder: Path) -> bool:
        """Whether a folder is the one that the DAW uses."""
        return any((folder / mark).exists() for mark in self.marks)


def _reaper_places(machine: Machine) -> Sequence[Path]:
    if machine.system == "win32":
        return [machine.variable("APPDATA", machine.home / "AppData" / "Roaming") / "REAPER"]
    if machine.system == "darwin":
        return [machine.home / "Library" / "Application Support" / "REAPER"]
    return [machine.variable("XDG_CONFIG_HOME", machine.home / ".config") / "REAPER"]


def _reaper_files(started: Started) -> Mapping[str, bytes]:
    into = "Scripts/MAC-Net"
    content = installed_script(started.command, started.data)
    return {**scripts_in(shipped(ACTIONS), into), f"{into}/lib/{INSTALLED}": content}


def _live_places(machine: Machine) -> Sequence[Path]:
    if machine.system == "win32":
        return [machine.home / "Documents" / "Ableton" / "User Library"]
    if machine.system == "darwin":
        return [machine.home / "Music" / "Ableton" / "User Library"]
    return []


def _live_files(_: Started) -> Mapping[str, bytes]:
    device = shipped(DEVICE)
    return {f"{LIVE_DEVICES}/{device.name}": device.read_bytes()}


def _ardour_places(machine: Machine) -> Sequence[Path]:
    if machine.system == "win32":
        base = machine.variable("LOCALAPPDATA", machine.home / "AppData" / "Local")
    elif machine.system == "darwin":
        base = machine.home / "Library" / "Preferences"
    else:
        base = machine.variable("XDG_CONFIG_HOME", machine.home / ".config")
    versions = [place for place in base.glob("[aA]rdour*") if re.fullmatch(r"[aA]rdour\d+", place.name)]
    newest = sorted(versions, key=lambda place: int(place.name[6:]), reverse=True)
    return newest or [base / "ardour7"]


def _ardour_files(started: Started) -> Mapping[str, bytes]:
    own, common = shipped(ARDOUR), shipped(ACTIONS) / "lib"
    libraries = {
        f"{ARDOUR_LIBRARIES}/{name}": (common / name).read_bytes()
        for name in ("mail.lua", "notes.lua", "osc.lua", "place.lua", "wire.lua")
    }
    actions = {f"scripts/{path.name}": path.read_bytes() for path in sorted(own.glob("MAC-Net_*.lua"))}
    installed = {f"{ARDOUR_LIBRARIES}/{INSTALLED}": installed_script(started.command, started.data)}
    return {**actions, **scripts_in(own / "lib", ARDOUR_LIBRARIES), **libraries, **installed}


HOSTS = {
    "reaper": Host(
        "REAPER",
        "REAPER's resource folder",
        "REAPER shows it with Options > Show REAPER resource path",
        _reaper_places,
        ("reaper.ini", "Scripts"),
        _reaper_files,
        "In REAPER: Actions > Show action list > New action > Load ReaScript, and choose every MAC-Net_*.lua in "
        "Scripts/MAC-Net. Then select a MIDI item and run MAC-Net_Continue selected item.",
    ),
    "live": Host(
        "Live",
        "Live's User Library",
        "Live names it in Settings > Library > Location of User Library",
        _live_places,
        ("Presets", "Defaults", "Samples", "Ableton Folder Info"),
        _live_files,
        "In Live's browser: User Library > Presets > MIDI Effects > Max MIDI Effect, and drag MAC-Net onto a MIDI "
        "track.",
    ),
    "ardour": Host(
        "Ardour",
        "Ardour's configuration folder",
        "it is called ardour7 or ardour8 and holds a file called config or recent",
        _ardour_places,
        ("config", "recent", "scripts"),
        _ardour_files,
        "In Ardour: Edit > Lua Scripts > Script Manager, and give MAC-Net: Continue a slot. Then select a MIDI "
        "region and run it.",
    ),
}
