"""What a kubelet reports, and how long it backs off."""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.backoff import CONTAINER, RETRY, crash_delay
from operators.workloads.kubelet.containers import Container
from operators.workloads.kubelet.status import Sandbox, phase, pod_status
from operators.workloads.objects import condition
from traceutil.times import SECOND

NOW = 1_800_000_000 * SECOND
WAITS = Container("web", "web:1")
RUNS = WAITS.runs(NOW, "sim://1", ready=True)
UNREADY = WAITS.runs(NOW, "sim://1", ready=False)
FAILED = RUNS.exits(1, NOW)
DONE = RUNS.exits(0, NOW)
INIT = Container("setup", "setup:1", init=True)
INIT_DONE = INIT.runs(NOW, "sim://0", ready=False).exits(0, NOW)


@pytest.mark.parametrize(
    ("containers", "policy", "expected"),
    [
        pytest.param([WAITS], "Always", "Pending", id="nothing was started yet"),
        pytest.param([RUNS, WAITS], "Always", "Pending", id="one was not started yet"),
        pytest.param([UNREADY], "Always", "Running", id="running needs no readiness"),
        pytest.param([FAILED.held("CrashLoopBackOff")], "Always", "Running", id="a crash loop still runs"),
        pytest.param([DONE], "Always", "Running", id="with Always an end is not the end"),
        pytest.param([DONE], "Never", "Succeeded", id="all ended well"),
        pytest.param([DONE, FAILED], "Never", "Failed", id="one failed for good"),
        pytest.param([FAILED], "OnFailure", "Running", id="a failure that is tried again"),
        pytest.param([INIT, WAITS], "Always", "Pending", id="init containers come first"),
        pytest.param([INIT_DONE, RUNS], "Always", "Running", id="init containers are done"),
    ],
)
def test_phase(containers: list[Container], policy: str, expected: str) -> None:
    assert expected == phase({"spec": {"restartPolicy": policy}}, containers)


POD: dict[str, Any] = {
    "metadata": {"generation": 1},
    "spec": {"restartPolicy": "Always"},
    "status": {
        "qosClass": "Burstable",
        "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "before"}],
    },
}
SANDBOX = Sandbox(started=NOW, ready=True, ip="10.0.0.7", host_ip="192.0.2.1")


@pytest.mark.parametrize(
    ("containers", "sandbox", "expected"),
    [
        pytest.param(
            [WAITS], Sandbox(NOW), {"PodReadyToStartContainers": "False", "Initialized": "True",
            "ContainersReady": "False", "Ready": "False"}, id="before the sandbox",
        ),
        pytest.param(
            [UNREADY], SANDBOX, {"PodReadyToStartContainers": "True", "Initialized": "True",
            "ContainersReady": "False", "Ready": "False"}, id="running, not ready",
        ),
        pytest.param(
            [RUNS], SANDBOX, {"PodReadyToStartContainers": "True", "Initialized": "True",
            "ContainersReady": "True", "Ready": "True"}, id="ready",
        ),
        pytest.param(
            [INIT, WAITS], SANDBOX, {"PodReadyToStartContainers": "True", "Initialized": "False",
            "ContainersReady": "False", "Ready": "False"}, id="init containers to come",
        ),
    ],
)  # fmt: skip
def test_conditions(containers: list[Container], sandbox: Sandbox, expected: dict[str, str]) -> None:
    found = pod_status(POD, containers, sandbox, NOW)["conditions"]
    assert expected == {each["type"]: each["status"] for each in found if each["type"] != "PodScheduled"}


def test_what_others_wrote_stays() -> None:
    """PodScheduled and unknown fields are kept as they were."""
    found = pod_status(POD, [RUNS], SANDBOX, NOW)
    assert found["qosClass"] == "Burstable"
    assert POD["status"]["conditions"][0] == condition(found["conditions"], "PodScheduled")


def test_an_unready_pod_names_its_containers() -> None:
    """The message says which containers are not ready."""
    found = condition(pod_status(POD, [RUNS, WAITS], SANDBOX, NOW)["conditions"], "Ready")
    assert found is not None
    assert found["message"] == "containers with unready status: [web]"


def test_the_same_state_gives_the_same_status() -> None:
    """A second look a minute later changes nothing, so that nothing is written."""
    first = pod_status(POD, [RUNS], SANDBOX, NOW)
    assert first == pod_status({**POD, "status": first}, [RUNS], SANDBOX, NOW + 60 * SECOND)


def test_addresses_and_start() -> None:
    """The pod's address comes from its sandbox, its start from when the kubelet took it."""
    found = pod_status(POD, [RUNS], SANDBOX, NOW)
    assert (found["podIP"], found["hostIP"]) == ("10.0.0.7", "192.0.2.1")
    assert found["startTime"] == "2027-01-15T08:00:00Z"


def test_a_crash_is_remembered() -> None:
    """While it waits to be started again a container says why, and how it ended."""
    found = FAILED.held("CrashLoopBackOff", "back-off 10s").as_json()
    assert found["state"] == {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    assert found["lastState"]["terminated"]["exitCode"] == 1


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        pytest.param(0, 0.0, id="no failure, no wait"),
        pytest.param(1, 10.0, id="ten seconds first"),
        pytest.param(3, 40.0, id="doubled each time"),
        pytest.param(6, 300.0, id="five minutes at most"),
        pytest.param(10_000, 300.0, id="however many"),
    ],
)
def test_container_backoff(failures: int, expected: float) -> None:
    assert expected == CONTAINER.delay(failures)


def test_the_first_restart_is_at_once() -> None:
    """A container that crashed once is started again at once, then the waits begin."""
    assert [crash_delay(restarts) for restarts in range(4)] == [0.0, 10.0, 20.0, 40.0]


def test_queue_retries_grow_to_a_minute() -> None:
    """Retries of a failed reconcile start at five milliseconds and end at a minute."""
    assert (RETRY.delay(1), RETRY.delay(100)) == (0.005, 60.0)
