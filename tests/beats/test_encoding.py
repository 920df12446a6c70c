from __future__ import annotations

from hypothesis import given

from bridge.beats.encoding import decode_voice, encode_clip
from bridge.music.note import Clip, Meter, Note, make_clip
from tests.beats.clips import any_clip, clip_of


def words(clip: Clip) -> list[str]:
    return [str(word) for word in encode_clip(clip).words]


def test_quarters_are_whole_words_and_silence_is_a_rest() -> None:
    assert words(clip_of((60, 0, 960), (62, 1920, 960))) == ["60-1-1", "r", "62-1-1", "r"]


def test_triplets_and_sixteenths_both_survive() -> None:
    triplets = [(60 + i, 320 * i, 320) for i in range(3)]
    sixteenths = [(70 + i, 960 + 240 * i, 240) for i in range(4)]
    assert words(clip_of(*triplets, *sixteenths, beats=2)) == [
        "60-1/3-1#61-1/3-1#62-1/3-1",
        "70-0.25-1#71-0.25-1#72-0.25-1#73-0.25-1",
    ]


def test_quintuplets_dotted_notes_and_32nds_are_exact() -> None:
    quintuplet = [(60, 192 * i, 192) for i in range(5)]
    dotted = [(64, 960, 720), (65, 1680, 240)]
    thirtyseconds = [(72, 1920 + 120 * i, 120) for i in range(8)]
    assert words(clip_of(*quintuplet, *dotted, *thirtyseconds, beats=3)) == [
        "#".join(["60-0.2-1"] * 5),
        "64-0.75-1#65-0.25-1",
        "#".join(["72-0.125-1"] * 8),
    ]


def test_a_note_across_the_bar_line_is_kept_whole() -> None:
    clip = clip_of((60, 2880 + 480, 1440), beats=8)
    assert words(clip)[3:6] == ["60-0.5-1@0.5", "60-1-0", "r"]
    assert decode_voice(encode_clip(clip)) == clip


def test_a_chord_is_one_word() -> None:
    assert words(clip_of((60, 0, 960), (64, 0, 960), (67, 0, 960), beats=1)) == ["60-1-1#64-1-1@0#67-1-1@0"]


def test_in_six_eight_the_beat_is_the_dotted_quarter() -> None:
    jig = [(60 + i, 480 * i, 480) for i in range(6)]
    assert words(clip_of(*jig, beats=3, meter=Meter(6, 8))) == [
        "60-1/3-1#61-1/3-1#62-1/3-1",
        "63-1/3-1#64-1/3-1#65-1/3-1",
    ]


def test_in_seven_eight_every_bar_line_is_a_beat_line() -> None:
    two_bars = [(60, 0, 960), (62, 960, 960), (64, 1920, 1440), (65, 3360, 960)]
    assert words(clip_of(*two_bars, beats=7, meter=Meter(7, 8)))[:4] == [
        "60-1-1",
        "62-1-1",
        "64-1-1",
        "65-1-1",
    ]


def test_a_late_note_keeps_its_place_and_its_lateness() -> None:
    played = make_clip(
        [Note(13, 60, 440, 90), Note(491, 62, 470, 70), Note(955, 64, 500, 110), Note(1433, 65, 460, 80)],
        length=1920,
    )
    voice = encode_clip(played)
    assert [str(word) for word in voice.words] == ["60-0.5-1#62-0.5-1", "64-0.5-1#65-0.5-1"]
    assert [[(s.velocity, s.onset_shift) for s in shades] for shades in voice.shades] == [
        [(90, 13), (70, 11)],
        [(110, -5), (80, -7)],
    ]
    assert decode_voice(voice) == played


def test_a_swung_groove_is_read_as_triplets() -> None:
    swung = make_clip(
        [n for i in range(4) for n in (Note(960 * i + 3, 60, 600), Note(960 * i + 655, 62, 280))], length=3840
    )
    assert {str(word) for word in encode_clip(swung).words} == {"60-2/3-1#62-1/3-1"}


def test_two_strokes_of_one_pitch_closer_than_the_grid_stay_two() -> None:
    flam = make_clip([Note(0, 60, 5, 40), Note(5, 60, 470, 110)], length=960)
    voice = encode_clip(flam)
    assert len(voice.words[0].notes) == 2
    assert decode_voice(voice) == flam


def test_a_note_that_sounds_beyond_the_clip_comes_back_so() -> None:
    ringing = Clip((Note(480, 60, 2000),), 960)
    assert decode_voice(encode_clip(ringing)) == ringing


@given(any_clip())
def test_every_clip_comes_back_to_the_tick(clip: Clip) -> None:
    assert decode_voice(encode_clip(clip)) == clip


@given(any_clip())
def test_a_voice_has_one_word_a_beat_and_one_shade_a_stroke(clip: Clip) -> None:
    voice = encode_clip(clip)
    assert len(voice.words) == len(voice.shades) == len(voice.beats)
    assert sum(len(shades) for shades in voice.shades) == len(clip.notes)
    for word, shades in zip(voice.words, voice.shades, strict=True):
        assert len(shades) == sum(note.articulated for note in word.notes)
