"""Pods seen from their ReplicaSet: which count, and what does a new one look like?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operators.workloads.conditions import with_condition, without
from operators.workloads.objects import (
    Object,
    being_deleted,
    condition,
    controller_reference,
    metadata,
    number,
    spec,
    status,
    uid,
)
from operators.workloads.owned import LabelSet, label_set
from traceutil.times import SECOND, parse_time


def is_active(pod: Object) -> bool:
    """Neither finished nor being deleted: one that counts (controller.IsPodActive)."""
    return not being_deleted(pod) and status(pod).get("phase") not in ("Succeeded", "Failed")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a ReplicaSet needs to know of one version of a pod. `ready_since`: Unix ns, None: not ready."""

    pod: Object
    active: bool
    ready_since: int | None
    labelled: LabelSet

    @classmethod
    def at(cls, pod: Object) -> Seen:
        ready = condition(status(pod).get("conditions"), "Ready")
        since = None
        if ready is not None and ready.get("status") == "True":
            since = parse_time(ready.get("lastTransitionTime")) or 0
        return cls(pod, is_active(pod), since, label_set(pod))

    def available_in(self, min_ready: int, now: int) -> float | None:
        """Seconds until the pod counts as available: 0 when it does, None while it is not ready."""
        if self.ready_since is None:
            return None
        return max(0.0, (self.ready_since + min_ready * SECOND - now) / SECOND) if min_ready > 0 else 0.0


class Sightings:
    """Remembers what was seen, as long as a pod does not change: most of a thousand do not.

    All pods are gone through for each event of one, so what is done for one that did not change is one look
    into a dict: by `id`, which is the version's own as long as it is remembered.
    """

    def __init__(self) -> None:
        self._newest: dict[str, Seen] = {}
        self._seen: dict[int, Seen] = {}

    def of(self, pods: Iterable[Object]) -> list[Seen]:
        seen = self._seen
        return [seen.get(id(pod)) or self._look_at(pod) for pod in pods]

    def labels(self, pod: Object) -> LabelSet:
        return (self._seen.get(id(pod)) or self._look_at(pod)).labelled

    def _look_at(self, pod: Object) -> Seen:
        self.forget(pod)
        seen = self._newest[uid(pod)] = self._seen[id(pod)] = Seen.at(pod)
        return seen

    def forget(self, pod: Object) -> None:
        known = self._newest.pop(uid(pod), None)
        if known is not None:
            del self._seen[id(known.pod)]


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
    replica_set: Object, active: Sequence[Seen], now: int, failure: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The status that these active pods make (calculateStatus); fields that are 0 are left out.

    `failure`: the ReplicaFailure condition to report, None where pods could be made and deleted.
    """
    min_ready = number(spec(replica_set).get("minReadySeconds"))
    wanted = frozenset(
        ((spec(replica_set).get("template") or {}).get("metadata", {}).get("labels") or {}).items()
    )
    # Pods of one template have the same labels: they are compared once.
    labelled = Counter(each.labelled for each in active)
    ready = [each for each in active if each.ready_since is not None]
    fields: dict[str, Any] = {
        "fullyLabeledReplicas": sum(count for those, count in labelled.items() if wanted <= those),
        "readyReplicas": len(ready),
        "availableReplicas": len(ready)
        if min_ready <= 0
        else sum(each.available_in(min_ready, now) == 0.0 for each in ready),
        "observedGeneration": number(metadata(replica_set).get("generation")),
    }
    kept = without(status(replica_set).get("conditions"), "ReplicaFailure")
    if failure is not None:
        kept = with_condition(status(replica_set).get("conditions"), failure)
    result = {key: value for key, value in fields.items() if value}
    return {"replicas": len(active)} | result | ({"conditions": kept} if kept else {})


def next_available(active: Sequence[Seen], min_ready: int, now: int) -> float | None:
    """Seconds until the next ready pod becomes available; None where none is about to."""
    if min_ready <= 0:
        return None
    return min((wait for each in active if (wait := each.available_in(min_ready, now))), default=None)
