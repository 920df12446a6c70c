"""Train a bundled model again.

    python bench/train_models.py folk  --minutes 85
    python bench/train_models.py songs --minutes 275
    python bench/train_models.py songs --minutes 103 --onto bridge/models/songs
    python bench/train_models.py folk  --minutes 75 --endings

`folk` learns the Nottingham training tunes (without `ashover*`), `songs` those of the OpenScore Lieder corpus.
`folk` learns the last bar of no tune unless `--endings` says so.
With `--onto` a model goes on from an earlier one: what its network has more than that one starts at nothing, so that
it begins by saying the same. The state is chosen on songs held out of the training folder, the same ones each time;
the figures on the card are measured on the validation folder, by which no state was chosen.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge.beats.playlist import cut
from bridge.config import TrainSettings
from bridge.network.batch import prepare
from bridge.network.checkpoint import Card, read_card, read_config
from bridge.network.corpus import read_folder
from bridge.network.finishing import write_figures
from bridge.network.measuring import measure
from bridge.network.model import MacNet
from bridge.network.recipe import SHAPE, Audience, Recipe, train
from bridge.network.tensors import read_model_weights
from bridge.network.training import Fit, TrainProgress, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundled model.

    Attributes:
        corpus: a folder with `train` and `valid`.
        recipe: how it is made.
        has_endings: whether it learns the last bar of each song. Tunes end with rests that fill up the bar of their
            pickup; who has learned those stops in the middle of an answer, which cannot know of any end.
    """

    corpus: str
    recipe: Recipe
    has_endings: bool = True


FOLK: Final = Recipe(
    TrainSettings(epochs=200, batch_beats=1024, patience=24, words=0, late=0.6, exclude=("ashover*",)),
    # Few tunes, of which whole words and lags would be learned by heart.
    replace(SHAPE, lags=0, dropout=0.45),
    card=Card(
        name="folk",
        version="",
        description="British and American dance tunes: melody and chords, mostly in major, 4/4 and 6/8",
        data="661 tunes of the training split of the Nottingham Music Database, cleaned by Jukedeck, without "
        "the ashover tunes, whose files name a collector; 53 of them only chose the best state",
        terms="the tunes are traditional; the cleaned files are under GPLv3 and are not part of this model, "
        "which holds weights only; the weights are under the MIT licence of this repository",
        date="",
        notes="Knows chords as held triads and sevenths; has heard no drums, no bass line and little syncopation, "
        "and does not know how tunes end.",
    ),
)
SONGS: Final = Recipe(
    TrainSettings(epochs=200, batch_beats=1024, longest=256, patience=12, late=0.5),
    # Three times as many words as the tunes have, few of them heard twice: more to spell, less to learn by heart.
    replace(SHAPE, speller_size=256, dropout=0.3),
    Card(
        name="songs",
        version="",
        description="19th-century songs for voice and piano: melodies with real accompaniments, all meters",
        data="the training songs of the OpenScore Lieder corpus (by composer: the validation songs are by "
        "others); 8 % of them only chose the best state",
        terms="the corpus is CC0; the weights are under the MIT licence of this repository",
        date="",
        notes="Melodies are a singer's, with rests to breathe in; accompaniments are a pianist's, full of "
        "broken chords.",
    ),
)
BUNDLED: Final = {"folk": Bundled("nottingham", FOLK, has_endings=False), "songs": Bundled("lieder", SONGS)}
_ONTO_RATE: Final = 1e-3
_SAYS_SOMETHING: Final = ("weigh", "unlike", "lag_query")
"""The weights by which a pointer's likeness and lags come to bear."""
MODELS = Path(__file__).parent.parent / "bridge" / "models"


def main() -> None:
    """Train, measure, and write the model into the package."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=list(BUNDLED))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--minutes", type=float, default=35.0)
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--onto", type=Path, help="the folder of a model to go on from")
    parser.add_argument("--endings", action="store_true", help="learn the last bar of each song in any case")
    options = parser.parse_args()
    bundled = BUNDLED[options.name]
    recipe, corpus = bundled.recipe, options.data / bundled.corpus
    reading = read_folder(corpus / "train", exclude=recipe.settings.exclude)
    if not (bundled.has_endings or options.endings):
        reading = replace(reading, scores=tuple(map(without_last_bar, reading.scores)))
    made = train(
        corpus / "train",
        options.name,
        reading=reading,
        recipe=replace(recipe, settings=replace(recipe.settings, minutes=options.minutes)),
        models_dir=options.models,
        resume=options.resume,
        fitting=Fit if options.onto is None else partial(_fit_onto, options.onto),
        audience=Audience(_print_progress),
    )
    measure_card(made.folder, corpus / "valid")


def without_last_bar(score: Score) -> Score:
    """A score without its last bar; as it is where it has no other."""
    end = sum(beat.bar < score.beats[-1].bar for beat in score.beats)
    return cut(score, 0, end) if end else score


def _fit_onto(
    earlier: Path,
    learned: Sequence[Score],
    held_out: Sequence[Score],
    config: NetworkConfig,
    settings: TrainSettings,
    **how: Any,  # noqa: ANN401  what else a `Fit` is made of
) -> Fit:
    """A run that goes on from a model, more gently than from nothing."""
    gentle = replace(settings, learning_rate=_ONTO_RATE)
    how["start"] = grown(read_model_weights(earlier), config)
    return Fit(learned, held_out, config, gentle, **how)


def grown(weights: Weights, config: NetworkConfig) -> Weights:
    """Weights of a smaller network in a larger one, which says the same: what is new in it says nothing yet."""
    larger = MacNet(config).state_dict()
    for name, value in larger.items():
        old = weights.get(name)
        if old is not None:
            value.zero_()
            value[tuple(map(slice, old.shape))] = old
        elif name.startswith("pointers.") and name.split(".")[2] in _SAYS_SOMETHING:
            value.zero_()
    return larger


def measure_card(folder: Path, songs: Path) -> None:
    """Measure the model on songs it has not seen, and write the figures onto its card."""
    model = MacNet(read_config(folder))
    model.load_state_dict(read_model_weights(folder))
    figures = measure(model, [prepare(score, model.config) for score in read_folder(songs).scores])
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
