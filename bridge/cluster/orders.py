"""What the members of a team are handed: settings, and the songs of each in a shard of its own."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bridge.cluster.shards import SCORES, score_rows, scores_in, write_rows
from bridge.network.tensors import read_tensors, write_tensors
from bridge.network.training import learns_from
from bridge.wholefile import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bridge.beats.playlist import Score
    from bridge.config import NetworkConfig, TrainSettings
    from bridge.network.measuring import Figures
    from bridge.network.training import Weights

_HELD_OUT: Final = "held-out.parquet"
_START: Final = "start.safetensors"
_TEAM: Final = "team.json"


@dataclass(frozen=True, slots=True)
class Beyond:
    """Songs that no machine holds in memory all at once.

    Attributes:
        shards: files of scores.
        songs: how many there are in them that nobody holds.
        edge: the greatest digest of those that are held already, which the shards have too; see `digest_of`.
    """

    shards: tuple[Path, ...] = ()
    songs: int = 0
    edge: bytes = b""

    def dealt(self, rank: int, size: int) -> tuple[Path, ...]:
        """The shards of one member."""
        return self.shards[rank::size]

    def songs_in(self, shard: Path) -> Iterator[Score]:
        """Those of a shard that nobody holds."""
        return (score for score in scores_in(shard) if digest_of(score.name) > self.edge)


NOTHING_BEYOND: Final = Beyond()


def digest_of(name: str) -> bytes:
    """What songs are ordered by when some are held out: the same for the same name."""
    return hashlib.sha256(name.encode()).digest()


@dataclass(frozen=True, slots=True)
class Orders:
    """What every member is told.

    Attributes:
        run: the run's folder, where it can be gone on with.
        size: members.
        config, settings, floor: as of a `Fit`.
        digest: what decides how the run goes, see `learns_from`.
        has_start: whether there are weights to start from.
        beyond: songs that are read anew in every pass.
        until: when to have done, in seconds since 1970; without end where no minutes were promised.
    """

    run: Path
    size: int
    config: NetworkConfig
    settings: TrainSettings
    floor: Figures | None
    digest: str
    has_start: bool
    beyond: Beyond = NOTHING_BEYOND
    until: float = math.inf

    @property
    def folder(self) -> Path:
        """Where the shards lie."""
        return self.run / "cluster"

    def learned(self, rank: int) -> list[Score]:
        """The songs that a member learns from and holds in memory."""
        return list(scores_in(self.folder / _shard_of(rank)))

    def held_out(self) -> list[Score]:
        """The songs that the best state is chosen by."""
        return list(scores_in(self.folder / _HELD_OUT))

    def start(self) -> Weights | None:
        """The weights to start from."""
        return read_tensors(self.folder / _START)[0] if self.has_start else None

    def lay_out(self, learned: Sequence[Score], held_out: Sequence[Score], start: Weights | None) -> None:
        """Write what the members read: songs are dealt like cards, so that each has as many as any other."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for rank in range(self.size):
            write_rows(self.folder / _shard_of(rank), score_rows(learned[rank :: self.size]), SCORES)
        write_rows(self.folder / _HELD_OUT, score_rows(held_out), SCORES)
        if start is not None:
            write_tensors(self.folder / _START, start)
        write_whole(self.folder / _TEAM, json.dumps({"size": self.size}).encode())

    def clear(self) -> None:
        """Leave only what a run that goes on must know."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _TEAM:
                path.unlink(missing_ok=True)


def _shard_of(rank: int) -> str:
    return f"member-{rank:04d}.parquet"


def size_of_team_in(run: Path) -> int:
    """How many members a run had that was broken off; 0 where none was."""
    try:
        return int(json.loads((run / "cluster" / _TEAM).read_bytes())["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def digest_of_run(
    songs: Sequence[Score],
    plan: tuple[NetworkConfig, TrainSettings, Weights | None],
    size: int,
    beyond: Beyond,
) -> str:
    """What decides how a run goes; for one member the same as without a cluster."""
    config, settings, start = plan
    alone = learns_from(songs, config, settings, start or {})
    if size == 1 and not beyond.songs:
        return alone
    return hashlib.sha256(f"{alone} {size} {beyond.songs} {beyond.edge.hex()}".encode()).hexdigest()
