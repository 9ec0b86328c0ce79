from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import obj, observed
from traceutil.desired import State, desired_state_reached

IN_PROGRESS, REACHED = State.IN_PROGRESS, State.REACHED
ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}


def scheduled(wanted: int, current: int, updated: int, ready: int, available: int) -> dict[str, Any]:
    return observed(
        desiredNumberScheduled=wanted,
        currentNumberScheduled=current,
        updatedNumberScheduled=updated,
        numberReady=ready,
        numberAvailable=available,
    )


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        pytest.param({}, scheduled(3, 3, 3, 3, 3), (REACHED, "", ""), id="on all three nodes"),
        pytest.param({}, scheduled(0, 0, 0, 0, 0), (REACHED, "", ""), id="no node is wanted"),
        pytest.param(
            {},
            scheduled(3, 2, 2, 2, 2),
            (IN_PROGRESS, "LessCurrent", "2 of 3 nodes have a pod"),
            id="one lacks it",
        ),
        pytest.param(
            {},
            scheduled(3, 3, 1, 3, 3),
            (IN_PROGRESS, "LessUpdated", "1 of 3 nodes have an updated pod"),
            id="an update in the middle",
        ),
        pytest.param(
            {},
            scheduled(3, 3, 3, 2, 2),
            (IN_PROGRESS, "LessReady", "2 of 3 nodes have a ready pod"),
            id="one is not ready",
        ),
        pytest.param(
            {},
            scheduled(3, 3, 3, 3, 2),
            (IN_PROGRESS, "LessAvailable", "2 of 3 nodes have an available pod"),
            id="one is ready, but not for minReadySeconds yet",
        ),
        pytest.param(ON_DELETE, scheduled(3, 3, 0, 3, 3), (REACHED, "", ""), id="OnDelete leaves the update"),
        pytest.param(
            {},
            observed(),
            (IN_PROGRESS, "NoDesiredNumber", "the number of nodes is not known yet"),
            id="without the wanted number",
        ),
        pytest.param(
            {},
            {"desiredNumberScheduled": 0},
            (IN_PROGRESS, "NotObserved", "no controller has looked at it yet"),
            id="its first status, which the API server makes, proves nothing",
        ),
    ],
)
def test_daemonset(spec: Any, status: Any, expected: tuple[str, str, str]) -> None:
    found = desired_state_reached(obj("apps/v1", "DaemonSet", spec, status))
    assert expected == (found.state, found.reason, found.message)
