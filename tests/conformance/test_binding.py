"""pods/binding and pods/eviction."""

from __future__ import annotations

from tests.conformance.http_client import Client
from tests.conformance.objects import bind, core, pod


def test_bind(client: Client, namespace: str) -> None:
    """Binding sets the node and PodScheduled, merges the annotations, and answers with a Status."""
    sent = pod()
    sent["metadata"]["annotations"] = {"example.com/mine": "1"}
    client.post(core(namespace, "pods"), sent)
    bound = bind(client, namespace, "web", annotations={"example.com/scheduler": "2"})
    assert (201, "Status", "Success") == (bound.code, bound.body["kind"], bound.body["status"])
    live = client.get(core(namespace, "pods", "web")).body
    assert "node-1" == live["spec"]["nodeName"]
    assert {"example.com/mine": "1", "example.com/scheduler": "2"} == live["metadata"]["annotations"]
    assert [("PodScheduled", "True")] == [(c["type"], c["status"]) for c in live["status"]["conditions"]]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


def test_bind_twice(client: Client, namespace: str) -> None:
    """A pod that has a node is not bound again: 409, naming the node."""
    client.post(core(namespace, "pods"), pod())
    bind(client, namespace, "web")
    again = bind(client, namespace, "web", node="node-2")
    assert (409, "Conflict") == (again.code, again.reason)
    assert 'already assigned to node "node-1"' in again.body["message"]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


def test_bind_another_pod(client: Client, namespace: str) -> None:
    """A Binding with the uid of a pod that is gone is 409."""
    client.post(core(namespace, "pods"), pod())
    refused = bind(client, namespace, "web", uid="00000000-0000-4000-8000-000000000000")
    assert 409 == refused.code


def test_bind_nothing(client: Client, namespace: str) -> None:
    """There must be a pod: 404."""
    assert 404 == bind(client, namespace, "web").code


def test_bind_by_collection(client: Client, namespace: str) -> None:
    """POST to bindings binds the pod that the Binding is named after."""
    client.post(core(namespace, "pods"), pod())
    binding = {"metadata": {"name": "web"}, "target": {"kind": "Node", "name": "node-1"}}
    assert 201 == client.post(core(namespace, "bindings"), binding).code
    assert "node-1" == client.get(core(namespace, "pods", "web")).body["spec"]["nodeName"]
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)


def _eviction(name: str) -> dict[str, object]:
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}


def test_evict(client: Client, namespace: str) -> None:
    """An eviction deletes the pod."""
    client.post(core(namespace, "pods"), pod())
    assert 201 == client.post(core(namespace, "pods", "web/eviction"), _eviction("web")).code
    assert 404 == client.get(core(namespace, "pods", "web")).code


def test_eviction_refused(client: Client, namespace: str) -> None:
    """A budget that allows no disruption refuses the eviction of a running pod with 429."""
    sent = pod()
    sent["metadata"]["labels"] = {"app": "web"}
    client.post(core(namespace, "pods"), sent)
    bind(client, namespace, "web")
    ready = [{"type": "Ready", "status": "True"}]
    client.merge(core(namespace, "pods", "web/status"), {"status": {"phase": "Running", "conditions": ready}})
    budget = {
        "metadata": {"name": "all"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    }
    client.post(f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets", budget)
    refused = client.post(core(namespace, "pods", "web/eviction"), _eviction("web"))
    assert (429, "TooManyRequests") == (refused.code, refused.reason)
    assert 200 == client.get(core(namespace, "pods", "web")).code
    client.delete(core(namespace, "pods", "web"), gracePeriodSeconds=0)
