"""Namespace: active."""

from __future__ import annotations

from .fields import Json, get_text, section
from .verdict import REACHED, Convergence, State, in_progress


def namespace(obj: Json) -> Convergence:
    """Its phase, of which there are two."""
    phase = get_text(section(obj, "status"), "phase")
    if phase == "Active":
        return REACHED
    if phase == "Terminating":
        return Convergence(State.TERMINATING, "Terminating", "its contents are being deleted")
    return in_progress("NotActive", "it has no phase yet")
