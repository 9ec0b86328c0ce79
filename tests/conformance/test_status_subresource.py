"""/status and the object itself: what is written through one leaves the other alone."""

from __future__ import annotations

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

NOTE = {"annotations": {"example.com/note": "1"}, "labels": {"note": "1"}}


def test_status_keeps_spec(client: Client, namespace: str) -> None:
    """A spec in a status write is dropped."""
    client.post(apps(namespace, "replicasets"), replica_set())
    body = {"spec": {"replicas": 9}, "status": {"replicas": 1}}
    written = client.merge(apps(namespace, "replicasets", "web/status"), body).body
    assert (2, 1) == (written["spec"]["replicas"], written["status"]["replicas"])


def test_object_keeps_status(client: Client, namespace: str) -> None:
    """A status in a write of the object is dropped."""
    client.post(apps(namespace, "replicasets"), replica_set())
    body = {"spec": {"replicas": 9}, "status": {"replicas": 1}}
    written = client.merge(apps(namespace, "replicasets", "web"), body).body
    assert (9, 0) == (written["spec"]["replicas"], written["status"]["replicas"])


def test_built_in_kinds_keep_metadata(client: Client, namespace: str) -> None:
    """Annotations and labels written with a built-in kind's status stay."""
    client.post(apps(namespace, "replicasets"), replica_set())
    written = client.merge(
        apps(namespace, "replicasets", "web/status"), {"metadata": NOTE, "status": {"replicas": 1}}
    )
    assert {"note": "1"} == written.body["metadata"]["labels"]
    assert {"example.com/note": "1"} == written.body["metadata"]["annotations"]


def test_deployments_keep_annotations_only(client: Client, namespace: str) -> None:
    """A Deployment's labels are reset by a status write, its annotations are not."""
    client.post(apps(namespace, "deployments"), deployment())
    written = client.merge(
        apps(namespace, "deployments", "web/status"), {"metadata": NOTE, "status": {"replicas": 1}}
    )
    assert "labels" not in written.body["metadata"]
    assert {"example.com/note": "1"} == written.body["metadata"]["annotations"]


def test_custom_resources_keep_status_alone(client: Client, namespace: str) -> None:
    """Of a custom resource's status write only the status stays."""
    established(client, definition("stateds", "Stated", subresources={"status": {}}))
    client.post(custom(namespace, "stateds"), custom_object("Stated", spec={"x": 1}))
    body = {"metadata": NOTE, "spec": {"x": 2}, "status": {"ok": True}}
    written = client.merge(custom(namespace, "stateds", "a/status"), body).body
    assert ({"x": 1}, {"ok": True}) == (written["spec"], written["status"])
    assert not {"annotations", "labels"} & written["metadata"].keys()


def test_new_custom_resource_has_no_status(client: Client, namespace: str) -> None:
    """The status that a client sends with a new custom resource is dropped."""
    established(client, definition("stateds", "Stated", subresources={"status": {}}))
    made = client.post(custom(namespace, "stateds"), custom_object("Stated", status={"ok": True}))
    assert "status" not in made.body


def test_get_status(client: Client, namespace: str) -> None:
    """GET of /status is the whole object."""
    client.post(apps(namespace, "deployments"), deployment())
    assert (
        client.get(apps(namespace, "deployments", "web")).body
        == client.get(apps(namespace, "deployments", "web/status")).body
    )


def test_missing_object(client: Client, namespace: str) -> None:
    """There is no status of what does not exist."""
    assert 404 == client.merge(apps(namespace, "deployments", "web/status"), {"status": {}}).code
