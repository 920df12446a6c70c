"""`macnet models` and `macnet train`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bridge.config import TrainSettings
from bridge.network import recipe
from bridge.network.measuring import Figures
from bridge.network.training import TrainProgress

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


@dataclass
class Trainer:
    """Stands where training would be: remembers how it was called, and tells of one iteration."""

    asked: dict[str, Any] = field(default_factory=dict)
    fault: BaseException | None = None

    def __call__(self, folder: Path, name: str, **how: Any) -> object:  # noqa: ANN401  whatever was asked
        self.asked = {"folder": folder, "name": name, **how}
        how["on_progress"](TrainProgress(3, 10, 0, 61.0, 2.5, float("inf"), float("inf")))
        if self.fault:
            raise self.fault
        reading = recipe.Reading(scores=(), left_out={"broken.mid": "it is broken"})
        return recipe.Trained(how["models_dir"] / name, reading, Figures((1.25, 0.5)))


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    made = Trainer()
    monkeypatch.setattr(recipe, "train", made)
    return made


def test_training_puts_a_model_onto_the_users_own_shelf(
    macnet: Callable[..., Said], trainer: Trainer, data_dir: Path, tmp_path: Path
) -> None:
    said = macnet("train", tmp_path, "--name", "mine", "--minutes", 3, "--rng-seed", 5)
    assert said.code == 0, said.err
    assert (trainer.asked["folder"], trainer.asked["name"]) == (tmp_path, "mine")
    assert trainer.asked["models_dir"] == data_dir / "models"
    assert trainer.asked["resume"] is False
    assert trainer.asked["settings"] == TrainSettings(minutes=3.0, rng_seed=5)
    assert "1.250 + 0.500 nats a quarter note" in said.out
    assert "--model mine" in said.out
    assert "broken.mid: it is broken" in said.err


def test_training_as_json_tells_where_the_model_is_and_what_was_left_out(
    macnet: Callable[..., Said], trainer: Trainer, data_dir: Path, tmp_path: Path
) -> None:
    told = macnet("train", tmp_path, "--name", "mine", "--resume", "--json").json
    assert told["folder"] == str(data_dir / "models" / "mine")
    assert told["left_out"] == {"broken.mid": "it is broken"}
    assert trainer.asked["resume"] is True


def test_training_that_is_broken_off_says_how_to_go_on(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    trainer.fault = KeyboardInterrupt()
    said = macnet("train", tmp_path, "--name", "mine")
    assert said.code == 130
    assert "--resume" in said.err


def test_a_folder_with_too_little_music_is_one_error(macnet: Callable[..., Said], tmp_path: Path) -> None:
    said = macnet("train", tmp_path, "--name", "mine")
    assert said.code == 1
    assert "[training.too_little]" in said.err
