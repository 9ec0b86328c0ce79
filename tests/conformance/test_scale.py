"""/scale: a view of the number of replicas."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import (
    apps,
    custom,
    custom_object,
    definition,
    deployment,
    established,
    replica_set,
)

#: What the creator of a Deployment owns of its spec.
OWNED = (
    "f:progressDeadlineSeconds", "f:replicas", "f:revisionHistoryLimit", "f:selector", "f:strategy",
    "f:template",
)  # fmt: skip


def test_read(client: Client, namespace: str) -> None:
    """A Scale shows replicas, the selector as text, and the object's identity."""
    made = client.post(apps(namespace, "deployments"), deployment()).body["metadata"]
    scale = client.get(apps(namespace, "deployments", "web/scale")).body
    assert ("Scale", "autoscaling/v1") == (scale["kind"], scale["apiVersion"])
    assert ({"replicas": 2}, {"replicas": 0, "selector": "app=web"}) == (scale["spec"], scale["status"])
    assert all(made[key] == scale["metadata"][key] for key in ("name", "namespace", "uid", "resourceVersion"))


@pytest.mark.parametrize("plural", ["deployments", "replicasets"])
def test_write(client: Client, namespace: str, plural: str) -> None:
    """A PUT changes the replicas and the generation; managedFields name the subresource."""
    client.post(apps(namespace, plural), deployment() if plural == "deployments" else replica_set())
    path = apps(namespace, plural, "web")
    scale = client.get(f"{path}/scale").body
    scale["spec"]["replicas"] = 7
    assert {"replicas": 7} == client.put(f"{path}/scale", scale).body["spec"]
    live = client.get(path).body
    assert (7, 2) == (live["spec"]["replicas"], live["metadata"]["generation"])
    entries = [entry for entry in live["metadata"]["managedFields"] if entry.get("subresource") == "scale"]
    assert [{"f:spec": {"f:replicas": {}}}] == [entry["fieldsV1"] for entry in entries]


def test_same_size(client: Client, namespace: str) -> None:
    """The owner keeps the replicas in an entry apart, without a time; the next such write loses it."""
    client.post(apps(namespace, "deployments"), deployment())
    path = apps(namespace, "deployments", "web")
    seen = []
    for _ in range(3):
        client.merge(f"{path}/scale", {"spec": {"replicas": 2}})
        seen.append(client.get(path).body["metadata"])
    owned = [[sorted(entry["fieldsV1"]["f:spec"]) for entry in each["managedFields"]] for each in seen]
    rest = sorted(set(OWNED) - {"f:replicas"})
    assert [[["f:replicas"], rest], [rest], [rest]] == owned
    assert [False, True] == ["time" in entry for entry in seen[0]["managedFields"]]
    assert seen[1] == seen[2]


def test_metadata_is_dropped(client: Client, namespace: str) -> None:
    """An annotation written on a Scale reaches nothing."""
    client.post(apps(namespace, "deployments"), deployment())
    body: dict[str, Any] = {"metadata": {"annotations": {"example.com/note": "1"}}, "spec": {"replicas": 3}}
    assert 200 == client.merge(apps(namespace, "deployments", "web/scale"), body).code
    live = client.get(apps(namespace, "deployments", "web")).body
    assert (3, None) == (live["spec"]["replicas"], live["metadata"].get("annotations"))


def test_stale(client: Client, namespace: str) -> None:
    """A Scale of an older version is 409."""
    client.post(apps(namespace, "deployments"), deployment())
    path = apps(namespace, "deployments", "web")
    scale = client.get(f"{path}/scale").body
    client.merge(path, {"spec": {"paused": True}})
    assert 409 == client.put(f"{path}/scale", scale).code


def test_negative(client: Client, namespace: str) -> None:
    """Fewer than no replicas are refused."""
    client.post(apps(namespace, "deployments"), deployment())
    assert 422 == client.merge(apps(namespace, "deployments", "web/scale"), {"spec": {"replicas": -1}}).code


def test_custom_resource(client: Client, namespace: str) -> None:
    """A custom resource scales at the paths that its definition names."""
    paths = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}
    established(client, definition("herds", "Herd", subresources={"scale": paths, "status": {}}))
    client.post(custom(namespace, "herds"), custom_object("Herd", spec={"size": 3}))
    assert {"replicas": 3} == client.get(custom(namespace, "herds", "a/scale")).body["spec"]
    client.merge(custom(namespace, "herds", "a/scale"), {"spec": {"replicas": 4}})
    assert {"size": 4} == client.get(custom(namespace, "herds", "a")).body["spec"]
