"""`macnet words`: how a file is read, beat by beat, and that nothing of it is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bridge.beats import roundtrip
from bridge.music.midifile import write_song
from bridge.music.note import Note
from bridge.music.song import Song, Track

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Said


def test_words_are_shown_bar_by_bar_for_both_voices(macnet: Callable[..., Said], waltz: Path) -> None:
    said = macnet("words", waltz)
    assert said.code == 0
    head, first, second, third, fourth, *_ = (line.split() for line in said.out.splitlines())
    assert head == ["bar", "beat", "melody", "accompaniment"]
    assert first == ["1", "1", "72-1-1", "48-1-1#52-1-1@0#55-1-1@0"]
    assert second == ["2", "73-1-1", "48-1-0#52-1-0@0#55-1-0@0"]
    assert third[0] == "3"
    assert fourth[:2] == ["2", "1"]


def test_what_each_track_was_taken_for_is_told_with_the_reason(
    macnet: Callable[..., Said], waltz: Path
) -> None:
    said = macnet("words", waltz)
    assert "track 1 'Melody': melody, " in said.err
    assert "track 2 'Chords': accompaniment, " in said.err


def test_words_as_json_are_lists_by_voice(macnet: Callable[..., Said], waltz: Path) -> None:
    words = macnet("words", waltz, "--json").json["words"]
    assert words["melody"] == ["72-1-1", "73-1-1", "74-1-1"] * 4
    assert len(words["accompaniment"]) == 12


def test_checking_counts_beats_words_notes_and_errors(macnet: Callable[..., Said], waltz: Path) -> None:
    told = macnet("words", waltz, "--check", "--json").json
    assert (told["files"], told["beats"], told["notes"], told["lost"]) == (1, 24, 24, 0)
    assert told["distinct_words"] == 5
    assert (told["onset_error"], told["duration_error"]) == (0, 0)


def test_a_folder_is_checked_with_all_that_is_below_it(macnet: Callable[..., Said], waltz: Path) -> None:
    folder = waltz.parent / "songs"
    (folder / "deeper").mkdir(parents=True)
    triplets = [Note(onset, 60 + onset % 7, 320) for onset in range(0, 3840, 320)]
    write_song(folder / "deeper" / "Triplets.MID", Song((Track("Melody", tuple(triplets)),), 3840))
    (folder / "waltz.mid").write_bytes(waltz.read_bytes())
    (folder / "broken.mid").write_bytes(b"broken")
    (folder / "readme.txt").write_text("not a song")
    said = macnet("words", folder, "--check", "--json")
    assert said.code == 0
    assert (said.json["files"], said.json["notes"], said.json["lost"]) == (2, 36, 0)
    assert list(said.json["refused"]) == [str(folder / "broken.mid")]
    table = macnet("words", folder, "--check").out
    assert "broken.mid" in table
    assert "notes lost" in table


def test_a_lost_note_fails_the_check_and_its_file_is_named(
    macnet: Callable[..., Said], waltz: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = roundtrip.check_file
    monkeypatch.setattr(roundtrip, "check_file", lambda path: replace(honest(path), lost=2))
    said = macnet("words", waltz, "--check")
    assert said.code == 1
    assert "lost notes in" in said.out
    assert str(waltz) in said.out


def test_a_folder_without_midi_files_is_told(macnet: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = macnet("words", tmp_path / "empty", "--check")
    assert said.code == 1
    assert "[midi.missing]" in said.err


def test_showing_the_words_of_a_whole_folder_is_wrong_usage(
    macnet: Callable[..., Said], tmp_path: Path
) -> None:
    said = macnet("words", tmp_path)
    assert said.code == 2
    assert "--check" in said.err
