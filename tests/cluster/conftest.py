"""A real Ray cluster of two nodes, of one processor each, on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# Ray reads it at its import: the nodes listen on 127.0.0.1 alone.
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

from bridge.cluster.joining import Cluster, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ray.cluster_utils import Cluster as Nodes

PATIENCE_S = 900
"""Ray starts dozens of processes: on a machine with much to do that takes minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(PATIENCE_S))


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where two nodes answer: two raylets with their own stores and workers, as two machines have."""
    from ray.cluster_utils import Cluster as Nodes  # noqa: PLC0415  it may not be there

    nodes = Nodes()
    for node in ({"include_dashboard": False}, {}):
        add_node(nodes, **node)
    nodes.wait_for_nodes(timeout=300)
    yield nodes.address
    nodes.shutdown()


def add_node(nodes: Nodes, **how: object) -> None:
    """Add a node; Ray gives one 30 seconds to start, which a machine with much to do needs more often than once."""
    for attempt in range(4):
        try:
            nodes.add_node(num_cpus=1, **how)
        except Exception:
            if attempt == 3:
                raise
        else:
            return


@pytest.fixture
def machines(address: str, tmp_path: Path) -> Iterator[Cluster]:
    """The cluster of two nodes, joined, with a data folder that both see."""
    music = tmp_path / "music"
    music.mkdir(exist_ok=True)
    with joined(address, music=music, data_dir=tmp_path / "data") as cluster:
        yield cluster
