"""Pods seen from their ReplicaSet: which count, and what does a new one look like?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from operators.workloads.conditions import with_condition, without
from operators.workloads.objects import (
    Object,
    being_deleted,
    condition,
    condition_is,
    controller_reference,
    labels,
    metadata,
    number,
    spec,
    status,
)
from traceutil.times import SECOND, parse_time


def is_active(pod: Object) -> bool:
    """Neither finished nor being deleted: one that counts (controller.IsPodActive)."""
    return not being_deleted(pod) and status(pod).get("phase") not in ("Succeeded", "Failed")


def available_in(pod: Object, min_ready: int, now: int) -> float | None:
    """Seconds until a pod counts as available: 0 when it does, None while it is not ready."""
    ready = condition(status(pod).get("conditions"), "Ready")
    if ready is None or ready.get("status") != "True":
        return None
    since = parse_time(ready.get("lastTransitionTime"))
    if min_ready <= 0:
        return 0.0
    return float(min_ready) if since is None else max(0.0, (since + min_ready * SECOND - now) / SECOND)


def new_pod(replica_set: Object) -> dict[str, Any]:
    """A pod from the template, named by the server, owned by the ReplicaSet (GetPodFromTemplate)."""
    template = spec(replica_set).get("template") or {}
    meta = template.get("metadata") or {}
    kept = {key: meta[key] for key in ("labels", "annotations", "finalizers") if meta.get(key)}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            **{key: (dict(value) if isinstance(value, dict) else list(value)) for key, value in kept.items()},
            "generateName": f"{metadata(replica_set)['name']}-",
            "namespace": metadata(replica_set).get("namespace"),
            "ownerReferences": [controller_reference(replica_set)],
        },
        "spec": dict(template.get("spec") or {}),
    }


def replica_set_status(
    replica_set: Object, active: Sequence[Object], now: int, failure: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The status that these active pods make (calculateStatus); fields that are 0 are left out.

    `failure`: the ReplicaFailure condition to report, None where pods could be made and deleted.
    """
    min_ready = number(spec(replica_set).get("minReadySeconds"))
    wanted = (spec(replica_set).get("template") or {}).get("metadata", {}).get("labels") or {}
    fields: dict[str, Any] = {
        "fullyLabeledReplicas": sum(1 for pod in active if wanted.items() <= labels(pod).items()),
        "readyReplicas": sum(1 for pod in active if condition_is(pod, "Ready")),
        "availableReplicas": sum(1 for pod in active if available_in(pod, min_ready, now) == 0.0),
        "observedGeneration": number(metadata(replica_set).get("generation")),
    }
    kept = without(status(replica_set).get("conditions"), "ReplicaFailure")
    if failure is not None:
        kept = with_condition(status(replica_set).get("conditions"), failure)
    result = {key: value for key, value in fields.items() if value}
    return {"replicas": len(active)} | result | ({"conditions": kept} if kept else {})


def next_available(active: Sequence[Object], min_ready: int, now: int) -> float | None:
    """Seconds until the next ready pod becomes available; None where none is about to."""
    waits = [wait for pod in active if (wait := available_in(pod, min_ready, now))]
    return min(waits, default=None)
