"""CustomResourceDefinition: its names are accepted and it is served."""

from __future__ import annotations

from .fields import Json, condition, get_text, is_true, section
from .verdict import REACHED, Convergence, failed, in_progress


def customresourcedefinition(obj: Json) -> Convergence:
    """kstatus' rule: a conflict of names is failed, and so is not established for anything but installing."""
    status = section(obj, "status")
    names, established = condition(status, "NamesAccepted"), condition(status, "Established")
    if names is not None and names.get("status") == "False":
        return failed(get_text(names, "reason") or "NamesNotAccepted", get_text(names, "message"))
    if is_true(established) and is_true(names):
        return REACHED
    if established is not None and established.get("status") == "False":
        reason, message = get_text(established, "reason"), get_text(established, "message")
        return in_progress(reason, message) if reason in {"", "Installing"} else failed(reason, message)
    return in_progress("Installing", "not established yet")
