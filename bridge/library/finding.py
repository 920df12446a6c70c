"""Finds what may be music in a folder and below it, and says what cannot be looked at.

Nothing is opened here. Folders that are links are entered after all real ones, each folder only once, so that links
in a circle end and a file keeps the name under which it really lies.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bridge.errors import LibraryMissing
from bridge.music.song import MIDI_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE_SUFFIXES = (".als", ".alc")
REAPER_SUFFIXES = (".rpp",)
SUFFIXES = (*MIDI_SUFFIXES, *LIVE_SUFFIXES, *REAPER_SUFFIXES)
"""What the names of files with music in them end in; case does not matter."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may hold music, or a folder that could not be looked into.

    Attributes:
        name: the path within the library, with `/`, printable whatever bytes the file system holds.
        path: where it is.
        size: bytes.
        mtime_ns, inode: with the size, what tells that a file was not changed.
        code: why it is not read; empty when it can be tried.
        reason: the same as a sentence.
        is_folder: it is a folder; only those with a `code` are told of.
    """

    name: str
    path: Path
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0
    code: str = ""
    reason: str = ""
    is_folder: bool = False


def find_files(folder: Path) -> Iterator[Found]:
    """Yield every file that may hold music, in order of names within each folder.

    Raises:
        LibraryMissing: there is no such folder.
    """
    root = check_folder(folder)
    waiting = deque([root])
    links: deque[Path] = deque()
    seen: set[tuple[int, int]] = set()
    while waiting or links:
        is_link = not waiting
        here = links.popleft() if is_link else waiting.pop()
        if not _is_new(here, seen):
            if is_link:
                yield _skipped(root, here, "library.link", "it leads to a folder that is read already")
            continue
        try:
            inside = _list(here)
        except OSError as error:
            yield _skipped(root, here, "library.unreadable", f"the folder cannot be opened: {error.strerror}")
            continue
        links += [here / name for name in inside.links]
        waiting += [here / name for name in reversed(inside.folders)]
        yield from (_look_at(root, here / name) for name in inside.files)


def check_folder(folder: Path) -> Path:
    """The folder, if there is one.

    Raises:
        LibraryMissing: there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise LibraryMissing(f"there is no folder {root}", hint="Name the folder that your music lies in.")
    return root


class _Inside(NamedTuple):
    """The names in a folder, in order; of files those that may hold music."""

    folders: list[str]
    links: list[str]
    files: list[str]


def _list(folder: Path) -> _Inside:
    inside = _Inside([], [], [])
    with os.scandir(folder) as entries:
        for entry in entries:
            if _is_folder(entry):
                (inside.links if entry.is_symlink() else inside.folders).append(entry.name)
            elif is_candidate(entry.name):
                inside.files.append(entry.name)
    for names in inside:
        names.sort()
    return inside


def count_files(folder: Path) -> int:
    """About how many files `find_files` will yield, without looking at any: for a progress bar."""
    return sum(is_candidate(name) for _, _, names in os.walk(folder) for name in names)


def is_candidate(name: str) -> bool:
    """Whether a file's name ends like one that may hold music."""
    return name.lower().endswith(SUFFIXES)


def printable(name: str) -> str:
    """A name that can be written and shown, also where the file system's bytes are no text."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one; a link to itself is none, and no error."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_new(folder: Path, seen: set[tuple[int, int]]) -> bool:
    try:
        state = folder.stat()
    except OSError:
        return True  # opening it will say what is wrong
    identity = (state.st_dev, state.st_ino)
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _skipped(root: Path, folder: Path, code: str, reason: str) -> Found:
    return Found(_name(root, folder), folder, code=code, reason=reason, is_folder=True)


def _look_at(root: Path, path: Path) -> Found:
    name = _name(root, path)
    if path.name.startswith("._"):
        return Found(name, path, code="library.companion", reason="macOS's notes about a file, not the file")
    try:
        state = path.stat()
    except OSError as error:
        if path.is_symlink():
            return Found(name, path, code="library.broken_link", reason="a link that leads nowhere")
        return Found(name, path, code="library.unreadable", reason=f"it cannot be opened: {error.strerror}")
    if not stat.S_ISREG(state.st_mode):
        return Found(name, path, code="library.not_a_file", reason="not a file but a device or a pipe")
    known = Found(name, path, state.st_size, state.st_mtime_ns, state.st_ino)
    return known if state.st_size or path.is_symlink() else _empty(known)


def _empty(found: Found) -> Found:
    return Found(found.name, found.path, code="library.empty_file", reason="the file holds 0 bytes")


def _name(root: Path, path: Path) -> str:
    return printable(path.relative_to(root).as_posix())
