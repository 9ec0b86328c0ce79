"""Which pods go first when a ReplicaSet shrinks?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from operators.workloads.objects import (
    Object,
    annotations_of,
    condition,
    condition_is,
    created,
    number,
    spec,
    status,
    uid,
)
from traceutil.times import parse_time

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}


def surplus(pods: Sequence[Object], count: int, related: Iterable[Object] | None = None) -> list[Object]:
    """The `count` pods to delete, most dispensable first.

    `related`: active pods of the same owner's ReplicaSets, by which crowded nodes are told (default: pods).
    """
    crowd = Counter(spec(pod).get("nodeName") or "" for pod in (pods if related is None else related))
    return sorted(pods, key=lambda pod: rank(pod, crowd[spec(pod).get("nodeName") or ""]))[:count]


def rank(pod: Object, crowded: int = 0) -> tuple[Any, ...]:
    """Sort key; lower goes first (ActivePodsWithRanks): unassigned, pending, not ready, cheap by
    annotation, on a crowded node, ready for a shorter time, restarted more often, younger; then by uid,
    so that two runs agree.
    """
    ready = condition_is(pod, "Ready")
    since = parse_time((condition(status(pod).get("conditions"), "Ready") or {}).get("lastTransitionTime"))
    restarts = max(
        (number(each.get("restartCount")) for each in status(pod).get("containerStatuses") or ()), default=0
    )
    return (
        bool(spec(pod).get("nodeName")),
        _PHASES.get(status(pod).get("phase") or "", 1),
        ready,
        _cost(pod),
        -crowded,
        -(since or 1 << 62) if ready else 0,
        -restarts,
        -created(pod),
        uid(pod),
    )


def _cost(pod: Object) -> int:
    try:
        return int(annotations_of(pod).get(DELETION_COST, "0"))
    except ValueError:
        return 0
