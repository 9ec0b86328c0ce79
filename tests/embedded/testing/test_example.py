"""The example project of docs/examples, as its README has it: a fresh environment, and its own pytest."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.embedded.testing.fresh import Fresh
from tests.unit.house.tree import ROOT

EXAMPLE = ROOT / "docs" / "examples" / "database-operator"


@pytest.mark.slow
def test_the_example_passes_in_a_fresh_environment(tmp_path: Path) -> None:
    """traceutil as a wheel, the example beside it, and both runs of its tests."""
    project = shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__"))
    commands = re.findall(r"^\$ (.+)$", (project / "README.md").read_text(), re.MULTILINE)
    install, *runs = [shlex.split(line) for line in commands]
    assert ["pip", "install"] == install[:2]
    assert [["pytest"], ["pytest", "-n", "2"]] == runs

    fresh = Fresh(tmp_path)
    fresh.pip_install(*install[2:], directory=project)
    for command in runs:
        said = fresh.run(fresh.bin / command[0], *command[1:], directory=project)
        assert re.search(r"^=+ 6 passed in ", said, re.MULTILINE), said
