"""Music from nothing comes back to its key, also where its notes alone would not tell that it has left."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.beats.metre import Beat, beats_of
from bridge.beats.word import PARTS, Word, WordNote
from bridge.composer.centre import Centre
from bridge.composer.hearing import centre_of
from bridge.music.key import MAJOR, MINOR, Key
from bridge.music.note import COMMON_TIME, MeterChange, Note, Role, make_clip
from bridge.request import Kind, Request

BEATS: tuple[Beat, ...] = beats_of((MeterChange(0, COMMON_TIME),), 40 * 3840)
C_MAJOR = Key(0, MAJOR)
IN_C = ((60, 64, 67), (65, 69, 60), (67, 71, 62), (60, 64, 67))
IN_G_WITHOUT_F_SHARP = ((67, 71, 62), (60, 64, 67), (62, 69, 65), (67, 71, 62))
IN_A_MINOR = ((57, 60, 64), (62, 65, 69), (64, 67, 71), (57, 60, 64))


def chord(*pitches: int) -> Word:
    return Word(tuple(WordNote(0, PARTS, pitch) for pitch in sorted(pitches)))


def after(centre: Centre, chords: tuple[tuple[int, ...], ...], bars: int, up: int = 0) -> Centre:
    for beat in BEATS[: 4 * bars]:
        pitches = chords[beat.bar % len(chords)]
        centre.add(beat, (Word(), chord(*(pitch + up for pitch in pitches))))
    return centre


@pytest.mark.parametrize("chords", [IN_C, IN_A_MINOR], ids=["in C", "in its relative minor"])
def test_at_home_nothing_pulls(chords: tuple[tuple[int, ...], ...]) -> None:
    assert after(Centre(C_MAJOR), chords, 32).pull is None


def test_who_settles_in_g_is_called_back_to_c_by_what_only_c_has() -> None:
    pull = after(Centre(C_MAJOR), IN_G_WITHOUT_F_SHARP, 16).pull
    assert pull is not None
    assert pull[0] > 0.1  # C, the root
    assert pull[5] > 0.1  # F, which G major has not
    assert pull[11] < -0.1  # B and
    assert pull[2] < -0.1  # D, of the chord of G
    assert np.abs(pull).max() <= 1


def test_what_rests_on_two_notes_is_in_no_key_yet() -> None:
    assert after(Centre(C_MAJOR), ((64, 71), (52, 59)), 32).pull is None


def test_a_phrase_may_lie_anywhere() -> None:
    assert after(Centre(C_MAJOR), IN_G_WITHOUT_F_SHARP, 5).pull is None


def test_who_has_come_home_is_left_alone() -> None:
    centre = after(Centre(C_MAJOR), IN_G_WITHOUT_F_SHARP, 16)
    assert after(centre, IN_C, 24).pull is None


def test_every_key_is_called_home_alike() -> None:
    in_c = after(Centre(C_MAJOR), IN_G_WITHOUT_F_SHARP, 16).pull
    in_e = after(Centre(Key(4, MAJOR)), IN_G_WITHOUT_F_SHARP, 16, up=4).pull
    assert in_c is not None
    assert in_e is not None
    assert np.allclose(np.roll(in_c, 4), in_e)


@pytest.mark.parametrize(
    ("options", "home"),
    [
        ({}, C_MAJOR),
        ({"key": 7}, C_MAJOR),
        ({"key": 2, "scale": MINOR}, Key(9, MINOR)),
        ({"key": 2, "scale": "101101011001"}, Key(9, MINOR)),
        ({"key": 2, "scale": "101101010110"}, None),
        ({"key": "off"}, None),
    ],
    ids=["none named", "G major", "D minor", "D harmonic minor", "D dorian", "off"],
)
def test_music_from_nothing_is_at_home_where_the_network_knows_its_way(
    options: dict[str, int | str], home: Key | None
) -> None:
    assert centre_of(Request(Kind.GENERATE, {}, 3840, 1, 0, "toy", options)) == home


def test_a_clip_says_by_itself_where_it_is_at_home() -> None:
    clip = make_clip([Note(0, 60, 960), Note(960, 67, 960)], length=3840)
    assert centre_of(Request(Kind.CONTINUE, {Role.MELODY: clip}, 3840, 1, 0, "toy")) is None
