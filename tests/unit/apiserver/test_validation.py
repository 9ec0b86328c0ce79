"""Objects that may be stored, and why others may not."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver.kinds.defaults import default
from demo.apiserver.kinds.validation import validate
from tests.recordings import load, names
from tests.unit.apiserver.objects import Obj, container, deployment, pod

CONTAINERS = "spec.containers[0]"


def causes(obj: Obj, old: Obj | None = None) -> list[tuple[str, str, str]]:
    """What is wrong with an object, once defaulted: field, reason without its prefix, message."""
    found = validate(default(obj), None if old is None else default(old))
    return [(cause.field, cause.reason.removeprefix("FieldValue"), cause.message) for cause in found]


@pytest.mark.parametrize("name", names())
def test_every_recorded_version_may_be_stored_over_the_one_before(name: str) -> None:
    """But for the binding of a pod, which is not a write of its spec."""
    last: dict[tuple[str, str], Obj] = {}
    checked = 0
    for record in load(name):
        obj = record["object"]
        key = (obj["apiVersion"], obj["metadata"]["uid"])
        before = last.get(key)
        last[key] = obj
        if before and "nodeName" in obj.get("spec", {}) and "nodeName" not in before["spec"]:
            before = None
        assert validate(obj, before) == []
        checked += 1
    assert checked


def with_container(**more: Any) -> Obj:
    return pod(containers=[container(**more)])


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(
            pod(containers=[]), ("spec.containers", "Required", "Required value"), id="no containers"
        ),
        pytest.param(
            with_container(image=""), (f"{CONTAINERS}.image", "Required", "Required value"), id="no image"
        ),
        pytest.param(
            pod(containers=[{"image": "x"}]),
            (f"{CONTAINERS}.name", "Required", "Required value"),
            id="no name",
        ),
        pytest.param(
            pod(containers=[container(), container()]),
            ("spec.containers[1].name", "Duplicate", 'Duplicate value: "app"'),
            id="two containers of one name",
        ),
        pytest.param(
            pod(initContainers=[container()]),
            (f"{CONTAINERS}.name", "Duplicate", 'Duplicate value: "app"'),
            id="an init container of the same name",
        ),
        pytest.param(
            pod(restartPolicy="Sometimes"),
            (
                "spec.restartPolicy",
                "NotSupported",
                'Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
            ),
            id="an unknown restart policy",
        ),
        pytest.param(
            with_container(ports=[{"containerPort": 70000}]),
            (
                f"{CONTAINERS}.ports[0].containerPort",
                "Invalid",
                "Invalid value: 70000: must be between 1 and 65535, inclusive",
            ),
            id="a port out of range",
        ),
        pytest.param(
            with_container(env=[{"value": "1"}]),
            (f"{CONTAINERS}.env[0].name", "Required", "Required value"),
            id="a variable without a name",
        ),
        pytest.param(
            with_container(volumeMounts=[{"name": "v", "mountPath": "/v"}]),
            (f"{CONTAINERS}.volumeMounts[0].name", "NotFound", 'Not found: "v"'),
            id="a mount of no volume",
        ),
        pytest.param(
            with_container(resources={"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}),
            (
                f"{CONTAINERS}.resources.requests",
                "Invalid",
                'Invalid value: "2": must be less than or equal to cpu limit of 1',
            ),
            id="more requested than allowed",
        ),
        pytest.param(
            with_container(resources={"limits": {"memory": "-1"}}),
            (
                f"{CONTAINERS}.resources.limits[memory]",
                "Invalid",
                'Invalid value: "-1": must be greater than or equal to 0',
            ),
            id="less than nothing",
        ),
        pytest.param(
            pod(volumes=[{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]),
            ("spec.volumes[0].hostPath", "Forbidden", "Forbidden: may not specify more than 1 volume type"),
            id="a volume of two types",
        ),
        pytest.param(
            pod(activeDeadlineSeconds=0),
            (
                "spec.activeDeadlineSeconds",
                "Invalid",
                "Invalid value: 0: must be between 1 and 2147483647, inclusive",
            ),
            id="a deadline at once",
        ),
    ],
)
def test_a_pod_is_refused_for(obj: Obj, expected: tuple[str, str, str]) -> None:
    """Each time with its field, reason and message."""
    assert expected in causes(obj)


def rolling(**parameters: Any) -> Obj:
    return deployment(strategy={"type": "RollingUpdate", "rollingUpdate": parameters})


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        pytest.param(
            deployment(selector=None), ("spec.selector", "Required", "Required value"), id="no selector"
        ),
        pytest.param(
            deployment(selector={}),
            ("spec.selector", "Invalid", "Invalid value: {}: empty selector is invalid for deployment"),
            id="an empty selector",
        ),
        pytest.param(
            deployment(selector={"matchLabels": {"app": "other"}}),
            (
                "spec.template.metadata.labels",
                "Invalid",
                'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
            ),
            id="a selector that its own pods do not match",
        ),
        pytest.param(
            deployment(
                selector={"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}
            ),
            (
                "spec.template.metadata.labels",
                "Invalid",
                'Invalid value: {"app":"web"}: `selector` does not match template `labels`',
            ),
            id="an expression that its own pods do not match",
        ),
        pytest.param(
            deployment(replicas=-1),
            ("spec.replicas", "Invalid", "Invalid value: -1: must be greater than or equal to 0"),
            id="fewer than no replicas",
        ),
        pytest.param(
            deployment(replicas="3"),
            ("spec.replicas", "Invalid", 'Invalid value: "3": must be an integer'),
            id="replicas as text",
        ),
        pytest.param(
            rolling(maxSurge=0, maxUnavailable="0%"),
            (
                "spec.strategy.rollingUpdate.maxUnavailable",
                "Invalid",
                'Invalid value: "0%": may not be 0 when `maxSurge` is 0',
            ),
            id="a roll-out that can never move",
        ),
        pytest.param(
            rolling(maxUnavailable="150%"),
            (
                "spec.strategy.rollingUpdate.maxUnavailable",
                "Invalid",
                'Invalid value: "150%": must not be greater than 100%',
            ),
            id="more than all unavailable",
        ),
        pytest.param(
            deployment(strategy={"type": "Recreate", "rollingUpdate": {}}),
            (
                "spec.strategy.rollingUpdate",
                "Forbidden",
                "Forbidden: may not be specified when strategy `type` is 'Recreate'",
            ),
            id="parameters of the other strategy",
        ),
        pytest.param(
            deployment(progressDeadlineSeconds=5, minReadySeconds=5),
            (
                "spec.progressDeadlineSeconds",
                "Invalid",
                "Invalid value: 5: must be greater than minReadySeconds",
            ),
            id="a deadline before anything can be ready",
        ),
        pytest.param(
            deployment(template={"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}}),
            ("spec.template.spec.containers", "Required", "Required value"),
            id="a template without containers",
        ),
        pytest.param(
            deployment(
                template={
                    "metadata": {"labels": {"app": "web"}},
                    "spec": {"containers": [container()], "restartPolicy": "Never"},
                }
            ),
            (
                "spec.template.spec.restartPolicy",
                "NotSupported",
                'Unsupported value: "Never": supported values: "Always"',
            ),
            id="pods that are not restarted",
        ),
    ],
)
def test_a_deployment_is_refused_for(obj: Obj, expected: tuple[str, str, str]) -> None:
    """Each time with its field, reason and message."""
    assert expected in causes(obj)


def test_a_selector_is_for_good() -> None:
    """Even when the template follows it."""
    labels = {"app": "other"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container()]}}
    new = deployment(selector={"matchLabels": labels}, template=template)
    expected = (
        "spec.selector",
        "Invalid",
        'Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    )
    assert [expected] == causes(new, deployment())


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        pytest.param(pod(), pod(containers=[container(image="busybox:2")]), [], id="the image may change"),
        pytest.param(
            pod(), pod(tolerations=[{"operator": "Exists"}]), ["spec.tolerations"], id="not take tolerations"
        ),
        pytest.param(pod(), pod(activeDeadlineSeconds=5), [], id="a deadline may be set"),
        pytest.param(
            pod(activeDeadlineSeconds=5),
            pod(activeDeadlineSeconds=6),
            ["spec.activeDeadlineSeconds"],
            id="but not later than before",
        ),
        pytest.param(pod(), pod(containers=[container(args=["x"])]), ["spec"], id="the arguments may not"),
        pytest.param(pod(), pod(nodeName="node-1"), ["spec"], id="nor the node, which is bound"),
        pytest.param(
            pod(), pod(containers=[container(), container("b")]), ["spec"], id="nor the number of containers"
        ),
    ],
)
def test_what_may_change_in_a_stored_pod(old: Obj, new: Obj, fields: list[str]) -> None:
    """Little."""
    assert fields == [field for field, _, _ in causes(new, old)]
