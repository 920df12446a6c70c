"""Harmony moves on where it would stand still, and is left alone where the clip itself does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.beats.metre import beats_of
from bridge.beats.word import PARTS, Word, WordNote
from bridge.composer import Composer, planning
from bridge.composer.stillness import Stillness, share_of_chord
from bridge.music.note import COMMON_TIME, TICKS_PER_BEAT, VOICES, Clip, MeterChange, Note, Role, make_clip
from bridge.network.checkpoint import default_shelf
from bridge.request import Kind, Request

BAR = 4 * TICKS_PER_BEAT
BEATS = beats_of((MeterChange(0, COMMON_TIME),), 12 * BAR)
C, F, G, A = (48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 62, 67), (45, 57, 60, 64)


def after(stillness: Stillness, *chords: tuple[int, ...], bars: int) -> Stillness:
    for beat in BEATS[: 4 * bars]:
        pitches = sorted(chords[beat.bar % len(chords)])
        stillness.add(beat, (Word(), Word(tuple(WordNote(0, PARTS, pitch) for pitch in pitches))))
    return stillness


def test_a_chord_that_stays_makes_other_notes_welcome() -> None:
    pull = after(Stillness(), C, bars=6).pull
    assert pull is not None
    assert pull[0] < 0 < pull[2] == pull[5] == pull[9]
    assert pull.max() - pull.min() <= 3


def test_what_moves_is_left_alone() -> None:
    assert after(Stillness(), A, F, C, G, bars=12).pull is None


def test_a_clip_on_one_chord_may_be_continued_on_it() -> None:
    assert after(Stillness(1.1), C, bars=12).pull is None


def test_one_bar_on_a_chord_is_nothing() -> None:
    assert after(Stillness(), C, bars=1).pull is None


def windows(clips: dict[Role, Clip]) -> list[float]:
    """What share of the sound the three most frequent pitch classes have, by passages of four bars."""
    length = next(iter(clips.values())).length
    shares = []
    for start in range(0, length - 4 * BAR + 1, 4 * BAR):
        lengths = [0.0] * 12
        for clip in clips.values():
            for note in clip.notes:
                lengths[note.pitch % 12] += max(0, min(note.end, start + 4 * BAR) - max(note.onset, start))
        shares.append(share_of_chord(lengths))
    return shares


@pytest.mark.parametrize("model", ["songs", "folk"])
def test_music_from_nothing_does_not_rest_on_one_chord(model: str) -> None:
    composer = Composer(default_shelf(Path("/nonexistent")))
    shares = []
    for rng_seed in range(4):
        (answer,) = composer.compose(Request(Kind.GENERATE, {}, 100 * BAR, 1, rng_seed, model, {}))
        shares += windows({role: answer.clips[role] for role in VOICES})
    assert len(shares) == 100
    # A quarter of what `songs` played before had more than 0.8, a tenth more than 0.9; 3 % of real passages have 0.8.
    assert sum(share > 0.8 for share in shares) < 12
    assert sum(share > 0.9 for share in shares) < 3


def test_a_vamp_is_continued_as_if_nothing_moved_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    notes = [Note(at * TICKS_PER_BEAT, pitch, TICKS_PER_BEAT) for at in range(16) for pitch in C]
    clip = make_clip(notes, length=4 * BAR)
    composer = Composer(default_shelf(Path("/nonexistent")))
    request = Request(Kind.CONTINUE, {Role.ACCOMPANIMENT: clip}, 8 * BAR, 4, 1, "songs", {})
    answers = composer.compose(request)
    monkeypatch.setattr(planning, "stillest", lambda *_: None)
    assert composer.compose(request) == answers
