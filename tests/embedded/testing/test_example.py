"""The example project of docs/examples, as its README has it: a fresh environment, and its own pytest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.embedded.demo.command import FOREIGN
from tests.unit.house.tree import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "database-operator"
UV = Path(sys.executable).parent / "uv"


@pytest.mark.slow
def test_the_example_passes_in_a_fresh_environment(tmp_path: Path) -> None:
    """traceutil as a wheel, the example beside it, both of its suites, on two workers."""
    project = shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__"))
    install, *runs = re.findall(r"^\$ (.+)$", (project / "README.md").read_text(), re.MULTILINE)
    assert ["pytest", "pytest -n 2"] == runs
    assert "pip install '/path/to/traceutil[kopf,sdk,workloads]' '.[test]'" == install

    run(project, UV, "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(project, UV, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pins = ("--constraint", ROOT / "requirements.lock")
    packages = (f"{wheel}[kopf,sdk,workloads]", ".[test]")
    run(project, UV, "pip", "install", "--quiet", "--python", python, *pins, *packages)
    said = run(project, python, "-m", "pytest", "-n", "2")

    assert re.search(r"^=+ 6 passed in ", said, re.MULTILINE), said


def run(directory: Path, *command: object) -> str:
    """A command in the user's shell: nothing of this checkout on its paths."""
    own = {key: value for key, value in os.environ.items() if not key.startswith((*FOREIGN, "PYTEST"))}
    own.pop("PYTHONPATH", None)
    own.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [str(word) for word in command],
        cwd=directory,
        env=own,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}{done.stderr}"
    return done.stdout
