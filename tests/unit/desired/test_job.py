from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import condition, obj
from traceutil.desired import State, desired_state_reached

IN_PROGRESS, REACHED, FAILED = State.IN_PROGRESS, State.REACHED, State.FAILED


@pytest.mark.parametrize(
    ("spec", "status", "expected"),
    [
        pytest.param({}, {"conditions": [condition("Complete")]}, (REACHED, "", ""), id="complete"),
        pytest.param(
            {"completions": 5},
            {"startTime": "2026-01-01T00:00:00Z", "active": 2, "succeeded": 1},
            (IN_PROGRESS, "JobRunning", "1 of 5 pods completed, 2 active"),
            id="started is not reached (kstatus says it is)",
        ),
        pytest.param(
            {"completions": 1},
            {"succeeded": 1, "conditions": [condition("SuccessCriteriaMet")]},
            (IN_PROGRESS, "JobRunning", "1 of 1 pods completed, 0 active"),
            id="success criteria met is not complete yet",
        ),
        pytest.param(
            {},
            {"conditions": [condition("Failed", "True", "BackoffLimitExceeded")]},
            (FAILED, "BackoffLimitExceeded", "BackoffLimitExceeded it is"),
            id="failed, with status's reason",
        ),
        pytest.param(
            {"suspend": True},
            {"conditions": [condition("Suspended")]},
            (REACHED, "Suspended", ""),
            id="suspended, as wished",
        ),
        pytest.param(
            {"suspend": True},
            {"active": 1},
            (IN_PROGRESS, "NotSuspended", "not suspended yet"),
            id="suspending",
        ),
        pytest.param(
            {"suspend": False},
            {"conditions": [condition("Suspended")]},
            (IN_PROGRESS, "Suspended", "not resumed yet"),
            id="resuming: the condition is of the old desired state",
        ),
        pytest.param({}, None, (IN_PROGRESS, "JobRunning", "0 of 1 pods completed, 0 active"), id="new"),
    ],
)
def test_job(spec: Any, status: Any, expected: tuple[str, str, str]) -> None:
    found = desired_state_reached(obj("batch/v1", "Job", spec, status))
    assert expected == (found.state, found.reason, found.message)
