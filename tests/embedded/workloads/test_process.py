"""`traceutil run workloads` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from demo.apiserver import ClusterThread

COMMAND = [sys.executable, "-m", "traceutil.cli", "run", "workloads"]
QUIET = {**os.environ, "OTEL_TRACES_EXPORTER": "none"}


@pytest.fixture
def kubeconfig(embedded_cluster: ClusterThread, tmp_path: Path) -> Path:
    return embedded_cluster.write_kubeconfig(tmp_path / "kubeconfig", "kubelet")


def read(url: str, until: str) -> str:
    """The page, as soon as it says `until`."""
    for _ in range(1_200):
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                page: str = response.read().decode()
                if until in page:
                    return page
        except OSError:
            page = ""
        time.sleep(0.05)
    raise AssertionError(f"{url} never said {until!r}")


def test_it_works_until_sigterm(kubeconfig: Path) -> None:
    """It gets ready, serves metrics, logs JSON, and ends with 0 within seconds of SIGTERM."""
    command = [*COMMAND, "--only", "kubelet", "--kubeconfig", str(kubeconfig), "--metrics-port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=QUIET) as process:
        assert process.stderr is not None
        port = re.search(r"metrics on port (\d+)", process.stderr.readline())
        assert port is not None
        read(f"http://127.0.0.1:{port[1]}/readyz", "ok")
        page = read(f"http://127.0.0.1:{port[1]}/metrics", "workloads_api_requests_total")
        assert 'kind="Node"' in page
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--only", "janitor"], "'janitor' is not one of", id="a controller that does not exist"),
        pytest.param(["--speed", "0"], "'--speed'", id="time that stands still"),
        pytest.param(["--speed", "nan"], "'--speed'", id="time that is not a number"),
        pytest.param(["--otlp", "nonsense"], "'nonsense' is no URL; use http://HOST", id="OTLP to nowhere"),
        pytest.param(["--context", "nowhere"], "no context named 'nowhere'", id="an unknown context"),
    ],
)
def test_bad_input(kubeconfig: Path, arguments: list[str], message: str) -> None:
    """One line that names the input, and exit code 2."""
    done = subprocess.run(
        [*COMMAND, "--kubeconfig", str(kubeconfig), *arguments], capture_output=True, text=True, env=QUIET
    )
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert message in done.stderr


def test_an_unreachable_cluster(tmp_path: Path, kubeconfig: Path) -> None:
    """It says where nobody answered and which options to check."""
    nobody = tmp_path / "nobody"
    nobody.write_text(re.sub(r"http://[^\"\s]+", "http://127.0.0.1:1", kubeconfig.read_text()))
    done = subprocess.run([*COMMAND, "--kubeconfig", str(nobody)], capture_output=True, text=True, env=QUIET)
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "http://127.0.0.1:1" in done.stderr
    assert "--kubeconfig" in done.stderr
