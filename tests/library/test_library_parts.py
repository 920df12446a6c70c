"""Melody, accompaniment, bass and drums, told apart; and what the user says holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.errors import OverridesMalformed
from bridge.library import reading
from bridge.library.overrides import FILE_NAME, Override, for_file, is_skipped, read_overrides
from bridge.library.parts import Part, find_parts
from bridge.library.reading import fingerprint
from bridge.music.midifile import read_song
from bridge.music.note import Note
from bridge.music.song import Song, Track
from tests.library.music import lay, repeated, track
from tests.library.projects import BEAT, CHORDS, LOW, RIFF

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.library.verdicts import FileVerdict

    Judge = Callable[..., dict[str, FileVerdict]]


def parts(*tracks: Track, hint: str = "") -> list[str]:
    return [guess.part.value for guess in find_parts(Song(tracks, 4 * 960), hint=hint)]


def test_a_band_is_told_apart() -> None:
    band = (track(RIFF, "Lead"), track(CHORDS, "Keys"), track(LOW, "Bass"), track(BEAT, "Kit", channel=9))
    assert parts(*band) == ["melody", "accompaniment", "bass", "drums"]


def test_without_names_the_music_tells() -> None:
    assert parts(track(RIFF, higher=12), track(CHORDS), track(LOW)) == ["melody", "accompaniment", "bass"]


def test_a_bass_is_told_by_its_sound() -> None:
    high_bass = track(LOW, program=33, higher=24)
    assert parts(track(RIFF, "Lead", higher=24), high_bass) == ["melody", "bass"]


def test_drums_that_do_not_lie_on_channel_10_are_heard() -> None:
    assert parts(track(BEAT)) == ["drums"]
    assert parts(track(RIFF, "Lead"), track(BEAT)) == ["melody", "drums"]


@pytest.mark.parametrize(
    "low",
    [
        # A walking bass on kick, snare and hats; a bass in D; low power chords.
        tuple((n / 2, 0.5, pitch, 90) for n, pitch in enumerate((36, 38, 42, 46, 36, 40, 44, 38))),
        tuple((n, 1, pitch, 90) for n, pitch in enumerate((38, 42, 45, 50))),
        tuple((n, 1, pitch, 90) for n in range(4) for pitch in (36 + n, 43 + n, 48 + n)),
    ],
)
def test_low_notes_are_not_drums(low: tuple[tuple[float, float, int, int], ...]) -> None:
    assert parts(track(low)) != ["drums"]


@pytest.mark.parametrize(
    ("hint", "part"),
    [
        ("Snare fill 3", "drums"),
        ("loop 12\nDrums", "drums"),
        ("DnB_174_Am_Bassline", "bass"),
        ("Am chords 120\nMIDI", "accompaniment"),
        ("Topline F#m", "melody"),
        ("untitled", "melody"),  # by its notes
        ("loop 808", "melody"),  # the 808th
    ],
)
def test_the_name_of_a_file_or_its_folder_tells_what_its_one_track_plays(hint: str, part: str) -> None:
    assert parts(track(RIFF), hint=hint) == [part]


def test_a_file_called_melody_that_plays_chords_is_no_melody() -> None:
    assert parts(track(CHORDS), hint="Melody 4") == ["accompaniment"]


def test_the_name_of_a_track_counts_more_than_that_of_its_file() -> None:
    assert parts(track(RIFF, "Lead"), hint="Drums") == ["melody"]


def test_the_names_of_files_with_several_tracks_tell_nothing() -> None:
    assert parts(track(RIFF, higher=12), track(CHORDS), hint="Drums") == ["melody", "accompaniment"]


@pytest.mark.data
def test_no_song_of_others_is_taken_for_drums(songs_folder: Path) -> None:
    for path in sorted(songs_folder.rglob("*.mid"))[::25]:
        assert Part.DRUMS not in {guess.part for guess in find_parts(read_song(path))}, path


# Doubles


def notes(hits: tuple[tuple[float, float, int, int], ...], higher: int = 0, at: int = 0) -> list[Note]:
    return [Note(note.onset + at, *(note.pitch, note.duration)) for note in track(hits, higher=higher).notes]


def test_the_same_music_in_every_key_and_place_has_one_fingerprint() -> None:
    prints = {fingerprint(notes(RIFF, higher, at)) for higher in range(-12, 13) for at in (0, 960, 7)}
    assert len(prints) == 1


@pytest.mark.parametrize("change", [(0, 0.5, 63, 100), (0, 0.25, 62, 100), (0.25, 0.25, 62, 100)])
def test_one_note_that_differs_makes_other_music(change: tuple[float, float, int, int]) -> None:
    assert fingerprint(notes((change, *RIFF[1:]))) != fingerprint(notes(RIFF))


def test_files_that_are_made_to_be_looked_at_are_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_NOTES", len(RIFF) - 1)
    path = lay(folder, "black.mid", [track(RIFF)])
    assert reading.read_file(reading.Task("black.mid", path)).code == "library.too_many_notes"


# Overrides

TEXT = """\ufeff# what is what
Drums/*                 = drums
*C# minor*              = Bass
Songs/Hey.mid : 2       = melody
Songs/Hey.mid : rhod*   = accompaniment
a = b.mid               = skip
"""


def test_a_file_of_overrides_is_read(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(TEXT, "utf-8")
    assert read_overrides(path) == (
        Override("Drums/*", "", "drums"),
        Override("*C# minor*", "", "bass"),
        Override("Songs/Hey.mid", "2", "melody"),
        Override("Songs/Hey.mid", "rhod*", "accompaniment"),
        Override("a = b.mid", "", "skip"),
    )
    assert for_file(read_overrides(path), "SONGS/hey.mid") == read_overrides(path)[2:4]
    assert is_skipped(for_file(read_overrides(path), "a = b.mid"))


@pytest.mark.parametrize("line", ["Drums/*", "= drums", "Drums = loud", "Drums ="])
def test_a_line_that_is_no_correction_is_told_of(tmp_path: Path, line: str) -> None:
    path = tmp_path / "roles.txt"
    path.write_text(f"# first\n{line}\n", "utf-8")
    with pytest.raises(OverridesMalformed, match="line 2") as caught:
        read_overrides(path)
    assert "PATH = PART" in caught.value.hint


def test_a_file_that_is_no_text_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "roles.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("roles.txt", "missing.txt"):
        with pytest.raises(OverridesMalformed):
            read_overrides(tmp_path / name)


def test_what_the_user_says_holds_over_everything(folder: Path, judge: Judge) -> None:
    lay(folder, "Hey.mid", [track(RIFF, "Lead"), track(CHORDS, "Rhodes"), track(BEAT, "Kit", channel=9)])
    lay(folder, "old/Bye.mid", [track(LOW)])
    lines = ["old/* = skip", "Hey.mid : lead = bass", "Hey.mid : 2 = melody", "Hey.mid : 3 = skip"]
    (folder / FILE_NAME).write_text("\n".join(lines), "utf-8")
    files = judge()
    tracks = files["Hey.mid"].songs[0].facts["tracks"]
    assert [(part, sure) for _, part, sure, _, _ in tracks] == [
        ("bass", 1.0),
        ("melody", 1.0),
        ("drums", 1.0),
    ]
    assert {reason for *_, reason, _ in tracks} == {"you said so"}
    assert (files["old/Bye.mid"].code, files["old/Bye.mid"].reason) == ("library.skipped", "you said so")


def test_drums_can_be_said_to_be_music(folder: Path, judge: Judge) -> None:
    steps = tuple((at, long, pitch, loud) for at, long, pitch, loud in repeated(BEAT, 2))
    lay(folder, "marimba.mid", [track(steps, channel=9)], beats=8)
    assert judge()["marimba.mid"].code == "clip.drums"
    (folder / FILE_NAME).write_text("marimba.mid = melody", "utf-8")
    assert judge()["marimba.mid"].songs[0].facts["voices"] == "melody"
