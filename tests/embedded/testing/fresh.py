"""A fresh environment, as a user has one: the wheel, extras, and nothing of this checkout on its paths."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.embedded.demo.command import FOREIGN
from tests.unit.house.tree import ROOT

UV = Path(sys.executable).parent / "uv"
#: Seconds that an installation may take where nothing is cached yet.
PATIENCE = 300


class Fresh:
    """A virtual environment in an empty directory; packages come with the versions that are tested."""

    def __init__(self, directory: Path) -> None:
        self.bin = directory / "venv" / "bin"
        self._dist = directory / "dist"
        self._directory = directory
        self.run(UV, "venv", "--quiet", "--python", sys.executable, self.bin.parent)
        self.run(UV, "build", "--quiet", "--wheel", "--out-dir", self._dist, ROOT)

    @property
    def environ(self) -> dict[str, str]:
        """As in a shell in which the environment is activated."""
        foreign = (*FOREIGN, "PYTEST", "PYTHON", "VIRTUAL_ENV")
        own = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        return own | {"PATH": f"{self.bin}{os.pathsep}{own['PATH']}"}

    def pip_install(self, *packages: str, directory: Path | None = None) -> None:
        """As `pip install` has them; `/path/to/traceutil[…]` is the wheel with these extras."""
        (wheel,) = self._dist.glob("*.whl")
        told = [package.replace("/path/to/traceutil", str(wheel)) for package in packages]
        options = ("--quiet", "--python", self.bin / "python", "--constraint", ROOT / "requirements.lock")
        self.run(UV, "pip", "install", *options, *told, directory=directory)

    def run(self, *command: object, directory: Path | None = None) -> str:
        """Run to its end, which must be good; returns stdout."""
        done = subprocess.run(
            [str(word) for word in command],
            cwd=directory or self._directory,
            env=self.environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
        return done.stdout
