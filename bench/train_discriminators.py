"""Learn what tells the answers of the bundled models from real music, for their answers to be chosen by.

    python -m bench.train_discriminators folk
    python -m bench.train_discriminators songs

Both sides come from the songs that the model itself learned from: four bars of each as primer, what really follows,
and what the model plays there without choosing. How much answers are improved is measured on other songs, by
`bench/quality.py`. Writes `discriminator.json` into the folder of the model, and its digest into `config.json`.
"""

from __future__ import annotations

import argparse
import os
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.train_models import BUNDLED, MODELS
from bridge.beats.playlist import score_of
from bridge.composer import Composer
from bridge.composer.traits import Bar, Floats, bars_of, names, traits_of
from bridge.evaluation.cases import ANSWER_BARS, Case, cases_of, read_pieces
from bridge.evaluation.continuations import home_shift
from bridge.network.checkpoint import Shelf, describe, read_card, read_config, read_vocabulary
from bridge.network.discriminator import Discriminator, write_discriminator
from bridge.request import Kind, Request

_STRENGTH: Final = 0.01
"""Inverse strength of the L2 penalty on weights of standardised traits."""
_ANSWERS: Final = 4


def main() -> None:
    """Compose, learn, and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=list(BUNDLED))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--primers", type=int, default=1000)
    options = parser.parse_args()
    bundled = BUNDLED[options.name]
    excluded = bundled.recipe.settings.exclude
    pieces = [
        piece
        for piece in read_pieces(options.data / bundled.corpus / "train")
        if not any(fnmatch(piece.name, pattern) for pattern in excluded)
    ]
    composer = Composer(Shelf((options.models,)))
    composer.runtime(options.name).discriminator = None
    cases = cases_of(pieces, options.primers)
    real, made = [], []
    for number, case in enumerate(cases):
        one, others = passages(case, composer, options.name, number)
        real.append(one)
        made += others
        if number % 100 == 99:
            print(f"{number + 1} of {len(cases)} primers", flush=True)
    found = learn(np.array(real), np.array(made))
    folder = options.models / options.name
    about = read_config(folder), read_card(folder), read_vocabulary(folder)  # while it is what was saved
    write_discriminator(folder, found)
    describe(folder, *about)


def passages(case: Case, composer: Composer, model: str, number: int) -> tuple[Floats, list[Floats]]:
    """The traits of what really follows a primer and of a model's answers, bar by bar, (bars, traits) each."""
    shift = home_shift(case)
    request = Request(Kind.CONTINUE, case.primer, case.length, _ANSWERS, number, model)
    primer, real = (score_of(clips, shift=shift) for clips in (case.primer, case.real))
    answers = [score_of(variation.clips, shift=shift) for variation in composer.compose(request)]
    before = tuple(bars_of(primer.beats, primer.voices))
    one, *others = (
        _growing(before, tuple(bars_of(score.beats, score.voices, before[-1]))) for score in (real, *answers)
    )
    return one, others


def _growing(primer: tuple[Bar, ...], bars: tuple[Bar, ...]) -> Floats:
    return np.array([traits_of(primer, bars[: at + 1]) for at in range(ANSWER_BARS)])


def learn(real: Floats, made: Floats) -> Discriminator:
    """From traits, (passages, bars, traits): a logistic regression for each number of bars."""
    stages = {}
    for bars in range(1, real.shape[1] + 1):
        rows = np.concatenate([real[:, bars - 1], made[:, bars - 1]])
        is_made = np.arange(len(rows)) >= len(real)
        usual = np.nan_to_num(np.nanmean(rows, 0))
        rows = np.where(np.isnan(rows), usual, rows) - usual
        spread = rows.std(0)
        spread[spread < 1e-9] = np.inf
        fitted = LogisticRegression(C=_STRENGTH, max_iter=2000, class_weight="balanced").fit(
            rows / spread, is_made
        )
        weights = fitted.coef_[0] / spread
        stages[bars] = {
            name: (round(float(middle), 4), round(float(weight), 4))
            for name, middle, weight in zip(names(), usual, weights, strict=True)
        }
    return Discriminator(stages)


if __name__ == "__main__":
    main()
