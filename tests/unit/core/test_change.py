from __future__ import annotations

import copy

import pytest

from tests.unit.core.objects import (
    Object,
    at,
    database,
    deployment,
    owner_of_spec,
    pod,
    replica_set,
    stored,
)
from traceutil.change import (
    change_id,
    last_written_by_scale,
    newest_spec_writer,
    replicas,
    same_desired_state,
    spec_hash,
)

# Published vectors (docs/spec.md 1): hashes of deployment(2), deployment(4), deployment(2, "web:2").
TWO, FOUR, OTHER = "9ceeca837939f8cd", "a9e308ed084815f2", "84d6fec4262b6a00"
SIZE_ONE = "c71edab2aaadfc4d"


def written(obj: Object, *seconds: float | None) -> Object:
    obj["metadata"]["managedFields"] = [owner_of_spec(second, f"m{n}") for n, second in enumerate(seconds)]
    return obj


VECTORS = [
    pytest.param(written(deployment(2), 0), f"{TWO}@{at(0)}", id="a Deployment is created with 2 replicas"),
    pytest.param(written(deployment(4), 5), f"{FOUR}@{at(5)}", id="it is scaled from 2 to 4"),
    pytest.param(
        written(deployment(2), 9), f"{TWO}@{at(9)}", id="it is scaled back to 2: not the first change again"
    ),
    pytest.param(written(deployment(4), 14), f"{FOUR}@{at(14)}", id="and to 4 again: not the second again"),
    pytest.param(
        written(deployment(2, generation=7), 0),
        f"{TWO}@{at(0)}",
        id="an annotation edit by another manager moves the generation, and not the change",
    ),
    pytest.param(
        written(deployment(2, generation=2), 3),
        f"{TWO}@{at(3)}",
        id="an annotation edit by the manager of the spec moves that manager's time, and so the change",
    ),
    pytest.param(written(deployment(2, "web:2"), 20), f"{OTHER}@{at(20)}", id="a rollout"),
    pytest.param(
        written(deployment(2), 0, 25), f"{TWO}@{at(25)}", id="rollout undo: the former spec at a new time"
    ),
    pytest.param(
        written(deployment(4, generation=2), 0, None),
        f"{FOUR}@{at(0)}+g2",
        id="kubectl scale leaves an entry without time: the generation is added",
    ),
    pytest.param(
        written(deployment(2, generation=3), 0, None),
        f"{TWO}@{at(0)}+g3",
        id="kubectl scale back to the former size: another change",
    ),
    pytest.param(deployment(2), f"{TWO}@", id="a Deployment without managedFields: its hash alone"),
    pytest.param(
        replica_set(3, generation=4), "g4", id="a ReplicaSet's generation moves with its spec alone"
    ),
    pytest.param(pod(), "g1", id="a pod"),
    pytest.param(
        written(database(), 2), f"{SIZE_ONE}@{at(2)}", id="a custom resource may lack a status subresource"
    ),
    pytest.param(
        deployment(deletionTimestamp=at(9)), "deletion", id="deletion is a change, whatever the generation"
    ),
]


@pytest.mark.parametrize(("obj", "expected"), VECTORS)
def test_a_change_is(obj: Object, expected: str) -> None:
    assert expected == change_id(obj)


def test_binding_a_pod_is_not_a_change() -> None:
    """spec.nodeName appears without a new generation."""
    before, bound = pod(), pod()
    bound["spec"]["nodeName"] = "node-1"
    assert change_id(before) == change_id(bound)


def test_status_and_metadata_are_no_change() -> None:
    """Labels, annotations, finalizers and status leave a Deployment's change alone."""
    before = written(deployment(), 0)
    after = copy.deepcopy(before)
    after["metadata"] |= {"labels": {"a": "b"}, "annotations": {"c": "d"}, "finalizers": ["e/f"]}
    after["status"] = {"replicas": 1}
    assert change_id(before) == change_id(after)


def test_kinds_without_a_spec_are_told_by_all_that_they_say() -> None:
    """A ConfigMap has neither generation nor spec: its data are its desired state."""
    one = stored("ConfigMap", "v1", "c", {}, generation=None)
    two = copy.deepcopy(one)
    del one["spec"], two["spec"]
    one["data"], two["data"] = {"a": "1"}, {"a": "2"}
    assert change_id(one) != change_id(two)
    assert spec_hash(one) != spec_hash(two)


