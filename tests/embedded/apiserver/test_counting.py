"""Who asked for what: the counters of the embedded cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from demo.apiserver import ClusterThread, RequestKey
from tests.conformance.http_client import ApiServer, Client
from tests.conformance.objects import apps, bind, config, core, deployment, pod

CONFIGS = core("default", "configmaps")


@pytest.fixture
def cluster() -> Iterator[ClusterThread]:
    with ClusterThread() as cluster:
        yield cluster


def _client(cluster: ClusterThread, token: str) -> Client:
    return Client(ApiServer(cluster.url, token, None))


def _token(cluster: ClusterThread, user: str) -> str:
    return str(cluster.kubeconfig(user)["users"][0]["user"]["token"])


REQUESTS: list[Any] = [
    pytest.param(lambda c: c.get(CONFIGS), "list", "configmaps", id="a GET of a collection is a list"),
    pytest.param(lambda c: c.get(f"{CONFIGS}/a"), "get", "configmaps", id="a GET of an object is a get"),
    pytest.param(lambda c: c.get("/api/v1/configmaps"), "list", "configmaps", id="whatever its namespace"),
    pytest.param(lambda c: c.post(CONFIGS, config("a")), "create", "configmaps", id="a POST is a create"),
    pytest.param(
        lambda c: c.put(f"{CONFIGS}/a", config("a")), "update", "configmaps", id="a PUT is an update"
    ),
    pytest.param(lambda c: c.merge(f"{CONFIGS}/a", {}), "patch", "configmaps", id="a PATCH is a patch"),
    pytest.param(lambda c: c.delete(f"{CONFIGS}/a"), "delete", "configmaps", id="a DELETE is a delete"),
    pytest.param(
        lambda c: c.delete(CONFIGS), "deletecollection", "configmaps", id="of all a deletecollection"
    ),
    pytest.param(
        lambda c: c.get(CONFIGS, watch="1", timeoutSeconds=1, resourceVersion="x"),
        "watch",
        "configmaps",
        id="a watch is a watch, even one that is refused",
    ),
    pytest.param(
        lambda c: c.merge(apps("default", "deployments", "web/status"), {}),
        "patch",
        "deployments/status",
        id="a subresource is told apart",
    ),
    pytest.param(lambda c: bind(c, "default", "web"), "create", "pods/binding", id="a binding is a create"),
    pytest.param(
        lambda c: c.get("/api/v1/namespaces/default"), "get", "namespaces", id="a namespace is an object"
    ),
]


@pytest.mark.parametrize(("ask", "verb", "resource"), REQUESTS)
def test_key(cluster: ClusterThread, ask: Any, verb: str, resource: str) -> None:
    """A request is counted by verb, resource and user, whether it succeeds or not."""
    ask(_client(cluster, _token(cluster, "scheduler")))
    assert {RequestKey(verb, resource, "scheduler"): 1} == cluster.cluster.requests


def test_discovery_is_not_counted(cluster: ClusterThread) -> None:
    """Discovery and health are no requests to a resource."""
    client = _client(cluster, _token(cluster, "me"))
    for path in ("/api", "/apis", "/apis/apps", "/apis/apps/v1", "/api/v1", "/version", "/healthz"):
        client.get(path)
    assert {} == cluster.cluster.requests


@pytest.mark.parametrize("token", ["", "unknown"])
def test_anonymous(cluster: ClusterThread, token: str) -> None:
    """Who brings no known token is anonymous, and may do everything."""
    assert 201 == _client(cluster, token).post(CONFIGS, config("a")).code
    assert [RequestKey("create", "configmaps", "anonymous")] == list(cluster.cluster.requests)


def test_changes(cluster: ClusterThread) -> None:
    """A write counts as a change only when it moved a resourceVersion."""
    client = _client(cluster, _token(cluster, "me"))
    path = apps("default", "deployments", "web")
    client.post(apps("default", "deployments"), deployment())
    for _ in range(3):
        client.merge(path, {"spec": {"replicas": 2}})
    client.merge(path, {"spec": {"replicas": 3}})
    client.post(core("default", "pods"), pod(), dryRun="All")
    assert {
        RequestKey("create", "deployments", "me"): 1,
        RequestKey("patch", "deployments", "me"): 1,
    } == cluster.cluster.changes
    assert 4 == cluster.cluster.requests[RequestKey("patch", "deployments", "me")]
