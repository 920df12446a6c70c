from __future__ import annotations

from pathlib import Path

import pytest

from bridge.network.checkpoint import Shelf
from bridge.network.export import save_model
from bridge.network.model import MacNet
from bridge.network.training import Fit
from tests.network import toy


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> MacNet:
    """A network that has learned to rise."""
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, toy.QUICK, folder=tmp_path_factory.mktemp("run"))
    fit.run(lambda _: None)
    return fit.model


@pytest.fixture(scope="session")
def toy_shelf(fitted: MacNet, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A shelf with the model `toy`."""
    models = tmp_path_factory.mktemp("models")
    folder = toy.folder_of(models / "toy")
    save_model(folder, fitted.state_dict(), toy.SMALL, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return Shelf([models])


@pytest.fixture(scope="session")
def toy_folder(toy_shelf: Shelf) -> Path:
    return toy_shelf.folder("toy")
