"""Messages held against their specification: every wrong argument is named with its position."""

from __future__ import annotations

import math
import struct
from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import BadArgument, ClipOutOfRange, MacNetError, UnknownAddress
from bridge.wire import messages as m
from bridge.wire import osc
from bridge.wire.arguments import Arg, Kind
from bridge.wire.packets import format_message, parse


def sent(address: str, types: str, *args: osc.Atom) -> bytes:
    return osc.encode(address, types, args)


def values_of(arg: Arg) -> st.SearchStrategy[Any]:
    if arg.choices:
        return st.sampled_from(arg.choices)
    if arg.kind is Kind.BEATS:
        return st.integers(1, int(arg.high) * 960)
    if arg.kind is Kind.WHOLE:
        return st.integers(int(arg.low), int(arg.high))
    if arg.kind is Kind.NUMBER:
        return st.floats(arg.low, arg.high, width=32)
    words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=arg.size // 4)
    return words | st.integers(0, 99) if arg.kind is Kind.VALUE else words


def any_message() -> st.SearchStrategy[m.Message]:
    def of(spec: m.Spec) -> st.SearchStrategy[m.Message]:
        parts = [values_of(arg) for arg in spec.args]
        if spec.repeat:
            group = st.tuples(*map(values_of, spec.repeat.args))
            parts.append(st.lists(group, max_size=min(20, spec.repeat.at_most)).map(tuple))
        return st.tuples(*parts).map(lambda values: spec.kind(*values))

    return st.sampled_from(list(m.SPECS.values())).flatmap(of)


@given(any_message())
def test_what_is_formatted_is_parsed(message: m.Message) -> None:
    packet = format_message(message)
    if isinstance(message, m.Continue | m.Generate) and message.length % 960:
        beats = message.length / 960  # a 32-bit float holds ticks up to about 17,000 beats of them
        assert abs(struct.unpack(">f", struct.pack(">f", beats))[0] - beats) < 1e-3
        return
    assert parse(packet) == message


@given(any_message())
def test_a_message_is_at_most_a_kilobyte_of_two_hundred_arguments(message: m.Message) -> None:
    packet = format_message(message)
    assert len(packet) <= m.MAX_SENT_BYTES
    assert len(osc.decode(packet).args) <= 200


def longest(arg: Arg) -> int | float | str:
    if arg.choices:
        return arg.choices[-1]
    return "日" * 2_000 if arg.kind in (Kind.TEXT, Kind.VALUE) else 1


@pytest.mark.parametrize("spec", m.SPECS.values(), ids=lambda spec: spec.address)
def test_the_largest_message_still_fits(spec: m.Spec) -> None:
    values: list[Any] = [longest(arg) for arg in spec.args]
    if spec.repeat:
        group = tuple(map(longest, spec.repeat.args))
        values.append((group,) * spec.repeat.at_most)
    packet = format_message(spec.kind(*values))
    assert len(packet) <= m.MAX_SENT_BYTES
    assert len(osc.decode(packet).args) <= 200


def test_every_field_of_a_message_has_a_specification_and_no_default() -> None:
    for spec in m.SPECS.values():
        for field in fields(spec.kind):
            assert "spec" in field.metadata
            assert field.default is MISSING


