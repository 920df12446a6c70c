from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bridge.music.midifile import ExactNote, exact_notes, read_song
from bridge.music.note import Meter, MeterChange, Note
from bridge.music.song import Song, TempoChange, Track
from tests.music.hexdump import chunk, from_hex, laid_in, midi_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Read = Callable[..., Song]

END = "00 ff 2f 00"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads tracks given as hexdumps."""

    def read_tracks(*tracks: str, kind: int = 1, division: int = 480, count: int | None = None) -> Song:
        return read_song(laid_in(tmp_path, midi_file(*tracks, kind=kind, division=division, count=count)))

    return read_tracks


def notes_of(song: Song) -> list[tuple[int, int, int]]:
    """Onset, pitch and duration of the notes of the first track."""
    return [(note.onset, note.pitch, note.duration) for note in song.tracks[0].notes]


def test_a_whole_file_of_type_1_is_read(tmp_path: Path) -> None:
    data = from_hex("""
        4d 54 68 64  # MThd
        00 00 00 06  # header size
        00 01        # type 1
        00 02        # 2 tracks
        01 e0        # 480 ticks to the quarter note

        4d 54 72 6b  # MTrk
        00 00 00 1b  # track size
        00 ff 03 04 53 6f 6e 67     # name: Song
        00 ff 58 04 06 03 24 08     # meter: 6/8
        00 ff 51 03 07 a1 20        # tempo: 500,000 microseconds a quarter note
        00 ff 2f 00                 # end of track

        4d 54 72 6b  # MTrk
        00 00 00 24  # track size
        00 ff 03 04 4c 65 61 64     # name: Lead
        00 c2 49                    # channel 3 plays program 73
        00 92 3c 64                 # C4 on, velocity 100
        81 70 82 3c 00              # 240 ticks later: off
        00 92 3e 50                 # D4 on, velocity 80
        83 60 82 3e 00              # 480 ticks later: off
        00 ff 2f 00                 # end of track
        """)
    assert read_song(laid_in(tmp_path, data)) == Song(
        tracks=(Track("Lead", (Note(0, 60, 480, 100), Note(480, 62, 960, 80)), channel=2, program=73),),
        length=1440,
        meters=(MeterChange(0, Meter(6, 8)),),
        tempos=(TempoChange(0, 120.0),),
        name="Song",
    )


def test_a_file_of_type_0_becomes_one_track_a_channel(read: Read) -> None:
    song = read(
        f"""
        00 ff 03 04 50 6f 6c 6b     # name: Polk
        00 c1 21                    # channel 2 plays program 33
        00 91 28 64                 # channel 2: E2 on
        00 90 40 60                 # channel 1: E4 on
        00 99 24 7f                 # channel 10: kick
        83 60 90 40 00              # off
        00 91 28 00                 # off
        00 99 24 00                 # off
        {END}
        """,
        kind=0,
    )
    assert [(t.channel, t.program, t.is_drums) for t in song.tracks] == [
        (0, 0, False),
        (1, 33, False),
        (9, 0, True),
    ]
    assert song.tracks[1].notes == (Note(0, 40, 960, 100),)


def test_a_type_1_file_with_all_notes_in_one_track_is_split_like_type_0(read: Read) -> None:
    song = read(END, f"00 90 3c 64 00 91 40 64 83 60 90 3c 00 00 91 40 00 {END}")
    assert [t.channel for t in song.tracks] == [0, 1]


def test_a_track_on_several_channels_stays_one_beside_other_tracks(read: Read) -> None:
    guitar = f"00 90 3c 64 00 91 40 64 83 60 90 3c 00 00 91 40 00 {END}"
    song = read(guitar, f"00 92 30 64 83 60 92 30 00 {END}")
    assert [len(t.notes) for t in song.tracks] == [2, 1]


def test_drums_are_parted_from_the_notes_in_their_track(read: Read) -> None:
    mixed = f"00 90 3c 64 00 99 24 64 83 60 90 3c 00 00 99 24 00 {END}"
    song = read(mixed, f"00 92 30 64 83 60 92 30 00 {END}")
    assert [(t.channel, len(t.notes)) for t in song.tracks] == [(0, 1), (9, 1), (2, 1)]


def test_running_status_goes_on_across_meta_events(read: Read) -> None:
    song = read(f"""
        00 90 3c 64            # C4 on
        83 60 3c 00            # off, in running status
        00 ff 01 02 68 69      # a text
        00 3e 64               # D4 on, still in running status
        83 60 3e 00            # off
        {END}
        """)
    assert notes_of(song) == [(0, 60, 960), (960, 62, 960)]


def test_running_status_goes_on_across_system_exclusive(read: Read) -> None:
    song = read(f"00 90 3c 64 83 60 3c 00 00 f0 05 7e 7f 09 01 f7 00 3e 64 83 60 3e 00 {END}")
    assert notes_of(song) == [(0, 60, 960), (960, 62, 960)]


@pytest.mark.parametrize(
    ("division", "onsets"),
    [
        # Thirds of a quarter note as each division can best write them, and where they come out of 960.
        (480, [(0, 0), (160, 320), (320, 640)]),
        (1024, [(0, 0), (341, 320), (683, 640)]),
        (960, [(0, 0), (320, 320), (640, 640)]),
        (96, [(0, 0), (32, 320), (64, 640)]),
    ],
)
def test_triplets_come_out_as_thirds_of_a_beat(
    read: Read, division: int, onsets: list[tuple[int, int]]
) -> None:
    times = [at for at, _ in onsets] + [division]
    steps = [later - at for at, later in pairwise(times)]
    body = " ".join(f"00 90 3c 64 {spelled(step)} 80 3c 00" for step in steps)
    assert notes_of(read(f"{body} {END}", division=division)) == [(at, 60, 320) for _, at in onsets]


def spelled(number: int) -> str:
    """A delta time in the format's own spelling, up to two bytes."""
    return bytes((number >> 7 | 0x80, number & 0x7F) if number > 0x7F else (number,)).hex(" ")


