"""Deployment: every replica is of the new template and available, and the old ones are gone."""

from __future__ import annotations

from .fields import Json, condition, get_int, get_text, is_true, section, unobserved
from .verdict import REACHED, Convergence, failed, in_progress


def deployment(obj: Json) -> Convergence:
    """kstatus' rule, by the counts; pods that still terminate are not waited for, as `rollout status`.

    Conditions follow the counts in the same write, so of them only ProgressDeadlineExceeded decides.
    """
    status = section(obj, "status")
    if (verdict := unobserved(status)) is not None:
        return verdict
    progressing = condition(status, "Progressing")
    if progressing is not None and progressing.get("reason") == "ProgressDeadlineExceeded":
        return failed("ProgressDeadlineExceeded", get_text(progressing, "message"))
    spec = section(obj, "spec")
    missing = _missing(get_int(spec, "replicas", 1), status)
    if missing is None:
        return REACHED
    return _explained(missing, spec, status)


def _missing(wanted: int, status: Json) -> Convergence | None:
    updated = get_int(status, "updatedReplicas")
    if updated < wanted:
        return in_progress("LessUpdated", f"{updated} of {wanted} replicas updated")
    total = get_int(status, "replicas")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas too many, to be terminated")
    if total < wanted:
        return in_progress("LessReplicas", f"{total} of {wanted} replicas exist")
    available = get_int(status, "availableReplicas")
    if available < wanted:
        return in_progress("LessAvailable", f"{available} of {wanted} updated replicas available")
    return None


def _explained(missing: Convergence, spec: Json, status: Json) -> Convergence:
    failure = condition(status, "ReplicaFailure")
    if failure is not None and is_true(failure):
        words = get_text(failure, "message")
        return in_progress(get_text(failure, "reason") or "ReplicaFailure", f"{missing.message}: {words}")
    if spec.get("paused") is True and missing.reason in {"LessUpdated", "ExtraPods"}:
        return in_progress("DeploymentPaused", f"{missing.message}; it is paused")
    return missing
