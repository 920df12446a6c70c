"""What a client has received of one answer: in any order, twice, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.errors import MacNetError, RequestFailed
from bridge.music.note import VOICES, Role
from bridge.wire.messages import (
    NUMBERS_A_PACKET,
    Done,
    ModelInfo,
    Notice,
    Resend,
    TakeHead,
    TakeNotes,
    Welcome,
)
from bridge.wire.notes import read_take

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.music.note import Clip, Meter
    from bridge.wire.messages import Fail, Message, NoteRow

_Voice = tuple[int, str]
"""A variation and a role."""


@dataclass(frozen=True, slots=True)
class ReceivedTake:
    """One variation.

    Attributes:
        take_id: under which the bridge keeps it.
        rng_seed: that repeats it.
        clips: its voices.
    """

    take_id: int
    rng_seed: int
    clips: Mapping[Role, Clip]


@dataclass(frozen=True, slots=True)
class Answer:
    """All variations of an answer.

    Attributes:
        request_id: under which it was asked for.
        takes: in order of their variation.
        notices: what the bridge wants to be known, such as options that it had no use for.
    """

    request_id: int
    takes: tuple[ReceivedTake, ...]
    notices: tuple[str, ...]


@dataclass(slots=True)
class Gathering:
    """The messages of one answer as they come in.

    Attributes:
        request_id: of all of them.
        done: the last one, once it is there.
        heads, packets: the announcements and notes of the voices.
        others: what belongs to no take.
    """

    request_id: int
    done: Done | None = None
    heads: dict[_Voice, TakeHead] = field(default_factory=dict)
    packets: dict[_Voice, dict[int, tuple[NoteRow, ...]]] = field(default_factory=dict)
    others: list[Message] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Take in a message; one that is there already changes nothing."""
        if isinstance(message, TakeHead):
            self.heads[message.variation, message.role] = message
        elif isinstance(message, TakeNotes):
            self.packets.setdefault((message.variation, message.role), {})[message.packet] = message.notes
        elif isinstance(message, Done):
            self.done = message
        elif message not in self.others:
            self.others.append(message)

    @property
    def is_complete(self) -> bool:
        """Whether everything that was announced is there."""
        return self.done is not None and self._announced >= self.done.announcements and not self.missing()

    def missing(self) -> list[Resend]:
        """What to ask for once all has been sent; nothing before."""
        if self.done is None:
            return []
        return [self._resend(voice, lacking) for voice, lacking in self._lacking()]

    def answer(self, meter: Meter) -> Answer:
        """The takes, felt in `meter`, once all of them are there."""
        variations = sorted({variation for variation, _ in self.heads})
        notices = tuple(m.text for m in self.others if isinstance(m, Notice))
        return Answer(self.request_id, tuple(self._take(v, meter) for v in variations), notices)

    def _take(self, variation: int, meter: Meter) -> ReceivedTake:
        heads = {role: head for (number, role), head in self.heads.items() if number == variation}
        clips = {
            Role(role): read_take(head, self.packets.get((variation, role), {}), meter)
            for role, head in heads.items()
        }
        head = next(iter(heads.values()))
        return ReceivedTake(head.take_id, head.rng_seed, clips)

    def _lacking(self) -> Iterator[tuple[_Voice, list[int]]]:
        """The voices that are not whole, with the packets that lack; all of one without announcement."""
        for voice in self._expected():
            head = self.heads.get(voice)
            there = self.packets.get(voice, {})
            lacking = [n for n in range(head.packets if head else 0) if n not in there]
            if head is None or lacking:
                yield voice, lacking

    def _expected(self) -> list[_Voice]:
        """The voices that must be there; where no packet of any arrived, the request has to be sent again."""
        if self.done is None:
            return []
        seen = {role for _, role in (*self.heads, *self.packets)}
        roles = VOICES if self.done.announcements > self.done.variations else sorted(seen)
        return [(variation, str(role)) for variation in range(self.done.variations) for role in roles]

    @property
    def _announced(self) -> int:
        return len(self.heads) + sum(isinstance(m, Welcome | ModelInfo) for m in self.others)

    def _resend(self, voice: _Voice, lacking: list[int]) -> Resend:
        numbers = tuple((number,) for number in lacking[:NUMBERS_A_PACKET])
        return Resend(self.request_id, *voice, numbers)


def error_of(fail: Fail) -> MacNetError:
    """The error that a bridge names; one of a newer bridge that is not known here is a `RequestFailed`."""
    kinds = {kind.code: kind for kind in all_errors(MacNetError)}
    return kinds.get(fail.code, RequestFailed)(fail.message, hint=fail.hint)


def all_errors(kind: type[MacNetError]) -> Iterator[type[MacNetError]]:
    """An error and everything that is one of its kind."""
    yield kind
    for child in kind.__subclasses__():
        yield from all_errors(child)
