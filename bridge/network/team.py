"""Those who learn one model together: each from songs of its own, all with the same weights. No torch here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.network.model import MacNet

_Batch = TypeVar("_Batch")


class Team(Protocol):
    """One member's view of a team; every member calls the same methods in the same order.

    Attributes:
        rank: which member this is, from 0; the first one measures, saves and keeps the time.
        size: how many there are.
    """

    rank: int
    size: int

    def told(self, values: Sequence[float]) -> Sequence[float]:
        """What the first member says; what the others say does not count."""

    def most(self, number: int) -> int:
        """The greatest of all members' numbers."""

    def together(self, batches: Iterator[list[_Batch]]) -> Iterator[list[_Batch]]:
        """This member's batches, then empty ones, until no member has any."""

    def share(self, model: MacNet, beats: int, learned: Sequence[float]) -> Sequence[float]:
        """Average the gradients of all members, each weighed by its beats; give the sums of what they learned."""

    def vary(self, rng_seed: str) -> None:
        """Let members draw differently from now on, each by a seed; the first one draws on as ever."""


class _Alone:
    """A team of one, which has nobody to wait for."""

    rank = 0
    size = 1

    def told(self, values: Sequence[float]) -> Sequence[float]:
        return values

    def most(self, number: int) -> int:
        return number

    def together(self, batches: Iterator[list[_Batch]]) -> Iterator[list[_Batch]]:
        return batches

    def share(self, model: MacNet, beats: int, learned: Sequence[float]) -> Sequence[float]:
        del model, beats
        return learned

    def vary(self, rng_seed: str) -> None:
        del rng_seed


ALONE: Team = _Alone()
