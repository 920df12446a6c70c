"""The packets of one request as they come in: in any order, twice, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from bridge.config import LIMITS
from bridge.errors import BadArgument, ClipTooLong
from bridge.music.note import TICKS_PER_BEAT, Role
from bridge.wire.asking import check_head, make_clips, read_pairs
from bridge.wire.messages import AUTO, NUMBERS_A_PACKET, ClipHead, ClipNotes, Generate

if TYPE_CHECKING:
    from bridge.music.note import Clip
    from bridge.wire.messages import Ask, NoteRow

QUIET_S = 0.1
"""Seconds without a packet after which what is missing is asked for."""
ASK_AGAIN_S = 0.25
"""Seconds between two such questions."""
GIVE_UP_S = 3.0
"""Seconds without a packet after which an incomplete request fails."""
SETTLE_S = 0.02
"""Seconds that a complete request waits for a second clip when it did not say how many it carries."""

_OTHER = {Role.MELODY.value: Role.ACCOMPANIMENT.value, Role.ACCOMPANIMENT.value: Role.MELODY.value}


@dataclass(slots=True)
class Inbox:
    """What has arrived of one request.

    Attributes:
        heads: the announcements, by role as sent.
        packets: the notes, by role and packet number.
        ask: the message that asks, once it is there.
        last_s: when the latest packet came.
        asked_s: when what is missing was last asked for.
        clips_said: how many clips the request said it carries; 0 when it did not say.
        counts: notes that came, by role.
    """

    last_s: float
    asked_s: float = float("-inf")
    ask: Ask | None = None
    heads: dict[str, ClipHead] = field(default_factory=dict)
    packets: dict[str, dict[int, tuple[NoteRow, ...]]] = field(default_factory=dict)
    clips_said: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, message: ClipHead | ClipNotes | Ask) -> None:
        """Take in a message that was not there yet.

        Raises:
            ClipTooLong, DrumClip, BadArgument: the request cannot be answered, whatever else arrives.
        """
        if isinstance(message, ClipHead):
            self._add_head(message)
        elif isinstance(message, ClipNotes):
            self._add_notes(message)
        else:
            self.clips_said = read_pairs(message).clips
            self.ask = message

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles of which anything has arrived."""
        return tuple(dict.fromkeys((*self.heads, *self.packets)))

    def missing(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """What to ask for: roles with packet numbers, or without any where the announcement is missing."""
        if self._is_complete:
            return ()
        wanted = tuple((role, self._lacking(role)) for role in self.roles if not self._is_whole(role))
        if len(self.roles) >= max(self.clips_said, 1):
            return wanted
        seen = next(iter(self.roles), AUTO)
        return (*wanted, (_OTHER.get(seen, AUTO), ()))

    def is_ready(self, now: float) -> bool:
        """Whether everything is there and no second clip is to be expected."""
        return self.ask is not None and self._is_complete and now >= self.last_s + self._settle_s

    def is_lost(self, now: float) -> bool:
        """Whether what is missing will not come any more."""
        return now >= self.last_s + GIVE_UP_S

    def should_ask(self, now: float) -> bool:
        """Whether it is time to ask for what is missing."""
        return now >= self._next_question_s and not self._is_complete

    def due_s(self) -> float:
        """When to look again if nothing arrives until then."""
        if not self._is_complete:
            return min(self._next_question_s, self.last_s + GIVE_UP_S)
        return self.last_s + (GIVE_UP_S if self.ask is None else self._settle_s)

    def clips(self) -> dict[Role, Clip]:
        """The clips by voice.

        Raises:
            ClipOutOfRange: a note starts after its clip's end.
            BadArgument: there are not as many notes as were announced.
        """
        for role, head in self.heads.items():
            came = self.counts.get(role, 0)
            if came != head.notes:
                raise BadArgument(
                    f"{head.ADDRESS} argument 6 (notes in all) is {head.notes}, {came} notes came",
                    hint="Count the notes of all packets.",
                )
        return make_clips(self.heads, self.packets)

    @property
    def _next_question_s(self) -> float:
        return max(self.last_s + QUIET_S, self.asked_s + ASK_AGAIN_S)

    @property
    def _settle_s(self) -> float:
        surely_all = self.clips_said or isinstance(self.ask, Generate) or len(self.roles) > 1
        return 0.0 if surely_all or AUTO in self.roles else SETTLE_S

    @property
    def _is_complete(self) -> bool:
        if isinstance(self.ask, Generate):
            return True
        return len(self.roles) >= max(self.clips_said, 1) and all(map(self._is_whole, self.roles))

    def _is_whole(self, role: str) -> bool:
        # packet numbers are below the number of packets, so counting them is enough
        return role in self.heads and len(self.packets.get(role, {})) == self.heads[role].packets

    def _lacking(self, role: str) -> tuple[int, ...]:
        if role not in self.heads:
            return ()
        there = self.packets.get(role, {})
        lacking = (n for n in range(self.heads[role].packets) if n not in there)
        return tuple(islice(lacking, NUMBERS_A_PACKET))

    def _add_head(self, head: ClipHead) -> None:
        check_head(head)
        if head.notes > LIMITS.notes:
            raise ClipTooLong(
                f"{head.ADDRESS} argument 6 (notes in all) is {head.notes}",
                hint=f"Select at most {LIMITS.notes} notes.",
            )
        if head.length > LIMITS.clip_beats * TICKS_PER_BEAT:
            raise ClipTooLong(
                f"{head.ADDRESS} argument 3 (length) is {head.length // TICKS_PER_BEAT} beats",
                hint=f"Select at most {LIMITS.clip_beats} beats.",
            )
        if head.packets > LIMITS.notes:
            raise BadArgument(
                f"{head.ADDRESS} argument 7 (packets in all) cannot be {head.packets}",
                hint="Send up to 45 notes a packet.",
            )
        self.heads[head.role] = head
        for number in self.packets.get(head.role, {}):
            _check_number(head, number)

    def _add_notes(self, message: ClipNotes) -> None:
        if message.role in self.heads:
            _check_number(self.heads[message.role], message.packet)
        there = self.packets.setdefault(message.role, {})
        there[message.packet] = message.notes
        self.counts[message.role] = self.counts.get(message.role, 0) + len(message.notes)
        if self.counts[message.role] > LIMITS.notes or len(there) > LIMITS.notes:
            raise ClipTooLong(
                f"more than {LIMITS.notes} notes came for one clip",
                hint=f"Select at most {LIMITS.notes} notes.",
            )


def _check_number(head: ClipHead, number: int) -> None:
    if number >= head.packets:
        raise BadArgument(
            f"{ClipNotes.ADDRESS} argument 3 (packet number) cannot be {number}: {head.packets} were announced",
            hint="Number the packets of a clip from 0.",
        )
