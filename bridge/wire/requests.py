"""Requests from their first packet to their last answer, and for ten minutes after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from bridge.config import LIMITS
from bridge.errors import (
    BadArgument,
    ClipIncomplete,
    MacNetError,
    RequestCancelled,
    RequestUnknown,
    ServerBusy,
)
from bridge.wire.asking import make_request, notices
from bridge.wire.inbox import GIVE_UP_S, Inbox
from bridge.wire.messages import Accepted, Ask, ClipHead, ClipNotes, Done, Missing, Progress
from bridge.wire.outbox import HEAD, Answer, Ended, Memory
from bridge.wire.packets import format_message
from bridge.wire.post import Job, fail_message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bridge.wire.messages import Resend, ToClient
    from bridge.wire.outbox import Key, Slot
    from bridge.wire.post import Post

PROGRESS_EVERY_S = 0.1
"""Seconds between two words on the progress of a request."""
MAX_OPEN = 128
"""Requests that may be under way at once, incomplete ones included."""

Collected: TypeAlias = ClipHead | ClipNotes | Ask
Part: TypeAlias = tuple[str, int]
"""Which packet of a request: a role and packet number (`HEAD`: the announcement), or `ASK`."""
ASK: Final[Part] = ("ask", 0)


@dataclass(slots=True)
class Open:
    """A request under way: being collected while it has no job, then being composed.

    Attributes:
        inbox: what has arrived.
        answer: what has been sent.
        seen: a mark of every packet that arrived, to tell a doubled one from one of another request.
        job: what is being composed.
        progress_s: when progress was last told.
    """

    inbox: Inbox
    answer: Answer = field(default_factory=Answer)
    seen: dict[Part, int] = field(default_factory=dict)
    job: Job | None = None
    progress_s: float = float("-inf")


class Requests:
    """Every request that is under way or remembered. Not thread-safe.

    Args:
        post: takes what is sent.
        choose_rng_seed: gives an rng seed where a request leaves the choice.
        memory: keeps the answers.
        beats_of: of each voice that a model has learned from, by its name.
    """

    def __init__(
        self,
        post: Post,
        *,
        choose_rng_seed: Callable[[], int],
        memory: Memory,
        beats_of: Callable[[str], Mapping[str, int]],
    ) -> None:
        self._beats_of = beats_of
        self._post, self._choose_rng_seed, self._memory = post, choose_rng_seed, memory
        self._open: dict[Key, Open] = {}

    def collect(self, key: Key, message: Collected, now: float) -> None:
        """Take in a packet of a request."""
        part, mark = _part_of(message), hash(message)
        if self._is_over(key, part, mark=mark, now=now):
            return
        under = self._under_way(key, now)
        under.inbox.last_s = now
        known = under.seen.get(part)
        if known == mark:
            self._repeat(key, under, part)
        elif known is not None or under.job is not None:
            self._fail(key, _reused(key), now)
        else:
            under.seen[part] = mark
            self._add(key, under, message=message, now=now)

    def refuse(self, key: Key, part: Part, *, mark: int, error: MacNetError, now: float) -> None:
        """End a request of which one packet is wrong."""
        if not self._is_over(key, part, mark=mark, now=now):
            self._under_way(key, now).seen[part] = mark
            self._fail(key, error, now)

    def look_after(self, now: float) -> None:
        """Ask for what is missing, begin what is complete, give up what is lost."""
        for key, under in [(key, under) for key, under in self._open.items() if under.job is None]:
            if under.inbox.is_ready(now):
                self._begin(key, under, now)
            elif under.inbox.is_lost(now):
                self._fail(key, _incomplete(under.inbox), now)
            elif under.inbox.should_ask(now):
                self._ask_for_missing(key, under, now)

    def due_s(self) -> float | None:
        """When to look after them next if nothing arrives until then."""
        return min((under.inbox.due_s() for under in self._open.values() if under.job is None), default=None)

    def progress(self, job: Job, fraction: float, now: float) -> None:
        """Tell how much of a job is done, unless that was told just now."""
        under = self._under(job)
        if under is not None and now >= under.progress_s + PROGRESS_EVERY_S:
            under.progress_s = now
            self._post.reply(job.key[0], Progress(job.key[1], min(max(fraction, 0.0), 1.0)))

    def finish(self, job: Job, packets: Sequence[tuple[Slot, bytes]], now: float) -> None:
        """Send the answer of a job; nothing if its request has ended meanwhile."""
        under = self._under(job)
        if under is None:
            return
        for slot, packet in packets:
            under.answer.add(packet, slot)
        self._post.send(job.key[0], (packet for _, packet in packets))
        announcements = sum(number == HEAD for (_, _, number), _ in packets)
        self._tell(job.key, under, Done(job.key[1], job.request.variations, announcements))
        self._end(job.key, now)

    def fail(self, job: Job, error: MacNetError, now: float) -> None:
        """End the request of a job that failed."""
        if self._under(job) is not None:
            self._fail(job.key, error, now)

    def cancel(self, key: Key, now: float) -> None:
        """Stop a request; one that has ended is answered with its end."""
        if key in self._open:
            self._fail(
                key, RequestCancelled("the request was cancelled", hint="Ask again with a new id."), now
            )
            return
        ended = self._memory.find(key, now)
        if ended is None:
            self._post.reject(*key, _unknown(key))
            return
        self._post.send(key[0], ended.answer.packets[-1:])

    def resend(self, key: Key, message: Resend, now: float) -> None:
        """Send parts of an answer again."""
        if key in self._open:
            self._post.send(key[0], self._open[key].answer.packets)
            return
        ended = self._memory.find(key, now)
        if ended is None:
            self._post.reject(*key, _unknown(key))
            return
        numbers = [number for (number,) in message.packets]
        packets = ended.answer.find(message.variation, message.role, numbers=numbers)
        if packets:
            self._post.send(key[0], packets)
        else:
            self._post.reject(*key, _no_such_packets(message))

    def stop(self, now: float) -> None:
        """End every request that is under way."""
        for key in list(self._open):
            self._fail(
                key, RequestCancelled("the bridge is stopping", hint="Start it again and ask anew."), now
            )

    def _is_over(self, key: Key, part: Part, *, mark: int, now: float) -> bool:
        """Whether the request has ended; where a packet asks for it again it is answered from memory."""
        ended = self._memory.find(key, now)
        if ended is None:
            return False
        known = ended.seen.get(part)
        if known is None and not ended.was_complete:
            ended.seen[part] = mark  # the rest of a request that failed early is still coming in
            return True
        ended.is_reused = ended.is_reused or known != mark
        if part == ASK and ended.is_reused:
            self._post.reject(*key, _reused(key))
        elif part == ASK:
            self._post.send(key[0], ended.answer.packets)
        return True

    def _under_way(self, key: Key, now: float) -> Open:
        if key not in self._open:
            self._make_room(now)
            self._open[key] = Open(Inbox(last_s=now))
        return self._open[key]

    def _make_room(self, now: float) -> None:
        collecting = (key for key, under in self._open.items() if under.job is None)
        oldest = next(collecting, None)
        if len(self._open) >= MAX_OPEN and oldest is not None:
            error = ServerBusy(
                "too many requests are incomplete", hint="Send all packets of a request at once."
            )
            self._fail(oldest, error, now)

    def _repeat(self, key: Key, under: Open, part: Part) -> None:
        """Answer a doubled packet of a request that is under way."""
        if part == ASK and under.job is not None:
            self._post.send(key[0], under.answer.packets)

    def _add(self, key: Key, under: Open, *, message: Collected, now: float) -> None:
        try:
            under.inbox.add(message)
        except MacNetError as error:
            self._fail(key, error, now)
            return
        if under.inbox.is_ready(now):
            self._begin(key, under, now)

    def _begin(self, key: Key, under: Open, now: float) -> None:
        try:
            job = self._make_job(key, under.inbox)
        except MacNetError as error:
            self._fail(key, error, now)
            return
        under.job, under.inbox = job, Inbox(last_s=now)
        said = notices(key[1], job.request, self._beats_of(job.request.model))
        self._tell(key, under, Accepted(key[1]), *said)
        self._post.step.jobs.append(job)

    def _make_job(self, key: Key, inbox: Inbox) -> Job:
        waiting = sum(under.job is not None for under in self._open.values())
        if waiting >= LIMITS.queue:
            raise ServerBusy(f"{waiting} requests are waiting", hint="Ask again when they are answered.")
        if inbox.ask is None:
            raise ClipIncomplete("the request itself did not arrive", hint="Send it again.")
        client = self._post.client(key[0])
        seed = self._choose_rng_seed()
        request = make_request(inbox.ask, inbox.clips(), model=client.model, rng_seed=seed)
        return Job(key, request, client.name, is_new=inbox.ask.rng_seed < 0)

    def _ask_for_missing(self, key: Key, under: Open, now: float) -> None:
        under.inbox.asked_s = now
        peer, request_id = key
        for role, numbers in under.inbox.missing():
            self._post.reply(peer, Missing(request_id, role, tuple((number,) for number in numbers)))

    def _under(self, job: Job) -> Open | None:
        under = self._open.get(job.key)
        return under if under is not None and under.job is job else None

    def _tell(self, key: Key, under: Open, *messages: ToClient) -> None:
        packets = [format_message(message) for message in messages]
        for packet in packets:
            under.answer.add(packet)
        self._post.send(key[0], packets)

    def _fail(self, key: Key, error: MacNetError, now: float) -> None:
        under = self._open[key]
        if under.job is not None:
            under.job.stop.set()
        self._tell(key, under, fail_message(key[1], error))
        self._post.fails += 1
        self._end(key, now)

    def _end(self, key: Key, now: float) -> None:
        under = self._open.pop(key)
        self._memory.add(key, Ended(under.answer, under.seen, under.job is not None, now))


def _part_of(message: Collected) -> Part:
    if isinstance(message, ClipNotes):
        return message.role, message.packet
    return (message.role, HEAD) if isinstance(message, ClipHead) else ASK


def _reused(key: Key) -> BadArgument:
    return BadArgument(
        f"argument 1 (id) cannot be {key[1]}: packets of another request came under it",
        hint="Choose a new id for every request and do not use it again for ten minutes.",
    )


def _incomplete(inbox: Inbox) -> ClipIncomplete:
    lacking = [f"{role} {', '.join(map(str, n[:8])) or 'announcement'}" for role, n in inbox.missing()]
    what = f"packets of the clip ({'; '.join(lacking)})" if lacking else "the request itself"
    return ClipIncomplete(
        f"{what} did not arrive within {GIVE_UP_S:g} seconds",
        hint="Send the request again with a new id, its packets more slowly.",
    )


def _unknown(key: Key) -> RequestUnknown:
    return RequestUnknown(
        f"request {key[1]} is not known here, or no longer", hint="Answers are kept for ten minutes."
    )


def _no_such_packets(message: Resend) -> BadArgument:
    return BadArgument(
        f"{message.ADDRESS}: the answer has no such packets of variation {message.variation}, {message.role}",
        hint="Ask for what the answer's announcements count.",
    )
