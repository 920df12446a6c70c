"""Where training computes: a GPU that is there and works, else the processor."""

from __future__ import annotations

import pytest
import torch

from bridge.network.device import (
    NAMES,
    bfloat16_is_faster,
    choose_device,
    restore_rng_states,
    rng_states,
    works,
)

ALL = {"cuda": lambda: True, "mps": lambda: True}
APPLE = {"cuda": lambda: False, "mps": lambda: True}
NONE = {"cuda": lambda: False, "mps": lambda: False}


@pytest.mark.parametrize(
    ("there", "broken", "expected"),
    [
        (ALL, (), "cuda"),
        (APPLE, (), "mps"),
        (NONE, (), "cpu"),
        (ALL, ("cuda",), "mps"),
        (ALL, ("cuda", "mps"), "cpu"),
    ],
)
def test_the_first_gpu_that_works_is_used_by_itself(
    there: dict[str, object], broken: tuple[str, ...], expected: str
) -> None:
    chosen = choose_device(there, lambda kind: kind not in broken)  # type: ignore[arg-type]  # the tables above
    assert chosen.type == expected
    assert chosen.type in NAMES


def test_a_device_is_tried_before_it_is_trusted() -> None:
    assert works("cpu")
    assert not works("no such device")


def test_products_in_bfloat16_are_for_the_processor_alone() -> None:
    assert not bfloat16_is_faster(torch.device("cuda"))
    assert not bfloat16_is_faster(torch.device("mps"))


def test_the_generators_go_on_where_they_were() -> None:
    device = torch.device("cpu")
    saved = rng_states(device)
    first = torch.rand(4)
    restore_rng_states(device, saved)
    assert torch.equal(torch.rand(4), first)
