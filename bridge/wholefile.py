"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedWriter


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one move, over what was there.

    Whoever reads `path` meanwhile, or after a crash, finds the old file or the new one, never a part. A symbolic
    link stays a link: the file that it names is replaced.

    Raises:
        OSError: nothing was written, and nothing is left behind.
    """
    with open_whole(path) as file:
        file.write(content)


@contextmanager
def open_whole(path: Path) -> Iterator[BufferedWriter]:
    """Write a file bit by bit that appears at `path` in one move when the context ends well, as `write_whole` does.

    Raises:
        OSError: nothing was written, and nothing is left behind.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
