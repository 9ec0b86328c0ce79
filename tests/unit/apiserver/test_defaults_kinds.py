"""The defaults of kinds that no recording shows being created."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from demo.apiserver.kinds.defaults import default
from tests.unit.apiserver.objects import Obj, container, deployment, pod


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        pytest.param(
            ("apps/v1", "StatefulSet"),
            {},
            {
                "replicas": 1,
                "podManagementPolicy": "OrderedReady",
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "revisionHistoryLimit": 10,
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
            id="a StatefulSet",
        ),
        pytest.param(
            ("apps/v1", "DaemonSet"),
            {},
            {
                "updateStrategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0},
                },
                "revisionHistoryLimit": 10,
            },
            id="a DaemonSet",
        ),
        pytest.param(
            ("apps/v1", "Deployment"),
            {"strategy": {"type": "Recreate"}},
            {
                "strategy": {"type": "Recreate"},
                "replicas": 1,
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
            },
            id="a Deployment that recreates",
        ),
        pytest.param(
            ("batch/v1", "Job"),
            {},
            {
                "completions": 1,
                "parallelism": 1,
                "backoffLimit": 6,
                "completionMode": "NonIndexed",
                "suspend": False,
                "podReplacementPolicy": "TerminatingOrFailed",
                "manualSelector": False,
            },
            id="a Job",
        ),
        pytest.param(
            ("batch/v1", "Job"),
            {"parallelism": 3},
            {
                "parallelism": 3,
                "backoffLimit": 6,
                "completionMode": "NonIndexed",
                "suspend": False,
                "podReplacementPolicy": "TerminatingOrFailed",
                "manualSelector": False,
            },
            id="a Job that is a work queue",
        ),
        pytest.param(
            ("batch/v1", "CronJob"),
            {"schedule": "@daily"},
            {
                "schedule": "@daily",
                "concurrencyPolicy": "Allow",
                "suspend": False,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
            },
            id="a CronJob",
        ),
        pytest.param(
            ("v1", "PersistentVolumeClaim"),
            {"resources": {"requests": {"storage": "1024Mi"}}},
            {"resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "Filesystem"},
            id="a claim",
        ),
        pytest.param(
            ("v1", "Service"),
            {"type": "LoadBalancer", "sessionAffinity": "ClientIP", "ports": [{"port": 80}]},
            {
                "type": "LoadBalancer",
                "sessionAffinity": "ClientIP",
                "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}},
                "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
                "externalTrafficPolicy": "Cluster",
                "allocateLoadBalancerNodePorts": True,
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "internalTrafficPolicy": "Cluster",
            },
            id="a Service that is reached from outside",
        ),
        pytest.param(
            ("v1", "Service"),
            {"type": "ExternalName", "externalName": "example.com"},
            {"type": "ExternalName", "externalName": "example.com", "sessionAffinity": "None"},
            id="a Service that is only a name",
        ),
    ],
)
def test_the_spec_of_other_kinds(kind: tuple[str, str], sent: Obj, expected: Obj) -> None:
    """After the defaulting functions of the server's source."""
    obj = {"apiVersion": kind[0], "kind": kind[1], "metadata": {"name": "x"}, "spec": sent}
    assert expected == default(obj)["spec"]


def test_a_job_selects_by_the_uid_it_was_given() -> None:
    """And labels its pods with it; without a uid, or with a manual selector, nothing is generated."""
    template = {"metadata": {"labels": {"own": "1"}}, "spec": {"containers": [container()]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": template}}
    made = default(job | {"metadata": {"name": "j", "uid": "u"}})["spec"]
    expected = {
        "own": "1",
        "batch.kubernetes.io/controller-uid": "u",
        "batch.kubernetes.io/job-name": "j",
        "controller-uid": "u",
        "job-name": "j",
    }
    assert made["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}
    assert expected == made["template"]["metadata"]["labels"]
    assert "selector" not in default(job)["spec"]


def test_a_new_namespace() -> None:
    """Has a finalizer, a label with its name, and is active."""
    made = default({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}})
    assert made["metadata"] == {"name": "n", "labels": {"kubernetes.io/metadata.name": "n"}}
    assert [made["spec"], made["status"]] == [{"finalizers": ["kubernetes"]}, {"phase": "Active"}]


@pytest.mark.parametrize(
    ("metadata", "tainted"),
    [
        pytest.param({"name": "n"}, True, id="until it is stored"),
        pytest.param({"name": "n", "resourceVersion": "7"}, False, id="not again afterwards"),
    ],
)
def test_a_new_node_is_tainted(metadata: Obj, tainted: bool) -> None:
    """It is not ready before it says so."""
    node = default({"apiVersion": "v1", "kind": "Node", "metadata": metadata})
    taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
    assert ([taint] if tainted else None) == node["spec"].get("taints")


def test_an_unknown_kind_has_no_defaults() -> None:
    """It is returned as it is."""
    obj = {"apiVersion": "example.com/v1", "kind": "Deployment", "spec": {}}
    assert obj is default(obj)


@pytest.mark.parametrize("make", [deployment, pod])
def test_defaults_are_filled_in_once_and_into_a_copy(make: Any) -> None:
    """A second time changes nothing, and the argument is as it was."""
    obj = make()
    before = copy.deepcopy(obj)
    once = default(obj)
    assert once is default(once)
    assert before == obj
