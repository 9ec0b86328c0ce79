"""The tool as its user runs it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
#: Variables of whoever runs the tests that would change what the tool does.
FOREIGN = ("OTEL_", "TRACEUTIL_", "KUBE", "NO_COLOR", "COLUMNS", "FORCE_COLOR")
#: Real seconds that anything may take where other things are at work.
LONGEST = 100


@dataclass(frozen=True)
class Answer:
    """What a command left: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """stdout as the one JSON document that it must be."""
        return json.loads(self.out)


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "traceutil.cli", *map(str, args)]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
    return {**own, "PYTHONPATH": str(ROOT), **(extra or {})}


def traceutil(*args: object, environ: Mapping[str, str] | None = None) -> Answer:
    """Run to the end."""
    done = subprocess.run(
        command(*args),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LONGEST,
        env=environment(environ),
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*args: object, environ: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Run beside the test, which may end it; else it is ended with it. Its stderr goes to stdout."""
    process = subprocess.Popen(
        command(*args),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=environment(environ),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
