"""A model as one file, and files that only look like one."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.errors import (
    BadArgument,
    MacNetError,
    ModelBundled,
    ModelDamaged,
    ModelExists,
    ModelMissing,
    ModelUnwritable,
)
from bridge.network import shelving
from bridge.network.checkpoint import bundled_shelf, fingerprint, own_shelf, read_card
from bridge.network.export import save_model
from bridge.network.model import MacNet
from bridge.network.runtime import Runtime
from tests.network import toy

if TYPE_CHECKING:
    from collections.abc import Callable

    Files = dict[str, bytes]

BUNDLED = bundled_shelf().names()[0]


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with one model, `mine`."""
    folder = toy.folder_of(tmp_path / "data" / "models" / "mine")
    weights = MacNet(toy.SMALL).state_dict()
    save_model(folder, weights, toy.SMALL, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return tmp_path / "data"


@pytest.fixture
def parcel(data_dir: Path, tmp_path: Path) -> Path:
    return shelving.export(data_dir, "mine", tmp_path / "mine.macnet")


def test_a_model_goes_out_as_one_file_and_comes_in_as_it_was(
    parcel: Path, data_dir: Path, tmp_path: Path
) -> None:
    folder = shelving.receive(tmp_path / "elsewhere", parcel)
    assert folder.name == "mine"
    first = own_shelf(data_dir).folder("mine")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        p.name: p.read_bytes() for p in first.iterdir()
    }
    assert Runtime(folder).card.description == "rising scales"


def test_the_same_model_always_gives_the_same_bytes(parcel: Path, data_dir: Path, tmp_path: Path) -> None:
    again = shelving.export(data_dir, "mine", tmp_path / "again.macnet")
    assert again.read_bytes() == parcel.read_bytes()


def test_a_model_that_came_with_the_bridge_can_be_exported_too(data_dir: Path, tmp_path: Path) -> None:
    file = shelving.export(data_dir, BUNDLED, tmp_path)
    assert file == tmp_path / f"{BUNDLED}.macnet"
    assert zipfile.ZipFile(file).testzip() is None


def test_a_file_that_exists_is_not_replaced_unasked(parcel: Path, data_dir: Path) -> None:
    before = parcel.read_bytes()
    with pytest.raises(BadArgument, match="exists"):
        shelving.export(data_dir, "mine", parcel)
    assert parcel.read_bytes() == before


def test_a_name_that_is_taken_is_refused_and_another_can_be_chosen(parcel: Path, data_dir: Path) -> None:
    for taken in ("mine", BUNDLED):
        with pytest.raises(ModelExists):
            shelving.receive(data_dir, parcel, taken)
    assert shelving.receive(data_dir, parcel, "theirs").name == "theirs"
    assert own_shelf(data_dir).names() == ("mine", "theirs")
    assert read_card(data_dir / "models" / "theirs").name == "theirs"


@pytest.mark.parametrize("name", ["../up", "a/b", ".", "nul\0", "a" * 65])
def test_an_imported_model_cannot_be_called_like_a_path(parcel: Path, data_dir: Path, name: str) -> None:
    with pytest.raises(BadArgument):
        shelving.receive(data_dir, parcel, name)


def with_pickle(files: Files) -> Files:
    return {**files, "weights.pt": b"\x80\x04cposix\nsystem\n."}


def with_path(name: str) -> Callable[[Files], Files]:
    return lambda files: {**files, name: b"x"}


def without(name: str) -> Callable[[Files], Files]:
    return lambda files: {key: value for key, value in files.items() if key != name}


def changed(name: str) -> Callable[[Files], Files]:
    return lambda files: {**files, name: files[name][:40] + bytes([files[name][40] ^ 1]) + files[name][41:]}


def graph_that_reads_elsewhere(files: Files) -> Files:
    """A graph whose weights lie in another file of the machine; its digest is right."""
    graph = files["core.onnx"].replace(b"weights.safetensors", b"../../../../etc/pwd")
    config = json.loads(files["config.json"])
    config["digests"]["core.onnx"] = hashlib.sha256(graph).hexdigest()
    return {**files, "core.onnx": graph, "config.json": json.dumps(config).encode()}


def digests_that_name_elsewhere(files: Files) -> Files:
    config = json.loads(files["config.json"])
    config["digests"]["../../secret"] = "0" * 64
    return {**files, "config.json": json.dumps(config).encode()}


