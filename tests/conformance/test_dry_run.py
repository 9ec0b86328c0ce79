"""dryRun=All: every check is made, nothing is stored."""

from __future__ import annotations

from tests.conformance.http_client import Client
from tests.conformance.objects import apps, bind, config, core, deployment, pod


def test_create(client: Client, namespace: str) -> None:
    """The answer is the object as it would be."""
    made = client.post(apps(namespace, "deployments"), deployment(), dryRun="All")
    assert (201, 1) == (made.code, made.body["metadata"]["generation"])
    assert 404 == client.get(apps(namespace, "deployments", "web")).code


def test_writes(client: Client, namespace: str) -> None:
    """PUT, PATCH, apply and DELETE leave the object as it was."""
    live = client.post(core(namespace, "configmaps"), config("a")).body
    path = core(namespace, "configmaps", "a")
    replies = [
        client.put(path, config("a", key="1"), dryRun="All"),
        client.merge(path, {"data": {"key": "1"}}, dryRun="All"),
        client.apply(path, config("a", more="1"), "me", dryRun="All"),
        client.delete(path, dryRun="All"),
        client.delete(path, {"dryRun": ["All"]}),
    ]
    assert [200] * 5 == [reply.code for reply in replies]
    assert "1" == replies[1].body["data"]["key"]
    assert live == client.get(path).body


def test_binding(client: Client, namespace: str) -> None:
    """A graceful deletion is not begun, either."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    client.delete(core(namespace, "pods", "web"), dryRun="All")
    assert "deletionTimestamp" not in client.get(core(namespace, "pods", "web")).body["metadata"]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


def test_checks_are_made(client: Client, namespace: str) -> None:
    """A dry run is refused like the real thing."""
    client.post(core(namespace, "configmaps"), config("a"))
    assert 409 == client.post(core(namespace, "configmaps"), config("a"), dryRun="All").code


def test_only_all(client: Client, namespace: str) -> None:
    """Any other value is 422."""
    assert 422 == client.post(core(namespace, "configmaps"), config("a"), dryRun="Some").code
