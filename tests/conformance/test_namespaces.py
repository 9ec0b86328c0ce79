"""Namespaces: what is there from the start, and how one is emptied."""

from __future__ import annotations

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import config, core


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_premade(client: Client, name: str) -> None:
    found = client.get(f"/api/v1/namespaces/{name}").body
    assert ("Active", name) == (
        found["status"]["phase"],
        found["metadata"]["labels"]["kubernetes.io/metadata.name"],
    )


def test_deletion_empties(client: Client, namespace: str) -> None:
    """What is in a namespace goes with it."""
    client.post(core(namespace, "configmaps"), config("a"))
    assert "Terminating" == client.delete(f"/api/v1/namespaces/{namespace}").body["status"]["phase"]
    client.wait_gone(f"/api/v1/namespaces/{namespace}")
    assert (
        [] == client.get("/api/v1/configmaps", fieldSelector=f"metadata.namespace={namespace}").body["items"]
    )


def test_terminating(client: Client, namespace: str) -> None:
    """A namespace that waits for a finalizer takes nothing new: 403 with the cause."""
    sent = config("held")
    sent["metadata"]["finalizers"] = ["example.com/hold"]
    client.post(core(namespace, "configmaps"), sent)
    client.delete(f"/api/v1/namespaces/{namespace}")
    refused = client.post(core(namespace, "configmaps"), config("late"))
    assert (403, "Forbidden") == (refused.code, refused.reason)
    assert ["NamespaceTerminating"] == [cause["reason"] for cause in refused.body["details"]["causes"]]
    held = core(namespace, "configmaps", "held")
    client.wait(held, lambda reply: "deletionTimestamp" in reply.body["metadata"])
    client.merge(held, {"metadata": {"finalizers": None}})
    client.wait_gone(f"/api/v1/namespaces/{namespace}")


def test_immortal(client: Client) -> None:
    """The default namespace cannot be deleted."""
    assert 403 == client.delete("/api/v1/namespaces/default").code
