"""Every setting and limit, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
"""The bridge is local: it binds to and talks to this address alone."""

PORT = 9471
PROTOCOL = 1
DEFAULT_MODEL = "songs"


def user_data_dir() -> Path:
    """The folder in which the product keeps takes, trained models and the packet folder."""
    from platformdirs import user_data_path  # noqa: PLC0415  a start that names its folder never needs it

    return user_data_path("macnet-bridge", appauthor=False)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request; each has an error that names it.

    Attributes:
        notes: notes in one clip.
        clip_beats: length of one clip in quarter notes.
        answer_beats: length of one answer in quarter notes.
        variations: answers to one request.
        queue: requests that may wait at once.
    """

    notes: int = 8_192
    clip_beats: int = 4_096
    answer_beats: int = 8_192
    variations: int = 16
    queue: int = 64


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """What `macnet serve` runs with.

    Attributes:
        port: UDP port on 127.0.0.1; 0 lets the system choose.
        model: the model that a client uses until it asks for another.
        data_dir: where takes, trained models and the packet folder live.
    """

    port: int = PORT
    model: str = DEFAULT_MODEL
    data_dir: Path = field(default_factory=user_data_dir)


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """The shape of a network; saved with its weights.

    Attributes:
        voices: how many voices are composed in step: 2 in MAC-Net.
        symbols: the size of the alphabet that words are spelled in.
        metre: for each metre column of `network.features`, how many values it has.
        memory: whether the network may point at earlier beats of the song.
        word_size: units of a beat word's embedding.
        core_size: units of the GRU over beats.
        key_size: units of the pointer's queries and keys.
        symbol_size: units of a symbol's embedding.
        speller_size: units of the GRU that spells a word.
        dropout: share of units left out in training.
        likeness_size: units that weigh how alike two passages have been of late, forgiving what differs; 0: none.
        lags: for how many beats back the pointer knows each one by itself; 0: it only counts bars.
        lookbacks: how many beats ago the beats stood whose words are given to the core again, beside those of
            `network.features`, which count in bars: for music whose bars are not known.
        dictionary: for each voice the words that it may choose whole; every other word is spelled.
        chooser_size: units that a word of the dictionary is told by.
        groove_size: units of a rhythm's embedding, for a second pointer: at earlier beats whose rhythm, whatever
            their pitches, may come back; 0: none.
    """

    voices: int
    symbols: int
    metre: tuple[int, ...]
    memory: bool = True
    word_size: int = 128
    core_size: int = 384
    key_size: int = 64
    symbol_size: int = 96
    speller_size: int = 192
    dropout: float = 0.45
    likeness_size: int = 0
    lags: int = 0
    lookbacks: tuple[int, ...] = ()
    dictionary: tuple[tuple[str, ...], ...] = ()
    chooser_size: int = 256
    groove_size: int = 0


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """How a network is trained.

    Attributes:
        epochs: passes over the playlist at most.
        minutes: wall-clock time at most; 0 for no bound.
        patience: measurements without a better figure before training stops by itself.
        batch_beats: felt beats in one iteration.
        longest: felt beats of one song that are learned in one piece; longer songs are cut.
        learning_rate: of AdamW, at its highest; it rises for `warmup` iterations and falls along a cosine.
        weight_decay: of AdamW.
        clip_norm: gradients are scaled down to this norm.
        rng_seed: makes a run repeatable, on one thread.
        threads: of torch; 0 leaves torch's own choice. One is enough: the products are small, so that two can be 1.2
            times as fast at most, and many times slower where a DAW wants the other core (`bench/threads.py`).
        save_every_s: seconds between saves of what is needed to resume.
        exclude: patterns of file names that are left out of the songs.
        transpose: share of the songs that are heard in another key each time, falling to none at the end.
        transpose_by: semitones that they are moved by at most, up or down.
        late: share of the pieces that begin at a later bar, in the key of what is heard first there: as a clip does
            that is cut out of a song.
        practice: share of the words of the dictionary that are spelled for practice beside being chosen.
        words: words of each voice that may be chosen whole at most, the most frequent; 0: all is spelled.
        mixed_precision: products in bfloat16; None: where that is faster here.
        check_every: iterations after which the held-out songs are measured, where a pass is longer than that.
        anchor: as `weight_decay`, but towards the weights that the run started from, instead of to nothing
            (L2-SP, Li et al. 2018): what the songs say nothing of stays as it was.
        folds: of the cross-validation by which the best state is chosen; 0: a part of the songs is held out instead.
            None: as many as the songs, if they are few, and the minutes ask for.
        feeders: processes that put iterations together ahead of the one that learns; None: some for a GPU, which
            would wait for them, and none for the processor, which they would take time from.
    """

    epochs: int = 60
    minutes: float = 0.0
    patience: int = 10
    batch_beats: int = 2_048
    longest: int = 512
    learning_rate: float = 2e-3
    weight_decay: float = 3e-2
    warmup: int = 100
    clip_norm: float = 1.0
    rng_seed: int = 1
    threads: int = 1
    save_every_s: float = 45.0
    exclude: tuple[str, ...] = ()
    transpose: float = 0.3
    transpose_by: int = 5
    late: float = 0.5
    practice: float = 0.1
    words: int = 2_048
    mixed_precision: bool | None = None
    check_every: int = 400
    anchor: float = 0.0
    folds: int | None = None
    feeders: int | None = None
