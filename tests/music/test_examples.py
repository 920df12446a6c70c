"""The clips in bridge/examples, spelled out: what is written here is what the files hold.

`python tests/music/test_examples.py` writes them anew after a change.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bridge.music.key import MAJOR, MINOR, Key, find_key
from bridge.music.midifile import read_song, write_song
from bridge.music.note import TICKS_PER_BEAT, Meter, MeterChange, Note, Role
from bridge.music.roles import find_roles, voices_of
from bridge.music.song import Song, TempoChange, Track

EXAMPLES = Path(__file__).parents[2] / "bridge" / "examples"

NATURALS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def sung(line: str, velocities: str) -> tuple[Note, ...]:
    """Notes one after another, `A4:3/2` for a dotted quarter, `-:1` for a quarter's rest, `|` where a bar begins.

    A note has the velocity at its place in `velocities`; the list is repeated.
    """
    notes, at, loudness = [], Fraction(0), [int(v) for v in velocities.split()]
    for name, beats in (item.split(":") for item in line.replace("|", " ").split()):
        if name != "-":
            notes += [(at, pitch_of(one), Fraction(beats)) for one in name.split("+")]
        at += Fraction(beats)
    onsets = sorted({onset for onset, _, _ in notes})
    return tuple(
        sorted(
            Note(ticks(onset), pitch, ticks(beats), loudness[onsets.index(onset) % len(loudness)])
            for onset, pitch, beats in notes
        )
    )


def pitch_of(name: str) -> int:
    return NATURALS[name[0]] + name.count("#") + 12 * (int(name[-1]) + 1)


def ticks(beats: Fraction) -> int:
    assert (beats * TICKS_PER_BEAT).denominator == 1
    return int(beats * TICKS_PER_BEAT)


def in_triplets(*chords: str) -> str:
    """Each chord's three notes broken up over one beat."""
    return " ".join(f"{note}:1/3" for chord in chords for note in chord.split("+"))


def song(name: str, meter: Meter, tempo_bpm: float, tracks: dict[str, tuple[Note, ...]]) -> Song:
    """Four bars; the melody on a flute's program, the accompaniment on a piano's."""
    programs = {"melody": 73, "accompaniment": 0}
    return Song(
        tuple(Track(role, notes, i, programs[role]) for i, (role, notes) in enumerate(tracks.items())),
        4 * meter.bar,
        (MeterChange(0, meter),),
        (TempoChange(0, tempo_bpm),),
        name,
    )


MORNING = song(
    "Morning",
    Meter(4, 4),
    96.0,
    {
        # Sets out from the fifth, rises to the top of the phrase in bar 2, and stops on the dominant.
        "melody": sung(
            """
            | A4:1 D5:3/2 E5:1/2 F#5:1
            | G5:1 F#5:1/2 E5:1/2 D5:2
            | B4:1 D5:3/2 E5:1/2 D5:1
            | E5:3/2 F#5:1/2 E5:1 A4:1
            """,
            "78 88 82 92  98 94 88 84  76 86 80 84  90 94 84 76",
        ),
        "accompaniment": sung(
            """
            | D3+F#3+A3:4
            | G2+B2+D3:2 D3+F#3+A3:2
            | B2+D3+F#3:2 G2+B2+D3:2
            | A2+C#3+E3:4
            """,
            "64 68 64 60 62 66",
        ),
    },
)

JIG = song(
    "Jig",
    Meter(6, 8),
    168.0,  # 112 dotted quarters
    {
        # Every bar leans on its two felt beats.
        "melody": sung(
            """
            | G4:1/2 A4:1/2 B4:1/2  D5:1/2 B4:1/2 D5:1/2
            | E5:1/2 D5:1/2 B4:1/2  A4:1 B4:1/2
            | C5:1/2 B4:1/2 A4:1/2  G4:1/2 A4:1/2 B4:1/2
            | A4:1 F#4:1/2  D4:3/2
            """,
            "98 80 84 94 78 84  100 80 84 94 78  96 80 82 92 78 84  96 78 90",
        )
    },
)

NOCTURNE = song(
    "Nocturne",
    Meter(4, 4),
    66.0,
    {
        # Long notes and turns in triplets over a broken chord a beat: thirds of a beat against halves.
        "melody": sung(
            """
            | B4:3 C5:1/3 B4:1/3 A4:1/3
            | G4:2 E4:1 G4:1/3 A4:1/3 B4:1/3
            | C5:2 E5:1/3 D5:1/3 C5:1/3 A4:1
            | B4:3/2 A4:1/2 F#4:2
            """,
            "84 72 76 74  80 70 72 76 82  90 92 86 80 74  82 74 70",
        ),
        "accompaniment": sung(
            in_triplets(
                *["E3+G3+B3"] * 4,
                *["C3+E3+G3"] * 4,
                *["A2+C3+E3"] * 4,
                *["B2+D#3+F#3"] * 4,
            ),
            "58 46 50",
        ),
    },
)

TUNES = {"morning.mid": MORNING, "jig.mid": JIG, "nocturne.mid": NOCTURNE}


@pytest.mark.parametrize("name", TUNES)
def test_an_example_holds_what_is_written_here(name: str, tmp_path: Path) -> None:
    write_song(tmp_path / name, TUNES[name])
    assert (EXAMPLES / name).read_bytes() == (tmp_path / name).read_bytes()
    assert read_song(EXAMPLES / name) == TUNES[name]


def test_every_example_is_written_here() -> None:
    assert {path.name for path in EXAMPLES.glob("*.mid")} == set(TUNES)


@pytest.mark.parametrize(
    ("name", "key"),
    [("morning.mid", Key(2, MAJOR)), ("jig.mid", Key(7, MAJOR)), ("nocturne.mid", Key(4, MINOR))],
)
def test_an_example_is_in_the_key_it_was_composed_in(name: str, key: Key) -> None:
    assert find_key(note for track in TUNES[name].tracks for note in track.notes) == key


@pytest.mark.parametrize("name", TUNES)
def test_an_examples_voices_are_found_without_their_names(name: str) -> None:
    nameless = Song(
        tuple(Track("", t.notes, t.channel, t.program) for t in TUNES[name].tracks), TUNES[name].length
    )
    assert [g.role.value for g in find_roles(nameless)] == [t.name for t in TUNES[name].tracks]


@pytest.mark.parametrize("name", TUNES)
def test_an_example_is_four_whole_bars(name: str) -> None:
    voices = voices_of(TUNES[name])
    assert voices.melody is not None
    assert voices.melody.length == 4 * TUNES[name].meters[0].meter.bar
    assert (voices.doubled, voices.shortened) == (0, 0)
    assert (voices.accompaniment is None) == (Role.ACCOMPANIMENT not in {t.name for t in TUNES[name].tracks})


if __name__ == "__main__":
    for file_name, tune in TUNES.items():
        write_song(EXAMPLES / file_name, tune)
