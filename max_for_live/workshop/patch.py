"""A Max patch as values: boxes, cords, and the JSON that Max reads and writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Rect = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box of a patch.

    Attributes:
        id: what cords call it, such as `obj-continue`.
        maxclass: `newobj` for what is typed into a box, else the class itself.
        text: what is typed into it or written on it.
        fields: everything that the patch says of it.
    """

    id: str
    maxclass: str
    text: str
    fields: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The object's name: `live.text`, `route`, `message`."""
        return self.text.split()[0] if self.maxclass == "newobj" and self.text else self.maxclass

    @property
    def arguments(self) -> list[str]:
        """The words after the object's name, those of attributes left out."""
        return self.text.split(" @")[0].split()[1:] if self.maxclass == "newobj" else []

    @property
    def varname(self) -> str:
        """Its scripting name, empty where it has none."""
        return str(self.fields.get("varname", ""))

    @property
    def face(self) -> Rect | None:
        """Where it lies on the device's face; None where it does not."""
        rect = self.fields.get("presentation_rect")
        return rect_of(rect) if self.fields.get("presentation") and rect else None

    @property
    def parameter(self) -> Mapping[str, Any] | None:
        """What Live knows of it as a parameter; None where it is none."""
        saved = self.fields.get("saved_attribute_attributes", {})
        value: Mapping[str, Any] | None = saved.get("valueof")
        return value


@dataclass(frozen=True, slots=True)
class Cord:
    """A patch cord from one box's outlet to another's inlet."""

    source: str
    outlet: int
    destination: str
    inlet: int


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch or a part of one.

    Attributes:
        boxes: in the order of the file, the frontmost first.
        cords: in the order of the file.
        fields: what else the patch says of itself.
        inner: the patches inside boxes, by the id of the box.
    """

    boxes: tuple[Box, ...]
    cords: tuple[Cord, ...]
    fields: Mapping[str, Any]
    inner: Mapping[str, Patch]

    def box(self, id_or_name: str) -> Box:
        """The box of that id or scripting name.

        Raises:
            KeyError: there is none.
        """
        for box in self.boxes:
            if id_or_name in (box.id, box.varname):
                return box
        raise KeyError(id_or_name)

    def after(self, box: Box, outlet: int = 0) -> list[Box]:
        """The boxes that an outlet goes to."""
        return [self.box(c.destination) for c in self.cords if (c.source, c.outlet) == (box.id, outlet)]

    def everything(self) -> Iterator[Patch]:
        """This patch and those inside of it."""
        yield self
        for patch in self.inner.values():
            yield from patch.everything()


def read_patch(text: str) -> Patch:
    """Read a `.maxpat`.

    Raises:
        ValueError: it is no JSON.
        KeyError: a box or cord lacks what every one has.
    """
    return _patch(json.loads(text)["patcher"])


def _patch(fields: Mapping[str, Any]) -> Patch:
    boxes = tuple(_box(each["box"]) for each in fields["boxes"])
    cords = tuple(_cord(each["patchline"]) for each in fields.get("lines", []))
    inner = {box.id: _patch(box.fields["patcher"]) for box in boxes if "patcher" in box.fields}
    return Patch(boxes, cords, fields, inner)


def _box(fields: Mapping[str, Any]) -> Box:
    return Box(fields["id"], fields["maxclass"], str(fields.get("text", "")), fields)


def _cord(fields: Mapping[str, Any]) -> Cord:
    (source, outlet), (destination, inlet) = fields["source"], fields["destination"]
    return Cord(source, outlet, destination, inlet)


def rect_of(values: list[float]) -> Rect:
    """Four numbers as a rectangle."""
    left, top, width, height = (float(value) for value in values)
    return left, top, width, height


def format_patch(patcher: Mapping[str, Any]) -> str:
    """The text of a `.maxpat`, laid out as Max 9 lays it out, so that opening and saving changes little."""
    return _formatted(patcher, "") + "\n"


def _formatted(value: object, indent: str) -> str:
    deeper = indent + "    "
    if isinstance(value, dict) and value:
        rows = (f"{json.dumps(key)}: {_formatted(each, deeper)}" for key, each in value.items())
        return _lines("{", rows, "}", indent)
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return _lines("[", (_formatted(each, deeper) for each in value), "]", indent)
    if isinstance(value, list) and value:
        return f"[ {', '.join(json.dumps(each, ensure_ascii=False) for each in value)} ]"
    return json.dumps(value, ensure_ascii=False)


def _lines(start: str, rows: Iterator[str], end: str, indent: str) -> str:
    deeper = indent + "    "
    return f"{start}\n{deeper}" + f",\n{deeper}".join(rows) + f"\n{indent}{end}"
