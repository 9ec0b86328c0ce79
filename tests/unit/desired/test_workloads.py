from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import condition, obj, observed
from traceutil.desired import State, desired_state_reached

THREE = {"replicas": 3}
EXCEEDED = condition("Progressing", "False", "ProgressDeadlineExceeded")
QUOTA = condition("ReplicaFailure", "True", "FailedCreate")


def deployed(total: int, updated: int, available: int, *conditions: dict[str, Any]) -> dict[str, Any]:
    return observed(*conditions, replicas=total, updatedReplicas=updated, availableReplicas=available)


def verdict(api_version: str, kind: str, spec: Any, status: Any) -> tuple[str, str, str]:
    found = desired_state_reached(obj(api_version, kind, spec, status))
    return found.state, found.reason, found.message


IN_PROGRESS, REACHED, FAILED = State.IN_PROGRESS, State.REACHED, State.FAILED


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        pytest.param(THREE, deployed(3, 3, 3), (REACHED, "", ""), id="three updated, available, none else"),
        pytest.param({}, deployed(1, 1, 1), (REACHED, "", ""), id="replicas default to one"),
        pytest.param({"replicas": 0}, deployed(0, 0, 0), (REACHED, "", ""), id="scaled to zero"),
        pytest.param(
            THREE,
            deployed(3, 3, 3) | {"terminatingReplicas": 1},
            (REACHED, "", ""),
            id="pods that still terminate are not waited for",
        ),
        pytest.param(
            THREE,
            deployed(3, 3, 2),
            (IN_PROGRESS, "LessAvailable", "2 of 3 updated replicas available"),
            id="one is not available",
        ),
        pytest.param(
            THREE,
            deployed(4, 1, 3),
            (IN_PROGRESS, "LessUpdated", "1 of 3 replicas updated"),
            id="one of three is updated",
        ),
        pytest.param(
            THREE,
            deployed(4, 3, 4),
            (IN_PROGRESS, "ExtraPods", "1 replicas too many, to be terminated"),
            id="an old one is still there",
        ),
        pytest.param(
            {"replicas": 0},
            deployed(3, 3, 3),
            (IN_PROGRESS, "ExtraPods", "3 replicas too many, to be terminated"),
            id="scaling to zero",
        ),
        pytest.param(
            THREE,
            {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3},
            (IN_PROGRESS, "NotObserved", "no controller has looked at it yet"),
            id="without observedGeneration status proves nothing",
        ),
        pytest.param(
            THREE,
            deployed(3, 3, 3) | {"observedGeneration": 1},
            (
                IN_PROGRESS,
                "LatestGenerationNotObserved",
                "status is of generation 1, desired state of 2",
            ),
            id="while observedGeneration is behind status proves nothing",
        ),
        pytest.param(
            THREE,
            deployed(3, 1, 2, EXCEEDED),
            (FAILED, "ProgressDeadlineExceeded", "ProgressDeadlineExceeded it is"),
            id="the progress deadline has passed",
        ),
        pytest.param(
            THREE,
            deployed(1, 1, 1, EXCEEDED) | {"observedGeneration": 1},
            (
                IN_PROGRESS,
                "LatestGenerationNotObserved",
                "status is of generation 1, desired state of 2",
            ),
            id="a deadline that an older generation missed says nothing of this one",
        ),
        pytest.param(
            THREE,
            deployed(0, 0, 0, QUOTA),
            (IN_PROGRESS, "FailedCreate", "0 of 3 replicas updated: FailedCreate it is"),
            id="pods cannot be created, and status says why",
        ),
        pytest.param(
            THREE | {"paused": True},
            deployed(3, 0, 3),
            (IN_PROGRESS, "DeploymentPaused", "0 of 3 replicas updated; it is paused"),
            id="paused in the middle of a rollout",
        ),
    ],
)
def test_deployment(spec: Any, status: Any, expected: tuple[str, str, str]) -> None:
    assert expected == verdict("apps/v1", "Deployment", spec, status)


