"""Whatever comes in whatever order, the desk goes on, and every request ends once."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.wire import messages as m
from bridge.wire import osc
from bridge.wire.desk import Desk
from bridge.wire.inbox import ASK_AGAIN_S, GIVE_UP_S
from bridge.wire.notes import clip_messages
from bridge.wire.outbox import Peer
from bridge.wire.packets import format_message, parse
from bridge.wire.work import answer_packets
from tests.wire.test_wire_vectors import vectors
from tests.wire.wire_fakes import FakeShelf, a_clip, chords, echo

PEER = Peer("udp", "127.0.0.1", 50_001)
GOLDEN = [bytes.fromhex(v.values[0]["hex"]) for v in vectors("requests", "answers", "tolerated", "refused")]


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A golden message with bytes changed, cut off, put in a bundle or sent twice in a row."""
    packet = bytearray(draw(st.sampled_from(GOLDEN)))
    for _ in range(draw(st.integers(0, 4))):
        packet[draw(st.integers(0, len(packet) - 1))] = draw(st.integers(0, 255))
    whole = bytes(packet[: draw(st.integers(1, len(packet)))])
    if draw(st.booleans()):
        return whole
    return b"#bundle\0" + draw(st.binary(min_size=8, max_size=8)) + len(whole).to_bytes(4, "big") + whole


PACKETS = st.lists(spoilt() | st.sampled_from(GOLDEN) | st.binary(max_size=300), max_size=30)


def desk() -> Desk:
    return Desk(FakeShelf(), model="folk", version="0", choose_rng_seed=lambda: 1)


@given(PACKETS)
@settings(max_examples=300)
def test_any_packets_leave_the_desk_answering(packets: list[bytes]) -> None:
    it, now = desk(), 0.0
    for packet in packets:
        now += 0.05
        for step in (it.receive(packet, PEER, now), it.tick(now)):
            for _, sent in step.packets:
                assert m.is_answer(parse(sent).ADDRESS)
                assert len(sent) <= m.MAX_SENT_BYTES
            for job in step.jobs:
                it.finished(
                    job,
                    list(answer_packets(job, echo(job.request), range(16)[: job.request.variations])),
                    now,
                )
    welcome = it.receive(format_message(m.Hello(1, 1, "x", 0)), PEER, now).packets[0][1]
    assert isinstance(parse(welcome), m.Welcome)
    it.tick(now + GIVE_UP_S + 1)
    assert it.due_s() is None


REQUEST: list[m.Message] = [
    *clip_messages(1, "melody", a_clip(120, length=9_600)),
    *clip_messages(1, "accompaniment", chords(length=9_600)),
    m.Continue(1, 3_840, 2, 7, (("clips", 2),)),
]


@given(st.lists(st.sampled_from([*REQUEST, m.Cancel(1)]), max_size=40), st.booleans())
def test_a_request_ends_in_one_way_only(arriving: list[m.Message], composes: bool) -> None:  # noqa: FBT001  drawn
    it, now, ends, jobs = desk(), 0.0, [], []
    steps = [it.receive(format_message(message), PEER, now) for message in arriving]
    for _ in range(20):
        now += ASK_AGAIN_S
        steps.append(it.tick(now))
        new = [job for step in steps for job in step.jobs if job not in jobs]
        jobs += new
        if composes:
            steps += [
                it.finished(job, list(answer_packets(job, echo(job.request), (1, 2))), now) for job in new
            ]
    steps.append(it.stop(now))
    ends = [parse(p) for step in steps for _, p in step.packets if isinstance(parse(p), m.Done | m.Fail)]
    unknown = {end for end in ends if isinstance(end, m.Fail) and end.code == "request.unknown"}
    assert len(jobs) <= 1
    assert len(set(ends) - unknown) == (1 if any(not isinstance(a, m.Cancel) for a in arriving) else 0)


@given(st.binary(max_size=60))
def test_a_text_of_any_bytes_is_read_or_refused(text: bytes) -> None:
    packet = osc.encode("/macnet/model/use", "is", (1, "name")).replace(
        b"name\0\0\0\0", text + b"\0" * (4 - len(text) % 4)
    )
    step = desk().receive(packet, PEER, 0.0)
    assert step.packets
