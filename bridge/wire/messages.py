"""Protocol 1: every message with its address and arguments. The only file that spells an address.

Each message is a frozen value whose fields carry their own specification; parsing, checking, sending and the
tables of docs/OSC.md all derive from it. The first argument of every message is the request id.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from bridge.config import LIMITS
from bridge.errors import ClipOutOfRange
from bridge.music.note import Role, Ticks
from bridge.request import Kind as Asked
from bridge.wire.arguments import MAX_INT, Arg, Kind, Repeat, choice, clip_whole, text, whole
from bridge.wire.osc import Atom

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SENT_BYTES = 1_024
NOTES_A_PACKET = 45
NUMBERS_A_PACKET = 180
"""Packet numbers in one `missing` or `resend`."""
NO_ID = -1
"""Stands in the answer to a message whose own id could not be read."""
AUTO: Final = "auto"

NoteRow: TypeAlias = tuple[int, int, int, int]
"""Pitch, onset, duration, velocity: a note in the order of the wire."""
Pairs: TypeAlias = tuple[tuple[str, Atom], ...]

_ROLES = (Role.MELODY.value, Role.ACCOMPANIMENT.value)
_NOTE = Repeat(
    (
        clip_whole("pitch", 0, 127),
        clip_whole("onset", 0),
        clip_whole("duration", 1),
        clip_whole("velocity", 1, 127),
    ),
    "note",
    NOTES_A_PACKET,
)
_NUMBERS = Repeat((whole("packet number", 0),), "packet number", NUMBERS_A_PACKET)
_PAIRS = Repeat((text("option", size=20), Arg("value", Kind.VALUE, -MAX_INT, 1e12, size=20)), "option", 12)
_ID = whole("id", 0, meaning="chosen by the client, not used again for ten minutes")
_ANY_ID = whole("id", NO_ID)
_BEATS = Arg(
    "length in beats", Kind.BEATS, 0, LIMITS.answer_beats, meaning="quarter notes; 3.5 is a bar of 7/8"
)
_VARIATIONS = whole("variations", 1, LIMITS.variations)
_RNG_SEED = whole("rng seed", -1, meaning="-1: choose one")
_VARIATION = whole("variation", 0, LIMITS.variations - 1)
_PACKET = whole("packet number", 0)
_NOTES_IN_ALL = clip_whole("notes in all", 0)
_PACKETS_IN_ALL = clip_whole("packets in all", 0)
_DENOMINATOR = Arg("denominator", Kind.WHOLE, 1, 64, choices=(1, 2, 4, 8, 16, 32, 64), error=ClipOutOfRange)


def _is(spec: Arg | Repeat) -> Mapping[str, Arg | Repeat]:
    return {"spec": spec}


@dataclass(frozen=True, slots=True)
class Hello:
    """Opens a conversation; answered by `welcome`, then `done`."""

    ADDRESS: ClassVar = "/macnet/hello"
    id: int = field(metadata=_is(_ID))
    protocol: int = field(metadata=_is(whole("protocol", 0, meaning="1")))
    client: str = field(metadata=_is(text("client", meaning="a name, for the log")))
    reply_port: int = field(
        metadata=_is(whole("reply port", 0, 65_535, meaning="0: answer to the sender's port"))
    )


@dataclass(frozen=True, slots=True)
class ClipHead:
    """Announces one clip of a request; a request may carry a melody and an accompaniment."""

    ADDRESS: ClassVar = "/macnet/clip"
    id: int = field(metadata=_is(_ID))
    role: str = field(metadata=_is(choice("role", AUTO, *_ROLES)))
    length: Ticks = field(metadata=_is(clip_whole("length", 1, meaning="ticks")))
    numerator: int = field(metadata=_is(clip_whole("numerator", 1, 255)))
    denominator: int = field(metadata=_is(_DENOMINATOR))
    notes: int = field(metadata=_is(_NOTES_IN_ALL))
    packets: int = field(metadata=_is(_PACKETS_IN_ALL))
    name: str = field(metadata=_is(text("name", size=200)))


@dataclass(frozen=True, slots=True)
class ClipNotes:
    """One packet of the clip's notes, numbered from 0."""

    ADDRESS: ClassVar = "/macnet/clip/notes"
    id: int = field(metadata=_is(_ID))
    role: str = field(metadata=_is(choice("role", AUTO, *_ROLES)))
    packet: int = field(metadata=_is(_PACKET))
    notes: tuple[NoteRow, ...] = field(metadata=_is(_NOTE))


@dataclass(frozen=True, slots=True)
class Continue:
    """What follows the clip: melody and accompaniment."""

    ADDRESS: ClassVar = "/macnet/continue"
    ASKED: ClassVar = Asked.CONTINUE
    id: int = field(metadata=_is(_ID))
    length: Ticks = field(metadata=_is(_BEATS))
    variations: int = field(metadata=_is(_VARIATIONS))
    rng_seed: int = field(metadata=_is(_RNG_SEED))
    options: Pairs = field(metadata=_is(_PAIRS))


