"""A picture of the device, drawn from the rectangles, texts and colours that the patch itself gives.

What Live draws differs in detail, its font above all; where things are and what they say does not.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from max_for_live.workshop.layout import HEIGHT, on_the_face, shown_number
from max_for_live.workshop.lettering import LINE, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from max_for_live.workshop.patch import Box, Patch, Rect

THEME = {
    "control_fg": "#1a1a1a",
    "control_fg_on": "#141414",
    "control_selection": "#ffad56",
    "control_text_bg": "#dcdcdc",
    "lcd_bg": "#262626",
    "lcd_control_fg_zombie": "#9a9a9a",
    "lcd_title": "#e4e4e4",
}
"""Colours of Live's theme in the picture; each user's Live has its own."""
SURFACE, TITLE_BAR, CONTROL, LINE_COLOR, ARC, ARC_REST = (
    "#a8a8a8",
    "#8d8d8d",
    "#c9c9c9",
    "#6e6e6e",
    "#27c3dc",
    "#6b6b6b",
)
ACCENT = THEME["control_selection"]
BAR = 18
"""Height of the title bar that Live draws above a device."""
FONT = "'Ableton Sans','Inter','Helvetica Neue',Arial,sans-serif"

SHOWN: Mapping[str, Any] = {
    "status": "4 variations below “morning”. Next and Prev launch them, Keep chooses.",
    "bridge": "folk, bridge 0.1.0",
    "shown": "-/4",
    "light": "#5cc76b",
}
"""What the script shows when an answer has landed."""


def draw(patch: Patch, *, shown: Mapping[str, Any] = SHOWN) -> str:
    """The picture as SVG.

    Args:
        patch: the device's patch.
        shown: text, number or colour by scripting name, in place of what the patch says.
    """
    width = float(patch.fields["devicewidth"])
    height = HEIGHT + BAR
    faces = sorted(on_the_face(patch), key=lambda each: not each[0].fields.get("background"))
    body = "".join(_drawn(box, rect, shown) for box, rect in faces)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" font-family="{FONT}" role="img">'
        "<title>The MAC-Net device in Ableton Live</title>\n"
        f'<rect width="{width:g}" height="{height:g}" rx="4" fill="{SURFACE}"/>\n'
        f'<path d="M0 {BAR}V4a4 4 0 0 1 4-4H{width - 4:g}a4 4 0 0 1 4 4V{BAR}z" fill="{TITLE_BAR}"/>\n'
        f'<circle cx="11" cy="{BAR / 2:g}" r="4" fill="{ACCENT}"/>\n'
        f"{_line('MAC-Net', 21, BAR / 2, 11, '#141414', bold=True)}"
        f'<g transform="translate(0 {BAR})">\n{body}</g>\n</svg>\n'
    )


def _drawn(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    drawer = _DRAWERS.get(box.maxclass)
    return drawer(box, rect, shown) if drawer else ""


def _color(box: Box, attribute: str, otherwise: str) -> str:
    saved = box.fields.get("saved_attribute_attributes", {}).get(attribute, {})
    name = saved.get("expression", "").removeprefix("themecolor.live_")
    return THEME.get(name, otherwise)


def _box(rect: Rect, fill: str, *, rounded: float = 2, line: str = LINE_COLOR) -> str:
    left, top, across, down = rect
    return (
        f'<rect x="{left + 0.5:g}" y="{top + 0.5:g}" width="{across - 1:g}" height="{down - 1:g}" '
        f'rx="{rounded:g}" fill="{fill}" stroke="{line}" stroke-width="0.75"/>\n'
    )


def _line(
    text: str, x: float, middle: float, size: float, fill: str, *, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{middle + size * 0.36:.4g}" font-size="{size:g}" fill="{fill}" '
        f'text-anchor="{anchor}"{weight}>{escape(text, quote=False)}</text>\n'
    )


def _button(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    fill, ink = _color(box, "activebgcolor", CONTROL), _color(box, "activetextcolor", "#1a1a1a")
    if box.fields.get("active") == 0 and not shown.get(box.varname):
        fill, ink = "#3a3a3a", "#7d7d7d"
    size, bold = float(box.fields["fontsize"]), "activebgcolor" in box.fields
    text = _line(box.text, left + across / 2, top + down / 2, size, ink, anchor="middle", bold=bold)
    return _box(rect, fill) + text


def _menu(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    values = box.parameter or {}
    text = str(shown.get(box.varname, values["parameter_enum"][values["parameter_initial"][0]]))
    x, y = left + across - 9, top + down / 2
    arrow = f'<path d="M{x - 3.5:g} {y - 2:g}h7l-3.5 4z" fill="#1a1a1a"/>\n'
    return _box(rect, CONTROL) + _line(text, left + 5, y, float(box.fields["fontsize"]), "#1a1a1a") + arrow


def _number(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    values = box.parameter or {}
    value = float(shown.get(box.varname, values["parameter_initial"][0]))
    drawn = _box(rect, CONTROL)
    ink = "#1a1a1a"
    if box.fields.get("appearance") == 2:
        share = (value - values["parameter_mmin"]) / (values["parameter_mmax"] - values["parameter_mmin"])
        filled = (left, top, max(1.5, across * share), down)
        drawn = _box(rect, "#161616", line="#3a3a3a") + _box(filled, ARC, line=ARC)
        ink = "#101010" if share > 0.5 else "#e4e4e4"
    text = shown_number(values, value)
    size = float(box.fields["fontsize"])
    return drawn + _line(text, left + across / 2, top + down / 2, size, ink, anchor="middle")


def _dial(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    values = box.parameter or {}
    low, high = float(values["parameter_mmin"]), float(values["parameter_mmax"])
    value = float(shown.get(box.varname, values["parameter_initial"][0]))
    x, y, size = left + across / 2, top + down * 0.54, float(box.fields["fontsize"])
    turn = 0.75 * math.pi + 1.5 * math.pi * (value - low) / (high - low)
    needle = (
        f'<line x1="{x:g}" y1="{y:g}" x2="{x + 10 * math.cos(turn):.2f}" y2="{y + 10 * math.sin(turn):.2f}" '
        'stroke="#1a1a1a" stroke-width="1.6"/>\n'
    )
    return (
        _line(str(values["parameter_shortname"]), x, top + 6, size, "#1a1a1a", anchor="middle")
        + _arc(x, y, 0.75 * math.pi, 2.25 * math.pi, ARC_REST)
        + _arc(x, y, 0.75 * math.pi, turn, ARC)
        + needle
        + _line(shown_number(values, value), x, top + down - 5.5, size, "#1a1a1a", anchor="middle")
    )


def _arc(x: float, y: float, start: float, end: float, stroke: str) -> str:
    if end - start < 1e-6:
        return ""
    radius, large = 10.0, int(end - start > math.pi)
    ends = [(x + radius * math.cos(each), y + radius * math.sin(each)) for each in (start, end)]
    (x1, y1), (x2, y2) = ends
    return (
        f'<path d="M{x1:.2f} {y1:.2f}A{radius:g} {radius:g} 0 {large} 1 {x2:.2f} {y2:.2f}" '
        f'fill="none" stroke="{stroke}" stroke-width="2.6"/>\n'
    )


def _comment(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    size = float(box.fields.get("fontsize", 10.0))
    ink = _color(box, "textcolor", "#1a1a1a")
    where = box.fields.get("textjustification", 0)
    x = left + {0: 2, 1: across / 2, 2: across - 2}[where]
    anchor = {0: "start", 1: "middle", 2: "end"}[where]
    lines = wrapped(str(shown.get(box.varname, box.text)), size, across - 4)
    step = size * LINE
    start = top + (down / 2 if down < 2 * step else 1 + step / 2)
    return "".join(_line(text, x, start + n * step, size, ink, anchor=anchor) for n, text in enumerate(lines))


def _panel(box: Box, rect: Rect, shown: Mapping[str, Any]) -> str:
    left, top, across, down = rect
    if box.fields.get("shape") == 1:
        fill = str(shown.get(box.varname, "#8c8c8c"))
        return (
            f'<circle cx="{left + across / 2:g}" cy="{top + down / 2:g}" r="{across / 2:g}" fill="{fill}"/>\n'
        )
    fill = _color(box, "bgfillcolor", CONTROL)
    return _box(rect, fill, rounded=float(box.fields.get("rounded", 0)), line=fill)


_DRAWERS: dict[str, Callable[[Box, Rect, Mapping[str, Any]], str]] = {
    "live.text": _button,
    "live.menu": _menu,
    "live.numbox": _number,
    "live.dial": _dial,
    "live.comment": _comment,
    "comment": _comment,
    "panel": _panel,
}
