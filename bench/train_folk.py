"""Train the bundled model `folk` again, as it was: the Nottingham training tunes, without `ashover*`.

    python bench/train_folk.py [--data ../shared/data] [--minutes 35]

The state is chosen on tunes held out of the training folder; the figures on the card are measured on the
validation folder, which nothing was chosen on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from bridge.config import TrainSettings
from bridge.network.batch import prepare
from bridge.network.checkpoint import Card, read_card, read_config
from bridge.network.model import MacNet
from bridge.network.recipe import read_folder, train, write_figures
from bridge.network.tensors import read_model_weights
from bridge.network.training import TrainProgress, measure

CARD = Card(
    name="folk",
    version="",
    description="British and American dance tunes: melody and chords, mostly in major, 4/4 and 6/8",
    data="661 tunes of the training split of the Nottingham Music Database, cleaned by Jukedeck, without the "
    "ashover tunes, whose files name a collector; 53 of them only chose the best state",
    terms="the tunes are traditional; the cleaned files are under GPLv3 and are not part of this model, which holds "
    "weights only; the weights are under the MIT licence of this repository",
    date="",
    notes="Knows chords as held triads and sevenths; has heard no drums, no bass line and little syncopation.",
)
MODELS = Path(__file__).parent.parent / "bridge" / "models"


def main() -> None:
    """Train, measure, and write the model into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--minutes", type=float, default=35.0)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    settings = TrainSettings(
        epochs=200, minutes=options.minutes, batch_beats=1024, patience=12, exclude=("ashover*",)
    )
    made = train(
        options.data / "nottingham" / "train",
        "folk",
        settings=settings,
        models_dir=options.models,
        resume=options.resume,
        card=CARD,
        on_progress=_print_progress,
    )
    measure_card(made.folder, options.data / "nottingham" / "valid")


def measure_card(folder: Path, songs: Path) -> None:
    """Measure the model on songs it has not seen, and write the figures onto its card."""
    model = MacNet(read_config(folder))
    model.load_state_dict(read_model_weights(folder))
    figures = measure(model, [prepare(score) for score in read_folder(songs).scores])
    melody, accompaniment = figures.voices
    named = {
        "melody, nats a quarter note": round(melody, 4),
        "accompaniment given melody, nats a quarter note": round(accompaniment, 4),
        "sum, nats a quarter note": round(figures.sum, 4),
    }
    write_figures(folder, named)
    print(json.dumps(asdict(read_card(folder)), indent=1))


def _print_progress(progress: TrainProgress) -> None:
    if progress.iteration % 80 == 0:
        print(
            f"{progress.iteration:6d}  {progress.seconds_left / 60:5.1f} min left  train {progress.train_nats:.4f}  "
            f"held out {progress.valid_nats:.4f}  best {progress.best_nats:.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
