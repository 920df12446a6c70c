"""A model's weights on disk: matrices in int8 with a scale a row, the rest in fp32; all of it safetensors.

A row is divided by its largest weight over 127 and rounded. That is a quarter of the bytes, in the repository and
in every release that its history keeps; what it costs in nats stands on each model's card. The weights are made
fp32 again when they are loaded; the server multiplies large ones as the int8 that they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save

from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Floats = npt.NDArray[np.float32]

ZERO: Final = 128
"""What stands for 0 in an unsigned byte."""

_SCALE: Final = ".scale"
_LEAST: Final = 2_048
"""Smaller matrices stay as they are: there is nothing to gain."""


def save_weights(path: Path, weights: Mapping[str, Floats]) -> None:
    """Write weights by name, whole or not at all."""
    packed: dict[str, npt.NDArray[np.generic]] = {}
    for name, values in sorted(weights.items()):
        if values.ndim == 2 and values.size >= _LEAST:
            packed[name], packed[name + _SCALE] = quantise(values)
        else:
            packed[name] = np.ascontiguousarray(values, np.float32)
    write_whole(path, save(packed))


def load_weights(path: Path) -> dict[str, Floats]:
    """Read what `save_weights` wrote, in fp32."""
    packed = load_file(path)
    return {
        name: values * packed[name + _SCALE] if values.dtype == np.int8 else values
        for name, values in packed.items()
        if not name.endswith(_SCALE)
    }


def quantise(values: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """A matrix (rows, columns) as int8, and the scale of each row (rows, 1)."""
    scale = np.abs(values).max(1, keepdims=True) / 127
    scale = np.where(scale > 0, scale, 1).astype(np.float32)
    return np.rint(values / scale).astype(np.int8), scale


def in_columns(values: Floats) -> tuple[npt.NDArray[np.uint8], Floats]:
    """A matrix (rows, columns) as ONNX Runtime's products of bytes take it, with the int8 that is stored.

    Unsigned bytes: on x86 without VNNI, products of signed ones are summed in 16 bits, which they may exceed.

    Returns:
        (columns, rows) with `ZERO` for 0, and the scale of each row, (rows).
    """
    numbers, scale = quantise(values)
    return np.ascontiguousarray((numbers.T.astype(np.int16) + ZERO).astype(np.uint8)), scale[:, 0]
