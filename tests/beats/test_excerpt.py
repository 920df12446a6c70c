"""Bars of a score as clips: what was read comes back, in its own key."""

from __future__ import annotations

from bridge.beats.excerpt import bar_starts, excerpt
from bridge.beats.playlist import score_of
from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip

FOUR, THREE = Meter(4, 4), Meter(3, 4)


def test_a_whole_song_comes_back_in_its_own_key() -> None:
    melody = make_clip(
        [Note(960 * beat, 62 + beat % 5, 480 + 480 * (beat % 2)) for beat in range(16)], length=15360
    )
    chords = make_clip(
        [Note(3840 * bar, 50 + step, 3840) for bar in range(4) for step in (0, 4, 7)], length=15360
    )
    song = score_of({Role.MELODY: melody, Role.ACCOMPANIMENT: chords}, name="song")
    assert song.shift != 0
    clips = excerpt(song, 0, len(song))
    for role, clip in ((Role.MELODY, melody), (Role.ACCOMPANIMENT, chords)):
        assert [(n.onset, n.pitch, n.duration) for n in clips[role].notes] == [
            (n.onset, n.pitch, n.duration) for n in clip.notes
        ]
        assert clips[role].length == clip.length


def test_an_excerpt_starts_at_tick_0_and_strikes_what_is_held_into_it() -> None:
    held = make_clip([Note(0, 60, 960 * 8), Note(960 * 4, 72, 960)], length=960 * 8)
    song = score_of({Role.MELODY: held}, name="held", shift=0)
    (clip,) = excerpt(song, 4, 8).values()
    assert [(n.onset, n.pitch, n.duration) for n in clip.notes] == [(0, 60, 3840), (0, 72, 960)]
    assert clip.length == 3840


def test_a_voice_that_is_not_known_is_not_made_up() -> None:
    song = score_of({Role.MELODY: make_clip([Note(0, 60, 960)], length=3840)}, name="song", shift=0)
    assert set(excerpt(song, 0, 4)) == {Role.MELODY}


def test_meters_change_where_they_did() -> None:
    notes = tuple(Note(960 * beat, 60, 960) for beat in range(14))
    meters = (MeterChange(0, FOUR), MeterChange(960 * 8, THREE))
    song = score_of({Role.MELODY: Clip(notes, 960 * 14, meters)}, name="song", shift=0)
    assert bar_starts(song) == [0, 4, 8, 11, 14]
    (clip,) = excerpt(song, 4, 14).values()
    assert clip.meters == (MeterChange(0, FOUR), MeterChange(960 * 4, THREE))
