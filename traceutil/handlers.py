"""What kind of function is being traced, told from what it is called with. kopf is not imported."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Literal

#: `change`: kopf's create, update, delete and field handlers, which run because desired state changed.
#: `signal`: its event, timer, resume and webhook handlers. `daemon`: lives as long as the object.
#: `plain`: any other reconciler.
HandlerKind = Literal["change", "signal", "daemon", "plain"]

_CHANGES = frozenset({"create", "update", "delete"})
#: kopf calls every handler with these; nobody else calls a function with all of them.
_KOPF = frozenset({"body", "patch", "logger", "memo"})


def handler_kind(kwargs: Mapping[str, Any]) -> HandlerKind:
    """How the function was called."""
    if "stopped" in kwargs and "body" in kwargs:
        return "daemon"
    if not kwargs.keys() >= _KOPF:
        return "plain"
    return "change" if str(kwargs.get("reason")).rpartition(".")[2].lower() in _CHANGES else "signal"


def is_deleted_event(kwargs: Mapping[str, Any]) -> bool:
    """Whether kopf's event handler is told that the object is gone."""
    event = kwargs.get("event")
    return isinstance(event, Mapping) and event.get("type") == "DELETED"


def attempt_of(kwargs: Mapping[str, Any]) -> int | None:
    """kopf's retry count as the number of this attempt, from 1."""
    retry = kwargs.get("retry")
    return retry + 1 if isinstance(retry, int) else None


def snapshot(patch: Any) -> Any:
    """kopf's patch as it is now: its content, and how many functions it holds."""
    return None if patch is None else (copy.deepcopy(dict(patch)), len(getattr(patch, "fns", ())))


def find_object(
    where: str | Callable[..., Any] | None, args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str
) -> Any:
    """The object that a call is about.

    Args:
        where: name of the parameter, a function of the call's arguments, or None to look for it: kopf's
            `body`, else the first argument that has metadata.

    Raises:
        TypeError: there is none; the message says how to name it.
    """
    if callable(where):
        return where(*args, **kwargs)
    candidates = [kwargs.get(where)] if where is not None else [kwargs.get("body"), *args, *kwargs.values()]
    for candidate in candidates:
        if _is_object(candidate):
            return candidate
    raise TypeError(
        f"@traced({name!r}): no argument of this call is a Kubernetes object; say which one is: "
        f"@traced({name!r}, obj='parameter') or obj=lambda *args, **kwargs: …"
    )


def _is_object(value: Any) -> bool:
    if isinstance(value, Mapping):
        return isinstance(value.get("metadata"), Mapping)
    return hasattr(value, "metadata") and not isinstance(value, type)
