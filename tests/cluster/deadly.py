"""Work that goes wrong, and ends the processes that do it; workers import it."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.library.reading import read_file

if TYPE_CHECKING:
    from bridge.library.reading import FileReading, Task


def kill_the_worker_once(task: Task) -> FileReading:
    """At the file `deadly.mid`, the first time, kill the worker that waits for this process; at `crash.mid`, end."""
    if task.name == "crash.mid":
        os._exit(9)
    if task.name == "deadly.mid":
        mark = task.path.parent.parent / "killed"
        if mark.exists():
            return read_file(task)
        mark.write_text(title_of(os.getppid()), "utf-8")
        os.kill(os.getppid(), signal.SIGKILL)
        os._exit(1)
    return read_file(task)


def title_of(process: int) -> str:
    """What a process calls itself: Ray's workers say what they are at."""
    return Path(f"/proc/{process}/cmdline").read_text("utf-8").strip("\0")


def fill_the_disk(listed: Path, answer: Path) -> None:
    """What a worker meets whose disk is full."""
    del listed, answer
    raise OSError(errno.ENOSPC, "No space left on device")
