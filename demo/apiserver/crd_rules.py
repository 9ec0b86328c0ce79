"""Defaults and rules of CustomResourceDefinitions.

Source: apiextensions-apiserver/pkg/apis/apiextensions/{v1/defaults,validation/validation}.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.apiserver.kinds.causes import Cause, forbidden, invalid, required, unsupported
from demo.apiserver.kinds.fill import as_map
from demo.apiserver.store import Object


def with_names(names: Object) -> Object:
    """The names with their defaults: singular and listKind follow the kind."""
    return {"listKind": f"{names['kind']}List", "singular": names["kind"].lower()} | names


def with_defaults(crd: Object) -> Object:
    """Defaults of a definition; one that cannot be read is left for validation to refuse."""
    spec = crd.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict) or not spec["names"].get("kind"):
        return crd
    filled = {"conversion": {"strategy": "None"}} | spec | {"names": with_names(spec["names"])}
    return crd | {"spec": filled}


def causes_of(crd: Object, old: Object | None) -> Iterator[Cause]:
    """Why a definition is refused."""
    spec = as_map(crd.get("spec"))
    names = as_map(spec.get("names"))
    if not spec.get("group"):
        yield required("spec.group")
    for field in ("plural", "kind"):
        if not names.get(field):
            yield required(f"spec.names.{field}")
    if spec.get("scope") not in ("Namespaced", "Cluster"):
        yield unsupported("spec.scope", spec.get("scope", ""), "Cluster", "Namespaced")
    wanted = f"{names.get('plural', '')}.{spec.get('group', '')}"
    name = crd["metadata"].get("name")
    if name != wanted:
        yield invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group')
    yield from _versions(spec.get("versions"))
    for field in ("group", "scope"):
        if old is not None and old["spec"].get(field) != spec.get(field):
            yield invalid(f"spec.{field}", spec.get(field), "field is immutable")


def _versions(versions: Any) -> Iterator[Cause]:
    if not isinstance(versions, list) or not versions or not all(isinstance(v, dict) for v in versions):
        yield required("spec.versions", "must have at least one version")
        return
    if sum(bool(version.get("storage")) for version in versions) != 1:
        yield invalid(
            "spec.versions", [v.get("name") for v in versions], "must have exactly one storage version"
        )
    for index, version in enumerate(versions):
        if not version.get("name"):
            yield required(f"spec.versions[{index}].name")
        if not (version.get("schema") or {}).get("openAPIV3Schema"):
            yield required(f"spec.versions[{index}].schema.openAPIV3Schema", "schemas are required")
        if not isinstance(version.get("served"), bool):
            yield forbidden(f"spec.versions[{index}].served", "must be true or false")
