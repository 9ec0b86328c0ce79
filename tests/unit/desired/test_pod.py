from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import condition, obj
from traceutil.desired import State, desired_state_reached


def container(state: str, name: str = "web", **fields: Any) -> dict[str, Any]:
    return {"name": name, "state": {state: fields}}


NOT_READY = condition("Ready", "False", "ContainersNotReady")
PULL = container("waiting", reason="ImagePullBackOff", message="Back-off pulling image")
CRASHED = container("terminated", exitCode=1, reason="Error")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(
            {"phase": "Running", "conditions": [condition("Ready")]}, (State.REACHED, "", ""), id="Ready"
        ),
        pytest.param({"phase": "Succeeded"}, (State.REACHED, "Completed", ""), id="completed"),
        pytest.param(
            {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."},
            (State.FAILED, "Evicted", "The node was low on resource: memory."),
            id="evicted is failed, with status's words",
        ),
        pytest.param(
            {
                "phase": "Failed",
                "containerStatuses": [
                    container("terminated", "proxy", exitCode=0, reason="Completed"),
                    container("terminated", exitCode=137, reason="OOMKilled"),
                ],
            },
            (State.FAILED, "OOMKilled", "container web exited with 137 (OOMKilled)"),
            id="failed names the container that failed",
        ),
        pytest.param({"phase": "Failed"}, (State.FAILED, "PodFailed", ""), id="failed without a word"),
        pytest.param(
            {"phase": "Pending", "conditions": [condition("PodScheduled", "False", "Unschedulable")]},
            (State.IN_PROGRESS, "Unschedulable", "Unschedulable it is"),
            id="unschedulable is in progress: a node may be on its way",
        ),
        pytest.param(
            {"phase": "Pending", "conditions": [condition("PodScheduled", "False", "SchedulingGated")]},
            (State.IN_PROGRESS, "SchedulingGated", "SchedulingGated it is"),
            id="held back by a scheduling gate",
        ),
        pytest.param(
            {"phase": "Pending", "conditions": [NOT_READY], "containerStatuses": [PULL]},
            (State.IN_PROGRESS, "ImagePullBackOff", "container web waits: Back-off pulling image"),
            id="a failing pull is in progress, with its reason",
        ),
        pytest.param(
            {
                "phase": "Running",
                "conditions": [NOT_READY],
                "containerStatuses": [container("waiting", reason="CrashLoopBackOff")],
            },
            (State.IN_PROGRESS, "CrashLoopBackOff", "container web waits: CrashLoopBackOff"),
            id="a crash loop is in progress, with its reason",
        ),
        pytest.param(
            {"phase": "Running", "conditions": [NOT_READY], "containerStatuses": [CRASHED]},
            (State.IN_PROGRESS, "Error", "container web exited with 1 (Error)"),
            id="during the back-off status says terminated",
        ),
        pytest.param(
            {
                "phase": "Pending",
                "conditions": [NOT_READY],
                "initContainerStatuses": [container("waiting", "init", reason="ImagePullBackOff")],
                "containerStatuses": [container("waiting", reason="PodInitializing")],
            },
            (State.IN_PROGRESS, "ImagePullBackOff", "container init waits: ImagePullBackOff"),
            id="an init container is named before those that wait for it",
        ),
        pytest.param(
            {"phase": "Running", "conditions": [NOT_READY], "containerStatuses": [container("running")]},
            (State.IN_PROGRESS, "ContainersNotReady", "ContainersNotReady it is"),
            id="running, but not ready",
        ),
        pytest.param(
            {"phase": "Pending"},
            (State.IN_PROGRESS, "NotStarted", "no kubelet has reported on it yet"),
            id="bound or not, nothing is known yet",
        ),
        pytest.param(None, (State.IN_PROGRESS, "NotStarted", "no kubelet has reported on it yet"), id="new"),
    ],
)
def test_pod(status: Any, expected: tuple[str, str, str]) -> None:
    found = desired_state_reached(obj("v1", "Pod", {}, status))
    assert expected == (found.state, found.reason, found.message)


@pytest.mark.parametrize("policy", ["Always", "OnFailure", "Never"])
def test_a_completed_pod_is_reached_under_every_restart_policy(policy: str) -> None:
    """The phase is final: no kubelet starts it again."""
    assert desired_state_reached(obj("v1", "Pod", {"restartPolicy": policy}, {"phase": "Succeeded"}))
