"""managedFields and server-side apply: who owns what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import apps, config, core, deployment


def _owners(obj: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (entry["manager"], entry["operation"], entry.get("subresource", ""))
        for entry in obj["metadata"]["managedFields"]
    ]


def test_update_is_tracked(client: Client, namespace: str) -> None:
    """A create is owned by the user agent up to its slash; a write through /status by subresource."""
    client.post(apps(namespace, "deployments"), deployment())
    live = client.merge(apps(namespace, "deployments", "web/status"), {"status": {"replicas": 1}}).body
    assert [("conformance", "Update", ""), ("conformance", "Update", "status")] == _owners(live)


def test_field_manager_parameter(client: Client, namespace: str) -> None:
    """fieldManager names the owner."""
    made = client.post(core(namespace, "configmaps"), config("a"), fieldManager="me").body
    assert [("me", "Update", "")] == _owners(made)
    assert {"f:data": {".": {}, "f:key": {}}} == made["metadata"]["managedFields"][0]["fieldsV1"]


def test_apply_creates(client: Client, namespace: str) -> None:
    """Apply creates what is missing (201); the applier owns what it stated, not the defaults."""
    made = client.apply(apps(namespace, "deployments", "web"), deployment(), "me")
    fields = made.body["metadata"]["managedFields"][0]
    assert (201, "Apply") == (made.code, fields["operation"])
    assert {"f:replicas", "f:selector", "f:template"} == fields["fieldsV1"]["f:spec"].keys()


def test_conflict(client: Client, namespace: str) -> None:
    """A second manager that wants another value gets 409, naming the owner and the field."""
    path = apps(namespace, "deployments", "web")
    client.apply(path, deployment(replicas=2), "alice")
    refused = client.apply(path, deployment(replicas=3), "bob")
    assert (409, "Conflict") == (refused.code, refused.reason)
    assert 'conflict with "alice": .spec.replicas' in refused.body["message"]
    assert [
        {"reason": "FieldManagerConflict", "message": 'conflict with "alice"', "field": ".spec.replicas"}
    ] == refused.body["details"]["causes"]


def test_force(client: Client, namespace: str) -> None:
    """force=true takes the field over."""
    path = apps(namespace, "deployments", "web")
    client.apply(path, deployment(replicas=2), "alice")
    taken = client.apply(path, deployment(replicas=3), "bob", force="true").body
    fields = {entry["manager"]: entry["fieldsV1"]["f:spec"] for entry in taken["metadata"]["managedFields"]}
    assert 3 == taken["spec"]["replicas"]
    assert "f:replicas" in fields["bob"]
    assert "f:replicas" not in fields["alice"]


def test_shared_field(client: Client, namespace: str) -> None:
    """Two managers that want the same value share the field; it goes when both have let go."""
    path = core(namespace, "configmaps", "a")
    client.apply(path, config("a", shared="1", alice="1"), "alice")
    client.apply(path, config("a", shared="1", bob="1"), "bob")
    assert "shared" in client.apply(path, config("a", alice="1"), "alice").body["data"]
    assert {"alice": "1", "bob": "1"} == client.apply(path, config("a", bob="1"), "bob").body["data"]


def test_omitting_removes(client: Client, namespace: str) -> None:
    """A field that its only applier no longer states is removed."""
    path = core(namespace, "configmaps", "a")
    client.apply(path, config("a", kept="1", dropped="2"), "me")
    assert {"kept": "1"} == client.apply(path, config("a", kept="1"), "me").body["data"]


def test_omitting_restores_the_default(client: Client, namespace: str) -> None:
    """Omitting a field that has a default brings the default back."""
    path = apps(namespace, "deployments", "web")
    client.apply(path, deployment(replicas=5), "me")
    sent = deployment()
    del sent["spec"]["replicas"]
    assert 1 == client.apply(path, sent, "me").body["spec"]["replicas"]


def test_apply_against_an_updater(client: Client, namespace: str) -> None:
    """A field that was written by an update is owned too; the message says through which version."""
    path = apps(namespace, "deployments", "web")
    client.apply(path, deployment(replicas=2), "alice")
    client.merge(path, {"spec": {"replicas": 9}}, fieldManager="scaler")
    refused = client.apply(path, deployment(replicas=2), "alice")
    assert 409 == refused.code
    assert 'conflict with "scaler" using apps/v1: .spec.replicas' in refused.body["message"]


def test_apply_without_manager(client: Client, namespace: str) -> None:
    """Apply needs a field manager: 422 or 400."""
    path = core(namespace, "configmaps", "a")
    refused = client.request("PATCH", path, config("a"), content_type="application/apply-patch+yaml")
    assert (422, "Invalid") == (refused.code, refused.reason)
    assert "fieldManager" in refused.body["message"]


def test_force_is_for_apply_only(client: Client, namespace: str) -> None:
    """force on another kind of patch is 422."""
    client.post(core(namespace, "configmaps"), config("a"))
    assert 422 == client.merge(core(namespace, "configmaps", "a"), {"data": {}}, force="true").code


def test_apply_yaml(client: Client, namespace: str) -> None:
    """The configuration may be YAML."""
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: value\n"
    assert {"key": "value"} == client.apply(core(namespace, "configmaps", "a"), text, "me").body["data"]


def test_apply_status(client: Client, namespace: str) -> None:
    """A status can be applied; the entry names the subresource."""
    client.post(apps(namespace, "deployments"), deployment())
    status = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "status": {"replicas": 1},
    }
    applied = client.apply(apps(namespace, "deployments", "web/status"), status, "me")
    assert (200, 1) == (applied.code, applied.body["status"]["replicas"])
    assert ("me", "Apply", "status") in _owners(applied.body)


def test_an_apply_that_changes_no_value(client: Client, namespace: str) -> None:
    """The new owner's entry has no time: what it states was there already."""
    client.post(apps(namespace, "deployments"), deployment(), fieldManager="first")
    applied = client.apply(apps(namespace, "deployments", "web"), deployment(), "second").body
    times = {entry["manager"]: "time" in entry for entry in applied["metadata"]["managedFields"]}
    assert {"first": True, "second": False} == times


LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _applied_by_client(client: Client, namespace: str) -> None:
    """As `kubectl apply` writes without --server-side."""
    sent = deployment()
    sent["metadata"]["annotations"] = {LAST_APPLIED: json.dumps(sent)}
    client.post(apps(namespace, "deployments"), sent, fieldManager="kubectl-client-side-apply")


@pytest.mark.parametrize(
    ("manager", "code"),
    [
        pytest.param("kubectl", 200, id="kubectl takes over what it applied before"),
        pytest.param("another", 409, id="another applier is in conflict"),
    ],
)
def test_from_client_side_to_server_side_apply(
    client: Client, namespace: str, manager: str, code: int
) -> None:
    """What kubectl's annotation says is kubectl's own; the annotation follows."""
    _applied_by_client(client, namespace)
    reply = client.apply(apps(namespace, "deployments", "web"), deployment(image="other:2"), manager)
    assert code == reply.code
    if code == 200:
        said = json.loads(reply.body["metadata"]["annotations"][LAST_APPLIED])
        assert deployment(image="other:2")["spec"] == said["spec"]


def test_what_was_edited_since_is_in_conflict(client: Client, namespace: str) -> None:
    """A field that no longer is as kubectl applied it belongs to whoever changed it."""
    _applied_by_client(client, namespace)
    path = apps(namespace, "deployments", "web")
    client.merge(path, {"spec": {"replicas": 5}}, fieldManager="autoscaler")
    refused = client.apply(path, deployment(replicas=3), "kubectl")
    assert [".spec.replicas"] == [cause["field"] for cause in refused.body["details"]["causes"]]


def test_an_apply_that_creates_names_the_object(client: Client, namespace: str) -> None:
    """The name in the address does not do: 400. Of an object that is there it does."""
    unnamed = deployment() | {"metadata": {}}
    path = apps(namespace, "deployments", "web")
    codes = [client.apply(path, sent, "me").code for sent in (unnamed, deployment(), unnamed)]
    assert [400, 201, 200] == codes
