"""Clips across the wire: whole, without overlaps, in the right voice."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.music.note import Clip, Meter, Note, Role, make_clip
from bridge.wire.messages import ClipHead, ClipNotes
from bridge.wire.notes import clip_messages, guess_voice, lengthened, read_clip, without_overlaps
from tests.wire.wire_fakes import a_clip, chords

NOTES = st.builds(
    Note,
    onset=st.integers(0, 400),
    pitch=st.integers(58, 63),
    duration=st.integers(1, 90),
    velocity=st.just(80),
)


def there_and_back(clip: Clip) -> Clip:
    head, *rest = clip_messages(1, "melody", clip)
    assert isinstance(head, ClipHead)
    return read_clip(head, {m.packet: m.notes for m in rest if isinstance(m, ClipNotes)})


def test_a_clip_of_two_thousand_notes_comes_through_whole() -> None:
    clip = a_clip(2_000, length=2_000 * 480)
    assert there_and_back(clip) == clip


def test_meter_and_name_come_through() -> None:
    clip = make_clip([Note(0, 60, 480)], length=3_360, meter=Meter(7, 8), name="Strophe")
    assert there_and_back(clip) == clip


def test_an_overlap_shortens_the_earlier_note() -> None:
    first, second = Note(0, 60, 960), Note(480, 60, 960)
    assert list(without_overlaps([second, first])) == [Note(0, 60, 480), second]


def test_of_a_doubled_unison_the_longer_stays() -> None:
    assert list(without_overlaps([Note(0, 60, 240), Note(0, 60, 960)])) == [Note(0, 60, 960)]


@given(st.lists(NOTES, max_size=30))
def test_no_pitch_begins_while_it_sounds(notes: list[Note]) -> None:
    kept = list(without_overlaps(notes))
    assert {(n.onset, n.pitch) for n in kept} == {(n.onset, n.pitch) for n in notes}
    for pitch in {n.pitch for n in kept}:
        line = sorted(n for n in kept if n.pitch == pitch)
        assert all(a.end <= b.onset for a, b in pairwise(line))


def test_single_notes_are_a_melody_and_chords_accompany() -> None:
    assert guess_voice(a_clip(8)) is Role.MELODY
    assert guess_voice(chords()) is Role.ACCOMPANIMENT
    assert guess_voice(make_clip([Note(0, 60, 960)], length=960)) is Role.MELODY


def test_a_bass_line_accompanies_and_so_does_what_is_called_so() -> None:
    low = make_clip((Note(at * 960, 36, 960) for at in range(4)), length=3_840)
    assert guess_voice(low) is Role.ACCOMPANIMENT
    assert guess_voice(a_clip(8, name="Pads")) is Role.ACCOMPANIMENT


def test_a_melody_played_legato_is_still_a_melody() -> None:
    legato = make_clip((Note(at * 480, 60 + at, 560) for at in range(16)), length=7_680)
    assert guess_voice(legato) is Role.MELODY


def test_of_two_clips_the_shorter_is_padded_with_silence() -> None:
    both = lengthened({Role.MELODY: a_clip(4, length=3_840), Role.ACCOMPANIMENT: chords(length=7_680)})
    assert {clip.length for clip in both.values()} == {7_680}
    assert len(both[Role.MELODY].notes) == 4
