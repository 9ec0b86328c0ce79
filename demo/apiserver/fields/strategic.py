"""Strategic merge patch: a merge patch that knows the keys of lists, with directives.

`$patch: replace | delete | merge`, `$deleteFromPrimitiveList/<field>`, `$setElementOrder/<field>` and
`$retainKeys`, as the "strategic merge patch" page of the Kubernetes API conventions defines them.
"""

from __future__ import annotations

from typing import Any

from .errors import PatchError
from .schema import Node, Obj, Schema

_PATCH, _RETAIN = "$patch", "$retainKeys"
_DELETE_FROM, _ORDER = "$deleteFromPrimitiveList/", "$setElementOrder/"


def strategic_merge_patch(obj: Obj, patch: Any, schema: Schema) -> Obj:
    """The object after a strategic merge patch. Raises PatchError (400) when the patch is malformed."""
    if not isinstance(patch, dict):
        raise PatchError(400, "a strategic merge patch is an object")
    return _map(schema.root, obj, patch)


def _map(node: Node, live: Obj, patch: Obj) -> Obj:
    match patch.get(_PATCH):
        case "replace":
            return {name: value for name, value in patch.items() if name != _PATCH}
        case "delete":
            return {}
        case None | "merge":
            pass
        case other:
            raise PatchError(400, f"Unknown patch type found: {other}")
    result = _retained(live, patch)
    for name, value in patch.items():
        if name.startswith("$"):
            continue
        if value is None:
            result.pop(name, None)
        else:
            result[name] = _value(node.child(name), result.get(name), value)
    for name, value in patch.items():
        if name.startswith(_DELETE_FROM):
            _delete_scalars(result, name.removeprefix(_DELETE_FROM), value)
        elif name.startswith(_ORDER):
            _order(node, live, result, name.removeprefix(_ORDER), value)
    return result


def _retained(live: Obj, patch: Obj) -> Obj:
    keep = patch.get(_RETAIN)
    if keep is None:
        return dict(live)
    stated = {name for name in patch if not name.startswith("$")}
    if not isinstance(keep, list) or not stated <= set(keep):
        raise PatchError(400, "$retainKeys must list every field of its patch")
    return {name: value for name, value in live.items() if name in keep}


def _value(node: Node, live: Any, patch: Any) -> Any:
    if isinstance(patch, dict):
        return _map(node, live if isinstance(live, dict) else {}, patch)
    if not isinstance(patch, list):
        return patch
    if node.merge_key is None:
        return [_clean(item) for item in patch]
    items = live if isinstance(live, list) else []
    if node.merge_key == "":
        return _united(items, patch)
    return _items(node, node.merge_key, items, patch)


def _united(items: list[Any], patch: list[Any]) -> list[Any]:
    if any(isinstance(item, (dict, list)) for item in patch):
        raise PatchError(400, "a list of scalars cannot take maps or lists")
    return items + [item for item in dict.fromkeys(patch) if item not in items]


def _clean(value: Any) -> Any:
    """A value that is new, without directives and nulls inside its maps."""
    if isinstance(value, dict):
        return {
            name: _clean(inner)
            for name, inner in value.items()
            if inner is not None and not name.startswith("$")
        }
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _items(node: Node, key: str, live: list[Any], patch: list[Any]) -> list[Any]:
    for item in patch:
        if not isinstance(item, dict) or (key not in item and item.get(_PATCH) != "replace"):
            raise PatchError(400, f"map: {item} does not contain declared merge key: {key}")
    if any(item.get(_PATCH) == "replace" for item in patch):
        # The directive stands alone, or within an item of the new list.
        return [_clean(item) for item in patch if item.keys() != {_PATCH}]
    result = list(live)
    for item in patch:
        at = [index for index, old in enumerate(result) if _identity(old, key) == item[key]]
        if item.get(_PATCH) == "delete":
            result = [old for index, old in enumerate(result) if index not in at]
        elif at:
            result[at[0]] = _map(node.item, result[at[0]], item)
        else:
            result.append(_clean(item))
    return result


def _identity(item: Any, key: str) -> Any:
    return item.get(key) if key and isinstance(item, dict) else item


def _delete_scalars(result: Obj, name: str, doomed: Any) -> None:
    if not isinstance(doomed, list):
        raise PatchError(400, f"{_DELETE_FROM}{name} must be a list")
    if isinstance(result.get(name), list):
        result[name] = [item for item in result[name] if item not in doomed]


def _order(node: Node, live: Obj, result: Obj, name: str, order: Any) -> None:
    """Bring the items that `order` names into its order; each of the others stays before what it preceded."""
    if not isinstance(order, list):
        raise PatchError(400, f"{_ORDER}{name} must be a list")
    items = result.get(name)
    key = node.child(name).merge_key
    if not isinstance(items, list) or key is None:
        return
    wanted = [_identity(item, key) for item in order]
    before = [_identity(item, key) for item in live.get(name) or []]
    named = sorted(
        (item for item in items if _identity(item, key) in wanted),
        key=lambda item: wanted.index(_identity(item, key)),
    )
    others = [item for item in items if _identity(item, key) not in wanted]
    arranged: list[Any] = []
    for item in named:
        identity = _identity(item, key)
        while others and identity in before and _precedes(before, _identity(others[0], key), identity):
            arranged.append(others.pop(0))
        arranged.append(item)
    result[name] = arranged + others


def _precedes(before: list[Any], one: Any, other: Any) -> bool:
    return one in before and before.index(one) < before.index(other)
