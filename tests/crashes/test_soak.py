"""`make soak` in small: its table, and its exit code."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_a_small_soak() -> None:
    """Both parts, and every promise kept; nothing on stderr, which is no terminal here."""
    command = [sys.executable, "-m", "tests.soak", "--kills", "1", "--pods", "10", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    lines = done.stdout.splitlines()
    assert "seed 7" == lines[0]
    assert ["ok"] * 4 == [line.split()[0] for line in lines[1::2]]
    assert "10 ready, 1 traces, 1 linked" in done.stdout
