"""Lists that built-in kinds merge by a key (`patchMergeKey` in the Kubernetes API), merged on our side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Merge = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]

#: Field → the members that tell its elements apart.
_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "env": ("name",),
    "resourceClaims": ("name",),
    "secrets": ("name",),
    "webhooks": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "ports": ("containerPort", "port", "protocol"),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
}
_DEFAULTS = {"protocol": "TCP"}
#: Lists of words of which each writer has its own.
_SETS = frozenset({"finalizers"})


def merged_list(field: str, before: Any, wanted: list[Any], live: list[Any], merge: Merge) -> list[Any]:
    """What the list becomes: the manifest's elements in its order, and those of others where they stand.

    An element that was applied before and is not wanted any more goes. A list without a key, or one in which
    two elements have the same, is the manifest's alone.
    """
    before = before if isinstance(before, list) else []
    if field in _SETS:
        return _placed({word: word for word in wanted}, {word: word for word in live}, set(before))
    mine, theirs, ours_before = (_by_id(field, each) for each in (wanted, live, before))
    if mine is None or theirs is None:
        return wanted
    past = ours_before or {}
    elements = {
        key: merge(past.get(key), element, theirs[key]) if key in theirs else element
        for key, element in mine.items()
    }
    return _placed(elements, theirs, set(past))


def _placed(mine: dict[Any, Any], theirs: dict[Any, Any], past: set[Any]) -> list[Any]:
    """Those of others come after the element that they stood behind."""
    order = list(mine)
    behind: Any = None
    for key in theirs:
        if key not in mine:
            if key in past:
                continue
            order.insert(0 if behind is None else order.index(behind) + 1, key)
        behind = key
    return [mine[key] if key in mine else theirs[key] for key in order]


def _by_id(field: str, elements: list[Any]) -> dict[Any, Mapping[str, Any]] | None:
    """The elements by what tells them apart; None where nothing does."""
    members = _KEYS.get(field)
    if members is None or not all(isinstance(each, Mapping) for each in elements):
        return None
    found = {tuple(str(each.get(name, _DEFAULTS.get(name))) for name in members): each for each in elements}
    return found if len(found) == len(elements) else None
