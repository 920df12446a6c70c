"""What all tests share: where the songs lie, a data folder of their own, and that CI skips nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_CI = os.environ.get("CI") == "true"

# The time that an example takes says more about the machine than about the code.
settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True)
settings.load_profile("ci" if IN_CI else "local")


def _songs_folder() -> Path:
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("MACNET_DATA", beside))


@pytest.fixture(scope="session")
def songs_folder() -> Path:
    """The songs that are not part of the repository; tests that need them are marked `data`."""
    return _songs_folder()


@pytest.fixture(scope="session", autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, nor any program that a test starts, touches the takes of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MACNET_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("data") and not _songs_folder().is_dir():
        pytest.skip(f"no songs in {_songs_folder()}; MACNET_DATA names another place")


class SkippedInCI:
    """In CI everything that tests need is installed: a test that did not run is a failure."""

    def __init__(self) -> None:
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped[report.nodeid] = str(report.longrepr)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.skipped[report.nodeid] = str(report.longrepr)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, which in CI is a failure", red=True)
            for name, reason in self.skipped.items():
                terminalreporter.line(f"{name}: {reason}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if IN_CI:
        config.pluginmanager.register(SkippedInCI(), "skipped-in-ci")