def test_times_are_rounded_once_from_the_start_of_the_file(read: Read) -> None:
    # Seven to the quarter note: 960/7 is 137.14 ticks. Rounding each delta would be a tick early from the third on.
    body = " ".join("00 90 3c 64 01 80 3c 00" for _ in range(14))
    onsets = [onset for onset, _, _ in notes_of(read(f"{body} {END}", division=7))]
    assert onsets == [round(960 * i / 7) for i in range(14)]


def test_exact_times_stand_beside_the_rounded_notes(tmp_path: Path) -> None:
    path = laid_in(tmp_path, midi_file(f"05 90 3c 64 02 80 3c 00 {END}", division=7))
    assert exact_notes(path) == (ExactNote(0, 60, Fraction(4800, 7), Fraction(1920, 7)),)
    assert notes_of(read_song(path)) == [(686, 60, 274)]


def test_velocity_0_ends_a_note(read: Read) -> None:
    assert notes_of(read(f"00 90 3c 64 83 60 90 3c 00 {END}")) == [(0, 60, 960)]


def test_a_repeated_note_ends_before_it_starts_again_in_either_order(read: Read) -> None:
    off_first = read(f"00 90 3c 64 83 60 80 3c 00 00 90 3c 64 83 60 80 3c 00 {END}")
    on_first = read(f"00 90 3c 64 83 60 90 3c 64 00 80 3c 00 83 60 80 3c 00 {END}")
    assert notes_of(off_first) == notes_of(on_first) == [(0, 60, 960), (960, 60, 960)]


def test_overlapping_notes_of_one_pitch_end_in_the_order_they_began(read: Read) -> None:
    song = read(f"""
        00 90 3c 64       # first C4 on at 0
        81 70 90 3c 50    # second C4 on at 240
        81 70 80 3c 00    # the first one ends at 480
        81 70 80 3c 00    # the second one ends at 720
        {END}
        """)
    assert song.tracks[0].notes == (Note(0, 60, 960, 100), Note(480, 60, 960, 80))


def test_one_pitch_on_two_channels_is_two_notes(read: Read) -> None:
    both = f"00 90 3c 64 00 91 3c 64 81 70 91 3c 00 81 70 90 3c 00 {END}"
    song = read(both, f"00 92 30 64 83 60 92 30 00 {END}")
    assert notes_of(song) == [(0, 60, 480), (0, 60, 960)]


def test_a_note_left_open_ends_with_its_track(read: Read) -> None:
    assert notes_of(read("00 90 3c 64 87 40 ff 2f 00")) == [(0, 60, 1920)]


def test_a_note_of_no_length_is_kept_as_one_tick(read: Read) -> None:
    assert notes_of(read(f"00 90 3c 64 00 80 3c 00 {END}")) == [(0, 60, 1)]


