"""What must hold before a write: the object is the one that is meant, its namespace takes it."""

from __future__ import annotations

from typing import Any

from demo.apiserver.api import Api
from demo.apiserver.builtin import CREATE_ONLY
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import (
    Cause,
    bad_request,
    conflict,
    forbidden,
    invalid,
    not_found,
)
from demo.apiserver.store import Object

NAMESPACES = ("", "namespaces")


def check_identity(resource: Resource, obj: Object, namespace: str, name: str | None) -> None:
    """400 when the body speaks of another kind, name or namespace than the URL does."""
    _check_type(resource, obj)
    metadata = metadata_of(resource, obj)
    told = metadata.get("namespace")
    if told and resource.namespaced and told != namespace:
        why = "the namespace of the provided object does not match the namespace sent on the request"
        raise bad_request(why)
    if name is not None and metadata.get("name") not in (None, "", name):
        found = metadata["name"]
        raise bad_request(f"the name of the object ({found}) does not match the name on the URL ({name})")


def _check_type(resource: Resource, obj: Object) -> None:
    api_version, kind = obj.get("apiVersion"), obj.get("kind")
    if resource.custom and not kind:
        raise bad_request("Object 'Kind' is missing in the body of the request")
    if resource.custom and not api_version:
        raise bad_request("Object 'apiVersion' is missing in the body of the request")
    if api_version and api_version != resource.api_version:
        raise bad_request(
            f"the API version in the data ({api_version}) does not match the expected API version "
            f"({resource.api_version})"
        )
    if kind and kind != resource.kind:
        raise bad_request(
            f'{kind} in version "{resource.version}" cannot be handled as a {resource.kind}: converting '
            f"({api_version}.{kind}) to ({resource.api_version}.{resource.kind}): unknown conversion"
        )


def metadata_of(resource: Resource, obj: Object) -> Object:
    """The body's metadata; 400 when it is none."""
    metadata: Any = obj.get("metadata")
    if metadata is None:
        return {}
    if not isinstance(metadata, dict):
        raise bad_request(f"{resource.kind}.metadata: expected an object")
    return metadata


def check_versions(resource: Resource, live: Object, sent: Object) -> None:
    """409 when the body carries another uid or resourceVersion; "0" and none are unconditional."""
    name = live["metadata"]["name"]
    uid = sent.get("uid")
    if uid and uid != live["metadata"]["uid"]:
        raise conflict(resource, name, _differs("UID", uid, live["metadata"]["uid"]))
    version = sent.get("resourceVersion")
    if version and not str(version).isdecimal():
        told = f'Invalid value: "{version}": must be a whole number'
        raise invalid(resource, name, [Cause("metadata.resourceVersion", "FieldValueInvalid", told)])
    if version and version != "0" and version != live["metadata"]["resourceVersion"]:
        raise conflict(resource, name)


def check_conditional(resource: Resource, sent: Object, name: str) -> None:
    """422 for a write without resourceVersion of a kind that insists on one."""
    if not resource.unconditional_update and sent.get("resourceVersion") in (None, "", "0"):
        told = "Invalid value: 0: must be specified for an update"
        raise invalid(resource, name, [Cause("metadata.resourceVersion", "FieldValueInvalid", told)])


def check_deletion(resource: Resource, live: Object, options: Object) -> None:
    """409 when the preconditions of a DELETE do not hold."""
    wanted = options.get("preconditions") or {}
    metadata = live["metadata"]
    if wanted.get("uid") and wanted["uid"] != metadata["uid"]:
        raise conflict(resource, metadata["name"], _differs("UID", wanted["uid"], metadata["uid"]))
    version = wanted.get("resourceVersion")
    if version and version != metadata["resourceVersion"]:
        why = _differs("ResourceVersion", version, metadata["resourceVersion"])
        raise conflict(resource, metadata["name"], why)


def _differs(what: str, wanted: str, found: str) -> str:
    return f"Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {found}"


def check_namespace(api: Api, resource: Resource, namespace: str, name: str) -> None:
    """404 when the namespace of a new object is missing, 403 when it is being deleted."""
    if not resource.namespaced or resource.key in CREATE_ONLY:
        return
    home = api.store.get(NAMESPACES, "", namespace)
    if home is None:
        missing = api.registry.find("", "v1", "namespaces")
        assert missing is not None
        raise not_found(missing, namespace)
    if "deletionTimestamp" in home.obj["metadata"]:
        why = f"unable to create new content in namespace {namespace} because it is being terminated"
        told = f"namespace {namespace} is being terminated"
        raise forbidden(resource, name, why, [Cause("metadata.namespace", "NamespaceTerminating", told)])
