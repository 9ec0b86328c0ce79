"""DELETE: at once, gracefully, held by finalizers, and with preconditions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import apps, bind, config, core, deployment, pod

HELD = {"finalizers": ["example.com/hold"]}


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp()


def test_at_once(client: Client, namespace: str) -> None:
    """Most kinds go at once; the answer is a Status that names what went."""
    uid = client.post(core(namespace, "configmaps"), config("a")).body["metadata"]["uid"]
    gone = client.delete(core(namespace, "configmaps", "a"))
    assert (200, "Status", "Success") == (gone.code, gone.body["kind"], gone.body["status"])
    assert {"name": "a", "kind": "configmaps", "uid": uid} == gone.body["details"]
    assert 404 == client.get(core(namespace, "configmaps", "a")).code


def test_missing(client: Client, namespace: str) -> None:
    assert 404 == client.delete(core(namespace, "configmaps", "a")).code


def test_pods_are_answered_with_the_pod(client: Client, namespace: str) -> None:
    """A pod that no node has taken goes at once, and the answer is the pod."""
    client.post(core(namespace, "pods"), pod())
    assert "Pod" == client.delete(core(namespace, "pods", "web")).body["kind"]
    assert 404 == client.get(core(namespace, "pods", "web")).code


GRACE: list[Any] = [
    pytest.param({}, {}, 30, id="30 seconds by default"),
    pytest.param({"terminationGracePeriodSeconds": 7}, {}, 7, id="what the pod asks for"),
    pytest.param({}, {"gracePeriodSeconds": 3}, 3, id="what the request asks for"),
]


@pytest.mark.parametrize(("spec", "options", "grace"), GRACE)
def test_graceful(
    client: Client, namespace: str, spec: dict[str, Any], options: dict[str, Any], grace: int
) -> None:
    """A pod on a node stays, marked to end after its grace period, in a new generation."""
    created = client.post(core(namespace, "pods"), pod(**spec)).body["metadata"]["creationTimestamp"]
    bind(client, namespace, "web")
    metadata = client.delete(core(namespace, "pods", "web"), options or None).body["metadata"]
    assert (grace, 2) == (metadata["deletionGracePeriodSeconds"], metadata["generation"])
    assert grace <= _seconds(metadata["deletionTimestamp"]) - _seconds(created) <= grace + 5
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)
    assert 404 == client.get(core(namespace, "pods", "web")).code


def test_grace_can_only_shrink(client: Client, namespace: str) -> None:
    """A second DELETE shortens the grace period, never lengthens it."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    path = core(namespace, "pods", "web")
    periods = [
        client.delete(path, gracePeriodSeconds=asked).body["metadata"]["deletionGracePeriodSeconds"]
        for asked in (20, 25, 5)
    ]
    assert [20, 20, 5] == periods
    client.delete(path, gracePeriodSeconds=0)


def test_ended_pods_need_no_grace(client: Client, namespace: str) -> None:
    """A pod that has ended goes at once, node or not."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    client.merge(core(namespace, "pods", "web/status"), {"status": {"phase": "Succeeded"}})
    client.delete(core(namespace, "pods", "web"))
    assert 404 == client.get(core(namespace, "pods", "web")).code


def test_finalizer_holds(client: Client, namespace: str) -> None:
    """An object with a finalizer is marked, and goes when the finalizer does."""
    sent = deployment()
    sent["metadata"] |= HELD
    client.post(apps(namespace, "deployments"), sent)
    path = apps(namespace, "deployments", "web")
    marked = client.delete(path)
    assert (200, 2) == (marked.code, marked.body["metadata"]["generation"])
    assert "deletionTimestamp" in client.get(path).body["metadata"]
    assert 200 == client.merge(path, {"metadata": {"finalizers": None}}).code
    assert 404 == client.get(path).code


def test_deletion_time_is_fixed(client: Client, namespace: str) -> None:
    """Neither a second DELETE nor a write moves the mark."""
    sent = config("a")
    sent["metadata"] |= HELD
    client.post(core(namespace, "configmaps"), sent)
    path = core(namespace, "configmaps", "a")
    first = client.delete(path).body["metadata"]
    assert first == client.delete(path).body["metadata"]
    written = client.merge(path, {"metadata": {"deletionTimestamp": None}, "data": {"key": "new"}}).body
    assert first["deletionTimestamp"] == written["metadata"]["deletionTimestamp"]
    client.merge(path, {"metadata": {"finalizers": None}})


def test_no_new_finalizers(client: Client, namespace: str) -> None:
    """What is being deleted takes no further finalizers: 422."""
    sent = config("a")
    sent["metadata"] |= HELD
    client.post(core(namespace, "configmaps"), sent)
    path = core(namespace, "configmaps", "a")
    client.delete(path)
    refused = client.merge(path, {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}})
    assert (422, "metadata.finalizers") == (refused.code, refused.body["details"]["causes"][0]["field"])
    client.merge(path, {"metadata": {"finalizers": None}})


@pytest.mark.parametrize("key", ["uid", "resourceVersion"])
def test_preconditions(client: Client, namespace: str, key: str) -> None:
    """A DELETE meant for another object or version is 409; for this one it works."""
    metadata = client.post(core(namespace, "configmaps"), config("a")).body["metadata"]
    path = core(namespace, "configmaps", "a")
    assert 409 == client.delete(path, {"preconditions": {key: "1"}}).code
    assert 200 == client.delete(path, {"preconditions": {key: metadata[key]}}).code


def test_collection(client: Client, namespace: str) -> None:
    """DELETE of a collection deletes what the selector matches, and answers with the list."""
    for name, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
        client.post(core(namespace, "configmaps"), config(name, {"colour": colour}))
    gone = client.delete(core(namespace, "configmaps"), labelSelector="colour=red")
    assert ["a", "b"] == [item["metadata"]["name"] for item in gone.body["items"]]
    left = client.get(core(namespace, "configmaps"), labelSelector="colour")
    assert ["c"] == [item["metadata"]["name"] for item in left.body["items"]]


def test_contradictory_options(client: Client, namespace: str) -> None:
    """A propagation policy that does not exist is 422."""
    client.post(core(namespace, "configmaps"), config("a"))
    refused = client.delete(core(namespace, "configmaps", "a"), {"propagationPolicy": "Sideways"})
    assert (422, "Invalid") == (refused.code, refused.reason)
