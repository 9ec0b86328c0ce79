"""What the check of a crash lets pass, and what not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.crashes.promises import Delivery, Evidence, broken
from traceutil.times import SECOND

ROOT = Delivery("t1", "aa", "", "Deployment", True, 9 * SECOND, data=b"root")
WORK = Delivery("t1", "bb", "aa", "scheduler.SchedulePod", False, 2 * SECOND, pod="pod-1", data=b"work")
DRIFT = Delivery("t2", "cc", "", "ReplicaSet", True, 20 * SECOND, linked=("t1",), data=b"drift")
GONE = replace(WORK, parent="dd")


def pod(uid: str = "pod-1", ready: str = "True") -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": "web", "uid": uid},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    }


def carrying_a_record() -> dict[str, Any]:
    record = f'{{"trace":"{1:032x}","span":"{0xEE:016x}","flags":"01","of":"//Pod/default/web","start":1}}'
    return {
        **pod(),
        "metadata": {"name": "web", "uid": "u", "annotations": {"traceutil.dev/object-span": record}},
    }


def seen(*deliveries: Delivery, **rest: Any) -> Evidence:
    return Evidence(**{"deliveries": deliveries, "objects": [], "roots": {"aa": "t1"}, "starts": [0], **rest})


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        pytest.param(seen(ROOT, WORK, DRIFT, objects=[pod()]), [], id="whole traces, joined by a link"),
        pytest.param(
            seen(ROOT, objects=[pod(ready="False")]), ["Pod web is not reached"], id="an object that is stuck"
        ),
        pytest.param(
            seen(WORK), ["the root aa of trace t1", "scheduler.SchedulePod bb has no parent aa"], id="no root"
        ),
        pytest.param(
            seen(ROOT, objects=[carrying_a_record()]),
            ["the object span 00000000000000ee of Pod web"],
            id="a recorded object span that nobody exported",
        ),
        pytest.param(seen(ROOT, GONE, objects=[pod()]), ["scheduler.SchedulePod bb has no"], id="an orphan"),
        pytest.param(
            seen(ROOT, GONE, deaths=[3 * SECOND]), [], id="an orphan whose pod is gone, as the kubelet died"
        ),
        pytest.param(
            seen(ROOT, GONE, deaths=[1]), ["scheduler.SchedulePod bb has no"], id="the kubelet died before it"
        ),
        pytest.param(
            seen(ROOT, GONE, objects=[pod()], deaths=[3 * SECOND]),
            ["scheduler.SchedulePod bb has no"],
            id="the kubelet died, but the pod is there",
        ),
        pytest.param(
            seen(ROOT, replace(GONE, name="Pod", is_object=True), deaths=[3 * SECOND]),
            ["Pod bb has no parent dd"],
            id="the kubelet died, but the span that is missing is not its pod's",
        ),
        pytest.param(
            seen(ROOT, replace(DRIFT, linked=())), ["trace t2 is joined to none"], id="a stray trace"
        ),
        pytest.param(
            seen(ROOT, ROOT, starts=[0, 12 * SECOND]), [], id="again, after a start within the window"
        ),
        pytest.param(
            seen(ROOT, ROOT, starts=[0, 13 * SECOND]),
            ["Deployment aa arrived 2 times, 1 allowed"],
            id="again, although the start was later",
        ),
        pytest.param(
            seen(ROOT, replace(ROOT, data=b"other"), starts=[0, 10 * SECOND]),
            ["Deployment aa arrived 2 times, and not the same"],
            id="again, but not the same",
        ),
        pytest.param(
            seen(ROOT, WORK, WORK, starts=[0, 3 * SECOND]),
            ["scheduler.SchedulePod bb arrived 2 times, 1 allowed"],
            id="work is never exported again",
        ),
    ],
)
def test_promises(evidence: Evidence, expected: list[str]) -> None:
    found = broken(evidence)
    assert len(expected) == len(found), found
    assert [True] * len(found) == [
        line.startswith(start) for line, start in zip(found, expected, strict=True)
    ]
