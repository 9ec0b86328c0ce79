"""Has this object span come to its end? One pure function over the record and the state of the object."""

from __future__ import annotations

from typing import Literal, NamedTuple

from traceutil.desired import Convergence, State, progress_at
from traceutil.objects import Json, section, text
from traceutil.record import Record
from traceutil.times import SECOND

#: Why an object span closed (`traceutil.reason`).
Reason = Literal["reached", "failed", "superseded", "deleted", "overdue", "recovered"]


class Verdict(NamedTuple):
    """`end` (Unix ns) and `reason` where it is terminal; else `due`: when somebody must look again."""

    end: int | None = None
    reason: Reason = "reached"
    message: str = ""
    due: int | None = None


def verdict(record: Record, obj: Json, state: Convergence, now: int, default_deadline: float) -> Verdict:
    """The first terminal verdict for the record's change, if there is one (docs/spec.md 6).

    Args:
        obj: the object with the status that is about to be written laid over it.
        state: `desired_state_reached(obj)`.
        default_deadline: seconds, where neither the record nor the object has a deadline.
    """
    if state.state is State.REACHED:
        return Verdict(max(now, record.start), "reached", _words(state))
    if state.state is State.FAILED:
        return Verdict(max(now, record.start), "failed", _words(state))
    due, reason, why = _deadline(record, obj, default_deadline)
    if now < due:
        return Verdict(due=due)
    return Verdict(due, reason, why or _words(state))


def _deadline(record: Record, obj: Json, default: float) -> tuple[int, Reason, str]:
    spec = section(obj, "spec")
    kind = text(obj, "kind")
    progress = spec.get("progressDeadlineSeconds")
    active = spec.get("activeDeadlineSeconds")
    failing: tuple[int, Reason, str] | None = None
    if kind == "Deployment" and isinstance(progress, int):
        since = max(progress_at(obj) or 0, record.start)
        failing = since + progress * SECOND, "failed", "ProgressDeadlineExceeded"
    elif kind == "Job" and isinstance(active, int):
        failing = record.start + active * SECOND, "failed", "DeadlineExceeded"
    if failing is not None and record.deadline is None:
        return failing
    seconds = default if record.deadline is None else record.deadline
    overdue: tuple[int, Reason, str] = record.start + int(seconds * SECOND), "overdue", ""
    return overdue if failing is None else min(overdue, failing)


def _words(state: Convergence) -> str:
    return (
        f"{state.reason}: {state.message}"
        if state.reason and state.message
        else state.reason or state.message
    )
