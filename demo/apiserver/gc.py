"""Owner garbage collection: background, foreground and orphan, as kube-controller-manager does it.

Source: kubernetes/pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem, attemptToOrphan).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from demo.apiserver.api import Api
from demo.apiserver.deletion import FOREGROUND, ORPHAN, delete
from demo.apiserver.store import Change, Key, Object, StorageKey, Stored, key_of
from demo.apiserver.writes import rewrite


class Where(NamedTuple):
    """An object's place in the store."""

    storage: StorageKey
    key: Key


class GarbageCollector:
    """Keeps the graph of owners and dependents, and works off what became due."""

    def __init__(self, api: Api, later: Callable[[Callable[[], None]], None]) -> None:
        self._api = api
        self._later = later
        self._places: dict[str, Where] = {}
        self._dependents: dict[str, set[Where]] = {}

    def note(self, storage: StorageKey, change: Change) -> None:
        """Take a change into the graph, and plan what follows from it."""
        obj, where = change.new.obj, Where(storage, key_of(change.new.obj))
        before, now = (owners_of(change.old.obj) if change.old else []), owners_of(obj)
        if change.type == "DELETED":
            self._note_deleted(obj["metadata"]["uid"], where, before)
            return
        if change.type == "ADDED":
            self._places[obj["metadata"]["uid"]] = where
        if before != now:
            self._relink(where, before, now)
            self._later(lambda: self.collect(where))
        metadata = obj["metadata"]
        if "deletionTimestamp" in metadata and metadata.get("finalizers"):
            self._later(lambda: self.settle(where))

    def _note_deleted(self, uid: str, where: Where, owners: Sequence[Object]) -> None:
        self._places.pop(uid, None)
        self._relink(where, owners, [])
        for dependent in self._dependents.get(uid, ()):
            self._later(partial(self.collect, dependent))
        for owner in owners:
            if place := self._places.get(owner["uid"]):
                self._later(partial(self.settle, place))

    def _relink(self, where: Where, before: Sequence[Object], now: Sequence[Object]) -> None:
        for owner in before:
            known = self._dependents.get(owner["uid"], set())
            known.discard(where)
            if not known:
                self._dependents.pop(owner["uid"], None)
        for owner in now:
            self._dependents.setdefault(owner["uid"], set()).add(where)

    def _stored(self, where: Where) -> Stored | None:
        return self._api.store.collection(where.storage).objects.get(where.key)

    def collect(self, where: Where) -> None:
        """Delete a dependent whose owners are gone; drop references to owners that no longer count."""
        live = self._stored(where)
        if live is None or "deletionTimestamp" in live.obj["metadata"]:
            return
        resource = self._api.registry.storages()[where.storage]
        solid, absent, leaving = self._sorted(live.obj)
        if not absent and not leaving:
            return
        if solid:
            gone = [*absent, *leaving]
            rewrite(self._api, resource, live, ownerReferences=_without(owners_of(live.obj), gone))
            return
        own = live.obj["metadata"].get("finalizers") or ()
        uid = live.obj["metadata"]["uid"]
        foreground = bool(leaving and self._dependents.get(uid)) or FOREGROUND in own
        policy = "Orphan" if ORPHAN in own else "Foreground" if foreground else "Background"
        delete(self._api, resource, live, {"propagationPolicy": policy})

    def _sorted(self, obj: Object) -> tuple[list[Object], list[Object], list[Object]]:
        """Owners that hold the object, that are gone, and that wait in the foreground for it to go."""
        solid: list[Object] = []
        absent: list[Object] = []
        leaving: list[Object] = []
        for owner in owners_of(obj):
            place = self._places.get(owner["uid"])
            if place is None:
                known = self._api.registry.of_kind(owner.get("apiVersion", ""), owner.get("kind", ""))
                (absent if known else solid).append(owner)
                continue
            found = self._stored(place)
            metadata = found.obj["metadata"] if found else {}
            waits = "deletionTimestamp" in metadata and FOREGROUND in (metadata.get("finalizers") or ())
            (leaving if waits else solid).append(owner)
        return solid, absent, leaving

    def settle(self, where: Where) -> None:
        """Let an owner that is being deleted go, once its dependents are orphaned or gone."""
        live = self._stored(where)
        if live is None or "deletionTimestamp" not in live.obj["metadata"]:
            return
        held = live.obj["metadata"].get("finalizers") or []
        uid = live.obj["metadata"]["uid"]
        if ORPHAN in held:
            for dependent in sorted(self._dependents.get(uid, ())):
                self._orphan(dependent, uid)
            self._release(where, ORPHAN)
        elif FOREGROUND in held:
            waiting = [w for w in sorted(self._dependents.get(uid, ())) if self._blocks(w, uid)]
            for dependent in sorted(self._dependents.get(uid, ())):
                self.collect(dependent)
            if not waiting:
                self._release(where, FOREGROUND)

    def _blocks(self, where: Where, uid: str) -> bool:
        found = self._stored(where)
        owners = owners_of(found.obj) if found else []
        return any(owner["uid"] == uid and owner.get("blockOwnerDeletion") for owner in owners)

    def _orphan(self, where: Where, uid: str) -> None:
        live = self._stored(where)
        if live is not None:
            kept = [owner for owner in owners_of(live.obj) if owner["uid"] != uid]
            resource = self._api.registry.storages()[where.storage]
            rewrite(self._api, resource, live, ownerReferences=kept or None)

    def _release(self, where: Where, finalizer: str) -> None:
        live = self._stored(where)
        if live is not None:
            kept = [name for name in live.obj["metadata"].get("finalizers") or () if name != finalizer]
            resource = self._api.registry.storages()[where.storage]
            rewrite(self._api, resource, live, finalizers=kept or None)


def owners_of(obj: Object) -> list[Any]:
    found: list[Any] = obj["metadata"].get("ownerReferences") or []
    return found


def _without(owners: Sequence[Object], gone: Sequence[Object]) -> list[Object] | None:
    dropped = {owner["uid"] for owner in gone}
    return [owner for owner in owners if owner["uid"] not in dropped] or None
