"""What a training on a cluster tells whoever waits for it, and is told: one Ray actor beside the one who waits."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.network.training import Ending, TrainProgress


@dataclass(frozen=True, slots=True)
class Fault:
    """What ended a run for good, so that no other worker need try.

    Attributes:
        number: of the system's error; 0 where torch had too little memory.
        what: in the words of the system, or of torch.
    """

    number: int
    what: str

    def error(self) -> Exception:
        """The same error, to be raised where somebody waits."""
        return OSError(self.number, self.what) if self.number else MemoryError(self.what)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        ending: why.
        voices: nats a quarter note of each voice, of the best state.
        is_better: whether that is better than what it started from.
        seconds: how long it learned.
    """

    ending: Ending
    voices: tuple[float, ...]
    is_better: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Notes:
    """What stands on a board.

    Attributes:
        starts: how often the workers began: once, and once more after each loss.
        workers: process ids by rank, of the last start.
        progress: the newest.
        betters: how often a better state was found.
        seconds: how long it had learned by then.
        outcome: once it is over.
        fault: what ended it for good.
    """

    starts: int = 0
    workers: tuple[tuple[int, int], ...] = ()
    progress: TrainProgress | None = None
    betters: int = 0
    seconds: float = 0.0
    outcome: Outcome | None = None
    fault: Fault | None = None


class Board:
    """The actor; it keeps notes and the wish to stop, and does nothing by itself."""

    def __init__(self) -> None:
        self._notes = Notes()
        self._is_stopping = False

    def look(self) -> Notes:
        """What stands here."""
        return self._notes

    def begin(self, rank: int, process: int) -> None:
        """A worker begins."""
        others = tuple(pair for pair in self._notes.workers if pair[0] != rank)
        starts = self._notes.starts + (rank == 0)
        self._notes = replace(self._notes, starts=starts, workers=tuple(sorted((*others, (rank, process)))))

    def note(self, **what: Any) -> None:  # noqa: ANN401  fields of `Notes`
        """Something new, in place of what stood here."""
        self._notes = replace(self._notes, **what)

    def better(self, seconds: float) -> None:
        """There is a better state than before."""
        self._notes = replace(self._notes, betters=self._notes.betters + 1, seconds=seconds)

    def stop(self) -> None:
        """Whoever waits wants the best so far."""
        self._is_stopping = True

    def is_stopping(self) -> bool:
        """Whether somebody wants that."""
        return self._is_stopping


_FINAL: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOMEM}
)
"""What the system says when trying again would not help."""


@contextmanager
def faults_told(tell: Any) -> Iterator[None]:  # noqa: ANN401  a method of an actor
    """Within it, an error that no other worker could do anything about is told of before it is raised."""
    try:
        yield
    except MemoryError as error:
        tell(Fault(0, str(error)))
        raise
    except OSError as error:
        if error.errno in _FINAL:
            tell(Fault(error.errno or errno.EIO, error.strerror or str(error)))
        raise
