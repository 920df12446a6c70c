"""The device's face: nothing overlaps, nothing is cut off, every text fits where it stands."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from max_for_live.workshop import lettering

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from max_for_live.workshop.patch import Box, Patch, Rect

HEIGHT = 169.0
"""Live draws this many pixels of a device, whatever it asks for."""
PADDING = {"live.text": 4.0, "live.numbox": 4.0, "live.dial": 0.0, "live.comment": 2.0, "comment": 2.0}
"""Pixels on either side of a text, inside its box."""
ARROW = 14.0
"""What the triangle of a menu takes."""


def faults(patch: Patch, face: Mapping[str, Any]) -> list[str]:
    """Everything that a user would see go wrong; empty when all is well.

    Args:
        patch: the device's patch.
        face: the contract between patch and scripts, for the longest texts that may be shown.
    """
    return [*_sizes(patch), *_overlaps(patch), *_texts(patch), *_shown_texts(patch, face)]


def _sizes(patch: Patch) -> Iterator[str]:
    if patch.fields.get("openrect") != [0.0, 0.0, 0.0, HEIGHT] or not patch.fields.get("openinpresentation"):
        yield "The patch must open in presentation, 169 pixels high."
    width = float(patch.fields.get("devicewidth", 0))
    for box, (left, top, across, down) in on_the_face(patch):
        if min(left, top) < 0 or left + across > width or top + down > HEIGHT or min(across, down) <= 0:
            yield f"{box.id} lies outside of the device."


def _overlaps(patch: Patch) -> Iterator[str]:
    solid = [(box, rect) for box, rect in on_the_face(patch) if not box.fields.get("background")]
    for (one, first), (other, second) in combinations(solid, 2):
        if _touch(first, second):
            yield f"{one.id} and {other.id} overlap."


def _touch(first: Rect, second: Rect) -> bool:
    return (
        first[0] < second[0] + second[2]
        and second[0] < first[0] + first[2]
        and first[1] < second[1] + second[3]
        and second[1] < first[1] + first[3]
    )


def on_the_face(patch: Patch) -> list[tuple[Box, Rect]]:
    """The boxes that a user sees, with where they lie."""
    return [(box, box.face) for box in patch.boxes if box.face is not None]


def _texts(patch: Patch) -> Iterator[str]:
    for box, (_, _, across, down) in on_the_face(patch):
        size = float(box.fields.get("fontsize", 10.0))
        room = across - 2 * PADDING.get(box.maxclass, 4.0) - (ARROW if box.maxclass == "live.menu" else 0)
        for text in texts_of(box):
            if lettering.width(text, size) > room:
                yield f"{box.id}: {text!r} is {lettering.width(text, size):.0f} wide, there is room for {room:.0f}."
        if texts_of(box) and size * lettering.LINE > down + 1:
            yield f"{box.id}: letters of {size} need more height than {down}."


def texts_of(box: Box) -> list[str]:
    """Every text that a box may show by itself."""
    parameter = box.parameter or {}
    if box.maxclass == "live.text":
        return [box.text, str(box.fields["texton"])]
    if box.maxclass == "live.menu":
        return [str(item) for item in parameter.get("parameter_enum", [])]
    if box.maxclass in ("live.numbox", "live.dial"):
        keys = ("parameter_mmin", "parameter_mmax")
        ends = [shown_number(parameter, float(parameter[key])) for key in keys if key in parameter]
        return ends + ([str(parameter["parameter_shortname"])] if box.maxclass == "live.dial" else [])
    return [box.text] if "comment" in box.maxclass else []


def shown_number(parameter: Mapping[str, Any], value: float) -> str:
    """A number as Live shows it."""
    style = parameter.get("parameter_unitstyle")
    return f"{value:.0f} %" if style == 5 else f"{value:.2f}" if style == 1 else f"{value:.0f}"


def _shown_texts(patch: Patch, face: Mapping[str, Any]) -> Iterator[str]:
    """The longest texts that the script may show, made of the device's own prose."""
    prose = [str(control["info"]) for control in face["controls"]]
    for name, longest in (("status", "status_chars"), ("bridge", "bridge_chars")):
        box = patch.box(name)
        _, _, across, down = box.face or (0, 0, 0, 0)
        size = float(box.fields["fontsize"])
        room = int(down // (size * lettering.LINE))
        for text in prose:
            lines = lettering.wrapped(text[: face["limits"][longest]], size, across - 2 * PADDING["comment"])
            if len(lines) > room:
                yield f"{name}: {len(lines)} lines of text, there is room for {room}: {' / '.join(lines)}"
