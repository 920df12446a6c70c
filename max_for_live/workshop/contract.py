"""The two sides of `face.json`: what the patch says the script hears, and the other way round.

A selector that only one side knows is a button that does nothing, and no message tells of it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from max_for_live.workshop.lint import AUTOMATED, HIDDEN, STORED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from max_for_live.workshop.patch import Box, Patch

KINDS = {
    "button": "live.text",
    "toggle": "live.text",
    "numbox": "live.numbox",
    "dial": "live.dial",
    "menu": "live.menu",
}
VISIBILITY = {"automated": AUTOMATED, "stored": STORED, "hidden": HIDDEN}
UNITS = {"int": 0, "float": 1}
SOURCES = {"ready": "live.thisdevice", "heard": "udpreceive", "restore": "pattr"}
"""Where the selectors come from that no control sends."""
FACE_OUTLET = 2

_GLOBAL = re.compile(r"^(?:var|function)\s+(\w+)", re.M)
_SHOWN = re.compile(r"""\bshow(?:\(|\.apply\([^,]*, \[)["'](\w+)["']""")


def faults(patch: Patch, face: Mapping[str, Any], script: str) -> list[str]:
    """Everything on which patch, contract and script differ; empty when all is well.

    Args:
        patch: the device's patch.
        face: `face.json`.
        script: all scripts, joined.
    """
    return [
        *(fault for control in face["controls"] for fault in _control_faults(patch, control)),
        *_input_faults(patch, face),
        *_output_faults(patch, face),
        *_bank_faults(patch, face),
        *_script_faults(face, script),
    ]


def heard_by_script(face: Mapping[str, Any]) -> list[str]:
    """Every selector that goes into the script."""
    return [each["selector"] for each in (*face["controls"], *face["inputs"])]


# Controls


def _control_faults(patch: Patch, control: Mapping[str, Any]) -> Iterator[str]:
    selector = control["selector"]
    try:
        box = patch.box(selector)
    except KeyError:
        yield f"The patch has no control {selector!r}."
        return
    if box.maxclass != KINDS[control["kind"]]:
        yield f"{selector} is a {box.maxclass}, the contract says {control['kind']}."
    expected, found = _promised(control), _found(box)
    for key in expected:
        if expected[key] != found.get(key):
            yield f"{selector}: {key} is {found.get(key)!r}, the contract says {expected[key]!r}."
    if control["kind"] in ("button", "toggle") and box.fields.get("mode") != int(control["kind"] == "toggle"):
        yield f"{selector}: mode {box.fields.get('mode')} is wrong for a {control['kind']}."
    says = selector if control["kind"] == "button" else f"prepend {selector}"
    if not _reaches_script(patch, box, says):
        yield f"{selector}: its outlet must go through [{says}] and the deferlow into the script."


def _promised(control: Mapping[str, Any]) -> dict[str, Any]:
    """What the contract says of a control, in the patch's words."""
    promised: dict[str, Any] = {
        "parameter_longname": control["long"],
        "parameter_shortname": control["short"],
        "parameter_invisible": VISIBILITY[control["visibility"]],
        "parameter_info": control["info"],
        "parameter_annotation_name": control["long"],
        "annotation": control["info"],
        "annotation_name": control["long"],
    }
    if "default" in control:
        promised["parameter_initial"] = [control["default"]]
    if "items" in control:
        promised["parameter_enum"] = control["items"]
    if "text" in control:
        promised |= {"text": control["text"], "texton": control.get("text_on", control["text"])}
    if "min" in control:
        promised |= {"parameter_mmin": control["min"], "parameter_mmax": control["max"]}
        promised["parameter_unitstyle"] = UNITS[control["unit"]]
    return promised


def _found(box: Box) -> dict[str, Any]:
    return {**box.fields, **(box.parameter or {})}


def _reaches_script(patch: Patch, box: Box, says: str) -> bool:
    return any(middle.text == says and _deferred(patch, middle) for middle in patch.after(box))


def _deferred(patch: Patch, box: Box) -> bool:
    """Whether a box goes into the script, through a deferlow and in no other way."""
    after = patch.after(box)
    return bool(after) and all(
        each.kind == "deferlow" and [last.kind for last in patch.after(each)] == ["js"] for each in after
    )


# What else goes in, and what comes out


def _script_box(patch: Patch) -> Box:
    return next(box for box in patch.boxes if box.kind == "js")


def _input_faults(patch: Patch, face: Mapping[str, Any]) -> Iterator[str]:
    named = [each["selector"] for each in face["inputs"]]
    if set(named) != set(SOURCES):
        yield f"The contract's inputs are {named}, the lint knows {list(SOURCES)}."
    for selector, kind in SOURCES.items():
        says = selector if selector == "ready" else f"prepend {selector}"
        if not any(box.kind == kind and _reaches_script(patch, box, says) for box in patch.boxes):
            yield f"{selector}: {kind} must go through [{says}] and the deferlow into the script."
    script = _script_box(patch).id
    said = {
        box.text.split()[-1]
        for box in patch.boxes
        if any(
            each.kind == "deferlow" and script in {x.id for x in patch.after(each)}
            for each in patch.after(box)
        )
    }
    yield from (
        f"The patch says {word!r}, the contract knows nothing of it."
        for word in said - set(heard_by_script(face))
    )


def _output_faults(patch: Patch, face: Mapping[str, Any]) -> Iterator[str]:
    script = _script_box(patch)
    found, promised = script.fields.get("numoutlets"), face["script"]["outlets"]
    if found != promised:
        yield f"The script box has {found} outlets, the contract says {promised}."
    if script.text != f"js {face['script']['file']}":
        yield f"The script box says {script.text!r}."
    for output in face["outputs"]:
        targets = patch.after(script, output["outlet"])
        if output["outlet"] == FACE_OUTLET:
            yield from _route_faults(patch, targets, output["selectors"], face)
        elif [box.text for box in targets] != [_words(output["to"])]:
            texts = [box.text for box in targets]
            yield f"Outlet {output['outlet']} goes to {texts}, the contract says {output['to']!r}."


def _words(described: str) -> str:
    """The object of a description such as `a second udpsend 127.0.0.1 40000, by which ...`."""
    found = re.search(r"udp(?:send [\d.]+|receive) \d+", described)
    return found[0] if found else described


def _route_faults(
    patch: Patch, targets: list[Box], selectors: list[Mapping[str, Any]], face: Mapping[str, Any]
) -> Iterator[str]:
    names = [each["selector"] for each in selectors]
    if [box.kind for box in targets] != ["route"] or targets[0].arguments != names:
        yield f"Outlet {FACE_OUTLET} must go into one [route {' '.join(names)}]."
        return
    for outlet, output in enumerate(selectors):
        after = patch.after(targets[0], outlet)
        if not after:
            yield f"{output['selector']}: the patch does nothing with it."
        yield from _shown_faults(patch, output, after)
        if output["selector"] == "refresh":
            yield from _refresh_faults(after, face)


def _shown_faults(patch: Patch, output: Mapping[str, Any], after: list[Box]) -> Iterator[str]:
    word, target = next(
        (
            (word, output[key])
            for key, word in (("sets", "set"), ("fills", "_parameter_range"))
            if key in output
        ),
        ("", ""),
    )
    if word and not any(
        box.text == f"prepend {word}" and [each.varname for each in patch.after(box)] == [target]
        for box in after
    ):
        yield f"{output['selector']} must go through [prepend {word}] into {target}."


def _refresh_faults(after: list[Box], face: Mapping[str, Any]) -> Iterator[str]:
    expected = {
        control["selector"]
        for control in face["controls"]
        if "default" in control and not control.get("filled") and control["selector"] != "auto"
    }
    found = {box.varname for box in after}
    if found != expected:
        yield f"refresh differs in {sorted(found ^ expected)}."


def _bank_faults(patch: Patch, face: Mapping[str, Any]) -> Iterator[str]:
    banks = patch.fields["parameters"]["parameterbanks"]
    found = [{"name": bank["name"], "parameters": bank["parameters"]} for bank in banks.values()]
    if found != face["banks"]:
        yield f"The banks for Push are {json.dumps(found)}, the contract says {json.dumps(face['banks'])}."
    state = face["pattr"]
    value = patch.box(state["varname"]).parameter or {}
    if (
        value.get("parameter_longname") != state["long"]
        or value.get("parameter_invisible") != VISIBILITY[state["visibility"]]
    ):
        yield "The pattr is not what the contract says."


# The script


def _script_faults(face: Mapping[str, Any], script: str) -> Iterator[str]:
    for selector in heard_by_script(face):
        if not re.search(rf"""["']{selector}["']|\b{selector}: """, script):
            yield f"The script never hears {selector!r}."
    outputs = {
        each["selector"]
        for output in face["outputs"]
        if output["outlet"] == FACE_OUTLET
        for each in output["selectors"]
    }
    shown = set(_SHOWN.findall(script))
    yield from (f"The script shows {name!r}, which the contract lacks." for name in shown - outputs)
    yield from (f"The script never says {name!r}." for name in outputs - shown)
    for name in set(_GLOBAL.findall(script)) & set(heard_by_script(face)):
        yield f"{name!r} is a message and a global of the script: what [js] makes of that is not known."
