"""The figures of both API servers can be measured by the command that the documents name."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.unit.house.tree import ROOT

MODULE = "tests.benchmarks.api_servers"


@pytest.mark.slow
def test_the_table_is_measured() -> None:
    """A figure for both in each row of the documents' table, and memory of each."""
    assert f"python -m {MODULE}" in (page := (ROOT / "docs" / "embedded-cluster.md").read_text())
    command = [sys.executable, "-m", MODULE, "--rounds", "1", "--objects", "40"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert 0 == done.returncode, done.stderr
    rows = re.findall(r"^(.+?)  +([\d.]+) +([\d.]+) +([\d.]+)$", done.stdout, re.MULTILINE)
    assert len(re.findall(r"^\| .* ms \| .* ms \|", page, re.MULTILINE)) == len(rows) == 5
    assert all(float(figure) > 0 for _, *figures in rows for figure in figures), done.stdout
    assert 4 == len(re.findall(r"^(?:embedded|real), .*: [1-9]\d* MiB", done.stdout, re.MULTILINE))
