"""What status remembers of the desired state having been reached, for closing what a dead process opened."""

from __future__ import annotations

from collections.abc import Callable

from traceutil.times import SECOND, parse_time

from .custom import POSITIVE
from .fields import Json, behind, condition, get_int, group_and_kind, is_true, items, section


def reached_at(obj: Json) -> int | None:
    """When status says that its verdict was taken (Unix ns, whole seconds as stored).

    None where status does not remember. The time is of the condition, and so may lie before the last
    change of desired state where the condition did not turn; after a flap it is that of the last turn.
    """
    status = section(obj, "status")
    if behind(obj, status) is not None:
        return None
    group, kind = group_and_kind(obj)
    rule = _REACHED_AT.get((group, kind)) or (_custom if group and "." in group else None)
    return None if rule is None else rule(obj, status)


def remembers_reached(obj: Json, since: int) -> bool:
    """Whether status proves that the change begun at `since` (Unix ns) was decided, whatever came after.

    It remembers: a Deployment's NewReplicaSetAvailable at the current generation; a Job's Complete or
    Failed; a pod that has ended or was Ready once. Stored times are whole seconds, so `since` is cut to one.
    """
    status = section(obj, "status")
    if behind(obj, status) is not None:
        return False
    floor = since // SECOND * SECOND
    match group_and_kind(obj):
        case ("apps" | "extensions" | None, "Deployment"):
            return _deployment_remembers(obj, status, floor)
        case ("batch" | None, "Job"):
            return any(is_true(condition(status, name)) for name in ("Complete", "Failed"))
        case ("" | None, "Pod"):
            return _pod_remembers(status, floor)
    return False


def progress_at(obj: Json) -> int | None:
    """When a Deployment last made progress (Unix ns): its deadline counts from here. None for other kinds."""
    group, kind = group_and_kind(obj)
    if kind != "Deployment" or group not in {"apps", "extensions", None}:
        return None
    return _time(condition(section(obj, "status"), "Progressing"))


def _time(found: Json | None) -> int | None:
    if found is None:
        return None
    return parse_time(found.get("lastUpdateTime")) or parse_time(found.get("lastTransitionTime"))


def _deployment(obj: Json, status: Json) -> int | None:
    progressing = condition(status, "Progressing")
    if progressing is None or get_int(status, "observedGeneration", -1) < 0:
        return None
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return _time(progressing)
    return _rolled_out_at(obj, status, progressing)


def _rolled_out_at(obj: Json, status: Json, progressing: Json) -> int | None:
    wanted = get_int(section(obj, "spec"), "replicas", 1)
    if get_int(status, "observedGeneration", -1) < 0 or get_int(status, "updatedReplicas") < wanted:
        return None
    return _time(progressing) if progressing.get("reason") == "NewReplicaSetAvailable" else None


def _deployment_remembers(obj: Json, status: Json, floor: int) -> bool:
    progressing = condition(status, "Progressing")
    at = None if progressing is None else _rolled_out_at(obj, status, progressing)
    if at is None or at != floor:
        return at is not None and at > floor
    # In the second of its start: that may have been the change before this one, if there was one.
    return get_int(section(obj, "metadata"), "generation", 1) == 1


def _pod(_obj: Json, status: Json) -> int | None:
    if status.get("phase") in ("Succeeded", "Failed"):
        ended = (
            parse_time(section(section(container, "state"), "terminated").get("finishedAt"))
            for container in items(status, "containerStatuses")
        )
        return max((time for time in ended if time is not None), default=None)
    return _first_true(status, "Ready")


def _pod_remembers(status: Json, floor: int) -> bool:
    """The kubelet first sets Ready=False within the second of startTime: a later False was True between."""
    if status.get("phase") in ("Succeeded", "Failed"):
        return True
    ready = condition(status, "Ready")
    turned, started = _time(ready), parse_time(status.get("startTime"))
    if ready is None or turned is None or turned < floor:
        return False
    return is_true(ready) or (started is not None and turned > started)


def _first_true(status: Json, *names: str) -> int | None:
    for name in names:
        if is_true(found := condition(status, name)):
            return _time(found)
    return None


def _job(_obj: Json, status: Json) -> int | None:
    return _first_true(status, "Complete", "Failed")


def _node(_obj: Json, status: Json) -> int | None:
    return _first_true(status, "Ready")


def _definition(_obj: Json, status: Json) -> int | None:
    return _first_true(status, "Established")


def _custom(_obj: Json, status: Json) -> int | None:
    return _first_true(status, "Stalled", *POSITIVE)


_REACHED_AT: dict[tuple[str | None, str], Callable[[Json, Json], int | None]] = {
    (group, kind): rule
    for groups, kind, rule in (
        (("apps", "extensions", None), "Deployment", _deployment),
        (("", None), "Pod", _pod),
        (("batch", None), "Job", _job),
        (("", None), "Node", _node),
        (("apiextensions.k8s.io", None), "CustomResourceDefinition", _definition),
    )
    for group in groups
}
