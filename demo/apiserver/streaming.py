"""Serving a watch: where it starts, what is sent, when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from demo.apiserver.api import Api
from demo.apiserver.call import Call
from demo.apiserver.conversion import Render, converter, metadata_only
from demo.apiserver.lists import read_version, selection_of
from demo.apiserver.negotiation import Form, wanted_form
from demo.apiserver.selectors import Selection
from demo.apiserver.status_errors import (
    Cause,
    expired,
    invalid_options,
    too_large_version,
)
from demo.apiserver.store import Collection, Object, to_json
from demo.apiserver.table import table
from demo.apiserver.watch import Watcher, bookmark, replay

DEFAULT_TIMEOUT = 45 * 60
"""Seconds; the real server picks between 30 and 60 minutes."""
Send = Callable[[bytes], Awaitable[None]]


def open_watch(api: Api, call: Call) -> Watcher:
    """Register a watch and queue what it starts with; raises 400, 422 or 504.

    A version that is too old is told as an ERROR event with 410, not as an HTTP status.
    """
    _check(call)
    selection = selection_of(call)
    asked = read_version(call.query.get("resourceVersion", ""))
    if asked > api.store.revision:
        raise too_large_version(asked, api.store.revision)
    collection = api.store.collection(call.resource.key)
    watcher = Watcher(selection, _render(api, call), api.store.revision)
    initial = "sendInitialEvents" in call.query and call.flag("sendInitialEvents")
    skipped = "sendInitialEvents" in call.query and not initial
    if initial or (asked == 0 and not skipped):
        _start(collection, watcher, selection)
    elif asked == 0:
        pass
    elif asked < collection.floor:
        told = expired(f"too old resource version: {asked} ({collection.floor})").status()
        watcher.fail(told | {"code": 410})
    else:
        replay(watcher, collection, asked)
    watcher.version = api.store.revision
    if initial and call.flag("allowWatchBookmarks"):
        watcher.bookmark(_bookmark(call, watcher.version, initial_events_end=True))
    if not watcher.closed:
        collection.watchers.add(watcher)
    return watcher


def _start(collection: Collection, watcher: Watcher, selection: Selection) -> None:
    found = (collection.objects[key] for key in collection.ordered())
    watcher.start(stored for stored in found if selection.matches(stored.obj))


def _check(call: Call) -> None:
    match = call.query.get("resourceVersionMatch", "")
    if "sendInitialEvents" not in call.query:
        if match:
            told = (
                "Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
            )
            raise invalid_options("ListOptions", [Cause("resourceVersionMatch", "FieldValueForbidden", told)])
    elif match != "NotOlderThan":
        told = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
        raise invalid_options("ListOptions", [Cause("resourceVersionMatch", "FieldValueForbidden", told)])


def _render(api: Api, call: Call) -> Render | None:
    form = wanted_form(call.accept)
    if form is Form.TABLE:
        return lambda obj: table(call.resource, [obj], obj["metadata"], call.query, api.now())
    if form in (Form.METADATA, Form.METADATA_LIST):
        return metadata_only
    return converter(call.resource)


def _bookmark(call: Call, version: int, *, initial_events_end: bool = False) -> Object:
    resource = call.resource
    return bookmark(resource.api_version, resource.kind, version, initial_events_end=initial_events_end)


async def serve(api: Api, call: Call, watcher: Watcher, send: Send, every: float) -> None:
    """Send events until the timeout, the client's leaving or the server's end; bookmarks `every` seconds.

    A last bookmark goes out before the timeout, so that the next watch starts where this one ended.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + (call.number("timeoutSeconds") or DEFAULT_TIMEOUT)
    marks = call.flag("allowWatchBookmarks")
    due = loop.time() + every
    try:
        while loop.time() < ends:
            await watcher.wait(min(ends, due) - loop.time())
            if chunk := watcher.take():
                await send(chunk)
            if watcher.closed:
                return
            if loop.time() >= due:
                due = loop.time() + every
                if marks:
                    watcher.bookmark(_bookmark(call, api.store.revision))
        if marks:
            await send(watcher.take() + _line(_bookmark(call, api.store.revision)))
    finally:
        api.store.collection(call.resource.key).watchers.discard(watcher)


def _line(obj: Object) -> bytes:
    return b'{"type":"BOOKMARK","object":' + to_json(obj) + b"}\n"
