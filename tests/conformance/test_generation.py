"""metadata.generation: which edits of which kinds count as a change of desired state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import (
    apps,
    bind,
    core,
    custom,
    custom_object,
    definition,
    deployment,
    established,
    pod,
    replica_set,
)

ANNOTATE = {"metadata": {"annotations": {"example.com/note": "1"}}}
LABEL = {"metadata": {"labels": {"note": "1"}}}
SCALE = {"spec": {"replicas": 5}}
STATUS = {"status": {"observedGeneration": 1}}

EDITS = [
    pytest.param("deployments", SCALE, 2, id="a Deployment's spec counts"),
    pytest.param("deployments", ANNOTATE, 2, id="a Deployment's annotations count"),
    pytest.param("deployments", LABEL, 1, id="a Deployment's labels do not"),
    pytest.param("deployments", STATUS, 1, id="a Deployment's status cannot be written this way"),
    pytest.param("replicasets", SCALE, 2, id="a ReplicaSet's spec counts"),
    pytest.param("replicasets", ANNOTATE, 1, id="a ReplicaSet's annotations do not"),
]


@pytest.mark.parametrize(("plural", "edit", "generation"), EDITS)
def test_workloads(
    client: Client, namespace: str, plural: str, edit: dict[str, Any], generation: int
) -> None:
    made = deployment() if plural == "deployments" else replica_set()
    assert 1 == client.post(apps(namespace, plural), made).body["metadata"]["generation"]
    assert generation == client.merge(apps(namespace, plural, "web"), edit).body["metadata"]["generation"]


def test_status_write(client: Client, namespace: str) -> None:
    """A write to /status moves no generation, not even a Deployment's with a new annotation in it."""
    client.post(apps(namespace, "deployments"), deployment())
    written = client.merge(apps(namespace, "deployments", "web/status"), STATUS | ANNOTATE).body
    assert (1, {"example.com/note": "1"}) == (
        written["metadata"]["generation"],
        written["metadata"]["annotations"],
    )


def test_pod(client: Client, namespace: str) -> None:
    """A Pod is of generation 1 until its deletion is asked for; binding does not count."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    assert 1 == client.get(core(namespace, "pods", "web")).body["metadata"]["generation"]
    assert 2 == client.delete(core(namespace, "pods", "web")).body["metadata"]["generation"]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


def test_kinds_without(client: Client, namespace: str) -> None:
    """ConfigMaps have no generation."""
    made = client.post(core(namespace, "configmaps"), {"metadata": {"name": "a"}, "data": {"a": "b"}})
    assert "generation" not in made.body["metadata"]


CUSTOM = [
    pytest.param("plains", {"spec": {"x": 2}}, 2, id="without a status subresource, spec counts"),
    pytest.param("plains", {"status": {"x": 2}}, 2, id="without it, status counts too"),
    pytest.param("plains", LABEL | ANNOTATE, 1, id="without it, metadata does not"),
    pytest.param("stateds", {"spec": {"x": 2}}, 2, id="with a status subresource, spec counts"),
    pytest.param("stateds", {"note": "x"}, 2, id="with it, any field but metadata and status counts"),
    pytest.param("stateds", {"status": {"x": 2}}, 1, id="with it, status cannot be written this way"),
]


@pytest.mark.parametrize(("plural", "edit", "generation"), CUSTOM)
def test_custom_resources(
    client: Client, namespace: str, plural: str, edit: dict[str, Any], generation: int
) -> None:
    kind = {"plains": "Plain", "stateds": "Stated"}[plural]
    below: dict[str, Any] | None = {"status": {}} if plural == "stateds" else None
    established(client, definition(plural, kind, subresources=below))
    client.post(custom(namespace, plural), custom_object(kind, spec={"x": 1}))
    assert generation == client.merge(custom(namespace, plural, "a"), edit).body["metadata"]["generation"]
