"""DaemonSet: on every node that it wants, a pod of the new template, available."""

from __future__ import annotations

from .fields import Json, get_int, section, unobserved
from .verdict import REACHED, Convergence, in_progress


def daemonset(obj: Json) -> Convergence:
    """kstatus' rule; with OnDelete the update is left to the user and not waited for."""
    status = section(obj, "status")
    if (verdict := unobserved(status)) is not None:
        return verdict
    wanted = get_int(status, "desiredNumberScheduled", -1)
    if wanted < 0:
        return in_progress("NoDesiredNumber", "the number of nodes is not known yet")
    on_delete = section(section(obj, "spec"), "updateStrategy").get("type") == "OnDelete"
    for field, reason, words in (
        ("currentNumberScheduled", "LessCurrent", "have a pod"),
        ("updatedNumberScheduled", "LessUpdated", "have an updated pod"),
        ("numberReady", "LessReady", "have a ready pod"),
        ("numberAvailable", "LessAvailable", "have an available pod"),
    ):
        count = get_int(status, field)
        if count < wanted and not (on_delete and reason == "LessUpdated"):
            return in_progress(reason, f"{count} of {wanted} nodes {words}")
    return REACHED
