"""A voice that a model never heard stays silent; nothing is invented."""

from __future__ import annotations

import json
import shutil

import pytest

from bridge.beats.word import Word
from bridge.composer import Composer
from bridge.composer.knowing import never_heard, silenced, within
from bridge.composer.parts import part_of
from bridge.errors import VoiceUnheard
from bridge.music.note import VOICES, Clip, Note, Role, make_clip
from bridge.network.checkpoint import Shelf, bundled_shelf
from bridge.request import Kind, Request

LINES = {"melody": 2_000, "accompaniment": 0}
PADS = {"melody": 0, "accompaniment": 2_000}
MELODY = make_clip([Note(960 * n, (60, 64, 67, 65)[n % 4], 960) for n in range(8)], length=7_680)
CHORDS = make_clip([Note(3_840 * n, pitch, 3_840) for n in range(2) for pitch in (48, 55)], length=7_680)


def asked(kind: Kind, *roles: Role, voices: str = "both") -> Request:
    clips: dict[Role, Clip] = {Role.MELODY: MELODY, Role.ACCOMPANIMENT: CHORDS}
    given = {role: clips[role] for role in roles}
    return Request(kind, given, 3_840, 1, 5, "lines", {"voices": voices})


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory) -> Composer:
    """The bundled model, as if it had learned from melodies alone."""
    folder = tmp_path_factory.mktemp("models") / "lines"
    shutil.copytree(bundled_shelf().folder("folk"), folder)
    card = folder / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text("utf-8")), "beats": LINES}), "utf-8")
    return Composer(Shelf([folder.parent]))


@pytest.mark.parametrize("kind", [Kind.CONTINUE, Kind.GENERATE])
def test_the_voice_that_it_knows_comes_back_alone(composer: Composer, kind: Kind) -> None:
    given = () if kind is Kind.GENERATE else (Role.MELODY,)
    (answer,) = composer.compose(asked(kind, *given))
    assert list(answer.clips) == [Role.MELODY]
    assert answer.clips[Role.MELODY].notes
    assert composer.compose(asked(kind, *given, voices="melody")) == (answer,)


def test_varying_a_melody_leaves_the_chords_beneath_it_as_they_were(composer: Composer) -> None:
    (answer,) = composer.compose(asked(Kind.VARY, *VOICES))
    assert answer.clips[Role.ACCOMPANIMENT] == CHORDS
    assert answer.clips[Role.MELODY].notes != MELODY.notes


@pytest.mark.parametrize(
    "request_",
    [
        asked(Kind.CONTINUE, Role.MELODY, voices="accompaniment"),
        asked(Kind.CONTINUE, Role.ACCOMPANIMENT),
        asked(Kind.GENERATE, voices="accompaniment"),
        asked(Kind.ACCOMPANY, Role.MELODY),
        asked(Kind.ACCOMPANY, Role.ACCOMPANIMENT),
        asked(Kind.VARY, Role.ACCOMPANIMENT),
    ],
)
def test_what_it_cannot_do_is_one_error_that_says_why_and_what_to_do(
    composer: Composer, request_: Request
) -> None:
    with pytest.raises(VoiceUnheard, match="lines has never heard an accompaniment") as refused:
        composer.compose(request_)
    assert refused.value.code == "model.voice_unheard"
    assert "--base lines" in refused.value.hint


def test_a_model_of_accompaniments_plays_those() -> None:
    request = within(asked(Kind.CONTINUE, *VOICES), PADS)
    assert request.wanted == (Role.ACCOMPANIMENT,)
    with pytest.raises(VoiceUnheard, match="never heard a melody"):
        within(asked(Kind.ACCOMPANY, Role.MELODY), PADS)


@pytest.mark.parametrize("beats", [{}, {"melody": 1, "accompaniment": 1}])
def test_a_model_that_knows_both_or_that_nobody_counted_for_is_asked_for_both(beats: dict[str, int]) -> None:
    for kind in Kind:
        request = asked(kind, Role.MELODY)
        assert within(request, beats) is request
    assert never_heard(beats) == frozenset()


def test_the_network_meets_the_voice_as_in_training_all_rests() -> None:
    part = part_of(asked(Kind.CONTINUE, *VOICES), dict.fromkeys(VOICES, 0))
    quiet = silenced(part, never_heard(LINES))
    assert {given[1] for _, given in (*quiet.primer, *quiet.answer)} == {Word()}
    assert [given[0] for _, given in quiet.primer] == [given[0] for _, given in part.primer]
    assert {given[0] for _, given in quiet.answer} == {None}