@dataclass(frozen=True, slots=True)
class Accompany:
    """The other voice for the clip itself."""

    ADDRESS: ClassVar = "/macnet/accompany"
    ASKED: ClassVar = Asked.ACCOMPANY
    id: int = field(metadata=_is(_ID))
    variations: int = field(metadata=_is(_VARIATIONS))
    rng_seed: int = field(metadata=_is(_RNG_SEED))
    options: Pairs = field(metadata=_is(_PAIRS))


@dataclass(frozen=True, slots=True)
class Vary:
    """The clip's own bars, rewritten."""

    ADDRESS: ClassVar = "/macnet/vary"
    ASKED: ClassVar = Asked.VARY
    id: int = field(metadata=_is(_ID))
    variations: int = field(metadata=_is(_VARIATIONS))
    rng_seed: int = field(metadata=_is(_RNG_SEED))
    options: Pairs = field(metadata=_is(_PAIRS))


@dataclass(frozen=True, slots=True)
class Generate:
    """Music from nothing; needs no clip."""

    ADDRESS: ClassVar = "/macnet/generate"
    ASKED: ClassVar = Asked.GENERATE
    id: int = field(metadata=_is(_ID))
    length: Ticks = field(metadata=_is(_BEATS))
    variations: int = field(metadata=_is(_VARIATIONS))
    rng_seed: int = field(metadata=_is(_RNG_SEED))
    options: Pairs = field(metadata=_is(_PAIRS))


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stops the request of that id; it ends in `fail` with code `request.cancelled`."""

    ADDRESS: ClassVar = "/macnet/cancel"
    id: int = field(metadata=_is(_ID))


@dataclass(frozen=True, slots=True)
class Resend:
    """Sends packets of the answer to the request of that id again; without numbers all of that voice."""

    ADDRESS: ClassVar = "/macnet/resend"
    id: int = field(metadata=_is(_ID))
    variation: int = field(metadata=_is(_VARIATION))
    role: str = field(metadata=_is(choice("role", *_ROLES)))
    packets: tuple[tuple[int], ...] = field(metadata=_is(_NUMBERS))


@dataclass(frozen=True, slots=True)
class ListModels:
    """Answered by one `model` a model, then `done`."""

    ADDRESS: ClassVar = "/macnet/models"
    id: int = field(metadata=_is(_ID))


@dataclass(frozen=True, slots=True)
class UseModel:
    """This client's requests use that model from now on; answered by `done`."""

    ADDRESS: ClassVar = "/macnet/model/use"
    id: int = field(metadata=_is(_ID))
    name: str = field(metadata=_is(text("name")))


@dataclass(frozen=True, slots=True)
class StarTake:
    """Marks a favourite among the takes that were kept; answered by `done`."""

    ADDRESS: ClassVar = "/macnet/take/star"
    id: int = field(metadata=_is(_ID))
    take_id: int = field(metadata=_is(whole("take id", 0)))
    starred: int = field(metadata=_is(whole("starred", 0, 1)))


