"""Is actual == desired? One file per kind, each a pure function of the object as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import behind, get_text, group_and_kind, section
from .kinds import rule_for
from .memory import progress_at, reached_at, remembers_reached
from .verdict import Convergence, State

__all__ = [
    "Convergence",
    "State",
    "desired_state_reached",
    "progress_at",
    "reached_at",
    "remembers_reached",
]

_GONE = Convergence(State.GONE, "Deleted")
_NO_KIND = Convergence(State.UNKNOWN, "NoKind", "the object does not say its kind")


def desired_state_reached(obj: Mapping[str, Any], *, deleted: bool = False) -> Convergence:
    """The verdict on an object in its JSON shape; never raises, whatever it holds.

    The rules are kstatus' (sigs.k8s.io/cli-utils, pkg/kstatus) with the deviations that each kind's
    function names. Status that describes an older generation proves nothing.

    Args:
        obj: the object, or a status about to be written laid over it.
        deleted: the object was seen to be gone.
    """
    if deleted:
        return _GONE
    if not isinstance(obj, Mapping):
        return _NO_KIND
    if section(obj, "metadata").get("deletionTimestamp"):
        return _terminating(obj)
    group, kind = group_and_kind(obj)
    if not kind:
        return _NO_KIND
    if (verdict := behind(obj, section(obj, "status"))) is not None:
        return verdict
    return rule_for(group, kind)(obj)


def _terminating(obj: Mapping[str, Any]) -> Convergence:
    finalizers = section(obj, "metadata").get("finalizers")
    if isinstance(finalizers, (list, tuple)) and finalizers:
        waiting = ", ".join(name for name in finalizers[:8] if isinstance(name, str))
        return Convergence(State.TERMINATING, "Terminating", f"waits for finalizers: {waiting}")
    return Convergence(State.TERMINATING, "Terminating", get_text(section(obj, "status"), "reason"))
