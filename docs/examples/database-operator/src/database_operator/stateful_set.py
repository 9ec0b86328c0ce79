"""What a Database wants: its StatefulSet."""

from collections.abc import Mapping
from typing import Any

from traceutil import trace_until_reached

#: Seconds after which a StatefulSet that is not ready is overdue.
DEADLINE = 300


def stateful_set(database: Mapping[str, Any], live: Mapping[str, Any] | None) -> dict[str, Any]:
    """The StatefulSet to write, with the trace in its annotations.

    `live` is the one in the cluster: where it is as it should be, its annotations stay as they are, so that a
    write of nothing new stays nothing.
    """
    metadata = database["metadata"]
    labels = {"database": metadata["name"]}
    child: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": labels,
            "ownerReferences": [owner(database)],
        },
        "spec": {
            "replicas": database["spec"]["replicas"],
            "serviceName": metadata["name"],
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "database", "image": "database:1.0"}]},
            },
        },
    }
    trace_until_reached(child, live=live, deadline=DEADLINE)
    return child


def owner(database: Mapping[str, Any]) -> dict[str, Any]:
    """With it the StatefulSet goes when its Database goes."""
    return {
        "apiVersion": "example.com/v1",
        "kind": "Database",
        "name": database["metadata"]["name"],
        "uid": database["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
