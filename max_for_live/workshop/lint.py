"""The patch by itself: classes, cords, names and parameters, held to what Max and Live take.

Max would load a patch with any of these faults, and say nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from max_for_live.workshop import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from max_for_live.workshop.patch import Box, Patch

FLOAT, INT, ENUM, BLOB = range(4)
INT_SPAN = 255
"""Live holds an int parameter in a byte; wider ones must be floats that are shown as ints."""
AUTOMATED, STORED, HIDDEN = range(3)
PROJECT_KEYS = frozenset(
    {"version", "creationdate", "modificationdate", "viewrect", "autoorganize", "hideprojectwindow"}
    | {"showdependencies", "autolocalize", "contents", "layout", "searchpath", "detailsvisible", "amxdtype"}
    | {"readonly", "devpathtype", "devpath", "sortmode", "viewmode", "includepackages"}
)
PATCH_KEYS = frozenset(
    {"fileversion", "appversion", "classnamespace", "rect", "openrect", "bglocked", "openinpresentation"}
    | {"default_fontsize", "default_fontface", "default_fontname", "gridonopen", "gridsize", "devicewidth"}
    | {"description", "digest", "tags", "title", "minimum_live_version", "minimum_max_version"}
    | {"boxes", "lines", "parameters", "project", "autosave"}
)


def faults(patch: Patch, *, script_outlets: int) -> list[str]:
    """Everything wrong with a device's patch; empty when all is well.

    Args:
        patch: the device's patch.
        script_outlets: how many outlets the script says that it has.
    """
    return [
        *(fault for part in patch.everything() for fault in _part_faults(part, script_outlets)),
        *_lonely_names(patch),
        *_parameter_faults(patch),
        *_project_faults(patch),
    ]


def _part_faults(patch: Patch, script_outlets: int) -> Iterator[str]:
    yield from (
        f"The patch says {key!r}, which Max does not know." for key in patch.fields.keys() - PATCH_KEYS
    )
    yield from _doubles("id", (box.id for box in patch.boxes))
    yield from _doubles("scripting name", (box.varname for box in patch.boxes if box.varname))
    for box in patch.boxes:
        yield from _box_faults(box, script_outlets)
    yield from _cord_faults(patch)


def _doubles(what: str, names: Iterable[str]) -> Iterator[str]:
    return (f"Two boxes have the {what} {name!r}." for name, count in Counter(names).items() if count > 1)


def _box_faults(box: Box, script_outlets: int) -> Iterator[str]:
    shape = objects.shape_of(box, script_outlets=script_outlets)
    if shape is None:
        yield f"{box.id}: Max has no {box.kind!r}, or the table of objects lacks it."
        return
    found = (box.fields.get("numinlets"), box.fields.get("numoutlets"), box.fields.get("outlettype", []))
    expected = (shape.inlets, len(shape.outlets), list(shape.outlets))
    if found != expected:
        yield f"{box.id}: {box.kind} has inlets, outlets {expected}, the box says {found}."
    for key in box.fields.keys() - shape.keys - objects.EVERY_BOX:
        yield f"{box.id}: {box.kind} knows no {key!r}."
    if box.maxclass == "newobj":
        for word in box.text.split(" @")[1:]:
            if word.split()[0] not in shape.typed:
                yield f"{box.id}: {box.kind} knows no @{word}."
    yield from _color_faults(box)


def _color_faults(box: Box) -> Iterator[str]:
    for attribute, saved in box.fields.get("saved_attribute_attributes", {}).items():
        if attribute != "valueof" and saved.get("expression") not in objects.THEME_COLORS:
            yield f"{box.id}: {attribute} is {saved}, no colour of Live's theme."


def _cord_faults(patch: Patch) -> Iterator[str]:
    boxes = {box.id: box for box in patch.boxes}
    for cord in patch.cords:
        if cord.source not in boxes or cord.destination not in boxes:
            yield f"A cord goes from {cord.source} to {cord.destination}: one of them does not exist."
            continue
        outlets = int(boxes[cord.source].fields.get("numoutlets", 0))
        inlets = int(boxes[cord.destination].fields.get("numinlets", 0))
        if not (0 <= cord.outlet < outlets and 0 <= cord.inlet < inlets):
            yield f"{cord}: no such outlet or inlet."
    for cord, count in Counter(patch.cords).items():
        if count > 1:
            yield f"{cord}: there twice."
    touched = {end for cord in patch.cords for end in (cord.source, cord.destination)}
    for box in patch.boxes:
        if box.id not in touched and not _may_stand_alone(box):
            yield f"{box.id} has no cord."


def _may_stand_alone(box: Box) -> bool:
    return "comment" in box.maxclass or (box.maxclass == "panel" and bool(box.fields.get("background")))


def _lonely_names(patch: Patch) -> Iterator[str]:
    """Names of `send` without a `receive`, and the other way round."""
    boxes = [box for part in patch.everything() for box in part.boxes]
    sent = {box.arguments[0] for box in boxes if box.kind in ("s", "send") and box.arguments}
    heard = {box.arguments[0] for box in boxes if box.kind in ("r", "receive") and box.arguments}
    yield from (f"{name!r} is sent or received, but not both." for name in sent ^ heard)
    yield from (f"{name!r} is not for this device alone: ---{name}." for name in sent if name[:3] != "---")


def _parameter_faults(patch: Patch) -> Iterator[str]:
    boxes = [box for box in patch.boxes if box.parameter is not None]
    for box in patch.boxes:
        if (box.maxclass in objects.FACE and box.maxclass.startswith("live.")) and not _is_parameter(box):
            yield f"{box.id}: a {box.maxclass} must be a parameter, with a scripting name."
    yield from _doubles("long name", (str((box.parameter or {}).get("parameter_longname")) for box in boxes))
    for box in boxes:
        yield from (f"{box.id}: {fault}" for fault in _values_faults(box.parameter or {}))
    listed = {key: each for key, each in patch.fields.get("parameters", {}).items() if key.startswith("obj-")}
    names = {box.id: _names(box.parameter or {}) for box in boxes}
    for key in listed.keys() | names.keys():
        if listed.get(key) != names.get(key):
            yield f"{key}: the patch's list of parameters says {listed.get(key)}, the box {names.get(key)}."
    yield from _bank_faults(
        patch, {each["parameter_longname"]: each for box in boxes if (each := box.parameter)}
    )


def _is_parameter(box: Box) -> bool:
    if box.maxclass == "live.comment":
        return True
    return box.fields.get("parameter_enable") == 1 and box.parameter is not None and bool(box.varname)


def _names(parameter: Mapping[str, Any]) -> list[Any]:
    return [parameter.get("parameter_longname"), parameter.get("parameter_shortname"), 0]


def _values_faults(values: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"a parameter knows no {key!r}" for key in values.keys() - objects.PARAMETER_KEYS)
    kind, visibility = values.get("parameter_type"), values.get("parameter_invisible")
    if kind not in (FLOAT, INT, ENUM, BLOB) or visibility not in (AUTOMATED, STORED, HIDDEN):
        yield "type or visibility is missing"
        return
    if kind == BLOB:
        if visibility != STORED:
            yield "what is not a number can be stored, not automated"
        return
    yield from _range_faults(values, kind)
    if visibility != HIDDEN and not values.get("parameter_initial_enable"):
        yield "it is stored, and would load at the bottom of its range: it needs an initial value"


def _range_faults(values: Mapping[str, Any], kind: int) -> Iterator[str]:
    if {"parameter_mmin", "parameter_mmax", "parameter_unitstyle"} - values.keys():
        yield "range or unit is missing"
        return
    low, high = values["parameter_mmin"], values["parameter_mmax"]
    if low >= high and not (kind == ENUM and low == high == 0):
        yield f"the range {low} to {high} is empty"
    if kind == INT and high - low > INT_SPAN:
        yield f"an int parameter holds {INT_SPAN + 1} values, this one has {high - low + 1}"
    if kind == ENUM and len(values.get("parameter_enum", [])) != high + 1:
        yield f"{len(values.get('parameter_enum', []))} items, but a range to {high}"
    if bool(values.get("parameter_initial")) != bool(values.get("parameter_initial_enable")):
        yield "an initial value counts only with parameter_initial_enable, and the other way round"
    if any(not low <= each <= high for each in values.get("parameter_initial", [])):
        yield f"the initial value {values['parameter_initial']} is out of range"


def _bank_faults(patch: Patch, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    banks = patch.fields.get("parameters", {}).get("parameterbanks", {})
    for key, bank in banks.items():
        if str(bank.get("index")) != key or not bank.get("name") or len(bank.get("parameters", [])) != 8:
            yield f"Bank {key} needs its index, a name and eight places."
        for name in bank.get("parameters", []):
            if name != "-" and (name not in known or known[name].get("parameter_invisible") == HIDDEN):
                yield f"Bank {key} shows {name!r}, which Push cannot."
    filled = [name for bank in banks.values() for name in bank.get("parameters", []) if name != "-"]
    if not filled:
        yield "The banks for Push are empty."


def _project_faults(patch: Patch) -> Iterator[str]:
    project = patch.fields.get("project", {})
    if project.keys() != PROJECT_KEYS:
        yield f"The project block differs in {sorted(project.keys() ^ PROJECT_KEYS)}: Max would not open the device."
    if project.get("amxdtype") != int.from_bytes(b"mmmm", "big"):
        yield "The project block does not say that this is a MIDI effect."