def test_an_end_without_a_start_is_nothing(read: Read) -> None:
    assert notes_of(read(f"00 80 3c 00 00 90 3e 64 83 60 80 3e 00 {END}")) == [(0, 62, 960)]


def test_tracks_without_notes_are_left_out(read: Read) -> None:
    song = read(END, f"00 b0 07 64 {END}", f"00 90 3c 64 83 60 80 3c 00 {END}", f"00 ff 03 01 78 {END}")
    assert len(song.tracks) == 1


def test_a_file_without_notes_is_a_song_without_tracks(read: Read) -> None:
    assert read("8f 00 ff 2f 00") == Song((), 3840)


@pytest.mark.parametrize(
    ("event", "meaning"),
    [
        ("b0 07 64", "a controller"),
        ("e0 00 40", "a pitch bend"),
        ("c0 05", "a program"),
        ("d0 20", "aftertouch"),
        ("ff 01 01 78", "a text"),
        ("ff 08 01 78", "a program name, which mido does not know"),
        ("ff 60 01 00", "an event of an old sequencer, which mido does not know"),
        ("f0 02 01 f7", "system exclusive"),
        ("f7 01 00", "an escape"),
        ("fe", "active sensing, which has no place in a file"),
    ],
)
def test_the_time_before_any_event_counts(read: Read, event: str, meaning: str) -> None:
    song = read(f"83 60 {event} 83 60 90 3c 64 83 60 80 3c 00 {END}")
    assert notes_of(song) == [(1920, 60, 960)], meaning


def test_meters_and_tempos_change(read: Read) -> None:
    song = read(
        f"""
        00 ff 58 04 03 02 18 08     # 3/4
        00 ff 51 03 09 27 c0        # 600,000: 100 quarter notes a minute
        8b 20 ff 58 04 06 03 18 08  # at 1440: 6/8
        00 ff 51 03 0d df 23        # 909,091: 66 quarter notes a minute
        {END}
        """,
        f"00 90 3c 64 8b 20 80 3c 00 {END}",
    )
    assert song.meters == (MeterChange(0, Meter(3, 4)), MeterChange(2880, Meter(6, 8)))
    assert song.tempos == (TempoChange(0, 100.0), TempoChange(2880, 66.0))


def test_a_meter_given_by_every_track_is_one_meter(read: Read) -> None:
    with_meter = f"00 ff 58 04 06 03 18 08 00 90 3c 64 83 60 80 3c 00 {END}"
    assert read(with_meter, with_meter).meters == (MeterChange(0, Meter(6, 8)),)


def test_of_two_meters_at_one_time_the_last_holds(read: Read) -> None:
    song = read(f"00 ff 58 04 03 02 18 08 00 ff 58 04 05 02 18 08 {END}")
    assert song.meters == (MeterChange(0, Meter(5, 4)),)


def test_a_first_meter_within_the_first_bar_starts_the_song(read: Read) -> None:
    assert read(f"0a ff 58 04 03 02 18 08 {END}").meters == (MeterChange(0, Meter(3, 4)),)


def test_before_a_late_first_meter_there_is_common_time(read: Read) -> None:
    song = read(f"8f 00 ff 58 04 03 02 18 08 {END}")
    assert song.meters == (MeterChange(0, Meter(4, 4)), MeterChange(3840, Meter(3, 4)))


def test_a_meter_said_again_at_a_bar_line_says_nothing(read: Read) -> None:
    song = read(f"00 ff 58 04 04 02 18 08 8f 00 ff 58 04 04 02 18 08 {END}")
    assert song.meters == (MeterChange(0, Meter(4, 4)),)


def test_a_tempo_said_again_says_nothing(read: Read) -> None:
    song = read(f"00 ff 51 03 09 27 c0 8f 00 ff 51 03 09 27 c0 {END}")
    assert song.tempos == (TempoChange(0, 100.0),)


