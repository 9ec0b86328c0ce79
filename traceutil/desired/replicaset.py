"""ReplicaSet and ReplicationController: as many replicas as wanted, labelled, ready and available."""

from __future__ import annotations

from .fields import Json, condition, get_int, get_text, is_true, section, unobserved
from .verdict import REACHED, Convergence, in_progress


def replicaset(obj: Json) -> Convergence:
    """kstatus' rule; pods that cannot be created (quota, admission) are in progress, with status's words."""
    status = section(obj, "status")
    if (verdict := unobserved(status)) is not None:
        return verdict
    failure = condition(status, "ReplicaFailure")
    if failure is not None and is_true(failure):
        return in_progress(get_text(failure, "reason") or "ReplicaFailure", get_text(failure, "message"))
    wanted = get_int(section(obj, "spec"), "replicas", 1)
    for field, reason, words in (
        ("fullyLabeledReplicas", "LessLabelled", "labelled"),
        ("readyReplicas", "LessReady", "ready"),
        ("availableReplicas", "LessAvailable", "available"),
    ):
        count = get_int(status, field)
        if count < wanted:
            return in_progress(reason, f"{count} of {wanted} replicas {words}")
    total = get_int(status, "replicas")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas too many, to be terminated")
    return REACHED
