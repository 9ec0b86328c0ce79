"""What a write changed: the paths that are new or have a new value, and those that are gone.

The rules are those of typed comparison in structured-merge-diff, which kube-apiserver uses: a leaf is a
scalar, an atomic list or map, or an empty one; what is new is in the set with everything below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .equality import equal
from .fieldset import MEMBER, FieldSet, key_element, ordered, value_element
from .schema import ATOMIC, KEYED, SET, Node, Obj, Schema

Change = tuple[FieldSet, FieldSet]
NodeChange = tuple[FieldSet | None, FieldSet | None]


def compare(old: Obj, new: Obj, schema: Schema, subresource: str) -> Change:
    """The sets (written, removed) between two versions of an object."""
    if not schema.skeleton.keys() <= old.keys():
        old = schema.skeleton | old
    written, removed = _maps(schema.root, old, new, schema.ignored(subresource))
    return ordered(written), removed


def _maps(node: Node, old: Obj, new: Obj, skip: frozenset[str]) -> Change:
    written: FieldSet = {}
    removed: FieldSet = {}
    for name, value in new.items():
        if name in skip:
            continue
        if name not in old:
            written[f"f:{name}"] = added(node.child(name), value)
        elif old[name] is not value:
            _note(f"f:{name}", _values(node.child(name), old[name], value), written, removed)
    for name, value in old.items():
        if name not in new and name not in skip:
            removed[f"f:{name}"] = added(node.child(name), value)
    return written, removed


def _note(element: str, change: NodeChange, written: FieldSet, gone: FieldSet) -> None:
    if change[0] is not None:
        written[element] = change[0]
    if change[1] is not None:
        gone[element] = change[1]


def _values(node: Node, old: Any, new: Any) -> NodeChange:
    """The change of one value; None where nothing was written or removed."""
    if same(node, old, new):
        return None, None
    if node.kind == ATOMIC or not (old or new):
        return {}, None
    if _is_map(old) and _is_map(new):
        written, removed = _maps(node, old or {}, new or {}, node.skip)
    elif node.kind in (KEYED, SET) and _is_list(old) and _is_list(new):
        written, removed = _lists(node, old or [], new or [])
    elif isinstance(old, dict) or isinstance(new, dict):
        removed = {element: below for element, below in added(node, old).items() if element != MEMBER}
        written = added(node, new)
        return written, removed or None
    else:
        return {}, None
    return written or None, removed or None


def _is_map(value: Any) -> bool:
    return value is None or isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return value is None or isinstance(value, list)


def same(node: Node, old: Any, new: Any) -> bool:
    """Whether two values are equal. Only where no schema fixes the types need true be told from 1."""
    return bool(old == new) and (not node.open_map or equal(old, new))


def _lists(node: Node, old: list[Any], new: list[Any]) -> Change:
    before, after = by_element(node, old), by_element(node, new)
    written: FieldSet = {}
    removed: FieldSet = {}
    for element, values in after.items():
        was = before.get(element)
        if was is None:
            written[element] = _added_items(node, values)
        elif len(was) == len(values) == 1:
            _note(element, _values(node.item, was[0], values[0]), written, removed)
        elif was != values:
            written[element] = {}
    for element, values in before.items():
        if element not in after:
            removed[element] = _added_items(node, values)
    return ordered(written), removed


def by_element(node: Node, items: Iterable[Any]) -> dict[str, list[Any]]:
    """The items of a keyed list or a set by path element. Duplicates, which an update may hold, share one."""
    result: dict[str, list[Any]] = {}
    for item in items:
        result.setdefault(element_of(node, item), []).append(item)
    return result


def element_of(node: Node, item: Any) -> str:
    """The path element of an item of a keyed list or a set."""
    if node.kind == KEYED and isinstance(item, dict):
        names = tuple(name for name in node.keys if name in item or name in node.key_defaults)
        values = tuple(item[name] if name in item else node.key_defaults[name] for name in names)
        if any(isinstance(value, (dict, list)) for value in values):
            return key_element((), ())
        return key_element(names, values)
    return value_element(item) if not isinstance(item, (dict, list)) else value_element(repr(item))


def _added_items(node: Node, items: list[Any]) -> FieldSet:
    return added(node.item, items[0]) if len(items) == 1 else {}


def added(node: Node, value: Any) -> FieldSet:
    """A value that was not there, as a node: itself and everything below it."""
    if not value or node.kind == ATOMIC:
        return {}
    if isinstance(value, dict):
        result: FieldSet = {MEMBER: {}}
        for name in sorted(value):
            result[f"f:{name}"] = added(node.child(name), value[name])
        return result
    if isinstance(value, list) and node.kind in (KEYED, SET):
        items = by_element(node, value)
        return {MEMBER: {}, **{element: _added_items(node, items[element]) for element in sorted(items)}}
    return {}


def applied_fields(obj: Obj, schema: Schema, subresource: str) -> FieldSet:
    """The set of what an applied configuration states: leaves, list items, and entries of open maps."""
    skip = schema.ignored(subresource)
    return dict(sorted(_stated(schema.root, obj, skip)))


def _stated(node: Node, value: Obj, skip: frozenset[str]) -> Iterator[tuple[str, FieldSet]]:
    for name, inner in value.items():
        if name in skip:
            continue
        child = node.child(name)
        below = _stated_below(child, inner)
        if not below and name == "metadata":
            continue
        is_data = node.open_map and name not in node.fields
        yield f"f:{name}", {MEMBER: {}, **below} if below and is_data else below


def _stated_below(node: Node, value: Any) -> FieldSet:
    if not value or node.kind == ATOMIC:
        return {}
    if isinstance(value, dict):
        return dict(sorted(_stated(node, value, node.skip)))
    if isinstance(value, list) and node.kind in (KEYED, SET):
        return {
            element: {MEMBER: {}, **below} if (below := _stated_items(node, items)) else {}
            for element, items in sorted(by_element(node, value).items())
        }
    return {}


def _stated_items(node: Node, items: list[Any]) -> FieldSet:
    return _stated_below(node.item, items[0]) if len(items) == 1 else {}
