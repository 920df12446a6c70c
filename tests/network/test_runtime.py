"""The server's runtime against torch: what serves is what was trained."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bridge.beats.playlist import Score
from bridge.beats.vocabulary import SIZE, spell
from bridge.beats.word import Word, parse_word
from bridge.composer import Composer
from bridge.config import NetworkConfig
from bridge.music.note import Role
from bridge.network import memory as memory_module
from bridge.network import sessions as sessions_module
from bridge.network.batch import collate, prepare
from bridge.network.checkpoint import (
    NUMBERS,
    Shelf,
    bundled_shelf,
    describe,
    read_card,
    read_config,
    read_graphs,
    read_vocabulary,
)
from bridge.network.corpus import read_score
from bridge.network.export import save_model
from bridge.network.measuring import to_inputs
from bridge.network.model import MacNet
from bridge.network.runtime import Runtime, Song
from bridge.network.tensors import read_model_weights
from bridge.request import Kind, Request
from tests.network import toy

BUNDLED = Path(__file__).parents[2] / "bridge" / "models" / "folk"


def stepped(runtime: Runtime, score: Score) -> np.ndarray:
    """Log-likelihood of every beat of every voice, (voices, beats), symbol by symbol as the server steps."""
    song = Song(runtime)
    sounding: list[tuple[int, ...]] = [() for _ in score.voices]
    rows: list[list[float]] = []
    for number, beat in enumerate(score.beats):
        song.begin(beat)
        rows.append([])
        for voice, line in enumerate(score.voices):
            rows[-1].append(word_likelihood(song, voice, line[number], sounding[voice]))
            song.put([line[number]])
            sounding[voice] = line[number].sounding
        song.end()
    return np.array(rows).T


def word_likelihood(song: Song, voice: int, word: Word, sounding: tuple[int, ...]) -> float:
    outlook = song.outlook(voice)
    symbol, (given, state), spelled = np.array([SIZE]), outlook.plan([0]), 0.0
    for wanted in spell(word, sounding):
        logits, state = song.runtime.spell(voice, symbol, given, state)
        spelled += float(logits[0, wanted] - np.log(np.exp(logits[0].astype(np.float64)).sum()))
        symbol = np.array([wanted])
    dictionary = song.runtime.dictionary[voice] if song.runtime.dictionary else ()
    # A word of the dictionary is chosen; only the others are spelled.
    chosen = outlook.chosen([0])[0]
    new = chosen[dictionary.index(word)] if word in dictionary else chosen[-1] + spelled
    pointed_at = song.remembered(voice, 0) if song.runtime.config.memory else []
    heard = [j for j, other in enumerate(pointed_at) if other == word]
    return float(np.log(np.exp(outlook.logs[0, -1] + new) + np.exp(outlook.logs[0, heard]).sum()))


def by_torch(folder: Path, score: Score) -> np.ndarray:
    model = MacNet(read_config(folder))
    model.load_state_dict(read_model_weights(folder))
    model.eval()
    with torch.inference_mode():
        return np.asarray(model(to_inputs(collate([prepare(score, model.config)])))[0].numpy())


def test_stepping_the_toy_symbol_by_symbol_equals_one_pass_of_torch(toy_folder: Path) -> None:
    score = toy.songs()[5]
    assert np.abs(stepped(Runtime(toy_folder, exact=True), score) - by_torch(toy_folder, score)).max() < 1e-4


def test_stepping_the_bundled_model_equals_torch() -> None:
    example = Path(__file__).parents[2] / "bridge" / "examples" / "morning.mid"
    score = read_score(example, "morning")
    assert np.abs(stepped(Runtime(BUNDLED, exact=True), score) - by_torch(BUNDLED, score)).max() < 1e-4


@pytest.mark.data
def test_stepping_a_real_tune_equals_torch(songs_folder: Path) -> None:
    score = read_score(songs_folder / "nottingham" / "valid" / "ashover16.mid", "tune")
    assert np.abs(stepped(Runtime(BUNDLED, exact=True), score) - by_torch(BUNDLED, score)).max() < 1e-4


@pytest.mark.data
@pytest.mark.parametrize("name", ["songs", "folk"])
def test_what_is_served_in_int8_expects_the_same_music(songs_folder: Path, name: str) -> None:
    """A beat's likelihood may differ a little; over a tune it evens out to less than a hundredth of a nat a beat."""
    folder = bundled_shelf().folder(name)
    for tune in ("ashover16", "ashover22"):
        score = read_score(songs_folder / "nottingham" / "valid" / f"{tune}.mid", "tune")
        exact, served = (stepped(Runtime(folder, exact=exact), score) for exact in (True, False))
        assert not np.array_equal(exact, served)
        assert np.abs(served - exact).max() < 0.5
        assert abs((served - exact).sum()) < 0.01 * len(score)


