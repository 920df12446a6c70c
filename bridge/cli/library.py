"""`macnet library`: what a folder of music comes to, before a model is trained on it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.parameters import AsJson, DataDir, data_folder
from bridge.cli.printing import progress_bar, remark, show, show_facts, show_json, show_table
from bridge.errors import LibraryUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge.cluster.joining import Cluster
    from bridge.library.cache import Cache
    from bridge.library.reading import FileReading, Task
    from bridge.library.report import Report

RolesFile = Annotated[
    Path | None,
    typer.Option(
        "--roles",
        metavar="ROLES.txt",
        help="Corrections of what tracks play, one a line: Songs/Hey.mid : 2 = melody.",
        show_default="macnet-roles.txt in the folder, if it is there",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        min=0,
        max=4096,
        help="Processes that work at once, on all machines together; 0: as many as are good.",
    ),
]
ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS|local",
        help="Do it on a Ray cluster, such as 10.0.0.5:6379; local: one of this machine alone.",
    ),
]


@dataclass(frozen=True, slots=True)
class Library:
    """A library that was looked through.

    Attributes:
        cache: what is known of it.
        report: what it comes to.
        manifest, page: where the report lies.
    """

    cache: Cache
    report: Report
    manifest: Path
    page: Path


def library(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Your music, also in folders within.")],
    *,
    roles: RolesFile = None,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", metavar="OUT.jsonl", help="Where to name every file.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="OUT.html", help="Where to draw the report.")
    ] = None,
    workers: Workers = 0,
    cluster: ClusterAddress = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Tell what of a folder of music can be used, and why the rest cannot. The folder is only read."""
    where = data_folder(data_dir)
    try:
        with (
            cluster_at(cluster, folder, where, workers) as joined,
            open_library(
                folder, where, roles=roles, workers=workers, manifest=manifest, page=page, cluster=joined
            ) as read,
        ):
            _tell(read, as_json=as_json)
    except KeyboardInterrupt:
        remark("broken off; what was read is remembered, and the next look goes on from there")
        raise


def _tell(read: Library, *, as_json: bool) -> None:
    if as_json:
        show_json({**read.report.to_json(), "manifest": str(read.manifest), "page": str(read.page)})
        return
    tell_report(read.report)
    show("")
    show(f"every file by name: {read.manifest}")
    show(f"as a page to look at: {read.page}")


@contextmanager
def cluster_at(address: str | None, folder: Path, data_dir: Path, workers: int) -> Iterator[Cluster | None]:
    """The cluster that was asked for, while the context lasts; None without an address.

    Raises:
        LibraryMissing: there is no such folder.
        ClusterError: there is no such cluster, or it cannot do what is asked.
    """
    if address is None:
        yield None
        return
    from bridge.cluster.joining import joined
    from bridge.library.finding import check_folder

    check_folder(folder)
    remark(f"joining the cluster: {address}")
    with joined(address, workers=workers, music=folder, data_dir=data_dir) as cluster:
        yield cluster


@contextmanager
def open_library(
    folder: Path,
    data_dir: Path,
    *,
    roles: Path | None = None,
    workers: int = 0,
    manifest: Path | None = None,
    page: Path | None = None,
    cluster: Cluster | None = None,
) -> Iterator[Library]:
    """Look through a library and write its report; the library is at hand while the context lasts.

    Raises:
        LibraryMissing: there is no such folder.
        OverridesMalformed: the file of roles cannot be understood.
        CacheUnavailable, LibraryUnwritable: the data folder, or where the report goes, cannot be written.
    """
    from bridge.library.cache import cache_path
    from bridge.library.looking import look_through, overrides_of

    overrides = overrides_of(folder, roles)
    place = cache_path(folder, data_dir)
    with (
        progress_bar(f"reading {folder}") as on_progress,
        look_through(
            folder,
            data_dir,
            overrides=overrides,
            workers=workers,
            on_progress=lambda done, of: on_progress(done / of),
            read=None if cluster is None else _reader(cluster, place),
        ) as cache,
    ):
        paths = (manifest or place / "manifest.jsonl", page or place / "report.html")
        yield Library(cache, _write(cache, folder, *paths), *paths)


def _reader(cluster: Cluster, place: Path) -> Callable[[Iterator[Task]], Iterator[tuple[Task, FileReading]]]:
    from functools import partial

    from bridge.cluster.reading import Desk, read_on

    return partial(read_on, Desk(cluster, place / "shards"))


def _write(cache: Cache, folder: Path, manifest: Path, page: Path) -> Report:
    from bridge.library.manifest import write_manifest
    from bridge.library.page import draw_page
    from bridge.library.verdicts import verdicts
    from bridge.wholefile import write_whole

    when = datetime.now(UTC).astimezone().date().isoformat()
    try:
        report = write_manifest(manifest, verdicts(cache))
        name = folder.resolve().name
        drawn = draw_page(report, folder=name, manifest=str(manifest), when=when)
        write_whole(page, drawn.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise LibraryUnwritable(
            f"the report cannot be written: {error}",
            hint="Name another place: --manifest, --page or --data-dir.",
        ) from error
    return report


def tell_report(report: Report) -> None:
    """Print what a library comes to."""
    from bridge.library.report import advice
    from bridge.library.verdicts import LEFT_OUT

    show_facts(_facts(report))
    counts = report.left_out + report.folders
    if counts:
        show("")
        rows = [(f"{count:,}", LEFT_OUT.get(code, ""), code) for code, count in counts.most_common()]
        show_table(("left out", "why", "code"), rows, numbers=("left out",))
    show("")
    for sentence in advice(report) or ["Nothing is missing for a good model."]:
        show(sentence)


def _facts(report: Report) -> list[tuple[str, str]]:
    from bridge.library.report import LENGTHS

    lengths = ", ".join(f"{report.lengths[name]:,} of {name}" for _, name in LENGTHS if report.lengths[name])
    return [
        ("files", f"{report.files:,}, {report.used:,} used"),
        ("songs", f"{report.songs:,}"),
        ("beats", f"{report.beats:,.0f} quarter notes"),
        ("keys", _most(report.keys.most_common(), 6)),
        ("meters", _most(report.meters.most_common(), 6)),
        ("bars", lengths),
        ("voices", _most([(k.replace(" ", " and "), n) for k, n in report.voices.most_common()], 3)),
        ("tracks", _most(report.parts.most_common(), 4)),
    ]


def _most(counts: list[tuple[str, int]], most: int) -> str:
    named = ", ".join(f"{count:,} {name}" for name, count in counts[:most])
    rest = sum(count for _, count in counts[most:])
    return f"{named}, {rest:,} others" if rest else named
