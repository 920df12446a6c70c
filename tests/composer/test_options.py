"""What a user controls, with the bundled model and clips of a few bars; `test_promises.py` has the songs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.composer import Composer
from bridge.composer.manner import longest_run
from bridge.config import DEFAULT_MODEL
from bridge.music.key import MAJOR, MINOR, Key
from bridge.music.note import Clip, Meter, MeterChange, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, OptionValue, Request, Variation

BEAT, BAR = 960, 3840
BOTH = (Role.MELODY, Role.ACCOMPANIMENT)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    return Composer(default_shelf(tmp_path_factory.mktemp("data")))


def tune(step: int = 480, bars: int = 2, meter: Meter = Meter(4, 4)) -> Clip:  # noqa: B008  a frozen value
    scale = (62, 64, 66, 67, 69, 67, 66, 64, 62, 66, 69, 74)
    length = bars * meter.bar
    return make_clip(
        (Note(at, scale[at // step % 12], step, 90) for at in range(0, length, step)),
        length=length,
        meter=meter,
    )


def chords(bars: int = 2) -> Clip:
    harmony = ((50, 54, 57), (43, 47, 50))
    return make_clip(
        (Note(BAR * bar, p, BAR, 60) for bar in range(bars) for p in harmony[bar % 2]), length=BAR * bars
    )


def ask(
    composer: Composer,
    clips: Clip | dict[Role, Clip],
    kind: Kind = Kind.CONTINUE,
    *,
    length: int = 4 * BAR,
    variations: int = 3,
    rng_seed: int = 5,
    avoid: tuple[dict[Role, Clip], ...] = (),
    **options: OptionValue,
) -> tuple[Variation, ...]:
    given = {Role.MELODY: clips} if isinstance(clips, Clip) else clips
    return composer.compose(
        Request(kind, given, length, variations, rng_seed, DEFAULT_MODEL, options, avoid=avoid)
    )


def pitches(clip: Clip) -> list[int]:
    return [note.pitch for note in clip.notes]


def melodies(answers: tuple[Variation, ...]) -> list[Clip]:
    return [answer.clips[Role.MELODY] for answer in answers]


@pytest.mark.parametrize("kind", [Kind.CONTINUE, Kind.VARY, Kind.ACCOMPANY])
@pytest.mark.parametrize("key", [Key(1, MINOR), Key(6, "100101010010"), Key(3, "100000000000")], ids=str)
def test_a_locked_key_holds_for_every_note_that_is_made_however_hot(
    composer: Composer, kind: Kind, key: Key
) -> None:
    for answer in ask(composer, tune(), kind, temperature=2.0, key=key.root, scale=key.scale, register=7):
        for clip in answer.clips.values():
            assert clip.notes
            assert all(map(key.holds, pitches(clip)))
            assert longest_run(pitches(clip)) <= 8


def test_with_the_key_off_other_notes_come_too(composer: Composer) -> None:
    d_major = Key(2, MAJOR)
    answers = ask(composer, tune(), key="off", temperature=2.0, variations=8, length=8 * BAR)
    assert not all(d_major.holds(pitch) for clip in melodies(answers) for pitch in pitches(clip))


def test_a_minor_tune_with_a_leading_tone_gets_one_back(composer: Composer) -> None:
    notes = (69, 71, 72, 74, 76, 74, 72, 71, 69, 68, 69, 76, 77, 76, 68, 69)
    clip = make_clip((Note(480 * n, pitch, 480) for n, pitch in enumerate(notes)), length=2 * BAR)
    answers = ask(composer, clip, variations=8, temperature=1.5)
    heard = {pitch % 12 for answer in answers for made in answer.clips.values() for pitch in pitches(made)}
    assert heard <= Key(9, "101101011001").pitch_classes
    assert 8 in heard


def test_at_temperature_0_neither_the_rng_seed_nor_earlier_answers_decide(composer: Composer) -> None:
    first = ask(composer, tune(), temperature=0.0, rng_seed=1)
    again = ask(composer, tune(), temperature=0.0, rng_seed=2, avoid=(dict(first[0].clips),))
    assert first == again
    assert len({clip.notes for clip in melodies(first)}) == 3


def test_earlier_answers_are_avoided_and_the_same_question_still_has_the_same_answer(
    composer: Composer,
) -> None:
    first = ask(composer, tune(), variations=1)
    given = (dict(first[0].clips),)
    second = ask(composer, tune(), variations=1, avoid=given)
    assert second == ask(composer, tune(), variations=1, avoid=given)
    old, new = ({(n.onset, n.pitch) for n in made[0].clips[Role.MELODY].notes} for made in (first, second))
    assert len(old & new) < 0.75 * len(new)


@pytest.mark.parametrize("meter", [Meter(3, 4), Meter(4, 4), Meter(6, 8), Meter(7, 8)], ids=str)
def test_a_rhythm_that_is_kept_is_the_clips_at_the_same_place_of_its_bars(
    composer: Composer, meter: Meter
) -> None:
    clip = tune(step=meter.bar // 6 if meter.bar % 6 == 0 else 480, bars=2, meter=meter)
    clip = replace(clip, notes=tuple(n for n in clip.notes if n.onset != meter.bar))
    rhythm = [(n.onset, n.duration) for n in clip.notes]
    wanted = [(onset + k * clip.length, duration) for k in range(2) for onset, duration in rhythm]
    for made in melodies(ask(composer, clip, length=2 * clip.length, rhythm="keep", temperature=1.3)):
        assert [(n.onset, n.duration) for n in made.notes] == wanted
        assert pitches(made)[: len(rhythm)] != pitches(clip)


def test_kept_chords_stay_chords_and_ties_stay_tied(composer: Composer) -> None:
    clip = make_clip(
        [Note(480 + BAR * b, p, BAR - 960) for b in range(2) for p in (50, 54, 57)], length=2 * BAR
    )
    for answer in ask(composer, {Role.ACCOMPANIMENT: clip}, rhythm="keep", length=2 * BAR):
        made = answer.clips[Role.ACCOMPANIMENT]
        assert [(n.onset, n.duration) for n in made.notes] == [(n.onset, n.duration) for n in clip.notes]


@pytest.mark.parametrize(
    ("step", "divisions"), [(320, {1, 3}), (240, {1, 2, 4}), (480, {1, 2})], ids=["triplets", "16ths", "8ths"]
)
def test_triplets_and_sixteenths_go_on_as_such(composer: Composer, step: int, divisions: set[int]) -> None:
    clips = melodies(ask(composer, tune(step), variations=4))
    onsets = [note.onset % BEAT for clip in clips for note in clip.notes]
    assert all(any(onset * d % BEAT == 0 for d in divisions) for onset in onsets)
    assert sum(onset % 480 != 0 for onset in onsets) > 10 or step == 480


@pytest.mark.parametrize("density", [0.5, 2.0])
def test_twice_the_density_has_about_twice_the_notes(composer: Composer, density: float) -> None:
    clips = melodies(ask(composer, tune(960, bars=4), density=density, length=8 * BAR))
    notes = sum(len(clip.notes) for clip in clips) / len(clips)
    assert notes == pytest.approx(32 * density, rel=0.35)


def test_density_and_register_lean_on_music_from_nothing_too(composer: Composer) -> None:
    thin, thick = (
        sum(len(clip.notes) for clip in melodies(ask(composer, {}, Kind.GENERATE, length=8 * BAR, density=d)))
        for d in (0.5, 2.0)
    )
    assert thick > 2 * thin
    low, high = (
        [p for clip in melodies(ask(composer, {}, Kind.GENERATE, register=r)) for p in pitches(clip)]
        for r in (-12, 12)
    )
    assert sum(high) / len(high) > sum(low) / len(low) + 18


@pytest.mark.parametrize("pitch", [0, 3, 124, 127])
@pytest.mark.parametrize("register", [-36, 0, 36])
def test_the_end_of_the_keyboard_is_no_end_of_the_music(
    composer: Composer, pitch: int, register: int
) -> None:
    clip = make_clip([Note(960 * n, pitch, 960) for n in range(4)], length=BAR)
    for answer in ask(composer, clip, register=register, length=BAR):
        assert all(made.notes for made in answer.clips.values())


def test_one_note_that_the_clip_repeats_may_be_repeated_as_often(composer: Composer) -> None:
    drone = make_clip([Note(240 * n, 62, 240) for n in range(32)], length=2 * BAR)
    assert all(longest_run(pitches(made)) <= 32 for made in melodies(ask(composer, drone)))
    once = make_clip([Note(0, 62, 240)], length=BAR)
    answers = ask(composer, once, variations=8, temperature=0.2, length=8 * BAR)
    assert all(longest_run(pitches(made)) <= 8 for made in melodies(answers))


@pytest.mark.parametrize("bars", [1, 30])
def test_a_primer_may_be_one_bar_or_thirty(composer: Composer, bars: int) -> None:
    for answer in ask(composer, {Role.MELODY: tune(bars=bars), Role.ACCOMPANIMENT: chords(bars)}):
        assert all(clip.notes for clip in answer.clips.values())


def test_a_note_that_sounds_into_the_answer_delays_nothing(composer: Composer) -> None:
    clip = make_clip([Note(0, 62, 480), Note(BAR - 240, 69, 5 * BEAT)], length=BAR)
    for answer in ask(composer, clip, variations=4):
        assert min(made.notes[0].onset for made in answer.clips.values()) == 0
    for made in melodies(ask(composer, clip, variations=4, voices="melody")):
        assert made.notes[0].onset == 0


def test_a_pickup_bar_is_followed_by_whole_ones(composer: Composer) -> None:
    meters = (MeterChange(0, Meter(1, 4)), MeterChange(960, Meter(3, 4)))
    clip = Clip(tuple(Note(960 * n, 62 + n, 960) for n in range(7)), 7 * 960, meters)
    for answer in ask(composer, clip, length=4 * 2880):
        for made in answer.clips.values():
            assert made.meter == Meter(3, 4)
            assert made.length == 4 * 2880


def test_varying_an_accompaniment_keeps_its_harmony(composer: Composer) -> None:
    for answer in ask(composer, {Role.ACCOMPANIMENT: chords(4)}, Kind.VARY):
        made = answer.clips[Role.ACCOMPANIMENT]
        assert made.length == 4 * BAR
        harmony = [{p % 12 for p in chord} for chord in ((50, 54, 57), (43, 47, 50))]
        assert all(note.pitch % 12 in harmony[note.onset // BAR % 2] for note in made.notes)
        assert made.notes != chords(4).notes


def test_what_a_variation_keeps_comes_back_untouched(composer: Composer) -> None:
    given = {Role.MELODY: tune(bars=4), Role.ACCOMPANIMENT: chords(4)}
    both = ask(composer, given, Kind.VARY)
    assert all(answer.clips[Role.ACCOMPANIMENT] == given[Role.ACCOMPANIMENT] for answer in both)
    assert all(answer.clips[Role.MELODY].notes != given[Role.MELODY].notes for answer in both)
    harmony = ask(composer, given, Kind.VARY, voices="accompaniment")
    assert all(set(answer.clips) == {Role.ACCOMPANIMENT} for answer in harmony)
    assert all(
        answer.clips[Role.ACCOMPANIMENT].notes != given[Role.ACCOMPANIMENT].notes for answer in harmony
    )


def test_a_played_clip_is_answered_with_its_accents_and_a_straight_one_where_feel_is_0(
    composer: Composer,
) -> None:
    notes = [
        Note(480 * n + (0 if n % 2 == 0 else 33), 62 + n % 5, 400, 110 if n % 8 == 0 else 70 + n % 3)
        for n in range(32)
    ]
    clip = make_clip(notes, length=4 * BAR)
    for made in melodies(ask(composer, clip)):
        assert all(n.velocity > 100 for n in made.notes if n.onset % BAR == 0)
        assert all(n.velocity < 80 for n in made.notes if n.onset % BAR > 0)
        assert all(n.onset % 480 in (0, 33) for n in made.notes)
        assert any(n.onset % 480 == 33 for n in made.notes)
    for made in melodies(ask(composer, clip, feel=0.0)):
        assert len({n.velocity for n in made.notes}) == 1
        assert all(n.onset % 240 == 0 for n in made.notes)


def test_music_from_nothing_is_in_the_meter_that_is_asked_for(composer: Composer) -> None:
    for answer in ask(composer, {}, Kind.GENERATE, length=4 * Meter(6, 8).bar, meter="6/8"):
        for made in answer.clips.values():
            assert made.meter == Meter(6, 8)
            assert len({note.velocity for note in made.notes}) > 1


def test_two_thousand_beats_stay_in_key_and_alive(composer: Composer) -> None:
    (answer,) = ask(composer, {}, Kind.GENERATE, length=2000 * BEAT, variations=1, meter="3/4")
    melody = answer.clips[Role.MELODY]
    assert all(map(Key(0, MAJOR).holds, pitches(melody)))
    bar = Meter(3, 4).bar
    for minute in range(0, 2000 - 120, 120):
        notes = [n for n in melody.notes if minute * BEAT <= n.onset < (minute + 120) * BEAT]
        bars = {tuple((n.onset % bar, n.pitch) for n in notes if n.onset // bar == at) for at in range(667)}
        assert len(notes) > 60
        assert len(bars) > 8
        assert len({n.pitch % 12 for n in notes}) >= 5
