"""Measure everything that docs/QUALITY.md says of the models, and write it there with its plots.

    python bench/quality.py                       all of it, about ten minutes on one core
    python bench/quality.py --models folk         one model, without the other's figures
    python bench/quality.py --out /tmp/quality    somewhere else

Only what was measured in this run is written; what is between the two marks of the document is replaced as a whole.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from bridge.composer import Composer
from bridge.config import user_data_dir
from bridge.errors import MacNetError
from bridge.evaluation.cases import ANSWER_BARS, PRIMER_BARS, Case, cases_of, read_pieces, scores_of
from bridge.evaluation.continuations import (
    Continuations,
    Kind,
    counted,
    home_shift,
    measure_continuations,
)
from bridge.evaluation.counting import Counting, songs_to_count
from bridge.evaluation.likelihood import (
    BENCHMARKS,
    ByMatch,
    beats_by_match,
    benchmark_nats,
    counted_nats,
    frames_by_match,
    word_nats,
)
from bridge.evaluation.long import (
    Accompanied,
    Minute,
    generated_minutes,
    measure_accompaniments,
    real_minutes,
)
from bridge.evaluation.passage import Passage, passage_of
from bridge.evaluation.plots import draw_learning, draw_matches, draw_minutes, draw_rolls
from bridge.evaluation.questions import answer_of, answers_of
from bridge.evaluation.tables import GIVEAWAY_HEADS, giveaway_rows, kind_heads, kind_rows, markdown
from bridge.network import benchmark
from bridge.network.checkpoint import default_shelf, read_card
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bridge.network.benchmark import FrameNats
    from bridge.network.measuring import Figures

ROOT: Final = Path(__file__).parent.parent
CORPORA: Final = {"folk": "nottingham", "songs": "lieder"}
"""The songs that each bundled model is measured on: those that it was not trained on."""
PIECES: Final = 3
"""Pieces of 2,000 beats that each model generates."""
BEGIN: Final = "<!-- measured by bench/quality.py: what is below is replaced whenever it runs -->"
END: Final = "<!-- end of what bench/quality.py measured -->"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one model."""

    name: str
    version: str
    corpus: str
    songs: int
    words: Figures
    counted: Figures
    by_match: ByMatch
    found: Continuations
    accompanied: Accompanied
    pieces: Sequence[Sequence[Minute]]
    real: Sequence[Minute]
    log: Sequence[Mapping[str, Any]]
    roll: tuple[Passage, Mapping[str, Passage]]


@dataclass(frozen=True, slots=True)
class Rolled:
    """What was measured on the piano rolls, by the kind of network."""

    nats: Mapping[benchmark.Kind, FrameNats]
    by_match: Mapping[str, ByMatch]
    logs: Mapping[str, Sequence[Mapping[str, Any]]]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--models", nargs="*", choices=list(CORPORA), default=list(CORPORA))
    parser.add_argument("--without-pianoroll", action="store_true")
    parser.add_argument("--primers", type=int, default=320)
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        rolled = (
            None if options.without_pianoroll else measure_rolls(options.data / "pianoroll" / "valid.npz")
        )
        models = [measure_model(name, options.data, options.primers) for name in options.models]
    except MacNetError as error:
        sys.exit(f"nothing was written: {error}. {error.hint}")
    draw(models, rolled, options.out / "images")
    minutes = (time.monotonic() - began) / 60
    write(options.out / "QUALITY.md", "\n\n".join(sections(models, rolled, minutes)))


def tell(what: str) -> None:
    """Say what is being done, and when."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {what}", flush=True)


def measure_rolls(songs: Path) -> Rolled:
    """The field's benchmark."""
    tell("the piano-roll benchmark")
    nats = benchmark_nats(BENCHMARKS, songs)
    by_match = {f"{kind}": frames_by_match(one.nats, songs) for kind, one in nats.items()}
    return Rolled(
        nats, by_match, {f"piano rolls, {kind}": log_of(BENCHMARKS / f"pianoroll-{kind}") for kind in nats}
    )


def log_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of a model's `training.jsonl`."""
    return [json.loads(line) for line in (folder / "training.jsonl").read_text("utf-8").splitlines()]


