"""The patches that an API server takes: merge (RFC 7386), JSON (RFC 6902) and strategic merge.

Every function returns a new object, shares what it did not change, and mutates nothing.
"""

from __future__ import annotations

from typing import Any

from .equality import equal
from .errors import PatchError
from .strategic import strategic_merge_patch

__all__ = ["PatchError", "json_patch", "merge_patch", "strategic_merge_patch"]

_BAD_REQUEST, _UNPROCESSABLE = 400, 422


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

    Raises PatchError: 400 when the patch is malformed, 422 when a test fails or a path does not exist.
    """
    if not isinstance(ops, list):
        raise PatchError(_BAD_REQUEST, "a JSON patch is a list of operations")
    for op in ops:
        obj = _operate(obj, op)
    return obj


def _operate(obj: Any, op: Any) -> Any:
    if not isinstance(op, dict):
        raise PatchError(_BAD_REQUEST, "an operation of a JSON patch is an object")
    path = _pointer(op, "path")
    match op.get("op"):
        case "add":
            return _add(obj, path, _value(op))
        case "remove":
            return _remove(obj, path)
        case "replace":
            return _replace(obj, path, _value(op))
        case "move":
            source = _pointer(op, "from")
            if path[: len(source)] == source and len(path) > len(source):
                raise PatchError(_UNPROCESSABLE, f"cannot move {op['from']} into itself")
            return _add(_remove(obj, source), path, _get(obj, source))
        case "copy":
            return _add(obj, path, _get(obj, _pointer(op, "from")))
        case "test":
            return _test(obj, path, op)
    raise PatchError(_BAD_REQUEST, f"unknown JSON patch operation {op.get('op')!r}")


def _value(op: dict[str, Any]) -> Any:
    if "value" not in op:
        raise PatchError(_BAD_REQUEST, f"operation {op.get('op')!r} needs a value")
    return op["value"]


def _pointer(op: dict[str, Any], name: str) -> list[str]:
    text = op.get(name)
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise PatchError(_BAD_REQUEST, f"operation {op.get('op')!r} needs a JSON pointer as {name!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _test(obj: Any, path: list[str], op: dict[str, Any]) -> Any:
    try:
        found = _get(obj, path)
    except PatchError:
        # As the real server: what is absent equals null.
        found = None
    if not equal(found, op.get("value")):
        raise PatchError(_UNPROCESSABLE, f"testing value {op['path']} failed")
    return obj


def _missing(path: list[str]) -> PatchError:
    return PatchError(_UNPROCESSABLE, f"the path /{'/'.join(path)} does not exist")


def _index(token: str, path: list[str], *, end: int) -> int:
    if not token.isascii() or not token.isdigit() or (token != "0" and token.startswith("0")):
        raise _missing(path)
    if int(token) >= end:
        raise _missing(path)
    return int(token)


def _get(obj: Any, path: list[str]) -> Any:
    for token in path:
        if isinstance(obj, dict) and token in obj:
            obj = obj[token]
        elif isinstance(obj, list):
            obj = obj[_index(token, path, end=len(obj))]
        else:
            raise _missing(path)
    return obj


def _change(obj: Any, path: list[str], at: Any) -> Any:
    """A copy of `obj` in which `at(holder, last token)` replaced the container of the path's end."""
    if len(path) == 1:
        return at(obj, path[0])
    inner = _change(_get(obj, path[:1]), path[1:], at)
    if isinstance(obj, dict):
        return {**obj, path[0]: inner}
    position = int(path[0])
    return [*obj[:position], inner, *obj[position + 1 :]]


def _add(obj: Any, path: list[str], value: Any) -> Any:
    def at(holder: Any, token: str) -> Any:
        if isinstance(holder, dict):
            return {**holder, token: value}
        if not isinstance(holder, list):
            raise _missing(path)
        position = len(holder) if token == "-" else _index(token, path, end=len(holder) + 1)
        return [*holder[:position], value, *holder[position:]]

    return _change(obj, path, at) if path else value


def _remove(obj: Any, path: list[str]) -> Any:
    def at(holder: Any, token: str) -> Any:
        if isinstance(holder, dict) and token in holder:
            return {name: value for name, value in holder.items() if name != token}
        if not isinstance(holder, list):
            raise _missing(path)
        position = _index(token, path, end=len(holder))
        return [*holder[:position], *holder[position + 1 :]]

    return _change(obj, path, at) if path else None


def _replace(obj: Any, path: list[str], value: Any) -> Any:
    def at(holder: Any, token: str) -> Any:
        _get(holder, [token])
        if isinstance(holder, dict):
            return {**holder, token: value}
        position = int(token)
        return [*holder[:position], value, *holder[position + 1 :]]

    return _change(obj, path, at) if path else value
