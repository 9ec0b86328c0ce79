"""How a ReplicaSet grows and shrinks."""

from __future__ import annotations

from typing import Any

import pytest

from operators.workloads.replicaset.expectations import EXPIRES_AFTER, Expectations
from operators.workloads.replicaset.pods import (
    Sightings,
    is_active,
    new_pod,
    next_available,
    replica_set_status,
)
from operators.workloads.replicaset.ranking import surplus
from operators.workloads.replicaset.scale import difference, slow_start
from traceutil.times import SECOND

NOW = 1_800_000_000 * SECOND


@pytest.mark.parametrize(
    ("active", "desired", "expected"),
    [
        pytest.param(0, 3, 3, id="missing pods are made"),
        pytest.param(5, 3, -2, id="surplus pods are deleted"),
        pytest.param(3, 3, 0, id="enough is enough"),
        pytest.param(0, 1000, 500, id="one reconcile makes at most 500"),
        pytest.param(1000, 0, -500, id="one reconcile deletes at most 500"),
    ],
)
def test_difference(active: int, desired: int, expected: int) -> None:
    assert expected == difference(active, desired)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(0, [], id="nothing in no batch"),
        pytest.param(1, [1], id="one in one"),
        pytest.param(3, [1, 2], id="three in two"),
        pytest.param(10, [1, 2, 4, 3], id="the last batch takes the rest"),
    ],
)
def test_slow_start(count: int, expected: list[int]) -> None:
    assert expected == list(slow_start(count))


def pod(name: str, **fields: Any) -> dict[str, Any]:
    ready_since = fields.get("ready_since")
    conditions = (
        [{"type": "Ready", "status": "True", "lastTransitionTime": ready_since}] if ready_since else []
    )
    return {
        "metadata": {
            "name": name,
            "uid": name,
            "creationTimestamp": fields.get("created", "2026-01-01T00:00:00Z"),
            "annotations": fields.get("annotations", {}),
            "labels": fields.get("labels", {}),
        },
        "spec": {"nodeName": fields["node"]} if "node" in fields else {},
        "status": {
            "phase": fields.get("phase", "Running"),
            "conditions": conditions,
            "containerStatuses": [{"restartCount": fields.get("restarts", 0)}],
        },
    }


EARLY, LATE = "2026-01-01T00:00:10Z", "2026-01-01T00:00:50Z"
COST = "controller.kubernetes.io/pod-deletion-cost"


@pytest.mark.parametrize(
    ("stays", "goes"),
    [
        pytest.param(
            pod("stays", node="n"), pod("goes", phase="Running"), id="one without a node goes first"
        ),
        pytest.param(
            pod("stays", node="n"), pod("goes", node="n", phase="Pending"), id="a pending one goes first"
        ),
        pytest.param(
            pod("stays", node="n", ready_since=EARLY), pod("goes", node="n"), id="an unready one goes first"
        ),
        pytest.param(
            pod("stays", node="n", ready_since=EARLY, annotations={COST: "5"}),
            pod("goes", node="n", ready_since=EARLY, annotations={COST: "-5"}),
            id="the cheaper one goes first",
        ),
        pytest.param(
            pod("stays", node="n", ready_since=EARLY), pod("goes", node="n", ready_since=LATE),
            id="the one that is ready for a shorter time goes first",
        ),
        pytest.param(
            pod("stays", node="n", ready_since=EARLY), pod("goes", node="n", ready_since=EARLY, restarts=3),
            id="the one that restarted more often goes first",
        ),
        pytest.param(
            pod("stays", node="n", ready_since=EARLY),
            pod("goes", node="n", ready_since=EARLY, created="2026-01-01T00:00:09Z"),
            id="the younger one goes first",
        ),
        pytest.param(
            pod("stays", node="n", annotations={COST: "cheap"}), pod("goes", node="n", phase="Pending"),
            id="a cost that is no number is no cost",
        ),
    ],
)  # fmt: skip
def test_surplus(stays: dict[str, Any], goes: dict[str, Any]) -> None:
    for pods in ([stays, goes], [goes, stays]):
        assert [goes] == surplus(pods, 1)


def test_surplus_thins_the_crowded_node() -> None:
    """Of equal pods the one beside most of its kind goes first."""
    alone, crowd = pod("alone", node="a"), [pod("b1", node="b"), pod("b2", node="b")]
    assert crowd[:1] == surplus([alone, *crowd], 1)


