from __future__ import annotations

from typing import Any

import pytest

from tests.unit.desired.objects import condition, obj, observed
from traceutil.desired import State, desired_state_reached

REACHED, IN_PROGRESS, FAILED = State.REACHED, State.IN_PROGRESS, State.FAILED
TERMINATING, UNKNOWN = State.TERMINATING, State.UNKNOWN
CRD = "apiextensions.k8s.io/v1"
BALANCER = {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}
HOSTNAME = {"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}


def status(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"conditions": list(conditions)}


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        pytest.param(obj("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"}), REACHED, "", id="PVC bound"),
        pytest.param(
            obj("v1", "PersistentVolumeClaim", {}, {"phase": "Pending"}),
            IN_PROGRESS,
            "NotBound",
            id="PVC pending",
        ),
        pytest.param(
            obj("v1", "PersistentVolumeClaim", {}, {"phase": "Lost"}),
            FAILED,
            "ClaimLost",
            id="PVC lost its volume",
        ),
        pytest.param(
            obj("v1", "PersistentVolumeClaim", {}, {"phase": "Bound"} | status(condition("Resizing"))),
            IN_PROGRESS,
            "Resizing",
            id="PVC bound, and growing",
        ),
        pytest.param(obj("v1", "Service", {"type": "ClusterIP"}, {}), REACHED, "", id="Service ClusterIP"),
        pytest.param(obj("v1", "Service", {}, {}), REACHED, "", id="Service without a type"),
        pytest.param(
            obj("v1", "Service", BALANCER, {"loadBalancer": {}}),
            IN_PROGRESS,
            "NoIngress",
            id="Service LoadBalancer without an address",
        ),
        pytest.param(obj("v1", "Service", BALANCER, ADDRESS), REACHED, "", id="Service LoadBalancer by IP"),
        pytest.param(
            obj("v1", "Service", BALANCER, HOSTNAME), REACHED, "", id="Service LoadBalancer by name"
        ),
        pytest.param(
            obj("v1", "Service", BALANCER, {"loadBalancer": {"ingress": [{}]}}),
            IN_PROGRESS,
            "NoIngress",
            id="Service LoadBalancer with an empty ingress",
        ),
        pytest.param(obj("v1", "Namespace", {}, {"phase": "Active"}), REACHED, "", id="Namespace active"),
        pytest.param(
            obj("v1", "Namespace", {}, {"phase": "Terminating"}),
            TERMINATING,
            "Terminating",
            id="Namespace ending",
        ),
        pytest.param(
            obj("v1", "Namespace", {}, {}), IN_PROGRESS, "NotActive", id="Namespace without a phase"
        ),
        pytest.param(obj("v1", "Node", {}, status(condition("Ready"))), REACHED, "", id="Node ready"),
        pytest.param(
            obj("v1", "Node", {}, status(condition("Ready", "Unknown", "NodeStatusUnknown"))),
            IN_PROGRESS,
            "NodeStatusUnknown",
            id="Node not heard of any more",
        ),
        pytest.param(obj("v1", "Node", {}, {}), IN_PROGRESS, "NotRegistered", id="Node without a kubelet"),
        pytest.param(
            obj(
                CRD,
                "CustomResourceDefinition",
                {},
                status(condition("NamesAccepted"), condition("Established")),
            ),
            REACHED,
            "",
            id="CRD established",
        ),
        pytest.param(
            obj(
                CRD,
                "CustomResourceDefinition",
                {},
                status(condition("NamesAccepted"), condition("Established", "False", "Installing")),
            ),
            IN_PROGRESS,
            "Installing",
            id="CRD installing",
        ),
        pytest.param(
            obj(
                CRD,
                "CustomResourceDefinition",
                {},
                status(condition("NamesAccepted", "False", "PluralConflict"), condition("Established")),
            ),
            FAILED,
            "PluralConflict",
            id="CRD whose names conflict",
        ),
        pytest.param(
            obj(CRD, "CustomResourceDefinition", {}, status(condition("Established"))),
            IN_PROGRESS,
            "Installing",
            id="CRD established without accepted names",
        ),
        pytest.param(obj(CRD, "CustomResourceDefinition"), IN_PROGRESS, "Installing", id="CRD new"),
        pytest.param(obj("batch/v1", "CronJob", {"schedule": "* * * * *"}, {}), REACHED, "", id="CronJob"),
        pytest.param(obj("v1", "ConfigMap"), REACHED, "", id="ConfigMap"),
        pytest.param(obj("v1", "Secret"), REACHED, "", id="Secret"),
        pytest.param(obj("rbac.authorization.k8s.io/v1", "Role"), REACHED, "", id="Role"),
        pytest.param(
            obj("networking.k8s.io/v1", "Ingress", {}, {"loadBalancer": {}}), REACHED, "", id="Ingress"
        ),
        pytest.param(
            obj("policy/v1", "PodDisruptionBudget", {}, {"observedGeneration": 1}),
            IN_PROGRESS,
            "LatestGenerationNotObserved",
            id="a built-in kind that is behind",
        ),
        pytest.param(
            obj(
                "apiregistration.k8s.io/v1",
                "APIService",
                {},
                status(condition("Available", "False", "MissingEndpoints")),
            ),
            IN_PROGRESS,
            "MissingEndpoints",
            id="APIService that is not available",
        ),
    ],
)
def test_built_in_kinds(found: dict[str, Any], state: State, reason: str) -> None:
    verdict = desired_state_reached(found)
    assert (state, reason) == (verdict.state, verdict.reason)


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        pytest.param(None, UNKNOWN, "NoStatus", id="no status"),
        pytest.param(
            {"phase": "Running"}, UNKNOWN, "NoStatus", id="neither observedGeneration nor conditions"
        ),
        pytest.param({"conditions": []}, UNKNOWN, "NoStatus", id="an empty list of conditions"),
        pytest.param(observed(), REACHED, "", id="observed, and no condition"),
        pytest.param(
            {"observedGeneration": 1} | status(condition("Ready")),
            IN_PROGRESS,
            "LatestGenerationNotObserved",
            id="Ready, but of an older generation",
        ),
        pytest.param(
            status(condition("Ready", observedGeneration=1)),
            IN_PROGRESS,
            "LatestGenerationNotObserved",
            id="Ready, but the condition is of an older generation",
        ),
        pytest.param(
            status(condition("Ready", observedGeneration=2)), REACHED, "", id="Ready, of this generation"
        ),
        pytest.param(observed(condition("Ready")), REACHED, "", id="Ready"),
        pytest.param(status(condition("Ready")), REACHED, "", id="Ready without observedGeneration"),
        pytest.param(
            observed(condition("Ready", "False", "Creating")), IN_PROGRESS, "Creating", id="not Ready"
        ),
        pytest.param(observed(condition("Ready", "Unknown")), IN_PROGRESS, "NotReady", id="Ready unknown"),
        pytest.param(observed(condition("Available")), REACHED, "", id="Available"),
        pytest.param(
            observed(condition("Available", "False")), IN_PROGRESS, "NotAvailable", id="not Available"
        ),
        pytest.param(
            observed(condition("Ready", "False", "Creating"), condition("Available")),
            IN_PROGRESS,
            "Creating",
            id="Ready goes before Available",
        ),
        pytest.param(
            observed(condition("Ready"), condition("Reconciling", "True", "Updating")),
            IN_PROGRESS,
            "Updating",
            id="Reconciling, although Ready",
        ),
        pytest.param(
            observed(condition("Ready"), condition("Reconciling", "False")),
            REACHED,
            "",
            id="no longer Reconciling",
        ),
        pytest.param(
            observed(condition("Stalled", "True", "BadChart"), condition("Reconciling")),
            FAILED,
            "BadChart",
            id="Stalled is failed",
        ),
        pytest.param(
            status(
                condition("Stalled", "True", "BadChart", observedGeneration=1),
                condition("Ready", "False", "Retry"),
            ),
            IN_PROGRESS,
            "Retry",
            id="Stalled at an older generation is not failed",
        ),
        pytest.param(
            observed(condition("Available"), condition("Progressing", "True", "RollingOut")),
            IN_PROGRESS,
            "RollingOut",
            id="Available, but Progressing",
        ),
        pytest.param(
            observed(condition("Available"), condition("Progressing", "True", "NewReplicaSetAvailable")),
            REACHED,
            "",
            id="Available, with a finished Deployment's Progressing copied",
        ),
        pytest.param(observed(condition("Progressing")), IN_PROGRESS, "Progressing", id="only Progressing"),
        pytest.param(status(condition("Synced")), REACHED, "", id="only a condition that nobody knows"),
    ],
)
@pytest.mark.parametrize("version", ["example.com/v1", "gateway.networking.k8s.io/v1"])
def test_custom_resources(version: str, given: Any, state: State, reason: str) -> None:
    verdict = desired_state_reached(obj(version, "Database", {}, given))
    assert (state, reason) == (verdict.state, verdict.reason)


