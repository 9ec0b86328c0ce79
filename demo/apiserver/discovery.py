"""Discovery documents: which groups, versions and resources there are, plain and aggregated."""

from __future__ import annotations

from demo.apiserver.builtin import CREATE_ONLY
from demo.apiserver.registry import Registry
from demo.apiserver.resources import Resource
from demo.apiserver.store import Object

STORED_VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
VERSION = {
    "major": "1", "minor": "36", "gitVersion": "v1.36.0+embedded", "gitCommit": "", "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "",
}  # fmt: skip
OTHER_KINDS = {"binding": ("", "v1", "Binding"), "eviction": ("policy", "v1", "Eviction")}


def core_versions(address: str) -> Object:
    """/api"""
    servers = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": servers}


def group_list(registry: Registry) -> Object:
    """/apis"""
    groups = [_group(name, versions) for name, versions in registry.groups().items()]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(registry: Registry, name: str) -> Object | None:
    """/apis/GROUP"""
    versions = registry.groups().get(name)
    return {"kind": "APIGroup", "apiVersion": "v1"} | _group(name, versions) if versions else None


def _group(name: str, versions: list[str]) -> Object:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def resource_list(registry: Registry, group: str, version: str) -> Object | None:
    """/api/v1 and /apis/GROUP/VERSION"""
    found = [r for r in registry if r.group == group and r.version == version]
    if not found:
        return None
    entries: list[Object] = []
    for resource in found:
        entries += [_entry(resource), *(_subentry(resource, name) for name in subresources(resource))]
    group_version = f"{group}/{version}" if group else version
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": entries,
    }


def subresources(resource: Resource) -> list[str]:
    """Names of what is served below an object."""
    status, scale = ["status"] if resource.status else [], ["scale"] if resource.scale else []
    return [*resource.subresources, *scale, *status]


def verbs_of(resource: Resource, subresource: str = "") -> list[str]:
    if resource.key in CREATE_ONLY or subresource in OTHER_KINDS:
        return ["create"]
    if subresource == "finalize":
        return ["update"]
    return ["get", "patch", "update"] if subresource else STORED_VERBS


def _entry(resource: Resource) -> Object:
    entry: Object = {
        "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
        "kind": resource.kind, "verbs": verbs_of(resource),
    }  # fmt: skip
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    return entry


def _kind_of(resource: Resource, subresource: str) -> tuple[str, str, str]:
    if subresource == "scale":
        return ("autoscaling", "v1", "Scale")
    return OTHER_KINDS.get(subresource, (resource.group, resource.version, resource.kind))


def _subentry(resource: Resource, name: str) -> Object:
    group, version, kind = _kind_of(resource, name)
    entry: Object = {
        "name": f"{resource.plural}/{name}",
        "singularName": "",
        "namespaced": resource.namespaced,
    }
    if group != resource.group:
        entry |= {"group": group, "version": version}
    return entry | {"kind": kind, "verbs": verbs_of(resource, name)}


def aggregated(registry: Registry, *, core: bool) -> Object:
    """/api or /apis as one APIGroupDiscoveryList (apidiscovery.k8s.io/v2)."""
    groups = {"": ["v1"]} if core else registry.groups()
    items = [_group_discovery(registry, name, versions) for name, versions in groups.items()]
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    }


def _group_discovery(registry: Registry, name: str, versions: list[str]) -> Object:
    found = []
    for version in versions:
        resources = [_resource_discovery(r) for r in registry if (r.group, r.version) == (name, version)]
        found.append({"version": version, "resources": resources, "freshness": "Current"})
    return {"metadata": {"name": name} if name else {}, "versions": found}


def _resource_discovery(resource: Resource) -> Object:
    entry: Object = {
        "resource": resource.plural, "responseKind": _response(resource, ""),
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular, "verbs": verbs_of(resource),
    }  # fmt: skip
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    below = [
        {"subresource": name, "responseKind": _response(resource, name), "verbs": verbs_of(resource, name)}
        for name in subresources(resource)
    ]
    return entry | ({"subresources": below} if below else {})


def _response(resource: Resource, subresource: str) -> Object:
    group, version, kind = _kind_of(resource, subresource)
    return {"group": group, "version": version, "kind": kind}
