"""What the closer looks at: the status about to be written, the handler's word, the deletion's start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from traceutil.desired import Convergence, State, desired_state_reached, reached_at
from traceutil.objects import Json, as_json, is_custom, section, text
from traceutil.times import SECOND, parse_time

#: How the handler of a change ended, for objects whose status cannot tell. `done`: it will not run again for
#: this change, and who says so cannot tell how it ended.
Handled: TypeAlias = Literal["succeeded", "failed", "done"]
#: Kinds whose owner says in status which generation it has seen.
REPORTED = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})


def deletion_start(obj: Json) -> int | None:
    """Unix ns at which deletion was asked for: deletionTimestamp − deletionGracePeriodSeconds."""
    metadata = section(obj, "metadata")
    at = parse_time(metadata.get("deletionTimestamp"))
    grace = metadata.get("deletionGracePeriodSeconds")
    return None if at is None else at - (grace if isinstance(grace, int) else 0) * SECOND


def overlaid(obj: Json, patch: Any) -> Json:
    """The object with the status of `patch` laid over it, as a merge patch would."""
    status = None if patch is None else as_json(patch).get("status")
    if not isinstance(status, Mapping):
        return obj
    return {**obj, "status": {**section(obj, "status"), **status}}


def is_unreported(obj: Json) -> bool:
    """Whether the owner of status has written none since the last change, though it would: it has not got
    there yet, or was killed there."""
    if text(obj, "kind") not in REPORTED or is_custom(obj):
        return False
    generation = section(obj, "metadata").get("generation")
    observed = section(obj, "status").get("observedGeneration")
    return isinstance(generation, int) and (not isinstance(observed, int) or observed < generation)


def with_handler(state: Convergence, handled: Handled | None, has_failed: bool = False) -> Convergence:
    """A custom resource whose status cannot tell is reached when its handler succeeded (docs/spec.md 8).

    Args:
        has_failed: whether the handler of this change is known to have failed for good.
    """
    if state.state is not State.UNKNOWN or handled is None:
        return state
    failed = handled == "failed" or (handled == "done" and has_failed)
    ended = "failed" if failed else "succeeded"
    return Convergence(State.FAILED if failed else State.REACHED, "Handler", f"its handler {ended}")


def changes_status(obj: Json, judged: Json) -> bool:
    """Whether the status about to be written differs from the stored one."""
    return bool(obj.get("status") != judged.get("status"))


def decides(obj: Json, judged: Json) -> bool:
    """Whether the status about to be written decides what the stored one leaves open: so it ends now."""
    before, after = desired_state_reached(obj), desired_state_reached(judged)
    return judged is not obj and after.final and not before.final


def end_as_remembered(start: int, obj: Json, now: int, blind_before: int) -> int:
    """When a span that is closed at our first look ended (Unix ns): as status remembers. Where it does not,
    and the change began before our time, nobody knows: as long ago as possible."""
    remembered = reached_at(obj)
    if remembered is not None and remembered >= start // SECOND * SECOND:
        return min(max(remembered, start), now)
    return now if start >= blind_before else start


def failure_message(obj: Json) -> str:
    """Status's own words for a failure, else ''."""
    state = desired_state_reached(obj)
    return f"{state.reason}: {state.message}" if state.state is State.FAILED else ""


def is_due(state: Convergence, now: int) -> bool:
    """Whether somebody must look again although nothing changed."""
    return state.due is not None and state.due <= now
