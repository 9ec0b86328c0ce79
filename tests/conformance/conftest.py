"""Which API server the suite runs against, and how it is spoken to: plain HTTP.

The embedded one; with `--api-server real`, a real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client

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
    """A fresh namespace, deleted afterwards."""
    made = client.post("/api/v1/namespaces", {"metadata": {"generateName": "conformance-"}})
    name: str = made.body["metadata"]["name"]
    yield name
    client.delete(f"/api/v1/namespaces/{name}")
