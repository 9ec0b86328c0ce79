"""The patches that an API server takes: merge (RFC 7386), JSON (RFC 6902) and strategic merge.

Every function returns a new object, shares what it did not change, and mutates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .equality import equal
from .errors import PatchError
from .strategic import strategic_merge_patch

__all__ = ["PatchError", "json_patch", "merge_patch", "strategic_merge_patch"]

_BAD_REQUEST, _UNPROCESSABLE = 400, 422
_INDEX = re.compile(r"[+-]?[0-9]+")


def merge_patch(obj: Any, patch: Any) -> Any:
    """The target after a JSON merge patch: null removes, objects merge, anything else replaces."""
    if not isinstance(patch, dict):
        return patch
    result = dict(obj) if isinstance(obj, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def json_patch(obj: Any, ops: Any) -> Any:
    """The target after a JSON patch.

    The rules are those of gopkg.in/evanphx/json-patch.v4, which the real server uses: a field that is absent
    can be replaced and is null when read, and an index below zero counts from the end.

    Raises PatchError: 400 when the patch is no list of operations, 422 when one of them does not apply.
    """
    if not isinstance(ops, list):
        raise PatchError(_BAD_REQUEST, "a JSON patch is a list of operations")
    if not all(isinstance(op, dict) for op in ops):
        raise PatchError(_BAD_REQUEST, "an operation of a JSON patch is an object")
    for op in ops:
        obj = _operate(obj, op)
    return obj


def _operate(obj: Any, op: dict[str, Any]) -> Any:
    path, value = _pointer(op, "path"), op.get("value")
    match op.get("op"):
        case "add":
            return _change(obj, path, _add, value)
        case "remove":
            return _change(obj, path, _remove)
        case "replace":
            return _change(obj, path, _replace, value) if path else value
        case "move":
            source = _pointer(op, "from")
            return _change(_change(obj, source, _remove), path, _add, _get(obj, source))
        case "copy":
            return _change(obj, path, _add, _get(obj, _pointer(op, "from")))
        case "test" if equal(_get(obj, path), value):
            return obj
    raise PatchError(_UNPROCESSABLE, f"operation {op.get('op')!r} does not apply")


def _pointer(op: dict[str, Any], name: str) -> list[str]:
    text = op.get(name)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchError(_UNPROCESSABLE, f"operation {op.get('op')!r} needs a JSON pointer as {name!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _missing(token: str) -> PatchError:
    return PatchError(_UNPROCESSABLE, f"there is no {token!r} in what the path leads to")


def _index(token: str, length: int) -> int:
    if not _INDEX.fullmatch(token):
        raise _missing(token)
    index = int(token) + (length if token.startswith("-") else 0)
    if not 0 <= index < length:
        raise _missing(token)
    return index


def _get(obj: Any, path: list[str]) -> Any:
    for token in path:
        obj = _child(obj, token)
    return obj


def _child(holder: Any, token: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(token)
    if isinstance(holder, list):
        return holder[_index(token, len(holder))]
    raise _missing(token)


def _change(obj: Any, path: list[str], at: Callable[..., Any], *value: Any) -> Any:
    """A copy of `obj` in which `at(holder, last token, *value)` replaced the container of the path's end."""
    if not path:
        raise PatchError(_UNPROCESSABLE, "the whole object cannot be added or removed")
    if len(path) == 1:
        return at(obj, path[0], *value)
    return _replace(obj, path[0], _change(_child(obj, path[0]), path[1:], at, *value))


def _add(holder: Any, token: str, value: Any) -> Any:
    if isinstance(holder, dict):
        return {**holder, token: value}
    if not isinstance(holder, list):
        raise _missing(token)
    position = len(holder) if token == "-" else _index(token, len(holder) + 1)
    return [*holder[:position], value, *holder[position:]]


def _remove(holder: Any, token: str) -> Any:
    if isinstance(holder, dict) and token in holder:
        return {name: value for name, value in holder.items() if name != token}
    if not isinstance(holder, list):
        raise _missing(token)
    position = _index(token, len(holder))
    return [*holder[:position], *holder[position + 1 :]]


def _replace(holder: Any, token: str, value: Any) -> Any:
    if isinstance(holder, dict):
        return {**holder, token: value}
    if not isinstance(holder, list):
        raise _missing(token)
    position = _index(token, len(holder))
    return [*holder[:position], value, *holder[position + 1 :]]
