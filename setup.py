"""The one thing that pyproject.toml cannot say: what DAWs get travels inside the package, as `bridge/shipped`.

The folders lie at the top of the repository, where people who work on them look for them. An editable install takes
them from there (`bridge/install/shipped.py`).
"""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
SHIPPED = ("reaper_scripts/MAC-Net/**/*.lua", "ardour_scripts/**/*.lua", "max_for_live/MAC-Net.amxd")
NOT_SHIPPED = frozenset({"installed.lua"})  # what `macnet install` has written into a checkout


def shipped_files() -> list[Path]:
    """What DAWs get, as paths from the top of the repository."""
    found = {path for pattern in SHIPPED for path in ROOT.glob(pattern) if path.name not in NOT_SHIPPED}
    return sorted(path.relative_to(ROOT) for path in found)


class BuildWithShipped(build_py):
    """Builds the package, and copies what DAWs get into it."""

    def _targets(self) -> dict[Path, Path]:
        place = Path(self.build_lib) / "bridge" / "shipped"
        return {ROOT / path: place / path for path in shipped_files()}

    def run(self) -> None:
        """Copy; an editable install needs no copies."""
        super().run()
        for source, target in {} if self.editable_mode else self._targets().items():
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:  # noqa: FBT001, FBT002  as setuptools calls it
        """Every file that was built."""
        more = [] if self.editable_mode else [str(path) for path in self._targets().values()]
        return [*super().get_outputs(include_bytecode), *more]


setup(cmdclass={"build_py": BuildWithShipped})
