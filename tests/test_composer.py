"""The composer as a musician meets it, with the bundled model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.composer import Composer
from bridge.errors import ModelMissing, RequestCancelled
from bridge.music.key import MAJOR, Key
from bridge.music.note import Clip, Meter, Note, Role, make_clip, transpose
from bridge.network.checkpoint import Shelf, default_shelf
from bridge.request import Kind, OptionValue, Request, Variation
from tests.network import toy

pytest_plugins = ["tests.network.conftest"]

TUNE = [
    (74, 0),
    (76, 480),
    (78, 960),
    (79, 1440),
    (81, 1920),
    (78, 2880),
    (74, 3360),
    (73, 3840),
    (74, 4320),
    (76, 4800),
]
BOTH = (Role.MELODY, Role.ACCOMPANIMENT)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    return Composer(default_shelf(tmp_path_factory.mktemp("data")))


def melody(meter: Meter = Meter(4, 4), bars: int = 2) -> Clip:  # noqa: B008  a frozen value
    length = bars * meter.bar
    notes = [Note(onset, pitch, 400, 80 + pitch % 20) for pitch, onset in TUNE if onset < length]
    return make_clip(notes, length=length, meter=meter)


def chords(bars: int = 2) -> Clip:
    return make_clip(
        (Note(3840 * bar, p, 3840, 60) for bar in range(bars) for p in (50, 54, 57)), length=3840 * bars
    )


def request(
    kind: Kind = Kind.CONTINUE,
    clips: dict[Role, Clip] | None = None,
    *,
    length: int = 4 * 3840,
    variations: int = 1,
    rng_seed: int = 7,
    **options: OptionValue,
) -> Request:
    given = {Role.MELODY: melody()} if clips is None else clips
    return Request(kind, given, length, variations, rng_seed, "folk", options)


def pitches(clip: Clip) -> list[int]:
    return [note.pitch for note in clip.notes]


def assert_playable(clip: Clip) -> None:
    """Every note inside the clip, none overlapping another of its pitch: what Live takes without a change."""
    assert all(0 <= n.onset < n.end <= clip.length for n in clip.notes)
    free: dict[int, int] = {}
    for note in clip.notes:
        assert free.get(note.pitch, 0) <= note.onset
        free[note.pitch] = note.end


def test_a_continuation_has_melody_and_accompaniment_of_the_length_asked_for(composer: Composer) -> None:
    (answer,) = composer.compose(request())
    assert tuple(answer.clips) == BOTH
    for clip in answer.clips.values():
        assert clip.length == 4 * 3840
        assert clip.notes
        assert_playable(clip)


def test_the_same_rng_seed_gives_the_same_notes_and_another_gives_others(composer: Composer) -> None:
    first, again, other = (composer.compose(request(rng_seed=s)) for s in (7, 7, 8))
    assert first == again
    assert first != other


@pytest.mark.parametrize(("some", "more"), [(2, 4), (5, 7)])
def test_a_variation_does_not_depend_on_how_many_there_are(composer: Composer, some: int, more: int) -> None:
    """Of those that are chosen among candidates, up to four, and of those that come as they come."""
    few, many = (composer.compose(request(variations=n)) for n in (some, more))
    assert few == many[:some]


def test_a_clip_that_was_heard_before_is_answered_as_if_it_were_new(tmp_path: Path) -> None:
    shelf = default_shelf(tmp_path)
    songs = [{Role.MELODY: transpose(melody(), shift), Role.ACCOMPANIMENT: chords()} for shift in range(6)]
    composer = Composer(shelf)
    first = [composer.compose(request(clips=clips)) for clips in songs]
    for clips, answer in zip([*reversed(songs), songs[2]], [*reversed(first), first[2]], strict=True):
        composer.compose(request(clips=clips, rng_seed=8))  # neither another answer to it ...
        assert composer.compose(request(clips=clips)) == answer  # ... nor other clips change anything
    assert Composer(shelf).compose(request(clips=songs[3])) == first[3]


def test_a_clip_that_was_heard_before_still_tells_how_far_its_answer_is(composer: Composer) -> None:
    clips = {Role.MELODY: melody(), Role.ACCOMPANIMENT: chords()}
    told: list[list[float]] = []
    for _ in range(2):
        shares: list[float] = []
        composer.compose(request(clips=clips, rng_seed=9), on_progress=shares.append)
        told.append(shares)
    assert told[0] == told[1]
    assert told[0][-1] == pytest.approx(1)


def test_variations_differ_from_each_other(composer: Composer) -> None:
    answers = composer.compose(request(variations=6))
    assert len({tuple(answer.clips[Role.MELODY].notes) for answer in answers}) == 6


@pytest.mark.parametrize("shift", [-17, -5, -1, 3, 12])
def test_the_answer_to_a_transposed_primer_is_the_transposed_answer(composer: Composer, shift: int) -> None:
    plain, moved = (
        composer.compose(request(clips={Role.MELODY: clip}))[0]
        for clip in (melody(), transpose(melody(), shift))
    )
    for role in BOTH:
        there, here = pitches(plain.clips[role]), pitches(moved.clips[role])
        distances = {b - a for a, b in zip(there, here, strict=True)}
        # The accompaniment is not given: it moves by the shortest way, the melody with its primer.
        assert {distance % 12 for distance in distances} == {shift % 12}
        assert role is Role.ACCOMPANIMENT or distances == {shift}


@pytest.mark.parametrize("root", [0, 4, 9])
def test_a_locked_key_holds_for_every_note(composer: Composer, root: int) -> None:
    key = Key(root, MAJOR)
    for answer in composer.compose(request(variations=4, temperature=1.6, key=root, scale=MAJOR)):
        assert all(key.holds(pitch) for clip in answer.clips.values() for pitch in pitches(clip))


def test_the_key_is_the_primers_when_nothing_is_said(composer: Composer) -> None:
    d_major = Key(2, MAJOR)
    for answer in composer.compose(request(variations=4, temperature=1.5)):
        assert all(d_major.holds(pitch) for clip in answer.clips.values() for pitch in pitches(clip))


def test_temperature_zero_always_says_the_same(composer: Composer) -> None:
    answers = [composer.compose(request(temperature=0.0, rng_seed=seed))[0].clips for seed in (1, 2)]
    assert answers[0] == answers[1]


def test_only_the_voices_that_are_wanted_come_back(composer: Composer) -> None:
    both, alone = (composer.compose(request(voices=v))[0] for v in ("both", "accompaniment"))
    assert tuple(alone.clips) == (Role.ACCOMPANIMENT,)
    assert alone.clips[Role.ACCOMPANIMENT] == both.clips[Role.ACCOMPANIMENT]


def test_accompanying_makes_the_other_voice_as_long_as_the_clip(composer: Composer) -> None:
    for clip, made in ((melody(), Role.ACCOMPANIMENT), (chords(), Role.MELODY)):
        role = Role.MELODY if made is Role.ACCOMPANIMENT else Role.ACCOMPANIMENT
        (answer,) = composer.compose(request(Kind.ACCOMPANY, {role: clip}, length=clip.length))
        assert tuple(answer.clips) == (made,)
        assert answer.clips[made].length == clip.length
        assert_playable(answer.clips[made])


def test_a_melody_made_for_chords_mostly_plays_their_tones(composer: Composer) -> None:
    harmony = [(50, 54, 57), (43, 47, 50), (45, 49, 52), (50, 54, 57)] * 2
    clip = make_clip(
        (Note(3840 * bar, pitch, 3840) for bar, chord in enumerate(harmony) for pitch in chord),
        length=8 * 3840,
    )
    answers = composer.compose(
        request(Kind.ACCOMPANY, {Role.ACCOMPANIMENT: clip}, length=clip.length, variations=6)
    )
    notes = [note for answer in answers for note in answer.clips[Role.MELODY].notes]
    tones = [note.pitch % 12 in {p % 12 for p in harmony[note.onset // 3840]} for note in notes]
    # Three of the seven notes of the key are in a chord: by chance 43 of 100.
    assert sum(tones) > 0.55 * len(tones)


def test_varying_rewrites_the_melody_and_keeps_the_harmony(composer: Composer) -> None:
    given = {Role.MELODY: melody(), Role.ACCOMPANIMENT: chords()}
    answers = composer.compose(request(Kind.VARY, given, length=7680, variations=4))
    assert all(answer.clips[Role.MELODY].length == 7680 for answer in answers)
    assert all(pitches(answer.clips[Role.ACCOMPANIMENT]) == pitches(chords()) for answer in answers)
    assert any(pitches(answer.clips[Role.MELODY]) != pitches(melody()) for answer in answers)


@pytest.mark.parametrize("rng_seed", range(8))
def test_no_voice_that_is_made_is_silent_for_more_than_a_bar(composer: Composer, rng_seed: int) -> None:
    strange = make_clip([Note(720 * i, 61 + (i * 5) % 11, 240) for i in range(40)], length=8 * 3840)
    for kind in (Kind.ACCOMPANY, Kind.CONTINUE):
        for answer in composer.compose(
            request(kind, {Role.MELODY: strange}, length=8 * 3840, rng_seed=rng_seed, temperature=0.6)
        ):
            notes = answer.clips[Role.ACCOMPANIMENT].notes
            struck = [0, *(note.onset for note in notes), 8 * 3840]
            ended = [0, *(note.end for note in notes), 8 * 3840]
            assert all(later - max(e for e in ended if e <= later) <= 3840 for later in struck[1:-1])
            assert notes[0].onset <= 3840


def test_generating_needs_no_clip(composer: Composer) -> None:
    (answer,) = composer.compose(request(Kind.GENERATE, {}, length=16 * 3840))
    assert {role: clip.length for role, clip in answer.clips.items()} == dict.fromkeys(BOTH, 16 * 3840)
    assert len(answer.clips[Role.MELODY].notes) > 16


@pytest.mark.parametrize("length", [1, 480, 961, 3840 + 100, 3 * 3840 + 719])
@pytest.mark.parametrize("rng_seed", range(6))
def test_an_answer_that_ends_inside_a_beat_ends_there(composer: Composer, length: int, rng_seed: int) -> None:
    for answer in composer.compose(request(length=length, rng_seed=rng_seed, variations=3, temperature=1.8)):
        for clip in answer.clips.values():
            assert clip.length == length
            assert_playable(clip)


def test_music_goes_on_for_as_long_as_one_wishes(composer: Composer) -> None:
    (answer,) = composer.compose(request(length=1500 * 960))
    onsets = [note.onset for note in answer.clips[Role.MELODY].notes]
    assert onsets[-1] > 1490 * 960
    assert max(b - a for a, b in pairwise(onsets)) < 16 * 960


METERS = [
    Meter(2, 4),
    Meter(3, 4),
    Meter(4, 4),
    Meter(5, 4),
    Meter(6, 8),
    Meter(7, 8),
    Meter(9, 8),
    Meter(12, 8),
]


@pytest.mark.parametrize("meter", METERS, ids=str)
def test_answers_are_in_the_primers_meter_and_end_at_its_bar_line(composer: Composer, meter: Meter) -> None:
    (answer,) = composer.compose(request(clips={Role.MELODY: melody(meter)}, length=4 * meter.bar))
    for clip in answer.clips.values():
        assert (clip.meter, clip.length) == (meter, 4 * meter.bar)
        assert_playable(clip)


@pytest.mark.parametrize("length", [1, 100, 961, 3840 + 7, 5000])
def test_a_primer_of_any_length_is_followed_at_once(composer: Composer, length: int) -> None:
    clip = make_clip([Note(0, 62, length)], length=length)
    (answer,) = composer.compose(request(clips={Role.MELODY: clip}, length=3840))
    assert all(clip.length == 3840 for clip in answer.clips.values())


def test_voices_of_different_lengths_are_one_piece_as_long_as_the_longer(composer: Composer) -> None:
    given = {Role.MELODY: melody(bars=1), Role.ACCOMPANIMENT: chords(bars=2)}
    (answer,) = composer.compose(request(Kind.ACCOMPANY, given, length=7680))
    assert answer.clips[Role.ACCOMPANIMENT].length == 7680


def test_an_answer_is_as_loud_as_the_primer(composer: Composer) -> None:
    soft = make_clip([Note(480 * i, 62 + i, 480, 30) for i in range(8)], length=3840)
    (answer,) = composer.compose(request(clips={Role.MELODY: soft}))
    assert {note.velocity for note in answer.clips[Role.MELODY].notes} == {30}


def test_a_request_can_be_stopped_at_any_beat(composer: Composer) -> None:
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 5

    with pytest.raises(RequestCancelled):
        composer.compose(request(), should_stop=stop)
    assert len(asked) == 6


def test_progress_rises_to_one(composer: Composer) -> None:
    told: list[float] = []
    composer.compose(request(), on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_model_that_is_not_there_is_named(composer: Composer) -> None:
    missing = Request(Kind.GENERATE, {}, 960, 1, 1, "jazz")
    with pytest.raises(ModelMissing, match="jazz"):
        composer.compose(missing)


@given(
    notes=st.lists(
        st.tuples(st.integers(0, 127), st.integers(0, 7679), st.integers(1, 4000), st.integers(1, 127)),
        min_size=1,
        max_size=40,
        unique_by=lambda note: (note[0], note[1]),
    ),
    role=st.sampled_from(BOTH),
    temperature=st.floats(0, 2),
    rng_seed=st.integers(0, 2**31 - 1),
)
@settings(max_examples=25)
def test_no_clip_is_beyond_it(
    composer: Composer, notes: list[tuple[int, int, int, int]], role: Role, temperature: float, rng_seed: int
) -> None:
    clip = make_clip((Note(o, p, d, v) for p, o, d, v in notes), length=7680)
    answers = composer.compose(
        request(clips={role: clip}, length=3840, rng_seed=rng_seed, temperature=temperature, variations=2)
    )
    for answer in answers:
        for made in answer.clips.values():
            assert_playable(made)


@pytest.mark.parametrize(
    ("model", "heard"),
    [
        ("plain", 4),  # less than one cycle, and no memory: it has to know what follows
        ("toy", 8),  # one cycle, which the memory gives back
    ],
)
def test_a_model_that_was_trained_on_rising_scales_continues_one_exactly(
    toy_shelf: Shelf, model: str, heard: int
) -> None:
    """The whole path with a known answer, at temperature 0."""
    primer = {Role.MELODY: toy.rising(2, beats=heard), Role.ACCOMPANIMENT: toy.chord(beats=heard)}
    wanted = Request(
        Kind.CONTINUE, primer, 2 * 3840, 1, 1, model, {"temperature": 0.0, "key": 0, "scale": MAJOR}
    )
    answer: Variation = Composer(toy_shelf).compose(wanted)[0]
    assert pitches(answer.clips[Role.MELODY]) == [toy.SCALE[(2 + heard + beat) % 7] for beat in range(8)]
    assert [(n.onset, n.duration, n.pitch) for n in answer.clips[Role.ACCOMPANIMENT].notes] == [
        (3840 * bar, 3840, pitch) for bar in range(2) for pitch in (48, 55)
    ]
