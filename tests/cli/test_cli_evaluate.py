"""`macnet evaluate`: figures, and what is said when there can be none."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bridge.beats.pianoroll import read_pianorolls
from bridge.config import DEFAULT_MODEL
from bridge.evaluation.measures import MEASURES
from bridge.evaluation.telling import CLASSIFIERS
from bridge.network.benchmark import frame_nats
from bridge.network.export import save_model
from bridge.network.model import MacNet
from tests.evaluation.music import write_pieces
from tests.network import toy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said, ScaleComposer


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boosting takes seconds; it is tested by itself."""
    monkeypatch.delitem(CLASSIFIERS, "gradient boosting")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_pieces(tmp_path / "train", 4, first=20)
    return write_pieces(tmp_path / "valid", 10)


@pytest.fixture
def rolls(tmp_path: Path) -> Path:
    frames = np.zeros((60, 88), np.uint8)
    frames[np.arange(60), 30 + np.arange(60) % 7] = 1
    path = tmp_path / "rolls.npz"
    np.savez(path, frames=frames, lengths=np.array([30, 30]))
    return path


@pytest.fixture
def networks(tmp_path: Path) -> Path:
    """The benchmark's two networks, tiny and as they start."""
    for kind, shape in (("plain", toy.PLAIN), ("memory", toy.SMALL)):
        folder = toy.folder_of(tmp_path / "networks" / f"pianoroll-{kind}")
        save_model(folder, MacNet(shape).state_dict(), shape, card=toy.CARD, vocabulary=toy.VOCABULARY)
    return tmp_path / "networks"


@pytest.mark.usefixtures("quick")
def test_continuations_as_json_have_every_figure_beside_what_is_no_music(
    macnet: Callable[..., Said], composer: ScaleComposer, corpus: Path
) -> None:
    said = macnet("evaluate", "continuations", corpus, "--primers", 12, "--json")
    assert said.code == 0, said.err
    told = said.json
    assert (told["model"], told["primers"], told["songs"], told["variations"]) == (DEFAULT_MODEL, 12, 10, 4)
    kinds = {
        "model",
        "model_key_off",
        "real_held_to_key",
        "counting_model",
        "primer_looped",
        "shuffled_bars",
        "bars_of_other_songs",
    }
    assert set(told["told"]) == kinds
    assert set(told["copied"]) == set(told["distance"]) == kinds | {"real"}
    assert told["accuracy"] == told["told"]["model"]["accuracy"] > 0.9  # nobody takes scales for these tunes
    assert {*told["measures"], *told["dropped"]} == set(MEASURES)
    assert told["giveaways"][0]["alone"] > 0.9
    assert len(composer.asked) == 24
    assert {request.length for request in composer.asked} == {8 * 3840}


@pytest.mark.usefixtures("quick", "composer")
def test_continuations_as_a_table_say_what_gives_the_answers_away(
    macnet: Callable[..., Said], corpus: Path
) -> None:
    said = macnet("evaluate", "continuations", corpus, "--primers", 12, "--option", "key=off")
    assert said.code == 0, said.err
    for text in (
        "12 primers",
        "primer looped",
        "counting model",
        "told from real, %",
        "gives the answers away",
    ):
        assert text in said.out


@pytest.mark.usefixtures("quick", "composer")
def test_without_training_songs_the_rest_is_measured_and_that_is_said(
    macnet: Callable[..., Said], corpus: Path
) -> None:
    alone = corpus.rename(corpus.with_name("mine"))
    corpus.with_name("train").rename(corpus.with_name("heard"))
    said = macnet("evaluate", "continuations", alone, "--primers", 10, "--json")
    assert said.json["copied"] == {}
    assert "counting_model" not in said.json["told"]
    assert "--train" in said.err


@pytest.mark.usefixtures("composer")
@pytest.mark.parametrize("option", ["key", "key=loud", "tempo=3"])
def test_an_option_that_is_none_is_one_error(macnet: Callable[..., Said], corpus: Path, option: str) -> None:
    said = macnet("evaluate", "continuations", corpus, "--option", option)
    assert said.code == 1
    assert "[request.bad_argument]" in said.err