def replicas(total: int, labelled: int, ready: int, available: int, *conditions: Any) -> dict[str, Any]:
    return observed(
        *conditions,
        replicas=total,
        fullyLabeledReplicas=labelled,
        readyReplicas=ready,
        availableReplicas=available,
    )


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        pytest.param(THREE, replicas(3, 3, 3, 3), (REACHED, "", ""), id="three, all available"),
        pytest.param({"replicas": 0}, replicas(0, 0, 0, 0), (REACHED, "", ""), id="scaled to zero"),
        pytest.param(
            THREE,
            replicas(3, 2, 2, 2),
            (IN_PROGRESS, "LessLabelled", "2 of 3 replicas labelled"),
            id="one is missing",
        ),
        pytest.param(
            THREE,
            replicas(3, 3, 1, 1),
            (IN_PROGRESS, "LessReady", "1 of 3 replicas ready"),
            id="two not ready",
        ),
        pytest.param(
            THREE,
            replicas(3, 3, 3, 2),
            (IN_PROGRESS, "LessAvailable", "2 of 3 replicas available"),
            id="one is ready, but not for minReadySeconds yet",
        ),
        pytest.param(
            {"replicas": 1},
            replicas(3, 3, 3, 3),
            (IN_PROGRESS, "ExtraPods", "2 replicas too many, to be terminated"),
            id="two are to go",
        ),
        pytest.param(
            THREE,
            replicas(0, 0, 0, 0, QUOTA),
            (IN_PROGRESS, "FailedCreate", "FailedCreate it is"),
            id="pods cannot be created, and status says why",
        ),
        pytest.param(
            {"replicas": 0},
            {"replicas": 0},
            (IN_PROGRESS, "NotObserved", "no controller has looked at it yet"),
            id="its first status, which the API server makes, proves nothing",
        ),
    ],
)
@pytest.mark.parametrize(("group", "kind"), [("apps/v1", "ReplicaSet"), ("v1", "ReplicationController")])
def test_replicaset(group: str, kind: str, spec: Any, status: Any, expected: tuple[str, str, str]) -> None:
    assert expected == verdict(group, kind, spec, status)


def stateful(total: int, ready: int, updated: int, **fields: Any) -> dict[str, Any]:
    revisions = {"currentRevision": "web-1", "updateRevision": "web-1"}
    counts = {"replicas": total, "readyReplicas": ready, "updatedReplicas": updated}
    return observed() | revisions | counts | fields


MIXED = {"currentRevision": "web-0"}
ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}
PARTITION = {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}}


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        pytest.param(THREE, stateful(3, 3, 3), (REACHED, "", ""), id="three, ready and updated"),
        pytest.param(
            THREE, stateful(2, 2, 2), (IN_PROGRESS, "LessReplicas", "2 of 3 replicas exist"), id="one to come"
        ),
        pytest.param(
            THREE, stateful(3, 2, 3), (IN_PROGRESS, "LessReady", "2 of 3 replicas ready"), id="one not ready"
        ),
        pytest.param(
            {"replicas": 1},
            stateful(3, 3, 3),
            (IN_PROGRESS, "ExtraPods", "2 replicas too many, to be terminated"),
            id="two are to go",
        ),
        pytest.param(
            THREE,
            stateful(3, 3, 1, **MIXED),
            (IN_PROGRESS, "LessUpdated", "1 of 3 replicas updated"),
            id="an update in the middle",
        ),
        pytest.param(
            THREE,
            stateful(3, 3, 3, **MIXED),
            (IN_PROGRESS, "RevisionMismatch", "the updated revision is not the current one yet"),
            id="updated, but the revision is not made current yet",
        ),
        pytest.param(
            THREE | PARTITION,
            stateful(3, 3, 1, **MIXED),
            (REACHED, "", ""),
            id="a partition of two leaves one to update, and the revisions apart",
        ),
        pytest.param(
            THREE | PARTITION,
            stateful(3, 3, 0, **MIXED),
            (IN_PROGRESS, "LessUpdated", "0 of 1 replicas updated"),
            id="above the partition nothing is updated yet",
        ),
        pytest.param(
            {"replicas": 1} | PARTITION, stateful(1, 1, 0, **MIXED), (REACHED, "", ""), id="all below it"
        ),
        pytest.param(
            THREE | ON_DELETE,
            stateful(3, 3, 0, **MIXED),
            (REACHED, "", ""),
            id="OnDelete leaves the update to the user",
        ),
        pytest.param(
            THREE | ON_DELETE,
            stateful(3, 1, 0),
            (IN_PROGRESS, "LessReady", "1 of 3 replicas ready"),
            id="OnDelete does not leave the replicas to the user",
        ),
        pytest.param(
            THREE | {"minReadySeconds": 5},
            stateful(3, 3, 3, availableReplicas=1),
            (IN_PROGRESS, "LessAvailable", "1 of 3 replicas available"),
            id="minReadySeconds waits for available",
        ),
        pytest.param(
            THREE,
            {"replicas": 0},
            (IN_PROGRESS, "NotObserved", "no controller has looked at it yet"),
            id="its first status, which the API server makes, proves nothing",
        ),
    ],
)
def test_statefulset(spec: Any, status: Any, expected: tuple[str, str, str]) -> None:
    assert expected == verdict("apps/v1", "StatefulSet", spec, status)
