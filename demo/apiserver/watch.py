"""Watches: which changes a selection sees, and the bytes that tell them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from demo.apiserver.conversion import Render
from demo.apiserver.selectors import Selection
from demo.apiserver.store import Change, Collection, Object, Stored, to_json

INITIAL_EVENTS_END = "k8s.io/initial-events-end"


def seen_as(change: Change, selection: Selection) -> str | None:
    """The event type that a watcher of this selection sees, None for nothing.

    What enters the selection is ADDED, what leaves it is DELETED (cacher.go, `convertToWatchEvent`).
    """
    if selection.everything:
        return change.type
    now = change.type != "DELETED" and selection.matches(change.new.obj)
    before = change.old is not None and selection.matches(change.old.obj)
    if now:
        return "MODIFIED" if before else "ADDED"
    return "DELETED" if before else None


def event_line(type: str, obj: Object) -> bytes:
    return b'{"type":"' + type.encode() + b'","object":' + to_json(obj) + b"}\n"


class Watcher:
    """The events of one watch that have not been sent yet."""

    def __init__(self, selection: Selection, render: Render | None, version: int) -> None:
        self.version = version
        self.closed = False
        self._selection = selection
        self._render = render
        self._pending: list[bytes] = []
        self._wake = asyncio.Event()

    def offer(self, change: Change) -> None:
        """Take a change in; called in the order of resource versions."""
        self.version = change.new.version
        told = seen_as(change, self._selection)
        if told is not None:
            self._push(self._line(told, change))

    def start(self, objects: Iterable[Stored]) -> None:
        """Begin with the objects that are there, as synthetic ADDED events."""
        for stored in objects:
            obj = self._render(stored.obj) if self._render else None
            self._push(event_line("ADDED", obj) if obj else Change("ADDED", stored, None).line)

    def bookmark(self, obj: Object) -> None:
        self._push(event_line("BOOKMARK", obj))

    def fail(self, status: Object) -> None:
        """End with an ERROR event that carries a Status."""
        self._push(event_line("ERROR", status))
        self.close()

    def close(self) -> None:
        self.closed = True
        self._wake.set()

    async def wait(self, seconds: float) -> None:
        """Until there is something to send, or the time is over."""
        if not self._pending and not self.closed:
            self._wake.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
            except TimeoutError:
                return

    def take(self) -> bytes:
        """All that is pending, as one chunk."""
        pending, self._pending = self._pending, []
        return b"".join(pending)

    def _push(self, line: bytes) -> None:
        self._pending.append(line)
        self._wake.set()

    def _line(self, told: str, change: Change) -> bytes:
        if told == "DELETED" and change.type != "DELETED":
            return event_line(told, self._rendered(_as_left(change)))
        if self._render is not None:
            return event_line(told, self._render(change.new.obj))
        return change.line if told == change.type else Change(told, change.new, None).line

    def _rendered(self, obj: Object) -> Object:
        return self._render(obj) if self._render else obj


def _as_left(change: Change) -> Object:
    """What left a selection is told as it last was in it, under the version of the change."""
    assert change.old is not None
    old = change.old.obj
    return old | {"metadata": old["metadata"] | {"resourceVersion": str(change.new.version)}}


def bookmark(api_version: str, kind: str, version: int, *, initial_events_end: bool = False) -> Object:
    """An object that says only how far the watch has come."""
    metadata: Object = {"resourceVersion": str(version)}
    if initial_events_end:
        metadata["annotations"] = {INITIAL_EVENTS_END: "true"}
    return {"kind": kind, "apiVersion": api_version, "metadata": metadata}


def replay(watcher: Watcher, collection: Collection, version: int) -> None:
    """Bring the watcher from `version` to now; the past must still be there."""
    for change in collection.since(version):
        watcher.offer(change)
