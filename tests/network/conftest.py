from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.network.checkpoint import Shelf
from bridge.network.export import save_model
from bridge.network.model import MacNet
from bridge.network.training import Fit
from tests.network import toy


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> MacNet:
    """A network with a memory, which has learned to go on with a scale that it has heard once."""
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, toy.QUICK, folder=tmp_path_factory.mktemp("run"))
    fit.run(lambda _: None)
    return fit.model.cpu()  # where a GPU has trained it


@pytest.fixture(scope="session")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> MacNet:
    """A network without a memory, which has learned that scales rise."""
    folder = tmp_path_factory.mktemp("plain")
    songs = toy.songs()
    fit = Fit(songs, songs[:2], toy.PLAIN, toy.PATIENT, folder=folder, start=toy.wide_start())
    fit.run(lambda _: None)
    return fit.model.cpu()  # where a GPU has trained it


@pytest.fixture(scope="session")
def toy_shelf(fitted: MacNet, knowing: MacNet, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf with the models `toy`, which remembers, and `plain`, which knows."""
    models = tmp_path_factory.mktemp("models")
    for name, model in (("toy", fitted), ("plain", knowing)):
        folder = toy.folder_of(models / name)
        save_model(folder, model.state_dict(), model.config, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return Shelf([models])


@pytest.fixture(scope="session")
def toy_folder(toy_shelf: Shelf) -> Path:
    return toy_shelf.folder("toy")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a dictionary that has heard rising scales."""
    settings = replace(toy.QUICK, epochs=12, transpose=0.0)
    fit = Fit(toy.songs(), toy.songs()[:2], toy.WORDY, settings, folder=tmp_path_factory.mktemp("run"))
    fit.run(lambda _: None)
    folder = toy.folder_of(tmp_path_factory.mktemp("models") / "rising")
    save_model(folder, fit.model.state_dict(), toy.WORDY, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return folder