def measure_model(name: str, data: Path, primers: int) -> Measured:
    """All figures of one model."""
    corpus = data / CORPORA[name]
    shelf = default_shelf(user_data_dir() / "none")
    folder = shelf.folder(name)
    composer = Composer(shelf)
    tell(f"{name}: reading {corpus.name}")
    pieces = read_pieces(corpus / "valid")
    scores, training = scores_of(pieces), read_pieces(corpus / "train")
    cases = cases_of(pieces, primers)
    tell(f"{name}: counting")
    counting = Counting(scores_of(songs_to_count(training)))
    tell(f"{name}: nats")
    words, counted_words = word_nats(folder, scores), counted_nats(counting, scores)
    by_match = beats_by_match(folder, scores)
    tell(f"{name}: {len(cases)} primers continued")
    answers = answers_of(composer, name, {})
    found = measure_continuations(cases, answers, training=training, counting=counting)
    tell(f"{name}: accompaniments")
    accompanied = measure_accompaniments(composer, name, cases)
    tell(f"{name}: {PIECES} pieces of 2,000 beats")
    generated = [generated_minutes(composer, name, rng_seed) for rng_seed in range(PIECES)]
    return Measured(
        name=name,
        version=read_card(folder).version,
        corpus=corpus.name,
        songs=len(pieces),
        words=words,
        counted=counted_words,
        by_match=by_match,
        found=found,
        accompanied=accompanied,
        pieces=generated,
        real=real_minutes(pieces),
        log=log_of(folder),
        roll=roll_of(cases[len(cases) // 2], composer, name, counting),
    )


def roll_of(
    case: Case, composer: Composer, name: str, counting: Counting
) -> tuple[Passage, Mapping[str, Passage]]:
    """A primer from the middle of the folder, with what follows it."""
    shift = home_shift(case)
    answers = answer_of(composer, name, {})(case, 1)
    shown = {"what really follows": case.real, f"{name}, first variation": answers[0], "second": answers[1]}
    passages = {
        title: passage_of(clips, meter=case.meter, bars=ANSWER_BARS, shift=shift)
        for title, clips in shown.items()
    }
    passages["counting model"] = counted(case, counting, shift, np.random.default_rng(1))
    return passage_of(case.primer, meter=case.meter, bars=PRIMER_BARS, shift=shift), passages


def draw(models: Sequence[Measured], rolled: Rolled | None, folder: Path) -> None:
    """Every plot."""
    curves = {model.name: model.log for model in models}
    draw_learning(curves | (dict(rolled.logs) if rolled else {}), folder / "learning.svg")
    if rolled:
        draw_matches(rolled.by_match, folder / "nats-by-match-frames.svg", unit="frame")
    for model in models:
        draw_matches({model.name: model.by_match}, folder / f"nats-by-match-{model.name}.svg", unit="beat")
        draw_rolls(*model.roll, folder / f"roll-{model.name}.svg")
    if models:
        pieces, real = {m.name: m.pieces for m in models}, {m.name: m.real for m in models}
        draw_minutes(pieces, real, folder / "minutes.svg")


def sections(models: Sequence[Measured], rolled: Rolled | None, minutes: float) -> list[str]:
    """What is written, section by section."""
    named = ", ".join(f"`{model.name}` {model.version}" for model in models) or "no model"
    command = command_of(models, rolled)
    written = [f"Measured on {datetime.now(UTC):%Y-%m-%d} by `{command}` in {minutes:.0f} minutes: {named}."]
    written.append(f"### What was aimed at\n\n{aims(models, rolled)}")
    written += map(section_of, models)
    if models:
        written.append(f"### 2,000 beats from nothing\n\n{endurance(models)}")
    written.append("### Learning\n\n![Nats against minutes of training](images/learning.svg)")
    if rolled:
        written.append(
            "### Nats by match\n\nHow well a frame is guessed, by how long the music has run along with an earlier "
            "passage.\n\n![Nats by the length of the match](images/nats-by-match-frames.svg)"
        )
    return written


def command_of(models: Sequence[Measured], rolled: Rolled | None) -> str:
    """The command that measures just this."""
    chosen = [] if len(models) == len(CORPORA) else ["--models", *(model.name for model in models)]
    return " ".join(["python bench/quality.py", *chosen, *([] if rolled else ["--without-pianoroll"])])


def aims(models: Sequence[Measured], rolled: Rolled | None) -> str:
    """The table of aims; a figure that was not measured in this run is not in it."""
    rows: list[tuple[str, ...]] = []
    if rolled:
        plain, memory = rolled.nats[benchmark.Kind.PLAIN], rolled.nats[benchmark.Kind.MEMORY]
        rows += [
            ("piano rolls, plain, nats a frame", "1.857", "1.75", f"{plain.mean:.3f}"),
            ("piano rolls, with memory, nats a frame", "0.911", "0.78", f"{memory.mean:.3f}"),
            ("the same, context new in the song", "1.92", "1.70", f"{memory.mean_of_new:.3f}"),
        ]
    for model in models:
        corpus = f"`{model.name}`, {model.corpus}"
        before, reach = ("1.85", "1.5") if model.corpus == "nottingham" else ("", "")
        rows.append((f"{corpus}: beat words, nats a quarter note", before, reach, f"{model.words.sum:.3f}"))
        told = model.found.told[Kind.MODEL]
        rows.append((f"{corpus}: answers told from real, %", "", "62", f"{100 * told.accuracy:.1f}"))
        copied = model.found.copied
        if copied:
            most = f"{copied[Kind.REAL].p95:.0f} (real songs)"
            rows.append(
                (
                    f"{corpus}: longest copied run, notes, 95th percentile",
                    "",
                    most,
                    f"{copied[Kind.MODEL].p95:.0f}",
                )
            )
    return markdown(("figure", "best known before", "to reach", "measured"), rows)


def section_of(model: Measured) -> str:
    """Everything about one model."""
    found = model.found
    nats = [
        (name, *(f"{voice:.3f}" for voice in figures.voices), f"{figures.sum:.3f}")
        for name, figures in ((f"`{model.name}`", model.words), ("counting model", model.counted))
    ]
    dropped = f" Left out, as they do not tell real music from shuffled bars: {', '.join(found.dropped)}."
    chords = model.accompanied
    parts = [
        f"### `{model.name}` on {model.songs} songs of {model.corpus}",
        markdown(("nats a quarter note", "melody", "accompaniment", "sum"), nats),
        f"![Nats by the length of the match](images/nats-by-match-{model.name}.svg)",
        f"{found.cases} primers of {PRIMER_BARS} bars from {found.songs} songs, {found.variations} answers of "
        f"{ANSWER_BARS} bars each, default options. The classifier is {found.classifier}; it is asked about songs "
        f"that it has not learned from, and a coin would be right 50 % of the time."
        f"{dropped if found.dropped else ''}",
        markdown(kind_heads(found), kind_rows(found)),
        "What gives the answers away most, each feature by itself:",
        markdown(GIVEAWAY_HEADS, giveaway_rows(found.giveaways[:8])),
        f"Accompaniments to the same real melodies: the melody plays a chord tone on {100 * chords.model:.1f} % of "
        f"the beats with those of `{model.name}`, {100 * chords.real:.1f} % with the real ones, "
        f"{100 * chords.others:.1f} % with those of other songs in the same key.",
        f"![A primer and its answers](images/roll-{model.name}.svg)",
    ]
    return "\n\n".join(parts)


def endurance(models: Sequence[Measured]) -> str:
    """How music that goes on for long begins and ends."""
    rows = []
    for model in models:
        for number, piece in enumerate(model.pieces, start=1):
            rows.append((f"`{model.name}`, piece {number}, minutes 2 to 5", *_means(piece[1:5])))
            rows.append((f"`{model.name}`, piece {number}, the last four minutes", *_means(piece[-4:])))
        rows.append((f"real songs of {model.corpus}, {len(model.real)} minutes", *_means(model.real)))
    heads = ("a minute is 120 quarter notes", "self-similarity", "pitch class entropy, bits", "in key, %")
    return f"{markdown(heads, rows)}\n\n![Minute by minute](images/minutes.svg)"


def _means(minutes: Sequence[Minute]) -> tuple[str, str, str]:
    alike, entropy, in_key = (
        float(np.mean([getattr(minute, name) for minute in minutes])) if minutes else float("nan")
        for name in ("self_similarity", "entropy", "in_key")
    )
    return f"{alike:.3f}", f"{entropy:.2f}", f"{100 * in_key:.1f}"


def write(path: Path, measured: str) -> None:
    """Put what was measured between the marks of the document, or begin one."""
    text = path.read_text("utf-8") if path.exists() else f"# How good it is\n\n{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        sys.exit(f"nothing was written: {path} has lost its marks {BEGIN} and {END}")
    write_whole(path, f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}".encode())
    tell(f"written to {path}")


if __name__ == "__main__":
    main()
