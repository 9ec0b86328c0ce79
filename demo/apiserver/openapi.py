"""OpenAPI, as much as kubectl needs in order to leave validation to the server.

kubectl looks for the parameter `fieldValidation` of a kind's PATCH (QueryParamVerifierV3 in cli-runtime).
"""

from __future__ import annotations

from demo.apiserver.discovery import VERSION
from demo.apiserver.registry import Registry
from demo.apiserver.resources import Resource
from demo.apiserver.store import Object

INFO = {"title": "Kubernetes", "version": VERSION["gitVersion"]}
PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    for name in ("dryRun", "fieldManager", "fieldValidation")
]


def index(registry: Registry) -> Object:
    """/openapi/v3: one document per group and version."""
    where = {_place(resource): resource for resource in registry}
    return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}"} for place in where}}


def document(registry: Registry, place: str) -> Object | None:
    """/openapi/v3/apis/GROUP/VERSION: the addresses of its objects; no schemas."""
    found = [resource for resource in registry if _place(resource) == place]
    if not found:
        return None
    paths = {_address(resource): {"patch": _patch(resource)} for resource in found}
    return {"openapi": "3.0.0", "info": INFO, "paths": paths, "components": {"schemas": {}}}


def swagger() -> Object:
    """/openapi/v2: nothing."""
    return {"swagger": "2.0", "info": INFO, "paths": {}, "definitions": {}}


def _place(resource: Resource) -> str:
    return f"apis/{resource.api_version}" if resource.group else f"api/{resource.version}"


def _address(resource: Resource) -> str:
    home = "/namespaces/{namespace}" if resource.namespaced else ""
    return f"/{_place(resource)}{home}/{resource.plural}/{{name}}"


def _patch(resource: Resource) -> Object:
    kind = {"group": resource.group, "version": resource.version, "kind": resource.kind}
    answer = {"200": {"description": "OK"}}
    return {"parameters": PARAMETERS, "responses": answer, "x-kubernetes-group-version-kind": kind}
