"""`macnet train`: what is asked for, what is said, and Ctrl-C."""

from __future__ import annotations

import shlex
import signal
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bridge.beats.playlist import score_of
from bridge.cli import training
from bridge.cli.training import first_interrupt_asks
from bridge.config import DEFAULT_MODEL, TrainSettings
from bridge.evaluation.originality import Originality
from bridge.music.note import Note, Role, make_clip
from bridge.network import recipe
from bridge.network.checkpoint import bundled_shelf
from bridge.network.corpus import Reading
from bridge.network.measuring import Figures
from bridge.network.training import Ending, TrainProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Said

SONG = score_of(
    {Role.MELODY: make_clip([Note(960 * beat, 60 + beat, 960) for beat in range(16)], length=16 * 960)}
)
MADE = recipe.Trained(
    folder=Path("mine"),
    reading=Reading((SONG,) * 60, {"broken.mid": "it is broken"}),
    figures=Figures((1.25, 0.5)),
    base=Figures((1.5, 0.625)),
    ending=Ending.LEARNED,
    seconds=243.0,
    learned=(SONG,) * 48,
    held_out=(SONG,) * 12,
)
ORIGINAL = Originality(24, 24, 0.06, 0.08, 11, 19, "verse.mid")


@dataclass
class Trainer:
    """Stands where training would be: remembers how it was called, and tells of one iteration."""

    asked: dict[str, Any] = field(default_factory=dict)
    fault: BaseException | None = None
    made: recipe.Trained = MADE

    def __call__(self, folder: Path, name: str, **how: Any) -> object:  # noqa: ANN401  whatever was asked
        self.asked = {"folder": folder, "name": name, **how}
        how["audience"].on_progress(TrainProgress(3, 10, 0, 61.0, 2.5, 2.4, 2.4, 2.8, 0.3))
        if self.fault:
            raise self.fault
        return replace(self.made, folder=how["models_dir"] / name)


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Trainer:
    made = Trainer()
    monkeypatch.setattr(recipe, "train", made)
    monkeypatch.setattr("bridge.cli.listening.originality_of", lambda *_, **__: ORIGINAL)
    return made


def test_training_puts_a_model_onto_the_users_own_shelf(
    macnet: Callable[..., Said], trainer: Trainer, data_dir: Path, tmp_path: Path
) -> None:
    said = macnet("train", tmp_path, "--name", "mine", "--rng-seed", 5)
    assert said.code == 0, said.err
    assert (trainer.asked["folder"], trainer.asked["name"]) == (tmp_path, "mine")
    assert trainer.asked["models_dir"] == data_dir / "models"
    assert trainer.asked["run_dir"] == data_dir / "training" / "mine"
    assert trainer.asked["resume"] is False
    assert trainer.asked["recipe"].settings == TrainSettings(rng_seed=5)
    assert "--model mine" in said.out
    assert "broken.mid: it is broken" in said.err


