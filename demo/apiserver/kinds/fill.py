"""Filling in what a client left out, without touching what it sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Obj: TypeAlias = dict[str, Any]


def fill(obj: Obj, defaults: Mapping[str, Any]) -> Obj:
    """The object with these fields where it has none (or null); the object itself if it has all."""
    missing = {name: value for name, value in defaults.items() if obj.get(name) is None}
    return {**obj, **missing} if missing else obj


def as_map(value: Any) -> Obj:
    """The value if it is a map, else an empty one: what a client sent need not have the right type."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def within(obj: Obj, name: str, change: Callable[[Any], Any]) -> Obj:
    """The object with `change` applied to a field that is a map."""
    value = obj.get(name)
    if not isinstance(value, dict):
        return obj
    changed = change(value)
    return obj if changed is value else {**obj, name: changed}


def each(obj: Obj, name: str, change: Callable[[Any], Any]) -> Obj:
    """The object with `change` applied to every item, a map, of a field that is a list."""
    items = obj.get(name)
    if not isinstance(items, list):
        return obj
    changed = [change(item) if isinstance(item, dict) else item for item in items]
    same = all(new is old for new, old in zip(changed, items, strict=True))
    return obj if same else {**obj, name: changed}
