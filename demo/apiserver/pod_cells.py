"""The cells of a Pod: what `kubectl get pods` says of its containers.

Source: printPod in kubernetes/pkg/printers/internalversion/printers.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.apiserver.cells import NONE, age_since
from demo.apiserver.scale import read_path
from demo.apiserver.store import Object


def ready(obj: Object, _: int) -> str:
    """Containers that are ready, of all that keep running."""
    statuses = [*_statuses(obj), *_sidecars(obj)]
    running = sum(bool(each.get("ready") and "running" in (each.get("state") or {})) for each in statuses)
    return f"{running}/{len(read_path(obj, 'spec.containers') or []) + len(_sidecar_names(obj))}"


def restarts(obj: Object, now: int) -> str:
    """How often, and how long ago the last time."""
    counted = list(_init_statuses(obj)) if _initializing(obj) else [*_sidecars(obj), *_statuses(obj)]
    total = sum(each.get("restartCount", 0) for each in counted)
    ends = [_terminated(each, "lastState").get("finishedAt") for each in counted]
    last = max((end for end in ends if end), default=None)
    return f"{total} ({age_since(last, now)} ago)" if total and last else str(total)


def status(obj: Object, _: int) -> str:
    """The phase, unless a container waits or ended for a reason of its own, or the pod is going."""
    phase = read_path(obj, "status.phase")
    if "deletionTimestamp" in obj["metadata"] and phase not in ("Succeeded", "Failed"):
        return "Unknown" if read_path(obj, "status.reason") == "NodeLost" else "Terminating"
    told = str(read_path(obj, "status.reason") or phase or "Unknown")
    return _initializing(obj) or _of_containers(obj, told)


def gates(obj: Object, _: int) -> str:
    """Readiness gates that are open, of all."""
    wanted = [each.get("conditionType") for each in read_path(obj, "spec.readinessGates") or ()]
    true = {kind for kind, value in _conditions(obj) if value == "True"}
    return f"{sum(each in true for each in wanted)}/{len(wanted)}" if wanted else NONE


def _of_containers(obj: Object, told: str) -> str:
    failed, running = "", False
    for each in reversed(_statuses(obj)):
        waiting = ((each.get("state") or {}).get("waiting") or {}).get("reason")
        ended = _terminated(each, "state")
        if waiting:
            told = str(waiting)
        elif ended:
            told = _ended(ended)
            failed = told if ended.get("exitCode") else failed
        elif each.get("ready") and "running" in (each.get("state") or {}):
            running = True
    if told == "Completed" and running:
        return "Running" if ("Ready", "True") in _conditions(obj) else failed or "NotReady"
    return failed or told if told == "Completed" else told


def _initializing(obj: Object) -> str:
    """What the first init container that is not done says; empty when all are."""
    wanted = read_path(obj, "spec.initContainers") or []
    for index, each in enumerate(_init_statuses(obj)):
        ended = _terminated(each, "state")
        waiting = ((each.get("state") or {}).get("waiting") or {}).get("reason")
        if (ended and not ended.get("exitCode")) or (
            each.get("name") in _sidecar_names(obj) and each.get("started")
        ):
            continue
        if ("Initialized", "True") in _conditions(obj):
            return ""
        if ended:
            return f"Init:{_ended(ended)}"
        named = waiting and waiting != "PodInitializing"
        return f"Init:{waiting}" if named else f"Init:{index}/{len(wanted)}"
    return ""


def _ended(state: Object) -> str:
    if state.get("reason"):
        return str(state["reason"])
    return f"Signal:{state['signal']}" if state.get("signal") else f"ExitCode:{state.get('exitCode', 0)}"


def _terminated(container: Object, state: str) -> Object:
    found: Object | None = (container.get(state) or {}).get("terminated")
    return found or {}


def _statuses(obj: Object) -> list[Any]:
    return read_path(obj, "status.containerStatuses") or []


def _init_statuses(obj: Object) -> list[Any]:
    return read_path(obj, "status.initContainerStatuses") or []


def _sidecar_names(obj: Object) -> set[str]:
    listed = read_path(obj, "spec.initContainers") or []
    return {str(each.get("name")) for each in listed if each.get("restartPolicy") == "Always"}


def _sidecars(obj: Object) -> Iterator[Any]:
    return (each for each in _init_statuses(obj) if each.get("name") in _sidecar_names(obj))


def _conditions(obj: Object) -> set[tuple[Any, Any]]:
    return {(each.get("type"), each.get("status")) for each in read_path(obj, "status.conditions") or ()}
