"""A user's project: test files that know nothing of ours, run by pytest in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.embedded.demo.command import environment

ASYNC_MODE = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"


def run(directory: Path, test: str, *options: str) -> str:
    """Run one test file; returns all that pytest said."""
    (directory / "test_mine.py").write_text(test)
    (directory / "pytest.ini").write_text(ASYNC_MODE)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        command, cwd=directory, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr
