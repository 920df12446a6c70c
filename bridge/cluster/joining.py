"""Joining a Ray cluster: one on this machine alone, or one that other machines belong to.

Ray is started and asked here. What its processes say to each other is Ray's matter: they trust one another, so that a
cluster belongs into a network that is trusted. One that is started here listens on 127.0.0.1 alone, with a token that
nobody else has, and is gone afterwards with all its files. Nothing is reported to anybody.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
import shutil
import socket
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bridge import __version__
from bridge.errors import (
    ClusterLost,
    ClusterMismatch,
    ClusterTooSmall,
    ClusterUnavailable,
    ClusterUnreachable,
    FolderNotShared,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LOCAL: Final = "local"
"""The address of a cluster of this machine's cores alone."""

_PATIENCE_S: Final = 5.0
"""How long an address may take to answer."""
_LOOK_S: Final = 120.0
"""How long a machine may take to start a process that looks around."""
_LONGEST_REASON: Final = 240
"""Letters of what Ray says."""
_NAMED: Final = re.compile(r"[\w.]*(Error|Exception): ")
"""How the line of a trace begins that names the error."""
_STORE_BYTES: Final = 256 * 2**20
"""Memory for what is handed from process to process on this machine: paths and progress, never songs."""

_QUIET: Final = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_TRAIN_V2_ENABLED": "1",
    "RAY_TRAIN_METRICS_ENABLED": "0",
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "600",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS": "0",
}
"""No telemetry, no bars beside ours, and patience with machines that have much to do."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster that was joined.

    Attributes:
        address: `local`, or where it answers.
        processors: its CPU cores, as Ray counts them.
        gpus: those of NVIDIA's that it has.
        asked: workers that were asked for; 0: as many as are good.
    """

    address: str
    processors: int
    gpus: int = 0
    asked: int = 0

    @property
    def readers(self) -> int:
        """How many workers read files at once."""
        return self.asked or self.processors


@contextmanager
def joined(address: str, *, workers: int = 0, music: Path, data_dir: Path) -> Iterator[Cluster]:
    """Belong to a cluster while the context lasts.

    Args:
        address: `local`, or HOST:PORT of a cluster that this machine is part of (`ray start --address=HOST:PORT`).
        workers: how many shall work at once; 0: as many as are good.
        music: the library, which every machine must see under the same path; it is only read.
        data_dir: where shards and runs are kept, which every machine must be able to write.

    Raises:
        ClusterUnavailable: Ray is not installed.
        ClusterUnreachable: nothing answers there.
        ClusterTooSmall: it has not so many processors.
        ClusterMismatch, FolderNotShared: a machine of it cannot take part.
    """
    os.environ.update(_QUIET)
    is_local = address == LOCAL
    if not is_local:
        _knock(address)
    scratch = Path(tempfile.mkdtemp(prefix="macnet-", dir=_short_folder())) if is_local else None
    try:
        with _environment(_alone() if is_local else {}):
            ray = _ray(is_local=is_local)
            _start(ray, address, workers, scratch)
        try:
            cluster = _counted(ray, address, workers)
            if not is_local:
                with _marked(data_dir):
                    _check_machines(ray, [music.resolve(), data_dir.resolve()])
            yield cluster
        finally:
            ray.shutdown()
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def _knock(address: str) -> None:
    """Find out within seconds whether anything answers; Ray itself would try for a minute."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_S):
            return
    except (OSError, ValueError, OverflowError) as error:
        raise _unreachable(address, str(error)) from error


def _unreachable(address: str, why: str) -> ClusterUnreachable:
    if address == LOCAL:
        return ClusterUnreachable(
            f"a cluster could not be started on this machine ({why})",
            hint="Close programs that keep it busy and try again; without --cluster all cores work too.",
        )
    return ClusterUnreachable(
        f"no cluster answers at {address!r} ({why})",
        hint=f"Name HOST:PORT as `ray start --head` printed it, on a machine that has joined it; or {LOCAL!r}.",
    )


def _short_folder() -> str | None:
    """A folder with a short path: Ray puts sockets into it, whose paths may have about 100 letters."""
    return "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108  a folder of our own is made in it


def _alone() -> dict[str, str]:
    """What makes Ray listen on 127.0.0.1 alone, and let in nobody without the token."""
    return {
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": _TOKEN,
    }


_TOKEN: Final = secrets.token_hex(32)
"""One for the process: Ray remembers the first that it met."""


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Within it, environment variables have these values; Ray reads them at its import and hands them on."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _ray(*, is_local: bool) -> Any:  # noqa: ANN401  a module
    if is_local and sys.modules.get("ray") is not None and not _loaded_alone:
        raise ClusterUnreachable(
            "Ray was loaded before, and a cluster of its would listen to other machines too",
            hint="Join the local cluster in a Python process that has not imported ray.",
        )
    try:
        import pyarrow  # noqa: F401, PLC0415  as below
        import ray  # noqa: PLC0415  it may not be there, and takes a second
        import ray.data  # noqa: PLC0415  with it
    except ModuleNotFoundError as error:
        raise ClusterUnavailable(
            f"a cluster needs {error.name}, which is not installed",
            hint="pip install 'macnet-bridge[cluster]' (and [train] to train), on every machine.",
        ) from error
    if is_local:
        _loaded_alone.append(True)
    return ray


_loaded_alone: Final[list[bool]] = []
"""Not empty once Ray was loaded so that it listens on 127.0.0.1 alone; it decides at its import, for good."""


def _start(ray: Any, address: str, workers: int, scratch: Path | None) -> None:  # noqa: ANN401  a module
    how: dict[str, Any] = {"address": address}
    if scratch is not None:
        how |= {"num_cpus": workers or _cores(), "object_store_memory": _STORE_BYTES}
        how |= {"include_dashboard": False, "_temp_dir": str(scratch)}
    try:
        ray.init(**how, log_to_driver=False, logging_level=logging.CRITICAL, configure_logging=True)
    except Exception as error:  # Ray has no kind of its own for what goes wrong at a start
        raise _unreachable(address, _why(error)) from error
    for name in ("ray", "ray.data", "ray.train", "ray.tune"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _why(error: BaseException) -> str:
    """What matters of an error: Ray puts traces of several machines before it, and advice behind it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if _NAMED.match(line)]
    return (named or lines or [type(error).__name__])[-1][:_LONGEST_REASON]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _counted(ray: Any, address: str, workers: int) -> Cluster:  # noqa: ANN401  a module
    """The cluster, if it has as many processors as are asked for."""
    has = ray.cluster_resources()
    cluster = Cluster(address, int(has.get("CPU", 0)), int(has.get("GPU", 0)), workers)
    if max(workers, 1) > cluster.processors:
        raise ClusterTooSmall(
            f"the cluster at {address} has {cluster.processors} processors, fewer than {max(workers, 1)} workers",
            hint="Name fewer --workers, or let more machines join: ray start --address=HOST:PORT.",
        )
    return cluster


def _check_machines(ray: Any, shared: Sequence[Path]) -> None:  # noqa: ANN401  a module
    """Every machine has this version, and sees the same names in the folders as this one."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415  not without Ray

    look = ray.remote(num_cpus=0, max_retries=2)(look_around)
    asked = {
        node["NodeManagerAddress"]: look.options(
            scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
        ).remote([str(path) for path in shared])
        for node in ray.nodes()
        if node["Alive"]
    }
    here = look_around([str(path) for path in shared])
    for machine, answer in asked.items():
        try:
            there = ray.get(answer, timeout=_LOOK_S)
        except ray.exceptions.RayError as error:
            raise ClusterMismatch(
                f"the machine {machine} cannot take part: {_why(error)}",
                hint=f"Install macnet-bridge {__version__} with [cluster,train] there, for the Python that Ray uses.",
            ) from error
        compare(machine, here, there)


def look_around(folders: Sequence[str]) -> dict[str, str]:
    """What a machine sees: its version of the bridge, and a digest of the names in each folder; empty without one."""
    return {"": __version__, **{folder: _names_in(Path(folder)) for folder in folders}}


def _names_in(folder: Path) -> str:
    try:
        names = sorted(os.fsencode(name) for name in os.listdir(folder))  # noqa: PTH208  names alone
    except OSError:
        return ""
    return hashlib.blake2b(b"/".join(names), digest_size=16).hexdigest()


@contextmanager
def _marked(folder: Path) -> Iterator[None]:
    """Within it, a folder holds a file that no other folder has, so that one that looks the same is the same."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / f".cluster-{secrets.token_hex(8)}"
    mark.touch()
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def compare(machine: str, here: Mapping[str, str], there: Mapping[str, str]) -> None:
    """See that a machine sees what this one does, as `look_around` tells of both.

    Raises:
        ClusterMismatch: it has another version of the bridge.
        FolderNotShared: it has no such folder, or another one.
    """
    if there[""] != here[""]:
        raise ClusterMismatch(
            f"the machine {machine} has macnet-bridge {there['']}, this one {here['']}",
            hint="Install the same version on every machine.",
        )
    for folder, identity in here.items():
        if there[folder] != identity:
            raise FolderNotShared(
                f"the machine {machine} does not see the same {folder} as this one",
                hint="Every machine must see the music and the data folder (--data-dir) under the same path.",
            )


@contextmanager
def ray_errors() -> Iterator[None]:
    """Within it, what Ray says of a cluster that is gone is one clear error.

    Raises:
        ClusterLost: the cluster went away, or lost its workers too often.
    """
    import ray  # noqa: PLC0415  it may not be there

    try:
        yield
    except ray.exceptions.RayError as error:
        raise ClusterLost(
            f"the cluster could not end its work: {_why(error)}",
            hint="Look whether its machines run (ray status); the same command goes on with what is kept.",
        ) from error
