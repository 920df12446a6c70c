"""The bytes of an `.amxd`: laid out as in real devices, read back, packed again, and damaged."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from max_for_live.workshop.__main__ import describe
from max_for_live.workshop.build import DEVICE
from max_for_live.workshop.container import (
    META_FROZEN,
    META_UNFROZEN,
    MIDI_EFFECT,
    PATCHER_FLAG,
    BadDevice,
    Device,
    Entry,
    read_device,
    write_device,
)

PATCH = b'{"patcher":{"boxes":[]}}\n\0'
SCRIPT = b"outlets = 2;\n"
TINY = Device(
    MIDI_EFFECT,
    META_FROZEN,
    (
        Entry(b"JSON", "Tiny.amxd", PATCH, PATCHER_FLAG, modified=3_590_052_786),
        Entry(b"TEXT", "tiny-ab.js", SCRIPT, modified=3_590_052_786),
    ),
)

HEX = """
61 6d 70 66  04 00 00 00  6d 6d 6d 6d               | ampf, 4 bytes little-endian: mmmm
6d 65 74 61  04 00 00 00  07 00 00 00               | meta, 4 bytes: 7, frozen
70 74 63 68  07 01 00 00                            | ptch: 263 bytes, the rest of the file
6d 78 40 63  00 00 00 10  00 00 00 00 00 00 00 37   | mx@c, 16, the directory is at 55; big-endian from here
7b 22 70 61 74 63 68 65 72 22 3a 7b 22 62 6f 78     | {"patcher":{"box
65 73 22 3a 5b 5d 7d 7d 0a 00                       | es":[]}} newline NUL
6f 75 74 6c 65 74 73 20 3d 20 32 3b 0a              | the script, no NUL
64 6c 73 74  00 00 00 d0                            | dlst, 208 bytes with its head
64 69 72 65  00 00 00 64                            | dire, 100 bytes with its head
74 79 70 65  00 00 00 0c  4a 53 4f 4e               | type JSON
66 6e 61 6d  00 00 00 14  54 69 6e 79 2e 61 6d 78 64 00 00 00 | fnam Tiny.amxd, padded to 12
73 7a 33 32  00 00 00 0c  00 00 00 1a               | 26 bytes
6f 66 33 32  00 00 00 0c  00 00 00 10               | at 16
76 65 72 73  00 00 00 0c  00 00 00 00               | version 0
66 6c 61 67  00 00 00 0c  00 00 00 11               | 0x11: the device's own patch
6d 64 61 74  00 00 00 0c  d5 fb db b2               | a fixed date
64 69 72 65  00 00 00 64
74 79 70 65  00 00 00 0c  54 45 58 54               | type TEXT
66 6e 61 6d  00 00 00 14  74 69 6e 79 2d 61 62 2e 6a 73 00 00
73 7a 33 32  00 00 00 0c  00 00 00 0d
6f 66 33 32  00 00 00 0c  00 00 00 2a               | at 42, right behind the patch
76 65 72 73  00 00 00 0c  00 00 00 00
66 6c 61 67  00 00 00 0c  00 00 00 00
6d 64 61 74  00 00 00 0c  d5 fb db b2
"""


def golden() -> bytes:
    return bytes.fromhex("".join(line.partition("|")[0] for line in HEX.splitlines()))


def test_a_frozen_device_is_laid_out_byte_for_byte() -> None:
    assert write_device(TINY).hex(" ", 4) == golden().hex(" ", 4)


def test_the_layout_is_read_back() -> None:
    assert read_device(golden()) == TINY


def test_an_unfrozen_device_starts_as_published_ones_do() -> None:
    text = b'{"patcher":{"boxes":[]}}'.ljust(0x37D7 - 2) + b"\n\0"
    data = write_device(Device(MIDI_EFFECT, META_UNFROZEN, unfrozen=text))
    assert data[:32].hex(" ", 4) == "616d7066 04000000 6d6d6d6d 6d657461 04000000 01000000 70746368 d7370000"
    assert read_device(data).patcher() == {"patcher": {"boxes": []}}


@pytest.mark.parametrize("name", ["abc", "abcd", "abcdefghijklm.js", "ä.js", "a" * 300])
def test_a_name_ends_in_at_least_one_nul_and_takes_a_multiple_of_four(name: str) -> None:
    data = write_device(Device(MIDI_EFFECT, None, (Entry(b"TEXT", name, b"x"),)))
    at = data.index(b"fnam")
    size = int.from_bytes(data[at + 4 : at + 8], "big") - 8
    raw = data[at + 8 : at + 8 + size]
    assert size % 4 == 0
    assert raw.rstrip(b"\0").decode() == name
    assert raw.endswith(b"\0")
    assert read_device(data).entries[0].name == name


@pytest.mark.parametrize("kind", [b"aaaa", b"iiii", b"nagg", b"natt"])
@pytest.mark.parametrize("meta", [None, b"\0\0\0\7", b"\4\0\0\0"])
def test_other_kinds_and_older_devices_pack_to_the_same_bytes(kind: bytes, meta: bytes | None) -> None:
    entries = (Entry(b"JSON", "Old.maxpat", PATCH, PATCHER_FLAG), Entry(bytes(4), "thing", b"", 8, 0, 7))
    data = write_device(Device(kind, meta, entries))
    assert write_device(read_device(data)) == data


def real_devices() -> list[Path]:
    """The device of this repository, and those of the folder in MACNET_AMXD_DIR."""
    folder = os.environ.get("MACNET_AMXD_DIR")
    return [DEVICE, *(sorted(Path(folder).rglob("*.amxd")) if folder else [])]


@pytest.mark.parametrize("path", real_devices(), ids=lambda path: path.name)
def test_a_real_device_is_read_and_packs_to_the_same_bytes(path: Path) -> None:
    told, sound = describe(path.read_bytes())
    assert sound or told == "The device is encrypted.", told


# Damage

DAMAGED = {
    "empty": (b"", "does not start like a device"),
    "something else": (b"RIFF" + bytes(40), "does not belong here"),
    "no payload": (golden()[:24], "does not start like a device"),
    "cut in the payload": (golden()[:-1], "the file has 262"),
    "more after the end": (golden() + b"\0", "the file ends in the middle"),
    "a second payload": (golden() + golden()[24:], "does not belong here"),
    "encrypted": (golden()[:24] + b"ciph\1\0\0\0x" + golden()[24:], "encrypted"),
    "directory beyond the end": (
        golden().replace(b"\0\0\0\x37", b"\0\0\x37\0", 1),
        "should begin at byte 14080",
    ),
    "directory elsewhere": (golden().replace(b"\0\0\0\x37", b"\0\0\0\x36", 1), "claims"),
    "wrong offset": (golden().replace(b"\0\0\0\x2a", b"\0\0\0\x2b", 1), "do not follow on the file before"),
    "wrong size": (golden().replace(b"\0\0\0\x0d", b"\0\0\0\x0e", 1), "The files end at byte 56"),
    "unpadded name": (golden().replace(b"tiny-ab.js\0\0", b"tiny-ab.jsab"), "not padded"),
    "a name in no encoding": (golden().replace(b"tiny-ab.js", b"tiny-\xff\xfe.js"), "not UTF-8"),
    "fields in another order": (golden().replace(b"vers", b"flga", 1), "other fields"),
    "a foreign entry": (golden().replace(b"dire", b"dira", 1), "no entry of the directory"),
    "a patch that is no JSON": (golden().replace(b'{"patcher"', b'["patcher"', 1), "not JSON"),
    "a patch that is something else": (golden().replace(b'"patcher"', b'"pitcher"', 1), 'no "patcher"'),
}


@pytest.mark.parametrize("fault", DAMAGED)
def test_a_damaged_device_gives_one_clear_error(fault: str) -> None:
    data, expected = DAMAGED[fault]
    with pytest.raises(BadDevice, match=expected):
        read_device(data).patcher()


def test_no_damage_whatever_gives_another_error() -> None:
    rng = random.Random(20)
    sound = golden()
    for _ in range(3_000):
        data = bytearray(sound)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        cut = bytes(data[: rng.choice([len(data), rng.randrange(len(data))])])
        try:
            device = read_device(cut)
            device.patcher()
        except BadDevice as error:
            assert str(error)  # noqa: PT017  either outcome is right
        else:
            assert write_device(device) == cut


def test_a_file_that_is_not_inside_is_named() -> None:
    with pytest.raises(BadDevice, match=r"no file other\.js"):
        TINY.file("other.js")
    assert TINY.file("tiny-ab.js") == SCRIPT


def test_the_patch_inside_is_json_text() -> None:
    assert json.dumps(TINY.patcher()) == '{"patcher": {"boxes": []}}'
