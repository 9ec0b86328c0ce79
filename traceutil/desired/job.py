"""Job: complete."""

from __future__ import annotations

from .fields import Json, condition, get_int, get_text, is_true, section
from .verdict import REACHED, Convergence, State, failed, in_progress


def job(obj: Json) -> Convergence:
    """kstatus' rule, but reached at Complete, not at start; one that is suspended, as wished, is reached."""
    status, spec = section(obj, "status"), section(obj, "spec")
    if is_true(condition(status, "Complete")):
        return REACHED
    failure = condition(status, "Failed")
    if failure is not None and is_true(failure):
        return failed(get_text(failure, "reason") or "JobFailed", get_text(failure, "message"))
    suspended = is_true(condition(status, "Suspended"))
    if spec.get("suspend") is True:
        if suspended:
            return Convergence(State.REACHED, "Suspended")
        return in_progress("NotSuspended", "not suspended yet")
    if suspended:
        return in_progress("Suspended", "not resumed yet")
    wanted = get_int(spec, "completions", get_int(spec, "parallelism", 1))
    succeeded, active = get_int(status, "succeeded"), get_int(status, "active")
    return in_progress("JobRunning", f"{succeeded} of {wanted} pods completed, {active} active")
