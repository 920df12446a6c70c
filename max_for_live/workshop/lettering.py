"""How wide text is, to be on the safe side.

Live's own font may not be passed on, so text is measured in the one that Pillow carries, and some more is added: its
letters come out about as wide as those of DejaVu Sans, which is wider than Live's font.
"""

from __future__ import annotations

from functools import cache

from PIL import ImageFont

MARGIN = 1.15
LINE = 1.3
"""Height of a line, as a multiple of the size of the letters."""


@cache
def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(100)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType.")
    return font


def width(text: str, size: float) -> float:
    """Width in pixels of one line of text at a size in pixels."""
    return _font().getlength(text) * size / 100 * MARGIN


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The lines that a text takes in a box of some width; a word that is too long has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
