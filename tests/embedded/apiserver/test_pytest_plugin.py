"""The fixture that users' own tests get with the package."""

from __future__ import annotations

import subprocess
import sys

from demo.apiserver import ClusterThread, RequestKey
from tests.conformance.http_client import ApiServer, Client


def test_fixture(embedded_cluster: ClusterThread) -> None:
    """`embedded_cluster` is a running cluster of the test's own that counts requests."""
    token = embedded_cluster.kubeconfig("me")["users"][0]["user"]["token"]
    client = Client(ApiServer(embedded_cluster.url, token, None))
    assert 4 == len(client.get("/api/v1/namespaces").body["items"])
    assert {RequestKey("list", "namespaces", "me"): 1} == embedded_cluster.cluster.requests


def test_plugin_is_cheap() -> None:
    """Who has the package but does not use the fixture does not pay for a web server."""
    code = (
        "import sys, demo.pytest_plugin; print('aiohttp' in sys.modules or 'demo.apiserver' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "False" == found.stdout.strip()
