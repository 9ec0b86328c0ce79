"""Why objects of other kinds, or of any kind, may not be stored."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver.kinds.names import label, qualified, subdomain
from demo.apiserver.kinds.validation import validate
from tests.unit.apiserver.objects import Obj, container, custom, deployment
from tests.unit.apiserver.test_validation import causes


def job(**spec: Any) -> Obj:
    template = {"metadata": {}, "spec": {"containers": [container()], "restartPolicy": "Never"}}
    meta = {"name": "j", "namespace": "default"}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": {"template": template, **spec}}


def service(**spec: Any) -> Obj:
    body = {"ports": [{"port": 80}], **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": body}


def claim(**spec: Any) -> Obj:
    body = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "c"}, "spec": body}


def stateful(**spec: Any) -> Obj:
    return deployment(**spec) | {"kind": "StatefulSet"}


RESTARTED = {"spec": {"containers": [container()], "restartPolicy": "Always"}}
MOVED = {
    "metadata": {},
    "spec": {"containers": [container()], "restartPolicy": "Never", "nodeSelector": {"a": "b"}},
}
NEW_IMAGE = {"metadata": {}, "spec": {"containers": [container(image="new")], "restartPolicy": "Never"}}


@pytest.mark.parametrize(
    ("new", "old", "fields"),
    [
        pytest.param(job(), None, [], id="a job"),
        pytest.param(
            job(template=RESTARTED), None, ["spec.template.spec.restartPolicy"], id="a job that never ends"
        ),
        pytest.param(job(template=NEW_IMAGE), job(), ["spec.template"], id="a job's template is for good"),
        pytest.param(
            job(template=MOVED, suspend=True),
            job(suspend=True),
            [],
            id="but a suspended job may be sent elsewhere",
        ),
        pytest.param(job(completions=5), job(), ["spec.completions"], id="a job's completions are for good"),
        pytest.param(service(), None, [], id="a service"),
        pytest.param(service(ports=[]), None, ["spec.ports"], id="a service without ports"),
        pytest.param(service(ports=[], clusterIP="None"), None, [], id="unless it is headless"),
        pytest.param(
            service(ports=[{"port": 1}, {"port": 2}]),
            None,
            ["spec.ports[0].name", "spec.ports[1].name"],
            id="several ports need names",
        ),
        pytest.param(service(ports=[{}]), None, ["spec.ports[0].port"], id="a port without a number"),
        pytest.param(
            service(clusterIP="10.0.0.2"),
            service(clusterIP="10.0.0.1"),
            ["spec.clusterIPs[0]"],
            id="a service keeps its address",
        ),
        pytest.param(claim(), None, [], id="a claim"),
        pytest.param(claim(accessModes=[]), None, ["spec.accessModes"], id="a claim without access"),
        pytest.param(claim(resources={}), None, ["spec.resources[storage]"], id="a claim without a size"),
        pytest.param(claim(storageClassName="x"), claim(), ["spec"], id="a claim's class is for good"),
        pytest.param(
            claim(resources={"requests": {"storage": "2Gi"}}), claim(), [], id="but its size may grow"
        ),
        pytest.param(stateful(), None, [], id="a stateful set"),
        pytest.param(stateful(serviceName="x"), stateful(), ["spec"], id="whose service is for good"),
        pytest.param(stateful(replicas=9), stateful(), [], id="and whose replicas are not"),
    ],
)
def test_fields_for_which_other_kinds_are_refused(new: Obj, old: Obj | None, fields: list[str]) -> None:
    """On creation, or over an older version."""
    assert fields == [field for field, _, _ in causes(new, old)]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(
            {},
            ("metadata.name", "Required", "Required value: name or generateName is required"),
            id="no name",
        ),
        pytest.param(
            {"name": "w", "annotations": {"a": "x" * 262144}},
            ("metadata.annotations", "TooLong", "Too long: may not be more than 262144 bytes"),
            id="annotations beyond 256 KiB, keys counted",
        ),
        pytest.param(
            {"name": "w", "annotations": {"a": 1}},
            ("metadata.annotations", "Invalid", "Invalid value: 1: must be a string"),
            id="an annotation that is no text",
        ),
        pytest.param(
            {"name": "w", "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p"}]},
            ("metadata.ownerReferences.uid", "Invalid", 'Invalid value: "": must not be empty'),
            id="an owner without a uid",
        ),
        pytest.param(
            {"name": "w", "labels": {"/x": "1"}},
            ("metadata.labels", "Invalid", 'Invalid value: "/x": prefix part must be non-empty'),
            id="a label with an empty prefix",
        ),
    ],
)
def test_metadata_is_refused_for(metadata: Obj, expected: tuple[str, str, str]) -> None:
    """Whatever the kind."""
    assert [expected] == causes(custom() | {"metadata": metadata})


def test_annotations_of_exactly_256_kib_are_stored() -> None:
    """Counted in bytes of keys and values."""
    obj = custom() | {"metadata": {"name": "w", "annotations": {"a": "x" * (262144 - 3), "b": "x"}}}
    assert causes(obj) == []


@pytest.mark.parametrize(
    ("rule", "name", "is_right"),
    [
        (subdomain, "web.example.com", True),
        (subdomain, "Web", False),
        (subdomain, "-web", False),
        (subdomain, "web..x", False),
        (subdomain, "a" * 253, True),
        (subdomain, "a" * 254, False),
        (label, "web-0", True),
        (label, "web.0", False),
        (label, "a" * 64, False),
        (qualified, "example.com/Name_1", True),
        (qualified, "Example.com/name", False),
        (qualified, "name/", False),
        (qualified, "a/b/c", False),
        (qualified, "", False),
    ],
)
def test_names(rule: Any, name: str, is_right: bool) -> None:
    """After RFC 1123, in lower case."""
    assert is_right is not bool(list(rule(name)))


@pytest.mark.parametrize(
    ("group", "kind", "name", "is_right"),
    [
        ("v1", "Namespace", "a.b", False),
        ("v1", "Service", "0web", False),
        ("v1", "ConfigMap", "0web.x", True),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node", True),
        ("rbac.authorization.k8s.io/v1", "ClusterRole", "a/b", False),
    ],
)
def test_some_kinds_have_names_of_their_own(group: str, kind: str, name: str, is_right: bool) -> None:
    """Where DNS or a URL needs it."""
    obj = {"apiVersion": group, "kind": kind, "metadata": {"name": name}}
    found = [cause for cause in validate(obj, None) if cause.field == "metadata.name"]
    assert is_right is not bool(found)


def test_a_generated_name_may_have_a_prefix_that_ends_in_a_dash() -> None:
    """What is generated does not."""
    assert causes(custom() | {"metadata": {"generateName": "web-"}}) == []
