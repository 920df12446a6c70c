"""Ray Data over shards: each goes to a worker, which writes another; they are taken up as they are done.

Ray Data moves the shards' names alone, so that the memory of its store, and of this process, does not grow with the
library. A worker that dies is replaced, and its shard is worked on again from the start: the new answer takes the
place of whatever there was.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cluster.joining import ray_errors
from bridge.errors import ClusterLost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from bridge.cluster.joining import Cluster


def over(
    shards: Sequence[Path], work: Callable[[Path, Path], None], *, cluster: Cluster, answer: str
) -> Iterator[Path]:
    """Work on shards on all machines; yield the answers' paths, in whatever order they are done.

    Args:
        shards: Parquet files, which every machine sees.
        work: reads the first path and writes the second; a function of a module, which the workers import.
        cluster: where.
        answer: what is put before the name of a shard to name its answer.

    Raises:
        ClusterLost: the cluster went away, or a worker could not read or write a shard.
    """
    import ray.data  # noqa: PLC0415  it may not be there

    _be_quiet(ray.data.DataContext.get_current())
    items = [{"shard": str(path), "answer": str(path.with_name(f"{answer}-{path.name}"))} for path in shards]
    with ray_errors():
        data = ray.data.from_items(items, override_num_blocks=len(items)).map(
            partial(_work_on, work=work),
            num_cpus=1,
            compute=ray.data.TaskPoolStrategy(size=min(cluster.readers, len(items))),
        )
        for row in data.iter_rows():
            if row["fault"]:
                raise _unworked(row)
            yield Path(row["answer"])


def _work_on(row: dict[str, Any], *, work: Callable[[Path, Path], None]) -> dict[str, Any]:
    """What a worker does; what the system refuses comes back in its own words, without Ray's around them."""
    try:
        work(Path(row["shard"]), Path(row["answer"]))
    except OSError as error:
        return {**row, "fault": error.strerror or str(error)}
    return {**row, "fault": ""}


def _unworked(row: dict[str, Any]) -> ClusterLost:
    return ClusterLost(
        f"a worker could not do its part: {row['fault']} ({row['answer']})",
        hint="Every machine must be able to write the data folder, with room left; then the same command goes on.",
    )


def _be_quiet(context: Any) -> None:  # noqa: ANN401  Ray's
    """No bars and no lines beside ours."""
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.enable_auto_log_stats = False
