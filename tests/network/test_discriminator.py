"""What tells composed music from real: one small file, read whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bench.train_discriminators import learn
from bridge.composer.traits import names
from bridge.errors import ModelDamaged
from bridge.network.discriminator import DISCRIMINATOR, Discriminator, read_discriminator, write_discriminator

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_discriminator(tmp_path, Discriminator({2: {"turns": (0.5, -1.25)}, 8: {}}))
    found = read_discriminator(tmp_path)
    assert found is not None
    assert found.stages == {2: {"turns": (0.5, -1.25)}, 8: {}}
    usual, weights = found.weights(["steps", "turns"])[2]
    assert usual.tolist() == [0, 0.5]
    assert weights.tolist() == [0, -1.25]  # what it does not know weighs nothing


def test_a_model_may_have_none(tmp_path: Path) -> None:
    assert read_discriminator(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"stages": []}',
        '{"stages": {"two": {}}}',
        '{"stages": {"2": {"turns": [1]}}}',
        "\xff",
    ],
)
def test_what_is_no_discriminator_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / DISCRIMINATOR).write_text(content, "latin-1")
    with pytest.raises(ModelDamaged):
        read_discriminator(tmp_path)


def test_it_learns_what_gives_answers_away_and_nothing_else() -> None:
    rng = np.random.default_rng(3)
    told, size = names().index("melody: turns of directions"), len(names())
    real, made = (rng.normal(size=(400, 2, size)) for _ in range(2))
    made[:, 1, told] += 1.5
    real[:100, :, 0] = np.nan  # no number is as good as the usual one
    stages = learn(real, made).stages
    weights = {bars: np.array([weight for _, weight in known.values()]) for bars, known in stages.items()}
    assert set(stages) == {1, 2}
    assert weights[2].argmax() == told
    assert weights[2][told] > 5 * np.abs(np.delete(weights[2], told)).mean()
    assert np.isfinite(weights[2]).all()
    assert abs(weights[1][told]) < weights[2][told] / 3
