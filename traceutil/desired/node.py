"""Node: Ready."""

from __future__ import annotations

from .fields import Json, condition, get_text, is_true, section
from .verdict import REACHED, Convergence, in_progress


def node(obj: Json) -> Convergence:
    """Ready must be True; False and Unknown are in progress, with status's words."""
    ready = condition(section(obj, "status"), "Ready")
    if is_true(ready):
        return REACHED
    if ready is None:
        return in_progress("NotRegistered", "no kubelet has reported on it yet")
    return in_progress(get_text(ready, "reason") or "NodeNotReady", get_text(ready, "message"))
