"""What is in the cluster, as far as we have seen it: the newest version of each object, by kind."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from operators.workloads.objects import Key, Object, controller_uid, key_of, spec, uid, version

#: uids of deleted objects that are remembered, so that a late event cannot bring one back.
_REMEMBERED = 20_000

IndexFunction = Callable[[Object], Hashable]


def by_owner(obj: Object) -> Hashable:
    """uid of the controlling owner, "" for orphans."""
    return controller_uid(obj)


def by_node(obj: Object) -> Hashable:
    return spec(obj).get("nodeName") or ""


def by_namespace(obj: Object) -> Hashable:
    return key_of(obj)[0]


_INDEXES: dict[str, dict[str, IndexFunction]] = {
    "Pod": {"owner": by_owner, "node": by_node},
    "ReplicaSet": {"owner": by_owner, "namespace": by_namespace},
    "Deployment": {"namespace": by_namespace},
}


NAMESPACED = frozenset(_INDEXES)


@dataclass
class _Kind:
    objects: dict[Key, Object] = field(default_factory=dict)
    indexes: dict[str, dict[Hashable, dict[Key, Object]]] = field(default_factory=dict)


class Store:
    """Objects are shared, never copied: whoever reads one must not change it."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}
        self._deleted: OrderedDict[str, None] = OrderedDict()

    def _kind(self, kind: str) -> _Kind:
        if kind not in self._kinds:
            self._kinds[kind] = _Kind(indexes={name: {} for name in _INDEXES.get(kind, {})})
        return self._kinds[kind]

    def put(self, obj: Object) -> bool:
        """Take in an object from a watch or from the answer to a write; False where it is no newer."""
        kind, key = self._kind(obj.get("kind") or ""), key_of(obj)
        old = kind.objects.get(key)
        if uid(obj) in self._deleted or (old is not None and not _newer(obj, old)):
            return False
        kind.objects[key] = obj
        for name, function in _INDEXES.get(obj.get("kind") or "", {}).items():
            index, value = kind.indexes[name], function(obj)
            if old is not None and (before := function(old)) != value:
                _discard(index, before, key)
            index.setdefault(value, {})[key] = obj
        return True

    def remove(self, obj: Object) -> None:
        """An object is gone. A newer one of the same name, with another uid, stays."""
        if identity := uid(obj):
            self._deleted[identity] = None
            while len(self._deleted) > _REMEMBERED:
                self._deleted.popitem(last=False)
        kind, key = self._kind(obj.get("kind") or ""), key_of(obj)
        old = kind.objects.get(key)
        if old is None or uid(old) != identity:
            return
        del kind.objects[key]
        for name, function in _INDEXES.get(obj.get("kind") or "", {}).items():
            _discard(kind.indexes[name], function(old), key)

    def get(self, kind: str, key: Key) -> Object | None:
        return self._kind(kind).objects.get(key)

    def all(self, kind: str) -> Iterable[Object]:
        return list(self._kind(kind).objects.values())

    def where(self, kind: str, index: str, value: Hashable) -> list[Object]:
        """The objects whose `index` has this value, in the order in which they came."""
        return list(self._kind(kind).indexes[index].get(value, {}).values())


def _discard(index: dict[Hashable, dict[Key, Object]], value: Hashable, key: Key) -> None:
    members = index.get(value)
    if members is not None:
        members.pop(key, None)
        if not members:
            del index[value]


def _newer(new: Object, old: Object) -> bool:
    """Resource versions of one kind are ordered numbers (KEP-5504); what is no number is taken as newer."""
    one, other = version(new), version(old)
    return int(one) > int(other) if one.isdigit() and other.isdigit() else one != other
