from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import condition, obj, observed
from traceutil.desired import progress_at, reached_at, remembers_reached
from traceutil.times import SECOND, parse_time

CREATED = "2026-01-01T00:00:00Z"
TURNED = "2026-01-01T00:00:07Z"
UPDATED = "2026-01-01T00:00:09Z"


def ns(value: str) -> int:
    found = parse_time(value)
    assert found is not None
    return found


def progressing(reason: str) -> dict[str, Any]:
    return condition("Progressing", "True", reason, lastTransitionTime=TURNED, lastUpdateTime=UPDATED)


def turned(name: str, status: str = "True") -> dict[str, Any]:
    return condition(name, status, lastTransitionTime=TURNED)


def deployment(reason: str, updated: int = 3, **fields: Any) -> dict[str, Any]:
    return obj(
        "apps/v1",
        "Deployment",
        {"replicas": 3},
        observed(progressing(reason), updatedReplicas=updated) | fields,
    )


def created(found: dict[str, Any]) -> dict[str, Any]:
    """The same, at its first generation."""
    return found | {"metadata": found["metadata"] | {"generation": 1}}


def pod(ready: str, phase: str = "Running", started: str = CREATED, **fields: Any) -> dict[str, Any]:
    status = {"phase": phase, "startTime": started, "conditions": [turned("Ready", ready)], **fields}
    return obj("v1", "Pod", {}, status)


FINISHED = [
    {"state": {"terminated": {"exitCode": 0, "finishedAt": TURNED}}},
    {"state": {"terminated": {"exitCode": 0, "finishedAt": UPDATED}}},
]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            deployment("NewReplicaSetAvailable"), UPDATED, id="Deployment: when it was last updated"
        ),
        pytest.param(
            deployment("ProgressDeadlineExceeded"), UPDATED, id="Deployment: when its deadline passed"
        ),
        pytest.param(deployment("ReplicaSetUpdated"), None, id="Deployment: in progress"),
        pytest.param(deployment("NewReplicaSetAvailable", 2), None, id="Deployment: scaled up since"),
        pytest.param(
            deployment("NewReplicaSetAvailable", observedGeneration=1),
            None,
            id="Deployment: of an older generation",
        ),
        pytest.param(pod("True"), TURNED, id="Pod: when it turned Ready"),
        pytest.param(pod("False"), None, id="Pod: not Ready any more, so when it was is forgotten"),
        pytest.param(
            pod("False", "Succeeded", containerStatuses=FINISHED),
            UPDATED,
            id="Pod: when its last container ended",
        ),
        pytest.param(
            obj("batch/v1", "Job", {}, {"conditions": [turned("Complete")]}), TURNED, id="Job complete"
        ),
        pytest.param(obj("batch/v1", "Job", {}, {"conditions": [turned("Failed")]}), TURNED, id="Job failed"),
        pytest.param(obj("batch/v1", "Job", {}, {"active": 1}), None, id="Job running"),
        pytest.param(obj("v1", "Node", {}, {"conditions": [turned("Ready")]}), TURNED, id="Node ready"),
        pytest.param(
            obj(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                {},
                {"conditions": [turned("Established")]},
            ),
            TURNED,
            id="CRD established",
        ),
        pytest.param(
            obj("example.com/v1", "Database", {}, observed(turned("Ready"))), TURNED, id="custom resource"
        ),
        pytest.param(obj("example.com/v1", "Database", {}, observed()), None, id="custom without conditions"),
        pytest.param(
            obj("apps/v1", "ReplicaSet", {}, observed(replicas=3)), None, id="ReplicaSet remembers nothing"
        ),
        pytest.param(obj("v1", "ConfigMap"), None, id="ConfigMap has no status"),
    ],
)
def test_when_status_says_it_was_reached(found: dict[str, Any], expected: str | None) -> None:
    assert (None if expected is None else ns(expected)) == reached_at(found)


BEFORE = ns(CREATED)
SAME_SECOND = ns(UPDATED) + SECOND - 1
AFTER = ns(UPDATED) + SECOND


@pytest.mark.parametrize(
    ("found", "since", "expected"),
    [
        pytest.param(
            deployment("NewReplicaSetAvailable"), BEFORE, True, id="Deployment: rolled out after the start"
        ),
        pytest.param(
            deployment("NewReplicaSetAvailable", availableReplicas=1),
            BEFORE,
            True,
            id="Deployment: rolled out, and drifted since",
        ),
        pytest.param(
            deployment("NewReplicaSetAvailable"),
            SAME_SECOND,
            False,
            id="Deployment: in the second of a change's start, perhaps the change before was reached",
        ),
        pytest.param(
            created(deployment("NewReplicaSetAvailable", observedGeneration=1)),
            SAME_SECOND,
            True,
            id="Deployment: within the second of its creation, before which there was none",
        ),
        pytest.param(
            deployment("NewReplicaSetAvailable"), AFTER, False, id="Deployment: rolled out before the start"
        ),
        pytest.param(
            deployment("NewReplicaSetAvailable", 2), BEFORE, False, id="Deployment: scaled up since"
        ),
        pytest.param(deployment("ReplicaSetUpdated"), BEFORE, False, id="Deployment: in progress"),
        pytest.param(
            deployment("NewReplicaSetAvailable", observedGeneration=1),
            BEFORE,
            False,
            id="Deployment: of an older generation",
        ),
        pytest.param(
            obj("batch/v1", "Job", {}, {"conditions": [turned("Complete")]}), BEFORE, True, id="Job complete"
        ),
        pytest.param(
            obj("batch/v1", "Job", {}, {"conditions": [turned("Failed")]}), BEFORE, True, id="Job failed"
        ),
        pytest.param(obj("batch/v1", "Job", {}, {"active": 1}), BEFORE, False, id="Job running"),
        pytest.param(pod("True"), BEFORE, True, id="Pod: Ready"),
        pytest.param(pod("True"), AFTER, False, id="Pod: Ready since before the start (resized in place)"),
        pytest.param(
            pod("False"), BEFORE, True, id="Pod: turned not Ready after it had started, so it was Ready"
        ),
        pytest.param(pod("False", started=TURNED), BEFORE, False, id="Pod: not Ready since it started"),
        pytest.param(pod("False", "Succeeded"), AFTER, True, id="Pod: completed"),
        pytest.param(pod("False", "Failed"), AFTER, True, id="Pod: failed"),
        pytest.param(obj("v1", "Pod"), BEFORE, False, id="Pod: new"),
        pytest.param(
            obj("apps/v1", "ReplicaSet", {}, observed(replicas=3)),
            BEFORE,
            False,
            id="ReplicaSet remembers nothing",
        ),
    ],
)
def test_status_that_remembers(found: dict[str, Any], since: int, expected: bool) -> None:
    assert expected is remembers_reached(found, since)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(deployment("ReplicaSetUpdated"), ns(UPDATED), id="a Deployment in progress"),
        pytest.param(
            deployment("ReplicaSetUpdated", conditions=[]), None, id="a Deployment without the condition"
        ),
        pytest.param(
            obj("apps/v1", "Deployment", {}, observed(turned("Progressing"))),
            ns(TURNED),
            id="never updated since",
        ),
        pytest.param(pod("True"), None, id="another kind"),
    ],
)
def test_when_progress_was_last_made(found: dict[str, Any], expected: int | None) -> None:
    assert expected == progress_at(found)
