"""PATCH: merge, JSON and strategic merge. (Apply: test_field_ownership.py.)"""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import (
    apps,
    config,
    core,
    custom,
    custom_object,
    definition,
    deployment,
    established,
    pod,
)


def test_merge(client: Client, namespace: str) -> None:
    """Null removes, objects merge, everything else replaces."""
    client.post(core(namespace, "configmaps"), config("a", kept="1", gone="2", changed="3"))
    patched = client.merge(
        core(namespace, "configmaps", "a"), {"data": {"gone": None, "changed": "4", "new": "5"}}
    )
    assert {"kept": "1", "changed": "4", "new": "5"} == patched.body["data"]


def test_merge_replaces_lists(client: Client, namespace: str) -> None:
    """A merge patch replaces a list as a whole."""
    client.post(apps(namespace, "deployments"), deployment())
    containers = [{"name": "other", "image": "registry.example/other:1"}]
    patched = client.merge(
        apps(namespace, "deployments", "web"), {"spec": {"template": {"spec": {"containers": containers}}}}
    )
    assert ["other"] == [c["name"] for c in patched.body["spec"]["template"]["spec"]["containers"]]


def test_strategic_merges_lists(client: Client, namespace: str) -> None:
    """A strategic merge patch merges containers by name."""
    client.post(apps(namespace, "deployments"), deployment())
    containers = [
        {"name": "app", "image": "registry.example/web:2"},
        {"name": "side", "image": "registry.example/s:1"},
    ]
    patched = client.strategic(
        apps(namespace, "deployments", "web"), {"spec": {"template": {"spec": {"containers": containers}}}}
    )
    found = {c["name"]: c["image"] for c in patched.body["spec"]["template"]["spec"]["containers"]}
    assert {"app": "registry.example/web:2", "side": "registry.example/s:1"} == found


