"""Which API server the suite runs against, and how it is spoken to: plain HTTP.

Another server is plugged in with another `api_server` fixture that yields an `ApiServer`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from demo.apiserver import ClusterThread
from tests.conformance.http_client import ApiServer, Client


@pytest.fixture(scope="session")
def api_server() -> Iterator[ApiServer]:
    """The embedded API server, one for the whole suite: every test has a namespace of its own."""
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
