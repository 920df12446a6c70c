"""From a folder to a model that composes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.composer import Composer
from bridge.errors import BadArgument, ModelMissing, TooLittleMusic
from bridge.music.midifile import Song, Track, write_song
from bridge.music.note import Role
from bridge.network.checkpoint import Shelf, read_vocabulary
from bridge.network.corpus import read_folder, split_by_song
from bridge.network.recipe import Recipe, train
from bridge.request import Kind, Request
from tests.network import toy

BRIEF = Recipe(replace(toy.QUICK, epochs=1))
OTHER = Recipe(replace(toy.QUICK, epochs=1, rng_seed=2))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Six songs in two folders, and one file that is none."""
    folder = tmp_path / "library"
    (folder / "more").mkdir(parents=True)
    for number in range(6):
        tracks = tuple(
            Track(name, clip.notes, channel=i, program=0)
            for i, (name, clip) in enumerate((("Melody", toy.rising(number)), ("Chords", toy.chord())))
        )
        write_song(folder / ("more" if number % 2 else "") / f"song {number}.mid", Song(tracks, 16 * 960))
    (folder / "broken.mid").write_bytes(b"MThd\0\0\0\6\0\1")
    return folder


def test_every_file_is_read_or_left_out_with_its_reason(library: Path) -> None:
    reading = read_folder(library)
    assert len(reading.scores) == 6
    assert list(reading.left_out) == ["broken.mid"]
    assert reading.left_out["broken.mid"]


def test_patterns_leave_files_out(library: Path) -> None:
    assert len(read_folder(library, exclude=("song 1*", "song 2*")).scores) == 4


def test_the_same_songs_are_held_out_in_whatever_order_they_come() -> None:
    songs = list(toy.songs())
    learned, held_out = split_by_song(songs)
    assert split_by_song(songs[::-1]) == (learned, held_out)
    assert len(held_out) == 3
    assert {s.name for s in learned} | {s.name for s in held_out} == {s.name for s in songs}


def test_a_trained_model_is_whole_described_and_composes(library: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in library.rglob("*.mid")}
    made = train(library, "mine", recipe=BRIEF, models_dir=tmp_path / "models")
    shelf = Shelf([tmp_path / "models"])
    assert shelf.names() == ("mine",)
    assert json.loads((made.folder / "card.json").read_text("utf-8"))["name"] == "mine"
    assert shelf.card("mine").data.startswith("6 songs of library; 1 files left out")
    assert read_vocabulary(made.folder).words["48-1-1#55-1-1@0"] > 0
    assert len(read_vocabulary(made.folder).registers) == 2
    primer = {Role.MELODY: toy.rising(0, beats=4)}
    answer = Composer(shelf).compose(Request(Kind.CONTINUE, primer, 3840, 2, 1, "mine"))
    assert len(answer) == 2
    assert {path: path.read_bytes() for path in library.rglob("*.mid")} == before


def test_training_again_replaces_the_model_only_by_a_whole_one(library: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    train(library, "mine", recipe=BRIEF, models_dir=models)
    first = Shelf([models]).card("mine").version
    train(library, "mine", recipe=OTHER, models_dir=models)
    assert Shelf([models]).names() == ("mine",)
    assert Shelf([models]).card("mine").version != first


def test_a_composer_notices_a_model_that_was_trained_anew(library: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    train(library, "mine", recipe=BRIEF, models_dir=models)
    composer = Composer(Shelf([models]))
    first = composer.runtime("mine")
    assert composer.runtime("mine") is first
    train(library, "mine", recipe=OTHER, models_dir=models)
    assert composer.runtime("mine") is not first


def test_too_little_music_is_refused_with_the_count(tmp_path: Path) -> None:
    with pytest.raises(TooLittleMusic, match="0 usable songs") as refused:
        train(tmp_path, "mine", recipe=BRIEF, models_dir=tmp_path / "models")
    assert refused.value.hint


def test_a_models_name_is_never_a_path(library: Path, tmp_path: Path) -> None:
    with pytest.raises(BadArgument):
        train(library, "../mine", recipe=BRIEF, models_dir=tmp_path / "models")


class Replacing(Shelf):
    """A shelf on which a model is just being replaced: it is away for a moment."""

    gone = 0

    def folder(self, name: str) -> Path:
        if self.gone:
            self.gone -= 1
            raise ModelMissing(f"there is no model {name!r}")
        return super().folder(name)


def test_a_model_that_is_just_being_replaced_is_waited_for(library: Path, tmp_path: Path) -> None:
    train(library, "mine", recipe=BRIEF, models_dir=tmp_path / "models")
    shelf = Replacing([tmp_path / "models"])
    shelf.gone = 1
    with pytest.raises(ModelMissing):
        Composer(shelf).runtime("mine")  # nobody has heard of it: no need to wait
    composer = Composer(shelf)
    first = composer.runtime("mine")
    shelf.gone = 2
    assert composer.runtime("mine") is first
    shelf.gone = 99
    with pytest.raises(ModelMissing):
        composer.runtime("mine")
