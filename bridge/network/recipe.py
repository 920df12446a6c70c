"""From a folder of songs to a model on disk: read, split by song, fit, measure, save."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import fmean
from typing import TYPE_CHECKING, Final

from bridge.beats.playlist import Score, score_of
from bridge.beats.vocabulary import SIZE, symbol_names
from bridge.config import NetworkConfig, TrainSettings
from bridge.errors import MacNetError, TooLittleMusic
from bridge.music.midifile import read_song
from bridge.music.note import Role
from bridge.music.roles import voices_of
from bridge.music.song import MIDI_SUFFIXES
from bridge.network.batch import prepare
from bridge.network.checkpoint import (
    Card,
    Vocabulary,
    check_name,
    describe,
    fingerprint,
    read_card,
    read_config,
    read_vocabulary,
)
from bridge.network.export import save_model
from bridge.network.features import METRE
from bridge.network.tensors import read_model_weights
from bridge.network.training import LOG, Figures, Fit, TrainProgress, Weights, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

HELD_OUT: Final = 0.08
"""The share of songs that are held out of training to choose the best state by."""

SHAPE: Final = NetworkConfig(2, SIZE, METRE, likeness_size=16, lags=256)
"""The network that is trained when nothing else is said."""

_STORED_WORDS: Final = 20_000
"""How many words of its songs are stored with a model, the most frequent; those heard once never are."""

_LEAST_SONGS: Final = 2
_LEAST_BEATS: Final = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """What a folder gave.

    Attributes:
        scores: the songs that can be learned from, in order of their names.
        left_out: the files that cannot, by path within the folder, each with its reason.
    """

    scores: tuple[Score, ...]
    left_out: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made.

    Attributes:
        settings: how it is trained.
        shape: of the network; its dictionary is made from the songs.
        card: what to say of it; data, terms and description of the user's own library when not given.
    """

    settings: TrainSettings = field(default_factory=TrainSettings)
    shape: NetworkConfig = SHAPE
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """A finished model.

    Attributes:
        folder: where it is.
        reading: what it was trained on.
        figures: nats a quarter note of each voice on the songs that were held out.
    """

    folder: Path
    reading: Reading
    figures: Figures


def train(  # noqa: PLR0913  a recipe names all its parts
    folder: Path,
    name: str,
    *,
    recipe: Recipe,
    models_dir: Path,
    resume: bool = False,
    on_progress: Callable[[TrainProgress], None] = lambda _: None,
    reading: Reading | None = None,
) -> Trained:
    """Train a model on a folder of MIDI files and put it on the shelf, whole or not at all.

    Args:
        folder: files in it and below it are read, never changed.
        name: what the model will be called; a model of that name is replaced once the new one is whole.
        recipe: how to train what, and what to say of it.
        models_dir: the shelf's folder.
        resume: go on with a run of that name that was broken off.
        on_progress: told after every iteration.
        reading: what the folder gave, where a library has read it; else its MIDI files are read here.

    Raises:
        BadArgument: the name cannot be one.
        TooLittleMusic: there are too few usable songs.
    """
    check_name(name)
    settings = recipe.settings
    reading = enough(reading, folder) if reading else read_folder(folder, exclude=settings.exclude)
    learned, held_out = split_by_song(reading.scores)
    config = replace(recipe.shape, dictionary=frequent_words(learned, settings.words))
    work = models_dir / ".training" / name
    fit = Fit(learned, held_out, config, settings, folder=work)
    figures = fit.run(on_progress, resume=resume)
    weights = fit.model.state_dict()
    version = f"{_today()}.{_digest(weights)}"
    described = replace(recipe.card or _own_card(folder, reading), name=name, version=version, date=_today())
    draft = models_dir / ".training" / f"{name}.whole"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    shutil.copyfile(work / LOG, draft / "training.jsonl")
    save_model(draft, weights, config, card=described, vocabulary=vocabulary_of(learned))
    write_figures(draft, _figures(fit, held_out, fitted=figures, folder=draft))
    placed = put_in_place(draft, models_dir / name)
    shutil.rmtree(work)
    return Trained(placed, reading, figures)


def read_folder(folder: Path, *, exclude: Sequence[str] = ()) -> Reading:
    """The scores of all MIDI files in a folder and below it.

    Raises:
        TooLittleMusic: fewer than two songs, or hardly any beats.
    """
    scores: list[Score] = []
    left_out: dict[str, str] = {}
    for path in _midi_files(folder, exclude):
        name = path.relative_to(folder).as_posix()
        try:
            scores.append(read_score(path, name))
        except MacNetError as error:
            left_out[name] = str(error)
    return enough(Reading(tuple(scores), left_out), folder)