HARM: dict[str, Callable[[Files], Files]] = {
    "up": with_path("../evil.txt"),
    "absolute": with_path("/tmp/evil.txt"),
    "backslash": with_path("..\\evil.txt"),
    "folder": with_path("sub/evil.txt"),
    "hidden": with_path(".evil"),
    "pickle": with_pickle,
    "no weights": without("weights.safetensors"),
    "no card": without("card.json"),
    "a graph is missing": without("core.onnx"),
    "a bit of the weights": changed("weights.safetensors"),
    "a bit of a graph": changed("core.onnx"),
    "no configuration": lambda files: {**files, "config.json": b"[]"},
    "a graph that reads elsewhere": graph_that_reads_elsewhere,
    "digests that name elsewhere": digests_that_name_elsewhere,
    "too many": lambda files: {**files, **{f"more-{n}": b"" for n in range(80)}},
}


@pytest.mark.parametrize("harm", HARM)
def test_a_parcel_that_was_tampered_with_is_refused_and_leaves_nothing(
    harm: str, parcel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(parcel) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    bad = tmp_path / "bad.macnet"
    with zipfile.ZipFile(bad, "w") as out:
        for name, content in HARM[harm](files).items():
            out.writestr(name, content)
    _refused(bad, tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04cposix\nsystem\n.", b"MThd\0\0\0\6"])
def test_what_is_no_parcel_is_refused(content: bytes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.macnet"
    bad.write_bytes(content)
    _refused(bad, tmp_path)


def test_a_parcel_that_broke_off_is_refused(parcel: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.macnet"
    bad.write_bytes(parcel.read_bytes()[:-2_000])
    _refused(bad, tmp_path)


def test_a_parcel_that_says_it_is_larger_than_any_model_is_not_unpacked(
    parcel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.network.parcel.MOST_BYTES", 1_000)
    bad = tmp_path / "bad.macnet"
    shutil.copyfile(parcel, bad)
    _refused(bad, tmp_path)


def _refused(bad: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "new"
    with pytest.raises(ModelDamaged) as refused:
        shelving.receive(data_dir, bad)
    assert refused.value.hint
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []
    assert not (tmp_path / "evil.txt").exists()
    assert own_shelf(data_dir).names() == ()


def test_a_file_that_is_not_there_is_told(data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no file"):
        shelving.receive(data_dir, tmp_path / "nowhere.macnet")


def test_a_model_is_renamed_whole(data_dir: Path) -> None:
    before = fingerprint(own_shelf(data_dir).folder("mine"))
    shelving.rename(data_dir, "mine", "my style")
    assert own_shelf(data_dir).names() == ("my style",)
    assert fingerprint(own_shelf(data_dir).folder("my style")) == before
    assert own_shelf(data_dir).card("my style").name == "my style"


def test_a_model_is_removed_whole(data_dir: Path) -> None:
    shelving.remove(data_dir, "mine")
    assert own_shelf(data_dir).names() == ()
    assert list((data_dir / "models").iterdir()) == []


CHANGES: dict[str, Callable[[Path, str], object]] = {
    "rename": lambda data_dir, name: shelving.rename(data_dir, name, "other"),
    "remove": shelving.remove,
}


@pytest.mark.parametrize("change", CHANGES)
def test_models_that_came_with_the_bridge_stay_as_they_are(change: str, data_dir: Path) -> None:
    with pytest.raises(ModelBundled):
        CHANGES[change](data_dir, BUNDLED)
    assert BUNDLED in bundled_shelf().names()


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["nobody", "../models/mine", ""])
def test_a_model_that_is_not_there_cannot_be_changed(change: str, name: str, data_dir: Path) -> None:
    with pytest.raises(ModelMissing):
        CHANGES[change](data_dir, name)
    assert own_shelf(data_dir).names() == ("mine",)


def test_a_model_is_not_renamed_onto_another(data_dir: Path, parcel: Path) -> None:
    shelving.receive(data_dir, parcel, "theirs")
    with pytest.raises(ModelExists):
        shelving.rename(data_dir, "theirs", "mine")
    with pytest.raises(ModelExists):
        shelving.rename(data_dir, "theirs", BUNDLED)
    assert own_shelf(data_dir).names() == ("mine", "theirs")


def test_a_disk_that_is_full_leaves_no_half_parcel(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ModelUnwritable, match="No space left"):
        shelving.export(data_dir, "mine", tmp_path / "out.macnet")
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]


def test_every_refusal_is_an_error_of_the_bridge() -> None:
    assert all(issubclass(kind, MacNetError) for kind in (ModelBundled, ModelExists, ModelUnwritable))
