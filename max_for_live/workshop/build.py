"""From `device.maxpat` and `code/*.js` to the bytes of `MAC-Net.amxd`, the same ones each time."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge import __version__
from max_for_live.workshop.container import (
    META_FROZEN,
    MIDI_EFFECT,
    PATCHER_FLAG,
    BadDevice,
    Device,
    Entry,
    write_device,
)
from max_for_live.workshop.patch import format_patch

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
"""The folder `max_for_live`."""
DEVICE = ROOT / "MAC-Net.amxd"
MODIFIED = 3_590_052_786
"""The date of every file inside, in seconds since 1904: a clock would make each build another file."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a device is made of.

    Attributes:
        face: the contract between patch and scripts, `face.json`.
        patch: the text of `device.maxpat`.
        scripts: names and texts, in the order in which they are joined.
    """

    face: Mapping[str, Any]
    patch: str
    scripts: tuple[tuple[str, str], ...]

    @property
    def joined(self) -> str:
        """All scripts as one, each under its name."""
        return "".join(f"// ---- {name}\n{text.rstrip()}\n" for name, text in self.scripts)

    @property
    def hash(self) -> str:
        """Eight letters that change with every change of a source."""
        return hashlib.sha256((self.joined + self.patch).encode("utf-8")).hexdigest()[:8]

    @property
    def stamp(self) -> str:
        """Version and hash: what the device shows, and what the script says of itself."""
        return f"{__version__}-{self.hash}"

    @property
    def script_name(self) -> str:
        """The script's name in the device: Max may keep scripts by name, so a new build has a new one."""
        return f"{Path(self.face['script']['file']).stem}-{self.hash}.js"


def read_sources(root: Path = ROOT) -> Sources:
    """Read the sources from a folder like `max_for_live`.

    Raises:
        OSError: a file that `face.json` names is missing.
    """
    face = json.loads((root / "face.json").read_text("utf-8"))
    scripts = tuple((name, (root / "code" / name).read_text("utf-8")) for name in face["script"]["sources"])
    return Sources(face, (root / "device.maxpat").read_text("utf-8"), scripts)


def device_of(sources: Sources) -> Device:
    """The device, frozen: its patch, and the scripts as one file.

    Raises:
        BadDevice: the patch has no script box or no place for the stamp.
    """
    patch = format_patch(stamped(sources))
    script = f'var BUILD = "{sources.stamp}";\n{sources.joined}'
    return Device(
        MIDI_EFFECT,
        META_FROZEN,
        (
            Entry(b"JSON", DEVICE.name, patch.encode("utf-8") + b"\0", PATCHER_FLAG, modified=MODIFIED),
            Entry(b"TEXT", sources.script_name, in_ascii(script).encode("ascii"), modified=MODIFIED),
        ),
    )


def stamped(sources: Sources) -> dict[str, Any]:
    """The patch with the build's stamp on its face and the build's script in its box.

    Raises:
        BadDevice: the patch has no script box or no place for the stamp.
    """
    patch: dict[str, Any] = json.loads(sources.patch)
    boxes = [each["box"] for each in patch["patcher"]["boxes"]]
    scripts = [box for box in boxes if box.get("text") == f"js {sources.face['script']['file']}"]
    places = [box for box in boxes if box.get("varname") == "build"]
    if len(scripts) != 1 or len(places) != 1:
        raise BadDevice("device.maxpat needs one script box and one box named build.")
    scripts[0]["text"] = f"js {sources.script_name}"
    scripts[0]["saved_object_attributes"]["filename"] = sources.script_name
    places[0]["text"] = sources.stamp
    return patch


def in_ascii(script: str) -> str:
    r"""A script with `…` written as `\u2026`: what encoding Max reads scripts in need not be known."""
    return re.sub(r"[^\0-\x7f]", lambda found: _escaped(found[0]), script)


def _escaped(letter: str) -> str:
    units = letter.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def build(root: Path = ROOT) -> bytes:
    """The bytes of the device that a folder's sources make.

    Raises:
        OSError: a source is missing.
        BadDevice: the patch lacks what the build fills in.
    """
    return write_device(device_of(read_sources(root)))
