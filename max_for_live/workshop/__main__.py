"""`python -m max_for_live.workshop`: build the Live device, draw it, or read devices that others made."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bridge.wholefile import write_whole
from max_for_live.workshop.build import DEVICE, ROOT, device_of, read_sources
from max_for_live.workshop.container import BadDevice, Device, read_device, write_device
from max_for_live.workshop.patch import read_patch

PICTURE = ROOT.parent / "docs" / "images" / "device.svg"


def main() -> None:
    """Parse, do one thing, say so."""
    parser = argparse.ArgumentParser(prog="python -m max_for_live.workshop", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="write MAC-Net.amxd")
    commands.add_parser("picture", help="write docs/images/device.svg")
    reading = commands.add_parser("read", help="read every .amxd in a folder, and pack it again")
    reading.add_argument("folder", type=Path)
    options = parser.parse_args()
    if options.command == "read":
        sys.exit(_read(options.folder))
    sys.exit(_build() if options.command == "build" else _draw())


def _build() -> int:
    sources = read_sources()
    data = write_device(device_of(sources))
    write_whole(DEVICE, data)
    print(f"{DEVICE.relative_to(ROOT.parent)}: build {sources.stamp}, {len(data)} bytes")
    return 0


def _draw() -> int:
    from max_for_live.workshop.picture import draw  # noqa: PLC0415  Pillow is for developers; a build does without

    patch = read_patch(json.dumps(device_of(read_sources()).patcher()))
    PICTURE.parent.mkdir(exist_ok=True)
    write_whole(PICTURE, draw(patch).encode("utf-8"))
    print(f"{PICTURE.relative_to(ROOT.parent)}")
    return 0


def _read(folder: Path) -> int:
    """Say what is in each device of a folder; 1 if one of them could not be read or packed again."""
    faults = 0
    for path in sorted(folder.rglob("*.amxd")):
        told, sound = describe(path.read_bytes())
        faults += not sound
        print(f"{path.relative_to(folder)}: {told}")
    return int(faults > 0)


def describe(data: bytes) -> tuple[str, bool]:
    """What a device's bytes are, in a line, and whether all is well with them."""
    try:
        device = read_device(data)
        boxes = len(device.patcher()["patcher"]["boxes"])
    except BadDevice as error:
        return str(error), False
    same = write_device(device) == data
    files = f"frozen with {_files(device)}" if device.entries else "unfrozen"
    packed = "packs to the same bytes" if same else "packs to OTHER bytes"
    return f"{device.kind.decode('latin-1')}, {boxes} boxes, {files}; {packed}", same


def _files(device: Device) -> str:
    others = [entry.name for entry in device.entries[1:]]
    return f"{len(others)} files ({', '.join(others[:4])}{' …' if len(others) > 4 else ''})"


if __name__ == "__main__":
    main()
