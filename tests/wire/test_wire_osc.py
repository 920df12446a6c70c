"""Bytes to OSC messages and back, and bytes that are none."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.errors import MalformedPacket
from bridge.wire import osc


def padded(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)


def message(address: bytes, tags: bytes, body: bytes = b"") -> bytes:
    return padded(address) + padded(b"," + tags) + body


def bundle(*elements: bytes, time_tag: bytes = b"\0" * 7 + b"\1") -> bytes:
    return b"#bundle\0" + time_tag + b"".join(len(e).to_bytes(4, "big") + e for e in elements)


def test_every_number_type_is_read() -> None:
    body = struct.pack(">ifqd", 1, 2.5, 3, 4.25)
    assert osc.decode(message(b"/a", b"ifhd", body)).args == (1, 2.5, 3, 4.25)


def test_what_is_encoded_is_decoded() -> None:
    packet = osc.encode("/macnet/x", "ifs", (7, 0.5, "Übung 日本"))
    assert osc.decode(packet) == osc.RawMessage("/macnet/x", (7, 0.5, "Übung 日本"))
    assert len(packet) % 4 == 0


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert osc.decode(padded(b"/macnet/models")).args == ()


@pytest.mark.parametrize("tags", [b"iT", b"ib", b"i[ii]", b"iI", b"iN", b"it", b"i\x01"])
def test_an_unsupported_type_is_named_where_it_stands(tags: bytes) -> None:
    raw = osc.decode(message(b"/a", tags, struct.pack(">iii", 5, 0, 0)))
    assert raw.args[0] == 5
    assert raw.args[1] == osc.Unsupported(chr(tags[1]))


def test_a_float_that_was_cut_off_is_not_a_zero() -> None:
    whole = message(b"/a", b"ff", struct.pack(">ff", 1, 2))
    with pytest.raises(MalformedPacket):
        osc.decode(whole[:-4])


@pytest.mark.parametrize("cut", range(1, 28))
def test_a_cut_message_is_malformed(cut: int) -> None:
    whole = osc.encode("/macnet/clip", "iisf", (1, 2, "verse", 1.5))
    with pytest.raises(MalformedPacket):
        osc.decode(whole[: len(whole) - cut])


def test_a_bundle_is_unpacked_at_once_whatever_its_time() -> None:
    one, two = osc.encode("/a", "i", (1,)), osc.encode("/b", "i", (2,))
    far_future = b"\xff" * 8
    assert list(osc.unbundle(bundle(one, bundle(two), time_tag=far_future))) == [one, two]


def test_bundles_nested_without_end_are_malformed() -> None:
    packet = b""
    while len(packet) < 50_000:
        packet = bundle(packet)
    with pytest.raises(MalformedPacket, match="deep"):
        list(osc.unbundle(packet))


@pytest.mark.parametrize("size", [-4, 0, 5_000, -(2**31)])
def test_a_bundle_with_an_impossible_element_is_malformed(size: int) -> None:
    packet = bundle() + struct.pack(">i", size) + b"/a\0\0,\0\0\0"
    with pytest.raises(MalformedPacket):
        list(osc.unbundle(packet))


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"\0",
        b"/",
        b"hello",
        b"#bundl",
        b"/\xff\xfe\xfd\0,\0\0\0",
        b"/abc\0\0\0\0no tags\0",
        b"/a\0\0,\xff\0\0",
        b"/a\0\0,s\0\0\xff\xfe\0\0",
        b"/" + b"a" * 70_000,
    ],
)
def test_bytes_that_are_no_message_are_malformed(packet: bytes) -> None:
    with pytest.raises(MalformedPacket):
        osc.decode(packet)


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda b: b"#bundle\0" + b))
@example(b"/a\0\0,b\0\0\xff\xff\xff\xff")
def test_any_bytes_are_read_or_malformed(packet: bytes) -> None:
    with suppress(MalformedPacket):
        for element in osc.unbundle(packet):
            osc.decode(element)


@given(st.text(max_size=60), st.integers(8, 80))
def test_a_text_is_cut_between_characters(text: str, size: int) -> None:
    cut = osc.cut_text(text, size)
    assert len(cut.encode()) <= size
    assert "\0" not in cut


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MalformedPacket):
        osc.encode("/a", "i", (2**40,))
