"""Run a program that was written for jaeger_client, against a collector of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
TIMEOUT = 60  #: seconds


def environment(collector: str | None, **variables: str) -> dict[str, str]:
    """The variables of this process without tracing's own, and these."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OTEL_", "JAEGER_"))}
    return kept | ({} if collector is None else {"OTEL_EXPORTER_OTLP_ENDPOINT": collector}) | variables


def started(name: str, collector: str | None, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """The program as a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAMS / f"{name}.py"), *arguments],
        env=environment(collector, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ran(name: str, collector: str | None, *arguments: str, **variables: str) -> tuple[str, list[str]]:
    """What the program wrote: its answer, and the lines of its log."""
    process = started(name, collector, *arguments, **variables)
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
    assert process.returncode == 0, err
    return out, err.splitlines()
