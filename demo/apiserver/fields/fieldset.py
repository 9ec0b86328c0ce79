"""Sets of field paths, held in the shape in which the API server stores them (`fieldsV1`).

A set is a trie: `{"f:spec": {"f:replicas": {}}}`. An element is `f:<field>`, `k:<list-map key as JSON>`,
`v:<set value as JSON>` or `i:<index>`. A node belongs to the set if it is empty or holds `"."`; the root
never does. Working on the stored shape saves the decoding of every entry at every write.

The format is that of `FieldsV1` in the Kubernetes API reference (meta/v1). Sets are never mutated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

FieldSet: TypeAlias = dict[str, Any]
Path: TypeAlias = tuple[str, ...]

MEMBER = "."
EMPTY: FieldSet = {}


@lru_cache(maxsize=16384, typed=True)
def key_element(names: tuple[str, ...], values: tuple[Any, ...]) -> str:
    """The element of the list-map item whose key fields `names` (sorted) have these scalar values."""
    return "k:" + json.dumps(dict(zip(names, values, strict=True)), separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=4096, typed=True)
def value_element(value: Any) -> str:
    """The element of a scalar in a list that is a set."""
    return "v:" + json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def is_member(node: FieldSet) -> bool:
    """Whether the node itself, not only something below it, is in the set."""
    return not node or MEMBER in node


def ordered(node: FieldSet) -> FieldSet:
    """The same node with its elements in order, as the API server writes them."""
    return dict(sorted(node.items()))


def as_member(node: FieldSet) -> FieldSet:
    """The node, itself in the set."""
    return node if is_member(node) else {MEMBER: {}, **node}


def union(a: FieldSet, b: FieldSet) -> FieldSet:
    """Every path of either set. Sub-tries that only one side changes are shared."""
    if a is b or not b:
        return a
    if not a:
        return b
    changed = {}
    for element, theirs in b.items():
        ours = a.get(element)
        if ours is None:
            changed[element] = theirs
        elif (joined := _union_node(ours, theirs)) is not ours:
            changed[element] = joined
    return ordered({**a, **changed}) if changed else a


def _union_node(a: FieldSet, b: FieldSet) -> FieldSet:
    if a and b:
        return union(a, b)
    if not a and not b:
        return a
    return as_member(a or b)


def difference(a: FieldSet, b: FieldSet) -> FieldSet:
    """The paths of `a` that are not in `b`; `a` itself when none is."""
    if not b or not a:
        return a
    result: FieldSet | None = None
    for element, taken in b.items():
        ours = a.get(element)
        if ours is None or element == MEMBER:
            continue
        left = _difference_node(ours, taken)
        if left is ours:
            continue
        result = dict(a) if result is None else result
        if left is None:
            del result[element]
        else:
            result[element] = left
    return a if result is None else result


def _difference_node(a: FieldSet, b: FieldSet) -> FieldSet | None:
    below = difference(a, b)
    if is_member(a) and is_member(b):
        return {element: node for element, node in below.items() if element != MEMBER} or None
    if below is a:
        return a
    return {} if below.keys() == {MEMBER} else below or None


def intersection(a: FieldSet, b: FieldSet) -> FieldSet:
    """The paths that are in both sets."""
    result = {}
    for element, ours in a.items():
        theirs = b.get(element)
        if theirs is None or element == MEMBER:
            continue
        below = intersection(ours, theirs)
        if is_member(ours) and is_member(theirs):
            result[element] = as_member(below)
        elif below:
            result[element] = below
    return result


def from_fields_v1(fields: Mapping[str, Any]) -> frozenset[Path]:
    """The paths of a set, each a tuple of elements."""
    return frozenset(_paths(fields, ()))


def _paths(node: Mapping[str, Any], prefix: Path) -> Iterable[Path]:
    for element, child in node.items():
        if element == MEMBER:
            continue
        if is_member(child):
            yield (*prefix, element)
        yield from _paths(child, (*prefix, element))


def to_fields_v1(paths: Iterable[Path]) -> FieldSet:
    """The set of these paths (each of at least one element)."""
    members = frozenset(paths)
    root: FieldSet = {}
    for path in members:
        node = root
        for element in path:
            node = node.setdefault(element, {})
    return _mark(root, (), members)


def _mark(node: FieldSet, prefix: Path, members: frozenset[Path]) -> FieldSet:
    children = {name: _mark(child, (*prefix, name), members) for name, child in sorted(node.items())}
    return {MEMBER: {}, **children} if children and prefix in members else children


def dotted(path: Path) -> str:
    """A path as the API server prints it: `.spec.containers[name="app"].image`."""
    return "".join(_printed(element) for element in path)


def _printed(element: str) -> str:
    kind, _, rest = element.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        pairs = json.loads(rest).items()
        return (
            "[" + ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in pairs) + "]"
        )
    return f"[={rest}]" if kind == "v" else f"[{rest}]"
