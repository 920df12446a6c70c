"""The patch of the Live device: held to Max, to the contract with the scripts, and to the eye."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from py2max.maxref import get_object_info

from max_for_live.workshop import contract, layout, lettering, lint, objects
from max_for_live.workshop.build import read_sources
from max_for_live.workshop.patch import format_patch, read_patch

if TYPE_CHECKING:
    from collections.abc import Callable

    from max_for_live.workshop.patch import Box, Patch

SOURCES = read_sources()
FACE = SOURCES.face
PATCH = read_patch(SOURCES.patch)


def all_faults(patch: Patch, face: Any = FACE, script: str = SOURCES.joined) -> list[str]:  # noqa: ANN401  JSON
    outlets = face["script"]["outlets"]
    return [
        *lint.faults(patch, script_outlets=outlets),
        *layout.faults(patch, face),
        *contract.faults(patch, face, script),
    ]


def test_the_patch_of_the_device_has_no_fault() -> None:
    assert all_faults(PATCH) == []


def test_the_source_is_laid_out_as_max_lays_it_out() -> None:
    assert format_patch(json.loads(SOURCES.patch)) == SOURCES.patch


def test_midi_passes_through_untouched() -> None:
    assert [box.kind for box in PATCH.after(PATCH.box("obj-midiin"))] == ["midiout"]
    assert [cord for cord in PATCH.cords if cord.destination == "obj-midiout"] == [
        cord for cord in PATCH.cords if cord.source == "obj-midiin"
    ]


def test_every_control_has_a_text_for_the_info_view() -> None:
    controls = [box for box, _ in layout.on_the_face(PATCH) if box.parameter]
    assert len(controls) == len(FACE["controls"]) + 1  # and the bar of progress
    assert [box.id for box in controls if len(str(box.fields["annotation"])) < 20] == []


def test_buttons_stay_out_of_undo_and_what_matters_is_stored() -> None:
    visible = {box.varname: box.parameter["parameter_invisible"] for box in PATCH.boxes if box.parameter}
    buttons = [control["selector"] for control in FACE["controls"] if control["kind"] == "button"]
    assert {visible[name] for name in buttons} == {lint.HIDDEN}
    assert visible["macnet_state"] == lint.STORED
    assert visible["temperature"] == lint.AUTOMATED


def sentences() -> list[str]:
    """What the script may say in the status line, with something in its gaps."""
    texts = dict(SOURCES.scripts)["texts.js"]
    found = re.findall(r'^ +\w+: ("[^"\n]+"),?$', texts, re.M)
    return [re.sub(r"\{\d\}", "24 morning", json.loads(text)) for text in found]


def test_every_sentence_fits_into_the_status_line() -> None:
    assert len(sentences()) > 50
    box = PATCH.box("status")
    _, _, across, down = box.face or (0, 0, 0, 0)
    size = float(box.fields["fontsize"])
    wrapped = {
        text: lettering.wrapped(text[: FACE["limits"]["status_chars"]], size, across - 4)
        for text in sentences()
    }
    assert [lines for lines in wrapped.values() if len(lines) * size * lettering.LINE > down] == []


# What Max says of its objects, as the package py2max brings it along

COMMON = {
    "annotation",
    "background",
    "fontname",
    "fontsize",
    "ignoreclick",
    "textcolor",
    "textjustification",
    "varname",
}
UNDOCUMENTED = {
    ("live.text", "annotation_name"),
    ("live.menu", "_parameter_range"),  # in many published devices
    ("panel", "background"),
}


def reference(box: Box) -> Any:  # noqa: ANN401  a page of the reference as JSON
    name = {"t": "trigger", "p": "patcher"}.get(box.kind, box.kind)
    return get_object_info(name)


def every_box() -> list[Box]:
    return [box for part in PATCH.everything() for box in part.boxes]


def test_every_object_is_in_the_reference_of_max() -> None:
    assert [box.id for box in every_box() if reference(box) is None] == []


def test_every_attribute_is_in_the_reference_of_max() -> None:
    structure = (
        objects.EVERY_BOX | COMMON | {"presentation", "presentation_rect", "parameter_enable", "patcher"}
    )
    structure |= {"saved_attribute_attributes", "saved_object_attributes"}
    unknown = [
        (box.kind, key)
        for box in every_box()
        for key in box.fields.keys() - structure - reference(box)["attributes"].keys()
    ]
    assert set(unknown) - UNDOCUMENTED == {("inlet", "index")}


def test_every_message_in_the_patch_is_understood_where_it_goes() -> None:
    unheard = []
    for part in PATCH.everything():
        for box in part.boxes:
            if box.maxclass != "message" and box.kind != "prepend":
                continue
            word = box.text.split()[0 if box.maxclass == "message" else 1]
            for target in part.after(box):
                known = reference(target)
                said = {*known["methods"], *known["attributes"]}
                if word not in said and "anything" not in said and target.kind != "p":
                    unheard.append((target.kind, word))
    assert set(unheard) - UNDOCUMENTED == set()


def test_the_report_window_understands_what_it_is_sent() -> None:
    report = PATCH.box("obj-report")
    senders = [PATCH.box(cord.source) for cord in PATCH.cords if cord.destination == report.id]
    words = {box.text.split()[-1] for box in senders if box.kind != "pcontrol"}
    known = get_object_info("textedit")
    assert known is not None
    assert words == {"set", "select"}
    assert words <= known["methods"].keys()


def test_no_selector_is_one_of_the_script_objects_own_messages() -> None:
    known = get_object_info("js")
    assert known is not None
    own = {name for name in known["methods"] if name not in ("anything", "list", "int", "float", "bang")}
    assert own & set(contract.heard_by_script(FACE)) == set()


# Every lint finds what it is there for

Fields = dict[str, Any]


def changed(change: Callable[[Fields], None]) -> list[str]:
    """What is found after a change to the patch's JSON."""
    fields = copy.deepcopy(json.loads(SOURCES.patch))
    change(fields["patcher"])
    return all_faults(read_patch(json.dumps(fields)))


