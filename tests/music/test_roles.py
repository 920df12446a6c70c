from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.errors import BadArgument, DrumClip, EmptyClip
from bridge.music.midifile import read_song
from bridge.music.note import Clip, Meter, MeterChange, Note, Role
from bridge.music.rolenames import role_of_name
from bridge.music.roles import chord_share, find_roles, voices_of
from bridge.music.song import Song, Track

if TYPE_CHECKING:
    from pathlib import Path

BAR = 3840
MELODY, ACCOMPANIMENT, DRUMS = Role.MELODY, Role.ACCOMPANIMENT, Role.DRUMS


def line(*pitches: int, duration: int = 960) -> tuple[Note, ...]:
    return tuple(Note(960 * i, pitch, duration) for i, pitch in enumerate(pitches))


def chords(*roots: int) -> tuple[Note, ...]:
    return tuple(Note(960 * i, root + step, 960) for i, root in enumerate(roots) for step in (0, 4, 7))


TUNE = line(72, 74, 76, 72)
BASS = line(36, 36, 43, 36)
CHORDS = chords(48, 53, 55, 48)
BEAT = line(36, 38, 36, 38)


def song(*tracks: Track) -> Song:
    return Song(tracks, BAR)


def roles(*tracks: Track) -> list[Role]:
    return [guess.role for guess in find_roles(song(*tracks))]


@pytest.mark.parametrize("swapped", [False, True], ids=["melody first", "chords first"])
def test_single_notes_above_chords_are_the_melody(swapped: bool) -> None:  # noqa: FBT001  a case
    tracks = [Track("", TUNE), Track("", CHORDS)]
    expected = [MELODY, ACCOMPANIMENT]
    assert roles(*(reversed(tracks) if swapped else tracks)) == (expected[::-1] if swapped else expected)


def test_a_bass_line_accompanies_though_it_plays_single_notes() -> None:
    assert roles(Track("", BASS), Track("", TUNE)) == [ACCOMPANIMENT, MELODY]


def test_of_two_hands_the_higher_is_the_melody() -> None:
    assert roles(Track("", chords(72, 74, 76, 72)), Track("", CHORDS)) == [MELODY, ACCOMPANIMENT]


def test_of_four_singers_the_highest_has_the_melody() -> None:
    choir = [Track("", line(*(p + at for p in (0, 2, 4, 0))), 0, 52) for at in (72, 65, 57, 48)]
    assert roles(*choir) == [MELODY, ACCOMPANIMENT, ACCOMPANIMENT, ACCOMPANIMENT]


def test_a_low_voice_over_a_busy_piano_is_still_the_melody() -> None:
    singer = Track("", line(50, 52, 53, 50), channel=0, program=52)
    right = Track("", chords(60, 62, 64, 60), channel=1)
    left = Track("", line(40, 47, 40, 47), channel=1)
    assert roles(singer, right, left) == [MELODY, ACCOMPANIMENT, ACCOMPANIMENT]


def test_a_hand_of_a_piano_is_not_the_melody_though_it_plays_single_notes_on_top() -> None:
    singer = Track("", line(62, 64, 65, 62), channel=0, program=52)
    right = Track("", line(74, 76, 77, 74), channel=1)
    left = Track("", chords(45, 50, 52, 45), channel=1)
    assert roles(singer, right, left) == [MELODY, ACCOMPANIMENT, ACCOMPANIMENT]


def test_channel_10_is_drums() -> None:
    assert roles(Track("", TUNE), Track("Lead", BEAT, channel=9)) == [MELODY, DRUMS]


@pytest.mark.parametrize(
    ("notes", "role"),
    [(TUNE, MELODY), (CHORDS, ACCOMPANIMENT), (BASS, ACCOMPANIMENT)],
    ids=["single notes", "chords", "bass"],
)
def test_a_track_alone_is_judged_by_itself(notes: tuple[Note, ...], role: Role) -> None:
    assert roles(Track("", notes)) == [role]
    assert roles(Track("", BEAT, channel=9), Track("", notes)) == [DRUMS, role]


def test_a_name_outweighs_what_is_played() -> None:
    assert roles(Track("Chords", TUNE), Track("Lead", CHORDS)) == [ACCOMPANIMENT, MELODY]


