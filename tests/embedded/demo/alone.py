"""`traceutil cluster` as a process, and a user's own requests to it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.http_client import ApiServer, Client
from tests.embedded.demo.command import LONGEST, started

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases"
DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
PODS = "/api/v1/namespaces/default/pods"


@dataclass(frozen=True)
class Alone:
    """A cluster in a process of its own."""

    process: subprocess.Popen[str]
    kubeconfig: Path
    said: str
    user: Client

    def names(self, path: str) -> set[str]:
        return {each["metadata"]["name"] for each in self.user.get(path).body["items"]}


@contextmanager
def alone(directory: Path, nodes: int = 0) -> Iterator[Alone]:
    """Running, with a kubeconfig written, until the block ends."""
    file = directory / "kubeconfig"
    with started("cluster", "--port", 0, "--kubeconfig", file, "--nodes", nodes) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        config = yaml.safe_load(file.read_text())
        server = ApiServer(
            config["clusters"][0]["cluster"]["server"], config["users"][0]["user"]["token"], None
        )
        client = Client(server)
        try:
            yield Alone(process, file, said, client)
        finally:
            client.close()


def eventually(what: str, found: Callable[[], Any], seconds: float = LONGEST) -> Any:
    """What `found` answers as soon as that is true; fails, saying what, after so many seconds."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.1)
    return answer
