"""`opentelemetry-instrument kopf run …` as a process, against the embedded cluster, and what it exported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.embedded.demo.command import environment
from tests.embedded.kopf_operators.operators import PLURAL, Api
from tests.embedded.kopf_operators.operators import until as soon
from tests.unit.core.receivers import Received

HERE = Path(__file__).parent / "operators"
BIN = Path(sys.executable).parent
USER = "operator"
#: Seconds: a process takes three of CPU to start, on a machine that has other things to do.
START, STOP = 100.0, 100.0


class Operator:
    """A running operator, whose log is read when it has stopped."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.log = ""

    def stop(self) -> None:
        """As Kubernetes does: SIGTERM. What is queued is exported on the way out."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.log += self.process.communicate(timeout=STOP)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.log += self.process.communicate()[0]
            raise AssertionError(f"the operator did not stop:\n{self.log}") from None


@contextmanager
def running(
    api: Api,
    directory: Path,
    name: str,
    collector: Received | None,
    environ: Mapping[str, str] | None = None,
    ready: Callable[[], bool] | None = None,
) -> Iterator[Operator]:
    """The operator of that name, instrumented where there is a collector, until the block is left.

    `ready`: when it can be used; None: when it watches its objects.
    """
    kubeconfig = api.cluster.write_kubeconfig(directory / "kubeconfig", USER)
    before = watches(api)
    ready = ready or (lambda: watches(api) > before)
    command = [str(BIN / "kopf"), "run", "--standalone", "-n", "default", str(HERE / f"{name}.py")]
    extra = {"KUBECONFIG": str(kubeconfig), "OTEL_BSP_SCHEDULE_DELAY": "100", **(environ or {})}
    if collector is not None:
        command = [*_instrument(collector), *command]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env=on_path(environment(extra)),
    )
    operator = Operator(process)
    try:
        until(lambda: ready() or process.poll() is not None, "the operator is not ready")
        yield operator
    finally:
        if process.poll() is None or not operator.log:
            operator.stop()


def on_path(environ: Mapping[str, str]) -> dict[str, str]:
    """As in an activated environment: the commands are found."""
    return {**environ, "PATH": f"{BIN}{os.pathsep}{environ['PATH']}"}


def _instrument(collector: Received) -> list[str]:
    options = {
        "service_name": "shop",
        "traces_exporter": "otlp",
        "metrics_exporter": "none",
        "logs_exporter": "none",
        "exporter_otlp_protocol": "http/protobuf",
        "exporter_otlp_endpoint": collector.url,
    }
    given = [word for key, value in options.items() for word in (f"--{key}", value)]
    return [str(BIN / "opentelemetry-instrument"), *given]


def watches(api: Api) -> int:
    """How often the objects were watched so far."""
    counted = api.cluster.cluster.requests
    return sum(n for key, n in counted.items() if (key.verb, key.resource) == ("watch", PLURAL))


def until(condition: Any, what: str) -> None:
    """Wait for the condition as long as a process may take."""
    soon(condition, what, START)


def requests_of(api: Api) -> Counter[tuple[str, str]]:
    """All that the operator asked the server for, by verb and resource."""
    counted = api.cluster.cluster.requests
    out: Counter[tuple[str, str]] = Counter()
    for key, count in counted.items():
        if key.user == USER:
            out[key.verb, key.resource] += count
    return out
