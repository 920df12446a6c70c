"""`macnet takes`: what was made can be found, starred, written, made again and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.config import DEFAULT_MODEL
from bridge.music.midifile import read_song

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said, ScaleComposer


@pytest.fixture
def made(macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer) -> Path:
    """Two variations, kept as takes 1 and 2; the folder with their files."""
    del composer  # answers
    folder = tmp_path / "made"
    folder.mkdir()
    order = ("--variations", 2, "--rng-seed", 7, "--bars", 2, "--temperature", "0.8")
    assert macnet("continue", waltz, "-o", folder / "out.mid", *order).code == 0
    return folder


@pytest.mark.usefixtures("made")
def test_takes_are_listed_newest_first(macnet: Callable[..., Said]) -> None:
    told = macnet("takes", "list", "--json").json["takes"]
    assert [(take["id"], take["variation"], take["rng_seed"]) for take in told] == [(2, 1, 7), (1, 0, 7)]
    assert told[0]["options"] == {"temperature": 0.8}
    lines = macnet("takes", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["2", "1"]


def test_a_new_data_folder_has_no_takes_and_says_how_to_make_one(macnet: Callable[..., Said]) -> None:
    said = macnet("takes", "list")
    assert said.code == 0
    assert "macnet continue" in said.out


@pytest.mark.usefixtures("made")
def test_a_take_is_shown_with_its_request_and_drawn(macnet: Callable[..., Said]) -> None:
    said = macnet("takes", "show", 1)
    assert said.code == 0
    assert "temperature 0.8" in said.out
    assert "│" in said.out or "|" in said.out
    clips = macnet("takes", "show", 1, "--json").json["clips"]
    assert clips["melody"][0] == [0, 55, 480, 100]


def test_an_exported_take_is_what_was_written_when_it_was_made(
    macnet: Callable[..., Said], made: Path
) -> None:
    assert macnet("takes", "export", 2, "-o", made / "again.mid").code == 0
    exported, first = read_song(made / "again.mid"), read_song(made / "out-2.mid")
    assert (exported.tracks, exported.meters, exported.tempos) == (first.tracks, first.meters, first.tempos)


def test_exporting_never_replaces_a_file_unless_forced(macnet: Callable[..., Said], made: Path) -> None:
    mine = made / "mine.mid"
    mine.write_bytes(b"mine")
    assert macnet("takes", "export", 1, "-o", mine).code == 1
    assert mine.read_bytes() == b"mine"
    assert macnet("takes", "export", 1, "-o", mine, "--force").code == 0


@pytest.mark.usefixtures("made")
def test_starred_takes_stay_when_the_others_are_pruned(macnet: Callable[..., Said]) -> None:
    macnet("takes", "star", 1)
    assert macnet("takes", "prune", "--keep-last", 0, "--json").json == {"pruned": 1, "left": 1}
    assert [take["id"] for take in macnet("takes", "list", "--starred", "--json").json["takes"]] == [1]
    macnet("takes", "unstar", 1)
    assert macnet("takes", "list", "--starred", "--json").json == {"takes": []}


@pytest.mark.usefixtures("made")
def test_pruning_asks_for_what_stays(macnet: Callable[..., Said]) -> None:
    assert macnet("takes", "prune").code == 2
    assert len(macnet("takes", "list", "--json").json["takes"]) == 2


@pytest.mark.usefixtures("made")
def test_pruning_on_a_terminal_asks_before_it_forgets(
    macnet: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(question: str, **_: object) -> None:
        asked.append(question)
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", refuse)
    assert macnet("takes", "prune", "--keep-last", 0).code == 130
    assert asked
    assert len(macnet("takes", "list", "--json").json["takes"]) == 2
    assert macnet("takes", "prune", "--keep-last", 0, "--yes").code == 0


def test_a_take_made_again_is_the_same_note_for_note(macnet: Callable[..., Said], made: Path) -> None:
    said = macnet("takes", "again", 2, "-o", made / "again.mid")
    assert said.code == 0
    assert "the same" in said.out
    assert read_song(made / "again.mid").tracks == read_song(made / "out-2.mid").tracks


@pytest.mark.usefixtures("made")
def test_a_take_that_a_changed_model_makes_differently_is_noticed(
    macnet: Callable[..., Said], composer: ScaleComposer
) -> None:
    composer.transposed = 1
    composer.shelf.version = "2"
    said = macnet("takes", "again", 2)
    assert said.code == 1
    assert "differently" in said.out
    assert f"made with {DEFAULT_MODEL} 1; the model is now 2" in said.err
    assert macnet("takes", "again", 2, "--json").json == {
        "id": 2,
        "same": False,
        "model_version": "2",
        "then": "1",
    }


@pytest.mark.parametrize(
    "command",
    [("show", 9), ("star", 9), ("unstar", 9), ("again", 9), ("export", 9, "-o", "nine.mid")],
)
@pytest.mark.usefixtures("made")
def test_a_take_that_does_not_exist_is_named(
    macnet: Callable[..., Said], command: tuple[object, ...]
) -> None:
    said = macnet("takes", *command)
    assert said.code == 1
    assert "there is no take 9" in said.err
    assert "[take.missing]" in said.err


def test_a_damaged_store_is_named_and_left_alone(macnet: Callable[..., Said], data_dir: Path) -> None:
    data_dir.mkdir()
    store = data_dir / "takes.sqlite"
    store.write_bytes(b"not a database at all" * 99)
    said = macnet("takes", "list")
    assert said.code == 1
    assert str(store) in said.err
    assert "[take.unavailable]" in said.err
    assert store.read_bytes() == b"not a database at all" * 99
