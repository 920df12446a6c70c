"""`macnet continue`, `accompany`, `vary`, `generate`: a MIDI file goes in, MIDI files come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bridge.errors import ModelMissing
from bridge.music.midifile import read_song, write_song
from bridge.music.note import Meter, Note, Role
from bridge.music.song import Song, Track
from bridge.request import OPTIONS, Kind
from bridge.takes import FILE_NAME, Takes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.cli.conftest import Said, ScaleComposer

QUARTER = 960


def notes_of(path: Path) -> dict[str, Sequence[Note]]:
    return {track.name: track.notes for track in read_song(path).tracks}


@pytest.mark.usefixtures("composer")
def test_a_continuation_has_both_voices_and_the_primers_tempo_and_meter(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--bars", 2, "--rng-seed", 7)
    assert said.code == 0, said.err
    song = read_song(tmp_path / "out.mid")
    assert [track.name for track in song.tracks] == ["Melody", "Accompaniment"]
    assert (song.meters[0].meter, song.length) == (Meter(3, 4), 2 * 3 * QUARTER)
    assert song.tempos[0].tempo_bpm == pytest.approx(90)
    assert str(tmp_path / "out.mid") in said.out


def test_the_clip_reaches_the_composer_as_its_two_voices(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    macnet("continue", waltz, "-o", tmp_path / "out.mid", "--rng-seed", 7, "--variations", 3)
    (asked,) = composer.asked
    assert {role: len(clip.notes) for role, clip in asked.clips.items()} == {
        "melody": 12,
        "accompaniment": 12,
    }
    assert (asked.kind, asked.length, asked.variations, asked.rng_seed) == (Kind.CONTINUE, 8 * 2880, 3, 7)
    assert asked.tempo_bpm == pytest.approx(90)


@pytest.mark.usefixtures("composer")
def test_with_primer_the_clip_comes_first_note_for_note(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    for name, more in (("alone.mid", []), ("whole.mid", ["--with-primer"])):
        macnet("continue", waltz, "-o", tmp_path / name, "--bars", 1, "--rng-seed", 7, *more)
    end = 12 * QUARTER
    given = list(notes_of(waltz).values())
    alone, whole = notes_of(tmp_path / "alone.mid"), notes_of(tmp_path / "whole.mid")
    for primer, answer, both in zip(given, alone.values(), whole.values(), strict=True):
        moved = [Note(n.onset + end, n.pitch, n.duration, n.velocity) for n in answer]
        assert list(both) == [*primer, *moved]
    assert read_song(tmp_path / "whole.mid").length == end + 3 * QUARTER


@pytest.mark.usefixtures("composer")
def test_several_variations_are_numbered_files(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--variations", 3)
    paths = [tmp_path / f"out-{n}.mid" for n in (1, 2, 3)]
    assert all(path.exists() and str(path) in said.out for path in paths)
    assert not (tmp_path / "out.mid").exists()


@pytest.mark.usefixtures("composer")
def test_the_same_rng_seed_writes_the_same_bytes(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    for name in ("a.mid", "b.mid"):
        macnet("continue", waltz, "-o", tmp_path / name, "--rng-seed", 7)
    assert (tmp_path / "a.mid").read_bytes() == (tmp_path / "b.mid").read_bytes()


def test_an_rng_seed_that_was_chosen_is_told_and_repeats_the_answer(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "a.mid")
    assert f"rng seed {composer.asked[0].rng_seed}" in said.out


@pytest.mark.usefixtures("composer")
def test_a_file_that_exists_is_never_replaced_unless_forced(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out-2.mid"
    out.write_bytes(b"a song of mine")
    order = ("continue", waltz, "-o", tmp_path / "out.mid", "--variations", 2)
    said = macnet(*order)
    assert said.code == 1
    assert "out-2.mid exists already" in said.err
    assert "--force" in said.err
    assert out.read_bytes() == b"a song of mine"
    assert not (tmp_path / "out-1.mid").exists()
    assert macnet(*order, "--force").code == 0
    assert out.read_bytes().startswith(b"MThd")


def test_nothing_is_composed_when_the_answer_could_not_be_written(
    macnet: Callable[..., Said], waltz: Path, composer: ScaleComposer
) -> None:
    assert macnet("continue", waltz, "-o", waltz).code == 1
    assert composer.asked == []


@pytest.mark.usefixtures("composer")
def test_a_name_that_is_no_midi_file_is_wrong_usage(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    assert macnet("continue", waltz, "-o", tmp_path / "out.wav").code == 2


@pytest.mark.usefixtures("composer")
def test_json_tells_what_was_made_and_where_it_is(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.mid"
    told = macnet("continue", waltz, "-o", out, "--rng-seed", 7, "--json").json
    assert (told["kind"], told["rng_seed"], told["files"]) == ("continue", 7, [str(out)])
    assert told["takes"] == [1]
    assert told["notes"] == [{"melody": 48, "accompaniment": 48}]


@pytest.mark.usefixtures("composer")
@pytest.mark.parametrize(
    ("options", "key"),
    [((), "C major"), (("--key", 2, "--scale", "101101010110"), "D dorian"), (("--key", "off"), None)],
)
def test_the_key_that_holds_is_told(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, options: tuple[object, ...], key: str | None
) -> None:
    told = macnet("continue", waltz, "-o", tmp_path / "out.mid", *options, "--json").json
    assert told["key"] == key
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", *options, "--force").out
    assert (f" in {key}," in said) is (key is not None)


def test_a_file_of_drums_alone_is_refused(
    macnet: Callable[..., Said], tmp_path: Path, composer: ScaleComposer
) -> None:
    drums = Track("Beat", tuple(Note(480 * n, 36, 240) for n in range(8)), channel=9)
    write_song(tmp_path / "beat.mid", Song((drums,), 3840))
    said = macnet("continue", tmp_path / "beat.mid", "-o", tmp_path / "out.mid", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "clip.drums"
    assert composer.asked == []


@pytest.mark.usefixtures("composer")
def test_every_answer_is_kept_as_takes(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, data_dir: Path
) -> None:
    macnet("continue", waltz, "-o", tmp_path / "out.mid", "--variations", 2, "--rng-seed", 7)
    with Takes(data_dir / FILE_NAME) as takes:
        newest = takes.list()[0]
    assert (newest.id, newest.variation.index, newest.model_version) == (2, 1, "1")
    written = {name.lower(): tuple(notes) for name, notes in notes_of(tmp_path / "out-2.mid").items()}
    assert {role: clip.notes for role, clip in newest.variation.clips.items()} == written


OPTION_TEXTS = {
    "temperature": ("0.7", 0.7),
    "key": ("5", 5),
    "scale": ("101101011010", "101101011010"),
    "density": ("2", 2.0),
    "register": ("-12", -12),
    "similarity": ("0.25", 0.25),
    "rhythm": ("keep", "keep"),
    "feel": ("0", 0.0),
    "voices": ("melody", "melody"),
}


def test_every_option_of_the_table_is_an_option_of_the_command(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    assert OPTION_TEXTS.keys() == {spec.name for spec in OPTIONS.values() if spec.only is None}
    args = [word for name, (text, _) in OPTION_TEXTS.items() for word in (f"--{name}", text)]
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", *args)
    assert said.code == 0, said.err
    assert composer.asked[0].options == {name: value for name, (_, value) in OPTION_TEXTS.items()}


def test_an_option_of_music_from_nothing_is_none_of_a_clips(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--meter", "6/8")
    assert said.code == 2
    assert "--meter" in said.err


def test_asking_again_avoids_what_was_given_and_an_rng_seed_repeats_it(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    for number in (1, 2):
        macnet("continue", waltz, "-o", tmp_path / f"out-{number}.mid")
    first, second = composer.asked
    assert [len(asked.avoid) for asked in composer.asked] == [0, 1]
    for asked in (first, second):
        macnet("continue", waltz, "-o", tmp_path / "again.mid", "--force", "--rng-seed", asked.rng_seed)
        assert composer.asked[-1] == asked


def test_options_that_were_not_given_are_left_to_their_defaults(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    macnet("continue", waltz, "-o", tmp_path / "out.mid", "--temperature", "0.5")
    assert composer.asked[0].options == {"temperature": 0.5}


@pytest.mark.parametrize(
    ("option", "text"), [("--temperature", "3"), ("--key", "H"), ("--scale", "major"), ("--variations", "17")]
)
def test_an_option_out_of_range_is_wrong_usage_and_is_named(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer, option: str, text: str
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", option, text)
    assert said.code == 2
    assert option in said.err
    assert composer.asked == []


@pytest.mark.usefixtures("composer")
def test_an_accompaniment_is_written_together_with_the_melody_it_was_made_for(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path
) -> None:
    said = macnet("accompany", waltz, "-o", tmp_path / "out.mid", "--rng-seed", 1)
    assert said.code == 0, said.err
    written = notes_of(tmp_path / "out.mid")
    assert written["Melody"] == notes_of(waltz)["Melody"]
    assert written["Accompaniment"] != notes_of(waltz)["Chords"]


def test_varying_keeps_the_clips_length(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    assert macnet("vary", waltz, "-o", tmp_path / "out.mid").code == 0
    assert (composer.asked[0].kind, composer.asked[0].length) == (Kind.VARY, 12 * QUARTER)
    assert read_song(tmp_path / "out.mid").length == 12 * QUARTER


def test_generating_takes_a_length_a_meter_and_a_tempo(
    macnet: Callable[..., Said], tmp_path: Path, composer: ScaleComposer
) -> None:
    out = tmp_path / "out.mid"
    said = macnet("generate", "-o", out, "--bars", 64, "--meter", "6/8", "--tempo", 75)
    assert said.code == 0, said.err
    song = read_song(out)
    assert (song.meters[0].meter, song.length) == (Meter(6, 8), 64 * 3 * QUARTER)
    assert song.tempos[0].tempo_bpm == pytest.approx(75)
    assert composer.asked[0].kind is Kind.GENERATE


@pytest.mark.parametrize("meter", ["waltz", "4", "0/4", "4/5", "1000/4"])
def test_a_meter_that_is_none_is_wrong_usage(
    macnet: Callable[..., Said], tmp_path: Path, composer: ScaleComposer, meter: str
) -> None:
    assert macnet("generate", "-o", tmp_path / "out.mid", "--meter", meter).code == 2
    assert composer.asked == []


def test_a_role_that_was_guessed_wrongly_can_be_said(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    roles = ("--role", "1=accompaniment", "--role", "2=melody")
    assert macnet("continue", waltz, "-o", tmp_path / "out.mid", *roles).code == 0
    assert composer.asked[0].clips[Role.MELODY].notes[0].pitch == 48


@pytest.mark.parametrize("role", ["3=melody", "0=melody", "x=melody", "1=lead", "1"])
def test_a_role_for_no_track_or_of_no_kind_is_refused(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer, role: str
) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--role", role)
    assert said.code == 1
    assert "request.bad_argument" in said.err
    assert composer.asked == []


@pytest.mark.usefixtures("composer")
def test_sound_is_written_beside_the_notes(macnet: Callable[..., Said], waltz: Path, tmp_path: Path) -> None:
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--bars", 1, "--wav", "--json")
    assert said.json["sounds"] == [str(tmp_path / "out.wav")]
    assert (tmp_path / "out.wav").read_bytes().startswith(b"RIFF")


def test_what_goes_wrong_while_composing_leaves_no_file_and_no_take(
    macnet: Callable[..., Said], waltz: Path, tmp_path: Path, composer: ScaleComposer
) -> None:
    composer.fault = ModelMissing("there is no model 'jazz'", hint="macnet models lists them.")
    said = macnet("continue", waltz, "-o", tmp_path / "out.mid", "--model", "jazz", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "model.missing"
    assert not (tmp_path / "out.mid").exists()
    composer.fault = None
    assert macnet("takes", "list", "--json").json == {"takes": []}
