"""The scale subresource: an autoscaling/v1 Scale read from, and written into, the object that it scales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from demo.apiserver.api import Api
from demo.apiserver.call import Call
from demo.apiserver.fields.scaled import track_scale
from demo.apiserver.patching import JSON_PATCH, MERGE_PATCH, STRATEGIC, patched
from demo.apiserver.preconditions import check_versions, metadata_of
from demo.apiserver.resources import Resource, ScalePaths
from demo.apiserver.selectors import label_selector_text
from demo.apiserver.status_errors import Cause, bad_request, invalid, unsupported_patch_type
from demo.apiserver.store import Object
from demo.apiserver.writes import Write, update

COPIED = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(paths: ScalePaths, obj: Object) -> Object:
    """The Scale of an object."""
    selector = read_path(obj, paths.selector) if paths.selector else None
    text = label_selector_text(selector) if isinstance(selector, Mapping) else str(selector or "")
    status = {"replicas": read_path(obj, paths.status_replicas) or 0} | ({"selector": text} if text else {})
    replicas = read_path(obj, paths.replicas)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: obj["metadata"][key] for key in COPIED if key in obj["metadata"]},
        "spec": {} if replicas is None else {"replicas": replicas},
        "status": status,
    }


def get_scale(api: Api, call: Call) -> Object:
    live = api.live(call.resource, call.info.namespace, call.info.name)
    return scale_of(_paths(call.resource), live.obj)


def write_scale(api: Api, call: Call) -> Object:
    """PUT or PATCH of a Scale: only spec.replicas reaches the object; metadata of the Scale does not."""
    resource = call.resource
    paths = _paths(resource)
    live = api.live(resource, call.info.namespace, call.info.name)
    patches = call.info.verb == "patch"
    if patches and call.content_type not in (JSON_PATCH, MERGE_PATCH, STRATEGIC):
        raise unsupported_patch_type()
    sent = patched(api, resource, scale_of(paths, live.obj), call) if patches else call.object()
    check_versions(resource, live.obj, metadata_of(resource, sent))
    replicas = (sent.get("spec") or {}).get("replicas", 0)
    _check(resource, call.info.name, replicas)
    scaled = track_scale(
        live.obj,
        with_path(live.obj, paths.replicas, replicas),
        path=paths.replicas,
        changed=replicas != read_path(live.obj, paths.replicas),
        manager=call.manager,
        api_version=resource.api_version,
    )
    dry_run = call.dry_run("PatchOptions" if patches else "UpdateOptions")
    written = update(api, resource, live, scaled, Write(call.manager, "scale", dry_run, tracked=True))
    return scale_of(paths, written.obj)


def _paths(resource: Resource) -> ScalePaths:
    assert resource.scale is not None
    return resource.scale


def _check(resource: Resource, name: str, replicas: object) -> None:
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise bad_request("json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32")
    if replicas < 0:
        told = f"Invalid value: {replicas}: must be greater than or equal to 0"
        raise invalid(resource, name, [Cause("spec.replicas", "FieldValueInvalid", told)])


def read_path(obj: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, None where it is absent."""
    value: Any = obj
    for part in path.strip(".").split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def with_path(obj: Object, path: str, value: Any) -> Object:
    """A copy of the object with the value at a dotted path replaced."""
    first, _, rest = path.strip(".").partition(".")
    return obj | {first: with_path(obj.get(first) or {}, rest, value) if rest else value}
