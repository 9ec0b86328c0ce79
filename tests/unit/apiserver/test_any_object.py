"""Whatever an object holds, the pure parts of the API server return; they change nothing in place."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from demo.apiserver.fields.managed import apply, track_update
from demo.apiserver.fields.schema import schema_for
from demo.apiserver.kinds.defaults import default
from demo.apiserver.kinds.validation import validate
from tests.unit.apiserver.objects import NOW, Obj, container, deployment, pod

KINDS = [
    ("v1", "Pod"), ("v1", "Service"), ("v1", "Node"), ("v1", "PersistentVolumeClaim"), ("v1", "Namespace"),
    ("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"), ("batch/v1", "Job"), ("batch/v1", "CronJob"), ("example.com/v1", "Widget"),
]  # fmt: skip
JUNK: list[Any] = [None, True, 0, -1, "", "x", [], [None], [{}], {}, {"a": None}]
PROBE = {"httpGet": {"port": 1}}
FULL = [
    container(
        env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}],
        ports=[{"containerPort": 1}],
        resources={"limits": {"cpu": "1"}},
        volumeMounts=[{"name": "v", "mountPath": "/v"}],
        livenessProbe=PROBE,
    )
]
VOLUMES = [{"name": "v", "projected": {"sources": [{"downwardAPI": {"items": [{"fieldRef": {}}]}}]}}]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything within an object."""
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(place for name, inner in children for place in places(inner, (*path, name)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    result = copy.copy(value)
    result[path[0]] = replaced(value[path[0]], path[1:], junk)
    return result


@st.composite
def mangled(draw: st.DrawFn) -> Obj:
    """An object in which something has a value, or even a type, that it should not have."""
    api_version, kind = draw(st.sampled_from(KINDS))
    source: Obj = draw(
        st.sampled_from([pod(containers=FULL, volumes=VOLUMES), deployment(), default(deployment())])
    )
    obj = source | {"apiVersion": api_version, "kind": kind, "status": {"conditions": [{"type": "Ready"}]}}
    metadata = {
        "name": "x",
        "uid": "u",
        "labels": {"a": "b"},
        "finalizers": ["a/b"],
        "ownerReferences": [{"uid": "u"}],
    }
    obj["metadata"] = metadata
    inside = [path for path in places(obj) if len(path) > 1 or path[0:1] in (("spec",), ("status",))]
    result: Obj = replaced(obj, draw(st.sampled_from(inside)), draw(st.sampled_from(JUNK)))
    return result


@settings(max_examples=150)
@given(mangled())
def test_defaults_are_filled_in_once(obj: Obj) -> None:
    """Defaulting twice is defaulting once, and the argument is as it was."""
    before = copy.deepcopy(obj)
    once = default(obj)
    assert once == default(once)
    assert before == obj


@settings(max_examples=150)
@given(mangled(), mangled())
def test_any_object_is_judged(obj: Obj, old: Obj) -> None:
    """Every cause names a field and is worded; the arguments are as they were."""
    before = copy.deepcopy((obj, old))
    assert all(cause.field and cause.reason and cause.message for cause in validate(obj, old))
    assert before == (obj, old)


@settings(max_examples=150)
@given(mangled(), mangled())
def test_the_fields_of_any_object_have_owners(live: Obj, new: Obj) -> None:
    """Updated back and forth, the entries are those of the state; nothing is changed in place."""
    group = new["apiVersion"].rpartition("/")[0]
    schema = schema_for(group, new["kind"])

    def tracked(before: Obj | None, after: Obj) -> Obj:
        return track_update(
            before, after, manager="m", api_version="v1", subresource="", now=NOW, schema=schema
        )

    before = copy.deepcopy((live, new))
    first = tracked(None, live)
    second = tracked(first, new)
    again = tracked(second, new)
    assert second["metadata"].get("managedFields") == again["metadata"].get("managedFields")
    assert before == (live, new)


@settings(max_examples=150)
@given(mangled(), mangled())
def test_any_object_can_be_applied(live: Obj, new: Obj) -> None:
    """By force, and then applying the same again changes nothing."""
    group = new["apiVersion"].rpartition("/")[0]
    schema = schema_for(group, new["kind"])

    def applied(before: Obj) -> Obj:
        return apply(
            before, new, manager="m", force=True, api_version="v1", subresource="", now=NOW, schema=schema
        )

    before = copy.deepcopy((live, new))
    once = applied(live)
    assert once == applied(once)
    assert before == (live, new)
