"""The golden messages that the tests of all three languages read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.wire import messages as m
from bridge.wire import osc
from bridge.wire.desk import Desk
from bridge.wire.outbox import Peer
from bridge.wire.packets import format_message, parse
from tests.wire.wire_fakes import FakeShelf

FOLDER = Path(__file__).parents[1] / "wire_vectors"


def vectors(*files: str) -> list[Any]:
    found = [
        v for file in files for v in json.loads((FOLDER / f"{file}.json").read_text("utf-8"))["messages"]
    ]
    return [pytest.param(vector, id=vector["name"]) for vector in found]


@pytest.mark.parametrize("vector", vectors("requests", "answers", "tolerated", "refused"))
def test_the_bytes_hold_what_is_written_beside_them(vector: dict[str, Any]) -> None:
    raw = osc.decode(bytes.fromhex(vector["hex"]))
    assert raw == osc.RawMessage(vector["address"], tuple(vector["args"]))


@pytest.mark.parametrize("vector", vectors("requests", "answers"))
def test_a_message_is_parsed_and_formatted_to_the_same_bytes(vector: dict[str, Any]) -> None:
    packet = bytes.fromhex(vector["hex"])
    message = parse(packet)
    assert format_message(message) == packet
    assert m.is_answer(message.ADDRESS) == (message.ADDRESS not in {kind.ADDRESS for kind in m.REQUESTS})


@pytest.mark.parametrize("vector", vectors("tolerated"))
def test_what_is_tolerated_means_the_same(vector: dict[str, Any]) -> None:
    same = vector["same_as"]
    assert parse(bytes.fromhex(vector["hex"])) == parse(
        osc.encode(vector["address"], same["types"], same["args"])
    )


@pytest.mark.parametrize("vector", vectors("refused"))
def test_what_is_refused_fails_with_its_code(vector: dict[str, Any]) -> None:
    desk = Desk(FakeShelf(), model="folk", version="0", choose_rng_seed=lambda: 1)
    step = desk.receive(bytes.fromhex(vector["hex"]), Peer("udp", "127.0.0.1", 1), 0.0)
    (fail,) = [parse(packet) for _, packet in step.packets]
    assert isinstance(fail, m.Fail)
    assert fail.code == vector["code"]


def test_every_message_has_a_vector() -> None:
    there = {vector.values[0]["address"] for vector in vectors("requests", "answers")}
    assert there == set(m.SPECS)
