"""`macnet library`, and training that reads through it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from bridge.library import looking
from bridge.network import recipe
from bridge.network.measuring import Figures
from tests.library.music import lay, track
from tests.library.projects import BEAT, CHORDS, LOW, RIFF, LiveClip, LiveTrack, live_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "my <music> & more"
    for number in range(4):
        riff = tuple((at * (1 + number), long, pitch, loud) for at, long, pitch, loud in RIFF)
        lay(folder, f"song {number}.mid", [track(riff, "Lead"), track(CHORDS, "Keys")], beats=16)
    lay(folder, "a & b <i>.mid", [track(LOW)])
    lay(folder, "drums.mid", [track(BEAT, channel=9)])
    (folder / "zz same.mid").write_bytes((folder / "song 1.mid").read_bytes())
    (folder / "<b>broken.mid").write_bytes(b"<script>alert(1)</script>")
    (folder / "set.als").write_bytes(live_set(LiveTrack("Lead", [LiveClip(RIFF[1:], "<i>Riff</i>")])))
    return folder


def test_a_library_is_told_of_with_counts_and_reasons(macnet: Callable[..., Said], music: Path) -> None:
    said = macnet("library", music)
    assert said.code == 0, said.err
    assert re.search(r"files +9, 6 used", said.out)
    assert re.search(r"1 +the same file as another +library\.same_file", said.out)
    assert "are few" in said.out


def test_json_ends_with_one_line_that_adds_up(
    macnet: Callable[..., Said], music: Path, data_dir: Path
) -> None:
    told = macnet("library", music, "--json").json
    assert told["left_out"] == {"clip.drums": 1, "library.same_file": 1, "midi.unreadable": 1}
    assert (told["files"], told["used"], told["beats"]) == (9, 6, 4 * 16 + 4 + 4)
    manifest = Path(told["manifest"])
    assert data_dir in manifest.parents
    lines = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    assert len(lines) == told["files"]
    assert sum(line["used"] for line in lines) == told["used"]


def test_the_page_stands_alone_is_well_formed_and_trusts_no_name(
    macnet: Callable[..., Said], music: Path, tmp_path: Path
) -> None:
    page, manifest = tmp_path / "out.html", tmp_path / "out.jsonl"
    said = macnet("library", music, "--page", page, "--manifest", manifest)
    assert str(page) in said.out
    drawn = page.read_text("utf-8")
    assert "http" not in drawn.replace("http-equiv", "")
    assert "<script" not in drawn
    assert "<b>broken" not in drawn
    assert "&lt;b&gt;broken.mid" in drawn
    plain = re.sub(r"<meta [^>]*>", "", drawn.partition("<!doctype html>")[2])
    root = ET.fromstring(plain)
    assert len(root.findall(".//svg")) == 7
    texts = [element.text for element in root.iter("text")]
    assert "both voices" in texts


def test_a_folder_that_is_not_there_is_an_error_with_a_hint(
    macnet: Callable[..., Said], tmp_path: Path
) -> None:
    said = macnet("library", tmp_path / "nowhere", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "library.missing"
    assert said.json["error"]["hint"]


def test_a_report_that_cannot_be_written_is_an_error_and_no_part_is_left(
    macnet: Callable[..., Said], music: Path, tmp_path: Path
) -> None:
    said = macnet("library", music, "--page", tmp_path / "no" / "page.html", "--json")
    assert said.json["error"]["code"] == "library.unwritable"


def test_a_look_that_is_broken_off_says_that_nothing_is_lost(
    macnet: Callable[..., Said], music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(looking, "read_files", interrupted)
    said = macnet("library", music)
    assert said.code == 130
    assert "is remembered" in said.err


def test_roles_can_be_said_in_a_file_elsewhere(
    macnet: Callable[..., Said], music: Path, tmp_path: Path
) -> None:
    roles = tmp_path / "roles.txt"
    roles.write_text("song * = skip\n", "utf-8")
    told = macnet("library", music, "--roles", roles, "--json").json
    assert told["left_out"]["library.skipped"] == 4
    roles.write_text("song * is skipped\n", "utf-8")
    said = macnet("library", music, "--roles", roles, "--json")
    assert said.json["error"]["code"] == "library.overrides"


def test_training_shows_the_report_first_and_learns_from_what_it_counts(
    macnet: Callable[..., Said], music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def run(_folder: Path, name: str, **how: Any) -> recipe.Trained:  # noqa: ANN401  whatever was asked
        given.update(how)
        return recipe.Trained(Path(name), how["reading"], Figures((1.0, 1.0)))

    monkeypatch.setattr(recipe, "train", run)
    said = macnet("train", music, "--name", "mine")
    assert said.code == 0, said.err
    reading = given["reading"]
    assert [score.name for score in reading.scores] == [
        "a & b <i>.mid", "set.als#scene 1: <i>Riff</i>", *(f"song {number}.mid" for number in range(4))
    ]  # fmt: skip
    assert reading.scores[0].known == (False, True)
    assert set(reading.left_out) == {"<b>broken.mid", "drums.mid", "zz same.mid"}
    assert said.out.index("9, 6 used") < said.out.index("learned from these 6 songs")


def test_training_on_too_little_says_what_was_left_out(macnet: Callable[..., Said], tmp_path: Path) -> None:
    folder = tmp_path / "few"
    lay(folder, "one.mid", [track(RIFF)])
    (folder / "broken.mid").write_bytes(b"x")
    said = macnet("train", folder, "--name", "mine", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "training.too_little"
    assert "1 usable song of" in said.json["error"]["message"]