@pytest.mark.data
def test_full_chords_are_expected_as_well_in_int8(songs_folder: Path) -> None:
    """A beat of an art song has twenty symbols and more; where its plan was off, all of them were."""
    folder = bundled_shelf().folder("songs")
    for path in sorted((songs_folder / "lieder" / "valid").rglob("*.mid"))[:3]:
        score = read_score(path, "song")
        with np.errstate(divide="ignore", invalid="ignore"):  # a word that is as unlikely as no number is
            exact, served = (stepped(Runtime(folder, exact=exact), score) for exact in (True, False))
            gaps = (served - exact)[np.isfinite(served - exact)]
        assert len(gaps) >= 2 * len(score) - 2
        assert np.abs(gaps).max() < 1
        assert abs(gaps.sum()) < 0.01 * len(score)


def test_products_in_int8_do_not_depend_on_how_many_variations_there_are() -> None:
    runtime = Runtime(BUNDLED)
    rows = np.random.default_rng(3).standard_normal((8, runtime.config.core_size)).astype(np.float32)
    read = (
        np.random.default_rng(4)
        .standard_normal((8, runtime._sessions["core"].get_inputs()[0].shape[1]))
        .astype(np.float32)
    )
    together = runtime._run("core", read=read, before=rows)[0]
    for n in range(8):
        alone = runtime._run("core", read=read[n : n + 1], before=rows[n : n + 1])[0]
        assert np.abs(alone[0] - together[n]).max() < 1e-6


def test_a_processor_without_products_in_int8_serves_in_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sessions_module._session

    def refuse(path: Path, weights: object) -> object:
        if path.name.endswith(".int8.onnx"):
            raise RuntimeError("no such products")
        return real(path, weights)  # type: ignore[arg-type]  # handed on

    exact = Runtime(BUNDLED, exact=True)
    monkeypatch.setattr(sessions_module, "_session", refuse)
    score = read_score(Path(__file__).parents[2] / "bridge" / "examples" / "morning.mid", "morning")
    assert np.array_equal(stepped(Runtime(BUNDLED), score), stepped(exact, score))