@dataclass(frozen=True, slots=True)
class Welcome:
    """The bridge is there."""

    ADDRESS: ClassVar = "/macnet/welcome"
    id: int = field(metadata=_is(_ID))
    protocol: int = field(metadata=_is(whole("protocol", 0)))
    version: str = field(metadata=_is(text("server version", size=60)))
    model: str = field(metadata=_is(text("model name")))


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request is complete and in the queue."""

    ADDRESS: ClassVar = "/macnet/accepted"
    id: int = field(metadata=_is(_ID))


@dataclass(frozen=True, slots=True)
class Missing:
    """Those packets of the clip did not arrive; without numbers: the clip's announcement itself did not."""

    ADDRESS: ClassVar = "/macnet/missing"
    id: int = field(metadata=_is(_ID))
    role: str = field(metadata=_is(choice("role", AUTO, *_ROLES, meaning="`auto`: whichever it is")))
    packets: tuple[tuple[int], ...] = field(metadata=_is(_NUMBERS))


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done; at most ten a second."""

    ADDRESS: ClassVar = "/macnet/progress"
    id: int = field(metadata=_is(_ID))
    fraction: float = field(metadata=_is(Arg("progress", Kind.NUMBER, 0, 1)))


@dataclass(frozen=True, slots=True)
class TakeHead:
    """Announces one voice of one variation."""

    ADDRESS: ClassVar = "/macnet/take"
    id: int = field(metadata=_is(_ID))
    variation: int = field(metadata=_is(_VARIATION))
    take_id: int = field(metadata=_is(whole("take id", 0)))
    role: str = field(metadata=_is(choice("role", *_ROLES)))
    length: Ticks = field(metadata=_is(clip_whole("length", 1, meaning="ticks")))
    notes: int = field(metadata=_is(_NOTES_IN_ALL))
    packets: int = field(metadata=_is(_PACKETS_IN_ALL))
    rng_seed: int = field(metadata=_is(whole("rng seed", 0)))
    name: str = field(metadata=_is(text("name", size=200)))


@dataclass(frozen=True, slots=True)
class TakeNotes:
    """One packet of its notes, numbered from 0."""

    ADDRESS: ClassVar = "/macnet/take/notes"
    id: int = field(metadata=_is(_ID))
    variation: int = field(metadata=_is(_VARIATION))
    role: str = field(metadata=_is(choice("role", *_ROLES)))
    packet: int = field(metadata=_is(_PACKET))
    notes: tuple[NoteRow, ...] = field(metadata=_is(_NOTE))


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model of the shelf; 1 at the end: this client's requests use it."""

    ADDRESS: ClassVar = "/macnet/model"
    id: int = field(metadata=_is(_ID))
    name: str = field(metadata=_is(text("name")))
    version: str = field(metadata=_is(text("version", size=60)))
    description: str = field(metadata=_is(text("description", size=500)))
    in_use: int = field(metadata=_is(whole("in use", 0, 1)))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing that ends nothing, such as an option that it had no use for."""

    ADDRESS: ClassVar = "/macnet/notice"
    id: int = field(metadata=_is(_ID))
    code: str = field(metadata=_is(text("code", size=60)))
    text: str = field(metadata=_is(text("text", size=440)))


@dataclass(frozen=True, slots=True)
class Done:
    """Everything has been sent."""

    ADDRESS: ClassVar = "/macnet/done"
    id: int = field(metadata=_is(_ID))
    variations: int = field(
        metadata=_is(whole("variations", 0, LIMITS.variations, meaning="0 where no music was asked for"))
    )
    announcements: int = field(
        metadata=_is(whole("announcements", 0, meaning="`take`, `model` or `welcome` messages sent"))
    )


@dataclass(frozen=True, slots=True)
class Fail:
    """The request ended; the codes are the product's error codes."""

    ADDRESS: ClassVar = "/macnet/fail"
    id: int = field(metadata=_is(_ANY_ID))
    code: str = field(metadata=_is(text("code", size=60)))
    message: str = field(metadata=_is(text("message", size=430)))
    hint: str = field(metadata=_is(text("hint", size=430)))


Ask: TypeAlias = Continue | Accompany | Vary | Generate
ToServer: TypeAlias = Hello | ClipHead | ClipNotes | Ask | Cancel | Resend | ListModels | UseModel | StarTake
ToClient: TypeAlias = (
    Welcome | Accepted | Missing | Progress | TakeHead | TakeNotes | ModelInfo | Notice | Done | Fail
)
Message: TypeAlias = ToServer | ToClient

REQUESTS: tuple[type[ToServer], ...] = (
    Hello,
    ClipHead,
    ClipNotes,
    Continue,
    Accompany,
    Vary,
    Generate,
    Cancel,
    Resend,
    ListModels,
    UseModel,
    StarTake,
)
ANSWERS: tuple[type[ToClient], ...] = (
    Welcome,
    Accepted,
    Missing,
    Progress,
    TakeHead,
    TakeNotes,
    ModelInfo,
    Notice,
    Done,
    Fail,
)


@dataclass(frozen=True, slots=True)
class Spec:
    """A message's specification.

    Attributes:
        kind: the message itself.
        address: as spelled on the wire.
        args: the single arguments, in order.
        repeat: what repeats at the end of the message.
    """

    kind: type[Message]
    address: str
    args: tuple[Arg, ...]
    repeat: Repeat | None

    @property
    def usage(self) -> str:
        """The message in one line: address and argument names."""
        rest = f" [{', '.join(arg.name for arg in self.repeat.args)} ...]" if self.repeat else ""
        return f"{self.address} {', '.join(arg.name for arg in self.args)}{rest}"


def _specify(kind: type[Message]) -> Spec:
    specs = [f.metadata["spec"] for f in fields(kind)]
    args = tuple(spec for spec in specs if isinstance(spec, Arg))
    repeat = next((spec for spec in specs if isinstance(spec, Repeat)), None)
    return Spec(kind, kind.ADDRESS, args, repeat)


SPECS: dict[str, Spec] = {kind.ADDRESS: _specify(kind) for kind in (*REQUESTS, *ANSWERS)}


def is_answer(address: str) -> bool:
    """Whether only a server sends this; a server must not answer it, or two could go on forever."""
    return address in SPECS and SPECS[address].kind in ANSWERS