def test_strategic_deletes_items(client: Client, namespace: str) -> None:
    """`$patch: delete` takes one item out of a keyed list."""
    sent = deployment()
    sent["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "registry.example/s:1"})
    client.post(apps(namespace, "deployments"), sent)
    containers = [{"name": "side", "$patch": "delete"}]
    patched = client.strategic(
        apps(namespace, "deployments", "web"), {"spec": {"template": {"spec": {"containers": containers}}}}
    )
    assert ["app"] == [c["name"] for c in patched.body["spec"]["template"]["spec"]["containers"]]


def test_custom_resources_know_no_strategic_merge(client: Client, namespace: str) -> None:
    """A strategic merge patch of a custom resource is 415."""
    established(client, definition("plains", "Plain"))
    client.post(custom(namespace, "plains"), custom_object("Plain"))
    assert 415 == client.strategic(custom(namespace, "plains", "a"), {"spec": {"x": 1}}).code


def test_json_patch(client: Client, namespace: str) -> None:
    """Operations apply in order; `/` in a key is escaped."""
    sent = config("a")
    sent["metadata"]["annotations"] = {"example.com/old": "1"}
    client.post(core(namespace, "configmaps"), sent)
    patched = client.json_patch(
        core(namespace, "configmaps", "a"),
        {"op": "test", "path": "/data/key", "value": "value"},
        {"op": "add", "path": "/metadata/annotations/example.com~1new", "value": "2"},
        {"op": "remove", "path": "/metadata/annotations/example.com~1old"},
    )
    assert {"example.com/new": "2"} == patched.body["metadata"]["annotations"]


BAD_OPERATIONS = [
    pytest.param({"op": "test", "path": "/data/key", "value": "other"}, 422, id="a test that fails"),
    pytest.param({"op": "remove", "path": "/data/nothing"}, 422, id="removing what is not there"),
    pytest.param(
        {"op": "add", "path": "/metadata/annotations/a", "value": "1"}, 422, id="adding below nothing"
    ),
    pytest.param(
        {"op": "test", "path": "/data/nothing/below", "value": None}, 422, id="a test below what is not there"
    ),
    pytest.param({"op": "add", "path": "", "value": {}}, 422, id="adding the whole object"),
    pytest.param({"op": "add", "value": "1"}, 422, id="no path"),
    pytest.param({"op": "copy", "path": "/data/more"}, 422, id="no source"),
    pytest.param({"op": "frobnicate", "path": "/data/key"}, 422, id="an unknown operation"),
    pytest.param("add", 400, id="no operation at all"),
]


@pytest.mark.parametrize(("operation", "code"), BAD_OPERATIONS)
def test_json_patch_that_cannot_be(client: Client, namespace: str, operation: Any, code: int) -> None:
    """The whole patch is refused, and the object stays as it was."""
    live = client.post(core(namespace, "configmaps"), config("a")).body
    path = core(namespace, "configmaps", "a")
    refused = client.json_patch(path, {"op": "add", "path": "/data/more", "value": "1"}, operation)
    assert (code, "Status") == (refused.code, refused.body["kind"])
    assert live == client.get(path).body


def test_json_patch_replaces_what_is_not_there(client: Client, namespace: str) -> None:
    """A replacement of an absent field adds it, other than RFC 6902 has it."""
    client.post(core(namespace, "configmaps"), config("a"))
    path = core(namespace, "configmaps", "a")
    patched = client.json_patch(path, {"op": "replace", "path": "/data/more", "value": "1"})
    assert {"key": "value", "more": "1"} == patched.body["data"]


def test_json_patch_counts_from_the_end(client: Client, namespace: str) -> None:
    """An index below zero is counted from the end of the list."""
    client.post(core(namespace, "pods"), pod(containers=[{"name": name, "image": name} for name in "abc"]))
    change = {"op": "replace", "path": "/spec/containers/-1/image", "value": "z"}
    patched = client.json_patch(core(namespace, "pods", "web"), change)
    assert ["a", "b", "z"] == [each["image"] for each in patched.body["spec"]["containers"]]


def test_stale_version_test(client: Client, namespace: str) -> None:
    """A JSON patch guarded by a test of an older resourceVersion is refused."""
    version = client.post(core(namespace, "configmaps"), config("a")).version
    path = core(namespace, "configmaps", "a")
    guard = {"op": "test", "path": "/metadata/resourceVersion", "value": version}
    change = {"op": "replace", "path": "/data/key", "value": "1"}
    assert [200, 422] == [client.json_patch(path, guard, change).code for _ in range(2)]


@pytest.mark.parametrize("body", [b"{", b"[1]"])
def test_unreadable(client: Client, namespace: str, body: bytes) -> None:
    """A patch that is no patch is 400."""
    client.post(core(namespace, "configmaps"), config("a"))
    assert 400 == client.merge(core(namespace, "configmaps", "a"), body).code


def test_missing_object(client: Client, namespace: str) -> None:
    assert 404 == client.merge(core(namespace, "configmaps", "a"), {"data": {"a": "b"}}).code


def test_invalid_result(client: Client, namespace: str) -> None:
    """A patch whose result breaks a rule of the kind is 422."""
    client.post(apps(namespace, "deployments"), deployment())
    refused = client.merge(apps(namespace, "deployments", "web"), {"spec": {"replicas": -1}})
    assert (422, "spec.replicas") == (refused.code, refused.body["details"]["causes"][0]["field"])


def test_immutable_field(client: Client, namespace: str) -> None:
    """A Deployment's selector cannot be changed."""
    client.post(apps(namespace, "deployments"), deployment())
    selector = {"matchLabels": {"app": "web", "more": "1"}}
    template = {"metadata": {"labels": selector["matchLabels"]}}
    refused = client.merge(
        apps(namespace, "deployments", "web"), {"spec": {"selector": selector, "template": template}}
    )
    assert (422, "spec.selector") == (refused.code, refused.body["details"]["causes"][0]["field"])