def test_a_model_from_before_int8_is_served_as_ever(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(BUNDLED, folder)
    named = read_graphs(folder)
    for name in [each for each in named if each.endswith(".int8.onnx")]:
        (folder / name).unlink()
        del named[name]
    (folder / "graphs.json").write_text(json.dumps(named), "utf-8")
    describe(folder, read_config(BUNDLED), read_card(BUNDLED), read_vocabulary(BUNDLED))
    score = read_score(Path(__file__).parents[2] / "bridge" / "examples" / "morning.mid", "morning")
    assert np.array_equal(stepped(Runtime(folder), score), stepped(Runtime(BUNDLED, exact=True), score))


def test_a_model_whose_bytes_are_laid_out_in_another_way_is_served_in_fp32(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(BUNDLED, folder)
    named = json.dumps(read_graphs(folder)).replace(NUMBERS, ":int8")
    (folder / "graphs.json").write_text(named, "utf-8")
    describe(folder, read_config(BUNDLED), read_card(BUNDLED), read_vocabulary(BUNDLED))
    score = read_score(Path(__file__).parents[2] / "bridge" / "examples" / "morning.mid", "morning")
    assert np.array_equal(stepped(Runtime(folder), score), stepped(Runtime(BUNDLED, exact=True), score))


@pytest.mark.parametrize(
    "config",
    [
        replace(toy.SMALL, memory=False),
        replace(toy.SMALL, likeness_size=4, lags=32),
        replace(toy.SMALL, likeness_size=4, lags=5, lookbacks=(3, 7)),
        replace(toy.SMALL, groove_size=6),
        replace(toy.WORDY, groove_size=6, likeness_size=4, lags=9),
        replace(toy.SMALL, dictionary=toy.DICTIONARY, chooser_size=8),
        replace(toy.SMALL, dictionary=toy.DICTIONARY, chooser_size=8, memory=False),
    ],
    ids=[
        "no memory",
        "likeness and lags",
        "lookbacks in beats",
        "a groove",
        "all of it",
        "a dictionary",
        "a dictionary, no memory",
    ],
)
def test_every_shape_of_network_is_stepped_alike(tmp_path: Path, config: NetworkConfig) -> None:
    torch.manual_seed(2)
    folder = toy.folder_of(tmp_path / "model")
    model = MacNet(config)
    with torch.no_grad():
        for weights in model.parameters():  # tables start at zero, where no mistake would show
            weights.add_(torch.randn_like(weights) * 0.3 * (weights == 0))
    save_model(folder, model.state_dict(), config, card=toy.CARD, vocabulary=toy.VOCABULARY)
    score = toy.songs()[2]
    assert np.abs(stepped(Runtime(folder, exact=True), score) - by_torch(folder, score)).max() < 1e-4


def test_variations_that_are_stepped_together_do_not_touch_each_other(toy_shelf: Shelf) -> None:
    runtime = Runtime(toy_shelf.folder("toy"))
    lines = [toy.songs()[i].voices for i in (0, 3)]
    together = Song(runtime, 2)
    apart = [Song(runtime), Song(runtime)]
    for number, beat in enumerate(toy.songs()[0].beats):
        for song in (together, *apart):
            song.begin(beat)
        for voice in range(2):
            both = together.outlook(voice)
            for row, song in enumerate(apart):
                assert np.abs(song.outlook(voice).logs[0] - both.logs[row]).max() < 1e-4
                song.put([lines[row][voice][number]])
            together.put([line[voice][number] for line in lines])
        for song in (together, *apart):
            song.end()


def test_memory_stays_bounded_and_goes_on_working(toy_shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "REMEMBERED", 24)
    monkeypatch.setattr(memory_module, "_MANY_WORDS", 50)
    runtime = Runtime(toy_shelf.folder("toy"))
    song = Song(runtime, 2)
    for number in range(120):
        song.begin(toy.songs()[0].beats[number % 16])
        for voice in range(2):
            assert song.outlook(voice).logs.shape == (2, min(number, 24) + 1)
            song.put([parse_word(f"{number % 100}-0.5-1"), parse_word(f"{number % 90}-1-1")])
        song.end()
        assert len(song._memory.lexicon.words) <= 2 * (2 * 2 * 24) + 4
    assert song.remembered(0, 0)[-1] == parse_word("19-0.5-1")
    assert song.remembered(1, 1)[0] == parse_word(f"{96 % 90}-1-1")


@pytest.mark.parametrize(("changed", "likeness"), [(0, 0.7), (4, 0.52), (2, 0.35), (1, 0.0)])
def test_music_that_goes_in_circles_is_known_as_such_even_where_it_is_varied(
    toy_shelf: Shelf, changed: int, likeness: float
) -> None:
    song = Song(Runtime(toy_shelf.folder("toy")))
    for number in range(40):
        is_new = changed and number % changed == 0
        song.begin(toy.songs()[0].beats[number % 16])
        for voice in range(2):
            song.skip(voice)
            song.put([parse_word(f"{40 + number if is_new else 100 + number % 4}-1-1")])
        song.end()
    assert song.likeness.shape == (1, 40)
    assert song.likeness.max() == pytest.approx(likeness, abs=0.05)


def test_a_network_without_a_memory_composes_from_nothing(toy_shelf: Shelf) -> None:
    request = Request(Kind.GENERATE, {}, 32 * 960, 2, 0, "plain", {"temperature": 0.0})
    for variation in Composer(toy_shelf).compose(request):
        assert len(variation.clips[Role.MELODY].notes) >= 16


def test_variations_that_are_selected_go_on_as_if_each_had_been_alone() -> None:
    runtime = Runtime(BUNDLED)
    score = toy.songs(1)[0]
    rows = [[parse_word(f"{60 + step}-1-1") for step in (0, 4, 7)], [parse_word("60-1/2-1#62-1/2-1")] * 3]

    def play(song: Song, number: int, lines: list[int]) -> list[np.ndarray]:
        song.begin(score.beats[number])
        seen = []
        for voice in range(2):
            seen.append(song.outlook(voice).logs)
            song.put([rows[line][(number + voice) % 3] for line in lines])
        song.end()
        return seen

    mixed, alone = Song(runtime, 3), Song(runtime, 3)
    for number in range(6):
        play(mixed, number, [0, 1, 0])
        play(alone, number, [1, 0, 1])
    mixed.select([1, 0, 1])
    for number in range(6, 9):
        for one, other in zip(play(mixed, number, [0, 0, 1]), play(alone, number, [0, 0, 1]), strict=True):
            np.testing.assert_array_equal(one, other)
    mixed.select([2])
    assert mixed.count == 1
    np.testing.assert_allclose(play(mixed, 9, [0])[0][0], play(alone, 9, [0, 0, 0])[0][2], atol=1e-5)
