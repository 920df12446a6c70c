"""A model on disk: one folder that holds everything a model needs, and the shelf that finds models by name.

    weights.safetensors     every weight, see `network.weights`
    *.onnx                  the graphs that the server steps, large ones in fp32 and in int8; they name their weights
    graphs.json             which weights each graph names
    config.json             the network's shape, this format's version, and the digest of every other file
    vocabulary.json         the symbols that words are spelled in, and the dictionary: every word heard in training
    discriminator.json      what gives its answers away, see `network.discriminator`; not every model has it
    training.jsonl          the figures of every epoch
    card.json               what it is: data and its terms, figures, date, version

Nothing is unpickled; what is damaged, truncated or of another version is named by one error.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bridge.beats.vocabulary import symbol_names
from bridge.config import NetworkConfig
from bridge.errors import BadArgument, ModelDamaged, ModelIncompatible, ModelMissing
from bridge.wholefile import write_whole

FORMAT: Final = 1
GRAPHS: Final = "graphs.json"
INT8: Final = ".int8"
"""Stands before `.onnx` in the name of a graph that has its large products in int8."""
NUMBERS, SCALES = ":bytes", ":scale"
"""What such a graph asks for instead of a weight; see `network.weights.in_columns`."""
WEIGHTS: Final = "weights.safetensors"
CONFIG: Final = "config.json"
VOCABULARY: Final = "vocabulary.json"
CARD: Final = "card.json"
OWN: Final = "models"
"""The folder of the producer's own models, in the data folder."""

_NAME = re.compile(r"[\w][\w .+-]{0,63}")
_BUNDLED = Path(__file__).parent.parent / "models"


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is, for people.

    Attributes:
        name: as it is called on the shelf.
        version: changes whenever the weights do.
        description: one line.
        data: what it was trained on.
        terms: the terms of that data and of the weights.
        date: ISO date of training.
        figures: measured on data that nothing was fitted to, by name; the unit is in the name.
        notes: what else should be known.
        beats: felt beats of each voice that it learned from, its base's included, by role; empty where nobody
            counted: it knows all voices.
    """

    name: str
    version: str
    description: str
    data: str
    terms: str
    date: str
    figures: Mapping[str, float] = field(default_factory=dict)
    notes: str = ""
    beats: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a model has heard.

    Attributes:
        symbols: the name of each symbol, by id.
        words: how often the most frequent beat words were heard in training, in C major or A minor.
        registers: for each voice the middle of its pitches, in C major or A minor; empty when not known.
    """

    symbols: tuple[str, ...]
    words: Mapping[str, int]
    registers: tuple[float, ...] = ()


def check_name(name: str) -> str:
    """The name, if it can be a model's: letters, digits, spaces, dots, dashes; no path.

    Raises:
        BadArgument: it cannot.
    """
    if _NAME.fullmatch(name) is None or name.endswith((".", " ")):
        raise BadArgument(
            f"{name!r} cannot be a model's name", hint="Use up to 64 letters, digits, spaces, dots or dashes."
        )
    return name


class Shelf:
    """Models by name, in some folders; where two share a name, the first folder's is meant.

    Args:
        folders: each holds one folder a model; those that do not exist are empty.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)

    def names(self) -> tuple[str, ...]:
        """The names of all models, in order."""
        found = {path.parent.name for folder in self._folders for path in folder.glob(f"*/{CONFIG}")}
        return tuple(sorted(found))

    def folder(self, name: str) -> Path:
        """The folder of a model.

        Raises:
            ModelMissing: there is none of that name.
        """
        for folder in self._folders:
            # The name is compared, never joined: no path comes from outside.
            for path in folder.glob(f"*/{CONFIG}"):
                if path.parent.name == name:
                    return path.parent
        raise ModelMissing(
            f"there is no model {name!r}",
            hint=f"Models here: {', '.join(self.names()) or 'none'}. See `macnet models`.",
        )

    def card(self, name: str) -> Card:
        """What a model is.

        Raises:
            ModelMissing, ModelDamaged: there is none, or its card cannot be read.
        """
        return read_card(self.folder(name))


def bundled_shelf() -> Shelf:
    """The models that come with the bridge."""
    return Shelf((_BUNDLED,))


def own_shelf(data_dir: Path) -> Shelf:
    """The producer's own models."""
    return Shelf((data_dir / OWN,))


