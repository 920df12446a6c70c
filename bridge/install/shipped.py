"""Where the files for DAWs lie: in an installed package beside the code, in a checkout at its top."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import NotShipped

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = Path(__file__).parents[1]
PLACES = (PACKAGE / "shipped", PACKAGE.parent)
"""`setup.py` fills the first when it builds a package; without it this is a checkout."""

ACTIONS = "reaper_scripts/MAC-Net"
ARDOUR = "ardour_scripts"
DEVICE = "max_for_live/MAC-Net.amxd"


def shipped(path: str) -> Path:
    """A file or folder of the product.

    Raises:
        NotShipped: this copy of the product lacks it.
    """
    for place in PLACES:
        if (place / path).exists():
            return place / path
    hint = "Get a copy that has it, or, in a checkout, build it: `make help` lists how."
    raise NotShipped(f"{Path(path).name} is not part of this copy of macnet", hint=hint)


def scripts_in(folder: Path, into: str) -> Mapping[str, bytes]:
    """Every Lua file of a folder, by where it goes below `into`."""
    return {
        f"{into}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*.lua"))
        if path.name != INSTALLED
    }


INSTALLED = "installed.lua"
"""The one script that is written here and not shipped: how the bridge is started on this machine."""


def installed_script(command: str, data: str) -> bytes:
    """What tells the scripts how this bridge is started.

    Args:
        command: a command line.
        data: its data folder; empty: the usual one.
    """
    values = {"command": command, "data": data}
    fields = "".join(f"  {name} = {lua_text(value)},\n" for name, value in values.items() if value)
    return f"-- @noindex\n-- Written by `macnet install`.\n\nreturn {{\n{fields}}}\n".encode()


def lua_text(text: str) -> str:
    """Any text as Lua reads it: bytes that are not plain are spelled by number."""
    plain = set(range(32, 127)) - set(b'"\\')
    return '"' + "".join(chr(b) if b in plain else f"\\{b:03}" for b in text.encode()) + '"'