@pytest.mark.parametrize("tag", "ifhd")
def test_a_number_may_come_as_any_number_type(tag: str) -> None:
    body = struct.pack(">" + {"i": "i", "f": "f", "h": "q", "d": "d"}[tag] * 2, 7, 0)
    packet = b"/macnet/cancel\0\0," + tag.encode() + b"\0\0" + body[: len(body) // 2]
    assert parse(packet) == m.Cancel(7)


def test_notes_may_come_as_floats() -> None:
    packet = sent("/macnet/clip/notes", "fsfffff", 3.0, "melody", 0.0, 60.0, 0.0, 480.0, 100.0)
    assert parse(packet) == m.ClipNotes(3, "melody", 0, ((60, 0, 480, 100),))


def test_a_name_may_come_as_a_number() -> None:
    packet = sent("/macnet/clip", "isiiiiif", 1, "auto", 960, 4, 4, 1, 1, 808.0)
    head = parse(packet)
    assert isinstance(head, m.ClipHead)
    assert head.name == "808"


@pytest.mark.parametrize(("beats", "ticks"), [(8.0, 7_680), (3.5, 3_360), (1 / 3, 320), (0.2, 192)])
def test_a_length_in_beats_may_be_a_whole_number_of_ticks(beats: float, ticks: int) -> None:
    message = parse(sent("/macnet/generate", "ifii", 1, beats, 1, -1))
    assert isinstance(message, m.Generate)
    assert message.length == ticks


WRONG = [
    (sent("/macnet/generate", "ifii", 1, 3.00037, 1, -1), BadArgument, "argument 2 (length in beats)"),
    (sent("/macnet/generate", "ifii", 1, 0.0, 1, -1), BadArgument, "argument 2 (length in beats)"),
    (sent("/macnet/generate", "iiii", 1, 8, 17, -1), BadArgument, "argument 3 (variations)"),
    (sent("/macnet/generate", "iiii", 1, 8, 1, -2), BadArgument, "argument 4 (rng seed)"),
    (sent("/macnet/generate", "iifi", 1, 8, 1.5, -1), BadArgument, "argument 3 (variations) is 1.5"),
    (sent("/macnet/generate", "iisi", 1, 8, "two", -1), BadArgument, "argument 3 (variations) is two"),
    (sent("/macnet/generate", "iifi", 1, 8, math.nan, -1), BadArgument, "argument 3 (variations) is nan"),
    (sent("/macnet/generate", "iifi", 1, 8, math.inf, -1), BadArgument, "argument 3 (variations) is inf"),
    (sent("/macnet/generate", "iiiis", 1, 8, 1, -1, "key"), BadArgument, "lacks argument 6 (value)"),
    (sent("/macnet/generate", "ii", 1, 8), BadArgument, "lacks argument 3 (variations)"),
    (sent("/macnet/hello", "", *()), BadArgument, "lacks argument 1 (id)"),
    (sent("/macnet/cancel", "ii", 1, 2), BadArgument, "takes 1 arguments, 2 came"),
    (sent("/macnet/clip", "isiiiiis", 1, "bass", 9, 4, 4, 1, 1, ""), BadArgument, "argument 2 (role)"),
    (sent("/macnet/clip", "isiiiiis", 1, "auto", 0, 4, 4, 1, 1, ""), ClipOutOfRange, "argument 3 (length)"),
    (
        sent("/macnet/clip", "isiiiiis", 1, "auto", 9, 0, 4, 1, 1, ""),
        ClipOutOfRange,
        "argument 4 (numerator)",
    ),
    (sent("/macnet/clip", "isiiiiis", 1, "auto", 9, 4, 3, 1, 1, ""), ClipOutOfRange, "argument 5 (denom"),
    (
        sent("/macnet/clip/notes", "isiiiii", 1, "auto", 0, 128, 0, 1, 1),
        ClipOutOfRange,
        "argument 4 (pitch of note 1)",
    ),
    (sent("/macnet/clip/notes", "isiiiii", 1, "auto", 0, 60, -1, 1, 1), ClipOutOfRange, "argument 5 (onset"),
    (
        sent("/macnet/clip/notes", "isiiiii", 1, "auto", 0, 60, 0, 0, 1),
        ClipOutOfRange,
        "argument 6 (duration",
    ),
    (
        sent("/macnet/clip/notes", "isiiiiiiiii", 1, "auto", 0, 60, 0, 1, 1, 60, 1, 1, 0),
        ClipOutOfRange,
        "argument 11 (velocity of note 2)",
    ),
    (sent("/macnet/clip/notes", "isiiii", 1, "auto", 0, 60, 0, 1), BadArgument, "argument 7 (velocity)"),
    (sent("/macnet/nonsense", "i", 1), UnknownAddress, "/macnet/nonsense"),
    (sent("/macnet/*", "i", 1), UnknownAddress, "/macnet/*"),
    (sent("/" + "*" * 20, "i", 1), UnknownAddress, "/****"),
]


@pytest.mark.parametrize(("packet", "kind", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_a_wrong_argument_is_named_with_its_position(
    packet: bytes, kind: type[MacNetError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        parse(packet)
    assert words in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("tag", ["T", "F", "N", "I", "b", "["])
def test_a_value_of_another_type_is_refused_by_name(tag: str) -> None:
    packet = b"/macnet/cancel\0\0," + tag.encode() + b"\0\0" + b"\0\0\0\0"
    with pytest.raises(BadArgument, match=r"argument 1 \(id\) is an OSC value of type"):
        parse(packet)
