"""A team of two processes, joined by torch alone: what each says, and the gradient that both get."""

from __future__ import annotations

import json
import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
import torch.distributed as dist

from bridge.beats.playlist import score_of
from bridge.cluster.team import TorchTeam
from bridge.music.note import Role
from bridge.network.batch import collate, prepare
from bridge.network.measuring import to_inputs
from bridge.network.model import MacNet
from bridge.network.tensors import read_tensors, write_tensors
from tests.network import toy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score

ALL = (
    *toy.songs()[:3],
    score_of({Role.MELODY: toy.rising(3, beats=9)}, name="short", shift=0),
    score_of({Role.MELODY: toy.rising(2, beats=7)}, name="shorter", shift=0),
)
SHARES = (ALL[:3], ALL[3:])
"""The second one's songs are fewer and shorter, and have no accompaniment."""


def learned(model: MacNet, songs: Sequence[Score]) -> tuple[int, tuple[float, float]]:
    """Leave the gradient of some songs in a model, as training does; give their beats, nats and quarter notes."""
    batch = collate([prepare(song, toy.SMALL) for song in songs])
    nats = -model.likelihoods(to_inputs(batch))[0].sum()
    beats = int(batch.is_beat.sum())
    (nats / beats).backward()  # type: ignore[no-untyped-call]  # torch's own
    return beats, (float(nats.detach()), sum(song.quarters for song in songs))


def fresh_model() -> MacNet:
    torch.manual_seed(1)
    return MacNet(toy.SMALL)


def gradients(model: MacNet) -> dict[str, torch.Tensor]:
    return {name: value.grad for name, value in model.named_parameters() if value.grad is not None}


def take_part(rank: int, folder: Path) -> None:
    """One member's life."""
    torch.set_num_threads(1)
    meeting = f"file://{folder / 'meeting'}"
    dist.init_process_group(
        "gloo", init_method=meeting, rank=rank, world_size=2, timeout=timedelta(seconds=120)
    )
    team = TorchTeam(torch.device("cpu"))
    model = fresh_model()
    beats, counts = learned(model, SHARES[rank])
    sums = team.share(model, beats, counts)
    write_tensors(folder / f"all {rank}", gradients(model))
    model = fresh_model()
    beats, counts = learned(model, SHARES[0]) if rank == 0 else (0, (0.0, 0.0))
    team.share(model, beats, counts)
    write_tensors(folder / f"first {rank}", gradients(model))
    torch.manual_seed(1)
    team.vary("3 7")
    said = {
        "sums": list(sums),
        "told": list(team.told([0.1, True] if rank == 0 else [9.0, 9.0])),
        "most": team.most(5 + rank),
        "together": list(team.together(iter([[1], [2], [3]] if rank == 0 else [[4]]))),
        "drawn": float(torch.rand(())),
    }
    (folder / f"said {rank}").write_text(json.dumps(said), "utf-8")
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two members left behind."""
    folder = tmp_path_factory.mktemp("team")
    context = multiprocessing.get_context("spawn")
    members = [context.Process(target=take_part, args=(rank, folder)) for rank in range(2)]
    for member in members:
        member.start()
    for member in members:
        member.join(timeout=200)
    assert [member.exitcode for member in members] == [0, 0]
    return folder


def said(left: Path, rank: int, what: str) -> object:
    return json.loads((left / f"said {rank}").read_text("utf-8"))[what]


@pytest.mark.parametrize(("which", "songs"), [("all", ALL), ("first", SHARES[0])])
def test_a_team_has_the_gradient_of_all_its_songs_in_one_batch(
    left: Path, which: str, songs: Sequence[Score]
) -> None:
    model = fresh_model()
    learned(model, songs)
    wanted = gradients(model)
    one, other = (read_tensors(left / f"{which} {rank}")[0] for rank in range(2))
    assert one.keys() == other.keys() == wanted.keys()
    for name, gradient in wanted.items():
        assert torch.equal(one[name], other[name]), name
        assert torch.allclose(one[name], gradient, atol=1e-6, rtol=1e-4), name


def test_what_was_learned_is_summed_for_every_member(left: Path) -> None:
    counts = [learned(fresh_model(), songs)[1] for songs in SHARES]
    sums = [sum(values) for values in zip(*counts, strict=True)]
    assert said(left, 0, "sums") == said(left, 1, "sums") == pytest.approx(sums)


def test_the_first_one_tells_and_the_greatest_number_counts(left: Path) -> None:
    assert said(left, 0, "told") == said(left, 1, "told") == [0.1, 1.0]
    assert said(left, 0, "most") == said(left, 1, "most") == 6


def test_members_go_on_until_none_has_a_batch_left(left: Path) -> None:
    assert said(left, 0, "together") == [[1], [2], [3]]
    assert said(left, 1, "together") == [[4], [], []]


def test_the_first_one_draws_as_ever_and_the_others_otherwise(left: Path) -> None:
    torch.manual_seed(1)
    ever = float(torch.rand(()))
    assert said(left, 0, "drawn") == ever
    assert said(left, 1, "drawn") != ever
