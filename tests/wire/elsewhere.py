"""Programs from elsewhere that talk to the server."""

from __future__ import annotations

import shutil

import pytest


def needed(program: str) -> str:
    """The path of a program; without it the test is skipped, which counts as a failure in CI."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found
