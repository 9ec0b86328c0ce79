"""Objects with their defaults are what a real API server stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from demo.apiserver.kinds.defaults import default
from demo.apiserver.kinds.pods import pull_policy, quality_of_service
from tests.recordings import load, names
from tests.unit.apiserver.objects import Obj, container, pod
from tests.unit.apiserver.test_replay import without_token_volume

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
#: The server allocates these.
ALLOCATED = {"clusterIP", "clusterIPs"}


def first_versions(name: str, kind: str) -> list[Obj]:
    """The objects of a kind in a recording, each as first seen, at generation 1."""
    found: dict[str, Obj] = {}
    for record in load(name):
        obj = record["object"]
        if obj["kind"] == kind and obj["metadata"].get("generation", 1) == 1:
            found.setdefault(obj["metadata"]["uid"], obj)
    return list(found.values())


def spec_of(obj: Obj) -> Obj:
    """The spec without what the server allocates, mounts or decides later."""
    spec: Obj = without_token_volume(obj)["spec"]
    return {name: value for name, value in spec.items() if name not in {*ALLOCATED, "nodeName"}}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("annotations", "Deployment"),
        ("rolling-update", "Deployment"),
        ("rolling-update", "Service"),
        ("slow-pull", "Deployment"),
        ("superseded", "Deployment"),
        ("bare-pod", "Pod"),
        ("bare-pod", "Service"),
    ],
)
def test_what_kubectl_applied_is_stored_with_these_defaults(name: str, kind: str) -> None:
    """The annotation of `kubectl apply` says what it sent, the recording what was stored."""
    (obj,) = [
        one for one in first_versions(name, kind) if LAST_APPLIED in one["metadata"].get("annotations", {})
    ]
    sent = json.loads(obj["metadata"]["annotations"][LAST_APPLIED])
    assert spec_of(obj) == spec_of(default(sent))


@pytest.mark.parametrize(
    ("name", "replicas", "command"),
    [
        ("deployment-create", 3, ["sleep", "3600"]),
        ("crashloop", 1, ["sh", "-c", "echo boom; sleep 1; exit 1"]),
    ],
)
def test_what_kubectl_create_deployment_sent(name: str, replicas: int, command: list[str]) -> None:
    """Stored as recorded, status and all."""
    (obj,) = first_versions(name, "Deployment")
    image = "localhost:5000/busybox:1.35"
    labels = {"labels": {"app": "web"}}
    one = {"name": "busybox", "image": image, "command": command, "resources": {}}
    sent = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", **labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "web"}},
            "strategy": {},
            "template": {"metadata": labels, "spec": {"containers": [one]}},
        },
        "status": {},
    }
    stored = default(sent)
    assert [obj["spec"], obj["status"]] == [stored["spec"], stored["status"]]


@pytest.mark.parametrize("name", [name for name in names() if name != "bare-pod"])
def test_pods_made_from_a_template_are_stored_with_these_defaults(name: str) -> None:
    """A pod's spec is its ReplicaSet's template, and what the server adds."""
    sets = {one["metadata"]["uid"]: one for one in first_versions(name, "ReplicaSet")}
    pods = first_versions(name, "Pod")
    for one in pods:
        owner = sets[one["metadata"]["ownerReferences"][0]["uid"]]
        made = default({"apiVersion": "v1", "kind": "Pod", "spec": owner["spec"]["template"]["spec"]})
        assert spec_of(one) == spec_of(made)
        assert one["status"]["qosClass"] == made["status"]["qosClass"]
    assert pods


@pytest.mark.parametrize("name", names())
def test_what_is_stored_has_its_defaults_already(name: str) -> None:
    """No recorded object changes: it is returned as it is."""
    assert all(record["object"] is default(record["object"]) for record in load(name))


def in_pod(**more: Any) -> Obj:
    """The stored container of a pod whose only container states this."""
    found: Obj = default(pod(containers=[container(**more)]))["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("sent", "field", "expected"),
    [
        pytest.param(
            {"livenessProbe": {"httpGet": {"port": 80}}},
            "livenessProbe",
            {
                "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
                "timeoutSeconds": 1,
                "periodSeconds": 10,
                "successThreshold": 1,
                "failureThreshold": 3,
            },
            id="a probe has its times, and asks for the root by HTTP",
        ),
        pytest.param(
            {"ports": [{"containerPort": 80}]},
            "ports",
            [{"containerPort": 80, "protocol": "TCP"}],
            id="a port is a TCP port",
        ),
        pytest.param(
            {"resources": {"limits": {"cpu": "0.5", "memory": "1024Mi"}}},
            "resources",
            {"limits": {"cpu": "500m", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}},
            id="what is limited is requested, in canonical quantities",
        ),
        pytest.param(
            {"env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]},
            "env",
            [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP", "apiVersion": "v1"}}}],
            id="a field reference has a version",
        ),
        pytest.param(
            {"lifecycle": {"preStop": {"httpGet": {"port": 1}}}},
            "lifecycle",
            {"preStop": {"httpGet": {"port": 1, "path": "/", "scheme": "HTTP"}}},
            id="a hook asks by HTTP",
        ),
        pytest.param({}, "terminationMessagePath", "/dev/termination-log", id="a place for last words"),
    ],
)
def test_a_container_is_stored_with(sent: Obj, field: str, expected: Any) -> None:
    """As the server fills it in."""
    assert expected == in_pod(**sent)[field]


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("busybox", "Always"),
        ("busybox:latest", "Always"),
        ("busybox:1.35", "IfNotPresent"),
        ("localhost:5000/busybox", "Always"),
        ("localhost:5000/busybox:1.35", "IfNotPresent"),
        ("busybox@sha256:0123", "IfNotPresent"),
        ("", "Always"),
    ],
)
def test_the_pull_policy_goes_by_the_tag(image: str, policy: str) -> None:
    """No tag is the tag `latest`; the port of a registry is no tag."""
    assert policy == pull_policy(image)


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ({"name": "v"}, {"name": "v", "emptyDir": {}}),
        (
            {"name": "v", "configMap": {"name": "c"}},
            {"name": "v", "configMap": {"name": "c", "defaultMode": 420}},
        ),
        ({"name": "v", "hostPath": {"path": "/x"}}, {"name": "v", "hostPath": {"path": "/x", "type": ""}}),
        ({"name": "v", "emptyDir": {}}, {"name": "v", "emptyDir": {}}),
    ],
)
def test_a_volume_is_stored_with(volume: Obj, expected: Obj) -> None:
    """Nothing said is an empty directory; files are readable by all."""
    assert [expected] == default(pod(volumes=[volume]))["spec"]["volumes"]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        pytest.param([{}], "BestEffort", id="nothing requested"),
        pytest.param([{"requests": {"cpu": "1"}}], "Burstable", id="something requested"),
        pytest.param([{"limits": {"cpu": "1", "memory": "1Gi"}}], "Guaranteed", id="both limited"),
        pytest.param(
            [{"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}],
            "Guaranteed",
            id="requests equal to limits, however written",
        ),
        pytest.param(
            [{"limits": {"cpu": "1", "memory": "1Gi"}}, {}], "Burstable", id="not in every container"
        ),
        pytest.param([{"requests": {"cpu": "0"}}], "BestEffort", id="zero requested"),
        pytest.param([{"requests": {"example.com/gpu": "1"}}], "BestEffort", id="neither cpu nor memory"),
    ],
)
def test_quality_of_service(resources: list[Obj], expected: str) -> None:
    """By what the containers request and are limited to."""
    spec = {"containers": [container(resources=one) for one in resources]}
    assert expected == quality_of_service(spec)


def test_a_pod_that_tolerates_by_itself_gets_no_toleration_for_the_same() -> None:
    """Only the missing ones are added."""
    own = {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}
    found = default(pod(tolerations=[own]))["spec"]["tolerations"]
    assert [own["key"], "node.kubernetes.io/unreachable"] == [one["key"] for one in found]
