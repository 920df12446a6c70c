"""A model as one file: a ZIP of its folder, taken apart with care.

Whoever sends a model may send anything. So nothing in the file decides where something is written; sizes are bounded
before anything is unpacked; every digest must be right; the graphs may name no file but the model's own weights; and
the model must load. Nothing is ever unpickled. Only then does the model appear, whole.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bridge.errors import ModelDamaged, ModelExists, ModelMissing
from bridge.network.checkpoint import CARD, CONFIG, GRAPHS, WEIGHTS, check_name, read_config
from bridge.network.runtime import Runtime
from bridge.wholefile import open_whole

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX: Final = ".macnet"
MOST_FILES: Final = 64
MOST_BYTES: Final = 512 * 2**20
"""Of all files together, unpacked."""

_FILE: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")
_NEEDED: Final = frozenset({CONFIG, CARD, GRAPHS, WEIGHTS})
_ENTRY_TIME: Final = (1980, 1, 1, 0, 0, 0)
_CHUNK: Final = 2**20

_LOCATION: Final = b"location"
_OWN_WEIGHTS: Final = b"\n\x08location\x12" + bytes([len(WEIGHTS)]) + WEIGHTS.encode()
"""How a graph says where its weights lie: protobuf's key "location" and its value."""


def pack(folder: Path, file: Path) -> None:
    """Write a model as one file, whole or not at all; the same model always gives the same bytes.

    Raises:
        ModelDamaged, ModelIncompatible: it is not whole.
        OSError: the file cannot be written.
    """
    read_config(folder)
    with open_whole(file) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for path in sorted(folder.iterdir()):
            if path.is_file() and _FILE.fullmatch(path.name):
                parcel.writestr(_entry(path.name), path.read_bytes())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ENTRY_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def unpack(file: Path, models_dir: Path, name: str) -> Path:
    """Put a model that someone packed onto the shelf.

    Args:
        file: what `pack` wrote.
        models_dir: the shelf's folder.
        name: what it will be called.

    Raises:
        BadArgument: the name cannot be a model's.
        ModelExists: there is a model of that name.
        ModelMissing: there is no such file.
        ModelDamaged, ModelIncompatible: it is no model, not whole, or not to be trusted; nothing was kept of it.
        OSError: the shelf cannot be written.
    """
    target = models_dir / check_name(name)
    if target.exists():
        raise ModelExists(f"there is a model {name!r} already", hint="Import it under another --name.")
    if not file.is_file():
        raise ModelMissing(f"there is no file {file}", hint="Name a file that `macnet models export` wrote.")
    draft = models_dir / ".importing" / name
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _take_apart(file, draft)
        _check(file, draft)
        return draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):  # another import may be under way
            draft.parent.rmdir()


def _take_apart(file: Path, draft: Path) -> None:
    try:
        with zipfile.ZipFile(file) as parcel:
            entries = parcel.infolist()
            _check_entries(file, entries)
            for entry in entries:
                _copy(parcel, entry, draft / entry.filename)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _no_model(file, f"it cannot be unpacked ({error})") from error


def _check_entries(file: Path, entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES or len({name.lower() for name in names}) < len(names):
        raise _no_model(file, "it holds too many files, or one of them twice")
    for name in names:
        if _FILE.fullmatch(name) is None:
            raise _no_model(file, f"it holds {name!r}, which is no file of a model")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _no_model(file, "it is larger than any model")
    if missing := _NEEDED.difference(names):
        raise _no_model(file, f"it lacks {', '.join(sorted(missing))}")


def _copy(parcel: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    left = entry.file_size
    with parcel.open(entry) as source, target.open("xb") as out:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise zipfile.BadZipFile(f"{entry.filename} is larger than it says")
            out.write(chunk)


def _check(file: Path, draft: Path) -> None:
    """Every file is what its digest says, no other file is named, and the model loads."""
    try:
        digests = json.loads((draft / CONFIG).read_text("utf-8"))["digests"]
        graphs = json.loads((draft / GRAPHS).read_text("utf-8"))
        there = {path.name for path in draft.iterdir()}
        listed = {*map(str, digests), CONFIG, CARD}
        if listed != there or not there.issuperset(map(str, graphs)):
            raise _no_model(file, "its files are not those that its configuration lists")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_model(file, f"its configuration cannot be read ({error})") from error
    for path in draft.glob("*.onnx"):
        content = path.read_bytes()
        if content.count(_LOCATION) != content.count(_OWN_WEIGHTS):
            raise _no_model(file, f"{path.name} names weights outside of the model")
    Runtime(draft)


def _no_model(file: Path, why: str) -> ModelDamaged:
    return ModelDamaged(
        f"{file} is no model that can be used: {why}",
        hint="Ask for it again, as `macnet models export` writes it.",
    )
