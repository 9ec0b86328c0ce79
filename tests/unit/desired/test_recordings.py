"""The verdicts over what a real cluster sent, against the moments that were measured when it was recorded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.recordings import load
from traceutil.desired import State, desired_state_reached, reached_at, remembers_reached
from traceutil.times import SECOND, parse_time


def of_kind(recording: str, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Receipt time and object of every record of this kind in the namespace "default"."""
    return [
        (record["t"], record["object"])
        for record in load(recording)
        if record["object"]["kind"] == kind
        and record["object"]["metadata"].get("namespace") == "default"
        and record["type"] != "DELETED"
    ]


def ns(value: str) -> int:
    found = parse_time(value)
    assert found is not None
    return found


def first_reached(recording: str, kind: str) -> dict[tuple[str, int], str]:
    """When each generation of each object was first seen to be reached."""
    seen: dict[tuple[str, int], str] = {}
    for at, obj in of_kind(recording, kind):
        metadata = obj["metadata"]
        if desired_state_reached(obj):
            seen.setdefault((metadata["name"], metadata["generation"]), at)
    return seen


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        pytest.param("deployment-create", {1: "2026-11-21T07:49:17.364212Z"}, id="created"),
        pytest.param("slow-pull", {1: "2026-11-21T07:57:18.097205Z"}, id="created, with a slow pull"),
        pytest.param("rolling-update", {2: "2026-11-21T07:50:27.478453Z"}, id="updated"),
        pytest.param(
            "superseded", {3: "2026-11-21T07:50:57.555865Z"}, id="superseded: generation 2 is never reached"
        ),
        pytest.param(
            "annotations",
            {
                2: "2026-11-21T07:57:31.595043Z",
                3: "2026-11-21T07:57:33.686706Z",
                4: "2026-11-21T07:57:37.602907Z",
            },
            id="an annotation edit is a generation of its own",
        ),
    ],
)
def test_a_deployment_is_reached_exactly_when_it_was_seen_to_be_complete(
    recording: str, expected: dict[int, str]
) -> None:
    initial = of_kind(recording, "Deployment")[0][1]["metadata"]["generation"] if 1 not in expected else 0
    found = first_reached(recording, "Deployment")
    assert expected == {generation: at for (_, generation), at in found.items() if generation != initial}


@pytest.mark.parametrize(
    ("recording", "expected"),
    [
        pytest.param("bare-pod", ["2026-11-21T07:52:50.829282Z"], id="a pod alone"),
        pytest.param(
            "deployment-create",
            ["2026-11-21T07:49:17.305127Z", "2026-11-21T07:49:17.330810Z", "2026-11-21T07:49:17.355612Z"],
            id="three pods of a Deployment",
        ),
        pytest.param(
            "slow-pull",
            ["2026-11-21T07:57:18.071910Z", "2026-11-21T07:57:18.090160Z"],
            id="two pods that waited for their image",
        ),
    ],
)
def test_a_pod_is_reached_when_it_was_seen_to_be_ready(recording: str, expected: list[str]) -> None:
    assert expected == sorted(first_reached(recording, "Pod").values())


@pytest.mark.parametrize("recording", ["deployment-create", "slow-pull", "rolling-update", "superseded"])
def test_what_status_says_of_the_time_agrees_with_the_receipt_within_a_second(recording: str) -> None:
    """Status stores whole seconds, cut; the record came some milliseconds after the write."""
    turned = 0
    for kind in ("Deployment", "Pod"):
        before: dict[str, bool] = {}
        for at, obj in of_kind(recording, kind):
            name, now = obj["metadata"]["name"], bool(desired_state_reached(obj))
            if now and before.get(name) is False:
                stored = reached_at(obj)
                assert stored is not None
                assert 0 <= ns(at) - stored < 2 * SECOND
                turned += 1
            before[name] = now
    assert turned >= 3


@pytest.mark.parametrize("kind", ["Deployment", "Pod"])
def test_in_a_crash_loop_status_remembers_that_it_was_reached_once(kind: str) -> None:
    """A crashing container without a probe is Ready for a moment: what follows is drift, not the change."""
    records = of_kind("crashloop", kind)
    start = ns(records[0][1]["metadata"]["creationTimestamp"])
    reached = [bool(desired_state_reached(obj)) for _, obj in records]
    first = reached.index(True)
    assert not all(reached[first:])
    assert [False] * first + [True] * (len(records) - first) == [
        remembers_reached(obj, start) for _, obj in records
    ]


def test_a_deployment_in_the_middle_of_a_change_remembers_only_the_one_before() -> None:
    """From the change on until it is reached, status must not prove it."""
    records = of_kind("superseded", "Deployment")
    change = ns("2026-11-21T07:50:50.252998Z")
    remembered = [at for at, obj in records if remembers_reached(obj, change)]
    expected = "2026-11-21T07:50:57.555865Z"
    assert expected == remembered[0]


def test_every_record_of_every_kind_has_a_verdict() -> None:
    """Nodes, Events, ConfigMaps, ReplicaSets: nothing that a cluster sends is unknown."""
    found = {desired_state_reached(record["object"]).state for record in load("deployment-create")}
    assert State.UNKNOWN not in found
    assert State.FAILED not in found
