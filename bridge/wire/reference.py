"""The tables of docs/OSC.md, made from the code.

`python -m bridge.wire.reference docs/OSC.md` brings them up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bridge import errors
from bridge.config import LIMITS, PORT
from bridge.request import OPTIONS
from bridge.wire import inbox, mailbox, outbox, requests
from bridge.wire.arguments import Kind
from bridge.wire.asking import FACTS, NOT_USED
from bridge.wire.messages import ANSWERS, MAX_SENT_BYTES, NOTES_A_PACKET, REQUESTS, SPECS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bridge.request import OptionSpec
    from bridge.wire.arguments import Arg, Repeat
    from bridge.wire.messages import Message

_FAMILIES = (
    errors.ClipError,
    errors.ModelError,
    errors.RequestError,
    errors.TakeError,
    errors.ProtocolMismatch,
)
"""Errors that a `fail` can name."""


def rewrite(text: str) -> str:
    """The text with every table between `<!-- table: name -->` and `<!-- end -->` made anew."""
    return re.sub(r"(<!-- table: (\w+) -->\n).*?(?=<!-- end -->)", _block, text, flags=re.DOTALL)


def _block(found: re.Match[str]) -> str:
    return found[1] + "\n".join(_TABLES[found[2]]()) + "\n"


def _requests() -> Iterator[str]:
    return _messages(REQUESTS)


def _answers() -> Iterator[str]:
    return _messages(ANSWERS)


def _messages(kinds: Iterable[type[Message]]) -> Iterator[str]:
    yield from _head("address", "arguments after the id", "meaning")
    for kind in kinds:
        spec = SPECS[kind.ADDRESS]
        args = [_argument(arg) for arg in spec.args[1:]] + ([_repeat(spec.repeat)] if spec.repeat else [])
        yield _row(f"`{spec.address}`", "; ".join(args), (kind.__doc__ or "").rstrip("."))


def _argument(arg: Arg) -> str:
    allowed = ", ".join(f"`{word}`" for word in arg.choices) or arg.allowed
    said = ", ".join(part for part in (allowed, arg.meaning) if part)
    kind = {Kind.TEXT: "text", Kind.VALUE: "number or text"}.get(arg.kind, "")
    return f"**{arg.name}** ({', '.join(part for part in (kind, said) if part)})"


def _repeat(repeat: Repeat) -> str:
    args = ", ".join(map(_argument, repeat.args))
    return f"then for each {repeat.what}, at most {repeat.at_most}: {args}"


def _options() -> Iterator[str]:
    yield from _head("name", "value", "default", "meaning")
    for spec in OPTIONS.values():
        yield _row(f"`{spec.name}`", _values(spec), f"`{spec.default}`", spec.meaning)
    for arg in FACTS.values():
        yield _row(f"`{arg.name}`", arg.allowed, "", arg.meaning)


def _values(spec: OptionSpec) -> str:
    number = [f"{spec.low:g} to {spec.high:g}"] if spec.high > spec.low else []
    return ", ".join([*number, *(f"`{word}`" for word in spec.choices)])


def _errors() -> Iterator[str]:
    yield from _head("code", "meaning")
    for family in _FAMILIES:
        for kind in family.__subclasses__() or [family]:
            yield _row(f"`{kind.code}`", (kind.__doc__ or "").rstrip("."))


def _timing() -> Iterator[str]:
    yield from _head("what", "how much")
    yield _row("port", str(PORT))
    yield _row(
        "largest packet that is sent", f"{MAX_SENT_BYTES} bytes, 200 arguments, {NOTES_A_PACKET} notes"
    )
    yield _row("what is missing is asked for", f"{inbox.QUIET_S:g} s after the last packet of the request")
    yield _row("and again", f"every {inbox.ASK_AGAIN_S:g} s")
    yield _row("an incomplete request fails", f"{inbox.GIVE_UP_S:g} s after its last packet")
    yield _row(
        "a complete request without `clips` waits for a second clip", f"{inbox.SETTLE_S * 1_000:g} ms at most"
    )
    yield _row("progress", f"every {requests.PROGRESS_EVERY_S:g} s at most")
    yield _row(
        "pace of an answer",
        f"{outbox.BURST_BYTES // 1_024} KB at once, then {outbox.BYTES_A_SECOND / 1e6:g} MB a second",
    )
    yield _row(
        "answers are kept", f"{outbox.KEPT_S / 60:g} minutes, {outbox.KEPT_BYTES // 2**20} MB of them at most"
    )
    yield _row("requests that may wait", str(LIMITS.queue))
    yield _row("notes of a clip", f"{LIMITS.notes} at most")
    yield _row("length of a clip, of an answer", f"{LIMITS.clip_beats}, {LIMITS.answer_beats} beats at most")
    yield _row(
        "looks into the packet folder",
        f"every {mailbox.IDLE_S * 1_000:g} ms, while there is talk every {mailbox.FAST_S * 1_000:g} ms",
    )


def _notices() -> Iterator[str]:
    yield from _head("code", "meaning")
    yield _row(f"`{NOT_USED}`", "an option was understood, but this kind of request has no use for it")
    yield _row(
        f"`{errors.ModelDamaged.code}`, `{errors.ModelIncompatible.code}`",
        "a model in the list cannot be used",
    )
    yield _row(
        f"`{errors.VoiceUnheard.code}`",
        "the model never learned one of the voices, which stays away from the answer",
    )


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield "|" + "---|" * len(titles)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


_TABLES: dict[str, Callable[[], Iterator[str]]] = {
    "requests": _requests,
    "answers": _answers,
    "options": _options,
    "errors": _errors,
    "notices": _notices,
    "timing": _timing,
}


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(rewrite(page.read_text("utf-8")), "utf-8", newline="\n")
