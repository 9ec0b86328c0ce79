"""PersistentVolumeClaim: bound, and not being resized."""

from __future__ import annotations

from .fields import Json, condition, get_text, is_true, section
from .verdict import REACHED, Convergence, failed, in_progress


def persistentvolumeclaim(obj: Json) -> Convergence:
    """kstatus' rule, and Lost is failed: the volume that it was bound to no longer exists."""
    status = section(obj, "status")
    phase = get_text(status, "phase")
    if phase == "Lost":
        return failed("ClaimLost", "the volume that it was bound to is gone")
    if phase != "Bound":
        return in_progress("NotBound", f"not bound to a volume (phase {phase or 'unknown'})")
    for name in ("Resizing", "FileSystemResizePending"):
        found = condition(status, name)
        if found is not None and is_true(found):
            return in_progress(name, get_text(found, "message") or "its volume is being resized")
    return REACHED
