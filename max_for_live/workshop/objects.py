"""What boxes there are: inlets, outlets and what may be said of each.

Max ignores classes, keys and attributes that it does not know without a word, so that a slip of the pen is a control
that does nothing. The counts of the `live.*` objects, `udpsend`, `udpreceive`, `pattr` and `textedit` were taken from
boxes in published devices, the rest from the Max reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from max_for_live.workshop.patch import Box

EVERY_BOX = frozenset({"id", "maxclass", "numinlets", "numoutlets", "outlettype", "patching_rect", "text"})
ON_THE_FACE = frozenset({"presentation", "presentation_rect", "varname", "ignoreclick", "background"})
LETTERING = frozenset({"fontname", "fontsize", "textcolor", "textjustification"})
INFO = frozenset({"annotation", "annotation_name"})
SAVED = frozenset({"saved_attribute_attributes"})
PARAMETER = ON_THE_FACE | INFO | SAVED | {"parameter_enable", "fontsize", "active", "appearance"}

PARAMETER_KEYS = frozenset(
    f"parameter_{key}"
    for key in (
        *("longname", "shortname", "annotation_name", "info", "type", "enum", "mmin", "mmax", "unitstyle"),
        *("initial", "initial_enable", "invisible", "modmode"),
    )
)
"""What a parameter may say to Live; `parameter_range` is not among them."""

THEME_COLORS = frozenset(
    f"themecolor.live_{name}"
    for name in (
        *("control_fg", "control_fg_on", "control_selection", "control_text_bg"),
        *("lcd_bg", "lcd_control_fg_zombie", "lcd_title"),
    )
)
"""The colours of Live's theme that are used here, each seen in published devices."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One class of boxes.

    Attributes:
        inlets: how many it has.
        outlets: the type of each outlet, as patches spell it.
        keys: what its box may say besides what every box says.
        typed: attributes that may be typed after the arguments, without `@`.
    """

    inlets: int
    outlets: tuple[str, ...]
    keys: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()


FACE: dict[str, Shape] = {
    "live.text": Shape(
        1,
        ("", ""),
        PARAMETER
        | {"mode", "texton", "automation", "automationon"}
        | {"activebgcolor", "activebgoncolor", "activetextcolor", "activetextoncolor"},
    ),
    "live.menu": Shape(1, ("", "", "float"), PARAMETER),
    "live.dial": Shape(1, ("", "float"), PARAMETER),
    "live.numbox": Shape(1, ("", "float"), PARAMETER),
    "live.comment": Shape(1, (), ON_THE_FACE | LETTERING),
    "comment": Shape(1, (), ON_THE_FACE | LETTERING | SAVED),
    "panel": Shape(
        1,
        (),
        ON_THE_FACE | SAVED | {"mode", "shape", "border", "rounded", "bgcolor"},
    ),
    "textedit": Shape(
        1, ("", "int", "", ""), ON_THE_FACE | LETTERING | {"parameter_enable", "wordwrap", "nosymquotes"}
    ),
    "message": Shape(2, ("",)),
    "inlet": Shape(0, ("",), frozenset({"comment", "index"})),
}
"""Boxes that are a class of their own."""

_SCRIPT = frozenset({"saved_object_attributes"})
_TRIGGERED = {"b": "bang", "i": "int", "f": "float"}
TYPED: dict[str, Shape] = {
    "midiin": Shape(1, ("int",)),
    "midiout": Shape(1, ()),
    "live.thisdevice": Shape(1, ("bang", "int", "int")),
    "deferlow": Shape(1, ("",)),
    "prepend": Shape(1, ("",)),
    "pcontrol": Shape(1, ("",)),
    "udpsend": Shape(1, (), typed=frozenset({"maxqueuesize"})),
    "udpreceive": Shape(1, ("",), typed=frozenset({"maxqueuesize", "defer", "quiet"})),
    "pattr": Shape(1, ("", "", ""), _SCRIPT | SAVED | {"varname"}),
    "*": Shape(2, ("float",)),
}
"""Objects that are typed into a box, `newobj`, and have the same outlets whatever follows."""


def shape_of(box: Box, *, script_outlets: int) -> Shape | None:
    """The shape that a box must have; None where its class is unknown.

    Args:
        box: any box.
        script_outlets: how many outlets the script says that it has.
    """
    if box.maxclass != "newobj":
        return FACE.get(box.maxclass)
    count = len(box.arguments)
    by_arguments = {
        "js": Shape(1, ("",) * script_outlets, _SCRIPT),
        "p": Shape(1, (), frozenset({"patcher"})),
        "route": Shape(count + 1, ("",) * (count + 1)),
        "sel": Shape(count + 1, ("bang",) * count + ("",)),
        "t": Shape(1, tuple(_TRIGGERED.get(each, "") for each in box.arguments)),
    }
    return by_arguments.get(box.kind, TYPED.get(box.kind))