def test_beside_a_named_melody_all_else_accompanies() -> None:
    assert roles(Track("", TUNE), Track("Vocal", line(60, 62, 64, 60))) == [ACCOMPANIMENT, MELODY]


def test_names_that_make_everything_a_melody_say_nothing() -> None:
    assert roles(Track("Voice 1", TUNE), Track("Voice 2", CHORDS)) == [MELODY, ACCOMPANIMENT]


def test_chords_and_bass_named_so_have_no_melody() -> None:
    assert roles(Track("Pad", CHORDS), Track("Bass", BASS)) == [ACCOMPANIMENT, ACCOMPANIMENT]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Melody", MELODY),
        ("LeadVox", MELODY),
        ("lead_2", MELODY),
        ("Tom's tune", MELODY),
        ("Gesang", MELODY),
        ("Mélodie", MELODY),
        ("Śpiew", MELODY),
        ("主旋律", MELODY),
        ("メロディー", MELODY),
        ("ﾒﾛﾃﾞｨ", MELODY),
        ("Мелодия", MELODY),
        ("멜로디", MELODY),
        ("Begleitung", ACCOMPANIMENT),
        ("Acompañamiento", ACCOMPANIMENT),
        ("Säestys", ACCOMPANIMENT),
        ("Sub Bass", ACCOMPANIMENT),
        ("Pad", ACCOMPANIMENT),
        ("Main gauche", ACCOMPANIMENT),
        ("Piano LH", ACCOMPANIMENT),
        ("伴奏", ACCOMPANIMENT),
        ("808", DRUMS),
        ("Drums", DRUMS),
        ("Bass Drum", DRUMS),
        ("Schlagzeug", DRUMS),
        ("ドラム", DRUMS),
    ],
)
def test_a_name_tells_the_role(name: str, role: Role) -> None:
    named = role_of_name(name)
    assert named is not None
    assert named.role is role


@pytest.mark.parametrize("name", ["", "Track 1", "Piano", "1-MIDI", "Bass Solo", "Steel Drums"])
def test_a_name_that_tells_no_role_is_left_at_that(name: str) -> None:
    assert role_of_name(name) is None


def test_what_the_user_says_outweighs_all() -> None:
    tracks = song(Track("Lead", TUNE), Track("Chords", CHORDS))
    guesses = find_roles(tracks, {0: ACCOMPANIMENT, 1: MELODY})
    assert [guess.role for guess in guesses] == [ACCOMPANIMENT, MELODY]
    assert [guess.confidence for guess in guesses] == [1.0, 1.0]


def test_a_melody_that_the_user_names_makes_accompaniment_of_the_one_that_was_guessed() -> None:
    tracks = song(Track("", TUNE), Track("", line(60, 62, 64, 60)))
    assert [guess.role for guess in find_roles(tracks, {1: MELODY})] == [ACCOMPANIMENT, MELODY]


@pytest.mark.parametrize("index", [2, -1])
def test_a_track_that_is_not_there_has_no_role(index: int) -> None:
    with pytest.raises(BadArgument, match=str(index)):
        find_roles(song(Track("", TUNE), Track("", CHORDS)), {index: MELODY})


def test_a_guess_says_how_sure_it_is_and_why() -> None:
    melody, accompaniment = find_roles(song(Track("", TUNE), Track("", CHORDS)))
    assert melody.reason == "it plays single notes, it lies above the rest, it comes first"
    assert accompaniment.reason == "it plays chords, it lies below the rest"
    assert 0.9 < melody.confidence < 1
    doubtful = find_roles(song(Track("", TUNE), Track("", TUNE)))
    assert 0.5 <= doubtful[0].confidence < 0.7


def test_a_song_without_tracks_has_no_roles() -> None:
    assert find_roles(Song((), 0)) == ()


def test_a_track_without_notes_disturbs_nobody() -> None:
    assert roles(Track("", ()), Track("", TUNE), Track("", CHORDS)) == [ACCOMPANIMENT, MELODY, ACCOMPANIMENT]


