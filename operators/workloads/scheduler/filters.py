"""May this pod run on this node? Each answer is the reason why not, in the scheduler's own words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from operators.workloads.objects import Object, spec
from operators.workloads.scheduler.resources import Node, Resources, requested
from operators.workloads.selectors import requirement_holds

_UNSCHEDULABLE = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def reasons_against(pod: Object, node: Node) -> list[str]:
    """Why `pod` cannot run on `node`; empty where it can. The first failing filter answers."""
    tolerations = spec(pod).get("tolerations") or ()
    if node.unschedulable and not _tolerated(_UNSCHEDULABLE, tolerations):
        return ["node(s) were unschedulable"]
    for taint in node.taints:
        if taint.get("effect") in ("NoSchedule", "NoExecute") and not _tolerated(taint, tolerations):
            return [f"node(s) had untolerated taint {{{taint.get('key')}: {taint.get('value', '')}}}"]
    if not _selected(pod, node.labels or {}):
        return ["node(s) didn't match Pod's node affinity/selector"]
    return _too_small(requested(pod), node.allocatable - node.used)


def _too_small(need: Resources, free: Resources) -> list[str]:
    found = []
    if free.pods < 1:
        found.append("Too many pods")
    if need.cpu > max(free.cpu, 0):
        found.append("Insufficient cpu")
    if need.memory > max(free.memory, 0):
        found.append("Insufficient memory")
    return found


def _tolerated(taint: Mapping[str, Any], tolerations: Iterable[Mapping[str, Any]]) -> bool:
    return any(_tolerates(each, taint) for each in tolerations)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """core/v1 Toleration.ToleratesTaint: an empty effect or an empty key with Exists matches all."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def _selected(pod: Object, labels: Mapping[str, str]) -> bool:
    wanted: Mapping[str, str] = spec(pod).get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    affinity = ((spec(pod).get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    )
    if not affinity:
        return True
    # Terms are alternatives; within one, every expression must hold.
    return any(
        all(requirement_holds(each, labels) for each in term.get("matchExpressions") or ())
        for term in affinity.get("nodeSelectorTerms") or ()
        if term.get("matchExpressions")
    )


def no_fit_message(reasons: Sequence[Sequence[str]]) -> str:
    """`0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods.` `reasons`: one list per node."""
    if not reasons:
        return "0/0 nodes are available: no nodes available to schedule pods."
    tally = Counter(reason for each in reasons for reason in each)
    listed = ", ".join(f"{count} {reason}" for reason, count in sorted(tally.items()))
    return f"0/{len(reasons)} nodes are available: {listed}."
