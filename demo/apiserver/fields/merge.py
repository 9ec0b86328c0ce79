"""The values of server-side apply: merging a configuration into an object, and taking fields out of one."""

from __future__ import annotations

from typing import Any

from .compare import by_element, element_of, same
from .fieldset import FieldSet, as_member, is_member
from .schema import ATOMIC, KEYED, SET, Node


def merged(node: Node, live: Any, applied: Any) -> Any:
    """`live` with everything that `applied` states; `live` itself when nothing differs."""
    if live is applied or live is None or node.kind == ATOMIC:
        return live if same(node, live, applied) else applied
    if isinstance(live, dict) and isinstance(applied, dict):
        changed = {}
        for name, value in applied.items():
            new = merged(node.child(name), live.get(name), value)
            if name not in live or new is not live[name]:
                changed[name] = new
        return {**live, **changed} if changed else live
    if isinstance(live, list) and isinstance(applied, list) and node.kind in (KEYED, SET):
        items = _merged_items(node, live, applied)
        return live if items == live else items
    return live if same(node, live, applied) else applied


def _merged_items(node: Node, live: list[Any], applied: list[Any]) -> list[Any]:
    """Items of both lists: the order of `applied`, items only in `live` where they stood."""
    before = by_element(node, live)
    after = [(element_of(node, item), item) for item in applied]
    stated = {element for element, _ in after}
    result: list[Any] = []
    position = 0
    for element, item in after:
        while position < len(live) and element_of(node, live[position]) not in stated:
            result.append(live[position])
            position += 1
        result.append(merged(node.item, before[element][0], item) if element in before else item)
        if position < len(live) and element_of(node, live[position]) in stated:
            position += 1
    rest = live[position:]
    return result + [item for item in rest if element_of(node, item) not in stated]


def named_fields_as_members(fields: FieldSet) -> FieldSet:
    """The set with every named field above a member made a member: emptied structs go with them."""
    result = {}
    for element, node in fields.items():
        below = named_fields_as_members(node)
        result[element] = as_member(below) if element.startswith("f:") and below else below
    return result


def removed(node: Node, value: Any, fields: FieldSet) -> Any:
    """`value` without these fields; a map or list that is left empty is gone (None)."""
    if isinstance(value, dict) and node.kind != ATOMIC:
        kept = {}
        for name, inner in value.items():
            taken = fields.get(f"f:{name}")
            left = inner if taken is None else _left(node.child(name), inner, taken)
            if left is not None or inner is None:
                kept[name] = left
        return kept or None
    if isinstance(value, list) and node.kind in (KEYED, SET):
        items = []
        for item in value:
            taken = fields.get(element_of(node, item))
            left = item if taken is None else _left(node.item, item, taken)
            if left is not None:
                items.append(left)
        return items or None
    return value


def _left(node: Node, value: Any, taken: FieldSet) -> Any:
    return None if is_member(taken) else removed(node, value, taken)