def test_a_chord_share_is_the_time_in_which_notes_sound_together() -> None:
    assert chord_share(Track("", TUNE)) == 0
    assert chord_share(Track("", CHORDS)) == 1
    assert chord_share(Track("", (Note(0, 60, 960), Note(480, 64, 960)))) == pytest.approx(1 / 3)


def test_the_tracks_of_a_voice_are_merged() -> None:
    voices = voices_of(song(Track("", TUNE), Track("", CHORDS), Track("", BASS)))
    assert voices.melody == Clip(TUNE, BAR)
    assert voices.accompaniment == Clip(tuple(sorted(CHORDS + BASS)), BAR)
    assert (voices.doubled, voices.shortened, voices.left_out) == (0, 0, ())


def test_a_unison_of_two_tracks_is_heard_once_and_counted() -> None:
    voices = voices_of(song(Track("", TUNE), Track("", CHORDS), Track("", CHORDS[:3])))
    assert voices.accompaniment == Clip(CHORDS, BAR)
    assert (voices.doubled, voices.shortened) == (3, 0)


def test_a_held_note_struck_again_by_another_track_is_cut_and_counted_apart() -> None:
    voices = voices_of(
        song(Track("", TUNE), Track("", (Note(0, 48, 3840), Note(0, 52, 3840))), Track("", line(36, 48)))
    )
    assert voices.accompaniment is not None
    assert [n.duration for n in voices.accompaniment.notes if n.pitch == 48] == [960, 960]
    assert (voices.doubled, voices.shortened) == (0, 1)


def test_melody_and_accompaniment_may_share_a_pitch() -> None:
    voices = voices_of(song(Track("Melody", TUNE), Track("Chords", chords(72, 74, 76, 72))))
    assert voices.melody == Clip(TUNE, BAR)
    assert voices.doubled == 0


def test_a_voice_that_nobody_plays_is_unknown() -> None:
    assert voices_of(song(Track("", TUNE))).accompaniment is None
    assert voices_of(song(Track("", CHORDS))).melody is None


def test_drums_are_left_out() -> None:
    voices = voices_of(song(Track("", BEAT, channel=9), Track("", TUNE)))
    assert voices.left_out == (0,)
    assert voices.melody == Clip(TUNE, BAR)


def test_drums_alone_are_no_song_to_go_on_from() -> None:
    with pytest.raises(DrumClip):
        voices_of(song(Track("", BEAT, channel=9), Track("Perc", BEAT)))


def test_drums_are_played_as_notes_when_the_user_says_so() -> None:
    assert voices_of(song(Track("", TUNE, channel=9)), {0: MELODY}).melody == Clip(TUNE, BAR)


def test_silence_is_no_song_to_go_on_from() -> None:
    with pytest.raises(EmptyClip):
        voices_of(Song((), BAR))
    with pytest.raises(EmptyClip):
        voices_of(song(Track("Lead", ())))


def test_voices_last_for_the_whole_bars_of_their_song_in_its_meters() -> None:
    meters = (MeterChange(0, Meter(3, 4)), MeterChange(2880, Meter(6, 8)))
    voices = voices_of(Song((Track("", TUNE),), 3841, meters, name="Waltz"))
    assert voices.melody == Clip(TUNE, 2 * 2880, meters, "Waltz")


@pytest.mark.data
def test_every_tune_of_nottingham_has_its_melody_first(songs_folder: Path) -> None:
    for path in sorted((songs_folder / "nottingham").glob("*/*.mid"))[::10]:
        found = [guess.role for guess in find_roles(read_song(path))]
        assert found == [MELODY, ACCOMPANIMENT][: len(found)], path.name


@pytest.mark.data
def test_in_art_songs_the_singer_has_the_melody_and_the_piano_accompanies(songs_folder: Path) -> None:
    right = judged = 0
    for path in sorted((songs_folder / "lieder").glob("*/*.mid"))[::25]:
        tracks = read_song(path).tracks
        singers = [track.program != 0 for track in tracks]
        if len(tracks) > 1 and sum(singers) == 1:
            judged += 1
            right += [guess.role is MELODY for guess in find_roles(Song(tracks, 1))] == singers
    assert judged > 40
    assert right / judged > 0.97