@pytest.mark.usefixtures("composer")
def test_songs_that_are_too_short_or_not_there_are_one_error(
    macnet: Callable[..., Said], tmp_path: Path
) -> None:
    short = write_pieces(tmp_path / "short", 3, bars=6)
    for folder, code in ((short, "training.too_little"), (tmp_path / "nowhere", "midi.missing")):
        said = macnet("evaluate", "continuations", folder, "--json")
        assert said.code == 1
        assert said.json["error"]["code"] == code


def test_an_evaluation_can_be_interrupted(
    macnet: Callable[..., Said], composer: ScaleComposer, corpus: Path
) -> None:
    composer.fault = KeyboardInterrupt()
    assert macnet("evaluate", "continuations", corpus).code == 130


def test_words_are_nats_of_each_voice_and_their_sum(macnet: Callable[..., Said], corpus: Path) -> None:
    said = macnet("evaluate", "words", corpus, "--json")
    assert said.code == 0, said.err
    told = said.json
    assert told["songs"] == 10
    assert told["sum"] == pytest.approx(told["melody"] + told["accompaniment"])
    assert 0 < told["accompaniment"] < told["sum"] < 10
    table = macnet("evaluate", "words", corpus, "--counting", corpus.with_name("train")).out
    assert f"{told['sum']:.4f}" in table
    assert "counting model" in table


def test_words_need_a_model_and_songs(macnet: Callable[..., Said], corpus: Path, tmp_path: Path) -> None:
    assert "[model.missing]" in macnet("evaluate", "words", corpus, "--model", "jazz").err
    assert "[midi.missing]" in macnet("evaluate", "words", tmp_path / "nowhere").err


def test_the_benchmark_is_three_figures(macnet: Callable[..., Said], networks: Path, rolls: Path) -> None:
    said = macnet("evaluate", "pianoroll", rolls, "--networks", networks, "--json")
    assert said.code == 0, said.err
    plain, memory = (frame_nats(networks / f"pianoroll-{kind}", rolls) for kind in ("plain", "memory"))
    told = said.json
    assert (told["plain"], told["memory"]) == (plain.mean, memory.mean)
    assert told["new_context"] == memory.mean_of_new
    assert told["frames"] == sum(len(song) - 1 for song in read_pianorolls(rolls))
    assert all(math.isfinite(value) for value in told.values())
    assert f"{memory.mean:.4f}" in macnet("evaluate", "pianoroll", rolls, "--networks", networks).out


def test_the_benchmark_without_its_networks_says_how_to_make_them(
    macnet: Callable[..., Said], rolls: Path, tmp_path: Path
) -> None:
    said = macnet("evaluate", "pianoroll", rolls, "--networks", tmp_path)
    assert said.code == 1
    assert "[model.missing]" in said.err
    assert "bench/pianoroll.py train" in said.err


def test_a_file_that_holds_no_piano_rolls_is_named(
    macnet: Callable[..., Said], networks: Path, tmp_path: Path
) -> None:
    said = macnet("evaluate", "pianoroll", tmp_path / "nothing.npz", "--networks", networks)
    assert said.code == 1
    assert "nothing.npz" in said.err


@pytest.mark.parametrize(
    ("library", "asked", "code", "extra"),
    [
        ("torch", ["words"], "training.unavailable", "[train]"),
        ("sklearn", ["continuations"], "evaluation.unavailable", "[evaluate]"),
    ],
)
def test_what_is_not_installed_is_said_with_what_to_install(
    macnet: Callable[..., Said],
    corpus: Path,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    asked: list[str],
    code: str,
    extra: str,
) -> None:
    for name in [name for name in sys.modules if name.startswith((f"{library}.", "bridge.evaluation."))]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("bridge.network.model", "bridge.network.training", "bridge.network.benchmark"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    said = macnet("evaluate", *asked, corpus, "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == code
    assert extra in said.json["error"]["hint"]
