"""Whether learning is faster on several threads: the same iterations on one and on more, taking turns.

    OMP_WAIT_POLICY=PASSIVE python bench/threads.py   # base `folk`, batches of 192 and 1024 felt beats
    OMP_WAIT_POLICY=PASSIVE python bench/threads.py --threads 1 4 8 --beats 2048

Prints seconds of an iteration for each, the fastest of some: by the clock, of the processor in the thread that
learns, and of the processor in all threads. On a machine that does other things as well the clock tells little: the
processor's seconds in the learning thread are what the clock would show if the other threads were never waited for,
so `at most` is how many times faster that many threads can be; `costs` is how many times the work it takes. Without
`OMP_WAIT_POLICY` threads that wait keep their core busy: where another program wants it, two threads are many times
slower than one.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from bridge.config import TrainSettings
from bridge.network.checkpoint import default_shelf
from bridge.network.corpus import read_folder
from bridge.network.training import Fit
from bridge.network.tuning import careful, read_base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score


def main() -> None:
    """Time and print."""
    options = _options()
    songs = list(islice(read_folder(options.data).scores, options.songs))
    print("beats  threads  clock    learning  all      at most  costs")
    for beats in options.beats:
        found = _seconds(options, songs, beats)
        for threads, (clock, learning, every) in found.items():
            _, alone, work = found[options.threads[0]]
            print(
                f"{beats:5d}  {threads:7d}  {clock:7.3f}  {learning:8.3f}  {every:7.3f}  {alone / learning:7.2f}"
                f"  {every / work:5.2f}"
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", default="folk")
    parser.add_argument("--models", type=Path, default=Path("nowhere"), help="a data folder with more models")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/nottingham/valid"))
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--beats", type=int, nargs="+", default=[192, 1_024])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=8)
    return parser.parse_args()


def _seconds(
    options: argparse.Namespace, songs: Sequence[Score], beats: int
) -> dict[int, tuple[float, float, float]]:
    """For each number of threads, the least seconds of an iteration: by the clock, of one thread, of all."""
    base = read_base(default_shelf(options.models).folder(options.base))
    settings = replace(careful(TrainSettings(), sum(map(len, songs))), batch_beats=beats)
    seconds: dict[int, list[tuple[float, ...]]] = {threads: [] for threads in options.threads}
    clocks = (time.perf_counter, time.thread_time, time.process_time)
    with tempfile.TemporaryDirectory() as folder:
        fit = Fit(songs, songs[:1], base.config, settings, folder=Path(folder), start=base.weights)
        batches = [batch for batch in fit._batches(0) if sum(map(len, batch)) > beats // 2]
        fit.update(fit._maker.portion(batches[0], 0, 0.0))
        for batch in islice(cycle(batches), options.rounds):
            for threads in options.threads:
                torch.set_num_threads(threads)
                began = [clock() for clock in clocks]
                fit.update(fit._maker.portion(batch, 0, 0.0))
                seconds[threads].append(tuple(clock() - at for clock, at in zip(clocks, began, strict=True)))
    return {threads: (*map(min, zip(*each, strict=True)),) for threads, each in seconds.items()}


if __name__ == "__main__":
    main()
