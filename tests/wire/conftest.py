"""A running server and those who talk to it."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from bridge.config import HOST
from bridge.wire.client import Client
from tests.wire.wire_fakes import WAIT_S, Running, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with running_server(tmp_path) as it:
        yield it


@pytest.fixture
def client(running: Running) -> Iterator[Client]:
    with Client(running.port, timeout_s=WAIT_S, name="test") as it:
        yield it


@pytest.fixture
def udp(running: Running) -> Iterator[socket.socket]:
    """A bare socket that talks to the server."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.settimeout(WAIT_S)
        it.connect((HOST, running.port))
        yield it
