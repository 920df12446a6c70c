"""The patch is played: what is pressed arrives in the script, what the script says arrives on the face."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from max_for_live.workshop.build import read_sources
from max_for_live.workshop.patch import read_patch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from max_for_live.workshop.patch import Box

Atom = int | float | str
Message = tuple[Atom, ...]

SOURCES = read_sources()
FACE = SOURCES.face
CONTROLS = {control["selector"]: control for control in FACE["controls"]}


def words(text: str) -> Message:
    """Text as Max reads it: numbers where they look like numbers."""
    return tuple(number(word) for word in text.split())


def number(word: str) -> Atom:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def prepend(box: Box, message: Message) -> Iterator[tuple[int, Message]]:
    yield 0, (*words(box.text)[1:], *(message[1:] if message[0] == "list" else message))


def route(box: Box, message: Message) -> Iterator[tuple[int, Message]]:
    if message[0] in box.arguments:
        yield box.arguments.index(str(message[0])), message[1:] or ("bang",)
    else:
        yield len(box.arguments), message


def sel(box: Box, message: Message) -> Iterator[tuple[int, Message]]:
    known = list(words(box.text)[1:])
    yield (known.index(message[0]), ("bang",)) if message[0] in known else (len(known), message)


def trigger(box: Box, message: Message) -> Iterator[tuple[int, Message]]:
    for outlet in reversed(range(len(box.arguments))):
        yield outlet, ("bang",) if box.arguments[outlet] == "b" else message


OBJECTS: dict[str, Callable[[Box, Message], Iterator[tuple[int, Message]]]] = {
    "prepend": prepend,
    "route": route,
    "sel": sel,
    "t": trigger,
    "deferlow": lambda _, message: iter([(0, message)]),
    "message": lambda box, _: iter([(0, words(box.text))]),
    "*": lambda box, message: iter([(0, (float(message[0]) * float(box.arguments[0]),))]),
}


class Played:
    """The patch with a log of what arrived where; boxes that are no mere wire keep what they get."""

    def __init__(self) -> None:
        self.patch = read_patch(SOURCES.patch)
        self.stored: Message | None = None
        self.arrived: list[tuple[str, Message]] = []

    def out(self, name: str, outlet: int, message: Message) -> list[tuple[str, Message]]:
        """What arrives, in order, once a box has put out a message."""
        self.arrived = []
        self._send(self.patch.box(name), outlet, message)
        return self.arrived

    def _send(self, box: Box, outlet: int, message: Message) -> None:
        # Max serves what hangs on one outlet from right to left.
        after = sorted(
            self.patch.after(box, outlet), key=lambda each: each.fields["patching_rect"][0], reverse=True
        )
        for target in after:
            self._enter(target, message)

    def _enter(self, box: Box, message: Message) -> None:
        if box.kind in OBJECTS:
            for outlet, result in OBJECTS[box.kind](box, message):
                self._send(box, outlet, result)
            return
        self.arrived.append((box.varname or box.text.split(" ", 1)[0], message))
        if box.kind == "pattr":
            self._remember(box, message)
        if box.kind == "pcontrol":
            self._send(box, 0, ("pcontrol", *message))

    def _remember(self, box: Box, message: Message) -> None:
        if message != ("bang",):
            self.stored = message
        if self.stored is not None:
            self._send(box, 0, self.stored)


@pytest.fixture
def played() -> Played:
    return Played()


SCRIPT = "js"


@pytest.mark.parametrize("selector", CONTROLS)
def test_what_is_pressed_or_turned_arrives_in_the_script(played: Played, selector: str) -> None:
    is_button = CONTROLS[selector]["kind"] == "button"
    arrived = played.out(selector, 0, ("bang",) if is_button else (3,))
    assert arrived == [(SCRIPT, (selector,) if is_button else (selector, 3))]


def test_packets_arrive_behind_a_word_of_ours(played: Played) -> None:
    packet = ("/macnet/done", 2, 1, 2)
    assert played.out("obj-receive", 0, packet) == [(SCRIPT, ("heard", *packet))]


def test_live_says_when_it_is_there(played: Played) -> None:
    assert played.out("obj-thisdevice", 0, ("bang",)) == [(SCRIPT, ("ready",))]


def test_the_script_speaks_to_the_bridge_to_its_own_port_and_to_the_listener(played: Played) -> None:
    hello = ("/macnet/hello", 1, 1, "live", 40_001)
    assert played.out("obj-script", 0, hello) == [("udpsend", hello)]
    assert played.out("obj-script", 1, ("port", 40_001)) == [("udpreceive", ("port", 40_001))]
    assert played.out("obj-script", 3, ("/macnet/echo", 5)) == [("udpsend", ("/macnet/echo", 5))]
    texts = [played.patch.after(played.patch.box("obj-script"), outlet)[0].text for outlet in (0, 3)]
    assert texts == [f"udpsend 127.0.0.1 {FACE['ports'][name]}" for name in ("bridge", "reply_first")]


SHOWN: list[tuple[Message, list[tuple[str, Message]]]] = [
    (
        ("status", "Ready. “a, b; c”: melody, 4 bars."),
        [("status", ("set", "Ready. “a, b; c”: melody, 4 bars."))],
    ),
    (("bridge", "folk, bridge 0.1.0"), [("bridge", ("set", "folk, bridge 0.1.0"))]),
    (("build", "0.1.0-12345678"), [("build", ("set", "0.1.0-12345678"))]),
    (("shown", "2/4"), [("shown", ("set", "2/4"))]),
    (("progress", 0.25), [("progress", ("set", 25.0))]),
    (("busy", 1), [("cancel", ("active", 1))]),
    (("star_shown", 1), [("star", ("set", 1))]),
    (("auto_shown", 0), [("auto", ("set", 0))]),
    (("model_items", "folk", "my songs"), [("model", ("_parameter_range", "folk", "my songs"))]),
    (("model_shown", 1), [("model", ("set", 1))]),
    (("track_items", "New track", "2 Bass"), [("track", ("_parameter_range", "New track", "2 Bass"))]),
    (("track_shown", 1), [("track", ("set", 1))]),
    (("report_text", "MAC-Net self test\nLive: 12.2.0"), [("p", ("set", "MAC-Net self test\nLive: 12.2.0"))]),
    (("store", "{}"), [("macnet_state", ("{}",)), (SCRIPT, ("restore", "{}"))]),
]


@pytest.mark.parametrize(("said", "expected"), SHOWN, ids=[str(said[0]) for said, _ in SHOWN])
def test_what_the_script_shows_arrives_on_the_face(
    played: Played, said: Message, expected: list[tuple[str, Message]]
) -> None:
    assert played.out("obj-script", 2, said) == expected


def test_the_light_is_red_amber_and_green(played: Played) -> None:
    colors = [played.out("obj-script", 2, ("online", level)) for level in (0, 1, 2)]
    assert [[name for name, _ in each] for each in colors] == [["light"]] * 3
    red, amber, green = ([float(part) for part in each[0][1][1:4]] for each in colors)
    assert red[0] > red[1] > red[2]
    assert amber[0] > amber[1] > amber[2]
    assert amber[1] > red[1]
    assert green[1] > max(green[0], green[2])
    assert {each[0][1][0] for each in colors} == {"bgfillcolor"}


def test_what_is_stored_comes_back_when_asked_for(played: Played) -> None:
    assert played.out("obj-script", 2, ("recall",)) == [("macnet_state", ("bang",))]
    played.out("obj-script", 2, ("store", '{"macnet":1}'))
    recalled = played.out("obj-script", 2, ("recall",))
    assert recalled == [("macnet_state", ("bang",)), (SCRIPT, ("restore", '{"macnet":1}'))]


def test_refresh_asks_every_control_that_has_a_value_and_none_that_a_bang_would_toggle(
    played: Played,
) -> None:
    asked = played.out("obj-script", 2, ("refresh",))
    assert {message for _, message in asked} == {("bang",)}
    kinds = {CONTROLS[name]["kind"] for name, _ in asked}
    assert kinds == {"numbox", "dial", "menu"}


def test_the_report_is_opened_before_its_text_is_selected(played: Played) -> None:
    assert played.out("obj-script", 2, ("report_show",)) == [
        ("pcontrol", ("open",)),
        ("p", ("pcontrol", "open")),
        ("p", ("select",)),
    ]


def test_every_selector_of_the_contract_was_played() -> None:
    said = {str(message[0]) for message, _ in SHOWN} | {"online", "recall", "refresh", "report_show"}
    assert said == {each["selector"] for each in FACE["outputs"][2]["selectors"]}