def enough(reading: Reading, folder: Path) -> Reading:
    """The same reading, if there is enough in it to learn from.

    Raises:
        TooLittleMusic: fewer than two songs, or hardly any beats.
    """
    songs, beats = len(reading.scores), sum(map(len, reading.scores))
    if songs < _LEAST_SONGS or beats < _LEAST_BEATS:
        raise TooLittleMusic(
            f"{folder} gives {songs} usable songs of {beats} beats ({len(reading.left_out)} files left out)",
            hint=f"Training needs {_LEAST_SONGS} songs and {_LEAST_BEATS} beats or more; hundreds are better.",
        )
    return reading


def frequent_words(scores: Sequence[Score], most: int) -> tuple[tuple[str, ...], ...]:
    """For each voice its most frequent words, those that were heard once left out; nothing where `most` is 0."""
    if not most:
        return ()
    voices = range(len(scores[0].voices))
    counted = [Counter(w for s in scores if s.known[voice] for w in s.voices[voice]) for voice in voices]
    return tuple(
        tuple(str(word) for word, count in counts.most_common(most) if count > 1) for counts in counted
    )


def read_score(path: Path, name: str) -> Score:
    """The score of one MIDI file.

    Raises:
        MidiError: the file cannot be read.
        EmptyClip, DrumClip: it has nothing to learn from.
    """
    voices = voices_of(read_song(path))
    found = {Role.MELODY: voices.melody, Role.ACCOMPANIMENT: voices.accompaniment}
    return score_of({role: clip for role, clip in found.items() if clip is not None}, name=name)


def split_by_song(scores: Sequence[Score]) -> tuple[list[Score], list[Score]]:
    """Songs to learn from and songs held out: by a digest of their names, whatever order they come in."""
    ordered = sorted(scores, key=lambda score: hashlib.sha256(score.name.encode()).digest())
    held_out = max(1, round(HELD_OUT * len(ordered)))
    return ordered[held_out:], ordered[:held_out]


def _midi_files(folder: Path, exclude: Sequence[str]) -> Iterable[Path]:
    found = (path for path in folder.rglob("*") if path.suffix.lower() in MIDI_SUFFIXES and path.is_file())
    return sorted(path for path in found if not any(path.match(pattern) for pattern in exclude))


def vocabulary_of(scores: Sequence[Score]) -> Vocabulary:
    """The symbols; the words heard, in C major or A minor, the most frequent first; where each voice lies."""
    counted = Counter(word for score in scores for words in score.voices for word in words)
    words = {str(word): count for word, count in counted.most_common(_STORED_WORDS) if count > 1}
    voices = range(len(scores[0].voices))
    return Vocabulary(symbol_names(), words, tuple(_middle(scores, voice) for voice in voices))


def _middle(scores: Sequence[Score], voice: int) -> float:
    """The mean pitch of what a voice strikes; middle C where it strikes nothing."""
    struck = [
        n.pitch for score in scores for word in score.voices[voice] for n in word.notes if n.articulated
    ]
    return round(fmean(struck), 2) if struck else 60.0


def _own_card(folder: Path, reading: Reading) -> Card:
    return Card(
        name="",
        version="",
        description=f"trained on {folder.name}",
        data=f"{len(reading.scores)} songs of {folder.name}; {len(reading.left_out)} files left out",
        terms="those of the songs, which never left this machine",
        date="",
    )


def write_figures(folder: Path, figures: Mapping[str, float]) -> None:
    """Add figures to the card of a model."""
    card = read_card(folder)
    described = replace(card, figures={**card.figures, **figures})
    describe(folder, read_config(folder), described, read_vocabulary(folder))


def _figures(fit: Fit, held_out: Sequence[Score], *, fitted: Figures, folder: Path) -> dict[str, float]:
    """What the songs that chose the best state say of it, and what storing it in int8 costs."""
    fit.model.load_state_dict(read_model_weights(folder))
    stored = measure(fit.model, [prepare(score, fit.model.config) for score in held_out])
    return {
        "held-out songs: sum, nats a quarter note": round(stored.sum, 4),
        "lost by int8 weights, nats a quarter note": round(stored.sum - fitted.sum, 5),
    }


def _digest(weights: Weights) -> str:
    """Six letters that two different models of one day do not share."""
    digest = hashlib.sha256()
    for value in weights.values():
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:6]


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def put_in_place(draft: Path, target: Path) -> Path:
    """Move a whole model to its place; the one that was there goes only after the new one is complete."""
    stamped = draft.with_name(f"{target.name}.{fingerprint(draft)}.old")
    if target.exists():
        os.replace(target, stamped)  # noqa: PTH105  a folder moves
    os.replace(draft, target)  # noqa: PTH105  and so does this one
    shutil.rmtree(stamped, ignore_errors=True)
    return target
