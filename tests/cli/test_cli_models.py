"""`macnet models`: what can be given as `--model`, and what to do with your own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.network.checkpoint import bundled_shelf
from bridge.network.parcel import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said


def test_the_bundled_model_is_listed_with_what_it_is(macnet: Callable[..., Said]) -> None:
    told = {model["name"]: model for model in macnet("models", "--json").json["models"]}
    card = json.loads((Path(told["folk"]["folder"]) / "card.json").read_text("utf-8"))
    assert told["folk"]["version"] == card["version"]
    assert told["folk"]["terms"] == card["terms"]
    assert card["description"] in macnet("models").out


def test_a_damaged_model_is_listed_with_its_trouble_beside_those_that_work(
    macnet: Callable[..., Said], data_dir: Path
) -> None:
    broken = data_dir / "models" / "broken"
    broken.mkdir(parents=True)
    (broken / "config.json").write_text("{}")
    told = {model["name"]: model for model in macnet("models", "--json").json["models"]}
    assert told["broken"]["error"]["code"] == "model.damaged"
    assert "version" in told["folk"]
    said = macnet("models")
    assert said.code == 0
    assert "cannot be used" in said.out


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    """A model in one file, as someone might send it."""
    file = tmp_path / "theirs.macnet"
    pack(bundled_shelf().folder("folk"), file)
    return file


def test_a_model_comes_in_is_renamed_goes_out_and_is_removed(
    macnet: Callable[..., Said], parcel: Path, tmp_path: Path
) -> None:
    assert "theirs is here" in macnet("models", "import", parcel).out
    assert macnet("models", "rename", "theirs", "ours").out == "theirs is now ours\n"
    names = {model["name"] for model in macnet("models", "list", "--json").json["models"]}
    assert names == {"ours", *bundled_shelf().names()}
    told = macnet("models", "export", "ours", tmp_path / "out.macnet", "--json").json
    assert Path(told["file"]).stat().st_size == told["bytes"] > 100_000
    assert macnet("models", "remove", "ours", "--yes").out == "ours is removed\n"
    assert "ours" not in macnet("models").out


def test_a_models_card_is_shown(macnet: Callable[..., Said]) -> None:
    said = macnet("models", "show", "folk")
    assert "nats a quarter note" in said.out
    assert macnet("models", "show", "folk", "--json").json["name"] == "folk"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("remove", "folk", "--yes"), "model.bundled"),
        (("rename", "folk", "mine"), "model.bundled"),
        (("remove", "nobody", "--yes"), "model.missing"),
        (("show", "nobody"), "model.missing"),
        (("export", "nobody", "out.macnet"), "model.missing"),
        (("import", "nowhere.macnet"), "model.missing"),
    ],
)
def test_what_cannot_be_done_is_one_error_with_a_hint(
    macnet: Callable[..., Said], command: tuple[str, ...], code: str
) -> None:
    said = macnet("models", *command)
    assert said.code == 1
    assert f"[{code}]" in said.err
    assert "Traceback" not in said.err


def test_a_name_that_is_taken_is_told_with_what_to_do(macnet: Callable[..., Said], parcel: Path) -> None:
    macnet("models", "import", parcel)
    said = macnet("models", "import", parcel)
    assert "[model.exists]" in said.err
    assert macnet("models", "import", parcel, "--name", "second").code == 0


def test_a_file_that_is_no_model_is_refused(macnet: Callable[..., Said], waltz: Path) -> None:
    said = macnet("models", "import", waltz)
    assert said.code == 1
    assert "[model.damaged]" in said.err


def test_no_model_is_removed_unasked(
    macnet: Callable[..., Said], parcel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    macnet("models", "import", parcel)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    said = macnet("models", "remove", "theirs")
    assert said.code == 1
    assert "--yes" in said.err
    assert "theirs" in macnet("models").out


def test_options_before_the_command_are_not_lost_silently(
    macnet: Callable[..., Said], tmp_path: Path
) -> None:
    said = macnet("models", "--data-dir", tmp_path, "show", "folk")
    assert said.code == 2
    assert "behind the command" in said.err