def box_of(patcher: Fields, name: str) -> Fields:
    found: Fields = next(
        each["box"] for each in patcher["boxes"] if name in (each["box"]["id"], each["box"].get("varname"))
    )
    return found


def value_of(patcher: Fields, name: str) -> Fields:
    value: Fields = box_of(patcher, name)["saved_attribute_attributes"]["valueof"]
    return value


def moved(name: str, *rect: float) -> Callable[[Fields], None]:
    return lambda patcher: box_of(patcher, name).update(presentation_rect=list(rect))


def said(name: str, **fields: Any) -> Callable[[Fields], None]:  # noqa: ANN401  JSON
    return lambda patcher: box_of(patcher, name).update(fields)


def valued(name: str, **fields: Any) -> Callable[[Fields], None]:  # noqa: ANN401  JSON
    prefixed = {f"parameter_{key}": value for key, value in fields.items()}
    return lambda patcher: value_of(patcher, name).update(prefixed)


def lacking(name: str, *keys: str) -> Callable[[Fields], None]:
    def change(patcher: Fields) -> None:
        for key in keys:
            del value_of(patcher, name)[key]

    return change


def cut(source: str, destination: str) -> Callable[[Fields], None]:
    def change(patcher: Fields) -> None:
        patcher["lines"] = [
            each
            for each in patcher["lines"]
            if (each["patchline"]["source"][0], each["patchline"]["destination"][0]) != (source, destination)
        ]

    return change


def added(source: str, outlet: int, destination: str, inlet: int) -> Callable[[Fields], None]:
    line = {"patchline": {"source": [source, outlet], "destination": [destination, inlet]}}
    return lambda patcher: patcher["lines"].append(line)


def another_box(**fields: Any) -> Callable[[Fields], None]:  # noqa: ANN401  JSON
    base = {
        "id": "obj-new",
        "maxclass": "newobj",
        "numinlets": 1,
        "numoutlets": 0,
        "patching_rect": [0, 0, 9, 9],
    }
    return lambda patcher: patcher["boxes"].append({"box": {**base, **fields}})


