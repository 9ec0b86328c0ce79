"""Which part of a written object counts: spec, status and metadata by the endpoint that was used. Pure.

Source: `PrepareForCreate` and `PrepareForUpdate` in kubernetes/pkg/registry and
apiextensions-apiserver/pkg/registry/customresource.
"""

from __future__ import annotations

from demo.apiserver.generation import first_generation, next_generation
from demo.apiserver.metadata import next_metadata
from demo.apiserver.resources import Resource
from demo.apiserver.store import Object

FIRST_KEYS = ("kind", "apiVersion", "metadata")


def without_status(resource: Resource, obj: Object) -> Object:
    """What a client may say of a new object: its status is the server's to begin."""
    if not resource.status or resource.status_at_create:
        return obj
    return {key: value for key, value in obj.items() if key != "status"}


def prepare_create(resource: Resource, obj: Object) -> Object:
    """A new object, defaulted: generation 1 where the kind has one, and the status that it begins with."""
    generation = first_generation(resource.generation)
    metadata = obj["metadata"] if generation is None else obj["metadata"] | {"generation": generation}
    new = _ordered(obj | {"metadata": metadata})
    if resource.status and not resource.custom:
        new["status"] = resource.initial_status | (new.get("status") or {})
    return new


def prepare_update(resource: Resource, live: Object, new: Object, subresource: str) -> Object:
    """The object to store when `new` is written over `live`; `subresource` is "" for the object itself."""
    if subresource == "status":
        return _prepare_status(resource, live, new)
    replaced = new | {"metadata": next_metadata(live["metadata"], new["metadata"])}
    if resource.status:
        replaced.pop("status", None)
        if "status" in live:
            replaced["status"] = live["status"]
    generation = next_generation(resource.generation, live, replaced)
    if generation is not None:
        replaced["metadata"]["generation"] = generation
    return _ordered(replaced)


def _prepare_status(resource: Resource, live: Object, new: Object) -> Object:
    written = {"status": new["status"]} if "status" in new else {}
    kept = {key: value for key, value in live.items() if key != "status"}
    if resource.custom:
        managed = new["metadata"].get("managedFields")
        metadata = live["metadata"] if managed is None else live["metadata"] | {"managedFields": managed}
        return kept | {"metadata": metadata} | written
    metadata = next_metadata(live["metadata"], new["metadata"])
    if resource.status_drops_labels:
        metadata.pop("labels", None)
        if "labels" in live["metadata"]:
            metadata["labels"] = live["metadata"]["labels"]
    return kept | {"metadata": metadata} | written


def _ordered(obj: Object) -> Object:
    """Keys in the order in which the API server prints them."""
    first = {key: obj[key] for key in FIRST_KEYS}
    return first | {key: value for key, value in obj.items() if key not in first}
