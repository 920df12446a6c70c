"""Train the networks of the field's benchmark, and measure them; `macnet evaluate pianoroll` measures what is kept.

    python bench/pianoroll.py train plain  --minutes 60
    python bench/pianoroll.py train memory --minutes 60
    python bench/pianoroll.py measure memory

For most of the time the best state is chosen on songs held out of the training file; from there the network learns
from those songs as well, gently, for the rest of the time. The validation file is only measured.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bridge.beats.pianoroll import read_pianorolls
from bridge.beats.playlist import transposed
from bridge.network.benchmark import SETTINGS, SHAPES, Kind, frame_nats
from bridge.network.checkpoint import Card
from bridge.network.corpus import frequent_words, split_by_song, vocabulary_of
from bridge.network.export import save_model
from bridge.network.finishing import put_in_place
from bridge.network.training import LOG, Fit, TrainProgress

MODELS = Path("bridge/benchmarks")
DATA = Path("../shared/data/pianoroll")
CHOOSING: Final = 0.8
"""Of the time, so much passes before the songs that were held out are learned from too."""
GENTLE: Final = replace(SETTINGS, learning_rate=0.15 * SETTINGS.learning_rate, transpose=0.2)
"""How the network learns from all songs in the end."""


def main() -> None:
    """Train or measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", type=Path, default=MODELS)
    commands = parser.add_subparsers(required=True, dest="command")
    training = commands.add_parser("train")
    training.add_argument("kind", type=Kind, choices=list(Kind))
    training.add_argument("--minutes", type=float, default=60.0)
    training.add_argument(
        "--choosing",
        type=float,
        default=CHOOSING,
        help="share of the minutes before all songs are learned from",
    )
    training.add_argument("--resume", action="store_true")
    measuring = commands.add_parser("measure")
    measuring.add_argument("kind", type=Kind, choices=list(Kind))
    options = parser.parse_args()
    folder = options.models / f"pianoroll-{options.kind}"
    if options.command == "train":
        _train(options.kind, options, folder)
    figures = frame_nats(folder, options.data / "valid.npz")
    print(json.dumps({options.kind.value: figures.mean, "new_context": figures.mean_of_new}))


def _train(kind: Kind, options: argparse.Namespace, folder: Path) -> None:
    songs = read_pianorolls(options.data / "train.npz")
    learned, held_out = split_by_song(songs)
    work = options.models / ".training" / folder.name
    by = SETTINGS.transpose_by
    in_all_keys = [transposed(song, semitones) for song in songs for semitones in range(-by, by + 1)]
    config = replace(SHAPES[kind], dictionary=frequent_words(in_all_keys, SETTINGS.words))
    first, rest = options.choosing * options.minutes, (1 - options.choosing) * options.minutes
    chosen = Fit(learned, held_out, config, replace(SETTINGS, minutes=first), folder=work)
    chosen.run(_print_progress, resume=options.resume)
    start = chosen.model.state_dict()
    fit = Fit(songs, held_out, config, replace(GENTLE, minutes=rest), folder=work / "all", start=start)
    fit.run(_print_progress, resume=options.resume)
    with tempfile.TemporaryDirectory(dir=options.models / ".training") as place:
        draft = Path(place)
        (draft / "training.jsonl").write_bytes((work / LOG).read_bytes())
        save_model(
            draft,
            fit.model.state_dict(),
            config,
            card=_card(kind),
            vocabulary=vocabulary_of(songs),
        )
        put_in_place(draft, folder)


def _card(kind: Kind) -> Card:
    return Card(
        name=f"pianoroll-{kind}",
        version=datetime.now(UTC).date().isoformat(),
        description=f"the benchmark's network, {kind}; it measures and is not for playing",
        data="train.npz of the Nottingham piano rolls (Boulanger-Lewandowski et al. 2012), 694 songs",
        terms="as the piano rolls were published",
        date=datetime.now(UTC).date().isoformat(),
    )


def _print_progress(progress: TrainProgress) -> None:
    if progress.iteration % 80 == 0:
        train, held_out = progress.train_nats / 2, progress.valid_nats / 2  # a frame is half a quarter note
        left = f"{progress.iteration:6d}  {progress.seconds_left / 60:5.1f} min left"
        print(f"{left}  train {train:.4f}  held out {held_out:.4f} nats a frame", flush=True)


if __name__ == "__main__":
    main()
