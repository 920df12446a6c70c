"""Small plots as inline SVG: text in, text out, nothing loaded from anywhere. Colours come from the page's style."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LABEL, _BAR, _ROW = 165, 240, 26
_WHEEL = 320


class Row(NamedTuple):
    """A bar: what it stands for, how many, and the class that colours it."""

    label: str
    amount: int
    kind: str = "bar"


def bars(rows: Sequence[Row], *, title: str) -> str:
    """Horizontal bars with their names to the left and their counts behind."""
    most = max((row.amount for row in rows), default=1) or 1
    parts = []
    for number, row in enumerate(rows):
        y = number * _ROW
        width = max(2.0 * bool(row.amount), _BAR * row.amount / most)
        parts.append(
            f'<text class="name" x="{_LABEL - 10}" y="{y + 17}" text-anchor="end">{escape(row.label)}</text>'
            f'<rect class="{row.kind}" x="{_LABEL}" y="{y + 5}" width="{width:.1f}" height="16" rx="3"/>'
            f'<text class="count" x="{_LABEL + width + 8:.1f}" y="{y + 17}">{row.amount:,}</text>'
        )
    return _svg(_LABEL + _BAR + 70, max(1, len(rows)) * _ROW, "".join(parts), title)


def columns(rows: Sequence[Row], *, title: str, unit: str) -> str:
    """Upright bars with their counts above and their names below."""
    width, height = 470, 300
    most = max((row.amount for row in rows), default=1) or 1
    step = width / max(1, len(rows))
    parts = []
    for number, row in enumerate(rows):
        x, tall = number * step, (height - 48) * row.amount / most
        middle = x + step / 2
        count = f"{row.amount:,}" if row.amount else ""
        parts.append(
            f'<rect class="{row.kind}" x="{x + 6:.1f}" y="{height - 28 - tall:.1f}" width="{step - 12:.1f}" '
            f'height="{max(tall, 1):.1f}" rx="3"/>'
            f'<text class="count" x="{middle:.1f}" y="{height - 34 - tall:.1f}" text-anchor="middle">{count}</text>'
            f'<text class="name" x="{middle:.1f}" y="{height - 10}" text-anchor="middle">{escape(row.label)}</text>'
        )
    axis = f'<text class="unit" x="{width / 2}" y="{height + 10}" text-anchor="middle">{escape(unit)}</text>'
    return _svg(width, height + 16, "".join(parts) + axis, title)


def stacked(rows: Sequence[Row], *, title: str) -> str:
    """One bar of a whole, parted."""
    whole = sum(row.amount for row in rows) or 1
    width, x, parts = 1000.0, 0.0, []
    for row in rows:
        part = width * row.amount / whole
        tip = f"{escape(row.label)}: {row.amount:,}"
        parts.append(
            f'<rect class="{row.kind}" x="{x:.1f}" y="0" width="{part:.1f}" height="22"><title>{tip}</title></rect>'
        )
        x += part
    return (
        f'<svg class="stacked" viewBox="0 0 1000 22" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg>'
    )


_FIFTHS = ("C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F")
_RELATIVE = ("A", "E", "B", "F#", "C#", "G#", "Eb", "Bb", "F", "C", "G", "D")


def wheel(major: Mapping[str, int], minor: Mapping[str, int], *, title: str) -> str:
    """The circle of fifths: major keys outside, their relative minor keys inside, the fuller the more songs.

    Args:
        major: songs by root, such as `Eb`.
        minor: songs by root.
        title: what it shows.
    """
    most = max([*major.values(), *minor.values()], default=1) or 1
    parts = []
    for place, (upper, lower) in enumerate(zip(_FIFTHS, _RELATIVE, strict=True)):
        parts.append(_segment(place, 100, 152, upper, major.get(upper, 0), most))
        parts.append(_segment(place, 48, 98, f"{lower}m", minor.get(lower, 0), most))
    return _svg(_WHEEL, _WHEEL, "".join(parts), title)


def _segment(place: int, inner: float, outer: float, name: str, count: int, most: int) -> str:
    start, end = ((place - 0.5) * math.tau / 12, (place + 0.5) * math.tau / 12)
    points = [_point(start, outer), _point(end, outer), _point(end, inner), _point(start, inner)]
    a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in points)
    path = f"M{a} A{outer} {outer} 0 0 1 {b} L{c} A{inner} {inner} 0 0 0 {d} Z"
    x, y = _point((start + end) / 2, (inner + outer) / 2)
    strength = 0.0 if not count else 0.18 + 0.82 * count / most
    bright = ' class="on"' if strength > 0.55 else ""
    return (
        f'<path class="empty" d="{path}"/><path class="key" style="opacity:{strength:.2f}" d="{path}">'
        f"<title>{escape(name)}: {count:,}</title></path>"
        f"<g{bright}>{_centred('keyname', x, y + (0 if count else 4), name)}"
        f"{_centred('keycount', x, y + 13, f'{count:,}') if count else ''}</g>"
    )


def _centred(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'


def _point(angle: float, radius: float) -> tuple[float, float]:
    return _WHEEL / 2 + radius * math.sin(angle), _WHEEL / 2 - radius * math.cos(angle)


def _svg(width: float, height: float, content: str, title: str) -> str:
    return f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(title)}">{content}</svg>'
