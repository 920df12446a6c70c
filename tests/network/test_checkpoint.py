from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bridge.errors import BadArgument, MacNetError, ModelDamaged, ModelIncompatible, ModelMissing
from bridge.network.checkpoint import Shelf, check_name, fingerprint, read_vocabulary
from bridge.network.runtime import Runtime


@pytest.fixture
def copy(toy_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_folder, tmp_path / "models" / "toy"))


def test_a_model_is_found_by_name_and_described_by_its_card(toy_shelf: Shelf) -> None:
    assert toy_shelf.names() == ("plain", "toy")
    assert toy_shelf.card("toy").description == "rising scales"


@pytest.mark.parametrize("name", ["none", "../toy", "toy/../toy", "", "/etc", "to*"])
def test_a_name_that_is_not_on_the_shelf_is_missing_never_a_path(toy_shelf: Shelf, name: str) -> None:
    with pytest.raises(ModelMissing) as missing:
        toy_shelf.folder(name)
    assert "toy" in missing.value.hint


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "a" * 65, "x.", "nul\0"])
def test_a_model_cannot_be_called_like_a_path(name: str) -> None:
    with pytest.raises(BadArgument):
        check_name(name)


FILES = ["weights.safetensors", "core.onnx", "spell-0.onnx", "config.json", "vocabulary.json", "card.json"]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("harm", ["missing", "empty", "truncated", "flipped"])
def test_a_damaged_model_gives_one_clear_error(copy: Path, file: str, harm: str) -> None:
    path = copy / file
    content = path.read_bytes()
    path.write_bytes(
        {
            "flipped": content[:40] + bytes([content[40] ^ 255]) + content[41:],
            "truncated": content[: len(content) // 2],
        }.get(harm, b"")
    )
    if harm == "missing":
        path.unlink()
    with pytest.raises((ModelDamaged, ModelIncompatible)) as damage:
        Runtime(copy)
    assert "toy" in str(damage.value)
    assert damage.value.hint


def test_a_model_of_another_format_says_so(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    (copy / "config.json").write_text(json.dumps({**config, "format": 99}), "utf-8")
    with pytest.raises(ModelIncompatible, match="format 99"):
        Runtime(copy)


def test_the_dictionary_is_stored_with_the_model(toy_folder: Path) -> None:
    assert read_vocabulary(toy_folder).words == {"60-1-1": 1}


def test_the_fingerprint_changes_with_the_weights(copy: Path, toy_folder: Path) -> None:
    assert fingerprint(copy) == fingerprint(toy_folder)
    config = json.loads((copy / "config.json").read_text("utf-8"))
    config["digests"]["weights.safetensors"] = "0" * 64
    (copy / "config.json").write_text(json.dumps(config), "utf-8")
    assert fingerprint(copy) != fingerprint(toy_folder)


def test_the_bundled_models_are_whole() -> None:
    bundled = Shelf([Path(__file__).parents[2] / "bridge" / "models"])
    assert "folk" in bundled.names()
    for name in bundled.names():
        Runtime(bundled.folder(name))
        assert bundled.card(name).figures
        assert bundled.card(name).terms


def test_every_model_error_is_a_bridge_error() -> None:
    assert issubclass(ModelDamaged, MacNetError)
