"""What the machine lacks is one clear error, and no model has changed."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bridge.errors import DiskFull, MacNetError, OutOfMemory, TrainingUnwritable
from bridge.network import feeding, tensors
from bridge.network.checkpoint import Shelf, fingerprint
from bridge.network.corpus import Reading
from bridge.network.faults import told_apart
from bridge.network.recipe import Audience, Recipe, train
from bridge.network.training import RUN
from bridge.wholefile import write_whole
from tests.network import toy

BRIEF = replace(toy.QUICK, epochs=1, save_every_s=0.0)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), DiskFull),
        (PermissionError(errno.EACCES, "Permission denied"), TrainingUnwritable),
        (OSError(errno.EROFS, "Read-only file system"), TrainingUnwritable),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), OutOfMemory),
        (MemoryError(), OutOfMemory),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), OutOfMemory),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"), OutOfMemory),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), OutOfMemory),
    ],
)
def test_each_fault_of_the_machine_has_one_code_and_says_what_to_do(
    fault: BaseException, expected: type[MacNetError]
) -> None:
    with pytest.raises(MacNetError) as told, told_apart(Path("run")):
        raise fault
    assert type(told.value) is expected
    assert told.value.hint


def test_a_fault_of_our_own_is_not_taken_for_the_machines() -> None:
    with pytest.raises(RuntimeError, match="shapes"), told_apart(Path("run")):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")


def train_toy(models: Path, *, rng_seed: int = 1, resume: bool = False) -> None:
    train(
        Path("songs"),
        "mine",
        recipe=Recipe(replace(BRIEF, rng_seed=rng_seed), shape=toy.SMALL),
        models_dir=models,
        audience=Audience(),
        resume=resume,
        reading=Reading(toy.songs(), {}),
    )


def test_torch_says_what_we_look_for_when_memory_is_short() -> None:
    with pytest.raises(OutOfMemory), told_apart(Path("run")):
        torch.empty(1 << 60)


def test_a_disk_that_fills_up_leaves_the_last_good_model_and_what_was_saved_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_toy(tmp_path)
    before = fingerprint(Shelf([tmp_path]).folder("mine"))
    writes = 0

    def fill(path: Path, content: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_whole(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(tensors, "write_whole", fill)
        with pytest.raises(DiskFull):
            train_toy(tmp_path, rng_seed=2)
    assert Shelf([tmp_path]).names() == ("mine",)
    assert fingerprint(Shelf([tmp_path]).folder("mine")) == before
    run = tmp_path / ".training" / "mine"
    assert [path.name for path in run.iterdir() if path.suffix == ".tmp"] == []
    assert (run / RUN).exists()
    train_toy(tmp_path, rng_seed=2, resume=True)
    assert fingerprint(Shelf([tmp_path]).folder("mine")) != before


def test_memory_that_runs_out_in_the_middle_leaves_the_last_good_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_toy(tmp_path)
    before = fingerprint(Shelf([tmp_path]).folder("mine"))

    def burst(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(feeding, "collate", burst)
    with pytest.raises(OutOfMemory):
        train_toy(tmp_path, rng_seed=2)
    assert fingerprint(Shelf([tmp_path]).folder("mine")) == before
