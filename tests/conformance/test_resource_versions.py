"""resourceVersion: one counter for everything, moved by changes and by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.http_client import Client, Reply
from tests.conformance.objects import apps, config, core, deployment

WEB = "deployments/web"


def test_global_and_monotonic(client: Client, namespace: str) -> None:
    """Writes of different kinds draw from one rising counter."""
    versions = [
        int(client.post(core(namespace, "configmaps"), config("a")).version),
        int(client.post(apps(namespace, "deployments"), deployment()).version),
        int(client.merge(core(namespace, "configmaps", "a"), {"data": {"key": "other"}}).version),
    ]
    assert sorted(set(versions)) == versions


NO_OPS: list[Any] = [
    pytest.param(lambda c, p, live: c.put(p, live), id="PUT of what is there"),
    pytest.param(
        lambda c, p, live: c.merge(p, {"spec": {"replicas": 2}}), id="merge patch of the same value"
    ),
    pytest.param(lambda c, p, live: c.merge(p, {}), id="empty merge patch"),
    pytest.param(
        lambda c, p, live: c.json_patch(p, {"op": "replace", "path": "/spec/replicas", "value": 2}),
        id="JSON patch of the same value",
    ),
    pytest.param(
        lambda c, p, live: c.strategic(
            p,
            {
                "spec": {
                    "template": {"spec": {"containers": [{"name": "app", "image": "registry.example/web:1"}]}}
                }
            },
        ),
        id="strategic merge patch of the same container",
    ),
    pytest.param(lambda c, p, live: c.put(f"{p}/status", live), id="PUT of the same status"),
]


@pytest.mark.parametrize("write", NO_OPS)
def test_no_op(client: Client, namespace: str, write: Callable[[Client, str, Any], Reply]) -> None:
    """A write that changes nothing moves neither resourceVersion nor managedFields, whoever sends it."""
    path = apps(namespace, WEB)
    client.post(apps(namespace, "deployments"), deployment(), fieldManager="another")
    live = client.get(path).body
    reply = write(client, path, live)
    assert 200 == reply.code
    assert live == client.get(path).body


def test_repeated_apply(client: Client, namespace: str) -> None:
    """Applying the same configuration again moves nothing."""
    first = client.apply(apps(namespace, WEB), deployment(), "me")
    again = client.apply(apps(namespace, WEB), deployment(), "me")
    assert (201, 200) == (first.code, again.code)
    assert first.body == again.body


def test_stale_put(client: Client, namespace: str) -> None:
    """A PUT over a newer version is 409 Conflict."""
    old = client.post(core(namespace, "configmaps"), config("a")).body
    client.merge(core(namespace, "configmaps", "a"), {"data": {"key": "newer"}})
    refused = client.put(core(namespace, "configmaps", "a"), old)
    assert (409, "Conflict") == (refused.code, refused.reason)
    assert "the object has been modified" in refused.body["message"]


@pytest.mark.parametrize("version", [None, "", "0"])
def test_unconditional_put(client: Client, namespace: str, version: str | None) -> None:
    """A PUT without a version, or with "0", replaces whatever is there."""
    client.post(core(namespace, "configmaps"), config("a"))
    sent = config("a", data="replaced")
    sent["metadata"]["resourceVersion"] = version
    reply = client.put(core(namespace, "configmaps", "a"), sent)
    assert (200, {"data": "replaced"}) == (reply.code, reply.body["data"])


@pytest.mark.parametrize("version", [None, "", "0"])
def test_kinds_that_insist_on_a_version(client: Client, namespace: str, version: str | None) -> None:
    """A Lease cannot be replaced without its version: 422."""
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    sent = {"metadata": {"name": "a", "resourceVersion": version}, "spec": {"holderIdentity": "me"}}
    client.post(path, sent | {"metadata": {"name": "a"}})
    refused = client.put(f"{path}/a", sent)
    assert (422, ["metadata.resourceVersion"]) == (
        refused.code,
        [cause["field"] for cause in refused.body["details"]["causes"]],
    )


def test_stale_merge_patch(client: Client, namespace: str) -> None:
    """A merge patch may carry the version that it was made for; a stale one is 409."""
    version = client.post(core(namespace, "configmaps"), config("a")).version
    path = core(namespace, "configmaps", "a")
    body = {"metadata": {"resourceVersion": version}, "data": {"key": "1"}}
    assert [200, 409] == [client.merge(path, body).code for _ in range(2)]


def test_stale_uid(client: Client, namespace: str) -> None:
    """A write meant for an object of the same name that is gone is 409."""
    sent = config("a")
    client.post(core(namespace, "configmaps"), sent)
    sent["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000"
    assert 409 == client.put(core(namespace, "configmaps", "a"), sent).code


def test_create_with_a_version(client: Client, namespace: str) -> None:
    """A new object cannot have a version yet: 400 or 500, never created."""
    sent = config("a")
    sent["metadata"]["resourceVersion"] = "5"
    assert client.post(core(namespace, "configmaps"), sent).code in (400, 500)
    assert 404 == client.get(core(namespace, "configmaps", "a")).code
