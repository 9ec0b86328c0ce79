"""One stored object, several served versions and renderings.

Custom resources change only their apiVersion (conversion strategy None). Events are stored as v1 and served
as events.k8s.io/v1 too; the correspondence is that of kubernetes/pkg/apis/events/v1/conversion.go.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.apiserver.resources import Resource
from demo.apiserver.store import Object

Render = Callable[[Object], Object]

EVENTS_GROUP = "events.k8s.io"
RENAMED = (
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("source", "deprecatedSource"),
    ("reportingComponent", "reportingController"),
)


def converter(resource: Resource) -> Render | None:
    """How a stored object is shown in this version; None when it is stored as it is shown."""
    if resource.group == EVENTS_GROUP:
        return events_v1
    if resource.api_version == resource.stored_api_version:
        return None
    return lambda obj: obj | {"apiVersion": resource.api_version}


def ingest(resource: Resource, obj: Object) -> Object:
    """What a client sent in this version, as it is stored."""
    return core_event(obj) if resource.group == EVENTS_GROUP else obj


def events_v1(obj: Object) -> Object:
    """A core v1 Event as events.k8s.io/v1."""
    return _renamed(obj, dict(RENAMED)) | {"apiVersion": "events.k8s.io/v1"}


def core_event(obj: Object) -> Object:
    """An events.k8s.io/v1 Event as core v1."""
    return _renamed(obj, {theirs: ours for ours, theirs in RENAMED}) | {"apiVersion": "v1"}


def _renamed(obj: Object, names: dict[str, str]) -> Object:
    return {names.get(key, key): value for key, value in obj.items()}


def metadata_only(obj: Object) -> Object:
    """The object as PartialObjectMetadata."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
