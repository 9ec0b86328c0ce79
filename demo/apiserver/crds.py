"""CustomResourceDefinitions: what they register, their status, and their end.

Structural schemas say how lists and maps merge; pruning, defaulting and validation by schema are not done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from demo.apiserver.api import Api
from demo.apiserver.crd_rules import with_names
from demo.apiserver.deletion import HELD_BY_SERVER, delete
from demo.apiserver.fields.schema import Schema
from demo.apiserver.generation import GenerationRule
from demo.apiserver.resources import Resource, ScalePaths
from demo.apiserver.store import Object, Stored
from demo.apiserver.writes import commit, rewrite

CRDS = ("apiextensions.k8s.io", "customresourcedefinitions")


def served_resources(crd: Object) -> Iterator[Resource]:
    """One resource per served version of the definition."""
    spec = crd["spec"]
    storage = next((v["name"] for v in spec["versions"] if v.get("storage")), spec["versions"][0]["name"])
    for version in spec["versions"]:
        if version.get("served", True):
            yield _resource(spec, version, storage)


def _resource(spec: Object, version: Object, storage: str) -> Resource:
    names = spec["names"]
    below = version.get("subresources") or {}
    status = "status" in below
    rule = GenerationRule.ALL_BUT_METADATA_AND_STATUS if status else GenerationRule.ALL_BUT_METADATA
    return Resource(
        spec["group"], version["name"], names["plural"], names["kind"],
        namespaced=spec.get("scope", "Namespaced") == "Namespaced",
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        generation=rule, status=status, scale=_scale(below.get("scale")), unconditional_update=False,
        custom=True, singular_name=names.get("singular", ""), storage_version=storage,
        list_kind_name=names.get("listKind", ""),
        columns=tuple(version.get("additionalPrinterColumns") or ()),
        selectable=tuple(f["jsonPath"].lstrip(".") for f in version.get("selectableFields") or ()),
    )  # fmt: skip


def _scale(found: Object | None) -> ScalePaths | None:
    if found is None:
        return None
    selector = found.get("labelSelectorPath")
    return ScalePaths(
        found["specReplicasPath"].lstrip("."),
        found["statusReplicasPath"].lstrip("."),
        selector.lstrip(".") if selector else None,
    )


def establish(api: Api, live: Stored) -> None:
    """Serve what the definition asks for, and say so in its status."""
    crd = live.obj
    if "deletionTimestamp" in crd["metadata"]:
        return
    spec = crd["spec"]
    api.registry.remove(spec["group"], spec["names"]["plural"])
    for resource in served_resources(crd):
        api.registry.add(resource)
        schema = _schema(spec, resource.version)
        if schema is not None:
            told = Schema.from_openapi(schema, has_status=resource.status)
            api.schemas[resource.group, resource.kind] = told
    resource = definitions(api)
    status = established(crd, api.timestamp())
    if crd.get("status") != status:
        commit(api, resource, live, crd | {"status": status})


def _schema(spec: Object, version: str) -> Any:
    found = next(v for v in spec["versions"] if v["name"] == version)
    return (found.get("schema") or {}).get("openAPIV3Schema")


def established(crd: Object, now: str) -> Object:
    """The status of a definition whose names are accepted and which is served."""
    names = crd["spec"]["names"]
    old = crd.get("status") or {}
    storage = next((v["name"] for v in crd["spec"]["versions"] if v.get("storage")), None)
    stored = [*(old.get("storedVersions") or ())]
    if storage and storage not in stored:
        stored.append(storage)
    conditions = old.get("conditions") or [
        _condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
        _condition("Established", "InitialNamesAccepted", "the initial names have been accepted", now),
    ]
    return {"conditions": conditions, "acceptedNames": with_names(names), "storedVersions": stored}


def _condition(type: str, reason: str, message: str, now: str) -> Object:
    return {"type": type, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message}


def empty(api: Api, name: str) -> None:
    """Delete the objects of a definition that is being deleted; then the definition goes."""
    live = api.store.get(CRDS, "", name)
    if live is None or "deletionTimestamp" not in live.obj["metadata"]:
        return
    spec = live.obj["spec"]
    storage = (spec["group"], spec["names"]["plural"])
    resource = api.registry.storages().get(storage)
    if resource is not None:
        for stored in list(api.store.collection(storage).objects.values()):
            if "deletionTimestamp" not in stored.obj["metadata"]:
                delete(api, resource, stored, {"propagationPolicy": "Background"})
        if api.store.collection(storage).objects:
            return
    api.registry.remove(*storage)
    api.store.drop(storage)
    api.schemas.pop((spec["group"], spec["names"]["kind"]), None)
    kept = [f for f in live.obj["metadata"].get("finalizers") or () if f != HELD_BY_SERVER[CRDS]]
    rewrite(api, definitions(api), live, finalizers=kept or None, deletionGracePeriodSeconds=None)


def definitions(api: Api) -> Resource:
    found = api.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions")
    assert found is not None
    return found
