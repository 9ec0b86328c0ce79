"""Whatever stands in an object: judging it never raises."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from traceutil.desired import Convergence, desired_state_reached, progress_at, reached_at, remembers_reached
from traceutil.desired.kinds import RULES

FIELDS = [
    "conditions",
    "type",
    "status",
    "reason",
    "message",
    "phase",
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "availableReplicas",
    "readyReplicas",
    "fullyLabeledReplicas",
    "desiredNumberScheduled",
    "updateStrategy",
    "rollingUpdate",
    "partition",
    "containerStatuses",
    "initContainerStatuses",
    "state",
    "waiting",
    "terminated",
    "exitCode",
    "loadBalancer",
    "ingress",
    "ip",
    "suspend",
    "paused",
    "lastUpdateTime",
    "lastTransitionTime",
    "startTime",
    "finishedAt",
    "name",
    "generation",
    "deletionTimestamp",
    "finalizers",
]
WORDS = [
    "True",
    "False",
    "Ready",
    "Progressing",
    "Available",
    "Stalled",
    "Complete",
    "Failed",
    "NewReplicaSetAvailable",
    "LoadBalancer",
    "Running",
    "2026-01-01T00:00:00Z",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.builds(lambda: 10**5000)  # longer than str() of an int may be
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
    | st.binary(max_size=4)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)
kinds = st.sampled_from([*RULES, ("example.com", "Database"), ("", "ConfigMap")])


def judge(obj: Any) -> None:
    assert isinstance(desired_state_reached(obj), Convergence)
    assert isinstance(remembers_reached(obj, 0), bool)
    for at in (reached_at(obj), progress_at(obj)):
        assert at is None or isinstance(at, int)


@given(kind=kinds, spec=anything, status=anything, metadata=anything)
def test_any_spec_and_status_of_every_kind(
    kind: tuple[str, str], spec: Any, status: Any, metadata: Any
) -> None:
    group, name = kind
    judge({"apiVersion": f"{group}/v1", "kind": name, "metadata": metadata, "spec": spec, "status": status})


@given(obj=st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec", "status"]), anything))
def test_any_object(obj: dict[str, Any]) -> None:
    judge(obj)


@given(obj=anything)
def test_what_is_no_object_at_all_is_unknown_at_most(obj: Any) -> None:
    assert isinstance(desired_state_reached(obj), Convergence)
