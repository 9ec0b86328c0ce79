"""Is the Deployment done, on its way, or stuck? Its status and its conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from operators.workloads.clock import rfc3339
from operators.workloads.conditions import with_news, without
from operators.workloads.deployment.rolling import Limits
from operators.workloads.objects import Object, condition, metadata, number, spec, status
from traceutil.times import SECOND, parse_time

AVAILABLE, PROGRESSING, REPLICA_FAILURE = "Available", "Progressing", "ReplicaFailure"
COMPLETE = "NewReplicaSetAvailable"
EXCEEDED = "ProgressDeadlineExceeded"


def total(replica_sets: Sequence[Object], field: str) -> int:
    return sum(number(status(each).get(field)) for each in replica_sets)


def counts(deployment: Object, new: Object | None, old: Sequence[Object]) -> dict[str, Any]:
    """Status without conditions (calculateStatus); fields that are 0 are left out as the API does."""
    everything = [*([new] if new else []), *old]
    desired = sum(number(spec(each).get("replicas"), 1) for each in everything)
    available = total(everything, "availableReplicas")
    fields = {
        "observedGeneration": number(metadata(deployment).get("generation")),
        "replicas": total(everything, "replicas"),
        "updatedReplicas": total([new], "replicas") if new else 0,
        "readyReplicas": total(everything, "readyReplicas"),
        "availableReplicas": available,
        "unavailableReplicas": max(0, desired - available),
        "collisionCount": number(status(deployment).get("collisionCount")),
    }
    return {key: value for key, value in fields.items() if value}


def is_complete(deployment: Object, fields: Mapping[str, Any]) -> bool:
    """Every pod is of the new template and available, and none other is left (DeploymentComplete)."""
    wanted = number(spec(deployment).get("replicas"), 1)
    return all(
        fields.get(each, 0) == wanted for each in ("replicas", "updatedReplicas", "availableReplicas")
    ) and fields.get("observedGeneration", 0) >= number(metadata(deployment).get("generation"))


def has_progressed(before: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """More new, ready or available pods than before, or fewer old ones (DeploymentProgressing)."""

    def grew(key: str) -> bool:
        return number(fields.get(key)) > number(before.get(key))

    def old_ones(of: Mapping[str, Any]) -> int:
        return number(of.get("replicas")) - number(of.get("updatedReplicas"))

    return any(grew(each) for each in ("updatedReplicas", "readyReplicas", "availableReplicas")) or old_ones(
        fields
    ) < old_ones(before)


def deadline_of(deployment: Object) -> int | None:
    """progressDeadlineSeconds; None where there is none (unset, or the largest int32: never)."""
    seconds = spec(deployment).get("progressDeadlineSeconds")
    return seconds if isinstance(seconds, int) and 0 < seconds < 2**31 - 1 else None


def overdue_at(deployment: Object, conditions: Sequence[Mapping[str, Any]]) -> int | None:
    """Unix ns at which progress will have been too slow; None where it cannot be, or already was."""
    seconds = deadline_of(deployment)
    progressing = condition(conditions, PROGRESSING)
    if seconds is None or progressing is None or progressing.get("reason") in (COMPLETE, EXCEEDED):
        return None
    since = parse_time(progressing.get("lastUpdateTime") or progressing.get("lastTransitionTime"))
    return None if since is None else since + seconds * SECOND


def conditions(
    deployment: Object,
    fields: Mapping[str, Any],
    *,
    new: Object | None,
    replica_sets: Sequence[Object],
    created: bool,
    limit: Limits,
    now: int,
) -> list[Mapping[str, Any]]:
    """The conditions that go with `fields` (syncRolloutStatus, calculateStatus).

    `created`: this reconcile made the new ReplicaSet. `now`: Unix ns.
    """
    result = list(status(deployment).get("conditions") or ())
    result = with_news(result, _available(fields, limit, now))
    if deadline_of(deployment) is None:
        result = without(result, PROGRESSING)
    else:
        result = _with_progress(deployment, fields, result, new=new, created=created, now=now)
    failure = _replica_failure(replica_sets)
    return without(result, REPLICA_FAILURE) if failure is None else with_news(result, failure)


def _condition(kind: str, value: str, reason: str, message: str, now: int) -> dict[str, Any]:
    stamp = rfc3339(now)
    return {
        "type": kind,
        "status": value,
        "reason": reason,
        "message": message,
        "lastUpdateTime": stamp,
        "lastTransitionTime": stamp,
    }


def _available(fields: Mapping[str, Any], limit: Limits, now: int) -> dict[str, Any]:
    if fields.get("availableReplicas", 0) >= limit.fewest_available:
        message = "Deployment has minimum availability."
        return _condition(AVAILABLE, "True", "MinimumReplicasAvailable", message, now)
    message = "Deployment does not have minimum availability."
    return _condition(AVAILABLE, "False", "MinimumReplicasUnavailable", message, now)


def _with_progress(
    deployment: Object,
    fields: Mapping[str, Any],
    present: list[Mapping[str, Any]],
    *,
    new: Object | None,
    created: bool,
    now: int,
) -> list[Mapping[str, Any]]:
    old = condition(present, PROGRESSING)
    if spec(deployment).get("paused"):
        if old and old.get("reason") in ("DeploymentPaused", COMPLETE, EXCEEDED):
            return present
        return with_news(
            present, _condition(PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused", now)
        )
    name = f'ReplicaSet "{metadata(new).get("name")}"' if new else "The new ReplicaSet"
    if created:
        return with_news(
            present, _condition(PROGRESSING, "True", "NewReplicaSetCreated", f"Created new {name}", now)
        )
    if old and old.get("reason") == COMPLETE and fields.get("replicas") == fields.get("updatedReplicas"):
        # Drift after completion (a pod died) is no new rollout.
        return present
    if is_complete(deployment, fields):
        message = f"{name} has successfully progressed."
        return with_news(present, _condition(PROGRESSING, "True", COMPLETE, message, now))
    return with_news_of_rollout(deployment, fields, present, name=name, now=now, found=new is not None)


def with_news_of_rollout(
    deployment: Object,
    fields: Mapping[str, Any],
    present: list[Mapping[str, Any]],
    *,
    name: str,
    now: int,
    found: bool,
) -> list[Mapping[str, Any]]:
    """Progressing while a rollout is neither new nor complete: updated, found, resumed, or too slow."""
    old = condition(present, PROGRESSING)
    if has_progressed(status(deployment), fields):
        fresh = _condition(PROGRESSING, "True", "ReplicaSetUpdated", f"{name} is progressing.", now)
        if old and old.get("status") == "True":
            fresh["lastTransitionTime"] = old.get("lastTransitionTime") or fresh["lastTransitionTime"]
        # Each step of progress sets the deadline's clock anew, so it always replaces the old one.
        return [*without(present, PROGRESSING), fresh]
    if old is None and found:
        return with_news(
            present, _condition(PROGRESSING, "True", "FoundNewReplicaSet", f"Found new {name}", now)
        )
    if old and old.get("reason") == "DeploymentPaused":
        return with_news(
            present, _condition(PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed", now)
        )
    due = overdue_at(deployment, present)
    if due is not None and now >= due:
        message = f"{name} has timed out progressing."
        return with_news(present, _condition(PROGRESSING, "False", EXCEEDED, message, now))
    return present


def _replica_failure(replica_sets: Sequence[Object]) -> Mapping[str, Any] | None:
    for each in replica_sets:
        failure = condition(status(each).get("conditions"), REPLICA_FAILURE)
        if failure is not None and failure.get("status") == "True":
            return {**failure, "lastUpdateTime": failure.get("lastTransitionTime")}
    return None
