"""A network that goes on in a larger shape begins by saying what it said."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from bench.train_models import grown, without_last_bar
from bridge.beats.playlist import cut
from bridge.config import NetworkConfig
from bridge.network.batch import collate, prepare
from bridge.network.measuring import to_inputs
from bridge.network.model import MacNet
from tests.network import toy


def said(model: MacNet) -> torch.Tensor:
    model.eval()
    with torch.inference_mode():
        whole: torch.Tensor = model(to_inputs(collate([prepare(toy.songs()[4], model.config)])))
    return whole


@pytest.mark.parametrize(
    "larger",
    [
        replace(toy.SMALL, groove_size=6),
        replace(toy.SMALL, likeness_size=4, lags=9),
        replace(toy.SMALL, groove_size=6, likeness_size=4, lags=9),
    ],
    ids=["groove", "likeness and lags", "all"],
)
def test_what_is_new_in_it_says_nothing_yet(larger: NetworkConfig) -> None:
    torch.manual_seed(3)
    small = MacNet(toy.SMALL)
    with torch.no_grad():
        for weights in small.parameters():  # tables start at zero
            weights.add_(torch.randn_like(weights) * 0.3)
    grown_up = MacNet(larger)
    grown_up.load_state_dict(grown(small.state_dict(), larger))
    assert torch.allclose(said(grown_up), said(small), atol=1e-5)


def test_what_is_new_in_it_learns() -> None:
    torch.manual_seed(3)
    larger = replace(toy.SMALL, groove_size=6)
    model = MacNet(larger)
    model.load_state_dict(grown(MacNet(toy.SMALL).state_dict(), larger))
    said(model)
    batch = to_inputs(collate([prepare(toy.songs()[4], larger)]))
    spoken, practised = model.train().likelihoods(batch)
    (-(spoken.sum() + practised.sum())).backward()  # type: ignore[no-untyped-call]  # torch's own
    learning = {
        name for name, value in model.named_parameters() if value.grad is not None and value.grad.any()
    }
    assert {"grooves.0.query.weight", "grooves.1.run", "spellers.0.plan.weight"} <= learning


def test_a_tune_without_its_ending_is_the_same_up_to_its_last_bar() -> None:
    for song in toy.songs():
        bars = {beat.bar for beat in song.beats}
        assert len(bars) > 1
        shorter = without_last_bar(song)
        assert {beat.bar for beat in shorter.beats} == bars - {max(bars)}
        assert shorter.voices == cut(song, 0, len(shorter)).voices


def test_a_tune_of_one_bar_is_learned_as_it_is() -> None:
    song = toy.songs()[0]
    bar = sum(beat.bar == song.beats[0].bar for beat in song.beats)
    one = cut(song, 0, bar)
    assert without_last_bar(one) == one