def test_expectations_hold_until_seen() -> None:
    """Pods that were asked for but not seen forbid another count."""
    book, owner = Expectations(lambda: NOW), ("default", "web")
    book.expect_creates(owner, 2)
    book.expect_delete(owner, "u1")
    book.create_seen(owner, "a")
    assert book.wait(owner) > 0
    book.create_seen(owner, "a")
    book.create_seen(owner, "b")
    assert book.wait(owner) > 0
    book.delete_seen(owner, "u1")
    assert book.wait(owner) == 0


def test_a_pod_counts_once_however_it_is_seen() -> None:
    """The event and the answer of one create lower the number by one; a refusal lowers it too."""
    book, owner = Expectations(lambda: NOW), ("default", "web")
    book.expect_creates(owner, 2)
    book.create_seen(owner, "a")
    book.create_seen(owner, "a")
    assert book.wait(owner) > 0
    book.create_failed(owner)
    assert book.wait(owner) == 0


def test_expectations_expire() -> None:
    """An answer that got lost blocks its owner for half a minute, not for ever."""
    time = [NOW]
    book, owner = Expectations(lambda: time[0]), ("default", "web")
    book.expect_creates(owner, 1)
    time[0] += (EXPIRES_AFTER - 1) * SECOND
    assert book.wait(owner) == pytest.approx(1)
    time[0] += SECOND
    assert book.wait(owner) == 0


REPLICA_SET = {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "metadata": {"name": "web-6d4f", "namespace": "default", "uid": "rs", "generation": 2},
    "spec": {
        "replicas": 2,
        "minReadySeconds": 30,
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}},
    },
}


def test_new_pod_is_owned_and_left_to_the_server_to_name() -> None:
    """A pod has its template's labels and spec, its controller, and a prefix instead of a name."""
    made = new_pod(REPLICA_SET)
    assert made["metadata"]["generateName"] == "web-6d4f-"
    assert "name" not in made["metadata"]
    assert made["metadata"]["labels"] == {"app": "web"}
    assert [each["controller"] for each in made["metadata"]["ownerReferences"]] == [True]
    assert made["spec"] == {"containers": [{"name": "web"}]}


def test_status_counts_what_is_there() -> None:
    """Ready is not yet available before minReadySeconds have passed."""
    pods = [
        pod("a", ready_since="2027-01-15T07:59:00Z", labels={"app": "web"}),
        pod("b", ready_since="2027-01-15T07:59:50Z", labels={"app": "other"}),
        pod("c", labels={"app": "web"}),
    ]
    assert replica_set_status(REPLICA_SET, Sightings().of(pods), NOW) == {
        "replicas": 3,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 1,
        "observedGeneration": 2,
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"status": {"phase": "Running"}}, True, id="a running pod counts"),
        pytest.param({}, True, id="a pod without status counts"),
        pytest.param({"status": {"phase": "Failed"}}, False, id="a failed pod is replaced"),
        pytest.param({"metadata": {"deletionTimestamp": "x"}}, False, id="one on its way out is replaced"),
    ],
)
def test_is_active(given: dict[str, Any], expected: bool) -> None:
    assert expected is is_active(given)


def test_a_changed_pod_is_seen_anew() -> None:
    """What was seen of one version of a pod says nothing about the next."""
    sightings, before, after = Sightings(), pod("a"), pod("a", ready_since=EARLY)
    assert sightings.of([before])[0].ready_since is None
    assert sightings.of([after])[0].ready_since is not None
    assert sightings.of([before])[0].ready_since is None


def test_a_pod_is_forgotten_in_whatever_version() -> None:
    """The one that is deleted need not be the one that was seen."""
    sightings, before, after = Sightings(), pod("a"), pod("a", ready_since=EARLY)
    seen = sightings.of([before])[0]
    assert seen is sightings.of([before])[0]
    sightings.forget(after)
    assert seen is not sightings.of([before])[0]


def test_the_next_pod_to_become_available() -> None:
    """A ready pod becomes available when minReadySeconds have passed; look again then."""
    seen = Sightings().of([pod("a", ready_since="2027-01-15T07:59:50Z"), pod("b")])
    assert next_available(seen, 30, NOW) == pytest.approx(20)
    assert next_available(seen, 0, NOW) is None
