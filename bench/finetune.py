"""What training from a model makes of a few songs: before and after, on songs that nothing was chosen on.

    python bench/finetune.py --songs 10 50 500                       # from `folk` to art songs
    python bench/finetune.py --songs 10 50 500 --base songs --corpus nottingham
    python bench/finetune.py --songs 10 --corpus nottingham --unheard  # songs of a kind the base knows, but not these
    python bench/finetune.py --songs 10 --folder ~/Music/MIDI        # any folder: a part of it is only measured

Of a corpus of `--data`, the songs to learn from are drawn from its training songs and the others are its validation
songs. The best state is chosen within the songs that are learned from, as `macnet train` does.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.config import TrainSettings
from bridge.errors import MacNetError
from bridge.music.song import MIDI_SUFFIXES
from bridge.network.batch import prepare
from bridge.network.checkpoint import CONFIG, default_shelf, read_config
from bridge.network.corpus import Reading, in_pieces, read_score
from bridge.network.measuring import Figures, measure
from bridge.network.model import MacNet
from bridge.network.recipe import Audience, Recipe, train
from bridge.network.tensors import read_model_weights

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.network.recipe import Trained
    from bridge.network.training import TrainProgress

LONGEST = 1_024
"""Felt beats of a song that is measured in one piece."""
PROMISED = {10: 0.05, 50: 0.15}
"""How much better the figure must be, at so many songs."""


@dataclass(frozen=True, slots=True)
class Row:
    """One run."""

    songs: int
    before: Figures
    after: Figures
    minutes: float
    trained: Trained

    @property
    def better(self) -> float:
        """The share of nats that is gone."""
        return 1 - self.after.sum / self.before.sum


def main() -> None:
    """Train and measure, and print the table."""
    options = _options()
    base = _base(options)
    pool, others = _songs(options)
    measured = [piece for score in others for piece in in_pieces(score, LONGEST)]
    before = figures_of(base, measured)
    print(f"{options.base}: {before.sum:.4f} nats a quarter note on {len(others)} songs", flush=True)
    rows = [_run(count, base, pool, measured, before, options) for count in options.songs]
    print("\nsongs  before  after   better  promised  minutes  ended by  chosen of")
    for row in rows:
        promised = f"{PROMISED[row.songs]:7.0%}" if row.songs in PROMISED else "       "
        print(
            f"{row.songs:5d}  {row.before.sum:.4f}  {row.after.sum:.4f}  {row.better:6.1%}  {promised}  "
            f"{row.minutes:7.1f}  {row.trained.ending:8s}  {_chosen_of(row.trained)}"
        )


def _chosen_of(trained: Trained) -> str:
    kept = "" if trained.is_better else ", the base was kept"
    if trained.folds:
        return f"all in {trained.folds} folds{kept}"
    return f"{len(trained.held_out)} songs held out{kept}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--songs", type=int, nargs="+", default=[10, 50, 500])
    parser.add_argument("--base", default="folk", help="the name of a model, or its folder")
    parser.add_argument("--corpus", default="lieder", help="a folder of --data with `train` and `valid`")
    parser.add_argument("--folder", type=Path, help="any folder of MIDI files instead")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=Path("nowhere"), help="a data folder with more models")
    parser.add_argument(
        "--unheard",
        action="store_true",
        help="learn from validation songs as well, where the base has heard all training songs",
    )
    parser.add_argument("--measured", type=int, default=40, help="songs to measure on")
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="for each row, as `macnet train --minutes`"
    )
    parser.add_argument("--rng-seed", type=int, default=1)
    parser.add_argument("--folds", type=int, help="of the cross-validation; 0: hold a part of the songs out")
    return parser.parse_args()


def _base(options: argparse.Namespace) -> Path:
    named = Path(options.base)
    return named if (named / CONFIG).exists() else default_shelf(options.models).folder(options.base)


def _songs(options: argparse.Namespace) -> tuple[list[Score], list[Score]]:
    """Songs to draw from, and songs to measure on; the same for the same rng seed."""
    rng = random.Random(options.rng_seed)
    if options.folder:
        songs = _drawn(options.folder, max(options.songs) + options.measured, rng)
        return songs[options.measured :], songs[: options.measured]
    corpus = options.data / options.corpus
    if options.unheard:
        songs = _drawn(corpus / "valid", max(options.songs) + options.measured, rng)
        return songs[options.measured :], songs[: options.measured]
    return _drawn(corpus / "train", max(options.songs), rng), _drawn(corpus / "valid", options.measured, rng)


def _drawn(folder: Path, count: int, rng: random.Random) -> list[Score]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES)
    rng.shuffle(paths)
    return list(islice(_read(paths, folder), count))


def _read(paths: Sequence[Path], folder: Path) -> Iterator[Score]:
    for path in paths:
        with suppress(MacNetError):
            yield read_score(path, path.relative_to(folder).as_posix())


def figures_of(folder: Path, songs: Sequence[Score]) -> Figures:
    """What a model on disk says of songs."""
    config = read_config(folder)
    model = MacNet(config)
    model.load_state_dict(read_model_weights(folder))
    return measure(model, [prepare(song, config) for song in songs])


def _run(
    count: int,
    base: Path,
    pool: Sequence[Score],
    measured: Sequence[Score],
    before: Figures,
    options: argparse.Namespace,
) -> Row:
    began = time.monotonic()
    settings = replace(
        TrainSettings(), minutes=options.minutes, rng_seed=options.rng_seed, folds=options.folds
    )
    with tempfile.TemporaryDirectory() as place:
        trained = train(
            Path(f"{count} songs"),
            "tuned",
            recipe=Recipe(settings, base=base),
            models_dir=Path(place),
            audience=Audience(_print_progress),
            reading=Reading(tuple(pool[:count]), {}),
        )
        minutes = (time.monotonic() - began) / 60
        return Row(count, before, figures_of(trained.folder, measured), minutes, trained)


def _print_progress(progress: TrainProgress) -> None:
    if progress.iteration % 20 == 0:
        print(
            f"{progress.iteration:6d}  {progress.seconds_left / 60:5.1f} min left  train {progress.train_nats:.4f}  "
            f"held out {progress.valid_nats:.4f}  best {progress.best_nats:.4f}  at first {progress.start_nats:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
