"""Pod: Ready, or completed; what its containers wait for while it is not."""

from __future__ import annotations

from .fields import Json, condition, get_int, get_text, is_true, items, section
from .verdict import REACHED, Convergence, State, failed, in_progress


def pod(obj: Json) -> Convergence:
    """kstatus' rule, with deviations: phase Failed is failed, and nothing else is.

    Unschedulable is in progress (a node may be on its way), and so are a crash loop and failing pulls
    (the kubelet tries again for ever).
    """
    status = section(obj, "status")
    phase = get_text(status, "phase")
    if phase == "Succeeded":
        return Convergence(State.REACHED, "Completed")
    if phase == "Failed":
        return _failed(status)
    ready = condition(status, "Ready")
    if is_true(ready):
        return REACHED
    if (waiting := _unscheduled(status) or _waiting(status)) is not None:
        return in_progress(*waiting)
    if ready is not None:
        return in_progress(get_text(ready, "reason") or "NotReady", get_text(ready, "message"))
    return in_progress("NotStarted", "no kubelet has reported on it yet")


def _unscheduled(status: Json) -> tuple[str, str] | None:
    scheduled = condition(status, "PodScheduled")
    if scheduled is None or scheduled.get("status") != "False":
        return None
    return get_text(scheduled, "reason") or "NotScheduled", get_text(scheduled, "message")


def _waiting(status: Json) -> tuple[str, str] | None:
    """Reason and message of the first container that waits or has ended, init containers first."""
    for container in (*items(status, "initContainerStatuses"), *items(status, "containerStatuses")):
        state = section(container, "state")
        name = get_text(container, "name")
        if reason := get_text(section(state, "waiting"), "reason"):
            words = get_text(section(state, "waiting"), "message")
            return reason, f"container {name} waits: {words or reason}"
        ended = section(state, "terminated")
        if ended and get_int(ended, "exitCode") != 0:
            return _ended(name, ended)
    return None


def _failed(status: Json) -> Convergence:
    if reason := get_text(status, "reason"):  # Evicted, DeadlineExceeded, NodeAffinity, …
        return failed(reason, get_text(status, "message"))
    for container in (*items(status, "initContainerStatuses"), *items(status, "containerStatuses")):
        ended = section(section(container, "state"), "terminated")
        if ended and get_int(ended, "exitCode") != 0:
            return failed(*_ended(get_text(container, "name"), ended))
    return failed("PodFailed", get_text(status, "message"))


def _ended(name: str, ended: Json) -> tuple[str, str]:
    code, reason = get_int(ended, "exitCode"), get_text(ended, "reason") or "Error"
    return reason, f"container {name} exited with {code} ({reason})"
