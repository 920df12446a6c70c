"""Training from a model: it helps, and never harms."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from bridge.beats.playlist import score_of
from bridge.composer import Composer
from bridge.config import NetworkConfig, TrainSettings
from bridge.music.note import Role
from bridge.network import recipe, starting
from bridge.network.batch import prepare
from bridge.network.checkpoint import Shelf, read_card, read_config, read_vocabulary
from bridge.network.corpus import Reading
from bridge.network.discriminator import Discriminator, read_discriminator, write_discriminator
from bridge.network.export import save_model
from bridge.network.measuring import measure
from bridge.network.model import MacNet
from bridge.network.recipe import Audience, Listen, Recipe, train
from bridge.network.tensors import read_model_weights
from bridge.network.training import BEST, RUN, Ending, Fit
from bridge.network.tuning import careful, new_words, read_base, widened
from bridge.request import Kind, Request
from tests.network import toy

PARTED = replace(toy.BRIEF, folds=0)
"""A part of the songs is held out once and for all; see `test_folding` for the other way."""


def tuned(
    base: Path, tmp_path: Path, settings: TrainSettings = PARTED, audience: Audience = recipe.ALONE
) -> recipe.Trained:
    reading = Reading(toy.falling_songs(), {})
    how = Recipe(settings, base=base)
    return train(
        tmp_path / "songs",
        "mine",
        recipe=how,
        models_dir=tmp_path / "models",
        audience=audience,
        reading=reading,
    )


def test_words_that_several_songs_share_are_added_and_the_base_keeps_its_own(base: Path) -> None:
    start = read_base(base)
    words = new_words(start.config, toy.falling_songs(), 100)
    assert set(words[0]) == {f"{pitch + 12}-1-1" for pitch in toy.SCALE}
    config, weights = widened(start, words)
    assert [len(known) for known in config.dictionary] == [4 + 7, 1 + len(words[1])]
    assert config.dictionary[0][:4] == toy.DICTIONARY[0]
    own = weights["choosers.0.own"]
    assert torch.equal(own[:4], start.weights["choosers.0.own"][:4])
    assert torch.equal(own[-1], start.weights["choosers.0.own"][-1])
    assert (own[4:-1] == 0).all()
    MacNet(config).load_state_dict(weights)


def test_a_word_of_one_song_alone_is_not_added() -> None:
    alone = toy.falling_songs(1)
    assert new_words(toy.WORDY, alone, 100) == ((), ())


def test_a_model_that_spells_all_its_words_goes_on_doing_so(tmp_path: Path) -> None:
    weights = MacNet(toy.SMALL).state_dict()
    save_model(tmp_path, weights, toy.SMALL, card=toy.CARD, vocabulary=toy.VOCABULARY)
    start = read_base(tmp_path)
    assert widened(start, new_words(start.config, toy.falling_songs(), 100))[0].dictionary == ()


def test_few_songs_are_learned_from_more_carefully_than_many() -> None:
    few, many = careful(TrainSettings(), 1_500), careful(TrainSettings(), 500_000)
    assert few.learning_rate < many.learning_rate
    assert few.anchor > many.anchor
    assert few.batch_beats < many.batch_beats


def discerned(base: Path, folder: Path) -> Path:
    """A base of whose answers it is known what gives them away."""
    own = folder / "discerned" / base.name
    shutil.copytree(base, own)
    write_discriminator(own, Discriminator({2: {"turns": (0.5, 1.0)}}))
    return own


def test_a_tuned_model_is_better_than_its_base_on_songs_that_it_did_not_learn_from(
    base: Path, tmp_path: Path
) -> None:
    made = tuned(discerned(base, tmp_path), tmp_path)
    assert made.is_better
    assert read_discriminator(made.folder) is None  # its answers are others now
    assert made.base is not None
    assert made.figures.sum < 0.85 * made.base.sum
    model = MacNet(read_config(made.folder))
    model.load_state_dict(read_model_weights(made.folder))
    again = measure(model, [prepare(score, model.config) for score in made.held_out])
    assert again.sum == pytest.approx(made.figures.sum, rel=0.05)  # so coarse is int8 for a toy
    card = read_card(made.folder)
    assert "on top of rising" in card.data
    assert card.figures["held-out songs before: sum, nats a quarter note"] == pytest.approx(
        made.base.sum, abs=1e-3
    )
    assert read_vocabulary(made.folder).words["60-1-1"] >= 1  # what the base had heard is not forgotten


def test_where_nothing_is_better_the_model_is_the_base_under_a_new_name(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reckless(settings: TrainSettings, _: int) -> TrainSettings:
        return replace(settings, learning_rate=30.0, warmup=1)

    monkeypatch.setattr(starting, "careful", reckless)
    monkeypatch.setattr(starting, "new_words", lambda *_: ((), ()))
    own = discerned(base, tmp_path)
    made = tuned(own, tmp_path, replace(PARTED, epochs=2))
    assert not made.is_better
    kept_too, known = read_discriminator(made.folder), read_discriminator(own)
    assert kept_too is not None
    assert known is not None
    assert kept_too.stages == known.stages
    assert made.figures == made.base
    assert read_config(made.folder) == read_config(base)
    kept, first = read_model_weights(made.folder), read_model_weights(base)
    assert all(torch.allclose(kept[name], first[name], atol=1e-6) for name in first)
    assert read_card(made.folder).name == "mine"


def test_the_anchor_holds_the_weights_near_the_base(base: Path, tmp_path: Path) -> None:
    start = read_base(base)

    def moved(anchor: float) -> float:
        settings = replace(toy.BRIEF, epochs=5, warmup=1, anchor=anchor, weight_decay=0.0)
        songs = toy.falling_songs()
        fit = Fit(
            songs[2:], songs[:2], toy.WORDY, settings, folder=tmp_path / f"{anchor}", start=start.weights
        )
        fit.run(lambda _: None)
        weights = fit.model.state_dict()
        return sum(float((weights[name] - start.weights[name]).square().sum()) for name in weights)

    assert moved(60.0) < 0.6 * moved(0.0)


def test_what_is_learned_can_be_heard_before_and_along_the_way(base: Path, tmp_path: Path) -> None:
    heard: list[Listen] = []
    names: list[str] = []

    def listen(sample: Listen) -> None:
        heard.append(sample)
        names.append(read_card(sample.model).name)

    tuned(base, tmp_path, audience=Audience(on_sample=listen, sample_every_s=0.0))
    assert names[:2] == ["rising", "now"]
    assert heard[0].seconds == 0.0
    assert all(one.seconds <= other.seconds for one, other in pairwise(heard))
    assert not (tmp_path / "models" / ".training" / "mine" / "listening").exists()


def test_whoever_stops_it_gets_the_best_so_far_and_can_go_on(base: Path, tmp_path: Path) -> None:
    updates = 0

    def count(_: object) -> None:
        nonlocal updates
        updates += 1

    made = tuned(base, tmp_path, audience=Audience(on_progress=count, should_stop=lambda: updates >= 5))
    assert made.ending is Ending.STOPPED
    assert updates == 5
    assert made.base is not None
    assert made.figures.sum <= made.base.sum
    run = tmp_path / "models" / ".training" / "mine"
    assert (run / RUN).exists()
    reading = Reading(toy.falling_songs(), {})
    train(
        tmp_path / "songs",
        "mine",
        recipe=Recipe(PARTED, base=base),
        models_dir=tmp_path / "models",
        resume=True,
        audience=Audience(on_progress=count),
        reading=reading,
    )
    assert updates > 5
    assert not (run / RUN).exists()
    assert not (run / BEST).exists()


def test_a_library_of_one_voice_leaves_the_other_as_the_base_plays_it(base: Path, tmp_path: Path) -> None:
    songs = tuple(score_of({Role.MELODY: toy.falling(i)}, name=f"line {i}", shift=0) for i in range(6))
    made = train(
        tmp_path / "songs",
        "lines",
        recipe=Recipe(toy.BRIEF, base=base),
        models_dir=tmp_path / "models",
        reading=Reading(songs, {}),
    )
    assert made.figures.voices[1] == 0
    assert read_config(made.folder).dictionary[1] == toy.DICTIONARY[1]


def test_a_library_of_one_voice_trains_from_nothing(tmp_path: Path) -> None:
    songs = tuple(score_of({Role.ACCOMPANIMENT: toy.chord()}, name=f"pad {i}", shift=0) for i in range(6))
    shape: NetworkConfig = replace(toy.SMALL, chooser_size=24)
    made = train(
        tmp_path / "songs",
        "pads",
        recipe=Recipe(replace(toy.BRIEF, epochs=1), shape=shape),
        models_dir=tmp_path / "models",
        reading=Reading(songs, {}),
    )
    assert read_config(made.folder).dictionary[0] == ()
    assert read_card(made.folder).beats == {"melody": 0, "accompaniment": 80}
    chords = {Role.ACCOMPANIMENT: toy.chord(4)}
    composer = Composer(Shelf([tmp_path / "models"]))
    (answer,) = composer.compose(Request(Kind.CONTINUE, chords, 3840, 1, 1, "pads"))
    assert list(answer.clips) == [Role.ACCOMPANIMENT]


@pytest.mark.parametrize(
    ("known", "beats"),
    [
        ({}, {}),  # nobody counted: it knows all
        ({"melody": 10, "accompaniment": 0}, {"melody": 10 + 8 * 16, "accompaniment": 8 * 16}),
    ],
)
def test_a_model_knows_the_voices_that_its_base_and_its_songs_have(
    base: Path, known: dict[str, int], beats: dict[str, int]
) -> None:
    start = read_base(base)
    start = replace(start, card=replace(start.card, beats=known))
    assert recipe._beats(start, toy.falling_songs()) == beats
