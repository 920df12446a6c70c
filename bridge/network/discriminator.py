"""What tells a model's own music from real, bar by bar, in one small file beside its weights.

For a passage of so many bars after a primer: a log-odds that it was composed, linear in its traits
(`bridge.composer.traits`). It is learned from songs that the model learned from, and from what the model has follow
their primers (`bench/train_discriminators.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bridge.errors import ModelDamaged
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

DISCRIMINATOR: Final = "discriminator.json"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Discriminator:
    """The log-odds, up to a constant, that a passage was composed.

    Attributes:
        stages: for each number of bars the traits that count, by name, each with its usual value and its weight.
    """

    stages: Mapping[int, Mapping[str, tuple[float, float]]]

    def weights(self, names: Sequence[str]) -> dict[int, tuple[Floats, Floats]]:
        """For each number of bars the usual values of some traits and their weights, (traits) each.

        A trait that it does not know weighs nothing, and so does one that nobody finds any more: a model may be older
        or newer than the bridge.
        """
        columns = {
            bars: np.array([known.get(name, (0.0, 0.0)) for name in names]).T
            for bars, known in self.stages.items()
        }
        return {bars: (usual, weights) for bars, (usual, weights) in columns.items()}


def read_discriminator(folder: Path) -> Discriminator | None:
    """That of a model; None where it has none.

    Raises:
        ModelDamaged: it cannot be read.
    """
    path = folder / DISCRIMINATOR
    if not path.exists():
        return None
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        stages = {
            int(bars): {name: (float(usual), float(weight)) for name, (usual, weight) in known.items()}
            for bars, known in content["stages"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(
            f"model {folder.name!r} is damaged: {path.name} cannot be read", hint="Install or train it again."
        ) from error
    return Discriminator(stages)


def write_discriminator(folder: Path, discriminator: Discriminator) -> None:
    """Write it into the folder of a model, whose files `checkpoint.describe` lists anew afterwards."""
    stages = {str(bars): known for bars, known in discriminator.stages.items()}
    write_whole(folder / DISCRIMINATOR, (json.dumps({"stages": stages}) + "\n").encode())
