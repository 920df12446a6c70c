"""What the composer promises, over primers of held-out songs of both corpora; `python -m bench.promises` prints more.

The default model answers 200 primers, every other bundled model 40 of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, combinations
from pathlib import Path

import pytest

from bench import promises
from bench.promises import Bench, Primer, distance, mean, pitches, quantile
from bridge.composer import Composer
from bridge.composer.manner import longest_run
from bridge.config import DEFAULT_MODEL
from bridge.evaluation.cases import cases_of, read_pieces
from bridge.evaluation.long import generated_minutes
from bridge.evaluation.questions import answer_of
from bridge.music.key import MINOR, Key, find_scale
from bridge.music.note import TICKS_PER_BEAT, VOICES, Clip, Role, Ticks
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind

pytestmark = pytest.mark.data

MODELS = sorted(default_shelf(Path("/nonexistent")).names(), key=lambda name: (name != DEFAULT_MODEL, name))


@cache
def bench_of(model: str) -> Bench:
    return Bench(model)


@pytest.fixture(params=MODELS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return bench_of(request.param)


@pytest.fixture
def found(bench: Bench, songs_folder: Path) -> Sequence[Primer]:
    whole = promises.primers(songs_folder, each=100)
    assert len(whole) == 200
    return whole if bench.model == DEFAULT_MODEL else whole[::5]


def test_no_note_leaves_the_clips_scale_but_for_what_the_clip_plays_itself(
    bench: Bench, found: Sequence[Primer]
) -> None:
    bench.prepare(found, temperature=2.0)
    for primer in found:
        notes = [note for clip in primer.clips.values() for note in clip.notes]
        scale, own = find_scale(notes), {note.pitch % 12 for note in notes}
        for answer in bench.ask(primer, temperature=2.0):
            for clip in answer.clips.values():
                strange = [
                    pitch for pitch in pitches(clip) if not scale.holds(pitch) and pitch % 12 not in own
                ]
                assert not strange, (primer.name, str(scale))


def test_no_note_leaves_a_scale_that_is_given(bench: Bench, found: Sequence[Primer]) -> None:
    for number, primer in enumerate(found[::4]):
        scale = Key(number % 12, MINOR)
        clips = {Role.MELODY: primer.clips[Role.MELODY]}
        for kind in (Kind.ACCOMPANY, Kind.VARY):
            answers = bench.ask(primer, kind, clips=clips, temperature=2.0, key=scale.root, scale=scale.scale)
            for answer in answers:
                for clip in answer.clips.values():
                    assert all(map(scale.holds, pitches(clip))), (primer.name, kind, str(scale))


@pytest.mark.parametrize("temperature", [0.0, 1.0, 2.0])
def test_no_voice_is_empty_stuck_or_silent_for_a_bar_and_no_answer_is_late(
    bench: Bench, found: Sequence[Primer], temperature: float
) -> None:
    bench.prepare(found, temperature=temperature, variations=4)
    for primer in found:
        for answer in bench.ask(primer, temperature=temperature, variations=4):
            assert min(clip.notes[0].onset for clip in answer.clips.values()) == 0, primer.name
            for role, clip in answer.clips.items():
                own = primer.clips.get(role)
                assert clip.notes
                assert longest_run(pitches(clip)) <= max(8, longest_run(pitches(own)) if own else 0), (
                    primer.name
                )
                if own is None or promises.quiet(own) < own.end_meter.bar:
                    assert promises.quiet(clip) < own.end_meter.bar if own else True, primer.name
                    assert promises.silent_bars(clip) == 0, primer.name
                assert not promises.overlaps(clip), primer.name


@pytest.mark.parametrize(("temperature", "floor", "usual"), [(0.0, 0.2, 0.5), (1.0, 0.25, 0.65)])
def test_variations_differ_from_each_other(
    bench: Bench, found: Sequence[Primer], temperature: float, floor: float, usual: float
) -> None:
    bench.prepare(found, temperature=temperature, variations=4)
    distances = [
        distance(a.clips[Role.MELODY], b.clips[Role.MELODY])
        for primer in found
        for a, b in combinations(bench.ask(primer, temperature=temperature, variations=4), 2)
    ]
    assert min(distances) >= floor
    assert quantile(distances, 0.5) >= usual


def test_asked_again_no_answer_is_like_one_that_was_given(bench: Bench, found: Sequence[Primer]) -> None:
    near = []
    bench.prepare(found, variations=4)
    for primer in found:
        before = tuple(dict(answer.clips) for answer in bench.ask(primer, variations=4))
        (again,) = bench.ask(primer, rng_seed=2, avoid=before)
        near.append(min(distance(again.clips[Role.MELODY], old[Role.MELODY]) for old in before))
    assert min(near) >= 0.2
    assert quantile(near, 0.5) >= 0.6


@pytest.mark.parametrize(("density", "low", "high"), [(0.5, 0.4, 0.65), (1.0, 0.85, 1.2), (2.0, 1.4, 2.2)])
def test_as_many_notes_as_are_asked_for(
    bench: Bench, found: Sequence[Primer], density: float, low: float, high: float
) -> None:
    bench.prepare(found, density=density)
    for role in VOICES:
        ratios = [
            promises.rate(answer.clips[role]) / promises.rate(primer.clips[role])
            for primer in found
            if role in primer.clips
            for answer in bench.ask(primer, density=density)
        ]
        assert low <= quantile(ratios, 0.5) <= high, role


@pytest.mark.parametrize("register", [-12, 0, 7])
def test_the_melody_stays_in_the_clips_range_moved_as_asked(
    bench: Bench, found: Sequence[Primer], register: int
) -> None:
    moved = []
    bench.prepare(found, register=register)
    for primer in found:
        own = pitches(primer.clips[Role.MELODY])
        spare = max(0, 13 - (max(own) - min(own))) // 2 + 5
        for answer in bench.ask(primer, register=register):
            made = pitches(answer.clips[Role.MELODY])
            assert min(own) - spare <= min(made) - register, primer.name
            assert max(made) - register <= max(own) + spare, primer.name
            moved.append(mean(made) - mean(own))
    assert quantile(moved, 0.5) == pytest.approx(register, abs=2.5)


@pytest.mark.parametrize("kind", [Kind.CONTINUE, Kind.VARY])
def test_more_of_the_clip_comes_back_the_more_similar_it_shall_be(
    bench: Bench, found: Sequence[Primer], kind: Kind
) -> None:
    few = found if kind is Kind.CONTINUE else found[:: max(1, len(found) // 25)]
    for similarity in (0.0, 0.5, 1.0):
        bench.prepare(few, kind, similarity=similarity)
    shares = [
        mean(
            promises.come_back(answer.clips[Role.MELODY], primer.clips[Role.MELODY])
            for primer in few
            for answer in bench.ask(primer, kind, similarity=similarity)
        )
        for similarity in (0.0, 0.5, 1.0)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 1.5 * shares[0]


def test_a_rhythm_that_is_kept_is_the_clips_with_new_pitches(bench: Bench, found: Sequence[Primer]) -> None:
    same = total = new = notes = 0
    bench.prepare(found, rhythm="keep", temperature=1.5)
    for primer in found:
        for answer in bench.ask(primer, rhythm="keep", temperature=1.5):
            for role, own in primer.clips.items():
                if len(own.meters) == 1:
                    clip = answer.clips[role]
                    total += 1
                    same += promises.rhythm_at(clip, 0, primer.length) == promises.rhythm_at(
                        own, 0, own.length
                    )
                    new += sum(a.pitch != b.pitch for a, b in zip(clip.notes, own.notes, strict=False))
                    notes += len(own.notes)
    # Two strokes of one pitch that overlap by a few ticks, as rolled chords do, are parted.
    assert same >= 0.98 * total
    assert new > 0.5 * notes


def test_answers_cut_the_beat_as_the_clip_does(bench: Bench, found: Sequence[Primer]) -> None:
    (row, _) = promises.keeps_subdivisions(bench, found)
    assert float(row[1].split()[0]) > 0.98


def test_a_tune_that_never_rests_is_not_stopped_as_if_it_were_over(songs_folder: Path) -> None:
    answer = answer_of(Composer(default_shelf(Path("/nonexistent"))), "folk", {})
    cases = cases_of(read_pieces(songs_folder / "nottingham" / "valid"), 120)
    whole = [case for case in cases if longest_rest(case.primer[Role.MELODY]) < TICKS_PER_BEAT // 8]
    made = [voices[Role.MELODY] for number, case in enumerate(whole) for voices in answer(case, number)]
    stopped, really = (
        mean([longest_rest(clip) >= TICKS_PER_BEAT for clip in clips])
        for clips in (made, [case.real[Role.MELODY] for case in whole])
    )
    assert len(made) > 300
    assert really < 0.05
    assert stopped < 0.05  # a network that has learned how tunes end stops in one answer of ten


def test_the_rests_before_a_pickup_do_not_come_back(songs_folder: Path) -> None:
    answer = answer_of(Composer(default_shelf(Path("/nonexistent"))), "folk", {})
    cases = cases_of(read_pieces(songs_folder / "nottingham" / "valid"), 320)
    late = [
        case
        for case in cases
        if min(clip.notes[0].onset for clip in case.primer.values()) >= TICKS_PER_BEAT
        and longest_rest(case.primer[Role.MELODY]) < TICKS_PER_BEAT // 8
    ]
    made = [voices[Role.MELODY] for number, case in enumerate(late) for voices in answer(case, number)]
    assert len(made) > 100
    # One that hears those rests plays them again in one answer of six.
    assert mean([max(clip.notes[0].onset, longest_rest(clip)) >= TICKS_PER_BEAT for clip in made]) < 0.08


def longest_rest(clip: Clip) -> Ticks:
    """Ticks of the longest silence after the first note."""
    ends = accumulate((note.end for note in clip.notes), max)
    starts = [*(note.onset for note in clip.notes[1:]), clip.length]
    return max(start - end for end, start in zip(ends, starts, strict=True))


def test_a_played_clip_gets_a_played_answer_with_its_accents(bench: Bench, found: Sequence[Primer]) -> None:
    pairs, spreads = [], []
    for primer in found[::2]:
        given = promises.played(primer, 1)
        for answer in bench.ask(primer, clips=given):
            for role, own in given.items():
                if len(own.notes) < 8:
                    continue
                mine, theirs = promises.by_place(own), promises.by_place(answer.clips[role])
                centre = mean(n.velocity for n in own.notes)
                pairs += [(mine[place] - centre, theirs[place] - centre) for place in mine if place in theirs]
                made = promises.spread([n.velocity for n in answer.clips[role].notes])
                spreads.append(made / promises.spread([n.velocity for n in own.notes]))
    assert promises.correlation(pairs) > 0.85
    assert 0.8 < quantile(spreads, 0.5) < 1.2


def test_a_clip_with_one_velocity_on_the_grid_gets_answers_like_it(
    bench: Bench, found: Sequence[Primer]
) -> None:
    seen = 0
    for primer in found:
        for role, own in primer.clips.items():
            if len({note.velocity for note in own.notes}) == 1:
                seen += 1
                for answer in bench.ask(primer, variations=4, temperature=1.0):
                    assert {n.velocity for n in answer.clips[role].notes} == {own.notes[0].velocity}
    assert seen > len(found) // 4


def test_an_accompaniment_agrees_with_its_melody_nearly_as_often_as_the_real_one(
    bench: Bench, found: Sequence[Primer]
) -> None:
    made, real = [row[1].split() for row in promises.agrees(bench, found)]
    assert float(made[0]) > float(real[0]) - 0.1


@pytest.mark.parametrize("rng_seed", [0, 1, 2, 5])
def test_two_thousand_beats_from_nothing_neither_go_in_circles_nor_lose_their_key(
    bench: Bench, rng_seed: int
) -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    minutes = generated_minutes(composer, bench.model, rng_seed)
    for part in (minutes[:4], minutes[-4:]):
        assert mean([minute.self_similarity for minute in part]) < 0.75  # real tunes have 0.7, songs 0.35
        assert (
            mean([minute.entropy for minute in part]) > 1.9
        )  # bits; a scale's five main notes alone have 2.3
    assert min(minute.in_key for minute in minutes) > 0.97
