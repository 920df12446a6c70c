"""What putting files into a folder, or taking them out again, comes to: decided first, then done."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.errors import InstallUnwritable, NothingInstalled
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RECORD = ".macnet-installed.json"
"""In the folder: what was put there, each file with the SHA-256 of its bytes."""


class Deed(StrEnum):
    """What becomes of one file."""

    NEW = "new"
    SAME = "unchanged"
    REPLACED = "replaced"
    REMOVED = "removed"
    KEPT = "kept"  # it was put there, but somebody has changed it since


@dataclass(frozen=True, slots=True)
class Step:
    """One file.

    Attributes:
        path: from the folder.
        deed: what becomes of it.
        content: what it will hold, where it is written.
    """

    path: str
    deed: Deed
    content: bytes = b""


def digest(content: bytes) -> str:
    """What a file is known by."""
    return hashlib.sha256(content).hexdigest()


def read_record(folder: Path) -> Mapping[str, str]:
    """What an earlier run has put into a folder; nothing where the record is missing or damaged."""
    files = _recorded(folder, "files")
    if not isinstance(files, dict):
        return {}
    return {path: str(known) for path, known in files.items() if is_inside(folder, path)}


def _recorded(folder: Path, what: str) -> Mapping[str, object] | Sequence[str]:
    with suppress(OSError, ValueError):
        record = json.loads((folder / RECORD).read_text("utf-8"))
        found = record.get(what) if isinstance(record, dict) else None
        if isinstance(found, dict):
            return found
        if isinstance(found, list):
            return [path for path in found if isinstance(path, str) and is_inside(folder, path)]
    return []


def is_inside(folder: Path, path: str) -> bool:
    """Whether a path leads to a place below the folder, whatever its links are."""
    return not Path(path).is_absolute() and (folder / path).resolve().is_relative_to(folder.resolve())


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def plan_install(folder: Path, files: Mapping[str, bytes]) -> list[Step]:
    """What has to happen so that a folder holds these files, and no others that an earlier run has put there."""
    steps = []
    for path, content in files.items():
        there = _content(folder / path)
        deed = Deed.NEW if there is None else Deed.SAME if there == content else Deed.REPLACED
        steps.append(Step(path, deed, content))
    outdated = {path: known for path, known in read_record(folder).items() if path not in files}
    return [*steps, *_removals(folder, outdated)]


def plan_uninstall(folder: Path) -> list[Step]:
    """What has to happen so that nothing remains of what was put into a folder, but for what was changed since.

    Raises:
        NothingInstalled: there is no record of anything.
    """
    record = read_record(folder)
    if not record:
        raise NothingInstalled(
            f"macnet has put nothing into {folder}",
            hint="--to names another folder, as it did at the install.",
        )
    return _removals(folder, record)


def _removals(folder: Path, record: Mapping[str, str]) -> list[Step]:
    found = [(path, known, _content(folder / path)) for path, known in sorted(record.items())]
    return [
        Step(path, Deed.REMOVED if digest(there) == known else Deed.KEPT)
        for path, known, there in found
        if there is not None
    ]


def carry_out(folder: Path, steps: Sequence[Step], *, backup: Path) -> None:
    """Do what was planned; a file that is replaced is kept in `backup` first, under the same path.

    Raises:
        InstallUnwritable: a file cannot be read, written or removed; those before it are done.
    """
    made = set(_recorded(folder, "folders"))
    try:
        for step in steps:
            made |= _missing_folders(folder, step)
            _carry_out(folder / step.path, step, backup / step.path)
        _remove_empty(folder, made)
        _write_record(folder, steps, made)
    except OSError as error:
        hint = "Close the DAW, see whether the folder may be written, and run this again: what is done stays done."
        what = f"{error.filename or folder}: {error.strerror or error}"
        raise InstallUnwritable(what, hint=hint) from error


def _missing_folders(folder: Path, step: Step) -> set[str]:
    """The folders that have to be made for a file."""
    above = [parent.as_posix() for parent in Path(step.path).parents if parent != Path()]
    return {path for path in above if step.content and not (folder / path).exists()}


def _carry_out(path: Path, step: Step, backup: Path) -> None:
    if step.deed is Deed.REPLACED:
        backup.parent.mkdir(parents=True, exist_ok=True)
        write_whole(backup, path.read_bytes())
    if step.deed in {Deed.NEW, Deed.REPLACED}:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, step.content)
    if step.deed is Deed.REMOVED:
        path.unlink()


def _remove_empty(folder: Path, made: set[str]) -> None:
    for path in sorted(made, key=len, reverse=True):  # what lies deeper goes first
        if (folder / path).is_dir() and not any((folder / path).iterdir()):
            (folder / path).rmdir()


def _write_record(folder: Path, steps: Sequence[Step], made: set[str]) -> None:
    files = {step.path: digest(step.content) for step in steps if step.content}
    if not files:
        (folder / RECORD).unlink(missing_ok=True)
        return
    text = json.dumps({"macnet": 1, "files": files, "folders": sorted(made)}, indent=1)
    write_whole(folder / RECORD, f"{text}\n".encode())
