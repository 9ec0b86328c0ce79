"""StatefulSet: as many replicas as wanted, ready, and updated down to the partition."""

from __future__ import annotations

from .fields import Json, get_int, section, unobserved
from .verdict import REACHED, Convergence, in_progress


def statefulset(obj: Json) -> Convergence:
    """kstatus' rule, but OnDelete leaves only the update to the user: replicas are waited for."""
    status, spec = section(obj, "status"), section(obj, "spec")
    if (verdict := unobserved(status)) is not None:
        return verdict
    wanted = get_int(spec, "replicas", 1)
    if (verdict := _counts(wanted, spec, status)) is not None:
        return verdict
    if (verdict := _update(wanted, section(spec, "updateStrategy"), status)) is not None:
        return verdict
    return REACHED


def _counts(wanted: int, spec: Json, status: Json) -> Convergence | None:
    total, ready = get_int(status, "replicas"), get_int(status, "readyReplicas")
    if total < wanted:
        return in_progress("LessReplicas", f"{total} of {wanted} replicas exist")
    if ready < wanted:
        return in_progress("LessReady", f"{ready} of {wanted} replicas ready")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas too many, to be terminated")
    available = get_int(status, "availableReplicas")
    if get_int(spec, "minReadySeconds") > 0 and available < wanted:
        return in_progress("LessAvailable", f"{available} of {wanted} replicas available")
    return None


def _update(wanted: int, strategy: Json, status: Json) -> Convergence | None:
    if strategy.get("type") == "OnDelete":
        return None
    partition = get_int(section(strategy, "rollingUpdate"), "partition")
    updated, target = get_int(status, "updatedReplicas"), max(0, wanted - partition)
    if updated < target:
        return in_progress("LessUpdated", f"{updated} of {target} replicas updated")
    if partition == 0 and status.get("currentRevision") != status.get("updateRevision"):
        return in_progress("RevisionMismatch", "the updated revision is not the current one yet")
    return None
