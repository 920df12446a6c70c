"""What stops a training from outside, in words: a full disk, a folder that cannot be written, too little memory."""

from __future__ import annotations

import errno
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bridge.errors import DiskFull, OutOfMemory, TrainingUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_MEMORY: Final = re.compile("out of memory|can't allocate memory|not enough memory", re.IGNORECASE)
"""What torch says, which has a class of its own for this on some devices alone."""


@contextmanager
def told_apart(folder: Path) -> Iterator[None]:
    """Within it, what the system or torch lacks is one clear error; models that are finished are not touched.

    Args:
        folder: where the run is kept.

    Raises:
        DiskFull, TrainingUnwritable: the run or the model cannot be saved.
        OutOfMemory: there is too little of it, here or on the GPU.
    """
    try:
        yield
    except MemoryError as error:
        raise _out_of_memory() from error
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise _out_of_memory() from error
        raise _unwritable(folder, error) from error
    except RuntimeError as error:
        if _NO_MEMORY.search(str(error)):
            raise _out_of_memory() from error
        raise


def _out_of_memory() -> OutOfMemory:
    return OutOfMemory(
        "there is not enough memory to go on",
        hint="Close other programs, then go on with --resume; what was learned is kept, and so is every model.",
    )


def _unwritable(folder: Path, error: OSError) -> DiskFull | TrainingUnwritable:
    if error.errno in _FULL:
        return DiskFull(
            f"the disk of {folder} is full",
            hint="Free some space (200 MB will do), then go on with --resume; every model is as it was.",
        )
    return TrainingUnwritable(
        f"{folder} cannot be written: {error.strerror or error}",
        hint="Name a folder that can be written with --data-dir; every model is as it was.",
    )
