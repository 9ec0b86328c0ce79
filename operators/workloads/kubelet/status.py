"""A pod's status from its containers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operators.workloads.clock import rfc3339
from operators.workloads.conditions import with_condition
from operators.workloads.kubelet.containers import Container
from operators.workloads.objects import Object, metadata, number, spec, status


@dataclass(frozen=True)
class Sandbox:
    """What the pod's sandbox gave it. `started`: Unix ns at which the kubelet took the pod."""

    started: int
    ready: bool = False
    ip: str = ""
    host_ip: str = ""


def phase(pod: Object, containers: Sequence[Container]) -> str:
    """Pending, Running, Succeeded or Failed (kubelet getPhase).

    Running: every main container has been started and at least one runs or will run again.
    """
    main = [each for each in containers if not each.init]
    policy = spec(pod).get("restartPolicy") or "Always"
    if any(each.init and _failed(each) for each in containers) and policy == "Never":
        return "Failed"
    if any(each.init and not (each.ended and each.ended.exit_code == 0) for each in containers):
        return "Pending"
    if any(not each.started and each.last is None for each in main):
        return "Pending"
    if any(each.running for each in main) or policy == "Always":
        return "Running"
    if any(_failed(each) for each in main):
        return "Running" if policy == "OnFailure" else "Failed"
    # OnFailure: a container that waits to be started again still counts as running.
    return "Running" if any(each.ended is None for each in main) else "Succeeded"


def _failed(container: Container) -> bool:
    return container.ended is not None and container.ended.exit_code != 0


def pod_status(pod: Object, containers: Sequence[Container], sandbox: Sandbox, now: int) -> dict[str, Any]:
    """The whole status; PodScheduled and what others wrote into it stay. `now`: Unix ns."""
    main = [each for each in containers if not each.init]
    init = [each for each in containers if each.init]
    fields: dict[str, Any] = {
        **status(pod),
        "phase": phase(pod, containers),
        "observedGeneration": number(metadata(pod).get("generation"), 1),
        "startTime": status(pod).get("startTime") or rfc3339(sandbox.started),
        "conditions": _conditions(pod, containers, sandbox, now),
        "containerStatuses": [each.as_json() for each in main],
        "hostIP": sandbox.host_ip,
        "hostIPs": [{"ip": sandbox.host_ip}],
    }
    if init:
        fields["initContainerStatuses"] = [each.as_json() for each in init]
    if sandbox.ip:
        fields |= {"podIP": sandbox.ip, "podIPs": [{"ip": sandbox.ip}]}
    return fields


def _conditions(
    pod: Object, containers: Sequence[Container], sandbox: Sandbox, now: int
) -> list[Mapping[str, Any]]:
    done = phase(pod, containers) in ("Succeeded", "Failed")
    unready = [each.name for each in containers if not each.init and not each.ready]
    waiting_init = [each.name for each in containers if each.init and not each.ready]
    said = {
        "PodReadyToStartContainers": (sandbox.ready and not done, "", ""),
        "Initialized": (not waiting_init, "ContainersNotInitialized", _listed("incomplete", waiting_init)),
        "Ready": (not unready, "ContainersNotReady", _listed("unready", unready)),
        "ContainersReady": (not unready, "ContainersNotReady", _listed("unready", unready)),
    }
    result: list[Mapping[str, Any]] = list(status(pod).get("conditions") or ())
    for kind, (holds, reason, message) in said.items():
        fresh = {"type": kind, "status": "True" if holds else "False", "lastTransitionTime": rfc3339(now)}
        if not holds and reason:
            fresh |= {"reason": "PodCompleted" if done and kind != "Initialized" else reason}
            fresh |= {} if done else {"message": message}
        result = with_condition(result, fresh)
    return result


def _listed(how: str, names: Sequence[str]) -> str:
    return f"containers with {how} status: [{' '.join(names)}]"
