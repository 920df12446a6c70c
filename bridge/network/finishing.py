"""From trained weights to a whole model on the shelf, with its card."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bridge.network.checkpoint import Card, describe, fingerprint, read_card, read_config, read_vocabulary
from bridge.network.discriminator import DISCRIMINATOR
from bridge.network.export import save_model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

    from bridge.config import NetworkConfig
    from bridge.network.checkpoint import Vocabulary


def fresh_folder(path: Path) -> Path:
    """An empty folder; what was in its place is gone."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def write_draft(
    draft: Path,
    weights: Mapping[str, torch.Tensor],
    config: NetworkConfig,
    *,
    card: Card,
    vocabulary: Vocabulary,
    log: Path | None = None,
    base: Path | None = None,
) -> Path:
    """Write a whole model into a new folder beside the shelf.

    `log` goes with it, and what is known of the answers of `base`, the folder of the model that it still is.
    """
    fresh_folder(draft)
    if log is not None and log.exists():
        shutil.copyfile(log, draft / "training.jsonl")
    if base is not None and (base / DISCRIMINATOR).exists():
        shutil.copyfile(base / DISCRIMINATOR, draft / DISCRIMINATOR)
    save_model(draft, weights, config, card=card, vocabulary=vocabulary)
    return draft


def dated(card: Card, name: str, weights: Mapping[str, torch.Tensor]) -> Card:
    """The card of a model that was finished today."""
    return replace(card, name=name, version=f"{_today()}.{_digest(weights)}", date=_today())


def write_figures(folder: Path, figures: Mapping[str, float], *, name: str = "") -> None:
    """Add figures to the card of a model; `name` is what it will be called, where its folder is a draft."""
    card = read_card(folder)
    described = replace(card, name=name or card.name, figures={**card.figures, **figures})
    describe(folder, read_config(folder), described, read_vocabulary(folder))


def put_in_place(draft: Path, target: Path) -> Path:
    """Move a whole model to its place; the one that was there goes only after the new one is complete."""
    stamped = draft.with_name(f"{target.name}.{fingerprint(draft)}.old")
    if target.exists():
        os.replace(target, stamped)  # noqa: PTH105  a folder moves
    os.replace(draft, target)  # noqa: PTH105  and so does this one
    shutil.rmtree(stamped, ignore_errors=True)
    return target


def _digest(weights: Mapping[str, torch.Tensor]) -> str:
    """Six letters that two different models of one day do not share."""
    digest = hashlib.sha256()
    for value in weights.values():
        digest.update(value.cpu().numpy().tobytes())
    return digest.hexdigest()[:6]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
