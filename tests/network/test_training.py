from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bridge.beats.playlist import score_of
from bridge.errors import OtherRun
from bridge.music.note import Role
from bridge.network.batch import collate, prepare
from bridge.network.measuring import Figures, to_inputs
from bridge.network.model import MacNet
from bridge.network.tensors import read_tensors
from bridge.network.training import Ending, Fit, TrainProgress
from tests.network import toy

ROOT = Path(__file__).parents[2]
FEW = replace(toy.QUICK, epochs=4)


def weights_after(folder: Path, *, epochs: int = 4, resume: bool = False) -> dict[str, torch.Tensor]:
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, replace(FEW, epochs=epochs), folder=folder)
    fit.run(lambda _: None, resume=resume)
    return fit.model.state_dict()


def test_a_scale_that_has_been_heard_once_is_known(fitted: MacNet) -> None:
    fitted.eval()
    with torch.inference_mode():
        melody, accompaniment = -fitted(to_inputs(collate([prepare(toy.songs()[3])])))[0]
    assert melody[7:].mean() < 0.2
    assert accompaniment[1:].mean() < 0.05
    assert melody[0] > 1.5  # which of seven steps a song starts on cannot be known


def test_a_network_without_memory_learns_that_scales_rise(knowing: MacNet) -> None:
    knowing.eval()
    with torch.inference_mode():
        melody, _ = -knowing(to_inputs(collate([prepare(toy.songs()[3])])))[0]
    assert melody[1:].max() < 0.2


def test_the_likelihood_of_a_beat_does_not_depend_on_what_comes_after(fitted: MacNet) -> None:
    song = toy.songs()[0]
    *head, _ = song.voices[0]
    changed = replace(song, voices=((*head, song.voices[0][2]), song.voices[1]))
    fitted.eval()
    with torch.inference_mode():
        one, other = (fitted(to_inputs(collate([prepare(s)])))[0] for s in (song, changed))
    assert torch.allclose(one[:, :-1], other[:, :-1], atol=1e-6)
    assert not torch.allclose(one[0, -1], other[0, -1])


def test_a_song_counts_the_same_alone_and_beside_longer_ones(fitted: MacNet) -> None:
    short = score_of({Role.MELODY: toy.rising(3, beats=7)}, shift=0)
    fitted.eval()
    with torch.inference_mode():
        alone = fitted(to_inputs(collate([prepare(short)])))[0]
        beside = fitted(to_inputs(collate([prepare(short), prepare(toy.songs()[0])])))[0]
    assert torch.allclose(alone, beside[:, :7], atol=1e-5)
    assert (beside[:, 7:] == 0).all()


def test_the_same_rng_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, other = weights_after(tmp_path / "a"), weights_after(tmp_path / "b")
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_that_was_killed_and_resumed_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    class Killed(BaseException):
        """As kill -9: nothing is tidied up."""

    def die(progress: TrainProgress) -> None:
        if progress.iteration == 2 * per_epoch + 1:
            raise Killed

    settings = replace(FEW, save_every_s=0.0)
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=tmp_path / "broken")
    per_epoch = fit._batches_in_epoch
    with pytest.raises(Killed):
        fit.run(die)
    resumed = weights_after(tmp_path / "broken", resume=True)
    whole = weights_after(tmp_path / "whole")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.parametrize("feeders", [1, 2])
def test_who_puts_the_iterations_together_changes_nothing(tmp_path: Path, feeders: int) -> None:
    settings = replace(FEW, feeders=feeders, late=0.5, save_every_s=0.0)
    alone, fed = (
        Fit(toy.songs(), toy.songs()[:2], toy.SMALL, each, folder=tmp_path / str(each.feeders))
        for each in (replace(settings, feeders=0), settings)
    )
    for fit in (alone, fed):
        fit.run(lambda _: None)
    one, other = (fit.model.state_dict() for fit in (alone, fed))
    assert alone.iteration == fed.iteration > 3
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_that_is_fed_goes_on_within_a_pass(tmp_path: Path) -> None:
    settings = replace(FEW, feeders=2, save_every_s=0.0)
    stopped = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=tmp_path / "broken")
    stopped.run(lambda _: None, should_stop=lambda: stopped.iteration == stopped._batches_in_epoch + 1)
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=tmp_path / "broken")
    fit.run(lambda _: None, resume=True)
    whole = weights_after(tmp_path / "whole")
    assert fit.iteration == 4 * fit._batches_in_epoch
    assert all(torch.equal(whole[name], value) for name, value in fit.model.state_dict().items())


