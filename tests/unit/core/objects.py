"""Objects for tables: as an API server stores them, times counted in seconds from the tests' epoch."""

from __future__ import annotations

import copy
import itertools
from datetime import UTC, datetime
from typing import Any

from traceutil.record import KEY, Record
from traceutil.testing import EPOCH
from traceutil.times import SECOND

TRACEPARENT = "tracing.k8s.io/traceparent"
UID = "11111111-2222-3333-4444-555555555555"
Object = dict[str, Any]

_versions = itertools.count(1_000)


def at(seconds: float) -> str:
    """RFC 3339, whole seconds, as Kubernetes stores it."""
    return datetime.fromtimestamp(EPOCH // SECOND + int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ns(seconds: float) -> int:
    """Unix nanoseconds."""
    return EPOCH + int(seconds * SECOND)


def owner_of_spec(seconds: float | None, manager: str = "client", **more: Any) -> Object:
    """A managedFields entry that owns `f:spec`; None: without a time, as `kubectl scale` leaves it."""
    entry = {"manager": manager, "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}, **more}
    return entry if seconds is None else {**entry, "time": at(seconds)}


def owner_of_annotation(seconds: float, key: str = TRACEPARENT, **more: Any) -> Object:
    fields: Object = {"f:metadata": {"f:annotations": {f"f:{key}": {}}}}
    return {"manager": "client", "operation": "Update", "time": at(seconds), "fieldsV1": fields, **more}


def stored(kind: str, version: str, called: str, spec: Object, **metadata: Any) -> Object:
    """An object as it stands in the cluster."""
    own = {
        "name": called,
        "namespace": "default",
        "uid": UID,
        "resourceVersion": "1",
        "generation": 1,
        "creationTimestamp": at(0),
        "annotations": {},
        **metadata,
    }
    return {"apiVersion": version, "kind": kind, "metadata": own, "spec": spec}


def deployment(replicas: int = 2, image: str = "web:1", **metadata: Any) -> Object:
    containers = [{"name": "main", "image": image}]
    spec = {
        "replicas": replicas,
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}},
    }
    return stored("Deployment", "apps/v1", "web", spec, **metadata)


def replica_set(replicas: int = 2, **metadata: Any) -> Object:
    return stored("ReplicaSet", "apps/v1", "web-6d4", {"replicas": replicas}, **metadata)


def pod(**metadata: Any) -> Object:
    spec = {"containers": [{"name": "main", "image": "web:1"}]}
    return stored("Pod", "v1", "web-6d4-a", spec, **metadata)


def database(size: int = 1, **metadata: Any) -> Object:
    """A custom resource."""
    return stored("Database", "example.com/v1", "orders", {"size": size}, **metadata)


def with_record(obj: Object, record: Record, **annotations: str) -> Object:
    """The same object with the record among its annotations."""
    result = copy.deepcopy(obj)
    result["metadata"]["annotations"] = {
        **result["metadata"]["annotations"],
        KEY: record.dumps(),
        **annotations,
    }
    return result


def with_status(obj: Object, **status: Any) -> Object:
    """The same object with another status, of its current generation, and a new resourceVersion."""
    result = copy.deepcopy(obj)
    metadata = result["metadata"]
    metadata["resourceVersion"] = str(next(_versions))
    result["status"] = {"observedGeneration": metadata.get("generation"), **status}
    return result


def reached(obj: Object, seconds: float = 0) -> Object:
    """The same object with actual == desired."""
    count = obj["spec"].get("replicas", 1)
    counts = dict.fromkeys(
        ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "fullyLabeledReplicas"), count
    )
    match obj["kind"]:
        case "Deployment":
            conditions = [
                {"type": "Available", "status": "True"},
                {
                    "type": "Progressing",
                    "status": "True",
                    "reason": "NewReplicaSetAvailable",
                    "lastUpdateTime": at(seconds),
                },
            ]
            return with_status(obj, **counts, conditions=conditions)
        case "ReplicaSet":
            return with_status(obj, **counts)
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": at(seconds)}
    return with_status(obj, phase="Running", startTime=at(0), conditions=[ready])


def unreached(obj: Object, seconds: float = 0) -> Object:
    """The same object, observed, but with nothing ready."""
    ready = {"type": "Ready", "status": "False", "reason": "NotYet", "lastTransitionTime": at(seconds)}
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 0)
    match obj["kind"]:
        case "Deployment" | "ReplicaSet":
            return with_status(obj, **counts)
    return with_status(obj, phase="Pending", startTime=at(seconds), conditions=[ready])


def record_of(obj: Object, **fields: Any) -> Record:
    """A record that was opened at the epoch for the object as it is."""
    from traceutil.refs import identity

    known: dict[str, Any] = {
        "trace_id": 0xA1,
        "span_id": 0xB1,
        "parent_id": 0,
        "flags": 1,
        "of": identity(obj),
        "start": ns(0),
        "generation": obj["metadata"].get("generation"),
        "closer": "test",
    }
    return Record(**{**known, **fields})
