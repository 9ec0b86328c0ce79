"""Which API server the suite runs against, and how it is spoken to: plain HTTP.

The embedded one; with `--api-server real`, a real one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from demo.apiserver import ClusterThread
from tests.conformance.http_client import PATIENCE, ApiServer, Client
from tests.conformance.objects import core, pod

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane


@pytest.fixture(scope="session")
def api_server(request: pytest.FixtureRequest) -> Iterator[ApiServer]:
    """One for the whole suite: every test has a namespace of its own."""
    if request.config.getoption("--api-server") == "real":
        real: ControlPlane = request.getfixturevalue("control_plane")
        token = real.kubeconfig("conformance")["users"][0]["user"]["token"]
        yield ApiServer(real.url, token, real.ca)
        return
    with ClusterThread() as cluster:
        yield ApiServer(cluster.url, cluster.kubeconfig("conformance")["users"][0]["user"]["token"], ca=None)


@pytest.fixture
def client(api_server: ApiServer) -> Iterator[Client]:
    client = Client(api_server)
    yield client
    client.close()


@pytest.fixture
def namespace(client: Client) -> Iterator[str]:
    """A fresh namespace that takes pods, deleted afterwards."""
    made = client.post("/api/v1/namespaces", {"metadata": {"generateName": "conformance-"}})
    name: str = made.body["metadata"]["name"]
    _wait_for_service_account(client, name)
    yield name
    client.delete(f"/api/v1/namespaces/{name}")


def _wait_for_service_account(client: Client, namespace: str) -> None:
    """Admission lets no pod in before another controller has made the account that pods run as."""
    end = time.monotonic() + PATIENCE
    while 403 == client.post(core(namespace, "pods"), pod(), dryRun="All").code:
        assert time.monotonic() < end, f"{namespace} takes no pods"
        time.sleep(0.005)
