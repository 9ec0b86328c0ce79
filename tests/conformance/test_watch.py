"""Watches: where they start, what they tell, how they end."""

from __future__ import annotations

import time

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import (
    apps,
    bind,
    config,
    core,
    custom,
    custom_object,
    definition,
    deployment,
    established,
    pod,
)


def test_life_of_an_object(client: Client, namespace: str) -> None:
    """ADDED, MODIFIED, DELETED, each with the object and a rising version."""
    path = core(namespace, "configmaps")
    start = client.get(path).version
    with client.watch(path, resourceVersion=start) as events:
        client.post(path, config("a"))
        client.merge(f"{path}/a", {"data": {"key": "new"}})
        client.delete(f"{path}/a")
        told = [events.next() for _ in range(3)]
    assert ["ADDED", "MODIFIED", "DELETED"] == [kind for kind, _ in told]
    versions = [int(obj["metadata"]["resourceVersion"]) for _, obj in told]
    assert sorted(set(versions)) == versions
    assert ("ConfigMap", "v1", {"key": "new"}) == (
        told[2][1]["kind"],
        told[2][1]["apiVersion"],
        told[2][1]["data"],
    )


def test_no_op_is_no_event(client: Client, namespace: str) -> None:
    """A write that changes nothing is told to nobody."""
    path = core(namespace, "configmaps")
    start = client.post(path, config("a")).version
    with client.watch(path, resourceVersion=start) as events:
        client.merge(f"{path}/a", {"data": {"key": "value"}})
        client.post(path, config("b"))
        assert [("ADDED", "b")] == events.names(1)


@pytest.mark.parametrize("version", [None, "0"])
def test_without_a_version(client: Client, namespace: str, version: str | None) -> None:
    """Without a version, or with "0", a watch begins with what is there."""
    path = core(namespace, "secrets")
    for name in ("a", "b"):
        client.post(path, {"metadata": {"name": name}})
    with client.watch(path, **({"resourceVersion": version} if version else {})) as events:
        client.post(path, {"metadata": {"name": "c"}})
        assert [("ADDED", "a"), ("ADDED", "b"), ("ADDED", "c")] == sorted(events.names(3))


def test_from_the_past(client: Client, namespace: str) -> None:
    """A watch from an earlier version tells everything since, in order."""
    path = core(namespace, "configmaps")
    start = client.post(path, config("a")).version
    client.post(path, config("b"))
    client.delete(f"{path}/a")
    with client.watch(path, resourceVersion=start) as events:
        assert [("ADDED", "b"), ("DELETED", "a")] == events.names(2)


def test_one_object(client: Client, namespace: str) -> None:
    """metadata.name limits a watch to one object."""
    path = core(namespace, "configmaps")
    start = client.get(path).version
    with client.watch(path, resourceVersion=start, fieldSelector="metadata.name=b") as events:
        client.post(path, config("a"))
        client.post(path, config("b"))
        assert [("ADDED", "b")] == events.names(1)


def test_enter_and_leave_by_label(client: Client, namespace: str) -> None:
    """An object that enters the selection is ADDED, one that leaves it DELETED, as it last was in it."""
    path = core(namespace, "configmaps")
    start = client.post(path, config("a")).version
    with client.watch(path, resourceVersion=start, labelSelector="in=yes") as events:
        client.merge(f"{path}/a", {"metadata": {"labels": {"in": "yes"}}})
        client.merge(f"{path}/a", {"data": {"key": "new"}})
        left = client.merge(f"{path}/a", {"metadata": {"labels": {"in": "no"}}})
        told = [events.next() for _ in range(3)]
    assert ["ADDED", "MODIFIED", "DELETED"] == [kind for kind, _ in told]
    assert {"in": "yes"} == told[2][1]["metadata"]["labels"]
    assert left.version == told[2][1]["metadata"]["resourceVersion"]


def test_enter_by_field(client: Client, namespace: str) -> None:
    """A pod enters the watch of its node when it is bound, and leaves the watch of the unscheduled."""
    path = core(namespace, "pods")
    client.post(path, pod())
    start = client.get(path).version
    with (
        client.watch(path, resourceVersion=start, fieldSelector="spec.nodeName=node-1") as node,
        client.watch(path, resourceVersion=start, fieldSelector="spec.nodeName=") as unscheduled,
    ):
        bind(client, namespace, "web")
        assert [("ADDED", "web")] == node.names(1)
        assert [("DELETED", "web")] == unscheduled.names(1)
    client.delete(f"{path}/web", gracePeriodSeconds=0)