FAULTS: dict[str, tuple[Callable[[Fields], None], str]] = {
    "a class that Max lacks": (said("keep", maxclass="live.button2"), "Max has no 'live.button2'"),
    "an object that Max lacks": (said("obj-later", text="deferslow"), "Max has no 'deferslow'"),
    "a wrong number of outlets": (said("model", numoutlets=2), "live.menu has inlets, outlets"),
    "an attribute that nobody knows": (said("keep", colour=1), "live.text knows no 'colour'"),
    "a typed attribute that nobody knows": (
        said("obj-send", text="udpsend 127.0.0.1 9471 @fast 1"),
        "no @fast",
    ),
    "no colour of the theme": (
        lambda patcher: box_of(patcher, "status")["saved_attribute_attributes"].update(
            textcolor={"expression": "x"}
        ),
        "no colour of Live's theme",
    ),
    "the same id twice": (said("obj-midiin", id="obj-midiout"), "Two boxes have the id"),
    "the same scripting name twice": (said("keep", varname="star"), "scripting name 'star'"),
    "the same long name twice": (valued("bars", longname="Variations"), "long name 'Variations'"),
    "a cord from nowhere": (added("obj-gone", 0, "obj-later", 0), "one of them does not exist"),
    "a cord to an inlet that is not there": (
        added("obj-midiin", 0, "obj-midiout", 1),
        "no such outlet or inlet",
    ),
    "a cord that is there twice": (added("obj-later", 0, "obj-script", 0), "there twice"),
    "a box without a cord": (cut("obj-midiin", "obj-midiout"), "obj-midiout has no cord"),
    "a name that is only sent": (
        another_box(text="s ---lonely"),
        "'---lonely' is sent or received, but not both",
    ),
    "a name for the whole of Live": (another_box(text="s lonely"), "is not for this device alone"),
    "a control that is no parameter": (said("keep", parameter_enable=0), "must be a parameter"),
    "parameter_range": (valued("bars", range=[1, 32]), "knows no 'parameter_range'"),
    "no range": (lacking("bars", "parameter_mmax"), "range or unit is missing"),
    "no visibility": (lacking("bars", "parameter_invisible"), "type or visibility is missing"),
    "an initial value that does not count": (valued("bars", initial_enable=0), "counts only with"),
    "no initial value": (
        lacking("bars", "parameter_initial", "parameter_initial_enable"),
        "would load at the bottom of its range",
    ),
    "an initial value out of range": (valued("bars", initial=[33]), "out of range"),
    "an int wider than a byte": (valued("port", type=1), "an int parameter holds 256 values"),
    "too few items": (valued("key", mmax=3), "3 items, but a range to 3"),
    "a text that is automated": (valued("macnet_state", invisible=0), "can be stored, not automated"),
    "a parameter that the patch does not list": (
        lambda patcher: patcher["parameters"].pop("obj-bars"),
        "obj-bars: the patch's list of parameters says None",
    ),
    "a button on Push": (
        lambda patcher: patcher["parameters"]["parameterbanks"]["0"]["parameters"].__setitem__(7, "Keep"),
        "which Push cannot",
    ),
    "no project": (lambda patcher: patcher["project"].pop("amxdtype"), "Max would not open the device"),
    "an instrument": (lambda patcher: patcher["project"].update(amxdtype=1), "MIDI effect"),
    "a key that patches lack": (lambda patcher: patcher.update(zoom=2), "'zoom'"),
    "higher than Live draws": (moved("selftest", 564, 155, 80, 16), "obj-selftest lies outside"),
    "wider than the device": (moved("selftest", 600, 145, 80, 16), "obj-selftest lies outside"),
    "two that overlap": (moved("keep", 400, 119, 80, 20), "obj-next and obj-keep overlap"),
    "a text too long for its button": (said("keep", text="Keep this one for ever"), "there is room for"),
    "a status line too narrow": (moved("status", 320, 32, 200, 46), "status: 4 lines of text"),
    "not in presentation": (lambda patcher: patcher.update(openinpresentation=0), "169 pixels high"),
    "a control that is missing": (said("keep", varname="hold"), "The patch has no control 'keep'"),
    "another kind of control": (said("key", maxclass="live.dial"), "the contract says menu"),
    "another name": (valued("bars", longname="Measures"), "the contract says 'Length in Bars'"),
    "another range": (valued("bars", mmax=64), "the contract says 32"),
    "automation of what is not for it": (valued("keep", invisible=0), "parameter_invisible is 0"),
    "a button that stays down": (said("keep", mode=1), "wrong for a button"),
    "a button that nobody hears": (cut("obj-keep", "obj-to-keep"), "keep: its outlet must go through [keep]"),
    "a button that is not deferred": (
        added("obj-to-keep", 0, "obj-script", 0),
        "keep: its outlet must go through",
    ),
    "a selector that nobody knows": (said("obj-to-keep", text="hold"), "The patch says 'hold'"),
    "Live's signal lost": (cut("obj-thisdevice", "obj-to-ready"), "ready: live.thisdevice must go through"),
    "the port's packets lost": (cut("obj-receive", "obj-to-heard"), "heard: udpreceive must go through"),
    "another port": (said("obj-send", text="udpsend 127.0.0.1 9000"), "Outlet 0 goes to"),
    "a route out of order": (
        said("obj-route", text=PATCH.box("obj-route").text.replace("bridge online", "online bridge")),
        "one [route",
    ),
    "a shown text that goes nowhere": (cut("obj-route", "obj-show-status"), "status: the patch does nothing"),
    "a star that is not set but sent": (
        said("obj-show-star_shown", text="prepend int"),
        "[prepend set] into star",
    ),
    "a refresh that misses one": (cut("obj-route", "obj-bars"), "refresh differs in ['bars']"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_lint_finds(fault: str) -> None:
    change, expected = FAULTS[fault]
    found = changed(change)
    assert [each for each in found if expected in each], found


SCRIPT_FAULTS = {
    "never hears": (SOURCES.joined.replace("keep:", "hold:"), "The script never hears 'keep'."),
    "shows too much": (SOURCES.joined + 'show("weather", 1);\n', "shows 'weather', which the contract lacks"),
    "never says": (SOURCES.joined.replace('show("online"', 'hide("online"'), "never says 'online'"),
    "a global of that name": (SOURCES.joined + "var keep = 1;\n", "'keep' is a message and a global"),
}


@pytest.mark.parametrize("fault", SCRIPT_FAULTS)
def test_the_lint_finds_in_the_script(fault: str) -> None:
    script, expected = SCRIPT_FAULTS[fault]
    found = all_faults(PATCH, FACE, script)
    assert [each for each in found if expected in each], found
