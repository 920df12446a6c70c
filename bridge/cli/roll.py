"""The piano roll on a terminal, in colours where it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bridge.cli.printing import result_console
from bridge.music.roll import NO_CLIPS, Ink, draw_roll

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.music.note import Clip, Role

_COLOURS = {
    Ink.PAPER: "",
    Ink.LABEL: "dim",
    Ink.BAR_LINE: "bright_black",
    Ink.PRIMER_MELODY: "cyan",
    Ink.PRIMER_ACCOMPANIMENT: "blue",
    Ink.MELODY: "bright_yellow",
    Ink.ACCOMPANIMENT: "yellow",
}
_WIDEST = 100


def show_roll(answer: Mapping[Role, Clip], *, primer: Mapping[Role, Clip] = NO_CLIPS) -> None:
    """Print an answer, behind the primer that it goes on from."""
    console = result_console()
    width = min(console.width, _WIDEST) if console.is_terminal else _WIDEST
    roll = draw_roll(answer, primer=primer, width=width, ascii_only=not _has_blocks(console.encoding))
    for line in roll.lines:
        console.print(Text.assemble(*((span.text, _COLOURS[span.ink]) for span in line)))


def _has_blocks(encoding: str) -> bool:
    try:
        "█▀▄│┃─…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
