"""Lists: which version of the collection, which slice of it, and its bytes.

The meaning of resourceVersion, resourceVersionMatch, limit and continue is that of
https://kubernetes.io/docs/reference/using-api/api-concepts/.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from demo.apiserver.api import Api
from demo.apiserver.call import Call
from demo.apiserver.conversion import Render
from demo.apiserver.resources import Resource
from demo.apiserver.selectors import Selection, select
from demo.apiserver.status_errors import (
    Cause,
    bad_request,
    expired,
    invalid_options,
    too_large_version,
)
from demo.apiserver.store import Collection, Key, Stored, to_json

EXPIRED = "The provided continue parameter is too old to display a consistent list result."


class Page(NamedTuple):
    """One answer to a list: its items, the version it shows, and how to go on."""

    items: Sequence[Stored]
    version: int
    proceed: str = ""
    remaining: int | None = None


def selection_of(call: Call) -> Selection:
    query = call.query
    return select(
        call.resource, call.info.namespace, query.get("labelSelector", ""), query.get("fieldSelector", "")
    )


def list_page(api: Api, call: Call) -> Page:
    """The page that the query asks for; raises 400, 410, 422 or 504."""
    selection = selection_of(call)
    collection = api.store.collection(call.resource.key)
    token = call.query.get("continue", "")
    limit = call.number("limit")
    if token:
        version, after = read_token(token)
        if call.query.get("resourceVersion") not in (None, "", "0"):
            told = "Forbidden: specifying resource version is not allowed when using continue"
            raise bad_request(told)
        _check_past(collection, version, api.store.revision)
    else:
        version, after = _asked_version(api, call, collection), None
    if version == api.store.revision or version == 0:
        found = _current(collection, selection)
        version = api.store.revision
    else:
        objects = collection.at(version)
        found = [s for _, s in sorted(objects.items()) if selection.matches(s.obj)]
    return _page(found, version, after, limit, selection)


def _current(collection: Collection, selection: Selection) -> list[Stored]:
    objects = collection.objects
    if selection.name is not None and selection.namespace:
        only = objects.get((selection.namespace, selection.name))
        return [only] if only and selection.matches(only.obj) else []
    if selection.everything:
        return [objects[key] for key in collection.ordered()]
    return [objects[key] for key in collection.ordered() if selection.matches(objects[key].obj)]


def _asked_version(api: Api, call: Call, collection: Collection) -> int:
    """The version to show: exactly the asked one for Exact, else now, which is never too old."""
    text, match = call.query.get("resourceVersion", ""), call.query.get("resourceVersionMatch", "")
    if match and not text:
        told = "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        raise invalid_options("ListOptions", [Cause("resourceVersionMatch", "FieldValueForbidden", told)])
    if match not in ("", "Exact", "NotOlderThan"):
        told = f'Unsupported value: "{match}": supported values: "Exact", "NotOlderThan", ""'
        raise invalid_options("ListOptions", [Cause("resourceVersionMatch", "FieldValueNotSupported", told)])
    if match == "Exact" and text == "0":
        told = 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"'
        raise invalid_options("ListOptions", [Cause("resourceVersionMatch", "FieldValueForbidden", told)])
    asked = read_version(text)
    if asked > api.store.revision:
        raise too_large_version(asked, api.store.revision)
    legacy_exact = not match and call.number("limit") > 0 and asked > 0
    if match == "Exact" or legacy_exact:
        _check_past(collection, asked, api.store.revision)
        return asked
    return 0


def read_version(text: str) -> int:
    """A resourceVersion of the query; 422 when it is no whole number."""
    if text and not text.isdecimal():
        told = f'Invalid value: "{text}": invalid resource version'
        raise invalid_options("ListOptions", [Cause("resourceVersion", "FieldValueInvalid", told)])
    return int(text or "0")


def _check_past(collection: Collection, version: int, revision: int) -> None:
    if version < collection.floor:
        raise expired(EXPIRED)
    if version > revision:
        raise too_large_version(version, revision)


def _page(found: list[Stored], version: int, after: Key | None, limit: int, selection: Selection) -> Page:
    start = bisect_right([_key(stored) for stored in found], after) if after else 0
    rest = found[start:] if start else found
    if not limit or len(rest) <= limit:
        return Page(rest, version)
    page = rest[:limit]
    remaining = None if selection.labels or selection.fields else len(rest) - limit
    return Page(page, version, write_token(version, _key(page[-1])), remaining)


def _key(stored: Stored) -> Key:
    metadata = stored.obj["metadata"]
    return (metadata.get("namespace", ""), metadata["name"])


def write_token(version: int, last: Key) -> str:
    """An opaque continue token: the version that is being listed, and the last key sent."""
    return base64.urlsafe_b64encode(to_json([version, *last])).decode().rstrip("=")


def read_token(token: str) -> tuple[int, Key]:
    """400 for what is no token of ours."""
    try:
        version, namespace, name = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return int(version), (str(namespace), str(name))
    except (ValueError, TypeError):
        raise bad_request("continue key is not valid: the token cannot be read") from None


def list_json(resource: Resource, page: Page, render: Render | None) -> bytes:
    """The list as JSON; items of built-in kinds carry no kind and apiVersion, as on the real server."""
    metadata: dict[str, object] = {"resourceVersion": str(page.version)}
    if page.proceed:
        metadata["continue"] = page.proceed
        if page.remaining is not None:
            metadata["remainingItemCount"] = page.remaining
    head = to_json({"kind": resource.list_kind, "apiVersion": resource.api_version, "metadata": metadata})
    return head[:-1] + b',"items":[' + b",".join(_item(resource, s, render) for s in page.items) + b"]}"


def _item(resource: Resource, stored: Stored, render: Render | None) -> bytes:
    if render is not None:
        obj = render(stored.obj)
        return to_json(
            obj if resource.custom else {k: obj[k] for k in obj if k not in ("kind", "apiVersion")}
        )
    return stored.json if resource.custom else stored.rest
