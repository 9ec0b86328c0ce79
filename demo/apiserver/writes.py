"""Create and update: every write passes through here, whatever endpoint and patch type it came by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from demo.apiserver import preconditions
from demo.apiserver.api import Api
from demo.apiserver.fields.managed import track_update
from demo.apiserver.kind_rules import default, validate
from demo.apiserver.metadata import (
    first_metadata,
    generated_name,
    malformed,
    next_metadata,
    tidy,
    validate_finalizers,
)
from demo.apiserver.resources import Resource
from demo.apiserver.services import allocate_address
from demo.apiserver.status_errors import Cause, already_exists, bad_request, invalid
from demo.apiserver.store import Object, Stored
from demo.apiserver.strategy import prepare_create, prepare_update, without_status

GENERATE_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Write:
    """How a write is done: by whom, through which subresource, for real or dry.

    `tracked`: the object comes out of an apply, its managedFields are done.
    """

    manager: str
    subresource: str = ""
    dry_run: bool = False
    tracked: bool = False


def create(api: Api, resource: Resource, namespace: str, obj: Object, how: Write) -> Stored:
    """Store a new object, or raise 409, 422, 404 (no such namespace), 403 (namespace going away)."""
    obj = _new(api, resource, namespace, obj)
    name = obj["metadata"]["name"]
    preconditions.check_namespace(api, resource, namespace, name)
    if api.store.get(resource.key, namespace if resource.namespaced else "", name):
        raise already_exists(resource, name)
    new = prepare_create(resource, _tracked(api, resource, None, default(obj), how))
    if resource.key == ("", "services"):
        new = allocate_address(new, api)
    _refuse(resource, new, _causes(new, None))
    return Stored(new, 0) if how.dry_run else api.store.put(resource.key, new)


def _new(api: Api, resource: Resource, namespace: str, obj: Object) -> Object:
    metadata = preconditions.metadata_of(resource, obj)
    if why := malformed(metadata):
        raise bad_request(why)
    if metadata.get("resourceVersion"):
        raise bad_request("resourceVersion should not be set on objects to be created")
    prefix = metadata.get("generateName") or ""
    if not metadata.get("name") and not prefix:
        told = "Required value: name or generateName is required"
        raise invalid(resource, "", [Cause("metadata.name", "FieldValueRequired", told)])
    metadata = metadata | {"namespace": namespace}
    first = first_metadata(
        resource, metadata, uid=api.uid(), created=api.timestamp(),
        name=lambda: _free_name(api, resource, namespace, prefix),
    )  # fmt: skip
    new = {key: value for key, value in without_status(resource, obj).items() if value is not None}
    return new | {"apiVersion": resource.stored_api_version, "kind": resource.kind, "metadata": first}


def _free_name(api: Api, resource: Resource, namespace: str, prefix: str) -> str:
    """A generated name that is free, for as many attempts as the real server makes."""
    name = generated_name(prefix, api.names)
    for _ in range(GENERATE_ATTEMPTS - 1):
        if not api.store.get(resource.key, namespace if resource.namespaced else "", name):
            break
        name = generated_name(prefix, api.names)
    return name


def update(api: Api, resource: Resource, live: Stored, obj: Object, how: Write) -> Stored:
    """Write `obj` over `live`; what changes nothing keeps its resourceVersion.

    The last finalizer taken from an object that is being deleted deletes it.
    """
    metadata = preconditions.metadata_of(resource, obj)
    if why := malformed(metadata):
        raise bad_request(why)
    preconditions.check_versions(resource, live.obj, metadata)
    preconditions.check_conditional(resource, metadata, live.obj["metadata"]["name"])
    new = _decoded(resource, live.obj, obj, metadata)
    if not how.tracked and prepare_update(resource, live.obj, new, how.subresource) == live.obj:
        return live
    tracked = _tracked(api, resource, live.obj, new, how)
    stored = prepare_update(resource, live.obj, tracked, how.subresource)
    if _same(live.obj, stored):
        return live
    causes = [
        *validate_finalizers(live.obj["metadata"], stored["metadata"]),
        *_causes(stored, live.obj),
    ]
    _refuse(resource, stored, causes)
    return commit(api, resource, live, stored, how.dry_run)


def commit(api: Api, resource: Resource, live: Stored, new: Object, dry_run: bool = False) -> Stored:
    """Store a finished object, or delete it when nothing holds it any more."""
    if dry_run:
        return Stored(new, live.version)
    if _nothing_holds(new["metadata"]):
        return api.store.remove(resource.key, live)
    return api.store.put(resource.key, new)


def _nothing_holds(metadata: Object) -> bool:
    going = "deletionTimestamp" in metadata and not metadata.get("finalizers")
    return going and not metadata.get("deletionGracePeriodSeconds")


def _decoded(resource: Resource, live: Object, obj: Object, metadata: Object) -> Object:
    """The object as the real server decodes it; managed fields that are not sent are the live object's."""
    metadata = tidy(metadata)
    if "managedFields" not in metadata and "managedFields" in live["metadata"]:
        metadata["managedFields"] = live["metadata"]["managedFields"]
    for key in ("name", "namespace", "uid", "creationTimestamp", "resourceVersion"):
        if key in live["metadata"]:
            metadata[key] = live["metadata"][key]
    new = {key: value for key, value in obj.items() if value is not None}
    new |= {"apiVersion": resource.stored_api_version, "kind": resource.kind, "metadata": metadata}
    return default(new)


def _tracked(api: Api, resource: Resource, live: Object | None, obj: Object, how: Write) -> Object:
    if how.tracked:
        return obj
    return track_update(
        live, obj, manager=how.manager, api_version=resource.api_version, subresource=how.subresource,
        now=api.timestamp(), schema=api.schema(resource),
    )  # fmt: skip


def _same(live: Object, new: Object) -> bool:
    """Equal but for the times in managedFields."""
    if live == new:
        return True
    if live.keys() != new.keys() or any(live[key] != new[key] for key in live if key != "metadata"):
        return False
    return _untimed(live["metadata"]) == _untimed(new["metadata"])


def _untimed(metadata: Object) -> dict[str, Any]:
    managed = [
        {k: v for k, v in entry.items() if k != "time"} for entry in metadata.get("managedFields") or ()
    ]
    return metadata | {"managedFields": managed}


def _causes(new: Object, old: Object | None) -> list[Cause]:
    return validate(new, old)


def _refuse(resource: Resource, obj: Object, causes: list[Cause]) -> None:
    if causes:
        raise invalid(resource, obj["metadata"].get("name") or "", causes)


def rewrite(api: Api, resource: Resource, live: Stored, **metadata: Any) -> Stored:
    """Change metadata on the server's own account; None removes a key."""
    changed = {k: v for k, v in (live.obj["metadata"] | metadata).items() if v is not None}
    return commit(api, resource, live, live.obj | {"metadata": next_metadata(changed, changed)})
