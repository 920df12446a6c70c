"""What can be heard of a model while it learns, and what is told of it when it is done."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.beats.playlist import Score, score_of
from bridge.cli.listening import Samples, openings, originality_of
from bridge.music.midifile import read_song
from bridge.music.note import Note, Role, make_clip
from bridge.network.checkpoint import bundled_shelf
from bridge.network.corpus import Reading
from bridge.network.measuring import Figures
from bridge.network.recipe import Listen, Trained

FOLK = bundled_shelf().folder("folk")
SCALE = (62, 64, 66, 67, 69, 71, 73)


def a_song(number: int, bars: int = 16) -> Score:
    melody = [Note(960 * beat, SCALE[(number + beat * beat) % 7] + 12, 960) for beat in range(4 * bars)]
    chords = [Note(3840 * bar, pitch, 3840) for bar in range(bars) for pitch in (50, 54, 57)]
    length = 3840 * bars
    clips = {
        Role.MELODY: make_clip(melody, length=length),
        Role.ACCOMPANIMENT: make_clip(chords, length=length),
    }
    return score_of(clips, name=f"song {number}")


def test_a_sample_starts_with_four_bars_of_a_song_and_goes_on_for_eight(tmp_path: Path) -> None:
    samples = Samples(tmp_path / "samples", "folk")
    samples(Listen(FOLK, [a_song(1)], 0.0))
    samples(Listen(FOLK, [a_song(1)], 125.0))
    names = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert names == ["000 before, folk.mid", "001 after 2 min 05 s.mid"]
    for name in names:
        song = read_song(tmp_path / "samples" / name)
        assert song.length == 12 * 3840
        first = [n.pitch for n in song.tracks[0].notes if n.onset < 4 * 3840]
        assert first == [SCALE[(1 + beat * beat) % 7] + 12 for beat in range(16)]
        assert [n for n in song.tracks[0].notes if n.onset >= 4 * 3840]


def test_samples_of_an_earlier_run_go_and_what_the_user_put_there_stays(tmp_path: Path) -> None:
    for name in ("000 before, folk.mid", "007 after 9 min 00 s.mid", "mine.mid"):
        (tmp_path / name).write_bytes(b"MThd")
    Samples(tmp_path, "folk")(Listen(FOLK, [a_song(1)], 0.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000 before, folk.mid", "mine.mid"]


def test_a_run_that_goes_on_keeps_its_samples_and_counts_on(tmp_path: Path) -> None:
    Samples(tmp_path, "folk")(Listen(FOLK, [a_song(1)], 0.0))
    Samples(tmp_path, "folk", resume=True)(Listen(FOLK, [a_song(1)], 61.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "000 before, folk.mid",
        "001 after 1 min 01 s.mid",
    ]


def test_songs_too_short_to_go_on_from_give_no_sample(tmp_path: Path) -> None:
    Samples(tmp_path / "samples", "folk")(Listen(FOLK, [a_song(1, bars=2)], 0.0))
    assert not (tmp_path / "samples").exists()


def test_a_model_that_cannot_play_is_no_reason_to_stop(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Samples(tmp_path / "samples", "folk")(Listen(tmp_path / "nowhere", [a_song(1)], 0.0))
    assert "no sample this time" in capsys.readouterr().err


def test_openings_are_four_bars_and_the_eight_that_follow() -> None:
    found = list(openings(a_song(2, bars=20)))
    assert [next(iter(o.real.values())).length for o in found] == [8 * 3840] * 3
    assert all(o.bar == 3840 for o in found)


def trained(songs: int, bars: int = 16) -> Trained:
    scores = [a_song(number, bars) for number in range(songs)]
    reading = Reading(tuple(scores), {})
    return Trained(FOLK, reading, Figures((1.0, 1.0)), learned=scores[2:], held_out=scores[:2])


def test_originality_is_told_beside_what_the_songs_share() -> None:
    told = originality_of(trained(5), until=time.monotonic() + 1e6)
    assert told is not None
    assert told.answers == 8
    assert told.songs >= 5
    assert 0 <= told.copied <= 1
    assert told.longest_shared > 8  # these songs are one pattern from several steps


def test_originality_of_loops_is_told_by_what_is_played_from_nothing() -> None:
    told = originality_of(trained(5, bars=2), until=time.monotonic() + 1e6)
    assert told is not None
    assert told.answers == 24


def test_of_songs_that_were_all_learned_none_is_gone_on_with() -> None:
    few = trained(5)
    told = originality_of(replace(few, held_out=few.learned, folds=3), until=time.monotonic() + 1e6)
    assert told is not None
    assert told.answers == 24  # from nothing: what a song's own opening brings back is no copying
    assert told.songs == 6  # two passages of each of the three, each once


def test_without_time_nothing_is_told() -> None:
    assert originality_of(trained(5), until=time.monotonic() - 1) is None
