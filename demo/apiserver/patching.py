"""PATCH: four content types, one write path."""

from __future__ import annotations

from demo.apiserver.api import Api
from demo.apiserver.call import Call, decode_json, decode_yaml
from demo.apiserver.conversion import converter, ingest
from demo.apiserver.fields.managed import ApplyConflict, apply
from demo.apiserver.fields.patches import PatchError, json_patch, merge_patch, strategic_merge_patch
from demo.apiserver.preconditions import check_identity
from demo.apiserver.resources import Resource
from demo.apiserver.status_errors import (
    ApiError,
    Cause,
    apply_conflict,
    bad_request,
    invalid_options,
    not_found,
    unsupported_patch_type,
)
from demo.apiserver.store import Object, Stored
from demo.apiserver.writes import Write, create, update

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
UNPROCESSABLE = "the server rejected our request due to an error in our request"


def accepted_types(resource: Resource) -> list[str]:
    """Custom resources know no strategic merge patch."""
    return [JSON_PATCH, MERGE_PATCH, *([] if resource.custom else [STRATEGIC]), APPLY]


def patch(api: Api, call: Call, subresource: str = "") -> tuple[Stored, bool]:
    """Patch the object named in the URL; returns what is stored now, and whether an apply created it."""
    resource, info = call.resource, call.info
    if call.content_type not in accepted_types(resource):
        raise unsupported_patch_type()
    how = Write(call.manager, subresource, call.dry_run("PatchOptions"), call.content_type == APPLY)
    if call.content_type == APPLY:
        return _apply(api, call, how)
    if "force" in call.query:
        told = "Forbidden: may not be specified for non-apply patch"
        raise invalid_options("PatchOptions", [Cause("force", "FieldValueForbidden", told)])
    live = api.live(resource, info.namespace, info.name)
    new = patched(api, resource, _seen(resource, live), call)
    check_identity(resource, new, info.namespace, info.name)
    return update(api, resource, live, ingest(resource, new), how), False


def _seen(resource: Resource, live: Stored) -> Object:
    """The object in the version that the client writes in."""
    render = converter(resource)
    return render(live.obj) if render else live.obj


def patched(api: Api, resource: Resource, live: Object, call: Call) -> Object:
    """`live` after the patch in the body; 400 or 422 when it cannot be applied."""
    body = decode_json(call.body)
    try:
        if call.content_type == JSON_PATCH:
            new = json_patch(live, body)
        elif call.content_type == MERGE_PATCH:
            new = merge_patch(live, body)
        else:
            new = strategic_merge_patch(live, body, api.schema(resource))
    except PatchError as error:
        if error.code == 422:
            raise ApiError(422, "Invalid", UNPROCESSABLE, {}) from None
        raise ApiError(error.code, "BadRequest", error.message) from None
    if not isinstance(new, dict) or not isinstance(new.get("metadata"), dict):
        raise bad_request("the patch does not leave an object with metadata")
    return new


def _apply(api: Api, call: Call, how: Write) -> tuple[Stored, bool]:
    """Server-side apply: creates what is missing, except through a subresource."""
    resource, info = call.resource, call.info
    applied = _configuration(call)
    live = api.store.get(resource.key, info.namespace, info.name)
    if live is None and not how.subresource and not (applied.get("metadata") or {}).get("name"):
        raise bad_request(
            f"the name of the object ({info.name} based on URL) was undeterminable: name must be provided"
        )
    applied = applied | {"metadata": (applied.get("metadata") or {}) | {"name": info.name}}
    if live is None and how.subresource:
        raise not_found(resource, info.name)
    try:
        new = apply(
            _seen(resource, live) if live else None, applied,
            manager=call.query["fieldManager"], force=call.flag("force"), api_version=resource.api_version,
            subresource=how.subresource, now=api.timestamp(), schema=api.schema(resource),
        )  # fmt: skip
    except ApplyConflict as refused:
        raise apply_conflict(refused.message, refused.causes) from None
    if live is None:
        return create(api, resource, info.namespace, ingest(resource, new), how), True
    return update(api, resource, live, ingest(resource, new), how), False


def _configuration(call: Call) -> Object:
    """The applied configuration: it names its type and itself, and carries no managed fields."""
    if not call.query.get("fieldManager"):
        told = "Required value: is required for apply patch"
        raise invalid_options("PatchOptions", [Cause("fieldManager", "FieldValueRequired", told)])
    found = decode_yaml(call.body)
    if not isinstance(found, dict) or not found.get("apiVersion") or not found.get("kind"):
        raise bad_request("error decoding YAML: the applied configuration must state apiVersion and kind")
    check_identity(call.resource, found, call.info.namespace, call.info.name)
    metadata = found.get("metadata") or {}
    if metadata.get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    return found