def test_training_starts_from_the_bundled_model_unless_told_otherwise(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    macnet("train", tmp_path, "--name", "mine")
    assert trainer.asked["recipe"].base == bundled_shelf().folder(DEFAULT_MODEL)
    macnet("train", tmp_path, "--name", "mine", "--base", "none")
    assert trainer.asked["recipe"].base is None


def test_what_was_learned_is_told_in_a_musicians_words(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    assert trainer.made is MADE
    said = macnet("train", tmp_path, "--name", "mine")
    assert "has learned what it can from these 60 songs after 4 minutes" in said.out
    assert "12 songs of yours that it did not learn from" in said.out
    assert f"18% less than {DEFAULT_MODEL}: 1.75 nats a beat, 2.12 before" in said.out
    assert "6% of the notes it plays" in said.out
    assert "the longest has 11 notes, from verse.mid" in said.out
    assert "surprise 2.80 -> 2.40 nats a beat, 14% less" in said.err


def test_of_few_songs_it_says_that_each_was_tried_and_all_were_learned(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    few = replace(
        MADE, reading=Reading((SONG,) * 10, {}), learned=(SONG,) * 10, held_out=(SONG,) * 10, folds=4
    )
    trainer.made = few
    said = macnet("train", tmp_path, "--name", "mine").out
    assert "on each of your 10 songs, tried in turn without learning from it (4 trials)" in said
    assert (
        f"18% less than {DEFAULT_MODEL}: 1.75 nats a beat, 2.12 before. "
        "The model itself then learned from all of them." in said
    )
    told = macnet("train", tmp_path, "--name", "mine", "--json").json
    assert (told["held_out"], told["folds"]) == (0, 4)
    trainer.made = replace(few, is_better=False, figures=Figures((1.5, 0.625)))
    said = macnet("train", tmp_path, "--name", "mine").out
    assert f"nothing it learned was better than {DEFAULT_MODEL}" in said
    assert "learned from all" not in said


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        (Ending.TIME, "its 5 minutes were over"),
        (Ending.STOPPED, "was stopped after 4 minutes"),
        (Ending.PASSES, "as many passes as were planned"),
    ],
)
def test_it_says_why_it_ended_and_how_to_go_on(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path, ending: Ending, said: str
) -> None:
    trainer.made = replace(MADE, ending=ending)
    out = macnet("train", tmp_path, "--name", "mine", "--minutes", 5).out
    assert said in out
    assert ("--resume" in out) == (ending is not Ending.PASSES)


def test_a_model_that_is_no_better_is_said_to_be_its_base(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    trainer.made = replace(MADE, is_better=False, figures=Figures((1.5, 0.625)))
    assert f"the model is {DEFAULT_MODEL} as it was" in macnet("train", tmp_path, "--name", "mine").out


def test_the_minutes_that_are_promised_hold_what_comes_after_learning_too(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    macnet("train", tmp_path, "--name", "mine", "--minutes", 10)
    assert trainer.asked["recipe"].settings.minutes == pytest.approx(9.5)
    assert trainer.asked["audience"].began is not None
    macnet("train", tmp_path, "--name", "mine", "--minutes", 1)
    assert trainer.asked["recipe"].settings.minutes == pytest.approx(0.95)


def test_training_as_json_tells_where_the_model_is_and_what_was_left_out(
    macnet: Callable[..., Said], trainer: Trainer, data_dir: Path, tmp_path: Path
) -> None:
    told = macnet("train", tmp_path, "--name", "mine", "--resume", "--json").json
    assert told["folder"] == str(data_dir / "models" / "mine")
    assert told["left_out"] == {"broken.mid": "it is broken"}
    assert told["ending"] == "learned"
    assert told["base_nats"] == [1.5, 0.625]
    assert told["originality"]["copied"] == 0.06
    assert trainer.asked["resume"] is True


def test_training_that_is_broken_off_says_how_to_go_on(
    macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path
) -> None:
    trainer.fault = KeyboardInterrupt()
    said = macnet("train", tmp_path, "--name", "mine")
    assert said.code == 130
    assert "--resume" in said.err


def test_what_goes_on_is_the_same_run(macnet: Callable[..., Said], trainer: Trainer, tmp_path: Path) -> None:
    trainer.made = replace(MADE, ending=Ending.STOPPED)
    music = tmp_path / "my music"
    music.mkdir()
    said = macnet("train", music, "--name", "mine", "--base", "none", "--rng-seed", 9)
    command = said.out.partition("`")[2].partition("`")[0]
    assert command == f"macnet train '{music}' --name mine --base none --rng-seed 9 --resume"
    assert macnet(*shlex.split(command)[1:]).code == 0


def test_what_goes_on_is_on_the_same_cluster(tmp_path: Path) -> None:
    settings = TrainSettings()
    job = training.Job(tmp_path, "mine", "none", settings, False, tmp_path, None, 0.0, "10.0.0.5:6379", 8)  # noqa: FBT003  as the command makes it
    assert "--cluster 10.0.0.5:6379 --workers 8" in job.go_on


def test_the_first_interrupt_asks_and_the_second_breaks_off() -> None:
    before = signal.getsignal(signal.SIGINT)
    with first_interrupt_asks() as should_stop:
        assert not should_stop()
        signal.raise_signal(signal.SIGINT)
        assert should_stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_folder_with_too_little_music_is_one_error(macnet: Callable[..., Said], tmp_path: Path) -> None:
    said = macnet("train", tmp_path, "--name", "mine")
    assert said.code == 1
    assert "[training.too_little]" in said.err


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--name", DEFAULT_MODEL), "request.bad_argument"),
        (("--name", "none"), "request.bad_argument"),
        (("--name", "../mine"), "request.bad_argument"),
        (("--name", "mine", "--base", "nobody"), "model.missing"),
    ],
)
def test_what_cannot_work_is_told_before_anything_is_read(
    macnet: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    args: tuple[str, ...],
    code: str,
) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(training, "read_library", read)
    said = macnet("train", tmp_path, *args)
    assert said.code == 1
    assert f"[{code}]" in said.err
