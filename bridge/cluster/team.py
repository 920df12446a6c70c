"""A team whose members learn on several processors, GPUs or machines, over torch's own process group.

Every member has the same weights and takes the same steps: a gradient is the sum of all members' gradients, each
weighed by its felt beats, so that it is that of all their songs in one batch. Sums are taken in one order, whoever
comes first: a run repeats itself bit for bit for a given number of members.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.network.model import MacNet

_Batch = TypeVar("_Batch")


class TorchTeam:
    """This process's view of torch's process group, as `network.team.Team` has it.

    Args:
        device: where this member computes, and what is exchanged lies.
    """

    def __init__(self, device: torch.device) -> None:
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()
        self._device = device

    def told(self, values: Sequence[float]) -> Sequence[float]:
        """What the first member says; all say equally many values."""
        if self.size == 1:
            return values
        said = torch.tensor([float(value) for value in values], dtype=torch.float64, device=self._device)
        dist.broadcast(said, src=0)
        return [float(value) for value in said.tolist()]

    def most(self, number: int) -> int:
        """The greatest of all members' numbers."""
        if self.size == 1:
            return number
        greatest = torch.tensor([number], dtype=torch.int64, device=self._device)
        dist.all_reduce(greatest, op=dist.ReduceOp.MAX)
        return int(greatest.item())

    def together(self, batches: Iterator[list[_Batch]]) -> Iterator[list[_Batch]]:
        """This member's batches, then empty ones, until no member has any."""
        while True:
            batch = next(batches, [])
            if not self.most(len(batch)):
                return
            yield batch

    def share(self, model: MacNet, beats: int, learned: Sequence[float]) -> Sequence[float]:
        """Average the gradients of all members, each weighed by its beats; give the sums of what they learned."""
        if self.size == 1:
            return learned
        parameters = list(model.parameters())
        parts = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        touched = [float(p.grad is not None) for p in parameters]
        counts = torch.tensor([*touched, beats, *learned], device=self._device)
        flat = torch.cat([*(part.flatten() * beats for part in parts), counts])
        dist.all_reduce(flat)
        members: list[float] = flat[-len(counts) :].tolist()
        gradients = torch.split(
            flat / members[len(parameters)], [*(p.numel() for p in parameters), len(counts)]
        )
        for parameter, gradient, count in zip(parameters, gradients, members, strict=False):
            # What no member's songs need has no gradient: the optimiser leaves it alone, as it does for one.
            parameter.grad = gradient.view_as(parameter) if count else None
        return members[len(parameters) + 1 :]

    def vary(self, rng_seed: str) -> None:
        """Let members draw differently: each but the first by a seed of its own, so that none has to be saved."""
        if self.rank:
            digest = hashlib.sha256(f"{rng_seed} {self.rank}".encode()).digest()
            torch.manual_seed(int.from_bytes(digest[:7], "big"))
