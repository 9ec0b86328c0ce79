"""Event objects are one collection under two groups."""

from __future__ import annotations

from tests.conformance.http_client import Client
from tests.conformance.objects import core


def test_two_versions(client: Client, namespace: str) -> None:
    """An event written as v1 is read as events.k8s.io/v1, the same object under other names."""
    event = {
        "metadata": {"name": "web.1"},
        "involvedObject": {"kind": "Pod", "namespace": namespace, "name": "web"},
        "reason": "Pulled",
        "message": "done",
        "type": "Normal",
        "count": 1,
    }
    made = client.post(core(namespace, "events"), event).body
    other = client.get(f"/apis/events.k8s.io/v1/namespaces/{namespace}/events/web.1").body
    assert made["metadata"]["uid"] == other["metadata"]["uid"]
    assert ("events.k8s.io/v1", "done", "web") == (
        other["apiVersion"],
        other["note"],
        other["regarding"]["name"],
    )


def test_written_in_the_new_version(client: Client, namespace: str) -> None:
    """And the other way round."""
    event = {
        "metadata": {"name": "web.2"},
        "regarding": {"kind": "Pod", "namespace": namespace, "name": "web"},
        "reason": "Scheduled",
        "note": "done",
        "type": "Normal",
        "action": "Binding",
        "eventTime": "2026-01-01T00:00:00.000001Z",
        "reportingController": "scheduler",
        "reportingInstance": "scheduler-0",
    }
    path = f"/apis/events.k8s.io/v1/namespaces/{namespace}/events"
    assert 201 == client.post(path, event).code
    found = client.get(core(namespace, "events"), fieldSelector="involvedObject.name=web").body["items"]
    assert ["done"] == [item["message"] for item in found]
