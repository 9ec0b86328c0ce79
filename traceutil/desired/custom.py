"""Any other kind: what observedGeneration and the usual conditions say."""

from __future__ import annotations

from .fields import Json, condition, get_int, get_text, is_true, items, section
from .verdict import REACHED, Convergence, State, failed, in_progress

#: The conditions by which a custom resource says that it is as wished, the stronger first.
POSITIVE = ("Ready", "Available")


def custom(obj: Json) -> Convergence:
    """kstatus' generic rule; with neither observedGeneration nor conditions the verdict is unknown.

    `Stalled` fails, `Reconciling` and `Progressing` are in progress, `Ready` (else `Available`) decides.
    With none of these, a status of the current generation is taken at its word.
    """
    status = section(obj, "status")
    observed = get_int(status, "observedGeneration", -1) >= 0
    if not observed and next(items(status, "conditions"), None) is None:
        return Convergence(State.UNKNOWN, "NoStatus", "status has neither observedGeneration nor conditions")
    return conditions(obj)


def conditions(obj: Json) -> Convergence:
    """The verdict of the usual conditions; reached where there are none."""
    status = section(obj, "status")
    generation = get_int(section(obj, "metadata"), "generation")
    stalled = _current(status, "Stalled", generation)
    if stalled is not None and is_true(stalled):
        return failed(get_text(stalled, "reason") or "Stalled", get_text(stalled, "message"))
    reconciling = condition(status, "Reconciling")
    if reconciling is not None and is_true(reconciling):
        return _not_yet(reconciling, "Reconciling")
    for name in POSITIVE:
        if (found := condition(status, name)) is not None:
            return _decided(status, found, name, generation)
    progressing = condition(status, "Progressing")
    if progressing is not None and is_true(progressing):
        return _not_yet(progressing, "Progressing")
    return REACHED


def _decided(status: Json, found: Json, name: str, generation: int) -> Convergence:
    if not is_true(found):
        return _not_yet(found, f"Not{name}")
    if _of_older_generation(found, generation):
        return in_progress("LatestGenerationNotObserved", f"{name} is of an older generation")
    progressing = condition(status, "Progressing")
    if name == "Available" and progressing is not None and is_true(progressing):
        if progressing.get("reason") == "NewReplicaSetAvailable":  # a Deployment's condition, copied
            return REACHED
        return _not_yet(progressing, "Progressing")
    return REACHED


def _not_yet(found: Json, reason: str) -> Convergence:
    return in_progress(get_text(found, "reason") or reason, get_text(found, "message"))


def _current(status: Json, name: str, generation: int) -> Json | None:
    found = condition(status, name)
    return None if found is None or _of_older_generation(found, generation) else found


def _of_older_generation(found: Json, generation: int) -> bool:
    return 0 <= get_int(found, "observedGeneration", -1) < generation