def test_every_epoch_leaves_its_figures_in_the_log(tmp_path: Path) -> None:
    weights_after(tmp_path, epochs=3)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3]
    assert all(len(line["voices"]) == 2 for line in lines)


def test_the_best_state_is_kept_even_if_the_last_is_worse(tmp_path: Path) -> None:
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, FEW, folder=tmp_path)
    figures = fit.run(lambda _: None)
    best = min(json.loads(line)["valid"] for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines())
    assert figures.sum == pytest.approx(best)
    kept = read_tensors(tmp_path / "best.safetensors")[0]
    assert all(torch.equal(kept[name], value.cpu()) for name, value in fit.model.state_dict().items())


LEARNING = """
import sys
from dataclasses import replace
from pathlib import Path
from bridge.network.training import Fit
from tests.network import toy

settings = replace(toy.QUICK, epochs=4, save_every_s=0.0)
fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=Path(sys.argv[1]))
fit.run(lambda progress: print(progress.iteration, flush=True))
"""


def test_a_process_that_is_killed_loses_nothing_that_was_saved(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LEARNING, str(tmp_path / "killed")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as learning:
        assert learning.stdout is not None
        for line in learning.stdout:
            if int(line) == 6:
                learning.kill()  # as kill -9
                break
    assert learning.wait() != 0
    resumed = weights_after(tmp_path / "killed", resume=True)
    whole = weights_after(tmp_path / "whole")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


FED = LEARNING.replace("save_every_s=0.0", "feeders=2").replace("progress.iteration", "*children()")
FED = FED.replace("import sys\n", "import sys\nfrom multiprocessing import active_children\n").replace(
    "settings =", "def children():\n    return (child.pid for child in active_children())\n\n\nsettings ="
)


def test_who_puts_iterations_together_does_not_outlive_the_run_that_was_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", FED, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as learning:
        assert learning.stdout is not None
        feeders = [int(pid) for pid in learning.stdout.readline().split()]
        learning.kill()  # as kill -9
        assert len(feeders) == 2
        learning.stdout.read()  # ends when the last of them has let go of it


def test_other_songs_are_not_taken_for_those_of_the_run_that_was_broken_off(tmp_path: Path) -> None:
    weights_after(tmp_path, epochs=1)
    fit = Fit(toy.songs()[1:], toy.songs()[:2], toy.SMALL, replace(FEW, epochs=1), folder=tmp_path)
    with pytest.raises(OtherRun) as refused:
        fit.run(lambda _: None, resume=True)
    assert "--resume" in refused.value.hint


def test_training_ends_by_itself_when_the_songs_held_out_get_no_better(tmp_path: Path) -> None:
    settings = replace(FEW, epochs=50, patience=2, learning_rate=1e-9)
    start = MacNet(toy.SMALL).state_dict()
    floor = Figures((0.0, 0.0))
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=tmp_path, start=start, floor=floor)
    assert fit.run(lambda _: None) == floor
    assert fit.ending is Ending.LEARNED
    assert not fit.is_better


def test_a_run_that_is_told_to_stop_at_once_still_measures_what_it_has(tmp_path: Path) -> None:
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, FEW, folder=tmp_path)
    figures = fit.run(lambda _: None, should_stop=lambda: True)
    assert fit.ending is Ending.STOPPED
    assert figures.sum > 0
    assert fit.is_better


def test_a_pass_that_takes_long_is_measured_on_its_way(tmp_path: Path) -> None:
    settings = replace(FEW, epochs=1, check_every=1)
    fit = Fit(toy.songs(), toy.songs()[:2], toy.SMALL, settings, folder=tmp_path)
    fit.run(lambda _: None)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["iteration"] for line in lines][:3] == [1, 2, 3]
