"""One thread that composes, one request after another, while the server goes on listening."""

from __future__ import annotations

import logging
import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from bridge.errors import MacNetError, RequestCancelled, RequestFailed
from bridge.wire.messages import TakeNotes
from bridge.wire.notes import take_messages
from bridge.wire.outbox import HEAD
from bridge.wire.packets import format_message
from bridge.wire.requests import PROGRESS_EVERY_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.request import Request, Variation
    from bridge.wire.desk import Shelf
    from bridge.wire.outbox import Slot
    from bridge.wire.post import Job

log = logging.getLogger(__name__)

_JOIN_S = 5.0


class Composer(Protocol):
    """What answers requests."""

    @property
    def shelf(self) -> Shelf:
        """The models that can be chosen."""

    def compose(
        self, request: Request, *, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
    ) -> tuple[Variation, ...]:
        """The variations that answer a request; raises `MacNetError` where there is no answer."""


class Takes(Protocol):
    """What keeps the answers."""

    def informed(self, request: Request, *, is_new: bool) -> Request:
        """The request, knowing which answers its clip was given before."""

    def keep(self, request: Request, variations: Sequence[Variation], *, client: str) -> tuple[int, ...]:
        """Keep variations for good and return their take ids."""

    def star(self, take_id: int, *, starred: bool) -> None:
        """Mark a favourite; raises `TakeMissing`."""


class Outcome(Protocol):
    """Who is told how a job goes; called from the worker's thread."""

    def progress(self, job: Job, fraction: float) -> None:
        """A job is `fraction` done."""

    def finished(self, job: Job, packets: Sequence[tuple[Slot, bytes]]) -> None:
        """A job is done, its takes are kept."""

    def failed(self, job: Job, error: MacNetError) -> None:
        """A job has failed."""


class Worker:
    """The thread that composes.

    Args:
        composer: answers the requests.
        takes: keeps the answers, before anyone hears of them.
        outcome: is told how it goes.
    """

    def __init__(self, composer: Composer, takes: Takes, outcome: Outcome) -> None:
        self._composer, self._takes, self._outcome = composer, takes, outcome
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="macnet-compose", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def add(self, job: Job) -> None:
        """Let a job wait for its turn; how many may is the desk's business."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Work no more; a job under way ends as soon as the composer looks at its `should_stop`."""
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._work(job)

    def _work(self, job: Job) -> None:
        try:
            packets = self._answer(job)
        except MacNetError as error:
            self._outcome.failed(job, error)
        except Exception as error:  # the one edge: an unforeseen fault must not end the server
            what = f"{type(error).__name__}: {error}"
            log.error("A request failed with %s", what)  # one line: a traceback is for tests
            self._outcome.failed(
                job, RequestFailed(f"the bridge met a fault of its own: {what}", hint=_REPORT)
            )
        else:
            self._outcome.finished(job, packets)

    def _answer(self, job: Job) -> list[tuple[Slot, bytes]]:
        _check_wanted(job)
        request = self._takes.informed(job.request, is_new=job.is_new)
        variations = self._composer.compose(
            request, on_progress=self._teller(job), should_stop=job.stop.is_set
        )
        _check_wanted(job)
        take_ids = self._takes.keep(request, variations, client=job.client)
        return list(answer_packets(job, variations, take_ids))

    def _teller(self, job: Job) -> Callable[[float], None]:
        """Hand progress on, but not more often than it is told: the composer may report every note."""
        last_s = float("-inf")

        def tell(fraction: float) -> None:
            nonlocal last_s
            now = time.monotonic()
            if now >= last_s + PROGRESS_EVERY_S:
                last_s = now
                self._outcome.progress(job, fraction)

        return tell


_REPORT = "Try again; if it stays, report it with what you sent."


def answer_packets(
    job: Job, variations: Sequence[Variation], take_ids: Sequence[int]
) -> Iterator[tuple[Slot, bytes]]:
    """The packets that hand a job's variations to the client, each with what `resend` calls it."""
    for variation, take_id in zip(variations, take_ids, strict=True):
        for message in take_messages(job.key[1], variation, take_id=take_id, rng_seed=job.request.rng_seed):
            number = message.packet if isinstance(message, TakeNotes) else HEAD
            yield (message.variation, message.role, number), format_message(message)


def _check_wanted(job: Job) -> None:
    if job.stop.is_set():
        raise RequestCancelled("the request was cancelled", hint="Ask again with a new id.")
