"""What happens to dependents when their owner is deleted. (On a real cluster: kube-controller-manager.)"""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.http_client import Client
from tests.conformance.objects import config, core, owner, pod


def _make(
    client: Client, namespace: str, name: str, *owners: Any, finalizer: str = "", blocks: bool = False
) -> Any:
    sent = config(name)
    references = [owner("ConfigMap", "v1", one, blocks=blocks) | {"controller": False} for one in owners]
    sent["metadata"]["ownerReferences"] = references
    if finalizer:
        sent["metadata"]["finalizers"] = [finalizer]
    return client.post(core(namespace, "configmaps"), sent).body


def test_background(client: Client, namespace: str) -> None:
    """The owner goes at once; its dependents, and theirs, follow."""
    top = _make(client, namespace, "top")
    middle = _make(client, namespace, "middle", top)
    _make(client, namespace, "leaf", middle)
    client.delete(core(namespace, "configmaps", "top"), {"propagationPolicy": "Background"})
    assert 404 == client.get(core(namespace, "configmaps", "top")).code
    client.wait_gone(core(namespace, "configmaps", "middle"))
    client.wait_gone(core(namespace, "configmaps", "leaf"))


def test_foreground(client: Client, namespace: str) -> None:
    """The owner waits, marked, until the dependents that block it are gone."""
    top = _make(client, namespace, "top")
    _make(client, namespace, "held", top, finalizer="example.com/hold", blocks=True)
    marked = client.delete(core(namespace, "configmaps", "top"), {"propagationPolicy": "Foreground"}).body
    assert ["foregroundDeletion"] == marked["metadata"]["finalizers"]
    client.wait(core(namespace, "configmaps", "held"), lambda r: "deletionTimestamp" in r.body["metadata"])
    assert 200 == client.get(core(namespace, "configmaps", "top")).code
    client.merge(core(namespace, "configmaps", "held"), {"metadata": {"finalizers": None}})
    client.wait_gone(core(namespace, "configmaps", "top"))


def test_orphan(client: Client, namespace: str) -> None:
    """The owner goes; its dependents stay, without the reference."""
    top = _make(client, namespace, "top")
    _make(client, namespace, "leaf", top)
    client.delete(core(namespace, "configmaps", "top"), {"propagationPolicy": "Orphan"})
    client.wait_gone(core(namespace, "configmaps", "top"))
    assert "ownerReferences" not in client.get(core(namespace, "configmaps", "leaf")).body["metadata"]


def test_another_owner_holds(client: Client, namespace: str) -> None:
    """A dependent stays as long as one of its owners does; the reference to the other is dropped."""
    first, second = _make(client, namespace, "first"), _make(client, namespace, "second")
    _make(client, namespace, "leaf", first, second)
    client.delete(core(namespace, "configmaps", "first"))

    def names(reply: Any) -> list[str]:
        return [one["name"] for one in reply.body["metadata"].get("ownerReferences", [])]

    client.wait(core(namespace, "configmaps", "leaf"), lambda reply: names(reply) == ["second"])


def test_owner_that_never_was(client: Client, namespace: str) -> None:
    """A dependent of an object that does not exist goes."""
    ghost = {"metadata": {"name": "ghost", "uid": "00000000-0000-4000-8000-000000000000"}}
    _make(client, namespace, "leaf", ghost)
    client.wait_gone(core(namespace, "configmaps", "leaf"))


@pytest.mark.parametrize("policy", ["Background", "Foreground"])
def test_many(client: Client, namespace: str, policy: str) -> None:
    """All of many dependents go."""
    top = _make(client, namespace, "top")
    for number in range(20):
        _make(client, namespace, f"leaf-{number}", top, blocks=True)
    client.delete(core(namespace, "configmaps", "top"), {"propagationPolicy": policy})
    client.wait_gone(core(namespace, "configmaps", "top"))
    client.wait(
        core(namespace, "configmaps"),
        lambda reply: not [i for i in reply.body["items"] if i["metadata"]["name"].startswith("leaf")],
    )


@pytest.mark.parametrize(
    ("query", "left"),
    [
        pytest.param({}, True, id="where nobody says, its pods stay"),
        pytest.param({"propagationPolicy": "Background"}, False, id="in the background they go"),
    ],
)
def test_a_job_orphans(client: Client, namespace: str, query: dict[str, str], left: bool) -> None:
    """A Job is of a kind so old that it leaves its pods behind by default."""
    jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    template = {"spec": pod()["spec"] | {"restartPolicy": "Never"}}
    job = client.post(jobs, {"metadata": {"name": "web"}, "spec": {"template": template}}).body
    dependent = pod()
    dependent["metadata"]["ownerReferences"] = [owner("Job", "batch/v1", job)]
    path = core(namespace, "pods", "web")
    client.post(core(namespace, "pods"), dependent)
    client.delete(f"{jobs}/web", **query)
    client.wait_gone(f"{jobs}/web")
    if left:
        client.wait(path, lambda reply: "ownerReferences" not in reply.body["metadata"])
    else:
        client.wait_gone(path)
