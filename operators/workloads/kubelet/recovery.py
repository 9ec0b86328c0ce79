"""What a kubelet that starts again knows about a pod: what its status says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from operators.workloads.kubelet.containers import Container, Ended
from operators.workloads.objects import Object, number, spec, status
from traceutil.times import parse_time


def recalled(pod: Object) -> dict[str, Container]:
    """Containers by name, init containers first, each as the pod's status has it."""
    body, known = spec(pod), status(pod)
    groups = (
        (True, body.get("initContainers"), known.get("initContainerStatuses")),
        (False, body.get("containers"), known.get("containerStatuses")),
    )
    return {
        each["name"]: _container(each, reports, init)
        for init, specs, reports in groups
        for each in specs or ()
    }


def _container(wanted: Mapping[str, Any], reports: Any, init: bool) -> Container:
    report: Mapping[str, Any] = next(
        (each for each in reports or () if each.get("name") == wanted["name"]), {}
    )
    state = report.get("state") or {}
    ended = _ended(state.get("terminated"))
    started = parse_time((state.get("running") or {}).get("startedAt")) or (ended.started if ended else 0)
    waiting = state.get("waiting") or {}
    return Container(
        name=wanted["name"],
        image=wanted.get("image") or "",
        init=init,
        waiting=waiting.get("reason") or "ContainerCreating",
        message=waiting.get("message") or "",
        started=started,
        ended=ended,
        last=_ended((report.get("lastState") or {}).get("terminated")),
        restarts=number(report.get("restartCount")),
        ready=bool(report.get("ready")),
        container_id=report.get("containerID") or "",
        image_id=report.get("imageID") or "",
    )


def _ended(report: Mapping[str, Any] | None) -> Ended | None:
    if not report:
        return None
    return Ended(
        exit_code=number(report.get("exitCode")),
        started=parse_time(report.get("startedAt")) or 0,
        finished=parse_time(report.get("finishedAt")) or 0,
        container_id=report.get("containerID") or "",
    )