def test_the_stored_hash_leaves_replicas_out() -> None:
    """A scale through /scale must not end what holds; replicas stand beside the hash."""
    assert spec_hash(deployment(2)) == spec_hash(deployment(9))
    assert (replicas(deployment(2)), replicas(deployment(9))) == (2, 9)
    assert spec_hash(deployment(2)) != spec_hash(deployment(2, "web:2"))


@pytest.mark.parametrize(
    ("entries", "side_doors", "expected"),
    [
        pytest.param([], True, ("", False), id="nobody"),
        pytest.param([owner_of_spec(3), owner_of_spec(1)], True, (at(3), False), id="the newest of two"),
        pytest.param([owner_of_spec(None)], True, ("", True), id="one without a time"),
        pytest.param(
            [owner_of_spec(1), owner_of_spec(9, subresource="scale")],
            False,
            (at(1), False),
            id="/scale is no change of desired state, where that is asked",
        ),
        pytest.param(
            [owner_of_spec(1), owner_of_spec(9, subresource="binding")],
            False,
            (at(1), False),
            id="nor is a binding",
        ),
        pytest.param(["nonsense", {"fieldsV1": []}, {}], True, ("", False), id="managedFields of any shape"),
    ],
)
def test_the_newest_writer_of_the_spec(
    entries: list[Object], side_doors: bool, expected: tuple[str, bool]
) -> None:
    obj = deployment(managedFields=entries)
    assert expected == newest_spec_writer(obj, side_doors=side_doors)


def test_who_scaled_is_read_from_managed_fields() -> None:
    """The subresource stands in the entry that owns f:replicas."""
    assert not last_written_by_scale(deployment(managedFields=[owner_of_spec(1)]))
    assert last_written_by_scale(deployment(managedFields=[owner_of_spec(1, subresource="scale")]))


# The API server stores quantities in canonical form.
QUANTITIES = [
    ("1000m", "1", True),
    (1, "1", True),
    (0.5, "500m", True),
    ("1024Mi", "1Gi", True),
    ("1e3", "1k", True),
    ("0.1", "100m", True),
    ("1Gi", "1G", False),
    ("one", "1", False),
    ("..", "1", False),
    ("1E99999", "1", False),
]
LIVE = deployment(2)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(copy.deepcopy(LIVE), True, id="the object as it was read"),
        pytest.param({**copy.deepcopy(LIVE), "spec": {}}, False, id="a whole object that lacks fields"),
        pytest.param({"spec": {"replicas": 2}}, True, id="a merge patch of what is so already"),
        pytest.param({"spec": {"replicas": 3}}, False, id="a merge patch that changes one field"),
        pytest.param({"spec": {"paused": None}}, True, id="a merge patch that removes what is not there"),
        pytest.param({"spec": {"replicas": None}}, False, id="a merge patch that removes what is there"),
        pytest.param({"metadata": {"labels": {"a": "b"}}}, True, id="a patch of labels alone"),
        pytest.param({"status": {"replicas": 9}}, True, id="a patch of status alone"),
        pytest.param(
            {"spec": {"template": {"spec": {"containers": [{"name": "main"}]}}}},
            True,
            id="an apply configuration that leaves defaults to the server",
        ),
        pytest.param(
            {"spec": {"template": {"spec": {"containers": [{"name": "main"}, {"name": "more"}]}}}},
            False,
            id="one more item in a list",
        ),
        pytest.param({"spec": {"replicas": "2"}}, False, id="another type"),
        *(
            pytest.param(
                {"spec": {"limits": {"x": sent}}}, same, id=f"a quantity: {sent} over a stored {stored}"
            )
            for sent, stored, same in QUANTITIES
        ),
    ],
)
def test_desired_state_is_the_same(sent: Object, expected: bool) -> None:
    stored = {amount: stored for amount, stored, _ in QUANTITIES}
    live = copy.deepcopy(LIVE)
    if "limits" in sent.get("spec", {}):
        live["spec"]["limits"] = {"x": stored[sent["spec"]["limits"]["x"]]}
        sent["metadata"] = {}
    assert expected == same_desired_state(sent, live)


def test_a_quantity_elsewhere_is_text() -> None:
    """An environment variable of "1000m" is not one of "1"."""
    assert not same_desired_state({"spec": {"value": "1000m"}}, {"spec": {"value": "1"}})