def test_all_namespaces(client: Client, namespace: str) -> None:
    """A watch over all namespaces tells of this one too."""
    start = client.get("/api/v1/configmaps").version
    with client.watch("/api/v1/configmaps", resourceVersion=start) as events:
        client.post(core(namespace, "configmaps"), config("seen"))
        while (told := events.next())[1]["metadata"]["name"] != "seen":
            assert "ERROR" != told[0]
        assert namespace == told[1]["metadata"]["namespace"]


def test_timeout(client: Client, namespace: str) -> None:
    """timeoutSeconds ends the watch; a bookmark tells how far it came."""
    path = core(namespace, "configmaps")
    version = client.post(path, config("a")).version
    began = time.monotonic()
    with client.watch(path, resourceVersion=version, timeoutSeconds=1, allowWatchBookmarks="true") as events:
        told = []
        while (event := events.next())[0]:
            told.append(event)
    assert 0.5 < time.monotonic() - began < 30
    assert {"BOOKMARK"} >= {kind for kind, _ in told}
    assert all(int(obj["metadata"]["resourceVersion"]) >= int(version) for _, obj in told)


def test_initial_events(client: Client, namespace: str) -> None:
    """sendInitialEvents begins with all objects and marks their end with an annotated bookmark."""
    path = core(namespace, "configmaps")
    client.post(path, config("a"))
    query = {
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
    }
    with client.watch(path, **query) as events:
        first = [events.next()]
        while first[-1][0] == "ADDED":
            first.append(events.next())
    assert "a" in [obj["metadata"]["name"] for _, obj in first[:-1]]
    assert "BOOKMARK" == first[-1][0]
    assert {"k8s.io/initial-events-end": "true"} == first[-1][1]["metadata"]["annotations"]
    assert "ConfigMap" == first[-1][1]["kind"]


BAD = [
    pytest.param({"resourceVersionMatch": "NotOlderThan"}, id="a match without sendInitialEvents"),
    pytest.param({"sendInitialEvents": "true"}, id="sendInitialEvents without a match"),
]


@pytest.mark.parametrize("query", BAD)
def test_bad_options(client: Client, namespace: str, query: dict[str, str]) -> None:
    """Options that contradict themselves are 422."""
    assert 422 == client.get(core(namespace, "configmaps"), watch="1", **query).code


def test_graceful_deletion(client: Client, namespace: str) -> None:
    """A pod is marked, then its grace period ends early, then it is gone: three versions, generation 2."""
    path = core(namespace, "pods")
    client.post(path, pod())
    bind(client, namespace, "web")
    start = client.get(path).version
    with client.watch(path, resourceVersion=start) as events:
        client.delete(f"{path}/web", gracePeriodSeconds=5)
        client.delete(f"{path}/web", gracePeriodSeconds=0)
        told = [events.next() for _ in range(3)]
    assert [("MODIFIED", 5, 2), ("MODIFIED", 0, 2), ("DELETED", 0, 2)] == [
        (kind, obj["metadata"]["deletionGracePeriodSeconds"], obj["metadata"]["generation"])
        for kind, obj in told
    ]


def test_custom_resource(client: Client, namespace: str) -> None:
    """Custom resources are watched like any other."""
    established(client, definition("plains", "Plain"))
    start = client.get(custom(namespace, "plains")).version
    with client.watch(custom(namespace, "plains"), resourceVersion=start) as events:
        client.post(custom(namespace, "plains"), custom_object("Plain"))
        assert [("ADDED", "a")] == events.names(1)


def test_many_watchers(client: Client, namespace: str) -> None:
    """Every watcher is told the same, byte for byte."""
    path = apps(namespace, "deployments")
    start = client.get(path).version
    with (
        client.watch(path, resourceVersion=start) as one,
        client.watch(path, resourceVersion=start) as two,
    ):
        client.post(path, deployment())
        assert one.next() == two.next()
