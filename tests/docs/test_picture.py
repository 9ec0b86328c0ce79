"""The picture in README.md is what `make demo` draws."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.unit.house.tree import ROOT

#: Width of the labels in the drawing.
LABELS = 38


@pytest.mark.slow
def test_the_picture_shows_the_spans_that_the_demo_draws() -> None:
    """The same rows in the same order; times and the names that the server generates are the run's own."""
    command = [sys.executable, "-m", "traceutil.cli", "demo"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)

    assert _rows(ran.stdout) == _rows((ROOT / "README.md").read_text().split("```text\n")[1].split("```")[0])


def _rows(drawing: str) -> list[str]:
    labels = [line[:LABELS].rstrip() for line in drawing.splitlines() if re.match(r"[┃ ] .*[├└]─ ", line)]
    return [re.sub(r"(?<=web)-[\w-]+|(?<=node)-\d+|: median .+", "-…", label) for label in labels]
