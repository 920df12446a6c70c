"""Every setting and limit, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
"""The bridge is local: it binds to and talks to this address alone."""

PORT = 9471
PROTOCOL = 1
DEFAULT_MODEL = "folk"


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