def test_a_meter_said_again_inside_a_bar_starts_a_new_bar(read: Read) -> None:
    song = read(f"00 ff 58 04 04 02 18 08 83 60 ff 58 04 04 02 18 08 {END}")
    assert [change.at for change in song.meters] == [0, 960]


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ("ff 58 04 00 02 18 08", "0/4"),
        ("ff 58 04 04 0a 18 08", "4/1024"),
        ("ff 58 04 04 ff 18 08", "4 over 2 to the 255"),
        ("ff 58 02 03 02", "a meter of two bytes"),
        ("ff 58 00", "a meter of no bytes"),
        ("ff 51 03 00 00 00", "tempo 0"),
        ("ff 51 01 07", "a tempo of one byte"),
        ("ff 59 02 0e 00", "14 sharps"),
        ("ff 59 02 00 07", "a mode that is neither major nor minor"),
        ("ff 59 00", "a key of no bytes"),
        ("ff 54 05 ff 00 00 00 00", "an SMPTE offset in unheard-of frames"),
        ("ff 54 00", "an SMPTE offset of no bytes"),
        ("ff 00 01 07", "half a sequence number"),
        ("ff 20 00", "a channel prefix of no bytes"),
        ("ff 21 00", "a port of no bytes"),
    ],
)
def test_a_junk_event_does_not_lose_the_song(read: Read, event: str, what: str) -> None:
    song = read(f"83 60 {event} 83 60 90 3c 64 83 60 80 3c 00 {END}")
    assert notes_of(song) == [(1920, 60, 960)], what
    assert (song.meters, song.tempos) == (Song((), 0).meters, Song((), 0).tempos), what


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("Flöte".encode(), "Flöte"),
        ("Flöte".encode("cp1252"), "Flöte"),
        ("\ufeffChœur".encode(), "Chœur"),
        ("メロディ".encode("cp932"), "メロディ"),
        ("Мелодия".encode(), "Мелодия"),
        (b"Bass\x00\x00", "Bass"),
        (b" Lead  ", "Lead"),
        (b"\x81\x8d\x8f", "\ufffd\ufffd\ufffd"),
    ],
)
def test_a_track_is_called_as_it_was_whatever_the_encoding(read: Read, spelling: bytes, name: str) -> None:
    song = read(f"00 ff 03 {len(spelling):02x} {spelling.hex()} 00 90 3c 64 83 60 80 3c 00 {END}")
    assert song.tracks[0].name == name


def test_a_name_as_long_as_a_book_is_cut(read: Read) -> None:
    song = read(f"00 ff 03 8f 50 {'61' * 2000} 00 90 3c 64 83 60 80 3c 00 {END}")
    assert song.tracks[0].name == "a" * 1000


def test_what_follows_the_end_of_a_track_is_not_music(read: Read) -> None:
    assert notes_of(read(f"00 90 3c 64 83 60 80 3c 00 {END} 00 00 90 41 64 ff ff")) == [(0, 60, 960)]


def test_a_track_that_lacks_its_end_is_whole(read: Read) -> None:
    assert notes_of(read("00 90 3c 64 83 60 80 3c 00")) == [(0, 60, 960)]


@pytest.mark.parametrize("count", [0, 1, 3, 200])
def test_a_wrong_track_count_loses_no_track(read: Read, count: int) -> None:
    track = f"00 90 3c 64 83 60 80 3c 00 {END}"
    assert len(read(track, track, count=count).tracks) == 2


def test_chunks_that_are_no_tracks_are_passed_over(tmp_path: Path) -> None:
    header, track = (
        from_hex("00 01 00 01 01 e0"),
        from_hex(f"00 90 3c 64 83 60 80 3c 00 {END}"),
    )
    data = chunk(b"MThd", header) + chunk(b"XFIH", b"karaoke") + chunk(b"MTrk", track) + b"junk"
    assert len(read_song(laid_in(tmp_path, data)).tracks) == 1


def test_a_longer_header_is_passed_over(tmp_path: Path) -> None:
    data = chunk(b"MThd", from_hex("00 01 00 01 01 e0 aa bb"))
    data += chunk(b"MTrk", from_hex(f"00 90 3c 64 83 60 80 3c 00 {END}"))
    assert notes_of(read_song(laid_in(tmp_path, data))) == [(0, 60, 960)]


def test_a_riff_file_is_unwrapped(tmp_path: Path) -> None:
    inner = midi_file(f"00 90 3c 64 83 60 80 3c 00 {END}")
    data = (
        b"RIFF" + (len(inner) + 24).to_bytes(4, "little") + b"RMID"
        b"DISP" + (3).to_bytes(4, "little") + b"abc\x00"  # another chunk, padded to an even length
        b"data" + len(inner).to_bytes(4, "little") + inner
    )
    assert notes_of(read_song(laid_in(tmp_path, data, "song.rmi"))) == [(0, 60, 960)]


def test_the_song_ends_where_its_longest_track_says(read: Read) -> None:
    track = "00 90 3c 64 83 60 80 3c 00 8b 20 ff 2f 00"  # a beat of sound, three of silence
    assert read(track).length == 3840