def test_a_custom_kind_with_a_built_in_name_is_judged_as_custom() -> None:
    """Knative's Service is no Service."""
    knative = obj("serving.knative.dev/v1", "Service", {}, observed(condition("Ready", "False", "Deploying")))
    expected = IN_PROGRESS
    assert expected == desired_state_reached(knative).state


@pytest.mark.parametrize(
    ("found", "state", "truth", "final"),
    [
        pytest.param(obj("v1", "ConfigMap"), REACHED, True, True, id="reached is true and final"),
        pytest.param(
            obj("v1", "Pod", {}, {"phase": "Failed"}), FAILED, False, True, id="failed is final, and not true"
        ),
        pytest.param(obj("v1", "Pod"), IN_PROGRESS, False, False, id="in progress is neither"),
        pytest.param(obj("example.com/v1", "Database"), UNKNOWN, False, False, id="unknown is neither"),
        pytest.param(
            obj("v1", "ConfigMap", deletionTimestamp="2026-01-01T00:00:00Z"),
            TERMINATING,
            False,
            False,
            id="terminating is neither, whatever status says",
        ),
    ],
)
def test_what_a_verdict_is_worth(found: dict[str, Any], state: State, truth: bool, final: bool) -> None:
    verdict = desired_state_reached(found)
    assert (state, truth, final) == (verdict.state, bool(verdict), verdict.final)


def test_an_object_that_was_seen_to_be_gone_is_gone() -> None:
    """Gone is what a deletion wished for: true and final."""
    verdict = desired_state_reached(obj("v1", "Pod", {}, {"phase": "Running"}), deleted=True)
    expected = (State.GONE, True, True)
    assert expected == (verdict.state, bool(verdict), verdict.final)


def test_a_terminating_object_names_the_finalizers_that_it_waits_for() -> None:
    found = obj("v1", "Pod", finalizers=["a/b", "c/d"], deletionTimestamp="2026-01-01T00:00:00Z")
    expected = "waits for finalizers: a/b, c/d"
    assert expected == desired_state_reached(found).message


def test_an_object_without_a_kind_is_unknown() -> None:
    """Items of typed lists do not say what they are."""
    expected = (UNKNOWN, "NoKind")
    verdict = desired_state_reached(obj(None, None, {}, observed()))
    assert expected == (verdict.state, verdict.reason)


def test_an_object_without_an_api_version_is_judged_by_its_kind() -> None:
    assert desired_state_reached(obj(None, "Pod", {}, status(condition("Ready"))))
    assert not desired_state_reached(obj(None, "Pod"))
