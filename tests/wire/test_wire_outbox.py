"""Packets leave in bursts that a receive buffer holds, and no client waits for another's long answer."""

from __future__ import annotations

from bridge.wire.outbox import BACKLOG_BYTES, BURST_BYTES, BYTES_A_SECOND, Pacer, Peer

ONE, TWO = Peer("udp", "127.0.0.1", 1), Peer("udp", "127.0.0.1", 2)
KILOBYTE = b"x" * 1_024


def test_at_most_a_burst_leaves_at_once_and_the_rest_soon() -> None:
    pacer = Pacer()
    pacer.push((ONE, KILOBYTE) for _ in range(200))
    now, left = 5.0, [len(list(pacer.take(5.0)))]
    assert left[0] * 1_024 <= BURST_BYTES + 1_024
    while (wait_s := pacer.wait_s()) is not None:
        now += wait_s + 0.001
        left.append(len(list(pacer.take(now))))
    assert sum(left) == 200
    assert now - 5.0 <= 200 * 1_024 / BYTES_A_SECOND + 0.1
    assert max(left[1:]) * 1_024 <= BURST_BYTES


def test_a_short_answer_does_not_wait_for_a_long_one() -> None:
    pacer = Pacer()
    pacer.push((ONE, KILOBYTE) for _ in range(1_000))
    pacer.push([(TWO, b"short")])
    assert (TWO, b"short") in list(pacer.take(1.0))[:2]


def test_packets_of_one_client_stay_in_order() -> None:
    pacer = Pacer()
    pacer.push((ONE, bytes([at])) for at in range(9))
    assert [packet for _, packet in pacer.take_all()] == [bytes([at]) for at in range(9)]
    assert pacer.wait_s() is None


def test_a_client_that_asks_for_more_than_the_backlog_loses_the_rest() -> None:
    pacer = Pacer()
    big = b"x" * 2**20
    pacer.push((ONE, big) for _ in range(BACKLOG_BYTES // 2**20 + 5))
    pacer.push([(TWO, b"short")])
    left = list(pacer.take_all())
    assert len([packet for peer, packet in left if peer == ONE]) == BACKLOG_BYTES // 2**20
    assert (TWO, b"short") in left
