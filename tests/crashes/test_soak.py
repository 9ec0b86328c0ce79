"""`make soak` in small: its table, and its exit code."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_a_run_dies_with_whoever_started_it() -> None:
    """However that ends, its end of the pipe is closed."""
    command = [sys.executable, "-m", "tests.benchmarks.one_run", "--until-eof", "--pods", "5000"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdin is not None
        run.stdin.close()
        assert -signal.SIGKILL == run.wait(60)


def test_a_small_soak() -> None:
    """Both parts, and every promise kept; nothing on stderr, which is no terminal here."""
    command = [sys.executable, "-m", "tests.soak", "--kills", "1", "--pods", "10", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    lines = done.stdout.splitlines()
    assert "seed 7" == lines[0]
    assert ["ok"] * 4 == [line.split()[0] for line in lines[1::2]]
    assert "10 ready, 1 traces, 1 linked" in done.stdout
