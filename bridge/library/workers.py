"""Reads files in processes of their own, one a core: a file that kills or stops its reader costs that file alone.

Each process gets a few files at a time through a pipe and answers one by one, so it is always known which file a
process was at when it died. Answers are JSON: nothing is unpickled from a process that a file may have broken.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from bridge.library.reading import FileReading, Task, read_file
from bridge.library.rows import reading_of, reading_row, task_of, task_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.process import BaseProcess

_AT_ONCE = 16
"""Files that a process is given at a time: enough that it never waits, few enough to share evenly."""

_READY = b"ready"

PATIENCE_S = 60.0
"""How long one file may take before its reader counts as stopped."""


def read_files(
    tasks: Iterable[Task],
    *,
    workers: int = 0,
    patience_s: float = PATIENCE_S,
    read: Callable[[Task], FileReading] = read_file,
) -> Iterator[tuple[Task, FileReading]]:
    """Read files on all cores; yield each with what became of it, in whatever order they are done.

    `tasks` are drawn as they are needed, so there may be any number of them.

    Args:
        tasks: the files.
        workers: processes; 0: one for each core that this process may use.
        patience_s: seconds for one file.
        read: what reads one; a function of a module, which the processes import.
    """
    pool = _Pool(iter(tasks), workers or _cores(), patience_s, read)
    try:
        yield from pool.run()
    finally:
        pool.close()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class _Worker:
    """A process with the files that it was given and has not answered yet."""

    process: BaseProcess
    pipe: Connection
    pending: deque[Task] = field(default_factory=deque)
    heard_at: float = 0.0
    is_ready: bool = False


class _Pool:
    """Keeps the processes busy until there are no more files."""

    def __init__(
        self, tasks: Iterator[Task], most: int, patience_s: float, read: Callable[[Task], FileReading]
    ) -> None:
        self.tasks = tasks
        self.most = most
        self.patience_s = patience_s
        self.read = read
        self.again: deque[Task] = deque()
        self.workers: list[_Worker] = []
        # A fork would copy locks and threads of whoever calls; and not every system has it.
        self.context = multiprocessing.get_context("spawn")

    def run(self) -> Iterator[tuple[Task, FileReading]]:
        self._feed()
        while self.workers:
            for worker in self._ready():
                yield from self._answers(worker)
            yield from self._stopped()
            self._feed()

    def close(self) -> None:
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()
        self.workers = []

    def _feed(self) -> None:
        """Give every process enough to do; start one more while there are files for it; end those without."""
        for worker in self.workers:
            if len(worker.pending) <= _AT_ONCE // 2:
                self._give(worker, self._draw(_AT_ONCE - len(worker.pending)))
        while len(self.workers) < self.most and (tasks := self._draw(_AT_ONCE)):
            worker = self._start()
            self.workers.append(worker)
            self._give(worker, tasks)
        for worker in [worker for worker in self.workers if not worker.pending]:
            self._end(worker)

    def _draw(self, count: int) -> list[Task]:
        # What a dead process left is given out one by one: the next death must not take others along.
        again = [self.again.popleft()] if self.again else []
        return again or list(islice(self.tasks, count))

    def _start(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=_work, args=(theirs, self.read), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, heard_at=time.monotonic())

    def _give(self, worker: _Worker, tasks: list[Task]) -> None:
        if not tasks:
            return
        if not worker.pending:
            worker.heard_at = time.monotonic()
        worker.pending.extend(tasks)
        with suppress(OSError):  # it died meanwhile: its pipe will say so
            worker.pipe.send_bytes(json.dumps([task_row(task) for task in tasks]).encode())

    def _ready(self) -> list[_Worker]:
        pipes = {worker.pipe: worker for worker in self.workers}
        return [pipes[pipe] for pipe in wait(list(pipes), timeout=min(1.0, self.patience_s / 4))]  # type: ignore[index]  # only ours are waited for

    def _answers(self, worker: _Worker) -> Iterator[tuple[Task, FileReading]]:
        try:
            answer = worker.pipe.recv_bytes()
        except (EOFError, OSError) as error:
            if not worker.is_ready:
                raise RuntimeError("a process that reads files cannot be started") from error
            yield from self._lost(worker, "library.crashed", "its reader ended while it was at this file")
            return
        worker.heard_at = time.monotonic()
        if not worker.is_ready:
            worker.is_ready = True
            return
        yield worker.pending.popleft(), reading_of(json.loads(answer))

    def _stopped(self) -> Iterator[tuple[Task, FileReading]]:
        now = time.monotonic()
        for worker in [w for w in self.workers if w.is_ready and now - w.heard_at > self.patience_s]:
            reason = f"it was not read within {self.patience_s:g} seconds"
            yield from self._lost(worker, "library.stopped", reason)

    def _lost(self, worker: _Worker, code: str, reason: str) -> Iterator[tuple[Task, FileReading]]:
        """A process is gone: the file that it was at is left out, the others go to the next process."""
        task, *others = worker.pending
        worker.pending.clear()
        self.again.extend(others)
        self._end(worker)
        yield task, FileReading(code, reason)

    def _end(self, worker: _Worker) -> None:
        self.workers.remove(worker)
        worker.pipe.close()
        worker.process.join(timeout=0.2)
        worker.process.kill()
        worker.process.join()


def _work(pipe: Connection, read: Callable[[Task], FileReading]) -> None:
    """The life of one process: read what comes until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asked; the pipe closes then
    # Songs are many small values without circles: looking for some all the time costs 5 %.
    gc.set_threshold(200_000, 20, 20)
    with suppress(EOFError, OSError):
        pipe.send_bytes(_READY)
        while True:
            for row in json.loads(pipe.recv_bytes()):
                pipe.send_bytes(json.dumps(reading_row(_read(task_of(row), read))).encode())


def _read(task: Task, read: Callable[[Task], FileReading]) -> FileReading:
    try:
        return read(task)
    except Exception as error:  #  a fault of ours in one file must not cost the others
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        return FileReading("library.failed", f"macnet met a fault of its own ({what})")