def default_shelf(data_dir: Path) -> Shelf:
    """The producer's own models, then the bundled ones."""
    return Shelf((data_dir / OWN, _BUNDLED))


def read_card(folder: Path) -> Card:
    """A model's card, under the name of its folder.

    Raises:
        ModelDamaged: it cannot be read.
    """
    content = _read_json(folder / CARD)
    try:
        return Card(**{**content, "name": folder.name})
    except TypeError as error:
        raise _damaged(folder, f"{CARD} is not a card ({error})") from error


def read_config(folder: Path) -> NetworkConfig:
    """The shape of a model's network, once every file has been found to be what was saved.

    Raises:
        ModelDamaged: a file is missing or changed.
        ModelIncompatible: it is of another format or spells in other symbols.
    """
    content = _read_json(folder / CONFIG)
    if content.get("format") != FORMAT:
        raise ModelIncompatible(
            f"model {folder.name!r} is of format {content.get('format')}, this bridge reads {FORMAT}",
            hint="Update the bridge, or train the model again.",
        )
    for name, digest in content.get("digests", {}).items():
        if _digest(folder / name) != digest:
            raise _damaged(folder, f"{name} is not the file that was saved")
    if read_vocabulary(folder).symbols != symbol_names():
        raise ModelIncompatible(
            f"model {folder.name!r} spells in other symbols than this bridge", hint="Train the model again."
        )
    try:
        shape = content["network"]
        tuples = {name: tuple(shape.get(name, ())) for name in ("metre", "lookbacks")}
        tuples["dictionary"] = tuple(tuple(words) for words in shape.get("dictionary", ()))
        return NetworkConfig(**{**shape, **tuples})
    except (TypeError, KeyError) as error:
        raise _damaged(folder, f"{CONFIG} describes no network ({error})") from error


def read_vocabulary(folder: Path) -> Vocabulary:
    """A model's symbols and dictionary.

    Raises:
        ModelDamaged: they cannot be read.
    """
    content = _read_json(folder / VOCABULARY)
    try:
        return Vocabulary(
            tuple(content["symbols"]), dict(content["words"]), tuple(content.get("registers", ()))
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, f"{VOCABULARY} is not a vocabulary") from error


def read_graphs(folder: Path) -> dict[str, list[str]]:
    """The weights that each graph names, by the graph's file.

    Raises:
        ModelDamaged: they cannot be read.
    """
    return _read_json(folder / GRAPHS)


def fingerprint(folder: Path) -> str:
    """A short digest of everything that decides a model's notes.

    Raises:
        ModelDamaged: the model's configuration cannot be read.
    """
    digests = _read_json(folder / CONFIG).get("digests", {})
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:12]


def describe(folder: Path, config: NetworkConfig, card: Card, vocabulary: Vocabulary) -> None:
    """Write all but weights and graphs, which must be in the folder already; `config.json` comes last."""
    _write_json(folder / VOCABULARY, asdict(vocabulary))
    _write_json(folder / CARD, asdict(card))
    files = sorted(
        p.name for p in folder.iterdir() if p.name not in (CONFIG, CARD) and not p.name.startswith(".")
    )
    digests = {name: _digest(folder / name) for name in files}
    _write_json(folder / CONFIG, {"format": FORMAT, "network": asdict(config), "digests": digests})


def _damaged(folder: Path, what: str) -> ModelDamaged:
    return ModelDamaged(
        f"model {folder.name!r} is damaged: {what}",
        hint="Install or train it again; other models still work.",
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(path.parent, f"{path.name} cannot be read ({error.strerror})") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path.parent, f"{path.name} cannot be read") from error
    if not isinstance(content, dict):
        raise _damaged(path.parent, f"{path.name} is not what was saved")
    return content


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    write_whole(path, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
