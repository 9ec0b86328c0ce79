"""Whatever is sent, the answer is never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.apiserver import ClusterThread
from tests.conformance.http_client import APPLY, JSON, JSON_PATCH, MERGE, STRATEGIC, ApiServer, Client
from tests.conformance.objects import CRDS, apps, core, definition, deployment, pod

WORDS = """
    metadata spec status name namespace labels annotations finalizers ownerReferences uid template containers
    replicas selector matchLabels versions names group kind apiVersion ports target data op path value $patch
"""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
PATHS = [
    core("default", "pods"),
    core("default", "pods", "web"),
    core("default", "pods", "web/binding"),
    core("default", "pods", "web/eviction"),
    core("default", "services"),
    core("default", "bindings"),
    apps("default", "deployments"),
    apps("default", "deployments", "web"),
    apps("default", "deployments", "web/status"),
    apps("default", "deployments", "web/scale"),
    CRDS,
    f"{CRDS}/plains.conformance.traceutil.dev",
    "/api/v1/namespaces",
]

#: One cluster for all examples; and a busy machine is no fault of theirs.
BOTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with ClusterThread() as cluster:
        client = Client(ApiServer(cluster.url, "", None))
        client.post(apps("default", "deployments"), deployment())
        client.post(core("default", "pods"), pod())
        client.post(CRDS, definition("plains", "Plain"))
        yield client
        client.close()


@given(
    path=st.sampled_from(PATHS),
    method=st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
    content_type=st.sampled_from([JSON, MERGE, JSON_PATCH, STRATEGIC, APPLY]),
    body=VALUES | st.dictionaries(KEYS, VALUES, max_size=4) | st.binary(max_size=5),
    manager=st.sampled_from(["", "me"]),
)
@settings(max_examples=300, deadline=None, suppress_health_check=BOTH)
def test_bodies(client: Client, path: str, method: str, content_type: str, body: Any, manager: str) -> None:
    """Any JSON, or none, to any address, by any method: taken or refused, with an object or a Status."""
    query = {"dryRun": "All"} | ({"fieldManager": manager} if manager else {})
    reply = client.request(method, path, body, content_type=content_type, **query)
    assert 500 != reply.code, reply.body
    assert reply.body["kind"]


QUERIES = ("limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "fieldSelector")


@given(query=st.dictionaries(st.sampled_from(QUERIES), st.text(max_size=8), max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=BOTH)
def test_queries(client: Client, query: dict[str, str]) -> None:
    """Any text in any parameter of a list."""
    assert 500 != client.get(core("default", "pods"), **query).code
