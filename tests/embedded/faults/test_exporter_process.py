"""`traceutil run workloads` beside a dead collector: it works, ends in time, and says what was lost."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from demo.stories.objects import deployment
from tests.embedded.demo.alone import DEPLOYMENTS, alone, eventually
from tests.embedded.demo.command import LONGEST as PATIENCE
from tests.embedded.demo.command import started
from tests.embedded.faults.collectors import Collector, silent
from tests.lateness import Lateness

pytestmark = pytest.mark.slow

#: From SIGTERM to the end, in seconds.
LONGEST = 5.0


def logged(process: Popen[str]) -> list[dict[str, Any]]:
    """Its log to the end."""
    assert process.stdout is not None
    return [json.loads(line) for line in process.stdout if line.startswith("{")]


def work_and_end(directory: Path, url: str) -> tuple[float, int, list[dict[str, Any]]]:
    """A Deployment becomes available, then SIGTERM: seconds to the end, exit code, log."""
    with alone(directory) as cluster:
        args = ("--kubeconfig", cluster.kubeconfig, "--otlp", url, "--speed", 5)
        with started("run", "workloads", *args) as process:
            assert 201 == cluster.user.post(DEPLOYMENTS, deployment("web", 3)).code
            eventually(
                "three available replicas",
                lambda: 3 == cluster.user.get(f"{DEPLOYMENTS}/web").body["status"].get("availableReplicas"),
            )
            began = time.monotonic()
            with Lateness() as late:
                process.send_signal(signal.SIGTERM)
                log = logged(process)
                code = process.wait(timeout=PATIENCE)
            return time.monotonic() - began - late.seconds, code, log


def test_nobody_listens(tmp_path: Path) -> None:
    """One line when spans cease to arrive, one at the end with the number and why; nothing of the SDK's."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    took, code, log = work_and_end(tmp_path, f"http://127.0.0.1:{port}")
    assert (0, True) == (code, took < LONGEST), took
    told = [each["message"] for each in log if each["logger"].startswith(("traceutil", "opentelemetry"))]
    assert "spans do not arrive: connection refused" == told[0]
    assert 2 == len(told)
    assert re.fullmatch(r"(\d+) spans were lost: \1 connection refused", told[1])


def test_it_never_answers(tmp_path: Path) -> None:
    """A collector that takes the connection and is silent: the same."""
    with Collector(silent) as collector:
        took, code, log = work_and_end(tmp_path, collector.url)
    assert (0, True) == (code, took < LONGEST), took
    assert " spans were lost: " in log[-1]["message"]
    assert "no answer in time" in log[-1]["message"]
