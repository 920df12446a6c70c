"""What a producer does with models: rename, remove, hand on. Never half; those that came with the bridge stay."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from bridge.errors import BadArgument, ModelBundled, ModelExists, ModelMissing, ModelUnwritable
from bridge.network.checkpoint import OWN, bundled_shelf, check_name, default_shelf, own_shelf
from bridge.network.parcel import SUFFIX, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REMOVING: Final = ".removing"


def rename(data_dir: Path, name: str, new_name: str) -> Path:
    """Call one of the producer's own models otherwise.

    Raises:
        BadArgument: the new name cannot be one.
        ModelMissing, ModelBundled: it is not the producer's.
        ModelExists: another model has the new name.
        ModelUnwritable: the folder cannot be changed.
    """
    folder = own_folder(data_dir, name)
    check_free(data_dir, new_name)
    with _writing(folder):
        return folder.rename(folder.with_name(new_name))


def remove(data_dir: Path, name: str) -> None:
    """Remove one of the producer's own models; it is off the shelf at once, whatever happens then.

    Raises:
        ModelMissing, ModelBundled: it is not the producer's.
        ModelUnwritable: the folder cannot be changed.
    """
    folder = own_folder(data_dir, name)
    going = folder.parent / _REMOVING / name
    with _writing(folder):
        shutil.rmtree(going, ignore_errors=True)
        going.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(going)
        shutil.rmtree(going.parent)


def export(data_dir: Path, name: str, file: Path, *, force: bool = False) -> Path:
    """Write any model as one file.

    Raises:
        BadArgument: the file exists.
        ModelMissing, ModelDamaged, ModelIncompatible: there is no such model, or it is not whole.
        ModelUnwritable: the file cannot be written.
    """
    folder = default_shelf(data_dir).folder(name)
    if file.is_dir():
        file = file / f"{name}{SUFFIX}"
    if file.exists() and not force:
        raise BadArgument(f"{file} exists already", hint="Choose another name, or add --force to replace it.")
    with _writing(file):
        pack(folder, file)
    return file


def receive(data_dir: Path, file: Path, name: str = "") -> Path:
    """Put a model that was exported onto the producer's shelf, under the file's name or another.

    Raises:
        BadArgument: the name cannot be a model's.
        ModelExists: there is a model of that name.
        ModelMissing: there is no such file.
        ModelDamaged, ModelIncompatible: the file holds no model that can be used.
        ModelUnwritable: the shelf cannot be written.
    """
    name = name or file.stem
    check_free(data_dir, name)
    with _writing(data_dir / OWN):
        return unpack(file, data_dir / OWN, name)


def own_folder(data_dir: Path, name: str) -> Path:
    """The folder of one of the producer's own models.

    Raises:
        ModelMissing: there is none of that name.
        ModelBundled: it came with the bridge.
    """
    try:
        return own_shelf(data_dir).folder(name)
    except ModelMissing as error:
        if name in bundled_shelf().names():
            raise ModelBundled(
                f"{name!r} came with the bridge and stays as it is",
                hint="Only your own models can be changed.",
            ) from error
        raise


def check_free(data_dir: Path, name: str) -> None:
    """Make sure that a new model can have a name.

    Raises:
        BadArgument: it cannot be a model's.
        ModelExists: another model has it.
    """
    check_name(name)
    if name in default_shelf(data_dir).names():
        raise ModelExists(
            f"there is a model {name!r} already", hint="Choose another name, or remove that one first."
        )


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelUnwritable(
            f"{path} cannot be written: {error.strerror or error}",
            hint="Free some space or choose another folder; every model is as it was.",
        ) from error
