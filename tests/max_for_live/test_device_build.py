"""`MAC-Net.amxd` is what its sources make, byte for byte, and carries its script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bridge import __version__
from max_for_live.workshop.build import DEVICE, ROOT, build, device_of, in_ascii, read_sources
from max_for_live.workshop.container import BadDevice, read_device, write_device
from max_for_live.workshop.patch import read_patch
from max_for_live.workshop.picture import SHOWN, draw

PICTURE = ROOT.parent / "docs" / "images" / "device.svg"
SOURCES = read_sources()


def test_the_committed_device_is_what_its_sources_make() -> None:
    assert DEVICE.read_bytes() == build(), "run: make device"


def test_another_process_makes_the_same_bytes() -> None:
    code = "import sys; from max_for_live.workshop.build import build; sys.stdout.buffer.write(build())"
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT.parent, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert done.stdout == build()


def test_the_device_carries_one_script_which_names_its_build() -> None:
    device = read_device(build())
    assert [(entry.kind, entry.flag) for entry in device.entries] == [(b"JSON", 0x11), (b"TEXT", 0)]
    name = device.entries[1].name
    script = device.file(name).decode("ascii")
    first, _, rest = script.partition("\n")
    assert first == f'var BUILD = "{SOURCES.stamp}";'
    assert name == f"macnet-{SOURCES.hash}.js"
    assert SOURCES.stamp == f"{__version__}-{SOURCES.hash}"
    assert [line[8:] for line in rest.splitlines() if line.startswith("// ---- ")] == SOURCES.face["script"][
        "sources"
    ]
    assert "\0" not in script


def test_the_stamp_is_on_the_face_and_the_script_in_its_box() -> None:
    patch = read_patch(json.dumps(read_device(build()).patcher()))
    assert patch.box("build").text == SOURCES.stamp
    script = patch.box("obj-script")
    assert script.text == f"js {SOURCES.script_name}"
    assert script.fields["saved_object_attributes"]["filename"] == SOURCES.script_name


def test_a_changed_source_is_another_build_under_another_name() -> None:
    (name, text), *others = SOURCES.scripts
    touched = replace(SOURCES, scripts=((name, text + "\n// one more\n"), *others))
    assert touched.stamp != SOURCES.stamp
    assert device_of(touched).entries[1].name != SOURCES.script_name


def test_letters_beyond_ascii_are_escaped_for_the_script_engine() -> None:
    assert in_ascii('say("“ … 𝄞");') == r'say("\u201c \u2026 \ud834\udd1e");'


def test_a_patch_without_a_place_for_the_script_is_refused() -> None:
    with pytest.raises(BadDevice, match="one script box"):
        device_of(replace(SOURCES, patch=SOURCES.patch.replace("js macnet.js", "js other.js")))


def test_the_device_packs_to_the_same_bytes_as_by_another_writer() -> None:
    from py2max.m4l import pack_amxd  # noqa: PLC0415  a writer that others wrote; it knows one file and no meta

    only = replace(device_of(SOURCES), meta=None, entries=device_of(SOURCES).entries[:1])
    text = only.entries[0].data.rstrip(b"\0")
    theirs = pack_amxd(
        text, device_type="midi_effect", patcher_filename=DEVICE.name, mtime=only.entries[0].modified
    )
    assert write_device(only) == theirs


def test_the_picture_in_the_docs_is_the_device_that_is_there() -> None:
    patch = read_patch(json.dumps(device_of(SOURCES).patcher()))
    assert PICTURE.read_text("utf-8") == draw(patch), "run: make device"


def test_the_picture_shows_every_control() -> None:
    drawn = draw(read_patch(SOURCES.patch), shown=SHOWN)
    texts = [control["text"] for control in SOURCES.face["controls"] if "text" in control]
    assert [text for text in texts if f">{text}<" not in drawn] == []


def test_reading_a_folder_tells_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "ours.amxd").write_bytes(build())
    (tmp_path / "broken.amxd").write_bytes(build()[:100])
    command = [sys.executable, "-m", "max_for_live.workshop", "read", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    broken, ours = done.stdout.splitlines()
    assert broken.startswith("broken.amxd: Byte 32: b'ptch' claims ")
    assert ours.endswith("packs to the same bytes")
    assert done.stderr == ""
