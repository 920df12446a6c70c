"""Where the products are computed: on a GPU where there is one that works, else on the processor.

Which of them is faster for what is to be learned is another question; see `network.trial`.
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import torch
from torch import Tensor, nn

Available = Callable[[], bool]

GPUS: Final[Mapping[str, Available]] = {
    "cuda": torch.cuda.is_available,
    "mps": torch.backends.mps.is_available,
}
"""The kinds of GPU that are used by themselves, the preferred first, and how each is found."""

NAMES: Final = {"cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)", "cpu": "processor"}
"""What people call them."""


@dataclass(frozen=True, slots=True)
class Way:
    """How products are computed.

    Attributes:
        kind: of device: one of `NAMES`.
        is_mixed: those in bfloat16 that can be.
    """

    kind: str = "cpu"
    is_mixed: bool = False

    @property
    def device(self) -> torch.device:
        """Where."""
        return torch.device(self.kind)


def works(kind: str) -> bool:
    """Whether a kind of device can learn at all: one GRU, there and back."""
    try:
        cell = nn.GRU(4, 4, batch_first=True).to(kind)
        states: Tensor = cell(torch.ones(1, 2, 4, device=kind))[0]
        states.sum().backward()  # type: ignore[no-untyped-call]  # torch's own
        return bool(torch.isfinite(states).all())
    except (RuntimeError, AssertionError, NotImplementedError):  # a driver too old, a build without it
        return False


def working_gpus(
    gpus: Mapping[str, Available] = GPUS, does_it_work: Callable[[str], bool] = works
) -> list[str]:
    """The kinds of GPU that are there and work, the preferred first."""
    return [kind for kind, is_there in gpus.items() if is_there() and does_it_work(kind)]


def choose_device(
    gpus: Mapping[str, Available] = GPUS, does_it_work: Callable[[str], bool] = works
) -> torch.device:
    """The first GPU that is there and works, else the processor."""
    return torch.device(next(iter(working_gpus(gpus, does_it_work)), "cpu"))


def prefer_speed(device: torch.device) -> None:
    """Let CUDA multiply in TF32, its own mixed precision: 10 bits of mantissa, sums in 32 bits."""
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")


def bfloat16_is_faster(device: torch.device) -> bool:
    """Whether products in bfloat16 are faster here by a quarter or more; takes some milliseconds.

    On a GPU this network is not asked to: TF32 is as fast for products of its size, and the GRU of CUDA would fall
    to float16, in which small gradients are lost.
    """
    if device.type != "cpu":
        return False
    wide = torch.ones(512, 512)
    narrow = wide.bfloat16()
    # The processor's time, not the clock's: a machine that is busy must not come to another answer.
    seconds = [
        min(timeit.repeat(partial(torch.mm, m, m), timer=time.process_time, number=4, repeat=5))
        for m in (narrow, wide)
    ]
    return seconds[0] * 1.25 < seconds[1]


def seed_rngs(rng_seed: int) -> None:
    """Set every generator that training draws from anew."""
    torch.manual_seed(rng_seed)


def rng_states(device: torch.device) -> dict[str, Tensor]:
    """The state of every generator that training on a device draws from, by name."""
    states = {"torch_rng": torch.get_rng_state()}
    if device.type == "cuda":
        states["device_rng"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        states["device_rng"] = torch.mps.get_rng_state()
    return states


def restore_rng_states(device: torch.device, states: Mapping[str, Tensor]) -> None:
    """Set the generators to what `rng_states` gave; one that was saved on another kind of device is left alone."""
    torch.set_rng_state(states["torch_rng"])
    if device.type == "cuda" and "device_rng" in states:
        torch.cuda.set_rng_state(states["device_rng"], device)
    if device.type == "mps" and "device_rng" in states:
        torch.mps.set_rng_state(states["device_rng"])
