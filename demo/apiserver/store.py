"""Objects in memory: one revision counter for all kinds, and a ring of past changes per kind.

Stored objects are immutable by agreement: a write puts a new dict in place of the old one.
Each version is turned into JSON once, and those bytes serve every watcher and every list.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

Object: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]
StorageKey: TypeAlias = tuple[str, str]

METADATA_ORDER = (
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences",
    "finalizers", "managedFields",
)  # fmt: skip
"""Every field of ObjectMeta, in the order in which the API server prints them; there are no others."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def to_json(value: Any) -> bytes:
    """Compact JSON in UTF-8; lone surrogates, which UTF-8 cannot carry, become `?`."""
    return _encode(value).encode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _head(api_version: str, kind: str) -> bytes:
    return to_json({"kind": kind, "apiVersion": api_version})[:-1] + b","


class Stored:
    """One version of one object. `rest` is its JSON without kind and apiVersion: `{"metadata":...}`."""

    __slots__ = ("_rest", "obj", "version")

    def __init__(self, obj: Object, version: int) -> None:
        self.obj = obj
        self.version = version
        self._rest: bytes | None = None

    @property
    def rest(self) -> bytes:
        if self._rest is None:
            self._rest = to_json({k: v for k, v in self.obj.items() if k not in ("kind", "apiVersion")})
        return self._rest

    @property
    def json(self) -> bytes:
        return _head(self.obj["apiVersion"], self.obj["kind"]) + self.rest[1:]


class Change:
    """One write: `type` as a watcher without a selector sees it; `old` is None for ADDED."""

    __slots__ = ("_line", "new", "old", "type")

    def __init__(self, type: str, new: Stored, old: Stored | None) -> None:
        self.type = type
        self.new = new
        self.old = old
        self._line: bytes | None = None

    @property
    def line(self) -> bytes:
        """The event as one line of a watch stream."""
        if self._line is None:
            self._line = b'{"type":"' + self.type.encode() + b'","object":' + self.new.json + b"}\n"
        return self._line


class Watching(Protocol):
    """Whoever wants every change of a collection, and to be told when it ceases to be served."""

    def offer(self, change: Change) -> None: ...
    def close(self) -> None: ...


class Collection:
    """All objects of one resource, with its recent past."""

    def __init__(self, floor: int, history: int) -> None:
        self.objects: dict[Key, Stored] = {}
        self.history: deque[Change] = deque()
        self.floor = floor
        self.watchers: set[Watching] = set()
        self._capacity = history
        self._order: list[Key] | None = None

    def record(self, key: Key, change: Change) -> None:
        if change.type == "DELETED":
            del self.objects[key]
            self._order = None
        else:
            if change.old is None:
                self._order = None
            self.objects[key] = change.new
        self.history.append(change)
        if len(self.history) > self._capacity:
            self.floor = self.history.popleft().new.version
        for watcher in self.watchers:
            watcher.offer(change)

    def ordered(self) -> list[Key]:
        """Keys in the order of etcd: by namespace, then by name."""
        if self._order is None:
            self._order = sorted(self.objects)
        return self._order

    def since(self, version: int) -> Iterator[Change]:
        """Changes after `version`, oldest first; the caller has checked it against `floor`."""
        found: list[Change] = []
        for change in reversed(self.history):
            if change.new.version <= version:
                break
            found.append(change)
        return reversed(found)

    def at(self, version: int) -> dict[Key, Stored]:
        """The objects as they were at `version`, by undoing what came later."""
        objects = dict(self.objects)
        for change in reversed(self.history):
            if change.new.version <= version:
                break
            key = key_of(change.new.obj)
            if change.old is None:
                objects.pop(key, None)
            else:
                objects[key] = change.old
        return objects

    def forget(self, version: int) -> None:
        """Drop the past before `version`: what a compaction of etcd does."""
        self.floor = max(self.floor, version)
        while self.history and self.history[0].new.version <= self.floor:
            self.history.popleft()


class Store:
    """Every collection, the global revision, and who listens to all writes."""

    def __init__(self, history: int = 20_000) -> None:
        self.revision = 1
        self.listeners: list[Callable[[StorageKey, Change], None]] = []
        self._collections: dict[StorageKey, Collection] = {}
        self._history = history

    def collection(self, key: StorageKey) -> Collection:
        found = self._collections.get(key)
        if found is None:
            found = self._collections[key] = Collection(self.revision, self._history)
        return found

    def drop(self, key: StorageKey) -> None:
        """Stop serving a resource: its watchers end."""
        gone = self._collections.pop(key, None)
        for watcher in list(gone.watchers) if gone else ():
            watcher.close()

    def collections(self) -> Iterator[tuple[StorageKey, Collection]]:
        return iter(list(self._collections.items()))

    def get(self, key: StorageKey, namespace: str, name: str) -> Stored | None:
        return self.collection(key).objects.get((namespace, name))

    def put(self, key: StorageKey, obj: Object) -> Stored:
        """Write `obj` under the next revision; returns what is stored now."""
        new = self._next(obj)
        where = key_of(new.obj)
        collection = self.collection(key)
        old = collection.objects.get(where)
        self._record(key, where, Change("MODIFIED" if old else "ADDED", new, old))
        return new

    def remove(self, key: StorageKey, old: Stored) -> Stored:
        """Delete; the last state is told to watchers with the revision of the deletion."""
        gone = self._next(old.obj)
        self._record(key, key_of(old.obj), Change("DELETED", gone, old))
        return gone

    def _next(self, obj: Object) -> Stored:
        self.revision += 1
        given = obj["metadata"] | {"resourceVersion": str(self.revision)}
        metadata = {key: given[key] for key in METADATA_ORDER if key in given}
        return Stored(obj | {"metadata": metadata}, self.revision)

    def _record(self, key: StorageKey, where: Key, change: Change) -> None:
        self.collection(key).record(where, change)
        for listener in self.listeners:
            listener(key, change)


def key_of(obj: Object) -> Key:
    """(namespace, name); the namespace of cluster-scoped objects is empty."""
    metadata = obj["metadata"]
    return (metadata.get("namespace", ""), metadata["name"])
