"""How lists and maps merge, for built-in kinds and for definitions of further ones."""

from __future__ import annotations

from typing import Any

import pytest

from demo.apiserver.fields.compare import added
from demo.apiserver.fields.managed import track_update
from demo.apiserver.fields.schema import Schema, schema_for
from tests.unit.apiserver.objects import NOW, Obj, custom, owners, stored

TEXT = {"type": "string"}


def definition(field: Obj) -> Schema:
    """A definition whose spec has one field `x` of this schema."""
    return Schema.from_openapi({"properties": {"spec": {"properties": {"x": field}}}})


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        pytest.param(
            {"type": "object", "properties": {"a": TEXT}},
            {"a": "1"},
            {".": {}, "f:a": {}},
            id="a struct is granular",
        ),
        pytest.param(
            {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": TEXT}},
            {"a": "1"},
            {},
            id="unless it is declared atomic",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "object", "x-kubernetes-map-type": "atomic"}},
            {"a": {"b": "1"}},
            {".": {}, "f:a": {}},
            id="the values of an open map have their own schema",
        ),
        pytest.param({"type": "array", "items": TEXT}, ["a"], {}, id="a list is atomic"),
        pytest.param(
            {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
            ["b", "a"],
            {".": {}, 'v:"a"': {}, 'v:"b"': {}},
            id="unless it is declared a set",
        ),
        pytest.param(
            {
                "type": "array",
                "items": {"properties": {"port": {}, "protocol": {"default": "TCP"}}},
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["protocol", "port"],
            },
            [{"port": 1}],
            {".": {}, 'k:{"port":1,"protocol":"TCP"}': {".": {}, "f:port": {}}},
            id="or keyed, by one or more fields that may have defaults",
        ),
        pytest.param(
            {"x-kubernetes-preserve-unknown-fields": True},
            {"a": [1], "b": {"c": 1}},
            {".": {}, "f:a": {}, "f:b": {".": {}, "f:c": {}}},
            id="what is not described is granular in maps and atomic in lists",
        ),
        pytest.param(
            {"x-kubernetes-embedded-resource": True, "properties": {"kind": TEXT}},
            {"metadata": {"finalizers": ["a/b"]}},
            {".": {}, "f:metadata": {".": {}, "f:finalizers": {".": {}, 'v:"a/b"': {}}}},
            id="an embedded object has metadata",
        ),
        pytest.param("nonsense", {"a": "1"}, {".": {}, "f:a": {}}, id="a malformed schema says nothing"),
    ],
)
def test_a_definition_states_how_its_fields_merge(field: Any, value: Any, expected: Obj) -> None:
    """By the `x-kubernetes-*` extensions."""
    node = definition(field).root.child("spec").child("x")
    assert expected == added(node, value)


@pytest.mark.parametrize(
    ("has_status", "owned"),
    [
        pytest.param(True, {}, id="is left alone where it is a subresource"),
        pytest.param(
            False, {"alice": {"f:status": {".": {}, "f:a": {}}}}, id="is a field like others elsewhere"
        ),
    ],
)
def test_the_status_of_a_custom_resource(has_status: bool, owned: Obj) -> None:
    """In a write to the object itself."""
    schema = Schema.from_openapi({"properties": {"spec": {}, "status": {}}}, has_status=has_status)
    after = track_update(
        None, custom(status={"a": 1}), manager="alice", api_version="example.com/v1", subresource="", now=NOW,
        schema=schema,
    )  # fmt: skip
    assert owned == owners(after)


@pytest.mark.parametrize("schema", [schema_for("example.com", "Widget"), Schema.from_openapi({})])
def test_a_write_through_status_of_a_custom_resource_owns_only_status(schema: Schema) -> None:
    """Metadata that comes with it is not stored."""
    live = stored(custom(spec={}))
    sent = custom(spec={"a": 1}, status={"b": 1}) | {"metadata": live["metadata"] | {"labels": {"x": "y"}}}
    before = track_update(
        None, custom(spec={"z": 1}), manager="alice", api_version="example.com/v1", subresource="", now=NOW,
        schema=schema,
    )  # fmt: skip
    after = track_update(
        stored(before), sent, manager="bob", api_version="example.com/v1", subresource="status", now=NOW,
        schema=schema,
    )  # fmt: skip
    assert owners(after)["bob/status"] == {"f:status": {".": {}, "f:b": {}}}


@pytest.mark.parametrize(
    ("path", "keys", "merge_key"),
    [
        ("spec.template.spec.containers", ("name",), "name"),
        ("spec.template.spec.containers.ports", ("containerPort", "protocol"), "containerPort"),
        ("spec.template.spec.containers.volumeMounts", ("mountPath",), "mountPath"),
        ("spec.template.spec.topologySpreadConstraints", ("topologyKey", "whenUnsatisfiable"), "topologyKey"),
        ("spec.template.spec.tolerations", (), None),
        ("status.conditions", ("type",), "type"),
        ("metadata.ownerReferences", ("uid",), "uid"),
        ("metadata.finalizers", (), ""),
    ],
)
def test_lists_of_a_deployment(path: str, keys: tuple[str, ...], merge_key: str | None) -> None:
    """Tracking and strategic patches have keys of their own."""
    node = schema_for("apps", "Deployment").root
    for name in path.split("."):
        node = (node if node.fields else node.item).child(name)
    assert (keys, merge_key) == (node.keys, node.merge_key)
