"""Tensors in safetensors files: nothing is ever unpickled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.network.checkpoint import WEIGHTS
from bridge.network.weights import load_weights
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch


def write_tensors(
    path: Path, tensors: Mapping[str, torch.Tensor], notes: Mapping[str, str] | None = None
) -> None:
    """Write tensors by name, with notes in the header."""
    from safetensors.torch import save  # noqa: PLC0415  needs torch, which a server does not have

    whole = {name: tensor.contiguous() for name, tensor in tensors.items()}
    write_whole(path, save(whole, metadata=dict(notes or {})))


def read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """Read what `write_tensors` wrote."""
    from safetensors import safe_open  # noqa: PLC0415  with `write_tensors`

    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118  this file is no dict


def read_model_weights(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a model on the shelf, for torch."""
    import torch  # noqa: PLC0415  with `write_tensors`

    return {name: torch.from_numpy(values) for name, values in load_weights(folder / WEIGHTS).items()}
