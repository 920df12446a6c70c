"""The conversation: every request ends once, whatever comes in whatever order, and costs one composition."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from bridge.config import LIMITS
from bridge.errors import RequestFailed
from bridge.music.note import Meter, Role
from bridge.wire import messages as m
from bridge.wire import osc
from bridge.wire.desk import Desk
from bridge.wire.inbox import ASK_AGAIN_S, GIVE_UP_S, QUIET_S, SETTLE_S
from bridge.wire.messages import Done, Fail
from bridge.wire.notes import clip_messages
from bridge.wire.outbox import KEPT_S, Memory, Peer
from bridge.wire.packets import format_message, parse
from bridge.wire.requests import MAX_OPEN
from bridge.wire.work import answer_packets
from tests.wire.wire_fakes import FakeCard, FakeShelf, a_clip, chords, echo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.wire.post import Job, Star, Step

LIVE = Peer("udp", "127.0.0.1", 50_001)
REAPER = Peer("udp", "127.0.0.1", 50_002)
SEED = 4_711

M = TypeVar("M", bound=m.Message)


@dataclass
class Table:
    """A desk with a clock that stands still unless told, and what has been sent to whom."""

    desk: Desk = field(
        default_factory=lambda: Desk(FakeShelf(), model="folk", version="0.1", choose_rng_seed=lambda: SEED)
    )
    now: float = 100.0
    sent: dict[Peer, list[m.Message]] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    stars: list[Star] = field(default_factory=list)
    packets: int = 0

    def take(self, step: Step) -> None:
        for peer, packet in step.packets:
            self.packets += 1
            self.sent.setdefault(peer, []).append(parse(packet))
        self.jobs.extend(step.jobs)
        self.stars.extend(step.stars)

    def hear(self, *messages: m.Message, peer: Peer = LIVE) -> None:
        for message in messages:
            self.raw(format_message(message), peer=peer)

    def raw(self, packet: bytes, *, peer: Peer = LIVE) -> None:
        self.take(self.desk.receive(packet, peer, self.now))

    def wait(self, seconds: float) -> None:
        """Let time pass, looking after things whenever they are due."""
        end = self.now + seconds
        while (due := self.desk.due_s()) is not None and due <= end:
            self.now = max(self.now, due)
            self.take(self.desk.tick(self.now))
        self.now = end

    def compose(self) -> None:
        """Let requests settle, then answer every job that waits."""
        self.wait(SETTLE_S)
        while self.jobs:
            job = self.jobs.pop(0)
            packets = list(answer_packets(job, echo(job.request), range(1, job.request.variations + 1)))
            self.take(self.desk.finished(job, packets, self.now))

    def told(self, kind: type[M], *, peer: Peer = LIVE) -> list[M]:
        return [message for message in self.sent.get(peer, []) if isinstance(message, kind)]

    def ends(self, request_id: int, *, peer: Peer = LIVE) -> list[m.Message]:
        return [m for m in self.sent.get(peer, []) if isinstance(m, Done | Fail) and m.id == request_id]

    def code(self) -> str:
        """The code of the only fail."""
        (fail,) = self.told(m.Fail)
        assert fail.message
        return fail.code


@pytest.fixture
def table() -> Table:
    return Table()


def melody(request_id: int = 1, *, notes: int = 100) -> list[m.Message]:
    return list(clip_messages(request_id, "melody", a_clip(notes, length=notes * 480)))


def accompaniment(request_id: int = 1) -> list[m.Message]:
    return list(clip_messages(request_id, "accompaniment", chords(length=48_000)))


def go_on(request_id: int = 1, **changes: object) -> m.Continue:
    ask = m.Continue(request_id, 7_680, 2, 7, ())
    return replace(ask, **changes)  # type: ignore[arg-type]  # names and values of the message's own fields


def test_a_hello_is_welcomed(table: Table) -> None:
    table.hear(m.Hello(1, 1, "live", 0))
    assert table.sent[LIVE] == [m.Welcome(1, 1, "0.1", "folk"), m.Done(1, 0, 1)]


def test_a_hello_of_another_protocol_is_told_both(table: Table) -> None:
    table.raw(osc.encode("/macnet/hello", "iisss", (1, 2, "live", "more", "than we know")))
    assert table.code() == "server.protocol"
    assert "protocol 2" in table.told(m.Fail)[0].message
    assert "protocol 1" in table.told(m.Fail)[0].message


def test_answers_go_to_the_port_that_the_hello_named(table: Table) -> None:
    table.hear(m.Hello(1, 1, "max", 7_500))
    table.hear(m.ListModels(2))
    assert set(table.sent) == {LIVE._replace(port=7_500)}


def test_a_clip_comes_back_continued(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    assert table.told(m.Accepted) == [m.Accepted(1)]
    assert table.jobs[0].request.clips[Role.MELODY] == a_clip(100, length=48_000)
    assert table.jobs[0].request.length == 7_680
    table.compose()
    heads = table.told(m.TakeHead)
    assert [(h.variation, h.role, h.rng_seed) for h in heads] == [
        (0, "melody", 7),
        (0, "accompaniment", 7),
        (1, "melody", 7),
        (1, "accompaniment", 7),
    ]
    assert table.sent[LIVE][-1] == m.Done(1, 2, 4)


def test_the_rng_seed_is_chosen_where_the_client_leaves_it(table: Table) -> None:
    table.hear(*melody(), go_on(rng_seed=-1))
    table.compose()
    assert {head.rng_seed for head in table.told(m.TakeHead)} == {SEED}


@pytest.mark.parametrize("order", range(20))
def test_packets_may_come_in_any_order(table: Table, order: int) -> None:
    packets = [*melody(), *accompaniment(), go_on()]
    random.Random(order).shuffle(packets)
    table.hear(*packets)
    table.wait(SETTLE_S)
    (job,) = table.jobs
    assert job.request.clips == {
        Role.MELODY: a_clip(100, length=48_000),
        Role.ACCOMPANIMENT: chords(length=48_000),
    }


def test_a_client_that_says_how_many_clips_it_sends_need_not_wait(table: Table) -> None:
    table.hear(*melody(), go_on(options=(("clips", 1),)))
    assert len(table.jobs) == 1


def test_a_second_clip_that_was_promised_is_asked_for(table: Table) -> None:
    table.hear(*melody(), go_on(options=(("clips", 2),)))
    table.wait(QUIET_S)
    assert table.told(m.Missing) == [m.Missing(1, "accompaniment", ())]
    table.hear(*accompaniment())
    assert len(table.jobs) == 1


def test_packets_that_came_twice_count_once(table: Table) -> None:
    packets = [*melody(), go_on()]
    table.hear(*packets, *packets)
    table.wait(SETTLE_S)
    assert len(table.jobs) == 1
    assert not table.told(m.Fail)


def test_what_is_missing_is_asked_for_after_a_quiet_moment(table: Table) -> None:
    head, first, second, third = melody()
    table.hear(head, second, go_on())
    table.wait(QUIET_S * 0.9)
    assert not table.told(m.Missing)
    table.wait(QUIET_S * 0.2)
    assert table.told(m.Missing) == [m.Missing(1, "melody", ((0,), (2,)))]
    table.wait(ASK_AGAIN_S)
    assert len(table.told(m.Missing)) == 2
    table.hear(first, third)
    table.wait(SETTLE_S)
    assert len(table.jobs) == 1


def test_an_announcement_that_is_missing_is_asked_for_without_numbers(table: Table) -> None:
    table.hear(*melody()[1:], go_on())
    table.wait(QUIET_S)
    assert table.told(m.Missing) == [m.Missing(1, "melody", ())]


def test_a_request_of_which_no_clip_came_asks_for_any(table: Table) -> None:
    table.hear(go_on())
    table.wait(QUIET_S)
    assert table.told(m.Missing) == [m.Missing(1, "auto", ())]


@pytest.mark.parametrize(
    "packets", [[go_on()], melody(), [*melody()[:2], go_on()], [*melody()[1:], go_on()]], ids=len
)
def test_a_request_that_stays_incomplete_fails_once(table: Table, packets: list[m.Message]) -> None:
    table.hear(*packets)
    table.wait(GIVE_UP_S + 1)
    assert table.code() == "request.incomplete"
    assert table.desk.due_s() is None


def test_a_request_that_comes_again_is_answered_from_memory(table: Table) -> None:
    packets = [*melody(), go_on()]
    table.hear(*packets)
    table.compose()
    answered = list(table.sent[LIVE])
    table.hear(*packets)
    assert table.sent[LIVE] == answered * 2
    assert not table.jobs


def test_a_request_that_comes_again_while_it_is_composed_is_accepted_again(table: Table) -> None:
    packets = [*melody(), go_on()]
    table.hear(*packets, *packets)
    table.wait(SETTLE_S)
    table.hear(*packets)
    assert set(table.told(m.Accepted)) == {m.Accepted(1)}
    assert len(table.jobs) == 1


def test_a_failed_request_that_comes_again_fails_the_same(table: Table) -> None:
    packets = [*melody(), go_on(options=(("temperature", 9.0),))]
    table.hear(*packets)
    table.hear(*packets)
    first, second = table.told(m.Fail)
    assert first == second
    assert "argument 6 (temperature)" in first.message


def test_an_answer_is_forgotten_after_ten_minutes(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.compose()
    table.wait(KEPT_S + 1)
    table.hear(m.Resend(1, 0, "melody", ()))
    assert table.code() == "request.unknown"


def test_an_id_that_is_used_for_another_request_is_refused(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.compose()
    table.hear(*melody(notes=99), go_on())
    assert table.code() == "request.bad_argument"
    assert "id" in table.told(m.Fail)[0].message
    assert not table.jobs


def test_two_requests_under_one_id_at_once_end_in_one_fail(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    table.hear(*melody(notes=99), go_on(length=960))
    assert table.jobs[0].stop.is_set()
    table.compose()
    assert [type(end) for end in table.ends(1)] == [m.Fail, m.Fail]
    assert not table.told(m.TakeHead)


def test_two_clients_may_use_the_same_id(table: Table) -> None:
    table.hear(*melody(), go_on(), peer=LIVE)
    table.hear(*melody(notes=50), go_on(length=3_840), peer=REAPER)
    table.compose()
    assert len(table.ends(1, peer=LIVE)) == len(table.ends(1, peer=REAPER)) == 1
    assert table.told(m.TakeHead, peer=LIVE)[0].notes != table.told(m.TakeHead, peer=REAPER)[0].notes


def test_lost_packets_of_an_answer_are_sent_again(table: Table) -> None:
    table.hear(*melody(), go_on(length=48_000))
    table.compose()
    notes = [n for n in table.told(m.TakeNotes) if (n.variation, n.role) == (1, "melody")]
    table.sent.clear()
    table.hear(m.Resend(1, 1, "melody", ((2,), (0,))))
    assert table.sent[LIVE] == [notes[2], notes[0]]
    table.sent.clear()
    table.hear(m.Resend(1, 1, "melody", ()))
    assert table.sent[LIVE][1:] == notes
    assert isinstance(table.sent[LIVE][0], m.TakeHead)


def test_packets_that_no_answer_has_cannot_be_sent_again(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.compose()
    table.hear(m.Resend(1, 9, "melody", ()))
    assert table.code() == "request.bad_argument"


def test_a_cancelled_request_ends_in_one_fail(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    table.hear(m.Cancel(1))
    assert table.jobs[0].stop.is_set()
    table.compose()
    assert table.code() == "request.cancelled"
    assert len(table.ends(1)) == 1


def test_cancelling_too_late_is_answered_with_the_end(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    table.compose()
    table.hear(m.Cancel(1))
    assert table.sent[LIVE][-2:] == [m.Done(1, 2, 4)] * 2


def test_cancelling_what_nobody_asked_for_fails(table: Table) -> None:
    table.hear(m.Cancel(1))
    assert table.code() == "request.unknown"


def test_progress_is_told_at_most_ten_times_a_second(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    for step in range(1_000):
        table.take(table.desk.progress(table.jobs[0], step / 1_000, table.now + step / 1_000))
    assert len(table.told(m.Progress)) == 10
    table.compose()
    table.take(table.desk.progress(table.jobs[0], 1.0, table.now + 9)) if table.jobs else None
    assert isinstance(table.sent[LIVE][-1], m.Done)


def test_a_fault_ends_the_request_and_nothing_else(table: Table) -> None:
    table.hear(*melody(), go_on())
    table.wait(SETTLE_S)
    table.take(table.desk.failed(table.jobs.pop(), RequestFailed("a fault", hint="again"), table.now))
    assert table.code() == "request.failed"
    table.hear(*melody(2), go_on(2))
    table.wait(SETTLE_S)
    table.compose()
    assert [type(end) for end in table.ends(2)] == [m.Done]


def test_too_many_requests_at_once_are_refused(table: Table) -> None:
    for request_id in range(LIMITS.queue + 1):
        table.hear(m.Generate(request_id, 960, 1, -1, ()))
    assert table.code() == "request.busy"
    assert table.told(m.Fail)[0].id == LIMITS.queue


def test_requests_that_stay_incomplete_make_room_for_new_ones(table: Table) -> None:
    for request_id in range(MAX_OPEN + 1):
        table.hear(melody(request_id)[0])
    assert table.code() == "request.busy"
    assert table.told(m.Fail)[0].id == 0


def test_music_from_nothing_needs_no_clip(table: Table) -> None:
    table.hear(m.Generate(1, 3_360, 1, 3, ()))
    assert table.jobs[0].request.length == 3_360
    assert not table.jobs[0].request.clips


def test_options_are_checked(table: Table) -> None:
    options = (("key", 2.0), ("density", 2.0), ("scale", "101011010101"), ("meter", "6/8"))
    table.hear(m.Generate(1, 960, 1, 3, options))
    assert table.jobs[0].request.options == {
        "key": 2,
        "density": 2.0,
        "scale": "101011010101",
        "meter": "6/8",
    }
    assert table.jobs[0].request.meter == Meter(6, 8)
    assert table.told(m.Notice) == []


def test_an_option_that_a_request_has_no_use_for_is_named_and_changes_nothing(table: Table) -> None:
    table.hear(*melody(1), m.Continue(1, 960, 1, 3, (("clips", 1), ("meter", "6/8"))))
    assert [(n.code, n.text.split()[0]) for n in table.told(m.Notice)] == [("option.not_used", "meter")]
    assert table.jobs[0].request.meter == Meter(4, 4)


def test_a_voice_that_the_model_never_heard_is_named_and_the_other_one_is_asked_for() -> None:
    lines = FakeShelf({"lines": FakeCard(beats={"melody": 2_000, "accompaniment": 0})})
    table = Table(Desk(lines, model="lines", version="0.1", choose_rng_seed=lambda: SEED))
    table.hear(*melody(1), m.Continue(1, 960, 1, 3, (("clips", 1),)))
    (notice,) = table.told(m.Notice)
    assert notice.code == "model.voice_unheard"
    assert "has never heard an accompaniment, so that voice stays silent" in notice.text
    table.hear(*melody(2), m.Continue(2, 960, 1, 3, (("clips", 1), ("voices", "melody"))))
    assert len(table.told(m.Notice)) == 1


@pytest.mark.parametrize("meter", ["waltz", "4", "0/4", "4/5", 6.0])
def test_a_meter_that_is_none_is_refused(table: Table, meter: str | float) -> None:
    table.hear(m.Generate(1, 960, 1, 3, (("meter", meter),)))
    assert table.code() == "request.bad_argument"


@pytest.mark.parametrize(("rng_seed", "is_new"), [(-1, True), (7, False)])
def test_an_answer_is_a_new_one_unless_its_rng_seed_was_chosen(
    table: Table, rng_seed: int, *, is_new: bool
) -> None:
    table.hear(*melody(1), m.Continue(1, 960, 1, rng_seed, (("clips", 1),)))
    assert table.jobs[0].is_new is is_new


@pytest.mark.parametrize(
    "pair", [("tempo", 9), ("temperature", "hot"), ("clips", 3), ("key", 12), ("voices", "all")]
)
def test_a_wrong_option_fails_with_its_position(table: Table, pair: tuple[str, osc.Atom]) -> None:
    table.hear(m.Generate(1, 960, 1, 3, (("feel", 1.0), pair)))
    assert table.code() == "request.bad_argument"
    assert f"argument 8 ({pair[0]})" in table.told(m.Fail)[0].message


def test_a_scale_may_come_as_a_number_that_looks_like_one(table: Table) -> None:
    head = osc.encode("/macnet/generate", "iiiis", (1, 1, 1, 3, "scale"))
    table.raw(head.replace(b",iiiis\0\0", b",iiiisd\0") + struct.pack(">d", 1_010_110_101))
    assert table.jobs[0].request.options == {"scale": "001010110101"}


def test_the_tempo_of_the_song_is_kept_with_the_request(table: Table) -> None:
    table.hear(m.Generate(1, 960, 1, 3, (("tempo_bpm", 93.5),)))
    assert table.jobs[0].request.tempo_bpm == 93.5


ONE_OF_TWO = m.ClipHead(1, "melody", 960, 4, 4, 2, 1, "")


def clip_of(*rows: m.NoteRow, length: int = 960, role: str = "melody", name: str = "") -> list[m.Message]:
    return [m.ClipHead(1, role, length, 4, 4, len(rows), 1, name), m.ClipNotes(1, role, 0, rows)]


@pytest.mark.parametrize(
    ("packets", "code"),
    [
        ([m.ClipHead(1, "melody", 960, 4, 4, 0, 0, "")], "clip.empty"),
        (clip_of((60, 960, 1, 1)), "clip.out_of_range"),
        (clip_of((60, 0, 1, 1), role="auto", name="808 Drums"), "clip.drums"),
        ([m.ClipHead(1, "melody", 960, 4, 4, LIMITS.notes + 1, 200, "")], "clip.too_long"),
        ([m.ClipHead(1, "melody", 2**31 - 1, 4, 4, 1, 1, "")], "clip.too_long"),
        ([m.ClipHead(1, "melody", 960, 4, 4, 1, 2**31 - 1, "")], "request.bad_argument"),
        ([ONE_OF_TWO, m.ClipNotes(1, "melody", 0, ((60, 0, 1, 1),))], "request.bad_argument"),
        ([ONE_OF_TWO, m.ClipNotes(1, "melody", 1, ())], "request.bad_argument"),
    ],
)
def test_a_clip_that_cannot_be_fails_once(table: Table, packets: list[m.Message], code: str) -> None:
    table.hear(*packets, go_on())
    table.wait(SETTLE_S)
    assert table.code() == code
    assert table.told(m.Fail)[0].hint
    table.wait(GIVE_UP_S + 1)
    assert len(table.ends(1)) == 1


def test_a_note_beyond_the_clips_end_is_named(table: Table) -> None:
    table.hear(*clip_of((60, 0, 1, 1), (62, 4_000, 1, 1)), go_on())
    table.wait(SETTLE_S)
    assert "argument 9 (onset of note 2) cannot be 4000" in table.told(m.Fail)[0].message


def test_one_note_is_enough(table: Table) -> None:
    table.hear(*clip_of((60, 0, 960, 100)), go_on())
    table.wait(SETTLE_S)
    table.compose()
    assert [type(end) for end in table.ends(1)] == [m.Done]


def test_a_clip_of_chords_without_a_role_is_an_accompaniment(table: Table) -> None:
    table.hear(*clip_messages(1, "auto", chords()), m.Accompany(1, 1, 3, ()))
    assert set(table.jobs[0].request.clips) == {Role.ACCOMPANIMENT}
    assert table.jobs[0].request.length == 3_840


def test_of_two_clips_the_one_without_a_role_takes_the_other_voice(table: Table) -> None:
    table.hear(*accompaniment(), *clip_messages(1, "auto", chords()), m.Vary(1, 1, 3, ()))
    assert set(table.jobs[0].request.clips) == {Role.ACCOMPANIMENT, Role.MELODY}


def test_the_packets_after_a_wrong_one_do_not_fail_again(table: Table) -> None:
    head, *notes = melody()
    table.hear(head)
    table.raw(osc.encode("/macnet/clip/notes", "isiiiii", (1, "melody", 0, 200, 0, 1, 1)))
    table.hear(*notes[1:], go_on())
    table.wait(GIVE_UP_S + 1)
    assert table.code() == "clip.out_of_range"


def test_models_are_listed_and_chosen_by_name(table: Table) -> None:
    table.hear(m.UseModel(1, "mine"), m.ListModels(2), m.Generate(3, 960, 1, 1, ()))
    assert [(i.name, i.in_use) for i in table.told(m.ModelInfo)] == [("folk", 0), ("mine", 1)]
    assert table.told(m.Done) == [m.Done(1, 0, 0), m.Done(2, 0, 2)]
    assert table.jobs[0].request.model == "mine"


@pytest.mark.parametrize("name", ["none", "../../etc/passwd", ""])
def test_a_model_that_is_not_on_the_shelf_cannot_be_used(table: Table, name: str) -> None:
    table.hear(m.UseModel(1, name))
    assert table.code() == "model.missing"


def test_each_client_has_its_own_model(table: Table) -> None:
    table.hear(m.UseModel(1, "mine"), peer=LIVE)
    table.hear(m.Generate(2, 960, 1, 1, ()), peer=REAPER)
    assert table.jobs[0].request.model == "folk"


def test_a_star_is_work_for_somebody_else(table: Table) -> None:
    table.hear(m.StarTake(5, 12, 1))
    (star,) = table.stars
    assert (star.take_id, star.starred) == (12, True)
    table.take(table.desk.starred(star))
    assert table.told(m.Done) == [m.Done(5, 0, 0)]


def test_an_unknown_address_fails_with_the_id_that_it_has(table: Table) -> None:
    table.raw(osc.encode("/macnet/nonsense", "is", (9, "x")))
    table.raw(osc.encode("/live/song/get/tempo", "", ()))
    assert [(fail.id, fail.code) for fail in table.told(m.Fail)] == [
        (9, "request.unknown_address"),
        (m.NO_ID, "request.unknown_address"),
    ]


@pytest.mark.parametrize("answer", [m.Fail(1, "x", "y", "z"), m.Done(1, 0, 0), m.Accepted(1)])
def test_answers_are_never_answered_or_two_bridges_would_go_on_forever(
    table: Table, answer: m.Message
) -> None:
    table.hear(answer)
    assert not table.sent


def test_a_bundle_of_nonsense_is_answered_only_so_often(table: Table) -> None:
    element = b"\0\0\0\x08/a\0\0,\0\0\0"
    table.raw(b"#bundle\0" + b"\xff" * 8 + element * 5_000)
    assert len(table.told(m.Fail)) <= 16


def test_a_whole_request_may_come_in_one_bundle(table: Table) -> None:
    packets = [format_message(message) for message in (*melody(), go_on())]
    elements = b"".join(len(packet).to_bytes(4, "big") + packet for packet in packets)
    table.raw(b"#bundle\0" + b"\xff" * 8 + elements)
    table.wait(SETTLE_S)
    assert len(table.jobs) == 1


def test_a_packet_of_sixty_thousand_bytes_is_read(table: Table) -> None:
    rows = tuple((60, at, 1, 100) for at in range(2_900))
    table.hear(m.ClipHead(1, "auto", 3_000, 4, 4, len(rows), 1, ""), m.ClipNotes(1, "auto", 0, rows), go_on())
    assert len(table.jobs[0].request.clips[Role.MELODY].notes) == 2_900


def test_stopping_ends_every_request(table: Table) -> None:
    table.hear(m.Generate(1, 960, 1, 1, ()), melody(2)[0])
    table.take(table.desk.stop(table.now))
    assert {fail.id: fail.code for fail in table.told(m.Fail)} == dict.fromkeys((1, 2), "request.cancelled")


def test_memory_is_bounded_in_bytes(table: Table) -> None:
    table.desk = Desk(
        FakeShelf(), model="folk", version="0", choose_rng_seed=lambda: 1, memory=Memory(kept_bytes=20_000)
    )
    for request_id in range(20):
        table.hear(*melody(request_id), go_on(request_id, length=48_000))
        table.wait(SETTLE_S)
        table.compose()
    table.sent.clear()
    table.hear(m.Resend(19, 0, "melody", ()), m.Resend(0, 0, "melody", ()))
    assert [fail.id for fail in table.told(m.Fail)] == [0]
    assert table.told(m.TakeHead)[0].id == 19


def lossy(messages: Iterable[m.Message], rng: random.Random) -> list[m.Message]:
    """A fifth lost, a fifth doubled, all shuffled."""
    arrived = [message for message in messages for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    rng.shuffle(arrived)
    return arrived


def wanted_again(missing: m.Missing, packets: Sequence[m.Message]) -> list[m.Message]:
    """What a client sends when the server asks: as docs/OSC.md describes it."""
    of_role = [p for p in packets if missing.role in ("auto", getattr(p, "role", None))]
    numbers = {number for (number,) in missing.packets}
    if not numbers:
        return [p for p in of_role if isinstance(p, m.ClipHead)]
    return [p for p in of_role if isinstance(p, m.ClipNotes) and p.packet in numbers]


@pytest.mark.parametrize("rng_seed", range(30))
def test_a_request_survives_the_loss_of_a_fifth_of_its_packets(table: Table, rng_seed: int) -> None:
    rng = random.Random(rng_seed)
    packets = [*melody(notes=500), *accompaniment(), go_on(options=(("clips", 2),))]
    table.hear(*lossy(packets, rng))
    for _ in range(60):
        asked = len(table.told(m.Missing))
        table.wait(ASK_AGAIN_S)
        if table.told(m.Accepted):
            break
        again = [p for missing in table.told(m.Missing)[asked:] for p in wanted_again(missing, packets)]
        table.hear(*lossy([*again, packets[-1]], rng))
    table.compose()
    assert [type(end) for end in {*table.ends(1)}] == [m.Done], f"rng seed {rng_seed}"
    assert table.told(m.TakeHead)
